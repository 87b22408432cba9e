"""Libraries that only some functions need: imported when those are called, and missed in a sentence with the remedy."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["optional"]


def optional(module: str, needed_by: str, install: str) -> Any:
    """The module, imported now; ImportError says what needs it and what `pip install` brings it."""
    try:
        return import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        sentence = f"{needed_by} needs {name}, which cannot be imported ({error}); run pip install {install}"
        raise ImportError(sentence, name=error.name) from error
