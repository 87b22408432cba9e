"""Values as error sentences show them: their repr, cut to a length that leaves a sentence readable.

Only built-in types are known here.
"""

from __future__ import annotations

import reprlib

__all__ = ["short"]

MOST = 80  # characters: enough to recognise a value

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = _repr.maxlong = MOST


def short(value: object) -> str:
    """repr(value), or its beginning and its end; large containers are not walked through."""
    text = _repr.repr(value)
    if "\n" in text:  # arrays have several lines
        text = " ".join(text.split())
    return text if len(text) <= MOST else f"{text[: MOST - 3]}..."
