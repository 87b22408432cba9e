"""Matrices of several nodes made one, against the formulas, and what stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v import combining
from fastw2v.combining import RULES, Part, Replica, Slice, slices_of
from fastw2v.config import Config
from fastw2v.curvature import Curvature
from fastw2v.matrices import aligned_zeros

WORDS, WIDTH = 300, 20
COUNTS = np.arange(WORDS, 0, -1) * 10


def replicas(nodes, rule=RULES[0], seed=1):
    """Nodes that have the same matrices."""
    config = Config(vector_size=WIDTH, workers=1)
    found = []
    for place in range(nodes):
        rng = np.random.default_rng(seed)
        matrices = [aligned_zeros(WORDS, WIDTH) for _ in range(2)]
        for matrix in matrices:
            matrix[:, :WIDTH] = rng.normal(size=(WORDS, WIDTH))
        found.append(Replica(config, COUNTS, *matrices, rule))
        found[-1].join(place, nodes)
    return found


def combine(nodes, piece):
    """What a fleet does with a slice."""
    parts = [node.parts(piece) for node in nodes]
    combined = [owner.combine(piece, [part[place] for part in parts]) for place, owner in enumerate(nodes)]
    for node in nodes:
        node.stage(combined)
    for node in nodes:
        node.commit(piece)


def test_slices_are_all_rows_once_and_small_enough():
    slices = slices_of([10, 7], 4, 4 * 4 * 3)
    assert [(s.matrix, row) for s in slices for row in range(s.start, s.stop)] == [
        (matrix, row) for matrix, rows in enumerate([10, 7]) for row in range(rows)
    ]
    assert max(s.stop - s.start for s in slices) == 3
    assert len(slices_of([2], 1000, 1)) == 2


@pytest.mark.parametrize("rule", ["curvature", "touched"])
@pytest.mark.parametrize("group", [1, 7, 256])
def test_a_row_that_one_node_changed_becomes_its_row_and_others_stay(monkeypatch, rule, group):
    monkeypatch.setattr(combining, "OWNED_ROWS", group)
    nodes = replicas(3, rule)
    before = nodes[0].matrices[0].copy()
    changed = {place: range(place, WORDS // 2, 3) for place in range(3)}
    for place, rows in changed.items():
        nodes[place].matrices[0][rows, :WIDTH] += place + 1
        nodes[place].touches.inputs[rows] = 5.0
    expected = before.copy()
    for place, rows in changed.items():
        expected[rows, :WIDTH] += place + 1
    for piece in slices_of([WORDS, WORDS], WIDTH, 4 * WIDTH * 64):
        combine(nodes, piece)
    for node in nodes:
        np.testing.assert_allclose(node.matrices[0], expected, rtol=1e-6)
        np.testing.assert_array_equal(node.matrices[0][WORDS // 2 :], before[WORDS // 2 :])
        assert not node.touches.inputs[: WORDS // 2].any()
        # Nothing has changed since: nothing is sent.
        assert not sum(len(part.rows) for part in node.parts(Slice(0, 0, WORDS)))


def changed_by_all(nodes):
    """Every node changes every row; the changes, and how often each row was touched."""
    rng = np.random.default_rng(5)
    moves, touches = [], []
    for node in nodes:
        moves.append(rng.normal(size=(WORDS, WIDTH)))
        touches.append(rng.integers(1, 50, WORDS).astype(float))
        node.matrices[0][:, :WIDTH] += moves[-1].astype(np.float32)
        node.touches.inputs[:] = touches[-1]
    return np.array(moves), np.array(touches)


@pytest.mark.parametrize("rule", ["touched", "plain"])
def test_rules_are_the_means_that_they_say(rule):
    nodes = replicas(4, rule)
    before = nodes[0].matrices[0][:, :WIDTH].copy()
    moves, touches = changed_by_all(nodes)
    weights = touches if rule == "touched" else np.ones_like(touches)
    expected = before + np.einsum("ki,kij->ij", weights / weights.sum(0), moves)
    combine(nodes, Slice(0, 0, WORDS))
    for node in nodes:
        np.testing.assert_allclose(node.matrices[0][:, :WIDTH], expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("share", "expected"), [(0.0, "sum"), (1e6, "mean")])
def test_moves_are_summed_where_rows_hardly_moved_and_averaged_where_they_have_arrived(monkeypatch, share, expected):
    flat = Curvature(np.eye(WIDTH, 3, dtype=np.float32), np.full(3, share, np.float32), share)
    monkeypatch.setattr(combining, "curvatures", lambda *_: (flat, flat))
    nodes = replicas(3)
    before = nodes[0].matrices[0][:, :WIDTH].copy()
    moves, touches = changed_by_all(nodes)
    weights = np.ones_like(touches) if expected == "sum" else touches / touches.sum(0)
    combine(nodes, Slice(0, 0, WORDS))
    result = before + np.einsum("ki,kij->ij", weights, moves)
    np.testing.assert_allclose(nodes[1].matrices[0][:, :WIDTH], result, rtol=0.01, atol=0.02)


def test_nodes_that_go_towards_one_place_come_as_near_to_it_as_one_node_alone(monkeypatch):
    """The formula is exact where rows follow a quadratic loss: v = b + (1 - exp(-q c)) (place - b), by direction."""
    rng = np.random.default_rng(3)
    basis = np.linalg.qr(rng.normal(size=(WIDTH, WIDTH)))[0]
    shares = np.full(WIDTH, 0.2)
    shares[:3] = 0.01, 1.0, 2.0
    bent = Curvature(basis[:, :3].astype(np.float32), shares[:3].astype(np.float32), 0.2)
    monkeypatch.setattr(combining, "curvatures", lambda *_: (bent, bent))
    nodes = replicas(3)
    before = nodes[0].matrices[0][:, :WIDTH].copy()
    place = rng.normal(size=(WORDS, WIDTH))
    touches = rng.integers(1, 30, (3, WORDS)).astype(float)

    def after(count):
        q = nodes[0].rate * shares
        return before + ((place - before) @ basis * -np.expm1(-np.outer(count, q))) @ basis.T

    for node, count in zip(nodes, touches, strict=True):
        node.matrices[0][:, :WIDTH] = after(count)
        node.touches.inputs[:] = count
    combine(nodes, Slice(0, 0, WORDS))
    np.testing.assert_allclose(nodes[0].matrices[0][:, :WIDTH], after(touches.sum(0)), rtol=1e-3, atol=1e-3)


def test_what_was_laid_by_and_dropped_changes_nothing():
    nodes = replicas(2)
    changed_by_all(nodes)
    piece = Slice(0, 0, WORDS)
    before = [node.matrices[0].copy() for node in nodes]
    parts = [node.parts(piece) for node in nodes]
    combined = [nodes[owner].combine(piece, [part[owner] for part in parts]) for owner in range(2)]
    for node, matrix in zip(nodes, before, strict=True):
        assert node.stage(combined) > 0
        node.drop()
        np.testing.assert_array_equal(node.matrices[0], matrix)
    combine(nodes, piece)
    np.testing.assert_array_equal(nodes[0].matrices[0], nodes[1].matrices[0])


def test_rows_whose_owner_is_lost_get_the_mean():
    first = Part(np.array([1, 3], np.int32), np.array([1, 1], np.float32), np.ones((2, 4), np.float32))
    second = Part(np.array([3, 9], np.int32), np.array([3, 1], np.float32), np.full((2, 4), 5, np.float32))
    found = Replica.mean([first, second])
    assert found.rows.tolist() == [1, 3, 9]
    assert found.values[:, 0].tolist() == [1.0, 4.0, 5.0]
