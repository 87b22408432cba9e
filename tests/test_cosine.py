"""Unit vectors, safe ratios and the largest of many, against the plain way of saying the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fastw2v.cosine import largest, ratio, unit


@given(st.lists(st.sampled_from([0.0, 1.0, -1.0, 0.5, np.nan, np.inf]), max_size=12), st.integers(1, 15))
def test_largest_is_a_stable_descending_sort(values, count):
    order = sorted(range(len(values)), key=lambda i: (np.isnan(values[i]), -values[i], i))
    order.sort(key=lambda i: (np.isnan(values[i]), 0 if np.isnan(values[i]) else -values[i], i))
    assert largest(np.array(values, np.float32), count).tolist() == order[:count]


def test_unit_vectors():
    assert np.allclose(unit(np.array([3.0, 4.0])), [0.6, 0.8])
    assert np.array_equal(unit(np.zeros(3)), np.zeros(3))
    assert np.allclose(unit(np.full(4, 1e-30, np.float32)), 0.5)
    assert np.allclose(unit(np.full(4, 1e30, np.float32)), 0.5)
    assert unit(np.ones(2)).dtype == np.float32


def test_nothing_is_like_a_zero_vector():
    assert ratio(np.float32([1, 0]), np.float32([2, 0])).tolist() == [0.5, 0.0]
