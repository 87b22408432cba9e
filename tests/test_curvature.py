"""Directions and shares of curvature.py, against what gradient descent does."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v.config import Config
from fastw2v.curvature import SLOPE, curvatures


def test_shares_are_the_second_moment_times_the_pairs_of_a_touch():
    rng = np.random.default_rng(1)
    inputs, outputs = rng.normal(size=(2, 50, 6)).astype(np.float32)
    touches = rng.uniform(1, 9, (2, 50))
    config = Config(vector_size=6, window=4, negative=3, workers=1)
    for curvature, met, weights, pairs in zip(
        curvatures(config, inputs, outputs, tuple(touches), 2),
        (outputs, inputs),
        touches[::-1],
        (5 * 4, 5),
        strict=True,
    ):
        moment = np.einsum("i,ij,ik->jk", weights / weights.sum(), met, met)
        shares, directions = np.linalg.eigh(SLOPE * pairs * moment)
        np.testing.assert_allclose(curvature.shares, shares[-2:], rtol=1e-4)
        np.testing.assert_allclose(np.abs(curvature.basis.T @ directions[:, -2:]), np.eye(2), atol=1e-4)
        assert curvature.other == pytest.approx(shares[:-2].mean(), rel=1e-4)


@pytest.mark.parametrize("loss", ["negative", "hierarchical", "softmax"])
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_matrices_of_zeros_have_no_curvature(loss, architecture):
    config = Config(loss=loss, architecture=architecture, vector_size=4, workers=1)
    zeros = np.zeros((3, 4), np.float32)
    for curvature in curvatures(config, zeros, zeros, (np.ones(3), np.ones(3)), 12):
        assert not curvature.shares.any()
        assert not curvature.other
    for curvature in curvatures(config, zeros, zeros, (np.zeros(3), np.zeros(3)), 12):
        assert not curvature.shares.any()


def test_a_row_goes_the_share_of_its_way_that_is_told():
    """Gradient descent on logistic regression near its optimum: the distance falls by exp(-rate * s' * moment)."""
    rng = np.random.default_rng(2)
    met = rng.normal(size=(4000, 3)) * [0.6, 0.3, 0.1]
    place = rng.normal(size=3) * 0.5
    y = 1 / (1 + np.exp(-met @ place))
    slope = float((y * (1 - y)).mean())
    v, rate, steps = place + 0.05, 0.05, 40
    for _ in range(steps):
        v = v - rate * ((1 / (1 + np.exp(-met @ v)) - y) @ met) / len(met)
    shares, basis = np.linalg.eigh(met.T @ met / len(met))
    left = (v - place) @ basis / (np.full(3, 0.05) @ basis)
    np.testing.assert_allclose(left, np.exp(-rate * slope * shares * steps), rtol=0.01)
