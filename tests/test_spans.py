"""Shares of an epoch: every block once, whoever takes, gives back or is slow."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fastw2v.spans import EpochPlan, Span


def blocks_of(spans):
    return [(span.piece, block) for span in spans for block in range(span.first, span.last)]


@given(
    seed=st.integers(0, 2**32), blocks=st.lists(st.integers(0, 12), min_size=1, max_size=9), places=st.integers(1, 5)
)
def test_every_block_is_trained_once_whatever_happens(seed, blocks, places):
    draw = np.random.default_rng(seed).integers
    plan = EpochPlan.whole(places, blocks)
    every = [(piece, block) for piece, count in enumerate(blocks) for block in range(count)]
    assert blocks_of(plan.left) == every
    trained = []
    while plan.blocks_left():
        place = int(draw(places))
        spans = plan.take(place, int(draw(1, 9)))
        assert spans
        done = int(draw(1 + sum(span.blocks for span in spans)))
        trained += blocks_of(EpochPlan.before(spans, done))
        plan.give_back(EpochPlan.behind(spans, done))
        again = EpochPlan(places, plan.left)
        assert again.left == plan.left
    assert sorted(trained) == every


def test_a_node_takes_its_own_pieces_first_and_then_the_last_of_who_has_most():
    plan = EpochPlan.whole(2, [2, 5, 2])
    assert plan.take(0, 3) == [Span(0, 0, 2), Span(2, 0, 1)]
    assert plan.take(0, 3) == [Span(2, 1, 2), Span(1, 3, 5)]
    assert plan.take(1, 9) == [Span(1, 0, 3)]
    assert plan.take(1, 9) == []
