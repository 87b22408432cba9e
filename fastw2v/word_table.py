"""Words and one vector for each: look-up, norms, attributes. Under gensim 4's names.

Queries stand in queries.py, files in keyed_vectors.py, above this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastw2v.cosine import unit
from fastw2v.packed_words import PackedWords
from fastw2v.unknown_word import UnknownWordError

__all__ = ["Key", "Vector", "WordTable"]

Vector = NDArray[np.float32]
Key = str | int | np.integer[Any]


class WordTable:
    """A vocabulary and one float32 row for each of its words: see keyed_vectors.KeyedVectors."""

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
        return f"<{type(self).__name__}: {len(self)} words, {self.vector_size} dimensions>"

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


def _index_of(words: list[str]) -> dict[str, int]:
    index = {word: row for row, word in enumerate(words)}
    if len(index) != len(words):
        row = next(row for row, word in enumerate(words) if index[word] != row)
        raise ValueError(f"the word {words[row]!r} stands in rows {row} and {index[words[row]]}; keep one of them")
    return index
