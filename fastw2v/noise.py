"""How often a word is drawn as noise, and how often its occurrences are kept: tables from counts.

The tables are arrays that the hot loop reads; nothing is drawn here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["alias_table", "keep_probabilities", "keep_thresholds", "noise_probabilities"]

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

FULL_SCALE = 2.0**32  # random words of 32 bits are compared with the tables


def noise_probabilities(counts: Counts, exponent: float) -> Floats:
    """P(w) = count_w**exponent / sum over all words (Mikolov et al. 2013, with exponent 0.75); 0 for words that never
    occur. Shape (n,)."""
    logs = np.full(len(counts), -np.inf)
    occur = np.asarray(counts) > 0
    logs[occur] = exponent * np.log(np.asarray(counts, np.float64)[occur])
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum(), np.float64)


def alias_table(probabilities: Floats) -> npt.NDArray[np.uint32]:
    """Walker's alias table: draw slot i uniformly and r in 0..2**32-1, take i if r < table[i, 0], else table[i, 1].

    Returns uint32 of shape (n, 2); each word is drawn with its probability to within n * 2**-32. Built by one sweep in
    which light slots, in order, are filled up from heavy ones, in order: the slot that fills light slot i is the one
    whose running surplus covers the running deficit before i, so that two searches replace the loop.
    """
    scaled = np.asarray(probabilities, np.float64) * len(probabilities)
    light, heavy = np.flatnonzero(scaled < 1.0), np.flatnonzero(scaled >= 1.0)
    share, alias = np.ones_like(scaled), np.arange(len(scaled))
    if len(light) and len(heavy):
        deficit, surplus = np.cumsum(1.0 - scaled[light]), np.cumsum(scaled[heavy] - 1.0)
        before = np.concatenate(([0.0], deficit[:-1]))
        last = len(heavy) - 1
        share[light] = scaled[light]
        alias[light] = heavy[np.minimum(np.searchsorted(surplus, before, side="right"), last)]
        # A heavy slot that the light slot straddling its end over-draws is itself filled by the next heavy one.
        straddling = np.searchsorted(deficit, surplus[:-1], side="left")
        drained = straddling < len(light)
        left = 1.0 + surplus[:-1] - deficit[np.minimum(straddling, len(light) - 1)]
        share[heavy[:-1][drained]] = np.clip(left[drained], 0.0, 1.0)
        alias[heavy[:-1][drained]] = heavy[1:][drained]
    table = np.empty((len(scaled), 2), np.uint32)
    table[:, 0] = np.minimum(np.rint(share * FULL_SCALE), FULL_SCALE - 1)
    # A slot that is all its own must not pass its last 2**-32 to another word.
    table[:, 1] = np.where(share >= 1.0, np.arange(len(scaled)), alias)
    return table


def keep_probabilities(counts: Counts, sample: float) -> Floats:
    """keep_w = min(1, (sqrt(f/T) + 1) * T/f) with f = count_w and T = sample * sum of counts, as word2vec.c has it.

    Shape (n,); all ones when `sample` is 0.
    """
    frequency = np.asarray(counts, np.float64)
    if sample == 0:
        return np.ones_like(frequency)
    threshold = sample * frequency.sum()
    frequency = np.maximum(frequency, 1.0)  # whatever is said of a word that never occurs
    # Multiplied out, so that no quotient overflows for a threshold near 0.
    keep: Floats = np.minimum(1.0, np.sqrt(threshold / frequency) + threshold / frequency)
    return keep


def keep_thresholds(probabilities: Floats) -> npt.NDArray[np.uint32]:
    """Probabilities as 32-bit numbers: an occurrence stays when 32 random bits are no more than its word's number."""
    return np.asarray(np.minimum(np.rint(probabilities * FULL_SCALE), FULL_SCALE - 1), np.uint32)
