"""Parts of text files, cut by size at the ends of lines, so that several machines can read one text.

A part is a stretch of a file that every machine sees under the same path, or of a URL that fsspec opens. Which machine
reads which part, and what becomes of the words, is not known here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from fastw2v._sources import BOM, Source, examine
from fastw2v.compressed import HEAD_BYTES, compression_of
from fastw2v.optional import optional
from fastw2v.origin import facts_of

__all__ = ["TextPart", "TextParts", "cut_text", "is_url"]

SEARCH_BYTES = 1 << 16  # read at a time where the end of a line is looked for
# Lines longer than that are cut behind a word: a text of one line is shared out, too.
LONGEST_LINE = 1 << 22
WHITE_SPACE = b" \t\n\v\f\r"


class TextPart(NamedTuple):
    """Bytes start..stop of a file, whole lines; compressed files are one part each."""

    path: str
    start: int
    stop: int
    compression: str | None = None

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
    if file.compression is not None:
        yield TextPart(file.path, file.start, end, file.compression)
        return
    count = max(1, round((end - file.start) / size))
    start = file.start
    with _opened(file.path) as stream:
        for number in range(1, count + 1):
            wanted = file.start + (end - file.start) * number // count
            stop = end if number == count else _line_end(stream, max(wanted, start), end)
            if stop > start:
                yield TextPart(file.path, start, stop)
                start = stop


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
    """The files of a URL, which may be a pattern."""
    fsspec = optional("fsspec", f"reading {url}", "fsspec")
    system, path = fsspec.core.url_to_fs(url)
    protocol = url.partition("://")[0]
    names = sorted(system.glob(path)) if system.glob and any(c in path for c in "*?[") else [path]
    if not names:
        raise FileNotFoundError(f"{url}: no file matches this pattern; check it")
    sources = []
    for name in names:
        facts = system.info(name)
        whole = f"{protocol}://{name.lstrip('/') if protocol != 'file' else name}"
        with system.open(name, "rb") as stream:
            head = stream.read(HEAD_BYTES)
        start = len(BOM) if head.startswith(BOM) else 0
        known = {"path": whole, "size": int(facts["size"]), "mtime_ns": 0}
        sources.append(Source(whole, int(facts["size"]), start, known, compression_of(head)))
    return sources


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
