"""How batches of the exact softmax are cut: whole when they fit, never more memory than granted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v.softmax_plan import FLOAT_BYTES, MEGABYTE, softmax_plan


@given(st.integers(1, 65_536), st.integers(1, 5_000_000), st.integers(1, 4096))
def test_the_memory_granted_is_kept(batch, words, megabytes):
    try:
        plan = softmax_plan(batch, words, megabytes)
    except ValueError:
        # Not even 64 words' scores beside the maxima of all blocks.
        assert batch * (64 + words / 64 + 1) * FLOAT_BYTES > megabytes * MEGABYTE / 2
        return
    assert plan.blocks == -(-words // plan.block_words)
    held = plan.block_words * (plan.blocks if plan.keep_scores else 1) + plan.blocks
    assert held * batch * FLOAT_BYTES <= megabytes * MEGABYTE


def test_scores_are_kept_while_they_fit():
    assert softmax_plan(128, 10_000, 256).keep_scores
    assert not softmax_plan(128, 1_000_000, 256).keep_scores


def test_what_cannot_fit_names_the_remedy():
    with pytest.raises(ValueError, match=r"softmax_memory is 1 MB, .* lower softmax_batch, or raise softmax_memory"):
        softmax_plan(65_536, 1000, 1)
