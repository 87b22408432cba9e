"""Unit vectors, lengths and safe ratios."""

import numpy as np

from fastw2v.cosine import lengths, ratio, unit, units


def test_unit_vectors():
    assert np.allclose(unit(np.array([3.0, 4.0])), [0.6, 0.8])
    assert np.array_equal(unit(np.zeros(3)), np.zeros(3))
    assert np.allclose(unit(np.full(4, 1e-30, np.float32)), 0.5)
    assert np.allclose(unit(np.full(4, 1e30, np.float32)), 0.5)
    assert unit(np.ones(2)).dtype == np.float32


def test_nothing_is_like_a_zero_vector():
    assert ratio(np.float32([1, 0]), np.float32([2, 0])).tolist() == [0.5, 0.0]


def test_many_rows_are_as_one_by_one():
    rows = np.random.default_rng(1).standard_normal((5, 3)).astype(np.float32)
    rows[2] = 0
    np.testing.assert_array_equal(units(rows), [unit(row) for row in rows])
    for kind in (np.float32, np.float16):
        np.testing.assert_allclose(
            lengths(rows.astype(kind)), np.linalg.norm(rows, axis=1), rtol=1e-3 if kind is np.float16 else 1e-6
        )
