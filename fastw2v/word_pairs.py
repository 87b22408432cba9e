"""Similarity files: how well a model's cosines follow people's judgement of how similar two words are.

Spearman's rho is the figure by custom (Finkelstein et al. 2002). Files are read in evaluation_files.py; the statistics
stand in correlation.py and bootstrap.py.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from fastw2v.bootstrap import NO_INTERVAL, Resampling
from fastw2v.correlation import Correlation, pearson, spearman
from fastw2v.evaluation_files import PairFile, read_pairs
from fastw2v.evaluation_results import SimilarityResult
from fastw2v.evaluation_words import RESTRICT_VOCAB, KnownWords, method_of
from fastw2v.queries import Queries

__all__ = ["SIMILARITY", "as_gensim", "log_word_pairs", "pair_similarities", "score_pairs"]

Numbers = NDArray[np.float64]
SimilarityFunction = str | Callable[[str, str], float]

SIMILARITY = "similarity"  # the name of the method that the matrix product below stands for
DUMMY = 0.0  # the similarity that dummy4unknown gives a pair with an unknown word
PERCENT = 100.0

logger = logging.getLogger(__name__)


def pair_similarities(known: KnownWords, file: PairFile, function: SimilarityFunction = SIMILARITY) -> Numbers:
    """The similarity of each pair of a file, nan where a word is unknown.

    function: "similarity" for the cosine, the name of another method of the vectors, or any function of two words, as
    the vocabulary spells them.
    """
    first, second = (known.rows(side) for side in zip(*file.pairs, strict=True))
    found = np.full(len(first), np.nan)
    usable = np.flatnonzero((first >= 0) & (second >= 0))
    if function == SIMILARITY:
        sides = [known.units(rows[usable]).astype(np.float64) for rows in (first, second)]
        found[usable] = np.einsum("ij,ij->i", *sides)
    else:
        call = method_of(known.vectors, function) if isinstance(function, str) else function
        words = known.words
        found[usable] = [float(call(words[first[i]], words[second[i]])) for i in usable.tolist()]
    return found


def score_pairs(
    known: KnownWords,
    file: PairFile,
    function: SimilarityFunction = SIMILARITY,
    dummy4unknown: bool = False,
    resampling: Resampling | None = None,
) -> SimilarityResult:
    """Both correlations with an interval of Spearman's rho. dummy4unknown: an unknown pair counts as one of similarity
    0, instead of being left out. Without `resampling` there is no interval."""
    ours, gold = pair_similarities(known, file, function), np.array(file.scores)
    is_known = ~np.isnan(ours)
    if dummy4unknown:
        ours = np.where(is_known, ours, DUMMY)
    else:
        ours, gold = ours[is_known], gold[is_known]
    return SimilarityResult(
        file.name,
        spearman(gold, ours),
        pearson(gold, ours),
        resampling.of_spearman(gold, ours) if resampling else NO_INTERVAL,
        int(np.count_nonzero(is_known)),
        len(is_known),
    )


def as_gensim(
    vectors: Queries,
    pairs: str | os.PathLike[str],
    delimiter: str = "\t",
    encoding: str = "utf8",
    restrict_vocab: int | None = RESTRICT_VOCAB,
    case_insensitive: bool = True,
    dummy4unknown: bool = False,
    similarity_function: SimilarityFunction = SIMILARITY,
) -> tuple[Correlation, Correlation, float]:
    """What KeyedVectors.evaluate_word_pairs returns: Pearson's r, Spearman's rho, unknown pairs in per cent."""
    known = KnownWords(vectors, restrict_vocab, case_insensitive)
    file = read_pairs(pairs, delimiter=delimiter, encoding=encoding)
    result = score_pairs(known, file, similarity_function, dummy4unknown)
    if not result.known and not dummy4unknown:
        raise ValueError(f"{os.fspath(pairs)}: of {result.total} pairs of words none is known to {vectors!r}")
    unknown = PERCENT * (result.total - result.known) / result.total
    log_word_pairs(result.pearson, result.spearman, unknown, os.fspath(pairs))
    return result.pearson, result.spearman, unknown


def log_word_pairs(pearson: tuple[float, float], spearman: tuple[float, float], oov: float, pairs: str) -> None:
    """Tells the log what evaluate_word_pairs returned for the file `pairs`."""
    logger.info("%s: Pearson %.4f, Spearman %.4f, unknown pairs %.1f %%", pairs, pearson[0], spearman[0], oov)
