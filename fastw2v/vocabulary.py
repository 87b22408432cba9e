"""Vocabulary: the words a model knows, how often each occurred, and their order; pruning and ordering of word counts.

Reads no text and needs nothing compiled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fastw2v.config import check_integer
from fastw2v.packed_words import PackedWords
from fastw2v.short import short

__all__ = ["Vocabulary", "rank_words"]


class Vocabulary:
    """Words by count descending, ties by their UTF-8 bytes; a word's place in this order is its id.

    words: the words in order; a PackedWords given to the constructor is kept as it is. index_to_key: the same as a
    list. key_to_index: from a word to its id. counts: int64, beside index_to_key.
    total: the sum of counts. raw_unique, raw_total: the numbers of words, and of their occurrences, before pruning.

    The constructor takes words and counts that are in order already; from_counts orders and prunes. Not to be changed
    once made. Only a vocabulary that grew (vocabulary_growth.py) is in another order: new words stand behind the known.
    """

    def __init__(
        self,
        words: Iterable[str],
        counts: npt.ArrayLike,
        *,
        raw_unique: int | None = None,
        raw_total: int | None = None,
    ) -> None:
        self.words: PackedWords | list[str] = words if isinstance(words, PackedWords) else list(words)
        self.counts = _as_counts(counts, len(self.words))
        self.total = int(self.counts.sum())
        self.raw_unique = len(self.words) if raw_unique is None else raw_unique
        self.raw_total = self.total if raw_total is None else raw_total

    @classmethod
    def from_counts(
        cls, words: Iterable[str], counts: npt.ArrayLike, *, min_count: int = 1, max_vocab: int | None = None
    ) -> Vocabulary:
        """Of words in any order, those with counts >= min_count; of these the first max_vocab (None: all)."""
        min_count = check_integer("min_count", min_count, 1)
        if max_vocab is not None:
            max_vocab = check_integer("max_vocab", max_vocab, 1, remedy="leave it out to keep every word")
        listed = _distinct(words)
        numbers = _as_counts(counts, len(listed))
        order = rank_words(listed, numbers, min_count, max_vocab)
        kept = [listed[i] for i in order.tolist()]
        return cls(kept, numbers[order], raw_unique=len(listed), raw_total=int(numbers.sum()))

    @classmethod
    def in_order(cls, words: Iterable[str], counts: npt.ArrayLike) -> Vocabulary:
        """These words in the order given, whatever their counts; TypeError, ValueError for what is no word, or twice
        there."""
        return cls(_distinct(words), counts)

    @cached_property
    def index_to_key(self) -> list[str]:
        return self.words.to_list() if isinstance(self.words, PackedWords) else self.words

    @cached_property
    def key_to_index(self) -> dict[str, int]:
        return {word: i for i, word in enumerate(self.index_to_key)}

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.key_to_index

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        if self is other:
            return True
        if len(self) != len(other) or not np.array_equal(self.counts, other.counts):
            return False
        if isinstance(self.words, PackedWords) and isinstance(other.words, PackedWords):
            return self.words.same(other.words)
        return self.index_to_key == other.index_to_key

    __hash__ = None  # type: ignore[assignment]

    def first_difference(self, words: Sequence[str]) -> int:
        """The first row in which `words`, as many as these, are others than here; -1 if they are the same."""
        if words is self.words:
            return -1
        if isinstance(words, PackedWords) and isinstance(self.words, PackedWords) and words.same(self.words):
            return -1
        listed = words.to_list() if isinstance(words, PackedWords) else words
        if listed == self.index_to_key:
            return -1
        return next(row for row, (one, other) in enumerate(zip(listed, self.index_to_key, strict=True)) if one != other)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self):,} words that occur {self.total:,} times, of {self.raw_unique:,} before pruning)"


def _distinct(words: Iterable[str]) -> list[str]:
    listed = list(words)
    for word in listed:
        if not isinstance(word, str):
            raise TypeError(f"a word of the vocabulary must be a str, not {short(word)}")
    if len(set(listed)) < len(listed):
        seen: set[str] = set()
        twice = next(word for word in listed if word in seen or seen.add(word))  # type: ignore[func-returns-value]
        raise ValueError(f"the word {short(twice)} is listed more than once; add its counts and list it once")
    return listed


def rank_words(
    words: Sequence[str], counts: npt.NDArray[np.int64], min_count: int, max_vocab: int | None
) -> npt.NDArray[np.int64]:
    """Where the words that stay after pruning stand in `words`, in a vocabulary's order."""
    # Code points order strings as their UTF-8 bytes do, and a stable sort by count leaves ties in that order.
    frequent = sorted(np.flatnonzero(counts >= min_count).tolist(), key=words.__getitem__)
    order = np.array(frequent, np.int64)
    return order[np.argsort(-counts[order], kind="stable")][:max_vocab]


def _as_counts(counts: npt.ArrayLike, words: int) -> npt.NDArray[np.int64]:
    array = np.asarray(counts)
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(f"counts must be whole numbers, not {array.dtype}")
    if array.shape != (words,):
        raise ValueError(f"counts has the shape {array.shape}, but must hold one number for each of the {words} words")
    if array.size and array.min() < 0:
        raise ValueError(f"a count is {array.min()}, but must be at least 0")
    return array.astype(np.int64)
