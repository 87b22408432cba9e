"""Which words of a text join a vocabulary, where they stand, and how often they then count."""

from __future__ import annotations

import logging
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v import Config, Corpus, Vocabulary, Word2Vec
from fastw2v.vocabulary_growth import grow_by, grown_outputs, grown_vocabulary, words_to_add

texts = st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1), min_size=1)


@given(first=texts, second=texts, least=st.integers(1, 4), most=st.none() | st.integers(1, 9))
def test_words_that_join(first, second, least, most):
    known = Corpus(first, min_count=1).vocabulary
    counted = Counter(word for sentence in second for word in sentence)
    added = words_to_add(known, Corpus(second, min_count=1), least, most)
    new = [(-n, word) for word, n in counted.items() if word not in known and n >= least]
    new = sorted(new)[: None if most is None else max(0, most - len(known))]
    old = {word: n for word, n in counted.items() if word in known}
    assert dict(zip(added.index_to_key, added.counts.tolist(), strict=True)) == {**old, **{w: -n for n, w in new}}
    grown = grown_vocabulary(known, added)
    assert grown.index_to_key == [*known.index_to_key, *(word for _, word in new)]
    before = dict(zip(known.index_to_key, known.counts.tolist(), strict=True))
    for word, count in zip(grown.index_to_key, grown.counts.tolist(), strict=True):
        assert count == before.get(word, 0) + counted[word]
    assert grown.raw_total == known.raw_total + sum(counted.values())


@pytest.mark.parametrize(("loss", "rows"), [("negative", 4), ("softmax", 4), ("hierarchical", 3)])
def test_outputs_have_a_row_for_what_is_new(loss, rows):
    known, grown = Vocabulary("ab", [5, 3]), Vocabulary("abcd", [5, 3, 2, 1])
    before = np.ones((rows - 2, 3), np.float32)
    outputs = grown_outputs(loss, before, known, grown)
    assert outputs.shape == (rows, 3)
    assert outputs.any(axis=1).sum() == rows - 2


def test_a_text_is_read_once_and_told_of(caplog):
    model = Word2Vec(Config(vector_size=4, min_count=1))
    model.build_vocab(Vocabulary("ab", [5, 3]))
    with caplog.at_level(logging.INFO, "fastw2v"):
        corpus = grow_by(model, iter([["c", "a"], ["x", "c"]]))
    assert corpus.vocabulary is model.vocabulary
    assert [corpus.sentence(i) for i in range(2)] == [["c", "a"], ["x", "c"]]
    assert caplog.messages == ["2 words joined the vocabulary, which has 4 now"]


def test_a_text_without_a_word_that_stays_is_refused():
    model = Word2Vec(Config(vector_size=4, min_count=3))
    model.build_vocab(Vocabulary("ab", [5, 3]))
    with pytest.raises(ValueError, match="none of the 1 different words of the text"):
        grow_by(model, [["x", "x"]])
