"""Directions and shares of curvature.py, against what gradient descent does."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v.config import Config
from fastw2v.curvature import DRIFTING, curvatures


def test_shares_are_the_second_moment_times_the_pairs_of_a_touch():
    rng = np.random.default_rng(1)
    inputs, outputs = rng.normal(size=(2, 50, 6)).astype(np.float32)
    touches, slopes = rng.uniform(1, 9, (2, 50)), rng.uniform(0, 0.25, 50)
    config = Config(vector_size=6, window=4, negative=3, workers=1)
    for curvature, met, weights, slope, pairs, drifting in zip(
        curvatures(config, inputs, outputs, tuple(touches), slopes, 2),
        (outputs, inputs),
        touches[::-1],
        (slopes, 1),
        (5 * 4, 5),
        (1, DRIFTING),
        strict=True,
    ):
        moment = np.einsum("i,ij,ik->jk", slope * weights / weights.sum(), met, met)
        shares, directions = np.linalg.eigh(pairs * moment)
        np.testing.assert_allclose(curvature.shares, shares[-2:] * [1, drifting], rtol=1e-4)
        np.testing.assert_allclose(np.abs(curvature.basis.T @ directions[:, -2:]), np.eye(2), atol=1e-4)
        assert curvature.other == pytest.approx(shares[:-2].mean(), rel=1e-4)


@pytest.mark.parametrize(
    ("mean", "gradient", "together"), [(True, "exact", 1 / 5), (True, "word2vec", 1.0), (False, "exact", 5.0)]
)
def test_inputs_of_a_window_of_cbow_move_together(mean, gradient, together):
    """Each of five counts with its part in their mean or sum h, gets its part of h's gradient, and so do the others."""
    rng = np.random.default_rng(3)
    inputs, outputs = rng.normal(size=(2, 20, 4)).astype(np.float32)
    touches = rng.uniform(1, 9, (2, 20))
    one, other = (
        curvatures(Config(window=4, workers=1, **options), inputs, outputs, tuple(touches), touches[0], 2)
        for options in (
            {"architecture": "cbow", "cbow_mean": mean, "cbow_gradient": gradient},
            {"architecture": "skipgram"},
        )
    )
    np.testing.assert_allclose(one[0].shares, other[0].shares * together, rtol=1e-5)
    np.testing.assert_allclose(one[1].shares, other[1].shares / 5, rtol=1e-5)


@pytest.mark.parametrize("loss", ["negative", "hierarchical", "softmax"])
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_matrices_of_zeros_have_no_curvature(loss, architecture):
    config = Config(loss=loss, architecture=architecture, vector_size=4, workers=1)
    zeros = np.zeros((3, 4), np.float32)
    for curvature in curvatures(config, zeros, zeros, (np.ones(3), np.ones(3)), np.ones(3), 12):
        assert not curvature.shares.any()
        assert not curvature.other
    for curvature in curvatures(config, zeros, zeros, (np.zeros(3), np.zeros(3)), np.ones(3), 12):
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
