"""What the tests of reading share: a plain Python reading of a text, and whether a corpus holds just that."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from fastw2v.corpus import Corpus

WORKERS = [1, 2, 3, 7]


def sentences_of(text: str) -> list[list[str]]:
    lines = ([word for word in re.split("[ \t\r\v\f]+", line) if word] for line in text.split("\n"))
    return [words for words in lines if words]


def reference(sentences: list[list[str]], min_count: int = 1, max_vocab: int | None = None) -> list[list[str]]:
    counts = Counter(word for sentence in sentences for word in sentence)
    kept = sorted((w for w in counts if counts[w] >= min_count), key=lambda w: (-counts[w], w.encode()))[:max_vocab]
    stays = set(kept)
    lines = ([word for word in sentence if word in stays] for sentence in sentences)
    return [words for words in lines if words]


def check(corpus: Corpus, sentences: list[list[str]], min_count: int = 1, max_vocab: int | None = None) -> None:
    """The corpus holds exactly what a plain reading of `sentences` keeps, in the form that it promises."""
    expected = reference(sentences, min_count, max_vocab)
    counts = Counter(word for sentence in sentences for word in sentence)
    assert [corpus.sentence(i) for i in range(len(corpus.offsets) - 1)] == expected
    assert corpus.raw_words == sum(counts.values())
    assert (corpus.ids.dtype, corpus.offsets.dtype) == (np.int32, np.int64)
    assert corpus.ids.flags.c_contiguous
    assert (corpus.offsets[0], corpus.offsets[-1]) == (0, len(corpus))
    assert (np.diff(corpus.offsets) > 0).all()
    vocabulary = corpus.vocabulary
    assert vocabulary.index_to_key == sorted(vocabulary.index_to_key, key=lambda w: (-counts[w], w.encode()))
    assert vocabulary.counts.tolist() == [counts[word] for word in vocabulary.index_to_key]
    assert np.array_equal(np.bincount(corpus.ids, minlength=len(vocabulary)), vocabulary.counts)
    assert (vocabulary.raw_unique, vocabulary.raw_total) == (len(counts), sum(counts.values()))
    assert vocabulary.total == len(corpus)


def same(a: Corpus, b: Corpus) -> bool:
    return (
        np.array_equal(a.ids, b.ids)
        and np.array_equal(a.offsets, b.offsets)
        and a.vocabulary == b.vocabulary
        and a.raw_words == b.raw_words
    )
