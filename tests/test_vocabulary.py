"""Vocabulary: order, pruning and look-up."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v.vocabulary import Vocabulary


def test_order_is_by_count_then_by_bytes() -> None:
    words = ["b", "é", "z", "a", "ab", "\U00010000", "\uffff"]
    vocabulary = Vocabulary.from_counts(words, [2, 2, 3, 2, 2, 2, 2])
    assert vocabulary.index_to_key == ["z", "a", "ab", "b", "é", "\uffff", "\U00010000"]
    assert vocabulary.counts.tolist() == [3, 2, 2, 2, 2, 2, 2]
    assert vocabulary.counts.dtype == np.int64
    assert vocabulary.key_to_index == {word: i for i, word in enumerate(vocabulary.index_to_key)}
    assert vocabulary.key_to_index is vocabulary.key_to_index


@settings(deadline=None)
@given(
    st.dictionaries(st.text(max_size=4), st.integers(0, 5), max_size=30),
    st.integers(1, 4),
    st.none() | st.integers(1, 10),
)
def test_pruning(counts: dict[str, int], min_count: int, max_vocab: int | None) -> None:
    counts = {word: count for word, count in counts.items() if word.isprintable()}
    vocabulary = Vocabulary.from_counts(counts, list(counts.values()), min_count=min_count, max_vocab=max_vocab)
    expected = sorted(((c, w) for w, c in counts.items() if c >= min_count), key=lambda x: (-x[0], x[1].encode()))
    expected = expected[:max_vocab]
    assert vocabulary.index_to_key == [word for _, word in expected]
    assert vocabulary.counts.tolist() == [count for count, _ in expected]
    assert vocabulary.total == sum(count for count, _ in expected)
    assert len(vocabulary) == len(expected)
    assert vocabulary.raw_unique == len(counts)
    assert vocabulary.raw_total == sum(counts.values())


def test_max_vocab_keeps_exactly_so_many_of_a_tie() -> None:
    words = [f"w{i:03}" for i in range(100)]
    vocabulary = Vocabulary.from_counts(words[::-1], [7] * 100, max_vocab=41)
    assert vocabulary.index_to_key == words[:41]
    assert vocabulary.raw_total == 700
    assert vocabulary.total == 7 * 41


def test_contains_and_equality() -> None:
    a = Vocabulary.from_counts(["x", "y"], [2, 1])
    assert "x" in a
    assert "z" not in a
    assert 5 not in a
    assert a == Vocabulary.from_counts(["y", "x"], np.array([1, 2], np.uint8))
    assert a != Vocabulary.from_counts(["x", "y"], [3, 1])
    assert a != Vocabulary.from_counts(["x", "w"], [2, 1])
    assert a != ["x", "y"]
    assert "2 words" in repr(a)


def test_counter_goes_in_as_it_is() -> None:
    counts = Counter(["the", "cat", "and", "the", "dog", "and", "the", "bird"])
    assert Vocabulary.from_counts(counts.keys(), list(counts.values())).index_to_key[:2] == ["the", "and"]


@pytest.mark.parametrize(
    ("words", "counts", "options", "error", "match"),
    [
        (["a", "b", "a"], [1, 1, 1], {}, ValueError, "'a' is listed more than once"),
        (["a", "b"], [1], {}, ValueError, "one number for each of the 2 words"),
        (["a"], [[1]], {}, ValueError, "shape"),
        (["a"], [-1], {}, ValueError, "is -1, but must be at least 0"),
        (["a"], [1.5], {}, TypeError, "whole numbers"),
        (["a", 3], [1, 1], {}, TypeError, "must be a str, not 3"),
        (["a"], [1], {"min_count": 0}, ValueError, "min_count is 0"),
        (["a"], [1], {"max_vocab": 0}, ValueError, "max_vocab is 0"),
        (["a"], [1], {"max_vocab": 1.0}, TypeError, "max_vocab"),
    ],
)
def test_bad_input(words: list, counts: list, options: dict, error: type, match: str) -> None:
    with pytest.raises(error, match=match):
        Vocabulary.from_counts(words, counts, **options)


def test_no_words_are_a_vocabulary_too() -> None:
    vocabulary = Vocabulary.from_counts([], [])
    assert len(vocabulary) == 0
    assert vocabulary.total == 0
