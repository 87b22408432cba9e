"""Ranks and correlations with their p-values, of numbers and of many resamples of them at once.

Numbers only. What is resampled, and what becomes of it, stands in bootstrap.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Correlation", "average_ranks", "pearson", "resampled_ranks", "resampled_spearman", "spearman"]

Numbers = NDArray[np.float64]


class Correlation(NamedTuple):
    """A coefficient and its two-tailed p-value; nan where it is not defined."""

    statistic: float
    pvalue: float


def pearson(first: Numbers, second: Numbers) -> Correlation:
    """Pearson's r = cov(x, y) / (sd(x) sd(y)).

    p: the chance that r of independent normal numbers is as far from 0: t = r sqrt((n - 2) / (1 - r^2)) has Student's
    distribution with n - 2 degrees of freedom. nan where either side is constant or there are fewer than two numbers.
    """
    from scipy.special import stdtr

    count = len(first)
    if count < 2:
        return Correlation(float("nan"), float("nan"))
    x, y = first - first.mean(), second - second.mean()
    # Scaled first, so that neither very large nor very small numbers overflow when squared.
    scale = [np.abs(side).max() for side in (x, y)]
    if not all(0 < size < np.inf for size in scale):
        return Correlation(float("nan"), float("nan"))
    x, y = x / scale[0], y / scale[1]
    r = float(np.clip((x @ y) / np.sqrt((x @ x) * (y @ y)), -1.0, 1.0))
    if count == 2:
        return Correlation(r, 1.0)  # two points lie on a line, whatever they are
    with np.errstate(divide="ignore"):
        t = r * np.sqrt((count - 2) / np.float64((1.0 - r) * (1.0 + r)))
    return Correlation(r, float(2.0 * stdtr(count - 2, -abs(t))))


def spearman(first: Numbers, second: Numbers) -> Correlation:
    """Spearman's rho: Pearson's r of the ranks, equal numbers sharing the mean of theirs. p as for r."""
    if len(first) < 2 or np.isnan(first).any() or np.isnan(second).any():
        return Correlation(float("nan"), float("nan"))
    return pearson(average_ranks(first), average_ranks(second))


def average_ranks(values: Numbers) -> Numbers:
    """1 for the least; equal numbers share the mean of their ranks."""
    ranks: Numbers = resampled_ranks(values, np.ones((1, len(values))))[0]
    return ranks


def resampled_ranks(values: Numbers, counts: Numbers) -> Numbers:
    """The ranks of `values` (n) in resamples where each occurs `counts` (resamples, n) times; 0 times: no meaning.

    No resample is sorted: a value's last rank is how many are no greater, and that is a running sum of counts.
    """
    order = np.argsort(values, kind="stable")
    in_order = values[order]
    is_last = np.append(in_order[1:] != in_order[:-1], True)
    tie = np.empty(len(values), np.intp)
    tie[order] = np.cumsum(is_last) - is_last
    last_rank = np.cumsum(counts[:, order], axis=1)[:, is_last]
    size = np.diff(last_rank, axis=1, prepend=0)
    ranks: Numbers = (last_rank - (size - 1) / 2)[:, tie]
    return ranks


def resampled_spearman(first: Numbers, second: Numbers, counts: Numbers) -> Numbers:
    """Spearman's rho of each resample: (resamples,), nan where a side is constant."""
    middle = (counts[0].sum() + 1) / 2 if len(counts) else 0.0
    x, y = (resampled_ranks(side, counts) - middle for side in (first, second))
    weighted = counts * x
    covariance = np.einsum("ij,ij->i", weighted, y)
    variances = np.einsum("ij,ij->i", weighted, x) * np.einsum("ij,ij,ij->i", counts, y, y)
    with np.errstate(invalid="ignore"):
        rho: Numbers = covariance / np.sqrt(variances)
    return rho
