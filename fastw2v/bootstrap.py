"""Confidence intervals by the bootstrap, and tests of the difference between two models asked the same things.

Numbers only; every resample is drawn and scored in whole arrays. Efron & Tibshirani, An Introduction to the Bootstrap,
1993: intervals by percentile, chapter 13. McNemar's exact test: Psychometrika 12, 1947, with binomial probabilities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastw2v.correlation import resampled_spearman, spearman

__all__ = ["NO_INTERVAL", "Difference", "Interval", "Resampling", "mcnemar"]

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

COUNTS_AT_ONCE = 1 << 20  # resample counts in memory at one time: some 8 MB for each array of them
MOST_RESAMPLES = 1_000_000  # all of their scores stand in memory
NAN = float("nan")


class Interval(NamedTuple):
    """Its two ends; nan where there was nothing to resample."""

    low: float
    high: float


NO_INTERVAL = Interval(NAN, NAN)


class Difference(NamedTuple):
    """How much higher the second of two models scores, an interval of that, and the p-value of there being none."""

    value: float
    interval: Interval
    pvalue: float


@dataclass(frozen=True)
class Resampling:
    """How many resamples are drawn, the share of them that an interval holds, and the seed of the draws."""

    resamples: int = 2000
    confidence: float = 0.95
    seed: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.resamples <= MOST_RESAMPLES:
            raise ValueError(
                f"resamples is {self.resamples}, but must be from 1 to {MOST_RESAMPLES}; 2000 serve for 95 % intervals"
            )
        if not 0.0 < self.confidence < 1.0:
            raise ValueError(f"confidence is {self.confidence}, but must be between 0 and 1, such as 0.95")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}, but must not be negative")

    def of_share(self, hits: int, count: int) -> Interval:
        """Of hits / count. A resample of `count` yes-or-no items has a binomial number of hits: it is drawn at once."""
        if count == 0:
            return NO_INTERVAL
        return self._percentiles(self._rng().binomial(count, hits / count, self.resamples) / count)

    def of_mean(self, values: Numbers) -> Interval:
        """Of the mean of any numbers."""
        if len(values) == 0:
            return NO_INTERVAL
        return self._percentiles(
            np.concatenate([counts @ values for counts in self._counts(len(values))]) / len(values)
        )

    def of_spearman(self, first: Numbers, second: Numbers) -> Interval:
        """Of Spearman's rho, resampling pairs."""
        if len(first) < 2:
            return NO_INTERVAL
        found = [resampled_spearman(first, second, counts) for counts in self._counts(len(first))]
        return self._percentiles(np.concatenate(found))

    def spearman_difference(self, gold: Numbers, first: Numbers, second: Numbers) -> Difference:
        """rho(gold, second) - rho(gold, first), both of the same resampled pairs; p is twice the share of resamples on
        the rarer side of 0, counting the sample itself as one more resample so that it is never 0."""
        if len(gold) < 2:
            return Difference(NAN, NO_INTERVAL, NAN)
        value = spearman(gold, second).statistic - spearman(gold, first).statistic
        resampled = np.concatenate(
            [
                resampled_spearman(gold, second, counts) - resampled_spearman(gold, first, counts)
                for counts in self._counts(len(gold))
            ]
        )
        finite = resampled[np.isfinite(resampled)]
        rarer = min(np.count_nonzero(finite <= 0), np.count_nonzero(finite >= 0))
        pvalue = min(1.0, 2 * (rarer + 1) / (len(finite) + 1))
        return Difference(value, self._percentiles(resampled), NAN if np.isnan(value) else pvalue)

    def share_difference(self, first: Flags, second: Flags) -> Difference:
        """mean(second) - mean(first) of items that each model got right or not. A resample has a multinomial number of
        items that only one of them got right. p is that of `mcnemar`."""
        count = len(first)
        if count == 0:
            return Difference(NAN, NO_INTERVAL, NAN)
        losses, wins = (int(np.count_nonzero(only)) for only in (first & ~second, second & ~first))
        shares = np.array([losses, wins, count - losses - wins]) / count
        drawn = self._rng().multinomial(count, shares, self.resamples)
        return Difference(
            (wins - losses) / count, self._percentiles((drawn[:, 1] - drawn[:, 0]) / count), mcnemar(losses, wins)
        )

    def _rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)

    def _counts(self, count: int) -> Iterator[Numbers]:
        """How often each of `count` items is drawn in each resample, (resamples, count) in blocks."""
        rng = self._rng()
        block = max(1, COUNTS_AT_ONCE // count)
        for start in range(0, self.resamples, block):
            rows = min(block, self.resamples - start)
            drawn = rng.integers(0, count, (rows, count)) + count * np.arange(rows)[:, None]
            yield np.bincount(drawn.ravel(), minlength=rows * count).reshape(rows, count).astype(np.float64)

    def _percentiles(self, values: Numbers) -> Interval:
        finite = values[np.isfinite(values)]
        if len(finite) == 0:
            return NO_INTERVAL
        beyond = (1.0 - self.confidence) / 2
        low, high = np.quantile(finite, [beyond, 1.0 - beyond])
        return Interval(float(low), float(high))


def mcnemar(losses: int, wins: int) -> float:
    """The p-value of two models being equally good, where `losses` items were right with the first alone and `wins`
    with the second alone: were it so, each of these would be a fair coin, so it is 2 P(Binomial(losses + wins, 1/2) <=
    min(losses, wins)), at most 1."""
    from scipy.special import bdtr

    return min(1.0, 2.0 * float(bdtr(min(losses, wins), losses + wins, 0.5)))
