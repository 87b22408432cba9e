"""The tables of noise and subsampling against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v.noise import alias_table, keep_probabilities, keep_thresholds, noise_probabilities


def drawn_probabilities(table):
    """What an alias table draws, computed from the table."""
    n = len(table)
    own = table[:, 0] / 2.0**32
    result = own / n
    np.add.at(result, table[:, 1], (1 - own) / n)
    return result


@settings(max_examples=200, deadline=None)
@given(
    counts=st.lists(st.integers(1, 10**9), min_size=1, max_size=60),
    exponent=st.sampled_from([-1.0, 0.0, 0.5, 0.75, 1.0]),
)
def test_alias_table_draws_each_word_with_its_probability(counts, exponent):
    wanted = noise_probabilities(np.array(counts), exponent)
    assert wanted.sum() == pytest.approx(1)
    table = alias_table(wanted)
    assert table[:, 1].max() < len(counts)
    np.testing.assert_allclose(drawn_probabilities(table), wanted, atol=1e-9)


def test_alias_table_of_a_large_zipf_vocabulary():
    wanted = noise_probabilities(10**9 // np.arange(1, 200_001), 0.75)
    np.testing.assert_allclose(drawn_probabilities(alias_table(wanted)), wanted, atol=1e-12)


def test_noise_follows_the_exponent():
    np.testing.assert_allclose(noise_probabilities(np.array([16, 1]), 0.75), [8 / 9, 1 / 9])
    np.testing.assert_allclose(noise_probabilities(np.array([2**62, 1]), -10.0), [0, 1], atol=1e-12)


def test_keep_probabilities_are_word2vecs():
    counts = np.array([900, 90, 10])
    threshold = 0.01 * 1000
    wanted = [(np.sqrt(f / threshold) + 1) * threshold / f for f in (900, 90)]
    np.testing.assert_allclose(keep_probabilities(counts, 0.01), [*wanted, 1.0])
    assert (keep_probabilities(counts, 0.0) == 1).all()


def test_thresholds_keep_all_or_a_share():
    assert list(keep_thresholds(np.array([1.0, 0.5]))) == [2**32 - 1, 2**31]


def test_the_smallest_sample_keeps_almost_nothing_without_a_warning():
    with np.errstate(all="raise", under="ignore"):
        keep = keep_probabilities(np.array([1000, 1]), 5e-324)
    assert (keep < 1e-100).all()
