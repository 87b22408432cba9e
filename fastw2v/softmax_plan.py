"""How a batch of the exact softmax is cut so that its scores fit the memory granted. Nothing is computed here."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["SoftmaxPlan", "softmax_plan"]

MEGABYTE = 1_000_000
FLOAT_BYTES = 4
# Scores of one block of the vocabulary: half a megabyte, which stays in the second-level cache beside their rows.
BLOCK_FLOATS = 1 << 17
LEAST_BLOCK_WORDS = 64  # products of matrices narrower than this waste the arithmetic units


class SoftmaxPlan(NamedTuple):
    """block_words: words in a block; blocks: how many; keep_scores: whether all scores of a batch are held between the
    two passes, rather than computed twice."""

    block_words: int
    blocks: int
    keep_scores: bool


def softmax_plan(batch: int, words: int, megabytes: int) -> SoftmaxPlan:
    """The cut for batches of `batch` rows against `words` words; ValueError if one block does not fit."""
    wide = min(words, max(LEAST_BLOCK_WORDS, BLOCK_FLOATS // batch))
    blocks = -(-words // wide)
    maxima = FLOAT_BYTES * batch * blocks
    one, room = FLOAT_BYTES * batch * wide, megabytes * MEGABYTE
    if maxima + one > room:
        needed = -(-(maxima + one) // MEGABYTE)
        raise ValueError(
            f"softmax_memory is {megabytes} MB, but a batch of {batch} centres against {words} words takes at least "
            f"{needed} MB a worker; lower softmax_batch, or raise softmax_memory"
        )
    return SoftmaxPlan(wide, blocks, maxima + one * blocks <= room)
