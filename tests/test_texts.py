"""Texts in memory and in other numbers: what training reads of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fastw2v import Corpus, Vocabulary
from fastw2v.texts import MemoryText, Renumbered, kept

IDS = np.array([0, 2, 1, 0, 4, 3, 0], np.int32)
TEXT = MemoryText(IDS, np.array([0, 3, 4, 7]), np.array([3, 1]))


def test_the_sentences_around_a_stretch():
    assert (TEXT.tokens, TEXT.sentence_count) == (7, 3)
    assert TEXT.sentences(0, 1).tolist() == [0, 3]
    assert TEXT.sentences(2, 4).tolist() == [0, 3, 4]
    assert TEXT.sentences(3, 5).tolist() == [3, 4, 7]
    assert TEXT.borders(1, 3).tolist() == [3, 4]
    assert TEXT.with_counts(np.array([5, 5])).counts.tolist() == [5, 5]


def test_words_past_the_vocabulary_are_left_out():
    ids, offsets = kept(TEXT)
    assert (ids.tolist(), offsets.tolist()) == ([0, 1, 0, 0], [0, 2, 3, 4])
    whole = TEXT.with_counts(np.ones(5, np.int64))
    assert kept(whole)[0] is whole.ids or kept(whole)[0].base is whole.ids


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=5), st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_any_id_is_seen_in_other_numbers(numbers, ids):
    text = MemoryText(np.array(ids, np.int32), np.array([0, len(ids)]), np.ones(1, np.int64))
    seen = Renumbered(text, np.array(numbers, np.int32), np.ones(4, np.int64))
    expected = [numbers[i] if 0 <= i < len(numbers) else -1 for i in ids]
    assert seen.read(0, len(ids)).tolist() == expected


def test_a_text_renumbered_twice():
    corpus = Corpus([["a", "b"], ["c"], ["a", "c", "a"]], min_count=1)
    once = corpus.restricted(Vocabulary(["c", "a", "x"], [9, 9, 9]))
    assert (once.ids.tolist(), once.offsets.tolist(), once.counts.tolist()) == (
        [1, 0, 1, 0, 1],
        [0, 1, 2, 5],
        [2, 3, 0],
    )
    twice = once.restricted(Vocabulary(["y", "c"], [1, 1]))
    assert (twice.sentence(0), len(twice), twice.text.tokens) == (["c"], 2, 6)
    assert corpus.sentence(0) == ["a", "b"]
