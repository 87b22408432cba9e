"""The merge of nodes' rows, on every kernel this machine runs, against the equations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v import _kernels, kernels
from fastw2v._combining import DIRECTIONS, SHARES, combine_parts, pick_rows, put_rows
from fastw2v.equations import combined_move
from fastw2v.matrices import padded_width


def made_up(rng, rows, parts, width, *, directions=DIRECTIONS, shares=(1e-7, 1.0)):
    """Parts that some nodes send of `rows` rows, what these had in common, and a curvature."""
    directions = min(directions, width - 1)
    common = rng.normal(size=(rows, width)).astype(np.float32)
    sent, touches, values = [], [], []
    for _ in range(parts):
        some = np.flatnonzero(rng.random(rows) < 0.6).astype(np.int32)
        sent.append(some)
        touches.append(rng.uniform(0.5, 60, len(some)).astype(np.float32))
        values.append(common[some] + rng.normal(size=(len(some), width)).astype(np.float32))
    basis = np.zeros((DIRECTIONS, padded_width(width)), np.float32)
    basis[:directions, :width] = np.linalg.qr(rng.normal(size=(width, width)))[0][:directions]
    q = np.zeros(SHARES, np.float32)
    q[:directions] = np.exp(rng.uniform(*np.log(shares), directions))
    q[DIRECTIONS] = np.exp(rng.uniform(*np.log(shares)))
    return common, sent, touches, values, basis, q


def expected_row(row, common, sent, touches, values, basis, q):
    having = [k for k, some in enumerate(sent) if row in some]
    moves = [values[k][sent[k] == row][0].astype(float) - common[row] for k in having]
    counts = np.array([touches[k][sent[k] == row][0] for k in having], float)
    if len(moves) == 1:
        return common[row] + moves[0]
    shares = np.maximum(q[: DIRECTIONS + 1].astype(float), 1e-9)  # rows of zeros have none
    return common[row] + combined_move(moves, counts, basis[:, : common.shape[1]], shares)


def check(name, seed, rows, parts, width, **more):
    common, sent, touches, values, basis, q = made_up(np.random.default_rng(seed), rows, parts, width, **more)
    found, places, total, result = combine_parts(_kernels.named(name), sent, touches, values, common, 4, 0, 1, basis, q)
    assert found.tolist() == sorted(set(np.concatenate(sent).tolist()))
    np.testing.assert_array_equal(places, found)
    for row, count, value in zip(found, total, result, strict=True):
        counts = sum(float(c[some == row][0]) for some, c in zip(sent, touches, strict=True) if row in some)
        assert count == pytest.approx(counts, rel=1e-5)
        want = expected_row(row, common, sent, touches, values, basis, q)
        np.testing.assert_allclose(value, want, rtol=1e-5, atol=2e-5 * np.abs(want).max())


@pytest.mark.parametrize("width", [2, 16, 20, 100, 300])
def test_rows_become_what_the_equation_says(kernel_name, width):
    check(kernel_name, width, 40, 4, width)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(kernels.available()),
    seed=st.integers(0, 2**31),
    rows=st.integers(1, 30),
    parts=st.integers(1, 6),
    width=st.integers(2, 70),
    directions=st.integers(0, DIRECTIONS),
)
def test_any_parts(name, seed, rows, parts, width, directions):
    check(name, seed, rows, parts, width, directions=directions)


@pytest.mark.parametrize(("share", "expected"), [(1e-9, "sum"), (1e6, "mean")])
def test_the_extremes_are_the_sum_and_the_mean(kernel_name, share, expected):
    rng = np.random.default_rng(7)
    common, _, _, _, basis, q = made_up(rng, 5, 2, 32)
    q[: DIRECTIONS + 1] = share
    moves = rng.normal(size=(3, 5, 32)).astype(np.float32)
    touches = rng.uniform(1, 50, (3, 5)).astype(np.float32)
    rows = np.arange(5, dtype=np.int32)
    _, _, _, result = combine_parts(
        _kernels.named(kernel_name), [rows] * 3, list(touches), list(common + moves), common, 4, 0, 1, basis, q
    )
    weights = np.ones_like(touches) if expected == "sum" else touches / touches.sum(0)
    np.testing.assert_allclose(result, common + np.einsum("ki,kij->ij", weights, moves), rtol=1e-4, atol=1e-4)


def test_rows_go_round_the_owners_in_groups(kernel_name):
    rng = np.random.default_rng(8)
    group, owners, rows = 3, 2, 25
    owner_of = np.arange(rows) // group % owners
    whole = rng.normal(size=(rows, 16)).astype(np.float32)
    _, _, _, _, basis, q = made_up(rng, 2, 2, 16)
    for owner in range(owners):
        mine = np.flatnonzero(owner_of == owner).astype(np.int32)
        ones = np.ones(len(mine), np.float32)
        found, places, _, result = combine_parts(
            _kernels.named(kernel_name), [mine, mine], [ones] * 2, [whole[mine]] * 2,
            np.ascontiguousarray(whole[mine]), group, owner, owners, basis, q,
        )  # fmt: skip
        np.testing.assert_array_equal(found, mine)
        np.testing.assert_array_equal(places, np.arange(len(mine)))
        np.testing.assert_array_equal(result, whole[mine])
        with pytest.raises(IndexError, match=f"not one of owner {owner}"):
            combine_parts(
                _kernels.named(kernel_name), [np.flatnonzero(owner_of != owner).astype(np.int32)[:1]], [ones[:1]],
                [whole[:1]], np.ascontiguousarray(whole[mine]), group, owner, owners, basis, q,
            )  # fmt: skip


@pytest.mark.parametrize("row", [-1, 2, 2**31 - 2])
def test_rows_that_are_not_there_are_refused(kernel_name, row):
    common, _, _, _, basis, q = made_up(np.random.default_rng(9), 2, 1, 16)
    with pytest.raises(IndexError, match="owner 0"):
        combine_parts(
            _kernels.named(kernel_name), [np.array([row], np.int32)], [np.ones(1, np.float32)], [common[:1]], common,
            4, 0, 1, basis, q,
        )  # fmt: skip


def test_shapes_that_do_not_fit_are_refused():
    common, sent, touches, values, basis, q = made_up(np.random.default_rng(10), 4, 2, 16)
    kernel = _kernels.named("blas")

    def call(**more):
        given = {"rows": sent, "touches": touches, "values": values, "common": common, "group": 4, "owner": 0,
                 "owners": 1, "basis": basis, "q": q, **more}  # fmt: skip
        return combine_parts(kernel, *given.values())

    call()
    for wrong in (
        {"touches": touches[:1]}, {"values": [*values[::-1], values[0]]}, {"touches": [touches[0][:-1], touches[1]]},
        {"basis": basis[:-1]}, {"q": q[:-1]}, {"owner": 1}, {"owners": 0}, {"group": 0},
        {"common": np.zeros((4, 17), np.float32)}, {"rows": [], "touches": [], "values": []},
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"want|fit|must"):
            call(**wrong)


def test_rows_are_picked_and_put_back():
    matrix = np.arange(5 * 16, dtype=np.float32).reshape(5, 16)
    rows = np.array([4, 1, 1], np.int32)
    picked = pick_rows(matrix, rows, 10)
    np.testing.assert_array_equal(picked, matrix[rows, :10])
    expected = matrix.copy()
    expected[[1, 4], :10] *= -1
    put_rows(matrix, rows, -picked)
    np.testing.assert_array_equal(matrix, expected)
    for wrong in (-1, 5):
        with pytest.raises(IndexError, match=r"not in 0\.\.4"):
            pick_rows(matrix, np.array([wrong], np.int32), 10)
        with pytest.raises(IndexError, match=r"not in 0\.\.4"):
            put_rows(matrix, np.array([wrong], np.int32), picked[:1])
    for width in (0, 17):
        with pytest.raises(ValueError, match="do not fit"):
            pick_rows(matrix, rows, width)
    with pytest.raises(ValueError, match="as many values"):
        put_rows(matrix, rows, picked[:1])
