"""Which rows a round on a cluster touches, and the bytes that they take: expected numbers, of the counts of words.

For skip-gram with negative sampling at its defaults. What that takes in time is cluster_model.py's. docs/scaling.md has
the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v import exchanges, text_work
from fastw2v.matrices import padded_width
from fastw2v.noise import keep_probabilities, noise_probabilities

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

SAMPLE, NEGATIVE, EXPONENT = 1e-3, 5, 0.75
# Noise words: a group serves so many windows, and as many words as fit into so many bytes are drawn for each block
# (fastw2v/_objectives.pyx).
PASSES, POOL_BYTES, LEAST_POOL, MOST_POOL = 8, 320 << 10, 128, 1024
ROW_HEAD = 8  # bytes of a row's number and touches, before its values
EXACT_RANKS, GROUPS = 1000, 1000  # words that are groups of their own, and groups of all others


@dataclass(frozen=True)
class Rows:
    """The rows of both matrices, in groups of neighbours by rank, which are touched about equally often.

    number: rows of a matrix in each group; inputs, outputs: how often a word of the text touches each of them;
    exchange: the number of the one in which they are combined, ascending.
    """

    number: Floats
    inputs: Floats
    outputs: Floats
    exchange: npt.NDArray[np.intp]
    vector_size: int

    @property
    def words(self) -> float:
        """Rows of each matrix."""
        return float(self.number.sum())

    @property
    def exchanges(self) -> int:
        """How many it takes to combine all rows once."""
        return int(self.exchange[-1]) + 1

    @property
    def row_bytes(self) -> int:
        """What a row takes when it travels."""
        return ROW_HEAD + 4 * self.vector_size


def zipf_counts(vocabulary: int, words: float) -> Counts:
    """Counts that fall as 1 / rank, of so many words of text."""
    shares = 1.0 / np.arange(1, vocabulary + 1)
    return np.maximum(1, np.rint(words * shares / shares.sum())).astype(np.int64)


def rows_of(counts: Counts, vector_size: int, text_words: int | None = None) -> Rows:
    """For words with these counts, most frequent first, in a text of so many words (None: the sum of the counts)."""
    words = len(counts)
    kept = counts * keep_probabilities(counts, SAMPLE) / (text_words or counts.sum())
    pool = min(MOST_POOL, max(LEAST_POOL, POOL_BYTES // (4 * padded_width(vector_size))))
    draws = NEGATIVE / PASSES * kept.sum() + pool / text_work.BLOCK_TOKENS
    outputs = kept + draws * noise_probabilities(counts, EXPONENT)
    starts = [exchange[0].start for exchange in exchanges.exchanges_of([words, words], vector_size)]
    spread = np.rint(np.geomspace(min(words, EXACT_RANKS), words, GROUPS))
    edges = np.unique(np.concatenate((np.arange(min(words, EXACT_RANKS)), spread, starts))).astype(int)
    number = np.diff(edges).astype(np.float64)

    def mean(rates: Floats) -> Floats:
        return np.asarray(np.add.reduceat(rates, edges[:-1]) / number)

    return Rows(number, mean(kept), mean(outputs), np.searchsorted(starts, edges[1:]) - 1, vector_size)


class Sync(NamedTuple):
    """All rows combined once, in rows of both matrices. By exchange: those that one node has touched, and those that
    any node has; in all: those of one node that another one has touched as well."""

    parts: Floats
    combined: Floats
    shared: float


def touched(rates: Floats, words: float) -> Floats:
    """The chance that a row is touched at least once, by words that come independently of each other (Poisson)."""
    return np.asarray(-np.expm1(-rates * words))


def sync_of(rows: Rows, nodes: int, words: float) -> Sync:
    """After each node has trained so many words."""
    parts, combined, shared = np.zeros((3, len(rows.number)))
    for rates in (rows.inputs, rows.outputs):
        here = rows.number * touched(rates, words)
        parts += here
        shared += here * touched(rates, words * (nodes - 1))
        combined += rows.number * touched(rates, words * nodes)
    by_exchange = [np.bincount(rows.exchange, found) for found in (parts, combined)]
    return Sync(*by_exchange, float(shared.sum()))


def sent_bytes(sync: Sync, nodes: int, row_bytes: int) -> float:
    """What one node sends, and gets: its rows to their owners, and those that owners have combined back."""
    return float((nodes - 1) / nodes * (sync.parts + sync.combined).sum() * row_bytes)


def all_bytes(rows: Rows, nodes: int) -> float:
    """The same, were all rows sent, touched or not."""
    return (nodes - 1) / nodes * 4 * rows.words * rows.row_bytes
