"""Words and one vector for each: look-up, norms, attributes. Under gensim 4's names.

What changes a table stands in changing_table.py, queries in similarities.py and queries.py, files in keyed_vectors.py,
all above this module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fastw2v.cosine import lengths, ratio, unit
from fastw2v.gensim_names import VECTORS, renamed
from fastw2v.packed_words import PackedWords
from fastw2v.short import short
from fastw2v.unknown_word import UnknownWordError

__all__ = ["Array", "Key", "Vector", "WordTable", "index_of"]

Vector = NDArray[np.float32]
Array = NDArray[Any]
Key = str | int | np.integer[Any]

COUNT = "count"
# A vocabulary that can look words up in the file it came from is turned into a dict, which takes as long as many
# look-ups, only when a share of it was asked for.
LOOKUPS_SHARE = 32


class WordTable:
    """A vocabulary and one row of numbers for each of its words: see keyed_vectors.KeyedVectors."""

    _norms: Vector | None
    _inverse: Vector | None
    _norms_unseen: bool  # whether they came with a file, and were not looked at yet

    def __init__(
        self,
        words: Sequence[str] | int = (),
        vectors: ArrayLike | None = None,
        counts: ArrayLike | None = None,
        *,
        vector_size: int | None = None,
        dtype: DTypeLike | None = None,
        norms: Vector | None = None,
        attributes: Mapping[str, Array] | None = None,
        count: int = 0,
        mapfile_path: None = None,
    ) -> None:
        if isinstance(words, (int, np.integer)):
            # gensim's KeyedVectors(vector_size, count, dtype): a table that is still empty
            vector_size, words, vectors, dtype, counts = words, (), None, dtype or counts, None  # type: ignore[assignment]
        self._packed = words if isinstance(words, PackedWords) else None
        self._keys: list[str] | None = None if self._packed is not None else list(words)
        self._index: dict[str, int] | None = None
        self._looked_up = 0
        self._size = len(words)
        if vectors is None:
            vectors = np.zeros((self._size, 0 if vector_size is None else vector_size), dtype or np.float32)
        self.vectors = np.asarray(vectors, dtype)
        self.expandos: dict[str, Array] = {}
        if counts is not None:
            self.expandos[COUNT] = self._attribute("counts", np.ascontiguousarray(counts, dtype=np.int64))
        for name, values in (attributes or {}).items():
            self.expandos[name] = self._attribute(name, values)
        if norms is not None:
            if norms.dtype != np.float32:
                raise ValueError(f"norms must be float32, not {norms.dtype}")
            self._norms, self._norms_unseen = self._attribute("norms", norms), True
        if self._keys is not None:
            self._index = index_of(self._keys)

    def _attribute(self, name: str, values: Array) -> Array:
        if values.shape != (self._size,):
            raise ValueError(f"{name} has shape {values.shape}, but there are {self._size} words")
        return values

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} words, {self.vector_size} dimensions>"

    if not TYPE_CHECKING:  # else every attribute would be one

        def __getattr__(self, name: str) -> NoReturn:
            raise AttributeError(renamed(type(self).__name__, name, VECTORS))

    # Words

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
            self._index = index_of(self.index_to_key, "" if self._packed is None else self._packed.source)
        return self._index

    @property
    def words(self) -> Sequence[str]:
        """The words in the form that costs least to write to a file: packed as long as they were never decoded."""
        return self.index_to_key if self._packed is None or self._keys is not None else self._packed

    def _word(self, row: int) -> str:
        """The word of one row, without decoding the others."""
        return self.words[row]

    def __len__(self) -> int:
        return self._size

    def __contains__(self, key: object) -> bool:
        return self._find(key) >= 0

    def has_index_for(self, key: Key) -> bool:
        """Whether `key` has a vector."""
        return self._find(key) >= 0

    def _find(self, key: object) -> int:
        """The row of a word or of a row number, -1 if there is none."""
        if isinstance(key, str):
            if self._index is None and self._packed is not None:
                self._looked_up += 1
                if self._looked_up * LOOKUPS_SHARE <= self._size:
                    return self._packed.find(key)
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
        raise UnknownWordError(key, self.words)

    # What is known of a word besides its vector

    @property
    def counts(self) -> NDArray[np.int64] | None:
        """How often each word was seen, or None if that is not known."""
        return self.expandos.get(COUNT)

    def get_vecattr(self, key: Key, attr: str) -> Any:
        """What is stored of a word under the name `attr`: its "count", or what set_vecattr put there."""
        values = self.expandos.get(attr)
        if values is None:
            known = ", ".join(map(repr, self.expandos)) or "nothing, as its file held vectors alone"
            raise KeyError(f"there is no attribute {short(attr)} of a word; stored is {known}")
        value = values[self.get_index(key)]
        return value.item() if isinstance(value, np.generic) else value

    # Vectors

    @property
    def vectors(self) -> Vector:
        """All vectors, (words, vector_size), C-contiguous: float32, or float16 where a file holds that; read-only if
        they are mapped from a file."""
        return self._vectors

    @vectors.setter
    def vectors(self, values: ArrayLike) -> None:
        given = np.asarray(values)
        matrix = np.ascontiguousarray(given, dtype=np.float16 if given.dtype == np.float16 else np.float32)
        if matrix.ndim != 2 or len(matrix) != self._size:
            raise ValueError(f"vectors has shape {matrix.shape}, but must have one row for each of {self._size} words")
        self._vectors: Vector = matrix  # type: ignore[assignment]
        self.forget_norms()

    @property
    def vector_size(self) -> int:
        """How many numbers each vector has."""
        return int(self._vectors.shape[1])

    @property
    def norms(self) -> Vector:
        """The Euclidean length of each vector, computed once: see `fill_norms`."""
        norms = self._norms
        if norms is not None and self._norms_unseen and not (np.isfinite(norms) & (norms >= 0)).all():
            norms = None  # of a file that is damaged, or of vectors that are not finite
        self._norms_unseen = False
        if norms is None:
            norms = self._norms = lengths(self._vectors)
        return norms

    @property
    def known_norms(self) -> Vector | None:
        """The norms if they came with a file or were computed, else None."""
        return self._norms

    @property
    def _scales(self) -> Vector:
        """1 / norms, and 0 for vectors of zeros."""
        scales = self._inverse
        if scales is None:
            scales = self._inverse = ratio(np.ones_like(self.norms), self.norms)
        return scales

    def lend_rows(self, rows: Vector) -> None:
        """Takes (words, vector_size) rows that lie apart in memory as they are, for as long as they are being trained:
        `vectors` is then a view of them that is not contiguous."""
        self._vectors = rows
        self.forget_norms()

    def forget_norms(self) -> None:
        """For vectors that were changed in place: their norms are computed anew when they are asked for."""
        self._norms = None
        self._inverse = None
        self._norms_unseen = False

    def fill_norms(self, force: bool = False) -> None:
        """Compute the norms that queries use, if that was not done; `force` after `vectors` was changed in place."""
        if force:
            self.forget_norms()
        _ = self._scales

    def get_normed_vectors(self) -> Vector:
        """A new array of all vectors scaled to length 1, (words, vector_size) float32; zeros stay zeros."""
        return np.multiply(self._vectors, self._scales[:, None], dtype=np.float32)

    @overload
    def __getitem__(self, key_or_keys: Key) -> Vector: ...
    @overload
    def __getitem__(self, key_or_keys: Sequence[Key]) -> Vector: ...
    def __getitem__(self, key_or_keys: Key | Sequence[Key]) -> Vector:
        """The vector of one word (a read-only view), or a new array with one row for each word of a list."""
        if isinstance(key_or_keys, (str, int, np.integer)):
            return self.get_vector(key_or_keys)
        rows = [self.get_index(key) for key in key_or_keys]
        return self._vectors[np.array(rows, dtype=np.intp)].astype(np.float32, copy=False)

    def get_vector(self, key: Key, norm: bool = False) -> Vector:
        """The float32 vector of `key` as a read-only view; `norm`: a new array scaled to length 1."""
        row = self.get_index(key)
        if norm:
            return unit(self._vectors[row])
        vector: Vector = self._vectors[row].astype(np.float32, copy=False)
        vector.flags.writeable = False
        return vector


def index_of(words: list[str], source: str = "") -> dict[str, int]:
    """The row of each word; ValueError names one that stands twice, and the file `source` it came from."""
    index = {word: row for row, word in enumerate(words)}
    if len(index) != len(words):
        row = next(row for row, word in enumerate(words) if index[word] != row)
        place = f"{source}: " if source else ""
        raise ValueError(
            f"{place}the word {short(words[row])} stands in rows {row} and {index[words[row]]}; keep one of them"
        )
    return index
