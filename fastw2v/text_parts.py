"""Parts of text files, cut by size at the ends of lines, so that several machines can read one text.

A part is a stretch of a file that every machine sees under the same path, or of a URL that fsspec opens. Which machine
reads which part, and what becomes of the words, is not known here.
"""

from __future__ import annotations

import errno
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from fastw2v._sources import BOM, Source, examine
from fastw2v.compressed import HEAD_BYTES, compression_of
from fastw2v.encoded_kind import LEAST_HEADER, looks_encoded
from fastw2v.optional import optional
from fastw2v.origin import facts_of

__all__ = ["TOKENS", "TextPart", "TextParts", "check_same", "cut_text", "fetched", "is_url"]

SEARCH_BYTES = 1 << 16  # read at a time where the end of a line is looked for
# Lines longer than that are cut behind a word: a text of one line is shared out, too.
LONGEST_LINE = 1 << 22
WHITE_SPACE = b" \t\n\v\f\r"
MARKED_BYTES = 1 << 12  # of a part, by which a copy of another file is noticed
TOKEN_BYTES = 4
TOKENS = "tokens"  # instead of a compression: the file is an encoded text
# What fsspec keeps in the process itself.
IN_MEMORY = ("memory",)


class TextPart(NamedTuple):
    """Bytes start..stop of a file, whole lines, or tokens of an encoded text; compressed files are one part each.
    mark: a checksum by which a machine sees whether it has the same file (None: it is not asked)."""

    path: str
    start: int
    stop: int
    compression: str | None = None
    mark: int | None = None

    @property
    def is_encoded(self) -> bool:
        """Whether it counts tokens."""
        return self.compression == TOKENS

    @property
    def nbytes(self) -> int:
        """How much there is to read."""
        return (self.stop - self.start) * (TOKEN_BYTES if self.is_encoded else 1)

    def source(self) -> Source:
        """The part as something to be read; only of files."""
        return Source(self.path, self.stop, self.start, None, self.compression)


class TextParts:
    """Parts as the source of a Corpus, in order."""

    def __init__(self, parts: Sequence[TextPart]) -> None:
        self.parts = tuple(parts)

    def sources(self) -> list[Source]:
        """What is read."""
        return [part.source() for part in self.parts]


def is_url(path: str) -> bool:
    """Whether a path names something that only fsspec can open."""
    return "://" in path


def cut_text(paths: Sequence[str], parts: int) -> tuple[list[TextPart], list[dict[str, Any]]]:
    """All that the paths name, in about `parts` parts of equal size, in order; and the facts of the files (origin.py).

    paths: as Corpus takes them, but for standard input and pipes, or URLs such as s3://bucket/text-*.txt. OSError or
    ValueError as Corpus raises them.
    """
    files = [file for path in paths for file in (_examine_url(path) if is_url(path) else examine([path]))]
    for file in files:
        if file.size is None:
            raise ValueError(f"{file.name} can be read only once; machines that share a text need a file of it")
    total = sum((file.size or 0) - file.start for file in files)
    if not total:
        raise ValueError(f"{', '.join(file.name for file in files[:3])}: there is no text; name a file that holds some")
    size = max(1, -(-total // parts))
    found = [part for file in files for part in _cut(file, size)]
    return found, [file.facts for file in files if file.facts is not None]


def _cut(file: Source, size: int) -> Iterator[TextPart]:
    """A file in parts of about `size` bytes."""
    end = file.size or 0
    # The nodes may stand in other folders.
    path = file.path if is_url(file.path) else os.path.abspath(file.path)
    if file.compression is not None:
        yield TextPart(path, file.start, end, file.compression, _mark(path, file.start, end))
        return
    count = max(1, round((end - file.start) / size))
    start = file.start
    with _opened(file.path) as stream:
        for number in range(1, count + 1):
            wanted = file.start + (end - file.start) * number // count
            stop = end if number == count else _line_end(stream, max(wanted, start), end)
            if stop > start:
                yield TextPart(path, start, stop, None, _mark(path, start, stop))
                start = stop


def _mark(path: str, start: int, stop: int) -> int | None:
    """A checksum of how bytes start..stop of a file begin; None for a URL, which is the same everywhere."""
    if is_url(path):
        return None
    with open(path, "rb") as stream:
        stream.seek(start)
        return zlib.crc32(stream.read(min(stop - start, MARKED_BYTES)))


def check_same(part: TextPart) -> None:
    """ValueError if a file is another one here than where it was cut; OSError if it cannot be read."""
    if part.mark is not None and _mark(part.path, part.start, part.stop) != part.mark:
        raise ValueError(f"{part.path}: this is another file than where the run was begun; copy it anew")


def _opened(path: str) -> AbstractContextManager[Any]:
    if is_url(path):
        opened: AbstractContextManager[Any] = optional("fsspec", f"reading {path}", "fsspec").open(path, "rb")
        return opened
    return open(path, "rb")


def _line_end(stream: Any, position: int, end: int) -> int:
    """Where the first line begins at or behind `position`, or the first word where lines are very long."""
    # The byte before tells whether a line begins right here.
    at = max(0, position - 1)
    stream.seek(at)
    space = None
    while at < end and at - position < LONGEST_LINE:
        piece = stream.read(min(SEARCH_BYTES, end - at))
        if not piece:
            break
        found = piece.find(b"\n")
        if found >= 0:
            return int(at + found + 1)
        if space is None:
            places = [place for place in (piece.find(byte) for byte in WHITE_SPACE) if place >= 0]
            space = at + min(places) + 1 if places else None
        at += len(piece)
    return end if at >= end or space is None else space


def _examine_url(url: str) -> list[Source]:
    """The files of a URL, which may be a pattern or a folder."""
    fsspec = optional("fsspec", f"reading {url}", "fsspec")
    protocol = url.partition("://")[0]
    if protocol in IN_MEMORY:
        raise ValueError(
            f"{url}: this stands in the memory of one process, where the nodes of a cluster do not see it; put it into "
            "a file or a store that all machines reach"
        )
    remedy = "check what stands before ://, or install the package for that store (s3fs, gcsfs, adlfs) on all machines"
    try:
        system, path = fsspec.core.url_to_fs(url)
    except ValueError as error:
        raise ValueError(f"{url}: {error}; {remedy}") from None
    except ImportError as error:
        raise ImportError(f"{url}: {error}; {remedy}", name=error.name) from error
    names = _names_of(system, path, url)
    try:
        return [_examine_one(system, protocol, name) for name in names]
    except FileNotFoundError:
        raise FileNotFoundError(errno.ENOENT, "there is no such file; check it", url) from None
    except PermissionError:
        raise PermissionError(errno.EACCES, "it may not be read; check your rights to this store", url) from None


def _names_of(system: Any, path: str, url: str) -> list[str]:
    if system.exists(path) or not any(character in path for character in "*?["):
        found: list[str] = sorted(system.find(path)) if system.isdir(path) else [path]
        fault = "this folder holds no file; name another"
    else:
        found = sorted(name for name in system.glob(path) if not system.isdir(name))
        fault = "no file matches this pattern; check it"
    if not found:
        raise FileNotFoundError(errno.ENOENT, fault, url)
    return found


def _examine_one(system: Any, protocol: str, name: str) -> Source:
    whole = f"{protocol}://{name.lstrip('/') if protocol != 'file' else name}"
    size = system.info(name)["size"]
    if size is None:
        raise ValueError(f"{whole}: its store does not tell how large it is; fetch it into a file")
    with system.open(name, "rb") as stream:
        head = stream.read(max(HEAD_BYTES, LEAST_HEADER))
    if looks_encoded(head):
        raise ValueError(f"{whole}: an encoded text is read from files alone; copy it to all machines")
    start = len(BOM) if head.startswith(BOM) else 0
    known = {"path": whole, "size": int(size), "mtime_ns": 0}
    return Source(whole, int(size), start, known, compression_of(head))


def fetched(part: TextPart, folder: str) -> tuple[TextPart, str | None]:
    """The part as one of a local file: itself, or a copy in `folder`, whose path is given as well, to be removed."""
    if not is_url(part.path):
        return part, None
    import tempfile

    with _opened(part.path) as stream, tempfile.NamedTemporaryFile(dir=folder, prefix="fastw2v-", delete=False) as copy:
        stream.seek(part.start)
        left = part.stop - part.start
        while left:
            piece = stream.read(min(left, 1 << 23))
            if not piece:
                raise OSError(f"{part.path}: it ended {left} bytes before it should; it has changed since")
            copy.write(piece)
            left -= len(piece)
    return TextPart(copy.name, 0, part.stop - part.start, part.compression), copy.name


def facts_now(path: str) -> dict[str, Any]:
    """What facts_of says of a file as it is now."""
    return facts_of(path, os.stat(path))
