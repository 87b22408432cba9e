"""Word numbers as they come from reading, kept in memory or, beyond a limit, in a file, until all of the text is read.

Segments come in any order, from several threads; each says where in the text it stands. What is read, and how, is not
known here, nor what becomes of the numbers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from fastw2v._memory import own_pages
from fastw2v._placed_files import PlacedFile
from fastw2v._tokenizer import Tokenizer

__all__ = ["Part", "Segment", "Segments", "new_ids", "take"]

# Smaller arrays than this come from the heap: a map of its own would waste a page and a system call on each.
MAPPED_FROM_BYTES = 1 << 18
ITEM = np.dtype(np.int32).itemsize

Numbers = npt.NDArray[np.int32]
Place = tuple[int, int]


@dataclass(slots=True)
class Segment:
    """The word numbers of a stretch of text, counted in table `table`, and its sentence ends as Tokenizer.take's."""

    ids: Numbers
    ends: Numbers
    table: int


@dataclass(slots=True, order=True)
class Part:
    """What is known of a segment wherever it is kept: its place among all, its sizes, its first and last sentence end.

    at: where its bytes begin in the file, or -1 while `segment` holds them.
    """

    place: Place
    table: int = field(compare=False)
    tokens: int = field(compare=False)
    lines: int = field(compare=False)
    first_end: int = field(compare=False)
    last_end: int = field(compare=False)
    segment: Segment | None = field(compare=False)
    at: int = field(compare=False, default=-1)


class Segments:
    """All segments of a text.

    limit: how many bytes of them may stand in memory; scratch: makes the file that takes them from then on (None: all
    stay in memory).
    """

    def __init__(self, limit: int = 0, scratch: Callable[[], PlacedFile] | None = None) -> None:
        self._parts: list[Part] = []
        self._limit = limit
        self._scratch = scratch
        self._file: PlacedFile | None = None
        self._end = 0
        self._held = 0
        self._lock = threading.Lock()

    @property
    def in_file(self) -> bool:
        """Whether the limit was reached."""
        return self._file is not None

    def add(self, place: Place, segment: Segment) -> None:
        """Takes a segment; any thread may call this. Places are unique, and rise along the text."""
        ends = segment.ends
        first, last = (int(ends[0]), int(ends[-1])) if len(ends) else (-1, -1)
        part = Part(place, segment.table, len(segment.ids), len(ends), first, last, segment)
        with self._lock:
            self._parts.append(part)
            self._held += (part.tokens + part.lines) * ITEM
            if self._file is None and self._scratch is not None and self._held > self._limit:
                self._file = self._scratch()
                for earlier in self._parts[:-1]:
                    self._write(earlier, self._reserve(earlier))
            if self._file is None:
                return
            at = self._reserve(part)
        self._write(part, at)

    def _reserve(self, part: Part) -> int:
        at, self._end = self._end, self._end + (part.tokens + part.lines) * ITEM
        return at

    def _write(self, part: Part, at: int) -> None:
        assert self._file is not None
        assert part.segment is not None
        self._file.write(part.segment.ids, at)
        self._file.write(part.segment.ends, at + part.tokens * ITEM)
        part.at, part.segment = at, None

    def ordered(self) -> list[Part]:
        """All parts along the text."""
        self._parts.sort()
        return self._parts

    def ids(self, part: Part, start: int, stop: int) -> Numbers:
        """Numbers start..stop of a part: a view of what is in memory, or a copy of what is in the file."""
        if part.segment is not None:
            return part.segment.ids[start:stop]
        assert self._file is not None
        return self._file.read(np.empty(stop - start, np.int32), part.at + start * ITEM)

    def ends(self, part: Part) -> Numbers:
        """The sentence ends of a part."""
        if part.segment is not None:
            return part.segment.ends
        assert self._file is not None
        return self._file.read(np.empty(part.lines, np.int32), part.at + part.tokens * ITEM)

    def close(self) -> None:
        """Gives the file up, and the memory."""
        self._parts = []
        if self._file is not None:
            self._file.close()


def new_ids(count: int) -> Numbers:
    """An array whose memory goes back to the system as soon as it is dropped: the heap would keep much of it."""
    size = count * ITEM
    if size < MAPPED_FROM_BYTES:
        return np.empty(count, np.int32)
    return np.frombuffer(own_pages(size), np.int32)


def take(tokenizer: Tokenizer, table: int) -> Segment:
    """What a tokenizer has pending."""
    tokens, lines = tokenizer.pending()
    segment = Segment(new_ids(tokens), new_ids(lines), table)
    tokenizer.take(segment.ids, segment.ends)
    return segment
