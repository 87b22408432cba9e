"""Where a text was read from, in a form that can be stored, and whether it is still the same there.

Only sizes and times of files are looked at; reading them is corpus.py's business.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["ENCODED", "FILES", "check_unchanged", "facts_of"]

# The kinds of origins: a list of text files, and one encoded text.
FILES, ENCODED = "files", "encoded"

NANOSECONDS = 10**9


def facts_of(path: str, status: os.stat_result) -> dict[str, Any]:
    """A file's absolute path, size and time of last change, as JSON has them."""
    return {"path": os.path.abspath(path), "size": status.st_size, "mtime_ns": status.st_mtime_ns}


def check_unchanged(files: Iterable[Mapping[str, Any]], remedy: str, *, must_exist: bool = True) -> None:
    """OSError if a file is gone, ValueError if it has another size or time than these facts tell; `remedy` ends the
    sentence."""
    for known in files:
        path = known["path"]
        try:
            now = facts_of(path, os.stat(path))
        except OSError:
            if must_exist:
                raise FileNotFoundError(errno.ENOENT, f"this file of the text is gone; {remedy}", path) from None
            continue
        if now["size"] != known["size"]:
            change = f"it had {known['size']} bytes, and has {now['size']} now"
        elif now["mtime_ns"] != known["mtime_ns"]:
            change = f"it was last changed {_date(known['mtime_ns'])}, and now {_date(now['mtime_ns'])}"
        else:
            continue
        raise ValueError(f"{path}: this file of the text is another one: {change}; {remedy}")


def _date(nanoseconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(nanoseconds / NANOSECONDS))
