"""Values as error sentences show them: their repr, cut to a length that leaves a sentence readable.

Only built-in types are known here, and the name of pandas's missing value.
"""

from __future__ import annotations

import reprlib

__all__ = ["LEAVE_OUT", "is_missing", "short"]

LEAVE_OUT = "leave out what is missing, as by dropna()"  # the remedy where a table has gaps
MOST = 80  # characters: enough to recognise a value

_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = _repr.maxlong = MOST


def short(value: object) -> str:
    """repr(value), or its beginning and its end; large containers are not walked through."""
    text = _repr.repr(value)
    if "\n" in text:  # arrays have several lines
        text = " ".join(text.split())
    return text if len(text) <= MOST else f"{text[: MOST - 3]}..."


def is_missing(value: object) -> bool:
    """Whether tables have this where nothing is: None, a NaN, pandas's NA."""
    return value is None or (isinstance(value, float) and value != value) or type(value).__name__ == "NAType"
