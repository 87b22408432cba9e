"""Similarities of words and sets of words that the caller names, under gensim 4's names.

What searches the whole vocabulary stands in queries.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from fastw2v.cosine import lengths, ratio, unit, units
from fastw2v.short import short
from fastw2v.word_table import Array, Key, Vector, WordTable

__all__ = ["Similarities", "is_key"]

logger = logging.getLogger("fastw2v")


def is_key(item: object) -> bool:
    """Whether an item of a query is a word or a row number, rather than a vector or a list."""
    return isinstance(item, (str, int, np.integer))


class Similarities(WordTable):
    """A WordTable whose words can be compared. The cosine with a vector of zeros is 0."""

    # Two words

    def similarity(self, w1: Key, w2: Key) -> float:
        """The cosine of the angle between the vectors of two words: v . w / (|v| |w|)."""
        return float(np.dot(self.get_vector(w1, norm=True), self.get_vector(w2, norm=True)))

    def distance(self, w1: Key, w2: Key) -> float:
        """1 - similarity(w1, w2)."""
        return 1 - self.similarity(w1, w2)

    # One word and many

    @staticmethod
    def cosine_similarities(vector_1: ArrayLike, vectors_all: ArrayLike) -> Array:
        """The cosines between a vector (d,) and each row of (n, d): an array (n,)."""
        vector, rows = np.asarray(vector_1), np.asarray(vectors_all)
        if vector.ndim != 1 or rows.ndim != 2 or rows.shape[1] != len(vector):
            raise ValueError(f"the shapes are {vector.shape} and {rows.shape}, but must be (d,) and (n, d)")
        return ratio(rows.astype(np.float32, copy=False) @ unit(vector), lengths(rows))

    def distances(self, word_or_vector: Key | Vector, other_words: Sequence[Key] = ()) -> Vector:
        """1 - cosine of a word or vector with each of `other_words`, or with the whole vocabulary in its order."""
        if isinstance(other_words, str):
            raise TypeError(f"other_words is {short(other_words)}, but must be a list of words; distance compares two")
        vector = self.get_vector(word_or_vector) if is_key(word_or_vector) else np.asarray(word_or_vector)  # type: ignore[arg-type]
        if not len(other_words):
            everywhere: Vector = 1 - self._cosines(unit(vector)[None])[0]
            return everywhere
        others: Vector = 1 - self.cosine_similarities(vector, self[other_words])
        return others

    def _cosines(self, directions: Vector, start: int = 0, end: int | None = None) -> Vector:
        """The cosines (q, words) of unit vectors (q, d) with each row from `start` to `end`."""
        rows = self._vectors[start:end].astype(np.float32, copy=False)
        cosines: Vector = directions @ rows.T
        cosines *= self._scales[start:end]
        return cosines

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[Key]) -> Key:
        """The word of `keys_list` that is most similar to `key1`."""
        if not len(keys_list):
            raise ValueError("keys_list is empty; give at least one word")
        return keys_list[int(np.argmin(self.distances(key1, keys_list)))]

    def closer_than(self, key1: Key, key2: Key) -> list[str]:
        """All words that are closer to `key1` than `key2` is, in the order of the vocabulary."""
        first, second = self.get_index(key1), self.get_index(key2)
        cosines = self._cosines(unit(self._vectors[first])[None])[0]
        return [self._word(row) for row in np.flatnonzero(cosines > cosines[second]).tolist() if row != first]

    def rank(self, key1: Key, key2: Key) -> int:
        """The place of `key2` among the words by falling similarity to `key1`, the nearest having 1."""
        return len(self.closer_than(key1, key2)) + 1

    # Sets of words

    def get_mean_vector(
        self,
        keys: Sequence[Key | Vector] | Vector,
        weights: ArrayLike | None = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
        ignore_missing: bool = True,
    ) -> Vector:
        """sum_i w_i v_i / sum_i |w_i| over words and vectors: float32, (vector_size,).

        Parameters
        ----------
        keys: words, row numbers and vectors; or one array (n, vector_size).
        weights: a number for each; None: all 1.
        pre_normalize: scale the vectors of words to length 1 first; vectors are taken as given.
        post_normalize: scale the mean to length 1.
        ignore_missing: leave unknown words out; False: they are a KeyError.

        Raises ValueError for no keys at all, or a number of weights that does not fit.
        """
        if isinstance(keys, str) or (isinstance(keys, np.ndarray) and keys.ndim == 1 and keys.dtype.kind == "f"):
            raise TypeError(
                f"keys is {short(keys)}, but must be a list of words and vectors, or an array (n, vector_size)"
            )
        if len(keys) == 0:
            raise ValueError("keys is empty; a mean needs at least one word or vector")
        factors = np.ones(len(keys)) if weights is None else np.asarray(weights, dtype=np.float64)
        if factors.shape != (len(keys),):
            raise ValueError(f"weights has shape {factors.shape}, but must hold a number for each of {len(keys)} keys")
        total, weight = np.zeros(self.vector_size), 0.0
        for key, factor in zip(keys, factors.tolist(), strict=True):
            if is_key(key):
                row = self._find(key) if ignore_missing else self.get_index(key)
                if row < 0:
                    continue
                vector: Array = unit(self._vectors[row]) if pre_normalize else self._vectors[row]
            else:
                vector = np.asarray(key)
                if vector.shape != total.shape:
                    raise ValueError(f"a vector has shape {vector.shape}, but must have {total.shape}")
            total += factor * vector
            weight += abs(factor)
        if weight > 0:
            total /= weight
        return unit(total) if post_normalize else total.astype(np.float32)

    def n_similarity(self, ws1: Sequence[Key], ws2: Sequence[Key]) -> float:
        """The cosine between the mean vectors of two sets of words; unknown ones are left out.

        Raises ZeroDivisionError, as gensim does, for an empty set.
        """
        if not len(ws1) or not len(ws2):
            raise ZeroDivisionError("a set of words is empty; give at least one word on each side")
        first, second = (unit(self.get_mean_vector(words, pre_normalize=False)) for words in (ws1, ws2))
        return float(np.dot(first, second))

    def rank_by_centrality(self, words: Sequence[Key], use_norm: bool = True) -> list[tuple[float, Key]]:
        """(cosine with the mean of all, word) of each word, the most central first; unknown words are left out.

        `use_norm`: of vectors scaled to length 1; False: products of the vectors as they are.
        """
        known = [word for word in words if word in self]
        if len(known) < len(words):
            logger.warning("unknown words are left out: %s", ", ".join(repr(w) for w in words if w not in self))
        if not known:
            raise ValueError(f"of the {len(words)} words given, none is in the vocabulary")
        vectors = self[known]
        if use_norm:
            vectors = units(vectors)
        mean = unit(vectors.mean(axis=0, dtype=np.float64))
        return sorted(zip((vectors @ mean).tolist(), known, strict=True), reverse=True)

    def doesnt_match(self, words: Sequence[Key]) -> Key:
        """The word of the list that is farthest from the mean of all."""
        return self.rank_by_centrality(words)[-1][1]

    def wmdistance(self, document1: Iterable[str], document2: Iterable[str], norm: bool = True) -> float:
        """The word mover's distance of two documents (Kusner et al. 2015): see fastw2v.transport; needs the extra
        `wmd`. `norm`: between vectors scaled to length 1."""
        from fastw2v.transport import wmdistance

        return wmdistance(self, document1, document2, norm)
