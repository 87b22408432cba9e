"""What changes a table of words: vectors and attributes set, added, put into another order, chosen for a new table.

Look-up stands in word_table.py. Under gensim 4's names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastw2v.short import short
from fastw2v.word_table import COUNT, Array, Key, WordTable, index_of

__all__ = ["ChangingTable"]

Self = TypeVar("Self", bound="ChangingTable")


class ChangingTable(WordTable):
    """A WordTable that can be changed. Vectors that are mapped from a file are copied before the first change."""

    # Vectors

    def add_vector(self, key: str, vector: ArrayLike) -> int:
        """Sets or appends one vector and returns its row. Many at once cost far less: see `add_vectors`."""
        self.add_vectors([key], np.asarray(vector).reshape(1, -1), replace=True)
        return self.key_to_index[key]

    def add_vectors(
        self,
        keys: str | Sequence[str],
        weights: ArrayLike,
        extras: Mapping[str, ArrayLike] | None = None,
        replace: bool = False,
    ) -> None:
        """Appends words that are new, with their vectors; the vectors of known ones change only with `replace`.

        Parameters
        ----------
        keys: one word or n distinct ones.
        weights: (n, vector_size) numbers; for an empty table of vector_size 0 they decide it.
        extras: attributes by name, n values each; see `set_vecattr`. Words without one get 0.

        Raises ValueError for shapes that do not fit or a word that stands twice, TypeError for a word that is no str.
        """
        keys = [keys] if isinstance(keys, str) else list(keys)
        for key in keys:
            if not isinstance(key, str):
                raise TypeError(f"words must be str, not {short(key)}")
        index_of(keys)
        rows = _rows_of(weights, len(keys), self.vector_size)
        width = rows.shape[1]
        extra = {name: np.asarray(values) for name, values in (extras or {}).items()}
        for name, values in extra.items():
            if values.shape != (len(keys),):
                raise ValueError(f"extras[{name!r}] has shape {values.shape}, but there are {len(keys)} words")
        places = np.array([self.key_to_index.get(key, -1) for key in keys], np.intp)
        is_new = places < 0
        self._append([key for key, new in zip(keys, is_new.tolist(), strict=True) if new], rows[is_new], width)
        places[is_new] = np.arange(self._size - int(is_new.sum()), self._size)
        changed = np.ones_like(is_new) if replace else is_new
        self._writeable_vectors()[places[changed]] = rows[changed]
        for name, values in extra.items():
            self._room_for(name, values.dtype)[places[changed]] = values[changed]
        self.forget_norms()

    def _append(self, words: list[str], rows: Array, width: int) -> None:
        if not words and width == self.vector_size:
            return
        index, keys = self.key_to_index, self.index_to_key
        index.update(zip(words, range(len(keys), len(keys) + len(words)), strict=True))
        keys.extend(words)
        old = self._vectors if self.vector_size == width else np.zeros((self._size, width), np.float32)
        self._size = len(keys)
        self.vectors = np.concatenate([old, rows.astype(old.dtype)])
        for name, values in self.expandos.items():
            self.expandos[name] = np.concatenate([values, np.zeros(len(words), values.dtype)])

    def _writeable_vectors(self) -> Array:
        if not self._vectors.flags.writeable:
            self._vectors = self._vectors.copy()
        return self._vectors

    def __setitem__(self, keys: Key | Sequence[str], weights: ArrayLike) -> None:
        """Sets the vector of a word or a row number, or the vectors of a list of words; new words are appended."""
        if isinstance(keys, (int, np.integer)):
            keys = self.index_to_key[self.get_index(keys)]
        if isinstance(keys, str):
            keys, weights = [keys], np.asarray(weights).reshape(1, -1)
        self.add_vectors(keys, weights, replace=True)

    def unit_normalize_all(self) -> None:
        """Scales every vector to length 1, in place; the original lengths are gone."""
        self.vectors = self.get_normed_vectors().astype(self._vectors.dtype, copy=False)

    # Attributes

    def set_vecattr(self, key: Key, attr: str, val: Any) -> None:
        """Stores a value of a word under the name `attr`: numbers as numbers, anything else as an object.

        The words that have none get 0 (None for objects). Files keep numbers only.
        """
        row = self.get_index(key)
        kind = np.asarray(val).dtype
        self._room_for(attr, kind if kind.kind in "biuf" and np.ndim(val) == 0 else np.dtype(object))[row] = val

    def _room_for(self, attr: str, kind: np.dtype[Any]) -> Array:
        """The attribute's array, that can be written and holds values of `kind`."""
        values = self.expandos.get(attr)
        if values is None:
            values = np.zeros(self._size, np.int64 if attr == COUNT else kind)
            if kind.hasobject:
                values[:] = None
        elif kind != values.dtype and not np.can_cast(kind, values.dtype):
            values = values.astype(np.promote_types(values.dtype, kind))
        elif not values.flags.writeable:
            values = values.copy()
        self.expandos[attr] = values
        return values

    # Order and choice

    def sort_by_descending_frequency(self) -> None:
        """Puts words, vectors and attributes into the order of falling "count"; words equally frequent keep theirs."""
        counts = self.counts
        if counts is None:
            raise ValueError("how often each word was seen is not known; set_vecattr(word, 'count', n) for each first")
        order = np.argsort(-counts, kind="stable")
        if (order[1:] > order[:-1]).all():
            return
        keys = self.index_to_key
        self._keys = [keys[row] for row in order.tolist()]
        self._index = index_of(self._keys)
        self.expandos = {name: values[order] for name, values in self.expandos.items()}
        self.vectors = self._vectors[order]

    def vectors_for_all(
        self: Self, keys: Iterable[str], allow_inference: bool = True, copy_vecattrs: bool = False
    ) -> Self:
        """A new table of those of `keys` that have a vector here, each once, in the order of `keys`.

        `copy_vecattrs`: with their attributes. `allow_inference` is there for programs written for gensim: no vector
        is inferred here for an unknown word.
        """
        rows = {key: row for key in keys if (row := self._find(key)) >= 0}
        places = np.fromiter(rows.values(), np.intp, len(rows))
        chosen = {name: values[places] for name, values in self.expandos.items()} if copy_vecattrs else {}
        return type(self)([self._word(row) for row in rows.values()], self._vectors[places], attributes=chosen)


def _rows_of(weights: ArrayLike, count: int, width: int) -> NDArray[np.float32]:
    """The weights as (count, width) float32, a single row also as (width,); a width of 0 is not known yet."""
    if not count:
        return np.empty((0, width), np.float32)
    wanted = f"({count}, {width or 'vector_size'})"
    try:
        rows = np.asarray(weights, dtype=np.float32)
    except (TypeError, ValueError):
        raise ValueError(f"weights is {short(weights)}, but must be numbers of shape {wanted}") from None
    if rows.ndim == 1 and count == 1:
        rows = rows[None]
    if rows.ndim != 2 or len(rows) != count or rows.shape[1] != (width or rows.shape[1]) or not rows.size:
        raise ValueError(f"weights has shape {np.shape(weights)}, but must be {wanted}")
    return rows
