"""A text's word numbers in blocks of whole sentences, for threads that take one block after the other.

Where the numbers lie, and what is done with them, is not known here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v.encoded import Encoded

__all__ = ["Block", "block_of", "count_blocks"]

BLOCK_TOKENS = 1 << 19  # 2 MB of numbers: the few Python steps around each block do not count, threads stay busy


class Block(NamedTuple):
    """Whole sentences: the first begins at the text's position `base`, and sentence i ends before ends[i] - base."""

    ids: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int64]
    base: int


def count_blocks(text: Encoded) -> int:
    """How many blocks a text has; some are empty where a sentence is longer than a block."""
    return -(-text.tokens // BLOCK_TOKENS)


def block_of(text: Encoded, number: int) -> Block:
    """The sentences that begin in the stretch of that number, to their ends."""
    start, stop = number * BLOCK_TOKENS, min((number + 1) * BLOCK_TOKENS, text.tokens)
    borders = np.asarray(text.sentences(start, stop))
    first, last = np.searchsorted(borders, (start, stop)).tolist()
    kept = borders[first : last + 1]
    # A border that repeats the one before it ends a sentence without words.
    kept = kept[np.diff(kept, prepend=-1) > 0]
    if len(kept) < 2:
        return Block(np.empty(0, np.int32), np.empty(0, np.int64), 0)
    return Block(np.ascontiguousarray(text.read(int(kept[0]), int(kept[-1]))), kept[1:], int(kept[0]))
