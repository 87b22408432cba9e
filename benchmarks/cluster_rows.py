"""Which rows a round on a cluster touches, and the bytes that they take: expected numbers, of the counts of words.

For skip-gram with negative sampling at its defaults; which rows are combined how often is read from the package. What
that takes in time is cluster_model.py's. docs/scaling.md has the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v import cluster_nodes, cluster_rounds, combining, text_work
from fastw2v.matrices import padded_width
from fastw2v.noise import keep_probabilities, noise_probabilities

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

SAMPLE, NEGATIVE, EXPONENT = 1e-3, 5, 0.75
# Noise words: a group serves so many windows, and as many words as fit into so many bytes are drawn for each block
# (fastw2v/_objectives.pyx).
PASSES, POOL_BYTES, LEAST_POOL, MOST_POOL = 8, 320 << 10, 128, 1024
ROW_HEAD = 8  # bytes of a row's number and touches, before its values
DOUBLING_ROWS = 1024
EXACT_RANKS, GROUPS = 1000, 3000  # words that are groups of their own, and groups of all others


Schedule = Sequence[tuple[int, int]]  # (first rows, combined every so many rounds), fewest rows first


def package_schedule(words: int) -> Schedule:
    """Which rows are combined how often, as Rounds has it."""
    return [(-(-words // cluster_nodes.HOT_SHARE), 1), (words, cluster_rounds.WHOLE_EVERY)]


def doubling_schedule(words: int, first: int = DOUBLING_ROWS) -> Schedule:
    """Twice as many rows half as often, from `first` rows every round on."""
    steps = max(0, math.ceil(math.log2(words / first)))
    return [(min(words, first << step), 1 << step) for step in range(steps + 1)]


@dataclass(frozen=True)
class Rows:
    """The rows of both matrices, in groups of neighbours by rank, which are touched about equally often.

    number: rows of each group; inputs, outputs: how often a word of the text touches each of them; every: rounds from
    one time that they are combined to the next, ascending.
    """

    number: Floats
    inputs: Floats
    outputs: Floats
    every: Floats
    vector_size: int

    @property
    def row_bytes(self) -> int:
        """What a row takes when it travels."""
        return ROW_HEAD + 4 * self.vector_size

    @property
    def shares(self) -> dict[int, float]:
        """By the period of the rows that are combined least often in a round, which part of all rounds that is."""
        periods = sorted({int(every) for every in self.every})
        rarer = [1.0 / every for every in periods[1:]] + [0.0]
        return {every: 1.0 / every - other for every, other in zip(periods, rarer, strict=True)}


def zipf_counts(vocabulary: int, words: float) -> Counts:
    """Counts that fall as 1 / rank, of so many words of text."""
    shares = 1.0 / np.arange(1, vocabulary + 1)
    return np.maximum(1, np.rint(words * shares / shares.sum())).astype(np.int64)


def rows_of(counts: Counts, vector_size: int, text_words: int | None = None, schedule: Schedule | None = None) -> Rows:
    """For words with these counts, most frequent first, in a text of so many words (None: the sum of the counts).

    schedule: None: the package's.
    """
    words = len(counts)
    kept = counts * keep_probabilities(counts, SAMPLE) / (text_words or counts.sum())
    pool = min(MOST_POOL, max(LEAST_POOL, POOL_BYTES // (4 * padded_width(vector_size))))
    draws = NEGATIVE / PASSES * kept.sum() + pool / text_work.BLOCK_TOKENS
    outputs = kept + draws * noise_probabilities(counts, EXPONENT)
    tiers = schedule or package_schedule(words)
    ends = np.array([end for end, _ in tiers])
    spread = np.rint(np.geomspace(min(words, EXACT_RANKS), words, GROUPS))
    edges = np.unique(np.concatenate((np.arange(min(words, EXACT_RANKS)), spread, ends))).astype(int)
    number = np.diff(edges).astype(np.float64)
    every = np.array([period for _, period in tiers], np.float64)[np.searchsorted(ends, edges[1:])]

    def mean(rates: Floats) -> Floats:
        return np.asarray(np.add.reduceat(rates, edges[:-1]) / number)

    return Rows(number, mean(kept), mean(outputs), every, vector_size)


class Sync(NamedTuple):
    """One time that rows are combined, in rows of both matrices: those looked at, those that one node has touched,
    those of them that another one has touched as well, and those that any node has; and in how many slices."""

    rows: float
    parts: float
    shared: float
    combined: float
    slices: int


def touched(rates: Floats, words: Floats | float) -> Floats:
    """The chance that a row is touched at least once, by words that come independently of each other (Poisson)."""
    return np.asarray(-np.expm1(-rates * words))


def sync_of(rows: Rows, nodes: int, words: float, every: int) -> Sync:
    """Of the rows that are combined at least every so many rounds, each node training so many words in a round."""
    chosen = rows.every <= every
    number, since = rows.number[chosen], words * rows.every[chosen]
    parts = shared = combined = 0.0
    for rates in (rows.inputs[chosen], rows.outputs[chosen]):
        here, elsewhere = touched(rates, since), touched(rates, since * (nodes - 1))
        parts += float(number @ here)
        shared += float(number @ (here * elsewhere))
        combined += float(number @ touched(rates, since * nodes))
    count = int(number.sum())
    slices = combining.slices_of([count, count], rows.vector_size, cluster_nodes.SLICE_BYTES)
    return Sync(2.0 * count, parts, shared, combined, len(slices))


def sent_bytes(sync: Sync, nodes: int, row_bytes: int) -> float:
    """What one node sends, and gets: its rows to their owners, and those that owners have combined back."""
    return (nodes - 1) / nodes * (sync.parts + sync.combined) * row_bytes


def all_rows(sync: Sync) -> Sync:
    """The same, were all rows sent, touched or not."""
    return sync._replace(parts=sync.rows, combined=sync.rows)
