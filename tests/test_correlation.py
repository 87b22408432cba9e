"""Ranks, correlations and p-values beside SciPy's, and resampled ones beside plain repetition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fastw2v.correlation import average_ranks, pearson, resampled_ranks, resampled_spearman, spearman

numbers = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=12)


@given(numbers)
def test_ranks(values):
    assert average_ranks(np.array(values)).tolist() == stats.rankdata(values).tolist()


@given(st.integers(3, 30), st.integers(0, 2**32), st.booleans())
def test_coefficients_and_p_values_are_scipys(count, seed, tied):
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((2, count))
    if tied:
        x = np.round(x)
        x[0] = 5.0  # never constant
    for ours, theirs in ((pearson, stats.pearsonr), (spearman, stats.spearmanr)):
        found, wanted = ours(x, y), theirs(x, y)
        assert found.statistic == pytest.approx(wanted.statistic, abs=1e-12)
        assert found.pvalue == pytest.approx(wanted.pvalue, rel=1e-6, abs=1e-12)


def test_where_there_is_no_correlation():
    for ours in (pearson, spearman):
        assert np.isnan(ours(np.ones(5), np.arange(5.0))).all()
        assert np.isnan(ours(np.ones(1), np.ones(1))).all()
        assert np.isnan(ours(np.empty(0), np.empty(0))).all()
        assert ours(np.arange(2.0), np.arange(2.0)) == (1.0, 1.0)
        assert ours(np.arange(4.0), -np.arange(4.0)) == pytest.approx((-1.0, 0.0), abs=1e-6)
    assert np.isnan(spearman(np.array([1.0, np.nan, 2.0]), np.arange(3.0))).all()
    assert pearson(np.arange(4.0) * 1e300, np.arange(4.0) * 1e-300).statistic == pytest.approx(1.0)


@given(st.data(), st.integers(2, 9))
def test_a_resample_is_ranked_as_if_its_values_were_written_out(data, count):
    values = np.array(data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)), np.float64)
    other = np.array(data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)), np.float64)
    drawn = np.array(data.draw(st.lists(st.integers(0, count - 1), min_size=count, max_size=count)))
    counts = np.bincount(drawn, minlength=count).astype(np.float64)[None]
    assert resampled_ranks(values, counts)[0][drawn].tolist() == stats.rankdata(values[drawn]).tolist()
    found, wanted = resampled_spearman(values, other, counts)[0], spearman(values[drawn], other[drawn]).statistic
    assert found == pytest.approx(wanted, abs=1e-9, nan_ok=True)
