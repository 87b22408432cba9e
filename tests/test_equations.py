"""The equations against central differences, hand-computed cases and each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v.equations import negative_sampling_loss_and_gradients, sigmoid, window_loss_and_gradients


def central_difference(function, at, step=1e-5):
    """Numerical gradient of a scalar function, in the shape of `at`."""
    gradient = np.zeros_like(at)
    for index in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[index] += step
        down[index] -= step
        gradient[index] = (function(up) - function(down)) / (2 * step)
    return gradient


def test_sigmoid_is_exact_at_the_ends_and_in_the_middle():
    np.testing.assert_allclose(sigmoid([0, np.log(3), -np.log(3)]), [0.5, 0.75, 0.25])
    with np.errstate(all="raise", under="ignore"):
        assert list(sigmoid([-1e4, 1e4])) == [0.0, 1.0]


def test_negative_sampling_by_hand():
    loss, dv, dU = negative_sampling_loss_and_gradients([np.log(3), 0], 0, [1], [[1, 0], [-1, 2]])
    # Both scores are log 3 and -log 3, so the target is right with 3/4 and the noise word with 3/4.
    assert loss == pytest.approx(-2 * np.log(0.75))
    np.testing.assert_allclose(dv, [-0.25 - 0.25, 0.5])
    np.testing.assert_allclose(dU, [[-0.25 * np.log(3), 0], [0.25 * np.log(3), 0]])


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_negative_sampling_gradients(data):
    n, d, k = (data.draw(st.integers(1, high)) for high in (6, 4, 7))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    v, U, o = rng.normal(size=d), rng.normal(size=(n, d)), int(rng.integers(n))
    noise = rng.integers(0, n, k)
    _, dv, dU = negative_sampling_loss_and_gradients(v, o, noise, U)
    loss = negative_sampling_loss_and_gradients
    np.testing.assert_allclose(dv, central_difference(lambda x: loss(x, o, noise, U)[0], v), atol=1e-7)
    np.testing.assert_allclose(dU, central_difference(lambda x: loss(v, o, noise, x)[0], U), atol=1e-7)


def test_a_noise_word_drawn_m_times_counts_m_times():
    rng = np.random.default_rng(0)
    v, U = rng.normal(size=3), rng.normal(size=(4, 3))
    once = negative_sampling_loss_and_gradients(v, 0, [2], U)
    twice = negative_sampling_loss_and_gradients(v, 0, [2, 2], U)
    none = negative_sampling_loss_and_gradients(v, 0, [], U)
    for a, b, c in zip(none, once, twice, strict=True):
        np.testing.assert_allclose(np.asarray(c) - b, np.asarray(b) - a)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_window_is_the_sum_of_its_pairs(data):
    a, n, d, k = (data.draw(st.integers(1, high)) for high in (5, 6, 4, 7))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    X, U, o = rng.normal(size=(a, d)), rng.normal(size=(n + 1, d)), n
    noise = rng.integers(0, n, k)  # the target is no noise word here
    words, counts = np.unique(noise, return_counts=True)
    outputs = np.concatenate(([o], words))
    loss, dX, dY = window_loss_and_gradients(X, U[outputs], [1] + [0] * len(words), [1, *counts])
    pairs = [negative_sampling_loss_and_gradients(x, o, noise, U) for x in X]
    assert loss == pytest.approx(sum(p[0] for p in pairs))
    np.testing.assert_allclose(dX, [p[1] for p in pairs])
    np.testing.assert_allclose(dY, sum(p[2] for p in pairs)[outputs])
