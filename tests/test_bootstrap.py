"""Intervals and tests of differences: by hand, beside SciPy, and in what must hold for any numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fastw2v import bootstrap
from fastw2v.bootstrap import Resampling, mcnemar


def test_the_interval_of_a_share_is_a_binomials():
    low, high = Resampling(resamples=20_000).of_share(60, 100)
    assert (low, high) == pytest.approx(
        (0.50, 0.69), abs=0.011
    )  # the 2.5th and 97.5th percentiles of Binomial(100, 0.6)
    assert Resampling().of_share(5, 5) == (1.0, 1.0)
    assert Resampling().of_share(0, 5) == (0.0, 0.0)


def test_the_interval_of_a_mean():
    values = np.random.default_rng(0).standard_normal(400)
    low, high = Resampling(resamples=5000, confidence=0.9).of_mean(values)
    half = 1.645 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.01)


def test_the_interval_of_rho_is_that_of_a_plain_loop():
    rng = np.random.default_rng(2)
    x = rng.standard_normal(80)
    y = x + rng.standard_normal(80)
    drawn = rng.integers(0, 80, (1500, 80))
    plain = np.percentile([stats.spearmanr(x[rows], y[rows])[0] for rows in drawn], [2.5, 97.5])
    assert Resampling(resamples=4000).of_spearman(x, y) == pytest.approx(tuple(plain), abs=0.03)


@given(st.integers(0, 5), st.integers(0, 5))
def test_mcnemar_is_a_binomial_test(losses, wins):
    wanted = stats.binomtest(losses, losses + wins).pvalue if losses + wins else 1.0
    assert mcnemar(losses, wins) == pytest.approx(wanted)


def test_mcnemar_by_hand():
    assert mcnemar(0, 5) == pytest.approx(2 / 32)
    assert mcnemar(3, 3) == 1.0


def test_a_difference_of_shares():
    first = np.array([True] * 50 + [False] * 50)
    second = np.array([True] * 80 + [False] * 20)
    found = Resampling().share_difference(first, second)
    assert found.value == pytest.approx(0.3)
    assert found.interval == pytest.approx((0.21, 0.39), abs=0.03)
    assert found.pvalue == pytest.approx(2 * 0.5**30)
    assert Resampling().share_difference(second, first).value == pytest.approx(-0.3)
    assert Resampling().share_difference(first, first) == (0.0, (0.0, 0.0), 1.0)


def test_a_difference_of_correlations():
    rng = np.random.default_rng(4)
    gold = rng.standard_normal(200)
    good, bad = gold + 0.3 * rng.standard_normal(200), gold + 3 * rng.standard_normal(200)
    found = Resampling().spearman_difference(gold, bad, good)
    assert found.value == pytest.approx(stats.spearmanr(gold, good)[0] - stats.spearmanr(gold, bad)[0])
    assert 0 < found.interval.low < found.value < found.interval.high
    assert found.pvalue == pytest.approx(2 / 2001)
    back = Resampling().spearman_difference(gold, good, bad)
    assert back.value == pytest.approx(-found.value)
    assert back.interval == pytest.approx((-found.interval.high, -found.interval.low))
    assert back.pvalue == found.pvalue
    same = Resampling().spearman_difference(gold, good, good)
    assert same == (0.0, (0.0, 0.0), 1.0)


def test_the_seed_decides_and_blocks_do_not_matter(monkeypatch):
    x, y = np.random.default_rng(0).standard_normal((2, 30))
    one = Resampling(seed=5).of_spearman(x, y)
    assert Resampling(seed=5).of_spearman(x, y) == one
    assert Resampling(seed=6).of_spearman(x, y) != one
    monkeypatch.setattr(bootstrap, "COUNTS_AT_ONCE", 100)
    assert Resampling(seed=5).of_spearman(x, y) == one


def test_of_nothing_there_is_no_interval():
    none = np.empty(0)
    ask = Resampling()
    for interval in (
        ask.of_share(0, 0),
        ask.of_mean(none),
        ask.of_spearman(none, none),
        ask.of_spearman(*np.ones((2, 5))),
    ):
        assert np.isnan(interval).all()
    assert np.isnan(ask.share_difference(none.astype(bool), none.astype(bool)).value)
    assert np.isnan(ask.spearman_difference(none, none, none).pvalue)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"resamples": 0}, "resamples is 0"),
        ({"resamples": 2 * 10**9}, "resamples is 2000000000, but must be from 1 to"),
        ({"confidence": 1.0}, "confidence is 1.0"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_bad_options(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        Resampling(**options)
