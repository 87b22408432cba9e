"""Pairs as ids: words and numbers, counts by weight, vocabularies of both sides, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v import pairs as pairs_module
from fastw2v.pairs import Pairs
from fastw2v.vocabulary import Vocabulary


def counted(inputs, targets, weights=None, *, shared=False, min_count=1, max_vocab=None):
    return Pairs.counted(inputs, targets, weights, shared=shared, min_count=min_count, max_vocab=max_vocab)


def listed(pairs):
    """The pairs that are left, as words, in order."""
    rows = pairs.input_rows[pairs.inputs], pairs.target_rows[pairs.targets]
    return [
        (pairs.vocabulary.index_to_key[i], pairs.output_vocabulary.index_to_key[t])
        for i, t in zip(*(row.tolist() for row in rows), strict=True)
        if i >= 0 and t >= 0
    ]


INPUTS, TARGETS = ["a", "b", "a", "c", "a", "b"], ["x", "y", "y", "y", "a", "x"]


def test_each_side_has_a_vocabulary_of_its_own():
    pairs = counted(INPUTS, TARGETS)
    assert pairs.vocabulary == Vocabulary(["a", "b", "c"], [3, 2, 1])
    assert pairs.output_vocabulary == Vocabulary(["y", "x", "a"], [3, 2, 1])
    assert listed(pairs) == list(zip(INPUTS, TARGETS, strict=True))


def test_a_shared_vocabulary_adds_the_counts_of_both_sides():
    pairs = counted(INPUTS, TARGETS, shared=True)
    assert pairs.output_vocabulary is pairs.vocabulary
    assert pairs.vocabulary == Vocabulary(["a", "y", "b", "x", "c"], [4, 3, 2, 2, 1])
    assert listed(pairs) == list(zip(INPUTS, TARGETS, strict=True))


def test_min_count_and_max_vocab_hold_for_both_sides():
    assert listed(counted(INPUTS, TARGETS, min_count=2)) == [("a", "x"), ("b", "y"), ("a", "y"), ("b", "x")]
    pairs = counted(INPUTS, TARGETS, max_vocab=1)
    assert listed(pairs) == [("a", "y")]
    assert (pairs.vocabulary.raw_unique, pairs.vocabulary.raw_total) == (3, 6)


def test_a_word_counts_by_the_weights_of_its_pairs():
    pairs = counted(INPUTS, TARGETS, [10, 1, 0.6, 0.1, 0, 0])
    assert pairs.vocabulary == Vocabulary(["a", "b", "c"], [11, 1, 1])  # 10.6, 1, 0.1
    assert pairs.output_vocabulary == Vocabulary(["x", "y"], [10, 2])  # "a" only with weight 0
    assert listed(counted(INPUTS, TARGETS, [10, 1, 0.6, 0.1, 0, 0], min_count=2)) == [("a", "x"), ("a", "y")]


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.uint8, list])
def test_numbers_are_words_too(kind):
    numbers = [3, 1, 3, 200, 3], [7, 7, 9, 7, 0]
    sides = numbers if kind is list else [np.array(side, kind) for side in numbers]
    pairs = counted(*sides)
    assert pairs.vocabulary == Vocabulary(["3", "1", "200"], [3, 1, 1])
    assert pairs.output_vocabulary == Vocabulary(["7", "0", "9"], [3, 1, 1])
    assert listed(pairs) == [(str(i), str(t)) for i, t in zip(*numbers, strict=True)]


def test_arrays_of_int32_are_not_copied():
    inputs, targets = np.array([3, 1, 3], np.int32), np.array([0, 0, 5], np.int32)
    weights = np.ones(3, np.float32)
    for array in (inputs, targets, weights):
        array.flags.writeable = False
    pairs = counted(inputs, targets, weights, shared=True)
    assert np.shares_memory(pairs.inputs, inputs)
    assert np.shares_memory(pairs.targets, targets)
    assert np.shares_memory(pairs.weights, weights)


@given(st.lists(st.tuples(st.integers(-(2**62), 2**62), st.integers(-5, 5)), min_size=1), st.booleans())
def test_numbers_of_any_size_are_the_pairs_that_came(numbers, shared):
    inputs, targets = (np.array(side, np.int64) for side in zip(*numbers, strict=True))
    assert listed(counted(inputs, targets, shared=shared)) == [(str(i), str(t)) for i, t in numbers]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abxyz"), st.integers(0, 3)), min_size=1))
def test_counts_are_those_of_the_pairs_repeated(triples):
    repeated = [(i, t) for i, t, weight in triples for _ in range(weight)]
    if not repeated:
        with pytest.raises(ValueError, match="no word is left"):
            counted(*zip(*triples, strict=True))
        return
    weighted, plain = counted(*zip(*triples, strict=True)), counted(*zip(*repeated, strict=True))
    assert weighted.vocabulary == plain.vocabulary
    assert weighted.output_vocabulary == plain.output_vocabulary


def test_chunks_make_no_difference(monkeypatch):
    rng = np.random.default_rng(0)
    sides = rng.integers(0, 40, 1000), rng.integers(0, 30, 1000), rng.random(1000)
    whole = counted(*sides)
    monkeypatch.setattr(pairs_module, "CHUNK", 7)
    parts = counted(*sides)
    assert parts.vocabulary == whole.vocabulary
    assert parts.output_vocabulary == whole.output_vocabulary


def test_iterators_and_arrays_of_words():
    assert listed(counted(iter(INPUTS), np.array(TARGETS))) == list(zip(INPUTS, TARGETS, strict=True))


def test_columns_of_other_libraries():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"input": INPUTS, "target": TARGETS, "n": [2, 1, 1, 1, 1, 1]})
    pairs = counted(frame["input"], frame["target"], frame["n"])
    assert listed(pairs) == list(zip(INPUTS, TARGETS, strict=True))
    assert pairs.vocabulary == Vocabulary(["a", "b", "c"], [4, 2, 1])
    nullable = pandas.Series([1, 2, 1], dtype="Int64")
    assert listed(counted(nullable, nullable)) == [("1", "1"), ("2", "2"), ("1", "1")]


def test_pairs_in_known_numbers():
    words, outputs = Vocabulary(["c", "a"], [9, 8]), Vocabulary(["y"], [3])
    pairs = Pairs.known(INPUTS, TARGETS, None, words, outputs)
    assert listed(pairs) == [("a", "y"), ("c", "y")]
    assert listed(Pairs.known([1, 0], [0, 0], None, Vocabulary(["1"], [2]), Vocabulary(["0"], [2]))) == [("1", "0")]
    with pytest.raises(ValueError, match=r"no pair is left of 1 .*; give pairs of words that the model knows"):
        Pairs.known(["q"], ["y"], None, words, outputs)


@pytest.mark.parametrize(
    ("sides", "kind", "match"),
    [
        (("ab", ["x", "y"]), TypeError, "inputs must be a list of words or an array of whole numbers, not 'ab'"),
        ((["a"], 7), TypeError, "targets must be a list of words or an array of whole numbers, not 7"),
        ((["a", 1], ["x", "y"]), TypeError, r"inputs must hold words \(str\) only or whole numbers only, not 1"),
        (([1, "a"], ["x", "y"]), TypeError, "inputs must be a list of words or an array of whole numbers, not one of"),
        (([["a"]], ["x"]), TypeError, r"inputs must hold words \(str\) only or whole numbers only: .*unhashable"),
        ((["a"], [""]), ValueError, "targets hold an empty str; leave its pair out"),
        ((np.array([1.5]), ["x"]), TypeError, "inputs must be .*, not one of float64"),
        ((np.array([True]), ["x"]), TypeError, "inputs must be .*, not one of bool"),
        ((np.ones((2, 2), int), ["x"]), ValueError, r"inputs has the shape \(2, 2\), but must have one dimension"),
        ((["a", "b"], ["x"]), ValueError, "there are 2 inputs and 1 targets"),
        (([], []), ValueError, "there is no pair"),
        ((np.empty(0), np.empty(0)), ValueError, "there is no pair"),
        ((["a"], ["x"], [-1]), ValueError, r"weights\[0\] is -1, but must be a finite number from 0 on"),
        ((["a"] * 2, ["x"] * 2, [1, float("nan")]), ValueError, r"weights\[1\] is nan"),
        ((["a"], ["x"], [1e300]), ValueError, r"weights\[0\] is 1e\+300"),
        ((["a"], ["x"], [1, 2]), ValueError, r"weights has the shape \(2,\), but .* each of the 1 pairs"),
        ((["a"], ["x"], ["1"]), TypeError, "weights must be numbers"),
    ],
    ids=str,
)
def test_what_is_refused(sides, kind, match):
    with pytest.raises(kind, match=match):
        counted(*sides)


def test_a_shared_vocabulary_wants_one_kind():
    with pytest.raises(TypeError, match="one side holds words and the other numbers"):
        counted(["a"], [1], shared=True)
    assert listed(counted(["a"], [1])) == [("a", "1")]


def test_no_pair_left_is_an_error():
    with pytest.raises(ValueError, match=r"no word is left of the inputs: min_count is 9, but .* has a count of 3"):
        counted(INPUTS, TARGETS, min_count=9)
    with pytest.raises(ValueError, match=r"no pair is left of 4 .*; lower min_count, which is 2"):
        counted(["a", "a", "b", "c"], ["x", "y", "z", "z"], min_count=2)


def test_errors_of_an_iterable_reach_the_caller():
    def broken():
        yield "a"
        raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        counted(broken(), ["x"])
