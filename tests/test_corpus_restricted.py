"""How many sentences a Corpus read, and the same text with fewer words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v import Corpus, Vocabulary


@pytest.mark.parametrize("workers", [1, 3])
def test_sentences_are_counted_as_they_came(write, small_chunks, workers):
    lines = ["a b", "", "rare", "  ", "c", "a"] * 200
    for end in ("", "\n", "\n\n\n"):
        corpus = Corpus(write("\n" + "\n".join(lines) + end), min_count=300, workers=workers)
        assert corpus.raw_sentences == 800
        assert len(corpus.offsets) - 1 == 400
    two = [write("a b\nc", "1.txt"), write("\n\nd\n", "2.txt")]
    assert Corpus(two, min_count=1).raw_sentences == 3
    # Of an iterable every item counts, as len() would.
    assert Corpus([["a"], [], ["b", "a"], []], min_count=2).raw_sentences == 4


@given(
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=5), min_size=1, max_size=20),
    st.sets(st.sampled_from("abcdef")),
)
def test_a_restricted_corpus_is_the_text_read_with_that_vocabulary(sentences, kept):
    present = sorted(kept & {word for sentence in sentences for word in sentence})
    if not present:
        return
    vocabulary = Vocabulary([*present, "unseen"], [1] * len(present) + [1])
    whole = Corpus(sentences, min_count=1)
    restricted, read = whole.restricted(vocabulary), Corpus(sentences, vocabulary=vocabulary)
    assert restricted.vocabulary is vocabulary
    assert restricted.raw_words == read.raw_words
    np.testing.assert_array_equal(restricted.ids, read.ids)
    np.testing.assert_array_equal(restricted.offsets, read.offsets)
    assert len(whole) == whole.raw_words


def test_a_corpus_cannot_be_restricted_to_nothing():
    corpus = Corpus([["a", "b"]], min_count=1)
    with pytest.raises(ValueError, match="none of the 2 different words"):
        corpus.restricted(Vocabulary(["x"], [1]))
    only_a = corpus.restricted(Vocabulary(["a", "c"], [1, 1]))
    with pytest.raises(ValueError, match="no word of this text is in the vocabulary"):
        only_a.restricted(Vocabulary(["c"], [1]))
