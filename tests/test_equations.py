"""The equations against central differences, hand-computed cases and each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v.equations import (
    cbow_loss_and_gradients,
    combined_move,
    cross_entropy,
    hierarchical_softmax_loss_and_gradients,
    log_softmax,
    naive_softmax_loss_and_gradients,
    negative_sampling_loss_and_gradients,
    sigmoid,
    sigmoid_derivative,
    skip_gram_loss_and_gradients,
    softmax,
    softmax_batch_loss_and_gradients,
    window_loss_and_gradients,
)
from fastw2v.huffman import huffman_tree


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


def test_a_noise_word_that_equals_the_target_counts_as_noise():
    v, U = np.array([np.log(3)]), np.array([[1.0], [2.0]])
    loss, dv, dU = negative_sampling_loss_and_gradients(v, 0, [0], U)
    # The one score is log 3: right with 3/4 as the target, with 1/4 as noise.
    assert loss == pytest.approx(-np.log(3 / 4) - np.log(1 / 4))
    np.testing.assert_allclose(dv, [-0.25 + 0.75])
    np.testing.assert_allclose(dU, [[(-0.25 + 0.75) * np.log(3)], [0]])


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


# ---- functions ----


def test_sigmoid_derivative():
    x = np.linspace(-6, 6, 25)
    np.testing.assert_allclose(sigmoid_derivative(x), sigmoid(x) * (1 - sigmoid(x)), rtol=1e-12)
    np.testing.assert_allclose(sigmoid_derivative(x), (sigmoid(x + 1e-5) - sigmoid(x - 1e-5)) / 2e-5, rtol=1e-8)
    # Where 1 - s(x) would be 0, s(-x) still has its value.
    assert sigmoid_derivative(50.0) == pytest.approx(np.exp(-50), rel=1e-12)


def test_softmax_by_hand():
    np.testing.assert_allclose(softmax([0, np.log(2), np.log(5)]), [1 / 8, 2 / 8, 5 / 8])
    np.testing.assert_allclose(softmax([[0, 0], [np.log(3), 0]]), [[0.5, 0.5], [0.75, 0.25]])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=9), st.floats(-1e4, 1e4))
def test_softmax_sums_to_one_and_ignores_a_shift(scores, shift):
    with np.errstate(all="raise", under="ignore"):
        y_hat = softmax(scores)
        assert y_hat.sum() == pytest.approx(1)
        np.testing.assert_allclose(softmax(np.add(scores, shift)), y_hat, rtol=1e-10, atol=1e-12)
        logs = log_softmax(scores)
    np.testing.assert_allclose(np.exp(logs), y_hat, rtol=1e-10, atol=1e-300)


def test_cross_entropy_of_a_one_hot():
    assert cross_entropy([0.5, 0.125, 0.375], 1) == pytest.approx(np.log(8))
    assert cross_entropy([1.0, 0.0], 0) == 0
    assert cross_entropy([1.0, 0.0], 1) == np.inf


# ---- naive softmax ----


def test_naive_softmax_by_hand():
    # Scores log 3 and 0, so y_hat = (3/4, 1/4).
    loss, dv, dU = naive_softmax_loss_and_gradients([np.log(3), 0], 1, [[1, 0], [0, 1]])
    assert loss == pytest.approx(np.log(4))
    np.testing.assert_allclose(dv, [0.75, -0.75])
    np.testing.assert_allclose(dU, [[0.75 * np.log(3), 0], [-0.75 * np.log(3), 0]])


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_naive_softmax_gradients(data):
    n, d = (data.draw(st.integers(1, high)) for high in (6, 4))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    v, U, o = rng.normal(size=d), rng.normal(size=(n, d)), int(rng.integers(n))
    loss, dv, dU = naive_softmax_loss_and_gradients(v, o, U)
    y_hat = softmax(U @ v)
    assert loss == pytest.approx(cross_entropy(y_hat, o), abs=1e-12)
    np.testing.assert_allclose(dU, np.outer(y_hat - np.eye(n)[o], v), atol=1e-12)
    f = naive_softmax_loss_and_gradients
    np.testing.assert_allclose(dv, central_difference(lambda x: f(x, o, U)[0], v), atol=1e-7)
    np.testing.assert_allclose(dU, central_difference(lambda x: f(v, o, x)[0], U), atol=1e-7)


def test_naive_softmax_does_not_overflow():
    with np.errstate(all="raise", under="ignore"):
        loss, dv, dU = naive_softmax_loss_and_gradients([100.0], 1, [[100.0], [-100.0]])
    assert loss == pytest.approx(2e4)
    np.testing.assert_allclose(dv, [200])
    np.testing.assert_allclose(dU, [[100], [-100]])


# ---- hierarchical softmax ----


def test_hierarchical_softmax_by_hand():
    # A path of two nodes: turn 0 with score log 3 (3/4), turn 1 with score log 4 (1/5).
    loss, dv, dU = hierarchical_softmax_loss_and_gradients([1.0], [2, 0], [0, 1], [[np.log(4)], [9.0], [np.log(3)]])
    assert loss == pytest.approx(-np.log(3 / 4 / 5))
    np.testing.assert_allclose(dv, [-0.25 * np.log(3) + 0.8 * np.log(4)])
    np.testing.assert_allclose(dU, [[0.8], [0], [-0.25]])


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_hierarchical_softmax_gradients(data):
    n, d = data.draw(st.integers(2, 9)), data.draw(st.integers(1, 4))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    tree = huffman_tree(np.sort(rng.integers(1, 50, n))[::-1])
    v, U = rng.normal(size=d), rng.normal(size=(n - 1, d))
    probabilities = []
    for word in range(n):
        path = slice(tree.offsets[word], tree.offsets[word + 1])
        nodes, code = tree.nodes[path], tree.codes[path]
        f = hierarchical_softmax_loss_and_gradients
        loss, dv, dU = f(v, nodes, code, U)
        probabilities.append(np.exp(-loss))
        np.testing.assert_allclose(dv, central_difference(lambda x: f(x, nodes, code, U)[0], v), atol=1e-7)  # noqa: B023
        np.testing.assert_allclose(dU, central_difference(lambda x: f(v, nodes, code, x)[0], U), atol=1e-7)  # noqa: B023
    assert sum(probabilities) == pytest.approx(1)


# ---- windows ----


def losses(rng, n):
    """Each pair loss over a vocabulary of n words, with outputs that fit: (loss function, rows of U)."""
    noise = rng.integers(0, n, 4)
    tree = huffman_tree(np.sort(rng.integers(1, 50, n))[::-1])

    def hierarchical(v, o, U):
        path = slice(tree.offsets[o], tree.offsets[o + 1])
        return hierarchical_softmax_loss_and_gradients(v, tree.nodes[path], tree.codes[path], U)

    return {
        "softmax": (naive_softmax_loss_and_gradients, n),
        "negative": (lambda v, o, U: negative_sampling_loss_and_gradients(v, o, noise, U), n),
        "hierarchical": (hierarchical, n - 1),
    }


@pytest.mark.parametrize("name", ["softmax", "negative", "hierarchical"])
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_skip_gram_gradients(name, data):
    n, d, m = (data.draw(st.integers(low, high)) for low, high in ((2, 6), (1, 3), (0, 5)))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    pair, rows = losses(rng, n)[name]
    V, U, c, targets = rng.normal(size=(n, d)), rng.normal(size=(rows, d)), int(rng.integers(n)), rng.integers(0, n, m)
    _, dV, dU = skip_gram_loss_and_gradients(c, targets, V, U, pair)
    assert (np.delete(dV, c, axis=0) == 0).all()
    f = skip_gram_loss_and_gradients
    np.testing.assert_allclose(dV, central_difference(lambda x: f(c, targets, x, U, pair)[0], V), atol=1e-6)
    np.testing.assert_allclose(dU, central_difference(lambda x: f(c, targets, V, x, pair)[0], U), atol=1e-6)


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("name", ["softmax", "negative", "hierarchical"])
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_cbow_gradients(name, mean, data):
    n, d, m = (data.draw(st.integers(low, high)) for low, high in ((2, 6), (1, 3), (1, 5)))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    pair, rows = losses(rng, n)[name]
    V, U, o, contexts = rng.normal(size=(n, d)), rng.normal(size=(rows, d)), int(rng.integers(n)), rng.integers(0, n, m)
    f = cbow_loss_and_gradients
    _, dV, dU = f(contexts, o, V, U, pair, mean=mean)
    np.testing.assert_allclose(dV, central_difference(lambda x: f(contexts, o, x, U, pair, mean=mean)[0], V), atol=1e-6)
    np.testing.assert_allclose(dU, central_difference(lambda x: f(contexts, o, V, x, pair, mean=mean)[0], U), atol=1e-6)


def test_the_two_modes_of_cbow_are_one_for_a_scaled_matrix():
    # The mean over m contexts is the sum over V / m, and d/dV follows the chain rule: 1/m times the sum's gradient.
    rng = np.random.default_rng(3)
    V, U, contexts = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), [1, 4, 1]
    loss_mean, dV_mean, dU_mean = cbow_loss_and_gradients(contexts, 2, V, U, naive_softmax_loss_and_gradients)
    loss_sum, dV_sum, dU_sum = cbow_loss_and_gradients(
        contexts, 2, V / 3, U, naive_softmax_loss_and_gradients, mean=False
    )
    assert loss_mean == pytest.approx(loss_sum)
    np.testing.assert_allclose(dV_mean, dV_sum / 3)
    np.testing.assert_allclose(dU_mean, dU_sum)
    # With one context they are the same thing, and skip-gram's pair.
    for mean in (True, False):
        one = cbow_loss_and_gradients([4], 2, V, U, naive_softmax_loss_and_gradients, mean=mean)
        pair = skip_gram_loss_and_gradients(4, [2], V, U, naive_softmax_loss_and_gradients)
        for a, b in zip(one, pair, strict=True):
            np.testing.assert_allclose(a, b)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_softmax_batch_is_the_sum_of_its_pairs(data):
    b, n, d = (data.draw(st.integers(1, high)) for high in (5, 6, 4))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    H, U, T = rng.normal(size=(b, d)), rng.normal(size=(n, d)), rng.integers(0, 3, (b, n))
    loss, dH, dU = softmax_batch_loss_and_gradients(H, T, U)
    expected, expected_H, expected_U = 0.0, np.zeros_like(H), np.zeros_like(U)
    for i, w in zip(*np.nonzero(T), strict=True):
        J, dv, du = naive_softmax_loss_and_gradients(H[i], w, U)
        expected += T[i, w] * J
        expected_H[i] += T[i, w] * dv
        expected_U += T[i, w] * du
    assert loss == pytest.approx(expected)
    np.testing.assert_allclose(dH, expected_H, atol=1e-12)
    np.testing.assert_allclose(dU, expected_U, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 4), st.integers(1, 7), st.integers(0, 1000))
def test_a_cbow_batch_is_one_window_of_noise_and_its_pairs(batch, negative, seed):
    rng = np.random.default_rng(seed)
    H, U = rng.normal(size=(batch, 3)), rng.normal(size=(batch + 4, 3))
    draws = negative + negative * (batch - 1) // 5
    # Word i is the target of row i; draws that equal a target are dropped.
    drawn = np.bincount(rng.integers(0, len(U), draws), minlength=len(U))
    counts = np.where(np.arange(len(U)) < batch, 0, drawn * negative / draws)

    def formula(H, U):
        scores = H @ U.T
        return np.log1p(np.exp(-np.diag(scores))).sum() + (counts * np.log1p(np.exp(scores))).sum()

    noise = np.flatnonzero(counts)
    loss, dH, of_noise = window_loss_and_gradients(H, U[noise], np.zeros(len(noise)), counts[noise])
    dU = np.zeros_like(U)
    dU[noise] = of_noise
    for i in range(batch):
        J, dh, du = window_loss_and_gradients(H[i : i + 1], U[i : i + 1], [1], [1])
        loss, dH[i], dU[i] = loss + J, dH[i] + dh[0], du[0]
    assert loss == pytest.approx(formula(H, U))
    np.testing.assert_allclose(dH, central_difference(lambda x: formula(x, U), H), atol=1e-7)
    np.testing.assert_allclose(dU, central_difference(lambda x: formula(H, x), U), atol=1e-7)


def test_a_combined_move_is_that_of_one_node_with_all_steps():
    """Gradient descent on a quadratic loss: v - place falls by 1 - rate * curvature a step, whoever makes it."""
    rng = np.random.default_rng(4)
    curvature = np.array([2.0, 0.5, 0.1, 0.1])  # along two directions, and all others
    basis = np.linalg.qr(rng.normal(size=(4, 4)))[0].T
    place, rate, steps = rng.normal(size=4), 0.05, [3, 10, 40]

    def moved(count):
        v = np.zeros(4)
        for _ in range(count):
            v -= rate * basis.T @ (curvature * (basis @ (v - place)))
        return v

    shares = -np.log1p(-rate * curvature[:3])
    found = combined_move([moved(count) for count in steps], steps, basis[:2], shares)
    np.testing.assert_allclose(found, moved(sum(steps)), rtol=1e-10)


def test_combined_moves_at_the_extremes():
    moves, touches = np.array([[1.0, 2.0], [3.0, -4.0]]), np.array([1.0, 3.0])
    none = np.zeros((0, 2))
    np.testing.assert_allclose(combined_move(moves, touches, none, [1e-12]), moves.sum(0))
    np.testing.assert_allclose(combined_move(moves, touches, none, [1e3]), touches @ moves / 4)
    np.testing.assert_allclose(combined_move(moves[:1], touches[:1], none, [0.7]), moves[0])
    with pytest.raises(ValueError, match="basis"):
        combined_move(moves, touches, none, [0.7, 0.1])
