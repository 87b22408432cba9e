"""When the nodes of a cluster combine their rows, and how many at a time: most often where a run begins.

What becomes of the rows is combining.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["EXCHANGE_BYTES", "Exchange", "Slice", "exchange_bytes", "exchanges_of", "most_words"]

# Combined at a time: what a node holds of others' rows, beside its matrices. Large ones go in MOST_EXCHANGES pieces,
# since each takes calls.
EXCHANGE_BYTES, MOST_EXCHANGES = 48 << 20, 64
# A round's words, of all nodes, as a share of those that are trained already.
ROUND_SHARE = 0.2
LEAST_WORDS = 50_000  # that a node trains in a round, however few words that share is


class Slice(NamedTuple):
    """Rows start..stop of the matrix of this number, 0 being the inputs and 1 the outputs."""

    matrix: int
    start: int
    stop: int


Exchange = tuple[Slice, ...]  # rows that are combined together


def most_words(done: int, nodes: int) -> int:
    """How many words each node may train in the round that begins when so many of all are done.

    When little is trained yet, what nodes learn apart from each other soon differs by as much as they have learned.
    Later, rounds may be as long as they are a small part of that: ROUND_SHARE was chosen by held-out loss and scores
    (docs/scaling.md).
    """
    return max(LEAST_WORDS, int(ROUND_SHARE * done / nodes))


def exchange_bytes(rows: Sequence[int], width: int) -> int:
    """Of what is combined at a time, rows[m] of each matrix m in all: EXCHANGE_BYTES, or more where that makes more
    than MOST_EXCHANGES, but no more than all rows."""
    every = 4 * width * len(rows) * max(rows)
    return min(every, max(EXCHANGE_BYTES, -(-every // MOST_EXCHANGES)))


def exchanges_of(rows: Sequence[int], width: int, most_bytes: int | None = None) -> list[Exchange]:
    """All rows[m] rows of each matrix m, in exchanges of at most `most_bytes` (None: exchange_bytes)."""
    if most_bytes is None:
        most_bytes = exchange_bytes(rows, width)
    step = max(1, most_bytes // (4 * width * len(rows)))
    return [
        tuple(Slice(matrix, start, min(start + step, count)) for matrix, count in enumerate(rows) if start < count)
        for start in range(0, max(rows), step)
    ]
