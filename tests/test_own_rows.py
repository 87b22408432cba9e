"""Rows of a thread's own: which are worth it, and that nothing that any thread changed is lost."""

from __future__ import annotations

import numpy as np
import pytest
from reference import random_text, run

from fastw2v import _kernels, workers
from fastw2v._own_rows import OwnRows
from fastw2v.config import Config
from fastw2v.kernels import available
from fastw2v.matrices import aligned_zeros
from fastw2v.own_rows import LEAST_CHANGES, MOST_BYTES, tiers

TEXT = random_text(words=20, sentences=200)


def test_frequent_rows_are_merged_often_and_rare_ones_are_shared():
    touches = np.array([1.0, 0.5, 0.05, 0.01, 0.004, 1e-6])
    ends, periods = tiers(touches, 448, 0.025)
    assert (np.diff(ends) >= 0).all()
    assert ends[-1] == 5
    start = 0
    for end, period in zip(ends, periods, strict=True):
        assert (touches[start:end] * period >= LEAST_CHANGES * 0.99).all()
        start = end


def test_a_high_rate_allows_only_short_periods():
    touches = np.full(1000, 0.1)
    assert tiers(touches, 448, 0.025)[1].max() > tiers(touches, 448, 0.1)[1].max() > tiers(touches, 448, 10.0)[1].max()


def test_copies_take_a_bounded_amount_of_memory():
    assert tiers(np.ones(10**6), 4096, 0.025)[0].max() == MOST_BYTES // 4096


def test_no_touches_mean_no_copies():
    assert not tiers(np.empty(0), 448, 0.025)[0].any()


@pytest.mark.parametrize(
    ("ends", "periods"), [([3], [64]), ([-1], [64]), ([2, 1], [64, 128]), ([1], [0]), ([1], [65]), ([1, 2], [64])]
)
def test_what_is_no_tier_is_refused(ends, periods):
    with pytest.raises(ValueError, match=r"are no tier|must be as many"):
        OwnRows(aligned_zeros(2, 16), np.array(ends), np.array(periods))


@pytest.mark.parametrize("rows", [1, 100, 2000])
def test_copies_begin_on_a_cache_line_as_rows_do(rows):
    copies = [OwnRows(aligned_zeros(rows, 112), np.array([rows]), np.array([64])) for _ in range(4)]
    assert [copy.address % 64 for copy in copies] == [0] * 4


@pytest.mark.parametrize("loss", ["negative", "hierarchical"])
def test_what_two_threads_changed_comes_together(loss):
    """Two workers, one after the other, each with copies of its own. At so small a rate a change hardly depends on the
    ones before, so that all of them add up, whenever they are merged."""
    config = Config(vector_size=8, workers=2, loss=loss, sample=0)
    n, rate = len(TEXT.counts), 1e-5
    V, U = aligned_zeros(n, 8), aligned_zeros(workers.output_rows(loss, n), 8)
    start = np.random.default_rng(0).normal(size=(n, 8))
    made = workers.make_workers(
        config, _kernels.named(available()[-1]), TEXT, V, U, np.zeros(1, np.int32), len(TEXT.ids), 2
    )
    half = int(TEXT.offsets[100])
    blocks = [(0, half), (half, len(TEXT.ids))]

    def trained(finish_first):
        U[:], V[:, :8] = 0, start
        run(made[0], TEXT, *blocks[0], 1, 0, rate, 0.0)
        if finish_first:
            made[0].finish()
        run(made[1], TEXT, *blocks[1], 1, 0, rate, 0.0)
        missing = U.copy()
        made[0].finish()
        made[1].finish()
        made[1].finish()  # nothing is added twice
        return U.copy(), missing

    one_by_one, _ = trained(True)
    together, missing = trained(False)
    largest = np.abs(one_by_one).max()
    np.testing.assert_allclose(together, one_by_one, atol=1e-3 * largest)
    assert np.abs(missing - together).max() > 0.01 * largest, "the copies must hold something back until they finish"
