"""Outlier detection: by hand, and beside the definition of compactness as the paper gives it."""

from __future__ import annotations

import numpy as np
import pytest
from evaluation_models import circle
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v import KeyedVectors
from fastw2v.bootstrap import Resampling
from fastw2v.evaluation_files import OutlierFile, OutlierSet, read_outliers
from fastw2v.evaluation_words import KnownWords
from fastw2v.outliers import outlier_positions, score_outliers

KNOWN = KnownWords(circle({"red": 0, "blue": 10, "green": 20, "pink": 90, "dog": 180, "teal": 12}))


def test_by_hand(write):
    file = read_outliers(write("red\nblue\ngreen\npink\n\ndog\nteal\nmoon\n"))
    found = outlier_positions(KNOWN, file)
    # dog stands last, after pink. Of teal's cosines the sum is 3.18: only green's, 3.26, is greater.
    assert found == pytest.approx([1.0, 0.25, np.nan], nan_ok=True)
    result = score_outliers(KNOWN, file, resampling=Resampling(resamples=200))
    assert (result.accuracy, result.opp, result.known, result.total) == (0.5, 0.625, 2, 3)
    assert result.accuracy_interval == (0.0, 1.0)
    assert result.opp_interval == (0.25, 1.0)
    dummy = score_outliers(KNOWN, file, dummy4unknown=True)
    assert np.isnan([dummy.accuracy_interval, dummy.opp_interval]).all()
    assert (dummy.accuracy, dummy.opp, dummy.known) == (pytest.approx(1 / 3), pytest.approx(1.25 / 3), 2)


def test_what_cannot_be_asked(write):
    for text in ("red\nmoon\n\ndog\n", "red\nred\n\ndog\n", "red\nblue\n\nred\n"):
        assert np.isnan(outlier_positions(KNOWN, read_outliers(write(text)))).all()
    result = score_outliers(KNOWN, read_outliers(write("sun\nmoon\n\ndog\n")))
    assert np.isnan([result.accuracy, result.opp]).all()


def test_a_model_that_cannot_tell_finds_nothing(write):
    file = read_outliers(write("red\nblue\ngreen\n\ndog\n"))
    same = KnownWords(KeyedVectors(KNOWN.words, np.ones((6, 2))))
    zeros = KnownWords(KeyedVectors(KNOWN.words, np.zeros((6, 2))))
    for known in (same, zeros):
        assert outlier_positions(known, file).tolist() == [0.0]


def compactness(vectors):
    """The mean cosine of all pairs of a set."""
    cosines = vectors @ vectors.T
    count = len(vectors)
    return (cosines.sum() - np.trace(cosines)) / (count * (count - 1))


@settings(deadline=None)
@given(st.integers(3, 9), st.integers(0, 1000))
def test_the_order_is_that_of_the_compactness_of_what_is_left(members, seed):
    rng = np.random.default_rng(seed)
    words = [f"w{i}" for i in range(members + 1)]
    known = KnownWords(KeyedVectors(words, rng.standard_normal((members + 1, 8))))
    file = OutlierFile("f", (OutlierSet("s", tuple(words[:-1]), (words[-1],)),))
    units = known.units(slice(0, None)).astype(np.float64)
    left = np.array([compactness(np.delete(units, i, axis=0)) for i in range(members + 1)])
    # The outlier's position: how many words leave a less compact set behind than it does.
    assert outlier_positions(known, file)[0] == np.count_nonzero(left[:-1] < left[-1]) / members
