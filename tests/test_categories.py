"""Purity of clusters: by hand, of what has no structure, and where words are unknown or alike."""

from __future__ import annotations

import numpy as np
import pytest
from evaluation_models import circle

from fastw2v import KeyedVectors
from fastw2v.bootstrap import Resampling
from fastw2v.categories import cluster, in_majority, score_categories
from fastw2v.evaluation_files import read_categories
from fastw2v.evaluation_words import KnownWords

TWO_GROUPS = KnownWords(circle({"dog": 0, "cat": 5, "cow": 10, "red": 180, "blue": 185, "pink": 190, "odd": 178}))
FILE = "dog animal\ncat animal\ncow animal\nred colour\nblue colour\npink colour\nmoon thing\n"


def test_by_hand(write):
    result = score_categories(TWO_GROUPS, read_categories(write(FILE)), Resampling(resamples=300))
    assert (result.purity, result.categories, result.known, result.total) == (1.0, 2, 6, 7)
    assert result.interval == (1.0, 1.0)
    assert result.coverage == pytest.approx(6 / 7)
    assert np.isnan(score_categories(TWO_GROUPS, read_categories(write(FILE))).interval).all()
    # An animal among the colours: one of seven is not of its cluster's majority.
    file = read_categories(write(FILE.replace("moon thing", "odd animal")))
    assert score_categories(TWO_GROUPS, file).purity == pytest.approx(6 / 7)
    is_known, is_right = in_majority(TWO_GROUPS, file)
    assert is_known.all()
    assert is_right.tolist() == [True] * 6 + [False]


def test_more_clusters_and_the_seed(write):
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((5, 20))
    vectors = np.concatenate([centre + 0.1 * rng.standard_normal((30, 20)) for centre in centres])
    words = [f"w{i}" for i in range(len(vectors))]
    known = KnownWords(KeyedVectors(words, vectors))
    file = read_categories(write("".join(f"{word}\tc{i // 30}\n" for i, word in enumerate(words))))
    for seed in range(3):
        assert in_majority(known, file, seed)[1].all()
    noise = KnownWords(KeyedVectors(words, rng.standard_normal(vectors.shape)))
    assert 0.2 <= score_categories(noise, file).purity < 0.6
    labels = cluster(vectors.astype(np.float32), 5, 3)
    assert labels.tolist() == cluster(vectors.astype(np.float32), 5, 3).tolist()


def test_words_that_cannot_be_told_apart(write):
    zeros = KnownWords(KeyedVectors(TWO_GROUPS.words, np.zeros((7, 2))))
    assert score_categories(zeros, read_categories(write(FILE))).purity == 0.5
    none = score_categories(KnownWords(circle()), read_categories(write("moon a\nsun b\n")))
    assert np.isnan(none.purity)
    assert none.known == 0
    one = score_categories(KnownWords(circle()), read_categories(write("east a\nsun b\n")))
    assert (one.purity, one.known, one.categories) == (1.0, 1, 1)
