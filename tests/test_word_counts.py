"""Counts of words from several machines, added up."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v._staying_words import EmptyTextError
from fastw2v.word_counts import WordCounts, merged

texts = st.lists(st.sampled_from(["a", "b", "ü", "long-word", "d", "\U0001f600"]), max_size=40)


def counts_of(words):
    counter = Counter(words)
    return WordCounts.of(counter, np.array(list(counter.values()), np.int64))


@given(texts=st.lists(texts, min_size=1, max_size=5))
def test_counts_of_parts_are_those_of_the_whole(texts):
    found = counts_of([])
    for text in texts:
        found = merged(found, counts_of(text))
    whole = Counter(word for text in texts for word in text)
    assert dict(zip(found.words, found.counts.tolist(), strict=True)) == whole


def test_the_vocabulary_is_that_of_any_text():
    vocabulary = merged(counts_of(["b", "a", "a"]), counts_of(["c", "b", "d"])).vocabulary(1, 3)
    assert vocabulary.index_to_key == ["a", "b", "c"]
    assert vocabulary.counts.tolist() == [2, 2, 1]
    assert vocabulary.raw_unique == 4


def test_a_vocabulary_without_words_is_refused():
    with pytest.raises(EmptyTextError, match="no word at all"):
        counts_of([]).vocabulary(1, None)
    with pytest.raises(EmptyTextError, match="the most frequent word occurs only 2 times; lower min_count to 2"):
        counts_of(["b", "a", "a"]).vocabulary(3, None)
