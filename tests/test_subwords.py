"""Rows of words from the rows of their n-grams, beside the definition spelled out and gensim's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v import subwords
from fastw2v.subwords import mean_with_ngrams

WORDS = ["abc", "über", "日本語の", "😀x", "a", "", "слово", "\ud800b", "long" * 20]


def hashed(ngram):
    """FNV-1a of 32 bits, each byte with its sign spread over all of them."""
    value = 2166136261
    for byte in ngram.encode("utf-8", "surrogatepass"):
        value = ((value ^ (byte if byte < 128 else byte | 0xFFFFFF00)) * 16777619) & 0xFFFFFFFF
    return value


def by_definition(words, own, ngrams, shortest, longest):
    rows = []
    for word, row in zip(words, own, strict=True):
        text = f"<{word}>"
        total, number = row.astype(np.float64), 1
        for length in range(max(1, shortest), longest + 1):
            for start in range(len(text) - length + 1):
                ngram = text[start : start + length]
                if length == 1 and start in (0, len(text) - 1):
                    continue
                total = total + ngrams[hashed(ngram) % len(ngrams)]
                number += 1
        rows.append(total / number)
    return np.array(rows).reshape(own.shape)


def tables(words, buckets, size=3):
    rng = np.random.default_rng(1)
    return [rng.normal(size=(n, size)).astype(np.float32) for n in (len(words), buckets)]


@pytest.mark.parametrize("buckets", [1, 7, 1000])
@pytest.mark.parametrize(("shortest", "longest"), [(3, 6), (1, 3), (0, 2), (2, 30), (5, 4)])
def test_the_definition(buckets, shortest, longest):
    own, ngrams = tables(WORDS, buckets)
    found = mean_with_ngrams(WORDS, own, ngrams, shortest, longest)
    assert found.dtype == np.float32
    assert np.allclose(found, by_definition(WORDS, own, ngrams, shortest, longest), atol=1e-5)


@given(st.lists(st.text(max_size=8), max_size=8))
def test_any_words(words):
    own, ngrams = tables(words, 11)
    found = mean_with_ngrams(words, own, ngrams, 2, 4)
    assert np.allclose(found, by_definition(words, own, ngrams, 2, 4), atol=1e-5)


def test_blocks(monkeypatch):
    own, ngrams = tables(WORDS, 50)
    whole = mean_with_ngrams(WORDS, own, ngrams, 3, 6)
    monkeypatch.setattr(subwords, "BLOCK_WORDS", 2)
    monkeypatch.setattr(subwords, "BLOCK_NUMBERS", 9)
    assert np.allclose(mean_with_ngrams(WORDS, own, ngrams, 3, 6), whole, atol=1e-6)


def test_the_buckets_are_gensims():
    fasttext = pytest.importorskip("gensim.models.fasttext")
    words = [word for word in WORDS if word.isprintable()]
    for shortest, longest in [(3, 6), (1, 3)]:
        wanted = {
            (i, b) for i, word in enumerate(words) for b in fasttext.ft_ngram_hashes(word, shortest, longest, 999)
        }
        found = {
            (i, b)
            for owners, buckets in subwords._ngrams(words, 999, shortest, longest)
            for i, b in zip(owners.tolist(), buckets.tolist(), strict=True)
        }
        assert found == wanted
