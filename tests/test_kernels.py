"""Every kernel this machine runs against the equations, and how one is chosen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v import _kernels, kernels
from fastw2v.equations import window_loss_and_gradients
from fastw2v.matrices import aligned_zeros

NAMED_SHAPES = [(10, 6), (10, 17), (1, 6), (32, 33), (260, 7), (1, 1), (3, 2), (0, 6)]


def check_step(kernel_name, n_in, n_out, width, seed, *, repeat_inputs=False, repeat_outputs=False, scale=1.0):
    """One step on random rows changes them by -rate times the gradient, to 1e-5 of the largest number involved."""
    rng = np.random.default_rng(seed)
    rows = max(n_in, n_out, 1) + 3
    X, Y = aligned_zeros(rows, width), aligned_zeros(rows, width)
    X[:, :width], Y[:, :width] = scale * rng.normal(size=(2, rows, width)) / np.sqrt(width)
    inputs = rng.integers(0, max(1, n_in // 2), n_in) if repeat_inputs else rng.permutation(rows)[:n_in]
    outputs = rng.integers(0, max(1, n_out // 2), n_out) if repeat_outputs else rng.permutation(rows)[:n_out]
    labels = (np.arange(n_out) % 3 == 0).astype(np.float32)
    counts = rng.integers(1, 4, n_out).astype(np.float32)
    rate = 0.3

    loss, dX, dY = window_loss_and_gradients(X[inputs], Y[outputs], labels, counts)
    want_X, want_Y = X.astype(np.float64), Y.astype(np.float64)
    np.add.at(want_X, inputs, -rate * dX)
    np.add.at(want_Y, outputs, -rate * dY)
    got = _kernels.step(
        _kernels.named(kernel_name), X, inputs.astype(np.int32), Y, outputs.astype(np.int32), labels, counts, rate
    )
    assert got == pytest.approx(loss, rel=1e-5, abs=1e-12)
    np.testing.assert_allclose(X, want_X, rtol=1e-5, atol=1e-5 * np.abs(want_X).max())
    np.testing.assert_allclose(Y, want_Y, rtol=1e-5, atol=1e-5 * np.abs(want_Y).max())
    assert not X[:, width:].any(), "padding must stay zero"
    assert not Y[:, width:].any(), "padding must stay zero"


@pytest.mark.parametrize("width", [1, 100, 304])
@pytest.mark.parametrize(("n_in", "n_out"), NAMED_SHAPES, ids=[f"{a}x{b}" for a, b in NAMED_SHAPES])
def test_named_shapes(kernel_name, n_in, n_out, width):
    check_step(kernel_name, n_in, n_out, width, seed=1)


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(kernels.available()),
    n_in=st.integers(0, 40),
    n_out=st.integers(0, 40),
    width=st.integers(1, 130),
    seed=st.integers(0, 2**31),
    repeat_inputs=st.booleans(),
    repeat_outputs=st.booleans(),
    scale=st.sampled_from([0.01, 1.0, 5.0]),
)
def test_random_shapes_with_repeats(name, n_in, n_out, width, seed, repeat_inputs, repeat_outputs, scale):
    check_step(name, n_in, n_out, width, seed, repeat_inputs=repeat_inputs, repeat_outputs=repeat_outputs, scale=scale)


@pytest.mark.parametrize("n_out", range(1, 30))
def test_every_number_of_outputs(kernel_name, n_out):
    check_step(kernel_name, 5, n_out, 33, seed=n_out)
    check_step(kernel_name, 5, n_out, 33, seed=n_out, repeat_inputs=True, repeat_outputs=True)


@pytest.mark.parametrize("score", [-1e4, -100.0, -88.0, -20.0, -6.5, 0.0, 6.5, 20.0, 88.0, 100.0, 1e4])
@pytest.mark.parametrize("label", [0.0, 1.0])
def test_saturated_pairs_are_exact_too(kernel_name, score, label):
    X, Y = aligned_zeros(1, 16), aligned_zeros(1, 16)
    X[0, 0], Y[0, 0] = score, 1
    one = np.ones(1, np.float32)
    row = np.zeros(1, np.int32)
    loss, dX, dY = window_loss_and_gradients(X, Y, [label], one)
    before = X.copy(), Y.copy()
    got = _kernels.step(_kernels.named(kernel_name), X, row, Y, row, np.array([label], np.float32), one, 1.0)
    assert got == pytest.approx(loss, rel=1e-5, abs=1e-30)
    np.testing.assert_allclose(X, before[0] - dX, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(Y, before[1] - dY, rtol=1e-6, atol=1e-7)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(kernels.available()),
    n_in=st.integers(1, 90),
    n_out=st.integers(1, 20),
    seed=st.integers(0, 2**31),
    scale=st.sampled_from([1e-4, 1.0, 30.0]),
    weight=st.sampled_from([1.0, 0.625, 2.0]),
)
def test_the_loss_of_long_windows(name, n_in, n_out, seed, scale, weight):
    """So many pairs that a logarithm is taken on the way; and windows where the caller knows that rows differ."""
    rng = np.random.default_rng(seed)
    X, Y = aligned_zeros(n_in, 16), aligned_zeros(n_out, 16)
    X[:], Y[:] = scale * rng.normal(size=X.shape), rng.normal(size=Y.shape)
    labels, counts = (rng.random(n_out) < 0.5).astype(np.float32), np.full(n_out, weight, np.float32)
    loss, dX, dY = window_loss_and_gradients(X, Y, labels, counts)
    want_X, want_Y = X - 0.01 * dX, Y - 0.01 * dY
    rows = np.arange(n_in, dtype=np.int32), np.arange(n_out, dtype=np.int32)
    got = _kernels.step(_kernels.named(name), X, rows[0], Y, rows[1], labels, counts, 0.01, differ=3)
    assert got == pytest.approx(loss, rel=1e-5)
    np.testing.assert_allclose(X, want_X, rtol=1e-5, atol=1e-5 * np.abs(want_X).max())
    np.testing.assert_allclose(Y, want_Y, rtol=1e-5, atol=1e-5 * np.abs(want_Y).max())


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize(("n_in", "n_out"), [(1, 1), (3, 6), (40, 17)])
def test_a_step_whose_loss_is_not_finite_is_not_made(kernel_name, bad, n_in, n_out):
    rng = np.random.default_rng(1)
    X, Y = aligned_zeros(n_in, 16), aligned_zeros(n_out, 16)
    X[:], Y[:] = rng.normal(size=X.shape), rng.normal(size=Y.shape)
    X[-1, 3], Y[-1, 3] = bad, 10
    before = X.copy(), Y.copy()
    rows = np.arange(n_in, dtype=np.int32), np.arange(n_out, dtype=np.int32)
    got = _kernels.step(
        _kernels.named(kernel_name),
        X,
        rows[0],
        Y,
        rows[1],
        np.zeros(n_out, np.float32),
        np.ones(n_out, np.float32),
        0.1,
    )
    assert not np.isfinite(got)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(Y, before[1])


def test_bad_arguments_of_a_step_are_refused():
    kernel = _kernels.named("base" if "base" in kernels.available() else "blas")
    X, one, row = aligned_zeros(2, 16), np.ones(1, np.float32), np.zeros(1, np.int32)
    with pytest.raises(IndexError, match="input row 2"):
        _kernels.step(kernel, X, row + 2, X.copy(), row, one, one, 0.1)
    with pytest.raises(IndexError, match="output row -1"):
        _kernels.step(kernel, X, row, X.copy(), row - 1, one, one, 0.1)
    with pytest.raises(ValueError, match="multiple of 16"):
        _kernels.step(kernel, X[:, :8].copy(), row, X[:, :8].copy(), row, one, one, 0.1)
    with pytest.raises(ValueError, match="labels and counts"):
        _kernels.step(kernel, X, row, X.copy(), row, np.ones(2, np.float32), one, 0.1)


def test_peak_counts_its_operations(kernel_name):
    kernel = _kernels.named(kernel_name)
    if kernel_name == "blas":
        with pytest.raises(ValueError, match="no registers"):
            _kernels.peak(kernel, 1)
    else:
        assert _kernels.peak(kernel, 10) == 10 * _kernels.peak(kernel, 1) >= 20 * kernel.lanes


def test_the_fastest_is_chosen(monkeypatch):
    monkeypatch.delenv("FASTW2V_KERNEL", raising=False)
    assert kernels.available()[0] == "blas"
    assert kernels.resolve() == kernels.available()[-1]


def test_the_environment_decides_what_auto_means(monkeypatch):
    monkeypatch.setenv("FASTW2V_KERNEL", "blas")
    assert kernels.resolve() == "blas"
    assert kernels.resolve(kernels.available()[-1]) == kernels.available()[-1]
    monkeypatch.setenv("FASTW2V_KERNEL", "sse9")
    with pytest.raises(ValueError, match="FASTW2V_KERNEL is 'sse9', but must be one of"):
        kernels.resolve()


def test_a_kernel_this_machine_lacks_is_refused(monkeypatch):
    monkeypatch.setattr(kernels, "available", lambda: ["blas", "base"])
    with pytest.raises(ValueError, match="kernel is 'avx512', but this machine runs only blas, base"):
        kernels.resolve("avx512")
    with pytest.raises(ValueError, match="does not run the kernel 'neon9'"):
        _kernels.named("neon9")


# ---- changes that go elsewhere, and whole rows ----


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(kernels.available()),
    n_in=st.integers(1, 20),
    n_out=st.integers(1, 20),
    width=st.integers(1, 70),
    seed=st.integers(0, 2**31),
)
def test_changes_may_go_elsewhere(name, n_in, n_out, width, seed):
    rng = np.random.default_rng(seed)
    X, Y, changes = aligned_zeros(n_in, width), aligned_zeros(n_out, width), aligned_zeros(n_in, width)
    X[:, :width], Y[:, :width] = rng.normal(size=(n_in, width)), rng.normal(size=(n_out, width))
    changes[:, :width] = 1.0
    before_X, before_Y = X.copy(), Y.astype(np.float64)
    inputs = rng.integers(0, n_in, n_in)
    labels = rng.integers(0, 2, n_out).astype(np.float32)
    counts = rng.integers(1, 4, n_out).astype(np.float32)
    loss, dX, dY = window_loss_and_gradients(X[inputs], Y, labels, counts)
    got = _kernels.step(
        _kernels.named(name), X, inputs.astype(np.int32), Y, np.arange(n_out, dtype=np.int32), labels, counts, 0.1,
        changed=changes,
    )  # fmt: skip
    assert got == pytest.approx(loss, rel=1e-5)
    np.testing.assert_array_equal(X, before_X)
    want = np.zeros_like(before_X, np.float64)
    want[:, :width] = 1.0
    np.testing.assert_allclose(changes, want - 0.1 * dX, atol=1e-5 * (1 + np.abs(dX).max()))
    np.testing.assert_allclose(Y, before_Y - 0.1 * dY, atol=1e-5 * (np.abs(before_Y).max() + np.abs(dY).max()))


def test_a_step_without_a_finite_loss_changes_nothing(kernel_name):
    X, Y = aligned_zeros(3, 16), aligned_zeros(9, 16)
    X[:], Y[:] = 1e25, 1e25
    everything = np.arange(9, dtype=np.int32)
    loss = _kernels.step(
        _kernels.named(kernel_name), X, everything[:3], Y, everything, np.zeros(9, np.float32),
        np.ones(9, np.float32), 0.1,
    )  # fmt: skip
    assert not np.isfinite(loss)
    assert (np.float32(1e25) == X).all()
    assert (np.float32(1e25) == Y).all()


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(kernels.available()),
    rows=st.lists(st.integers(0, 4), max_size=12),
    width=st.integers(1, 70),
    factor=st.floats(-2, 2, width=32),
)
def test_sums_of_rows_and_additions_to_rows(name, rows, width, factor):
    kernel, rows = _kernels.named(name), np.array(rows, np.int32)
    matrix = aligned_zeros(5, width)
    matrix[:, :width] = np.random.default_rng(width).normal(size=(5, width))
    out = np.full(matrix.shape[1], 7.0, np.float32)
    _kernels.sum_rows(kernel, matrix, rows, factor, out)
    np.testing.assert_allclose(out, factor * matrix[rows].sum(axis=0, dtype=np.float64), atol=2e-5)
    want = matrix.astype(np.float64)
    change = np.linspace(-1, 1, matrix.shape[1], dtype=np.float32)
    np.add.at(want, rows, factor * change)
    again = matrix.copy()
    _kernels.add_to_rows(kernel, change, factor, matrix, rows)
    np.testing.assert_allclose(matrix, want, atol=2e-5)
    for ahead, near in ((0, True), (2, True), (20, False)):
        changed = again.copy()
        _kernels.add_ahead(kernel, change, factor, changed, rows, ahead, near)
        np.testing.assert_allclose(changed, want, atol=2e-5)


@settings(max_examples=80, deadline=None)
@given(
    name=st.sampled_from(kernels.available()),
    n=st.integers(1, 300),
    scale=st.sampled_from([0.1, 1.0, 30.0, 1e4]),
    seed=st.integers(0, 2**31),
)
def test_powers_of_a_row(name, n, scale, seed):
    scores = (scale * np.random.default_rng(seed).normal(size=n)).astype(np.float32)
    exact = np.exp(scores.astype(np.float64) - scores.max())
    got = scores.copy()
    most, total = _kernels.exp_row(_kernels.named(name), got)
    assert most == scores.max()
    assert total == pytest.approx(exact.sum(), rel=2e-6)
    np.testing.assert_allclose(got, exact, rtol=1e-5, atol=2.0**-125)


def test_scores_far_below_the_highest_count_for_nothing(kernel_name):
    """At each of them the sum that makes the exponent of a small number overflows in another way."""
    scores = -np.concatenate((np.arange(3000), 2.0 ** np.arange(12, 127))).astype(np.float32)
    exact = np.exp(scores.astype(np.float64))
    _, total = _kernels.exp_row(_kernels.named(kernel_name), scores)
    assert total == pytest.approx(exact.sum(), rel=2e-6)
    np.testing.assert_allclose(scores, exact, rtol=1e-5, atol=2.0**-125)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("n", [1, 5, 40])
def test_a_score_that_is_no_number_shows_in_the_sum(kernel_name, n, bad):
    for place in {0, n // 2, n - 1}:
        scores = np.zeros(n, np.float32)
        scores[place] = bad
        assert np.isnan(_kernels.exp_row(_kernels.named(kernel_name), scores)[1])


def test_bad_arguments_of_row_kernels_are_refused():
    kernel, matrix, change = _kernels.named("blas"), aligned_zeros(3, 16), np.zeros(16, np.float32)
    for call in (
        lambda rows, row: _kernels.sum_rows(kernel, matrix, rows, 1.0, row),
        lambda rows, row: _kernels.add_to_rows(kernel, row, 1.0, matrix, rows),
        lambda rows, row: _kernels.add_ahead(kernel, row, 1.0, matrix, rows, 1, True),
    ):
        with pytest.raises(IndexError, match=r"row 3 is not in 0\.\.2"):
            call(np.array([3], np.int32), change)
        with pytest.raises(ValueError, match="one multiple of 16"):
            call(np.array([0], np.int32), change[:8].copy())
    with pytest.raises(ValueError, match="no scores"):
        _kernels.exp_row(kernel, np.empty(0, np.float32))


@settings(max_examples=80, deadline=None)
@given(
    name=st.sampled_from(kernels.available()),
    n=st.integers(1, 30),
    width=st.integers(1, 70),
    seed=st.integers(0, 2**31),
    in_place=st.booleans(),
)
def test_pairs_are_windows_of_one(name, n, width, seed, in_place):
    rng = np.random.default_rng(seed)
    X, Y = aligned_zeros(n, width), aligned_zeros(n, width)
    X[:, :width], Y[:, :width] = rng.normal(size=(n, width)), rng.normal(size=(n, width))
    changed = X if in_place else aligned_zeros(n, width)
    labels, counts = rng.integers(0, 2, n).astype(np.float32), rng.integers(1, 4, n).astype(np.float32)
    want_X, want_Y, total = changed.astype(np.float64), Y.astype(np.float64), 0.0
    for i in range(n):
        loss, dX, dY = window_loss_and_gradients(X[i : i + 1], Y[i : i + 1], labels[i : i + 1], counts[i : i + 1])
        want_X[i], want_Y[i], total = want_X[i] - 0.1 * dX[0], want_Y[i] - 0.1 * dY[0], total + loss
    got = _kernels.step_pairs(_kernels.named(name), X, changed, Y, labels, counts, 0.1)
    assert got == pytest.approx(total, rel=1e-5)
    np.testing.assert_allclose(changed, want_X, atol=1e-5 * (1 + np.abs(want_X).max()))
    np.testing.assert_allclose(Y, want_Y, atol=1e-5 * (1 + np.abs(want_Y).max()))


def test_pairs_without_a_finite_loss_change_nothing(kernel_name):
    X = aligned_zeros(9, 16)
    X[:8], X[8] = 1.0, 1e25
    Y, ones = X.copy(), np.ones(9, np.float32)
    loss = _kernels.step_pairs(_kernels.named(kernel_name), X, X, Y, 0 * ones, ones, 0.1)
    assert not np.isfinite(loss)
    assert (X[:8] == 1).all()
    np.testing.assert_array_equal(X, Y)
    with pytest.raises(ValueError, match="9 pairs want as many rows"):
        _kernels.step_pairs(_kernels.named(kernel_name), X, X, Y[:8].copy(), ones, ones, 0.1)
