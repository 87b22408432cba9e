"""What names a text: each path is checked here, before any long work, and becomes a Source.

Nothing is read beyond the first bytes of a file; reading is for _reading.py.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastw2v.compressed import HEAD_BYTES, compression_of
from fastw2v.origin import facts_of

__all__ = ["BOM", "STANDARD_INPUT", "Source", "examine", "refuse_compressed"]

STANDARD_INPUT = "-"

BOM = b"\xef\xbb\xbf"
# What brings a file back to text, by how it is compressed.
COMMANDS = {"gzip": "gzip -dc", "bzip2": "bzip2 -dc", "xz": "xz -dc", "zstd": "zstd -dc"}


@dataclass(frozen=True, slots=True)
class Source:
    """One input that was found fit to be read.

    size: in bytes; None for a stream, which can be read only once and in order. start: where the text begins, past a
    byte-order mark. facts: what tells whether it is still the same file (see origin.py); None for a stream.
    """

    path: str
    size: int | None
    start: int = 0
    facts: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return "standard input" if self.path == STANDARD_INPUT else self.path


def examine(paths: Sequence[str]) -> list[Source]:
    """A Source for each path, all checked: OSError or ValueError with the remedy if one of them cannot be read."""
    # Where not one of several names a file, they may be sentences.
    perhaps_text = len(paths) > 1 and not any(os.path.exists(path) for path in paths)
    sources = [_examine(path, perhaps_text or " " in path) for path in paths]
    if all(source.size == source.start for source in sources):
        names = ", ".join(source.name for source in sources[:3])
        raise ValueError(f"{names}: the file is empty; name one that holds text")
    return sources


def _examine(path: str, perhaps_text: bool) -> Source:
    if path == STANDARD_INPUT:
        if getattr(sys.stdin, "buffer", None) is None:
            raise ValueError("the source is '-', but there is no standard input; name a file")
        return Source(path, None)
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, "this is a folder; name the files inside it", path)
        if not stat.S_ISREG(status.st_mode):
            # Opening a pipe already disturbs the process that writes to it.
            if not os.access(path, os.R_OK):
                raise PermissionError(errno.EACCES, "it may not be read; change its permissions", path)
            return Source(path, None)
        with open(path, "rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError as error:
        remedy = (
            "; a list of strings is a list of paths, sentences are lists of words (text.split())"
            if perhaps_text
            else ""
        )
        raise FileNotFoundError(error.errno, f"there is no such file; check the path{remedy}", path) from None
    except PermissionError as error:
        raise PermissionError(error.errno, "it may not be read; change its permissions", path) from None
    refuse_compressed(head, path)
    if head and not status.st_size:
        # Such files (in /proc, say) do not tell their size.
        return Source(path, None)
    return Source(path, status.st_size, len(BOM) if head.startswith(BOM) else 0, facts_of(path, status))


def refuse_compressed(head: bytes, name: str) -> None:
    """ValueError if a file that begins with `head` is compressed."""
    kind = compression_of(head)
    if kind is not None:
        remedy = f"decompress it first, for example: {COMMANDS[kind]} FILE | fastw2v train -"
        raise ValueError(f"{name}: this is {kind}-compressed data, not text; {remedy}")
