"""Integer arrays as encoded texts: ids with offsets, or walks of one length; converted a block at a time.

Nothing is copied as a whole, and an int32 array not at all. How words are named is corpus.py's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fastw2v.config import INT32_MAX
from fastw2v.memory_limits import free_memory
from fastw2v.texts import Borders, Counts, Ids

__all__ = ["ArrayText", "array_of", "counts_of"]

Array = np.ndarray[Any, np.dtype[Any]]

WORD_BYTES = 64  # what an id takes at least, without its vector: a count, twice while counting, and its name
COUNTED = 1 << 22  # ids looked at together, when they are counted: many more than most vocabularies have words


class ArrayText:
    """An array of ids as a text.

    ids: of any integer type; (walks, length), or one dimension with `offsets`, which rise from 0 to its length.
    padding: this id is no word; negative ones are none in any case.
    """

    def __init__(self, ids: Array, offsets: Borders | None, counts: Counts, padding: int | None) -> None:
        self.ids, self.offsets, self.counts, self.padding = ids, offsets, counts, padding

    @property
    def tokens(self) -> int:
        return self.ids.size

    @property
    def sentence_count(self) -> int:
        return len(self.ids) if self.offsets is None else len(self.offsets) - 1

    def read(self, start: int, stop: int) -> Ids:
        part = stretch(self.ids, start, stop)
        if part.dtype.kind == "i" and part.dtype.itemsize > np.dtype(np.int32).itemsize:
            part = np.maximum(part, -1)  # else their low bits would be words
        if self.padding is not None and self.padding >= 0:
            part = np.where(part == self.padding, np.int32(-1), part.astype(np.int32, copy=False))
        return np.ascontiguousarray(part, np.int32)

    def sentences(self, start: int, stop: int) -> Borders:
        if self.offsets is None:
            length = self.ids.shape[1]
            return self.borders(start // length, -(-stop // length) + 1)
        first = int(np.searchsorted(self.offsets, start, side="right")) - 1
        last = int(np.searchsorted(self.offsets, stop, side="left"))
        return self.offsets[first : last + 1]

    def borders(self, first: int, last: int) -> Borders:
        if self.offsets is None:
            return np.arange(first, last, dtype=np.int64) * np.int64(self.ids.shape[1])
        return self.offsets[first:last]

    def with_counts(self, counts: Counts) -> ArrayText:
        return ArrayText(self.ids, self.offsets, counts, self.padding)


def stretch(ids: Array, start: int, stop: int) -> Array:
    """Ids start..stop of an array, row after row; a view where they stand one behind the other."""
    if ids.ndim == 1:
        return ids[start:stop]
    length = ids.shape[1]
    first = start // length
    return ids[first : -(-stop // length)].reshape(-1)[start - first * length : stop - first * length]


def array_of(ids: object, offsets: object) -> tuple[Array, Borders | None]:
    """The ids and offsets given, checked: of two dimensions and None, or of one and int64. TypeError, ValueError."""
    if isinstance(ids, Sequence) and not isinstance(ids, (str, bytes)) and offsets is None and len(ids):
        rows = [np.asarray(row) for row in ids]
        rows = [row if row.size else row.astype(np.int64) for row in rows]
        if all(row.ndim == 1 for row in rows):
            ids, offsets = np.concatenate(rows), np.cumsum([0, *map(len, rows)])
    array = np.asarray(ids)
    if array.dtype.kind not in "iu":
        raise TypeError(f"ids must be whole numbers, not {array.dtype}; texts are read by Corpus(source)")
    if array.ndim not in (1, 2):
        raise ValueError(f"ids has {array.ndim} dimensions, but must have one (with offsets), or two: walks by steps")
    if array.ndim == 2:
        if offsets is not None:
            raise ValueError("offsets are given, but ids has two dimensions, so that each row is a sentence; give one")
        return array, None
    if offsets is None:
        return array, np.array([0, len(array)])
    borders = np.asarray(offsets)
    if borders.ndim != 1 or not len(borders) or borders.dtype.kind not in "iu":
        raise TypeError(f"offsets must be whole numbers of one dimension, not {borders.dtype} of {borders.ndim}")
    borders = borders.astype(np.int64, copy=False)
    steps = np.diff(borders)
    if borders[0] != 0 or borders[-1] != len(array) or (steps < 0).any():
        raise ValueError(
            f"offsets must rise from 0 to the number of ids, {len(array)}, but go from {borders[0]} to {borders[-1]}"
            + (f" and fall behind offset {int(np.argmax(steps < 0))}" if (steps < 0).any() else "")
        )
    return array, borders if (steps > 0).all() else np.concatenate((borders[:1], borders[1:][steps > 0]))


def counts_of(ids: Array, size: int | None, padding: int | None) -> Counts:
    """How often each id occurs, (size,), or one more than the highest (None). ValueError names one that is too high."""
    highest = INT32_MAX if size is None else size - 1
    counts = np.zeros(0 if size is None else size, np.int64)
    for start in range(0, ids.size, COUNTED):
        part = stretch(ids, start, min(start + COUNTED, ids.size))
        words = part[part >= 0] if padding is None else part[(part >= 0) & (part != padding)]
        if not len(words):
            continue
        if words.max() > highest:
            at = start + int(np.argmax((part > highest) & (part != padding if padding is not None else True)))
            raise ValueError(
                f"id {at} is {int(part[at - start])}, but ids must be below {highest + 1}"
                + ("; give a larger size, or more words" if size is not None else "; number them anew")
            )
        if size is None and int(words.max()) * WORD_BYTES > free_memory():
            at = start + int(np.argmax(part))
            raise ValueError(
                f"id {at} is {int(part[at - start])}, and a word for each number up to it takes more memory than is "
                "free; number the ids anew, as by numpy.unique(ids, return_inverse=True)"
            )
        found = np.bincount(words.astype(np.intp, copy=False), minlength=len(counts))
        found[: len(counts)] += counts
        counts = found
    return counts
