"""Counts of words that travel between machines and are added up there, two at a time.

Which words stay is vocabulary.py's business, and what counts them corpus.py's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v._staying_words import check_some_stay
from fastw2v.packed_words import PackedWords
from fastw2v.vocabulary import Vocabulary

__all__ = ["WordCounts", "merged"]


class WordCounts(NamedTuple):
    """Word i is blob[offsets[i]:offsets[i + 1]], UTF-8, and was seen counts[i] times; each word stands here once."""

    blob: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, words: Iterable[str], counts: npt.NDArray[np.int64]) -> WordCounts:
        """The counts of words, in any order."""
        packed = PackedWords.pack(words)
        return cls(packed.blob, packed.offsets, counts)

    @property
    def words(self) -> PackedWords:
        """The words."""
        return PackedWords(self.blob, self.offsets)

    def vocabulary(self, min_count: int, max_vocab: int | None) -> Vocabulary:
        """The words that stay, ordered as those of any text. EmptyTextError if none does."""
        check_some_stay(self.counts, min_count)
        return Vocabulary.from_counts(self.words.to_list(), self.counts, min_count=min_count, max_vocab=max_vocab)


def merged(first: WordCounts, second: WordCounts) -> WordCounts:
    """The words of both, those of `first` in front, with their counts added up."""
    numbers = {word: i for i, word in enumerate(first.words)}
    known = len(numbers)
    rows = np.fromiter((numbers.setdefault(word, len(numbers)) for word in second.words), np.int64, len(second.counts))
    counts = np.zeros(len(numbers), np.int64)
    counts[:known] = first.counts
    counts[rows] += second.counts
    new = rows >= known
    lengths = np.concatenate((np.diff(first.offsets), np.diff(second.offsets)[new]))
    blob = np.concatenate((first.blob, second.blob[np.repeat(new, np.diff(second.offsets))]))
    return WordCounts(blob, np.concatenate(([0], np.cumsum(lengths))).astype(np.int64), counts)
