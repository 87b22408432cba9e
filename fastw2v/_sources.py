"""What names a text: paths, folders and patterns, each file checked here before any long work, and made a Source.

Nothing is read beyond the first bytes of a file; reading is for _reading.py.
"""

from __future__ import annotations

import errno
import glob
import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fastw2v.compressed import HEAD_BYTES, Decompressed, compression_of, split_suffix
from fastw2v.encoded_kind import LEAST_HEADER, looks_encoded
from fastw2v.origin import facts_of

__all__ = ["BOM", "STANDARD_INPUT", "Source", "examine"]

STANDARD_INPUT = "-"

BOM = b"\xef\xbb\xbf"
# Files that hold others, or tables: by their names, since compressed ones begin like texts, and by their first bytes.
ARCHIVES = re.compile(r"\.(tar|tar\.(gz|bz2|xz|zst)|tgz|tbz2?|txz)$", re.IGNORECASE)
BEGINNINGS = {b"PK\x03\x04": "a zip archive", b"PAR1": "a Parquet file", b"\x93NUMPY": "an array of NumPy's"}
PATTERN = "*?["  # the characters of a path that may be a pattern


@dataclass(frozen=True, slots=True)
class Source:
    """One input that was found fit to be read.

    size: in bytes; None for a stream, which can be read only once and in order. start: where the text begins, past a
    byte-order mark. facts: what tells whether it is still the same file (see origin.py); None for a stream.
    compression: as compressed.py names it, of a file; that of a stream shows when it is read.
    """

    path: str
    size: int | None
    start: int = 0
    facts: dict[str, Any] | None = None
    compression: str | None = None

    @property
    def name(self) -> str:
        return "standard input" if self.path == STANDARD_INPUT else self.path


def examine(paths: Sequence[str]) -> list[Source]:
    """A Source for each file that the paths name, all checked: OSError or ValueError with the remedy if one of them
    cannot be read. A folder names all files in it and its folders, by name, but hidden ones; a path with *, ? or [ that
    is no file names those that match it (** for any folders)."""
    # Where not one of several names a file, they may be sentences.
    perhaps_text = len(paths) > 1 and not any(os.path.exists(path) for path in paths)
    if paths.count(STANDARD_INPUT) > 1:
        raise ValueError("standard input ('-') is named more than once, but can be read once; name it once")
    files = [file for path in paths for file in _expanded(path)]
    sources = [_examine(path, perhaps_text or " " in path) for path in files]
    if all(source.size == source.start for source in sources):
        names = ", ".join(source.name for source in sources[:3])
        raise ValueError(f"{names}: the file is empty; name one that holds text")
    return sources


def _expanded(path: str) -> list[str]:
    if os.path.isdir(path):
        found = list(_files_below(path))
        if not found:
            raise FileNotFoundError(errno.ENOENT, "this folder holds no file that is not hidden; name another", path)
        return found
    if any(character in path for character in PATTERN) and not os.path.lexists(path):
        found = sorted(file for file in glob.glob(path, recursive=True) if not os.path.isdir(file))
        if not found and " " not in path:
            raise FileNotFoundError(errno.ENOENT, "no file matches this pattern; check it", path)
        return found or [path]
    return [path]


def _files_below(folder: str) -> Iterator[str]:
    def fail(error: OSError) -> None:
        raise error

    for place, folders, files in os.walk(folder, onerror=fail):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield os.path.join(place, name)


def _examine(path: str, perhaps_text: bool) -> Source:
    if path == STANDARD_INPUT:
        if getattr(sys.stdin, "buffer", None) is None:
            raise ValueError("the source is '-', but there is no standard input; name a file")
        return Source(path, None)
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            # Opening a pipe already disturbs the process that writes to it.
            if not os.access(path, os.R_OK):
                raise PermissionError(errno.EACCES, "it may not be read; change its permissions", path)
            return Source(path, None)
        with open(path, "rb", buffering=0) as file:
            head = file.read(max(HEAD_BYTES, LEAST_HEADER)) or b""
            kind = compression_of(head)
            if kind is not None:
                Decompressed(file, kind, path)  # ImportError where a library is missing
    except PermissionError as error:
        raise PermissionError(error.errno, "it may not be read; change its permissions", path) from None
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENAMETOOLONG):
            raise
        remedy = (
            "; a list of strings is a list of paths, sentences are lists of words (text.split()), and texts need "
            "tokenize=str.split"
            if perhaps_text
            else ""
        )
        raise FileNotFoundError(errno.ENOENT, f"there is no such file; check the path{remedy}", path) from None
    if head and not status.st_size:
        # Such files (in /proc, say) do not tell their size.
        return Source(path, None)
    if looks_encoded(head):
        raise ValueError(f"{path}: this is an encoded text, which cannot be read together with others; give it alone")
    _refuse_archive(path, head)
    facts = facts_of(path, status)
    if kind is not None:
        return Source(path, status.st_size, 0, facts, kind)
    named = split_suffix(path)[1]
    if named is not None:
        fault = (
            "it is empty, which no such file is; it was never written, or cut short"
            if not head
            else "its content is something else; if it is text, give it another name, and if not, it is damaged"
        )
        raise ValueError(f"{path}: its name says that this is {named}-compressed data, but {fault}")
    return Source(path, status.st_size, len(BOM) if head.startswith(BOM) else 0, facts)


def _refuse_archive(path: str, head: bytes) -> None:
    """ValueError for a file that is no text, but may hold some."""
    name = os.path.basename(path)
    if ARCHIVES.search(name):
        raise ValueError(f"{path}: its name says that it is an archive; unpack it, or pipe it: tar -xOf {name} | ... -")
    for beginning, kind in BEGINNINGS.items():
        if head.startswith(beginning):
            raise ValueError(f"{path}: this is {kind}, no text; unpack it, or give what it holds as a table or array")
