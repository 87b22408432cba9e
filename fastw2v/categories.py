"""Category files: whether words that people put into one category form one cluster of vectors.

k-means is SciPy's; purity is the figure by custom (Almuhareb & Poesio 2005; Baroni et al. 2014). Files are read in
evaluation_files.py.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from fastw2v.bootstrap import NO_INTERVAL, Resampling
from fastw2v.evaluation_files import CategoryFile
from fastw2v.evaluation_results import CategoryResult
from fastw2v.evaluation_words import KnownWords
from fastw2v.word_table import Vector

__all__ = ["in_majority", "score_categories"]

Flags = NDArray[np.bool_]
Labels = NDArray[np.intp]

STARTS = 10  # runs of k-means from different first centres, of which the tightest clustering counts
ROUNDS = 30  # of one run, after which hardly a word changes its cluster


def in_majority(known: KnownWords, file: CategoryFile, seed: int = 1) -> tuple[Flags, Flags]:
    """Of each word: whether it is known, and whether it is of the category that most words of its cluster have.

    The known words' unit vectors are clustered by k-means into as many clusters as these words have categories.
    """
    rows = known.rows(file.words)
    is_known = rows >= 0
    is_right = np.zeros(len(rows), np.bool_)
    if is_known.any():
        gold = np.unique(np.array(file.categories)[is_known], return_inverse=True)[1]
        clusters = cluster(known.units(rows[is_known]), int(gold.max()) + 1, seed)
        together = np.zeros((clusters.max() + 1, gold.max() + 1), np.int64)
        np.add.at(together, (clusters, gold), 1)
        is_right[is_known] = together.argmax(axis=1)[clusters] == gold
    return is_known, is_right


def cluster(vectors: Vector, count: int, seed: int) -> Labels:
    """The cluster of each vector: of several runs of k-means that one whose vectors are nearest to their centres."""
    from scipy.cluster.vq import kmeans2

    points = vectors.astype(np.float64)
    best, least = np.zeros(len(points), np.intp), np.inf
    rng = np.random.default_rng(seed)
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        # A cluster that lost all its words keeps its centre; where vectors are equal there cannot be enough of them.
        warnings.filterwarnings("ignore", message="One of the clusters is empty")
        for _ in range(STARTS):
            centres, labels = kmeans2(points, count, iter=ROUNDS, minit="++", seed=rng)
            distance = float(((points - centres[labels]) ** 2).sum())
            if distance < least:
                best, least = labels.astype(np.intp), distance
    return best


def score_categories(known: KnownWords, file: CategoryFile, resampling: Resampling | None = None) -> CategoryResult:
    """Purity: the share of known words that are of their cluster's most common category.

    The interval resamples words within this clustering; that of a clustering made anew would be wider. Without
    `resampling` there is none.
    """
    is_known, is_right = in_majority(known, file, (resampling or Resampling()).seed)
    count, right = int(np.count_nonzero(is_known)), int(np.count_nonzero(is_right))
    return CategoryResult(
        file.name,
        right / count if count else float("nan"),
        resampling.of_share(right, count) if resampling else NO_INTERVAL,
        len({category for category, used in zip(file.categories, is_known.tolist(), strict=True) if used}),
        count,
        len(file.words),
    )
