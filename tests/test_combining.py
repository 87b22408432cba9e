"""Matrices of several nodes made one, against the formulas, and what stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v import combining
from fastw2v.combining import RULES, Part, Replica
from fastw2v.config import Config
from fastw2v.curvature import Curvature
from fastw2v.exchanges import Slice, exchanges_of
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


def touched(node, matrix, rows, times):
    """As if training had touched rows so often, neither more nor less."""
    before = node.touches.of

    def of(number, wanted):
        found = before(number, wanted)
        if number == matrix:
            every = np.zeros(WORDS)
            every[rows] = times
            found = every[wanted]
        return found

    node.touches.of = of


ALL = (Slice(0, 0, WORDS),)


def combine(nodes, exchange=ALL):
    """What a fleet does with an exchange."""
    parts = [node.parts(exchange) for node in nodes]
    combined = [owner.combine(exchange, [part[place] for part in parts]) for place, owner in enumerate(nodes)]
    for node in nodes:
        node.take(exchange, combined)


@pytest.mark.parametrize("rule", ["curvature", "touched"])
@pytest.mark.parametrize("group", [1, 7, 256])
def test_a_row_that_one_node_changed_becomes_its_row_and_others_stay(monkeypatch, rule, group):
    monkeypatch.setattr(combining, "OWNED_ROWS", group)
    nodes = replicas(3, rule)
    before = nodes[0].matrices[0].copy()
    changed = {place: range(place, WORDS // 2, 3) for place in range(3)}
    for place, rows in changed.items():
        nodes[place].matrices[0][rows, :WIDTH] += place + 1
        nodes[place].touches.add(np.repeat(np.array(rows, np.int32), 5))
    expected = before.copy()
    for place, rows in changed.items():
        expected[rows, :WIDTH] += place + 1
    for exchange in exchanges_of([WORDS, WORDS], WIDTH, 4 * WIDTH * 64):
        combine(nodes, exchange)
    for node in nodes:
        np.testing.assert_allclose(node.matrices[0], expected, rtol=1e-6)
        np.testing.assert_array_equal(node.matrices[0][WORDS // 2 :], before[WORDS // 2 :])
        assert not node.touches.of(0, slice(None)).any()
        # Nothing has changed since: nothing is sent.
        assert not sum(len(part.rows) for parts in node.parts(ALL) for part in parts)


def changed_by_all(nodes):
    """Every node changes every row; the changes, and how often each row was touched."""
    rng = np.random.default_rng(5)
    moves, touches = [], []
    for node in nodes:
        moves.append(rng.normal(size=(WORDS, WIDTH)))
        touches.append(rng.integers(1, 50, WORDS).astype(float))
        node.matrices[0][:, :WIDTH] += moves[-1].astype(np.float32)
        touched(node, 0, slice(None), touches[-1])
    return np.array(moves), np.array(touches)


@pytest.mark.parametrize("rule", ["touched", "plain"])
def test_rules_are_the_means_that_they_say(rule):
    nodes = replicas(4, rule)
    before = nodes[0].matrices[0][:, :WIDTH].copy()
    moves, touches = changed_by_all(nodes)
    weights = touches if rule == "touched" else np.ones_like(touches)
    expected = before + np.einsum("ki,kij->ij", weights / weights.sum(0), moves)
    combine(nodes)
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
    combine(nodes)
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
        touched(node, 0, slice(None), count)
    combine(nodes)
    np.testing.assert_allclose(nodes[0].matrices[0][:, :WIDTH], after(touches.sum(0)), rtol=1e-3, atol=1e-3)


def test_what_was_combined_and_dropped_changes_nothing():
    nodes, others = replicas(2), replicas(2)
    for both in (nodes, others):
        changed_by_all(both)
    parts = [node.parts(ALL) for node in nodes]
    for owner in range(2):
        nodes[owner].combine(ALL, [part[owner] for part in parts])
        nodes[owner].drop()
    combine(nodes)
    combine(others)
    np.testing.assert_array_equal(nodes[0].matrices[0], nodes[1].matrices[0])
    np.testing.assert_array_equal(nodes[0].matrices[0], others[0].matrices[0])
    # What rows had in common is the same as well.
    changed_by_all(nodes)
    changed_by_all(others)
    combine(nodes)
    combine(others)
    np.testing.assert_array_equal(nodes[0].matrices[0], others[0].matrices[0])


def test_traffic_is_what_others_are_sent_and_send():
    nodes = replicas(2)
    changed_by_all(nodes)
    combine(nodes)
    row = 4 * WIDTH + 8
    # Each node sends the rows that the other one owns, and gets these as they have become.
    owned = [sum(len(part.rows) for part in node.parts(ALL)[0]) for node in nodes]
    assert owned == [0, 0]
    assert sum(node.traffic() for node in nodes) == 2 * WORDS * row
    assert [node.traffic() for node in nodes] == [0, 0]


def test_rows_whose_owner_is_lost_get_the_mean():
    first = Part(np.array([1, 3], np.int32), np.array([1, 1], np.float32), np.ones((2, 4), np.float32))
    second = Part(np.array([3, 9], np.int32), np.array([3, 1], np.float32), np.full((2, 4), 5, np.float32))
    (found,) = Replica.mean([(first,), (second,)])
    assert found.rows.tolist() == [1, 3, 9]
    assert found.values[:, 0].tolist() == [1.0, 4.0, 5.0]


def test_a_node_holds_its_share_of_what_rows_had_in_common():
    def common(node):
        return sum(matrix.nbytes for matrix in node._common)

    (alone,) = replicas(1)
    assert common(alone) == 0
    alone.join(0, 2)
    whole = 2 * WORDS * WIDTH * 4
    assert abs(common(alone) - whole / 2) <= 2 * combining.OWNED_ROWS * WIDTH * 4
    alone.join(1, 2)
    assert common(alone) < whole
