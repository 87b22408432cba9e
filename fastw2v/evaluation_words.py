"""What every evaluation asks of a model: which of its words are looked at, by what spelling, and their unit vectors.

The tests themselves stand in word_pairs.py, analogies.py, categories.py and outliers.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import repeat
from operator import index as as_index
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastw2v.queries import Queries
from fastw2v.short import short
from fastw2v.word_table import Vector

__all__ = ["RESTRICT_VOCAB", "UNKNOWN", "KnownWords", "method_of"]

RESTRICT_VOCAB = 300_000  # words from the top of the vocabulary that are looked at, unless told otherwise
UNKNOWN = -1  # the row of a word that is not among them


class KnownWords:
    """The first `restrict_vocab` words of `vectors` (None: all), found by their spelling.

    With `case_insensitive` spellings are compared in upper case, and of words that differ only in case the first one,
    by custom the most frequent, is taken.
    """

    def __init__(
        self, vectors: Queries, restrict_vocab: int | None = RESTRICT_VOCAB, case_insensitive: bool = True
    ) -> None:
        if restrict_vocab is not None and as_index(restrict_vocab) < 1:
            raise ValueError(f"restrict_vocab is {restrict_vocab}, but must be at least 1; None looks at all words")
        self.vectors = vectors
        # The spelling by which a word is found.
        self.key: Callable[[str], str] = str.upper if case_insensitive else str
        self.words = vectors.index_to_key[:restrict_vocab]
        self._keys = list(map(self.key, self.words))
        # Backwards, so that of equal keys the first row stays.
        self._rows = dict(zip(reversed(self._keys), range(len(self._keys) - 1, -1, -1), strict=True))

    def __len__(self) -> int:
        return len(self.words)

    def rows(self, words: Iterable[str]) -> NDArray[np.int64]:
        """The row of each word, UNKNOWN for one that is not looked at."""
        return np.fromiter(map(self._rows.get, map(self.key, words), repeat(UNKNOWN)), np.int64)

    @cached_property
    def first_rows(self) -> NDArray[np.int64]:
        """For each row the first one that is spelled the same: itself, but for variants in case."""
        return np.fromiter(map(self._rows.__getitem__, self._keys), np.int64, len(self._keys))

    def units(self, rows: NDArray[np.int64] | slice) -> Vector:
        """Vectors scaled to length 1, (rows, vector_size); one that is all zeros or not finite becomes all zeros."""
        chosen = self.vectors.vectors[rows].astype(np.float32)
        norms = self.vectors.norms[rows].astype(np.float32)
        is_usable = (norms > 0) & np.isfinite(norms)
        chosen[~is_usable] = 0
        norms[~is_usable] = 1
        chosen /= norms[:, None]
        return chosen


def method_of(vectors: Queries, name: str) -> Callable[..., Any]:
    """A method of the vectors by name; ValueError if there is none."""
    found: Callable[..., Any] | None = getattr(vectors, name, None)
    if found is None or not callable(found):
        raise ValueError(
            f"similarity_function is {short(name)}, but {type(vectors).__name__} has no method of that name"
        )
    return found
