"""Words and their vectors: lookup and similarity queries, under gensim 4's names.

Nothing here trains. Reading and writing stand in formats.py, above this module, and are imported only when a vector
file is actually read or written.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from operator import index as as_index
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastw2v.cosine import largest, ratio, unit
from fastw2v.packed_words import PackedWords
from fastw2v.unknown_word import UnknownWordError

__all__ = ["KeyedVectors"]

Vector = NDArray[np.float32]
Key = str | int | np.integer[Any]
Query = Key | Vector | Sequence[Any]


class KeyedVectors:
    """A vocabulary and one float32 row for each of its words.

    Parameters
    ----------
    words: distinct words, by custom the most frequent first; a PackedWords is decoded only when words are asked for.
    vectors: (words, vector_size) numbers; a C-contiguous float32 array is taken as it is, anything else is converted.
    counts: how often each word was seen, if known.

    Norms are computed once and kept. Assigning `vectors` forgets them; after changing rows of `vectors` in place, call
    `fill_norms(force=True)`.
    """

    def __init__(self, words: Sequence[str], vectors: ArrayLike, counts: ArrayLike | None = None) -> None:
        self._packed = words if isinstance(words, PackedWords) else None
        self._keys: list[str] | None = None if self._packed is not None else list(words)
        self._index: dict[str, int] | None = None
        self._size = len(words)
        self.vectors = vectors
        self._counts = None if counts is None else np.ascontiguousarray(counts, dtype=np.int64)
        if self._counts is not None and self._counts.shape != (self._size,):
            raise ValueError(f"counts has shape {self._counts.shape}, but there are {self._size} words")
        if self._keys is not None:
            self._index = _index_of(self._keys)

    def __repr__(self) -> str:
        return f"<KeyedVectors: {len(self)} words, {self.vector_size} dimensions>"

    # Vocabulary

    @property
    def index_to_key(self) -> list[str]:
        """All words in the order of the rows."""
        if self._keys is None:
            assert self._packed is not None
            self._keys = self._packed.to_list()
        return self._keys

    @property
    def key_to_index(self) -> dict[str, int]:
        """The row of each word."""
        if self._index is None:
            self._index = _index_of(self.index_to_key)
        return self._index

    @property
    def words(self) -> Sequence[str]:
        """The words in the form that costs least to write to a file: packed as long as they were never decoded."""
        return self.index_to_key if self._packed is None or self._keys is not None else self._packed

    @property
    def counts(self) -> NDArray[np.int64] | None:
        """How often each word was seen, or None if that is not known."""
        return self._counts

    def __len__(self) -> int:
        return self._size

    def __contains__(self, key: object) -> bool:
        return self._find(key) >= 0

    def _find(self, key: object) -> int:
        """The row of a word or of a row number, -1 if there is none."""
        if isinstance(key, str):
            return self.key_to_index.get(key, -1)
        if isinstance(key, (int, np.integer)) and 0 <= key < self._size:
            return int(key)
        return -1

    def get_index(self, key: Key, default: int | None = None) -> int:
        """The row of `key`; `default` for an unknown one, or KeyError with the nearest known spellings."""
        found = self._find(key)
        if found >= 0:
            return found
        if default is not None:
            return default
        raise UnknownWordError(key, self.key_to_index)

    def get_vecattr(self, key: Key, attr: str) -> int:
        """What is known of a word besides its vector: `attr` can be "count"."""
        if attr != "count" or self._counts is None:
            known = "only 'count'" if self._counts is not None else "nothing, as its file held vectors alone"
            raise KeyError(f"there is no attribute {attr!r}: {known} is stored for each word")
        return int(self._counts[self.get_index(key)])

    # Vectors

    @property
    def vectors(self) -> Vector:
        """All vectors, (words, vector_size), float32, C-contiguous; read-only if they are mapped from a file."""
        return self._vectors

    @vectors.setter
    def vectors(self, values: ArrayLike) -> None:
        matrix = np.ascontiguousarray(values, dtype=np.float32)
        if matrix.ndim != 2 or len(matrix) != self._size:
            raise ValueError(f"vectors has shape {matrix.shape}, but must have one row for each of {self._size} words")
        self._vectors: Vector = matrix
        self._norms: Vector | None = None

    @property
    def vector_size(self) -> int:
        """How many numbers each vector has."""
        return int(self._vectors.shape[1])

    @property
    def norms(self) -> Vector:
        """The Euclidean length of each vector, computed once: see `fill_norms`."""
        norms = self._norms
        if norms is None:
            norms = self._norms = np.sqrt(np.einsum("ij,ij->i", self._vectors, self._vectors))
        return norms

    def fill_norms(self, force: bool = False) -> None:
        """Compute the norms that queries use, if that was not done; `force` after `vectors` was changed in place."""
        if force:
            self._norms = None
        _ = self.norms

    @overload
    def __getitem__(self, key_or_keys: Key) -> Vector: ...
    @overload
    def __getitem__(self, key_or_keys: Sequence[Key]) -> Vector: ...
    def __getitem__(self, key_or_keys: Key | Sequence[Key]) -> Vector:
        """The vector of one word (a read-only view), or a new array with one row for each word of a list."""
        if isinstance(key_or_keys, (str, int, np.integer)):
            return self.get_vector(key_or_keys)
        rows = [self.get_index(key) for key in key_or_keys]
        found: Vector = self._vectors[np.array(rows, dtype=np.intp)]
        return found

    def get_vector(self, key: Key, norm: bool = False) -> Vector:
        """The vector of `key` as a read-only view; `norm`: a new array scaled to length 1."""
        row = self.get_index(key)
        if norm:
            return unit(self._vectors[row])
        vector: Vector = self._vectors[row]
        vector.flags.writeable = False
        return vector

    # Queries

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

    # Files

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the vectors in the format that the suffix names: .safetensors, .txt or .vec, .bin, .npy.

        .safetensors keeps everything and opens at once; the others hold no counts.
        """
        from fastw2v.formats import save_vectors

        save_vectors(path, self.words, self._vectors, self._counts)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> KeyedVectors:
        """The vectors of a file in any of the formats of `save`, or of a whole model."""
        from fastw2v.formats import load_vectors

        return load_vectors(path)

    def save_word2vec_format(self, fname: str | os.PathLike[str], *, binary: bool = False) -> None:
        """Write word2vec's text or binary form, whatever the suffix of `fname`."""
        from fastw2v.formats import save_word2vec_binary, save_word2vec_text

        (save_word2vec_binary if binary else save_word2vec_text)(fname, self.words, self._vectors)

    @classmethod
    def load_word2vec_format(
        cls, fname: str | os.PathLike[str], *, binary: bool = False, unicode_errors: str = "strict"
    ) -> KeyedVectors:
        """The vectors of a file in word2vec's text or binary form, whatever its suffix."""
        from fastw2v.formats import load_word2vec_binary, load_word2vec_text

        return cls(*(load_word2vec_binary if binary else load_word2vec_text)(fname, errors=unicode_errors))


def _index_of(words: list[str]) -> dict[str, int]:
    index = {word: row for row, word in enumerate(words)}
    if len(index) != len(words):
        row = next(row for row, word in enumerate(words) if index[word] != row)
        raise ValueError(f"the word {words[row]!r} stands in rows {row} and {index[words[row]]}; keep one of them")
    return index


def _as_list(items: Query | None) -> list[Any]:
    """A query as a list of its items: a single word or vector is a list of one."""
    if items is None:
        return []
    if isinstance(items, (str, int, np.integer)) or (isinstance(items, np.ndarray) and items.ndim == 1):
        return [items]
    return list(items)
