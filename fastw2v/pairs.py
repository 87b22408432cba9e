"""Pairs of an input and a target, each a word or a number, as ids; and the vocabularies of both sides.

Nothing is trained here; windows of a text are none of its business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from fastw2v.config import INT32_MAX
from fastw2v.vocabulary import Vocabulary, rank_words

__all__ = ["Pairs"]

Ids = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

# Pairs that are looked through at a time, so that what NumPy makes of them stays in the cache.
CHUNK = 1 << 20
WORDS = "OUT"  # kinds of arrays that hold words
# Numbers stand for themselves as ids where a table of all numbers up to the highest is no longer than so many times the
# pairs, or than a table that costs nothing; else each different one is given an id.
DENSE, FREE = 4, 1 << 20


class _Digits(Sequence[str]):
    """The numbers from 0 on as words."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, i: int) -> str: ...
    @overload
    def __getitem__(self, i: slice) -> list[str]: ...
    def __getitem__(self, i: int | slice) -> str | list[str]:
        numbers = range(self.size)[i]
        return str(numbers) if isinstance(numbers, int) else list(map(str, numbers))


class _BadWord(Exception):
    """Carries what is wrong with a word: a kind of error, and its sentence without the subject."""


class _Numbers(dict[str, int]):
    """Word to id, in the order met. Each word is checked once, when it is new."""

    def __missing__(self, word: object) -> int:
        if not isinstance(word, str):
            raise _BadWord(TypeError, f"must hold words (str) only or whole numbers only, not {word!r}")
        if not word:
            raise _BadWord(ValueError, "hold an empty str; leave its pair out")
        number = self[str(word)] = len(self)
        return number


@dataclass(frozen=True)
class Pairs:
    """Pair i is the ids inputs[i] and targets[i], int32, and weighs weights[i], float32 (None: each weighs 1).

    input_rows, target_rows: int32, the place of each id in `vocabulary` and in `output_vocabulary`, -1 for those that
    are in neither. A word's count there is the sum of its pairs' weights, rounded, and at least 1.
    """

    inputs: Ids
    targets: Ids
    weights: npt.NDArray[np.float32] | None
    input_rows: Ids
    target_rows: Ids
    vocabulary: Vocabulary
    output_vocabulary: Vocabulary

    def __len__(self) -> int:
        return len(self.inputs)

    @classmethod
    def counted(
        cls,
        inputs: Iterable[Any],
        targets: Iterable[Any],
        weights: Iterable[float] | None,
        *,
        shared: bool,
        min_count: int,
        max_vocab: int | None,
    ) -> Pairs:
        """The pairs, with vocabularies of the words whose counts are at least min_count, at most max_vocab a side.

        shared: one vocabulary of the words of both sides, whose counts are added. Arrays of int32 are not copied.
        Raises TypeError or ValueError for what are no words, numbers or weights, or where no pair is left.
        """
        (input_ids, input_words), (target_ids, target_words), numbers = _both(inputs, targets, weights, shared)
        input_counts = _counts(input_ids, numbers, len(input_words))
        target_counts = _counts(target_ids, numbers, len(target_words))
        if shared:
            input_counts = target_counts = input_counts + target_counts
        vocabulary, input_rows = _ranked("inputs", input_words, input_counts, min_count, max_vocab)
        output_vocabulary, target_rows = vocabulary, input_rows
        if not shared:
            output_vocabulary, target_rows = _ranked("targets", target_words, target_counts, min_count, max_vocab)
        pairs = cls(input_ids, target_ids, numbers, input_rows, target_rows, vocabulary, output_vocabulary)
        pairs._refuse_nothing(f"lower min_count, which is {min_count}" if min_count > 1 else "give more pairs")
        return pairs

    @classmethod
    def known(
        cls,
        inputs: Iterable[Any],
        targets: Iterable[Any],
        weights: Iterable[float] | None,
        vocabulary: Vocabulary,
        output_vocabulary: Vocabulary,
    ) -> Pairs:
        """The pairs in the numbers of these vocabularies; pairs with words that they do not have will be left out."""
        (input_ids, input_words), (target_ids, target_words), numbers = _both(inputs, targets, weights, False)
        input_rows, target_rows = _places(vocabulary, input_words), _places(output_vocabulary, target_words)
        pairs = cls(input_ids, target_ids, numbers, input_rows, target_rows, vocabulary, output_vocabulary)
        pairs._refuse_nothing("give pairs of words that the model knows")
        return pairs

    def _refuse_nothing(self, remedy: str) -> None:
        for start in range(0, len(self), CHUNK):
            part = slice(start, start + CHUNK)
            left = (self.input_rows[self.inputs[part]] >= 0) & (self.target_rows[self.targets[part]] >= 0)
            if self.weights is not None:
                left &= self.weights[part] > 0
            if left.any():
                return
        raise ValueError(
            f"no pair is left of {len(self):,} whose input and target are both in the vocabulary; {remedy}"
        )


def _both(
    inputs: Iterable[Any], targets: Iterable[Any], weights: Iterable[float] | None, shared: bool
) -> tuple[tuple[Ids, Sequence[str]], tuple[Ids, Sequence[str]], npt.NDArray[np.float32] | None]:
    """For each side its ids and the word of each id, the same on both where they are `shared`; and the weights."""
    sides = {"inputs": _as_side("inputs", inputs), "targets": _as_side("targets", targets)}
    if shared:
        if len({isinstance(side, np.ndarray) for side in sides.values()}) > 1:
            raise TypeError("one side holds words and the other numbers, but shared=True wants both of one kind")
        (first, second), words = _numbered(sides)
        found = (first, words), (second, words)
    else:
        (first,), first_words = _numbered({"inputs": sides["inputs"]})
        (second,), second_words = _numbered({"targets": sides["targets"]})
        found = (first, first_words), (second, second_words)
    if len(first) != len(second):
        raise ValueError(f"there are {len(first)} inputs and {len(second)} targets, but each pair has one of both")
    if not len(first):
        raise ValueError("there is no pair; give at least one input and one target")
    return *found, _as_weights(weights, len(first))


def _as_side(name: str, values: Iterable[Any]) -> npt.NDArray[Any] | Iterable[Any]:
    """An array of whole numbers, or an iterable of what should be words."""
    wanted = f"{name} must be a list of words or an array of whole numbers"
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise TypeError(f"{wanted}, not {values!r}")
    if hasattr(values, "__array__"):
        array = np.asarray(values)
        if array.ndim != 1:
            raise ValueError(f"{name} has the shape {array.shape}, but must have one dimension")
        if array.dtype.kind not in WORDS:
            return _whole(array, wanted)
        values = array.tolist()
    if isinstance(values, Sequence) and values and hasattr(values[0], "__index__"):
        return _whole(np.array(values), wanted)
    return values


def _whole(array: npt.NDArray[Any], wanted: str) -> npt.NDArray[Any]:
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(f"{wanted}, not one of {array.dtype}")
    return array


def _numbered(sides: dict[str, npt.NDArray[Any] | Iterable[Any]]) -> tuple[list[Ids], Sequence[str]]:
    """The ids of each side, and the word of each id: the same for all sides."""
    arrays = [side for side in sides.values() if isinstance(side, np.ndarray)]
    if arrays:
        low = min(int(array.min(initial=0)) for array in arrays)
        high = max(int(array.max(initial=0)) for array in arrays)
        if low >= 0 and high < min(INT32_MAX, max(FREE, DENSE * sum(a.size for a in arrays))):
            return [np.ascontiguousarray(array, np.int32) for array in arrays], _Digits(high + 1)
        different, ids = np.unique(np.concatenate(arrays), return_inverse=True)
        borders = np.cumsum([a.size for a in arrays])[:-1]
        return np.split(ids.reshape(-1).astype(np.int32), borders), list(map(str, different.tolist()))
    numbers = _Numbers()
    found = []
    for name, side in sides.items():
        try:
            found.append(np.fromiter(map(numbers.__getitem__, side), np.int32))
        except _BadWord as bad:
            kind, fault = bad.args
            raise kind(f"{name} {fault}") from None
        except TypeError as error:  # a list among the words, say, which no dictionary can hold
            raise TypeError(f"{name} must hold words (str) only or whole numbers only: {error}") from error
    return found, list(numbers)


def _as_weights(weights: Iterable[float] | None, pairs: int) -> npt.NDArray[np.float32] | None:
    if weights is None:
        return None
    given = np.asarray(weights if hasattr(weights, "__array__") else list(weights))
    if given.dtype.kind not in "fiu":
        raise TypeError(f"weights must be numbers, not {given.dtype}")
    if given.shape != (pairs,):
        raise ValueError(f"weights has the shape {given.shape}, but must hold one number for each of the {pairs} pairs")
    with np.errstate(over="ignore"):
        array = np.ascontiguousarray(given, np.float32)
    for start in range(0, pairs, CHUNK):
        part = array[start : start + CHUNK]
        wrong = np.flatnonzero(~((part >= 0) & np.isfinite(part)))
        if len(wrong):
            place = start + int(wrong[0])
            raise ValueError(f"weights[{place}] is {given[place]}, but must be a finite number from 0 on")
    return array


def _counts(ids: Ids, weights: npt.NDArray[np.float32] | None, size: int) -> Floats:
    """The sum of weights of each id: (size,)."""
    counts = np.zeros(size, np.float64)
    for start in range(0, len(ids), CHUNK):
        part = slice(start, start + CHUNK)
        found = np.bincount(ids[part], None if weights is None else weights[part])
        counts[: len(found)] += found
    return counts


def _ranked(
    name: str, words: Sequence[str], sums: Floats, min_count: int, max_vocab: int | None
) -> tuple[Vocabulary, Ids]:
    """The vocabulary of one side, and the place in it of each id."""
    counts = np.where(sums > 0, np.maximum(1, np.rint(sums)), 0).astype(np.int64)
    order = rank_words(words, counts, min_count, max_vocab)
    if not len(order):
        raise ValueError(
            f"no word is left of the {name}: min_count is {min_count}, but the most frequent word has a count of "
            f"{counts.max()}; lower min_count, or give more pairs or greater weights"
        )
    rows = np.full(len(words), -1, np.int32)
    rows[order] = np.arange(len(order), dtype=np.int32)
    kept = [words[i] for i in order.tolist()]
    unique, total = int((counts > 0).sum()), int(counts.sum())
    return Vocabulary(kept, counts[order], raw_unique=unique, raw_total=total), rows


def _places(vocabulary: Vocabulary, words: Sequence[str]) -> Ids:
    known = vocabulary.key_to_index
    return np.array([known.get(word, -1) for word in words], np.int32)
