"""Texts for the tests of phrases: few words, so that all kinds of pairs, ties, overlaps and equal spellings occur."""

from __future__ import annotations

from hypothesis import strategies as st

PLAIN = ["a", "b", "c"]
LINKED = ["a", "b", "of", "the", "c"]
# Words that hold delimiters, so that different pairs and words are spelled alike.
JOINED = ["a", "b", "a_b", "b_c", "of", "a_of", "of_b", "_", "__"]
CONNECTORS = frozenset(["of", "the"])


def sentences(words):
    """Lists of sentences of these words, at least one word in all."""
    some = st.lists(st.lists(st.sampled_from(words), max_size=8), max_size=10)
    return st.tuples(st.sampled_from(words), some).map(lambda drawn: [[drawn[0]], *drawn[1]])


texts = st.sampled_from([PLAIN, LINKED, JOINED]).flatmap(lambda words: st.tuples(sentences(words), sentences(words)))
scorings = st.one_of(
    st.tuples(st.just("default"), st.sampled_from([0.01, 0.1, 0.5, 1.0, 2.0])),
    st.tuples(st.just("npmi"), st.sampled_from([-0.9, -0.3, 0.0, 0.3, 0.6])),
)
# Options that gensim has, too.
options = st.builds(
    lambda scoring, count, delimiter, connectors: {
        "min_count": count,
        "threshold": scoring[1],
        "scoring": scoring[0],
        "delimiter": delimiter,
        "connector_words": connectors,
    },
    scorings,
    st.integers(1, 3),
    st.sampled_from(["_", "__", "+"]),
    st.sampled_from([frozenset(), CONNECTORS]),
)
