"""Searches of the whole vocabulary for what is most similar, one query or many, under gensim 4's names.

The arithmetic of many at once is search.py's; nothing here knows files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import index as as_index
from typing import Any, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from fastw2v.cosine import unit
from fastw2v.search import best_of, nearest
from fastw2v.short import short
from fastw2v.similarities import Similarities, is_key
from fastw2v.word_table import Key, Vector

__all__ = ["Indexer", "Queries", "Query"]

Query = Key | Vector | Sequence[Any]
Found = list[tuple[str, float]]

COSMUL_FLOOR = 1e-6  # keeps 3CosMul's denominator from 0; Levy and Goldberg (2014) use 0.001, gensim this
GRAPH_ROWS = 4096  # rows of a graph that are looked up at a time: bounds what stands beside the answer


class Indexer(Protocol):
    """An approximate index of the same vectors, such as fastw2v.ann.AnnIndex."""

    def most_similar(self, vector: Vector, num_neighbors: int) -> Found:
        """(word, cosine) of words near `vector`, nearest first."""


class Queries(Similarities):
    """A WordTable that can be asked for the words most similar to others."""

    @overload
    def most_similar(
        self,
        positive: Query | None = None,
        negative: Query | None = None,
        topn: int = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Indexer | None = None,
    ) -> Found: ...
    @overload
    def most_similar(
        self,
        positive: Query | None = None,
        negative: Query | None = None,
        *,
        topn: None,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Indexer | None = None,
    ) -> Vector: ...
    def most_similar(
        self,
        positive: Query | None = None,
        negative: Query | None = None,
        topn: int | None = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        indexer: Indexer | None = None,
    ) -> Found | Vector:
        """The words whose vectors point most nearly where `positive` minus `negative` points, nearest first.

        Each of the two is a word, a vector, or a list of words, vectors and (word or vector, weight) pairs. The vectors
        of words, scaled to length 1, and vectors as they are given are weighted and averaged; the words of the query
        are left out of the answer. Without a weight an item counts 1 in `positive` and -1 in `negative`; a weight that
        is given counts as it is on either side. This is 3CosAdd of Mikolov et al. (2013).

        Parameters
        ----------
        topn: how many words; None returns the similarity to every word considered as an array, the query's included.
        clip_start, clip_end: consider only these rows; restrict_vocab: only so many from the top of the vocabulary.
        indexer: an approximate index that is asked instead; it considers the whole vocabulary.
        """
        if topn is not None and as_index(topn) < 1:
            return []
        start, end = self._clipped(clip_start, clip_end, restrict_vocab)
        mean, asked = self._mean(_as_list(positive), _as_list(negative))
        if indexer is not None and topn is not None:
            if not callable(getattr(indexer, "most_similar", None)):
                raise TypeError(
                    f"indexer is {short(indexer)}, but must have most_similar, as fastw2v.ann.AnnIndex has it"
                )
            found = indexer.most_similar(mean, topn + len(asked))
            return [(word, score) for word, score in found if self._find(word) not in asked][:topn]
        if topn is None:
            cosines: Vector = self._cosines(mean[None], start, end)[0]
            return cosines
        if self._vectors.dtype != np.float32:
            return self._many(mean[None], [asked], topn, start, end, None)[0]
        return self._best(self._vectors[start:end] @ mean, self._scales[start:end], topn, asked, start)

    def _best(self, values: Vector, scales: Vector, topn: int, asked: set[int], start: int) -> Found:
        """The words with the largest values[i] * scales[i], row i standing for start + i; not those asked for."""
        rows, scores = best_of(values, scales, min(topn + len(asked), len(values)), start)
        answers = zip(rows.tolist(), scores.tolist(), strict=True)
        return [(self._word(row), score) for row, score in answers if row >= 0 and row not in asked][:topn]

    def _clipped(self, start: int, end: int | None, restrict_vocab: int | None) -> tuple[int, int]:
        """The first row considered and the one after the last."""
        if restrict_vocab:
            if as_index(restrict_vocab) < 0:
                raise ValueError(f"restrict_vocab is {restrict_vocab}, but must be at least 1; None takes all words")
            start, end = 0, restrict_vocab
        first, last = as_index(start), len(self) if not end else min(as_index(end), len(self))
        if first < 0 or last < 0:
            raise ValueError(
                f"clip_start is {start} and clip_end {end}, but both must be at least 0; 0 and None consider all words"
            )
        return first, last

    def _mean(self, positive: list[Any], negative: list[Any]) -> tuple[Vector, set[int]]:
        """The direction that a query asks for, of length 1 (or all zeros), and the rows of the words in it."""
        if not positive and not negative:
            raise ValueError("positive and negative are both empty; give at least one word or vector")
        total = np.zeros(self.vector_size, np.float64)
        asked = set()
        for item, (key, weight) in _weighted(positive, negative):
            if isinstance(key, np.ndarray):
                if key.shape != total.shape:
                    raise ValueError(f"a query vector has shape {key.shape}, but must have {total.shape}")
                total += weight * key
            elif is_key(key):
                row = self.get_index(key)
                asked.add(row)
                total += weight * unit(self._vectors[row])
            else:
                raise TypeError(f"a query must be of words, vectors and (word, weight) pairs, not of {short(item)}")
        if not np.isfinite(total).all():
            raise ValueError("the query's vector holds NaN or infinity, to which nothing is similar; leave it out")
        return unit(total), asked

    def similar_by_word(self, word: str, topn: int = 10, restrict_vocab: int | None = None) -> Found:
        """most_similar(positive=[word])."""
        return self.most_similar([word], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_key(self, key: Key, topn: int = 10, restrict_vocab: int | None = None) -> Found:
        """most_similar(positive=[key])."""
        return self.most_similar([key], topn=topn, restrict_vocab=restrict_vocab)

    def similar_by_vector(self, vector: Vector, topn: int = 10, restrict_vocab: int | None = None) -> Found:
        """most_similar(positive=[vector])."""
        return self.most_similar([np.asarray(vector)], topn=topn, restrict_vocab=restrict_vocab)

    def relative_cosine_similarity(self, wa: Key, wb: Key, topn: int = 10) -> float:
        """similarity(wa, wb) / the sum of the similarities of wa's `topn` nearest words (Leeuwenberg et al. 2016)."""
        nearest_ones = self.similar_by_key(wa, topn)
        if not nearest_ones:
            raise ValueError(f"{short(wa)} has no {topn} nearest words to compare with; topn must be at least 1")
        return self.similarity(wa, wb) / sum(score for _, score in nearest_ones)

    def most_similar_cosmul(
        self,
        positive: Query | None = None,
        negative: Query | None = None,
        topn: int | None = 10,
        restrict_vocab: int | None = None,
    ) -> Found | Vector:
        """The words x with the largest product of (1 + cos(x, p)) / 2 over `positive`, divided by that over `negative`.

        3CosMul of Levy and Goldberg (2014), which lets no single large cosine decide. Words, vectors and lists of them
        as in `most_similar`, without weights; with topn=None the products for every word considered.
        """
        if topn is not None and as_index(topn) < 1:
            return []
        start, end = self._clipped(0, None, restrict_vocab)
        asked: set[int] = set()
        sides = []
        for items in (_as_list(positive), _as_list(negative)):
            directions = [self._mean([item], []) for item in items]
            asked = asked.union(*(rows for _, rows in directions))
            cosines = self._cosines(np.array([d for d, _ in directions]).reshape(-1, self.vector_size), start, end)
            sides.append(((1 + cosines) / 2).prod(axis=0, dtype=np.float32))
        if not _as_list(positive) and not _as_list(negative):
            raise ValueError("positive and negative are both empty; give at least one word or vector")
        values: Vector = sides[0] / (sides[1] + np.float32(COSMUL_FLOOR))
        return values if topn is None else self._best(values, np.ones_like(values), topn, asked, start)

    # Many at once

    def most_similar_batch(
        self,
        queries: Iterable[Any] | NDArray[Any],
        topn: int = 10,
        clip_start: int = 0,
        clip_end: int | None = None,
        restrict_vocab: int | None = None,
        workers: int | None = None,
    ) -> list[Found]:
        """What `most_similar` answers to each of many queries, by matrix products on all cores.

        queries: each a word, a vector, a list as for `positive`, or {"positive": ..., "negative": ...}; or an array of
        vectors (n, vector_size). workers: threads, None for all cores this process may use.
        """
        if topn is None:
            raise TypeError(
                "topn is None, but must be a number of words; most_similar(query, topn=None) gives all cosines"
            )
        if isinstance(queries, str):
            raise TypeError(
                f"queries is {short(queries)}, but must be a list of queries; most_similar takes a single one"
            )
        if isinstance(queries, np.ndarray) and queries.ndim != 2 and queries.dtype.kind == "f":
            raise ValueError(f"queries has shape {queries.shape}, but must be (n, {self.vector_size})")
        start, end = self._clipped(clip_start, clip_end, restrict_vocab)
        means, asked = [], []
        for query in queries:
            sides = query if isinstance(query, Mapping) else {"positive": query}
            if unknown := set(sides) - {"positive", "negative"}:
                raise TypeError(
                    f"a query has the key {short(unknown.pop())}, but may have 'positive' and 'negative' only"
                )
            mean, rows = self._mean(_as_list(sides.get("positive")), _as_list(sides.get("negative")))
            means.append(mean)
            asked.append(rows)
        if not means or topn < 1:
            return [[] for _ in means]
        return self._many(np.array(means), asked, as_index(topn), start, end, workers)

    def _many(
        self, means: Vector, asked: list[set[int]], topn: int, start: int, end: int, workers: int | None
    ) -> list[Found]:
        excluded = np.full((len(asked), max(map(len, asked))), -1, np.int64)
        for query, rows in enumerate(asked):
            excluded[query, : len(rows)] = list(rows)
        most = min(topn, max(0, end - start))
        found, scores = nearest(
            self._vectors, self._scales, means, most, start=start, stop=end, excluded=excluded, workers=workers
        )
        return [
            [(self._word(row), score) for row, score in zip(*answer, strict=True) if row >= 0]
            for answer in zip(found.tolist(), scores.tolist(), strict=True)
        ]

    def knn_graph(
        self, k: int = 10, restrict_vocab: int | None = None, workers: int | None = None
    ) -> tuple[NDArray[np.int64], Vector]:
        """The `k` nearest other words of every word: rows and cosines, (words, k) each, nearest first; fewer columns
        where there are fewer others.

        restrict_vocab: of so many words from the top of the vocabulary, among themselves. Exact, so it takes words**2 *
        vector_size * 2 operations.
        """
        start, end = self._clipped(0, None, restrict_vocab)
        if as_index(k) < 1:
            raise ValueError(f"k is {k}, but must be at least 1")
        k = min(as_index(k), max(0, end - 1))
        rows = np.empty((end, k), np.int64)
        scores = np.empty(rows.shape, np.float32)
        for first in range(start, end, GRAPH_ROWS):
            some = slice(first, min(first + GRAPH_ROWS, end))
            itself = np.arange(some.start, some.stop)[:, None]
            rows[some], scores[some] = nearest(
                self._vectors, self._scales, self._vectors[some], k, stop=end, excluded=itself, workers=workers
            )
        return rows, scores


def _as_list(items: Query | None) -> list[Any]:
    """A query as a list of its items: a single word or vector is a list of one."""
    if items is None:
        return []
    if is_key(items) or (isinstance(items, np.ndarray) and items.ndim == 1):
        return [items]
    return list(items)  # type: ignore[arg-type]


def _weighted(positive: list[Any], negative: list[Any]) -> Iterable[tuple[Any, tuple[Any, float]]]:
    """Each item as it was given, and its word or vector with its weight."""
    for sign, items in ((1.0, positive), (-1.0, negative)):
        for item in items:
            is_pair = isinstance(item, (tuple, list))
            if is_pair and len(item) != 2:
                raise TypeError(f"a weighted item of a query must be a (word, weight) pair, not {short(item)}")
            if is_pair and (isinstance(item[1], bool) or not isinstance(item[1], (int, float, np.number))):
                raise TypeError(
                    f"the weight of {short(item)} in a query must be a number; a list of words needs no pairs: "
                    "['king', 'queen']"
                )
            yield item, (item[0], item[1]) if is_pair else (item, sign)
