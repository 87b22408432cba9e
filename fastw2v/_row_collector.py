"""Rows of a vector file on their way into a table: which are wanted, their words, their place in the matrix.

Rows come block by block, already found; their numbers are read by threads while the next block is being found. What
rows look like in a file is _text_rows.py's and _binary_rows.py's.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from operator import index as as_index
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from fastw2v._growing_rows import GrowingRows
from fastw2v._work_queue import WorkQueue
from fastw2v.packed_words import PackedWords
from fastw2v.short import short
from fastw2v.vector_rows import find_repeat, gather_words

__all__ = [
    "Form",
    "RowCollector",
    "Rows",
    "Wanted",
    "fewest",
    "first_repeat",
    "not_finite",
    "packed_if_possible",
    "shown",
]

Matrix = NDArray[np.float32]
Places = NDArray[np.int64]

UNBOUNDED = 1 << 48  # more rows than any file has


@dataclass(frozen=True)
class Wanted:
    """What of a file is wanted, checked: see word2vec_readers.load_word2vec_text."""

    limit: int | None
    keys: frozenset[str] | None
    encoding: str
    errors: str
    allow_nan: bool

    @classmethod
    def of(cls, limit: int | None, keys: Iterable[str] | None, encoding: str, errors: str, allow_nan: bool) -> Wanted:
        if limit is not None and as_index(limit) < 1:
            raise ValueError(f"limit is {limit}, but must be at least 1; None reads all rows")
        if isinstance(keys, str):
            raise TypeError(f"keys is the word {short(keys)}, but must be a set or list of words")
        try:
            encoding = codecs.lookup(encoding).name
            codecs.lookup_error(errors)
        except LookupError as error:
            raise ValueError(f"{error}; encoding='utf-8' and errors='strict' are the usual ones") from None
        return cls(limit, None if keys is None else frozenset(keys), encoding, errors, allow_nan)


class Rows(NamedTuple):
    """Rows found in a block: the word of row i is data[starts[i]:ends[i]], its numbers lie in data[ends[i]:stops[i]].

    places: by what each is told of in sentences, a line or a byte of the file.
    """

    data: NDArray[np.uint8]
    starts: Places
    ends: Places
    stops: Places
    places: Places

    def take(self, which: slice | list[int]) -> Rows:
        """Some of the rows."""
        return Rows(self.data, *(places[which] for places in self[1:]))

    def word(self, row: int) -> bytes:
        """The word of one row."""
        return self.data[self.starts[row] : self.ends[row]].tobytes()


class Form(Protocol):
    """What text and binary files differ in."""

    def read(self, rows: Rows, out: Matrix) -> None:
        """Reads the numbers of the rows into `out`; ValueError tells the first faulty row."""

    def place(self, place: int) -> str:
        """A row's place in the file, as sentences begin."""

    def repeated(self, place: int) -> str:
        """The same, as a sentence goes on."""


class RowCollector:
    """Collects the wanted rows among those that are added. A context manager; faults are raised in the file's order.

    release: is given the data of rows that were read, on any thread.
    """

    def __init__(
        self,
        form: Form,
        width: int,
        wanted: Wanted,
        workers: int | None,
        release: Callable[[NDArray[np.uint8]], None],
    ) -> None:
        self._form = form
        self._release = release
        self._wanted = wanted
        self._queue = WorkQueue[None](workers)
        self._failed = False
        self._matrix = GrowingRows(width)
        self._words: list[PackedWords | list[str]] = []
        self._places: list[Places] = []
        self.rows = 0

    def __enter__(self) -> RowCollector:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: Any) -> None:
        with self._queue:
            if kind is not None and issubclass(kind, ValueError) and not self._failed:
                self._drain()  # a fault in an earlier row takes the place of this one

    @property
    def is_complete(self) -> bool:
        """Whether every key has been found."""
        return self._wanted.keys is not None and self.rows == len(self._wanted.keys)

    def expect(self, rows: int) -> None:
        """Makes room for that many rows, if so many are wanted."""
        keys = self._wanted.keys
        self._drain()
        self._matrix.reserve(rows if keys is None else min(rows, len(keys)))

    def add(self, rows: Rows) -> None:
        """Takes rows, in the order of the file."""
        words = self._decoded(rows)
        faulty = len(words) < len(rows.starts)
        bad = rows.take(slice(len(words), len(words) + 1)) if faulty else None
        if self._wanted.keys is None:
            rows = rows.take(slice(len(words)))
        else:
            which = [row for row, word in enumerate(words) if word in self._wanted.keys]
            rows = rows.take(which)
            words = packed_if_possible([words[row] for row in which])
        if len(words):
            self._take(rows, words)
        if bad is not None:
            raise self._undecodable(bad)

    def _take(self, rows: Rows, words: PackedWords | list[str]) -> None:
        """Gives rows their places, and their numbers to the threads."""
        start, self.rows = self.rows, self.rows + len(words)
        if self.rows > self._matrix.capacity:
            self._drain()
            self._matrix.reserve(max(self.rows, 2 * self._matrix.capacity))
        self._words.append(words)
        self._places.append(rows.places)
        self._queue.put(partial(self._read, rows, start))
        while self._queue.is_full:
            self._finish_oldest()

    def _read(self, rows: Rows, start: int) -> None:
        # The view ends with this call: a matrix of which there are views cannot grow.
        self._form.read(rows, self._matrix.view(start, start + len(rows.starts)))
        self._release(rows.data)

    def _finish_oldest(self) -> None:
        try:
            self._queue.pop()
        except ValueError:
            self._failed = True
            raise

    def _drain(self) -> None:
        while self._queue:
            self._finish_oldest()

    def _decoded(self, rows: Rows) -> PackedWords | list[str]:
        """The words of the rows, up to the first that cannot be decoded."""
        blob, offsets, bad = gather_words(rows.data, rows.starts, rows.ends)
        if bad < 0 and self._wanted.encoding == "utf-8":
            return PackedWords(blob, offsets)
        content, words = blob.tobytes(), []
        for start, stop in pairwise(offsets.tolist()):
            try:
                words.append(content[start:stop].decode(self._wanted.encoding, self._wanted.errors))
            except UnicodeDecodeError:
                break
        return packed_if_possible(words)

    def _undecodable(self, rows: Rows) -> ValueError:
        kind = self._wanted.encoding.upper()
        return ValueError(
            f"{self._form.place(int(rows.places[0]))}: the word {shown(rows.word(0))} is not {kind}; errors='replace' "
            "(unicode_errors in load_word2vec_format) goes on"
        )

    def finish(self) -> tuple[Sequence[str], Matrix]:
        """The words and their vectors; ValueError tells of a word that stands twice."""
        self._drain()
        words = _joined(self._words)
        row, earlier = first_repeat(words)
        if row >= 0:
            places = np.concatenate(self._places)
            raise ValueError(
                f"{self._form.place(int(places[row]))}: the word {short(words[row])} stands already "
                f"{self._form.repeated(int(places[earlier]))}; remove one (errors='backslashreplace' keeps words apart "
                "that differ in bytes that are not UTF-8)"
            )
        return words, self._matrix.finish(self.rows)


def not_finite(place: str, word: bytes) -> ValueError:
    """What is told of a row with NaN or infinity."""
    shown_word = short(word.decode("utf-8", "replace"))
    return ValueError(f"{place}: the vector of {shown_word} holds NaN or infinity; allow_nan=True takes it as it is")


def fewest(*rows: int | None) -> int:
    """How many rows may be read by several bounds, any of which may be unknown."""
    return min((number for number in rows if number is not None), default=UNBOUNDED)


def shown(text: bytes) -> str:
    """The beginning of bytes from a file, fit for a message."""
    most = 40  # enough to recognise the place, short enough for one line
    return repr(text[:most])[1:] + ("..." if len(text) > most else "")


def packed_if_possible(words: list[str]) -> PackedWords | list[str]:
    """Packed, unless an error handler left half characters in them, which UTF-8 cannot hold."""
    try:
        return PackedWords.pack(words)
    except ValueError:
        return words


def _joined(pieces: list[PackedWords | list[str]]) -> PackedWords | list[str]:
    packed = [piece for piece in pieces if isinstance(piece, PackedWords)]
    if len(packed) < len(pieces):
        return [word for piece in pieces for word in piece]
    sizes = [len(piece.blob) for piece in packed]
    offsets = np.zeros(1 + sum(map(len, packed)), np.int64)
    row, letters = 1, 0
    for piece, size in zip(packed, sizes, strict=True):
        np.add(piece.offsets[1:], letters, out=offsets[row : row + len(piece)])
        row, letters = row + len(piece), letters + size
    blob = np.concatenate([piece.blob for piece in packed]) if packed else np.empty(0, np.uint8)
    return PackedWords(blob, offsets)


def first_repeat(words: PackedWords | list[str]) -> tuple[int, int]:
    """The first row whose word stands already in an earlier one, and that one; or (-1, -1)."""
    if isinstance(words, PackedWords):
        return find_repeat(words.blob, words.offsets)
    seen: dict[str, int] = {}
    for row, word in enumerate(words):
        earlier = seen.setdefault(word, row)
        if earlier != row:
            return row, earlier
    return -1, -1
