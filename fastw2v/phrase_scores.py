"""How pairs of words score by their counts: by one of the two formulas, or by a function of the caller's.

Counts come from phrases.py, which has the formulas in its words.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from fastw2v._pairs import npmi
from fastw2v.phrase_options import PhraseOptions
from fastw2v.short import short

__all__ = ["scores_of"]

Counts = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


def scores_of(options: PhraseOptions, left: Counts, right: Counts, both: Counts, different: int, total: int) -> Scores:
    """The score of each pair by the counts of its words and its own; see Phrases for the formulas.

    different: how many different words and pairs there are; total: how many words the text has. TypeError or ValueError
    where a function gives no number; whatever it raises itself passes.
    """
    if callable(options.scoring):
        return _scored_by(options.scoring, options.min_count, left, right, both, different, total)
    if options.scoring == "npmi":
        return npmi(left, right, both, total)
    return (both - options.min_count) / (left.astype(np.float64) * right) * different


def _scored_by(
    function: Callable[..., float],
    min_count: int,
    left: Counts,
    right: Counts,
    both: Counts,
    different: int,
    total: int,
) -> Scores:
    """The same, asked for one pair after the other, in whole numbers of Python's."""
    scores = np.empty(len(both), np.float64)
    for i, (count_a, count_b, count) in enumerate(zip(left.tolist(), right.tolist(), both.tolist(), strict=True)):
        score = function(
            worda_count=count_a,
            wordb_count=count_b,
            bigram_count=count,
            len_vocab=different,
            min_count=min_count,
            corpus_word_count=total,
        )
        try:
            scores[i] = float(score)
        except (TypeError, ValueError):
            raise TypeError(f"scoring gave {short(score)} for a pair, but must give a number") from None
    return scores
