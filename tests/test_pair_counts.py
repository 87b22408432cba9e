"""Pairs of neighbours, counted by threads: against a dictionary."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v import sentence_blocks
from fastw2v._pairs import Middles, PairTable, neighbours, partition
from fastw2v._phrases import Joiner, as_text, find_words, spelling_hashes
from fastw2v.encoded import EncodedText
from fastw2v.packed_words import PackedWords
from fastw2v.pair_counts import PairCounts

WORDS = 6
sentences_of_numbers = st.lists(st.lists(st.integers(0, WORDS - 1), max_size=9), max_size=30)


def text_of(sentences):
    """Sentences of numbers as a text; those without words leave a border twice."""
    ids = np.array([number for sentence in sentences for number in sentence], np.int32)
    return EncodedText(ids, np.cumsum([0, *map(len, sentences)], dtype=np.int64), np.bincount(ids, minlength=WORDS))


def counted(sentences, connectors):
    """What a dictionary counts."""
    found = Counter()
    for sentence in sentences:
        left, between = None, ()
        for word in sentence:
            if word in connectors:
                between += (word,)
                continue
            if left is not None:
                found[left, between, word] += 1
            left, between = word, ()
    return found


def listed(counts, least=1):
    """Pairs and their counts, the connectors in order."""
    pairs = counts.at_least(least)
    parents, words = counts.middles.nodes()
    found = {}
    for left, middle, right, count in zip(*(column.tolist() for column in pairs), strict=True):
        between = ()
        while middle:
            between, middle = (int(words[middle]), *between), int(parents[middle])
        found[left, between, right] = count
    return found


def add(counts, sentences, connectors, workers=1, **options):
    is_connector = np.zeros(WORDS, np.uint8)
    is_connector[list(connectors)] = 1
    counts.add_text(text_of(sentences), is_connector, workers, **options)


@settings(deadline=None, max_examples=50)
@given(sentences_of_numbers, st.sets(st.integers(0, WORDS - 1)), st.integers(1, 12), st.integers(1, 3), st.data())
def test_pairs_are_those_of_a_dictionary(sentences, connectors, block, workers, data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentence_blocks, "BLOCK_TOKENS", block)
        counts = PairCounts(connectors=bool(connectors))
        add(counts, sentences, connectors, workers)
        expected = counted(sentences, connectors)
        assert listed(counts) == expected
        assert len(counts) == len(expected)
        assert listed(counts, 2) == {pair: count for pair, count in expected.items() if count >= 2}
        for (left, between, right), count in expected.items():
            assert counts.count(left, between, right) == count
        absent = tuple(data.draw(st.lists(st.integers(0, WORDS - 1), min_size=2, max_size=4)))
        pair = (absent[0], absent[1:-1], absent[-1])
        assert counts.count(*pair) == expected[pair]


@settings(deadline=None, max_examples=50)
@given(sentences_of_numbers, sentences_of_numbers, st.sets(st.integers(0, WORDS - 1)))
def test_counts_of_two_texts_add_up(first, second, connectors):
    one, other = (PairCounts(connectors=bool(connectors)) for _ in range(2))
    add(one, first, connectors)
    add(other, second, connectors)
    other.add_pairs(one.at_least(1), one.middles)
    assert listed(other) == counted(first + second, connectors)


def test_words_may_be_numbered_anew():
    counts = PairCounts(connectors=True)
    add(counts, [[0, 1, 2]], {5}, numbers=np.array([3, 5, 4], np.int32))
    assert listed(counts) == {(3, (5,), 4): 1}


def test_many_different_pairs(monkeypatch):
    rng = np.random.default_rng(3)
    ids = rng.integers(0, 700, 200_000).astype(np.int32)
    text = EncodedText(ids, np.arange(0, 200_001, 20, dtype=np.int64), np.bincount(ids))
    monkeypatch.setattr(sentence_blocks, "BLOCK_TOKENS", 30_000)
    keys = ids[:-1].astype(np.int64) * 700 + ids[1:]
    expected = np.unique(keys[np.arange(len(keys)) % 20 != 19], return_counts=True)
    for workers in (1, 4):
        told = []
        counts = PairCounts(connectors=False)
        counts.add_text(text, np.zeros(700, np.uint8), workers, on_progress=lambda *done: told.append(done))  # noqa: B023
        pairs = counts.at_least(1, workers)
        assert np.array_equal(pairs.left.astype(np.int64) * 700 + pairs.right, expected[0])
        assert np.array_equal(pairs.counts, expected[1])
        assert told[-1] == (200_000, 200_000)
        assert counts.nbytes < 60 * len(counts)


def test_counts_beyond_32_bits():
    table = PairTable(with_middles=False)
    keys = np.array([7, 7, 8], np.uint64)
    table.add(keys, None, np.array([2**40, 1, 5], np.int64))
    assert table.count(7, 0) == 2**40 + 1
    assert table.count(9, 0) == table.count(7, 1) == 0
    assert [column if column is None else column.tolist() for column in table.at_least(6)] == [[7], None, [2**40 + 1]]


def test_middles():
    middles = Middles()
    numbers = [middles.node(0, word) for word in range(500)]
    deeper = middles.node(numbers[3], 3)
    assert [middles.node(0, word) for word in range(500)] == numbers
    assert len(middles) == 502
    assert middles.find(numbers[3], 3) == deeper
    assert middles.find(0, 501) == 0
    parents, words = middles.nodes()
    assert (parents[deeper], words[deeper]) == (numbers[3], 3)
    for parent, word in ((502, 0), (-1, 0), (0, -1)):
        with pytest.raises(ValueError, match="no node"):
            middles.node(parent, word)


def test_arrays_that_do_not_fit():
    table, three = PairTable(with_middles=True), np.zeros(3, np.uint64)
    ids, ends, flags = np.array([0, 1], np.int32), np.array([2], np.int64), np.zeros(2, np.uint8)
    with pytest.raises(ValueError, match="middles"):
        table.add(three, None, None)
    with pytest.raises(ValueError, match="2 counts"):
        PairTable(with_middles=False).add(three, None, np.ones(2, np.int64))
    with pytest.raises(ValueError, match="not among those of its 1 words"):
        neighbours(ids, ends, 0, flags[:1], None, three, None)
    with pytest.raises(ValueError, match="not among those of its 2 words"):
        neighbours(ids - 1, ends, 0, flags, None, three, None)
    for bad in ([1], [2, 2], [2, 1], [3], []):
        with pytest.raises(ValueError, match="ends of sentences"):
            neighbours(ids, np.array(bad, np.int64), 0, flags, None, three, None)
    with pytest.raises(ValueError, match="base of at least 0"):
        neighbours(ids, ends - 3, -3, flags, None, three, None)
    with pytest.raises(ValueError, match="room for 2 pairs"):
        neighbours(ids, ends, 0, flags, None, three[:1], None)
    with pytest.raises(ValueError, match="by 17 bits"):
        partition(three, None, None, None, 17, three, None, None)
    with pytest.raises(ValueError, match="not among the 1"):
        partition(three, np.full(3, 1, np.uint32), np.zeros(1, np.uint32), None, 7, three, np.zeros(3, np.uint32), None)
    with pytest.raises(ValueError, match="room for 2 words"):
        Joiner(three[:0], np.zeros(0, np.uint32), ends[:0], Middles(), flags).join(ids, ends, 0, ids[:1], ends)
    with pytest.raises(ValueError, match="not among those of its 1 words"):
        as_text(np.zeros(17, np.uint8), np.array([0, 1], np.int64), ids, ends, 0)
    for starts, numbers in ((np.array([0, 1, 2], np.int64), ids), (ends[:0], ids[:0])):
        with pytest.raises(ValueError, match="16 bytes must follow"):
            as_text(np.zeros(17, np.uint8), starts, numbers, ends[: len(numbers)], 0)
    with pytest.raises(ValueError, match="1 right words"):
        spelling_hashes(
            np.zeros(1, np.uint8), np.array([0, 1]), Middles(), b"_", ids, np.zeros(2, np.uint32), np.zeros(1, np.int32)
        )


@given(
    st.lists(st.sampled_from(["a", "b", "ab", "a" * 9, "b" * 40, "é"])),
    st.sets(st.sampled_from(["a", "ab", "b" * 40, "c"])),
)
def test_words_are_found(wanted, words):
    words = sorted(words)
    one, other = PackedWords.pack(wanted), PackedWords.pack(words)
    found = find_words(one.blob, one.offsets, other.blob, other.offsets).tolist()
    assert found == [words.index(word) if word in words else -1 - wanted.index(word) for word in wanted]


def test_words_beyond_their_bytes_are_refused():
    blob, good = np.zeros(3, np.uint8), np.array([0, 1], np.int64)
    for starts in ([0, 4], [-1, 2], [2, 1], []):
        with pytest.raises(ValueError, match="within their 3 bytes"):
            find_words(blob, np.array(starts, np.int64), blob, good)
        with pytest.raises(ValueError, match="within their 3 bytes"):
            find_words(blob, good, blob, np.array(starts, np.int64))
