"""Similarity queries over a table of words, under gensim 4's names.

Nothing here knows files. Many queries at once are search.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index as as_index
from typing import Any, overload

import numpy as np

from fastw2v.cosine import largest, ratio, unit
from fastw2v.word_table import Key, Vector, WordTable

__all__ = ["Queries", "Query"]

Query = Key | Vector | Sequence[Any]


class Queries(WordTable):
    """A WordTable that can be asked for similarities."""

    def similarity(self, w1: Key, w2: Key) -> float:
        """The cosine of the angle between the vectors of two words; 0 if one of them is all zeros."""
        return float(np.dot(unit(self.get_vector(w1)), unit(self.get_vector(w2))))

    @overload
    def most_similar(
        self,
        positive: Query | None = None,
        negative: Query | None = None,
        topn: int = 10,
        restrict_vocab: int | None = None,
    ) -> list[tuple[str, float]]: ...
    @overload
    def most_similar(
        self,
        positive: Query | None,
        negative: Query | None,
        topn: None,
        restrict_vocab: int | None = None,
    ) -> Vector: ...
    @overload
    def most_similar(
        self,
        positive: Query | None = None,
        negative: Query | None = None,
        *,
        topn: None,
        restrict_vocab: int | None = None,
    ) -> Vector: ...
    def most_similar(
        self,
        positive: Query | None = None,
        negative: Query | None = None,
        topn: int | None = 10,
        restrict_vocab: int | None = None,
    ) -> list[tuple[str, float]] | Vector:
        """The words whose vectors point most nearly where `positive` minus `negative` points, nearest first.

        Each of the two is a word, a vector, or a list of words, vectors and (word or vector, weight) pairs. The vectors
        of words, scaled to length 1, and vectors as they are given are weighted and averaged; the words of the query
        are left out of the answer. Without a weight an item counts 1 in `positive` and -1 in `negative`; a weight that
        is given counts as it is on either side.

        Parameters
        ----------
        topn: how many words; None returns the similarity to every word as an array, the query's words included.
        restrict_vocab: consider only this many words from the top of the vocabulary.
        """
        if topn is not None and as_index(topn) < 1:
            return []
        end = self._size if not restrict_vocab else min(as_index(restrict_vocab), self._size)
        if end < 0:
            raise ValueError(f"restrict_vocab is {restrict_vocab}, but must be at least 1; None considers all words")
        mean, asked = self._mean(_as_list(positive), _as_list(negative))
        scores = ratio(self._vectors[:end] @ mean, self.norms[:end])
        if topn is None:
            return scores
        keys = self.index_to_key
        best = largest(scores, topn + len(asked))
        return [(keys[i], float(scores[i])) for i in best.tolist() if i not in asked][:topn]

    def _mean(self, positive: list[Any], negative: list[Any]) -> tuple[Vector, set[int]]:
        """The direction that a query asks for, of length 1 (or all zeros), and the rows of the words in it."""
        if not positive and not negative:
            raise ValueError("positive and negative are both empty; give at least one word or vector")
        total = np.zeros(self.vector_size, np.float64)
        asked = set()
        for sign, items in ((1.0, positive), (-1.0, negative)):
            for item in items:
                is_pair = isinstance(item, (tuple, list))
                if is_pair and len(item) != 2:
                    raise TypeError(f"a weighted item of a query must be a (word, weight) pair, not {item!r}")
                key, weight = item if is_pair else (item, sign)
                if isinstance(key, np.ndarray):
                    if key.shape != total.shape:
                        raise ValueError(f"a query vector has shape {key.shape}, but must have {total.shape}")
                    total += weight * key
                elif isinstance(key, (str, int, np.integer)):
                    row = self.get_index(key)
                    asked.add(row)
                    total += weight * unit(self._vectors[row])
                else:
                    raise TypeError(f"a query must be of words, vectors and (word, weight) pairs, not of {item!r}")
        return unit(total), asked


def _as_list(items: Query | None) -> list[Any]:
    """A query as a list of its items: a single word or vector is a list of one."""
    if items is None:
        return []
    if isinstance(items, (str, int, np.integer)) or (isinstance(items, np.ndarray) and items.ndim == 1):
        return [items]
    return list(items)
