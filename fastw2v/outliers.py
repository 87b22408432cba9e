"""Outlier detection: which word does not belong to the others, by the compactness of what is left without it.

Camacho-Collados & Navigli, Find the word that does not belong, RepEval 2016. Files are read in evaluation_files.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastw2v.bootstrap import NO_INTERVAL, Resampling
from fastw2v.evaluation_files import OutlierFile
from fastw2v.evaluation_results import OutlierResult
from fastw2v.evaluation_words import KnownWords

__all__ = ["outlier_positions", "score_outliers"]

Numbers = NDArray[np.float64]

LEAST_MEMBERS = 2  # known words of a set without which nothing can be told to lie outside


def outlier_positions(known: KnownWords, file: OutlierFile) -> Numbers:
    """Of every outlier of every set: how far down it stands among the set's words, 1 for last (found), 0 for first, nan
    where it or all but one of the set is unknown.

    Words w of W, a set of n with the outlier, are ordered by p(w) = 1/n sum of cos(w, v) over the other v: the lower,
    the more compact is W without w. The position is divided by n, so that sets of any size count the same. Of equal
    words the outlier stands first: a model that cannot tell has not found it.
    """
    found = []
    for one in file.sets:
        rows = known.rows(one.members)
        rows = np.unique(rows[rows >= 0])
        members = known.units(rows).astype(np.float64)
        alone = members @ members.T
        np.fill_diagonal(alone, 0.0)
        within = alone.sum(axis=1)
        for row in known.rows(one.outliers).tolist():
            if row < 0 or len(rows) < LEAST_MEMBERS or row in rows:
                found.append(np.nan)
                continue
            to_outlier = members @ known.units(np.array([row]))[0].astype(np.float64)
            found.append(float(np.mean(within + to_outlier > to_outlier.sum())))
    return np.array(found)


def score_outliers(
    known: KnownWords, file: OutlierFile, dummy4unknown: bool = False, resampling: Resampling | None = None
) -> OutlierResult:
    """Accuracy, the share of outliers that stand last, and OPP, the mean of the positions, both from 0 to 1.

    dummy4unknown: an unknown outlier counts as one at position 0, instead of being left out. Without `resampling` there
    are no intervals.
    """
    positions = outlier_positions(known, file)
    is_known = ~np.isnan(positions)
    counted = np.where(is_known, positions, 0.0) if dummy4unknown else positions[is_known]
    last = int(np.count_nonzero(counted == 1.0))
    return OutlierResult(
        file.name,
        last / len(counted) if len(counted) else float("nan"),
        float(counted.mean()) if len(counted) else float("nan"),
        resampling.of_share(last, len(counted)) if resampling else NO_INTERVAL,
        resampling.of_mean(counted) if resampling else NO_INTERVAL,
        int(np.count_nonzero(is_known)),
        len(positions),
    )
