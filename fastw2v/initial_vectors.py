"""Vectors that words begin with, instead of random ones: found by word in files, tables, mappings, or given as rows.

Which words there are is the vocabulary's business; nothing is trained or frozen here.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["InitialVectors"]

logger = logging.getLogger("fastw2v")

Matrix = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]

KINDS = (
    "a file of vectors, a KeyedVectors or a model, a mapping from words to vectors, or a NumPy array of a row for each "
    "word of the vocabulary"
)


class InitialVectors:
    """Vectors for words, all of one width.

    Parameters
    ----------
    source: a path of any file that load_vectors reads; a KeyedVectors, also gensim's, or a model with such in `wv`; a
        mapping from words to vectors; or an array of shape (words, width), whose rows are in the vocabulary's order.
    width: numbers in each vector, the model's vector_size.

    Raises
    ------
    TypeError: another kind of source. OSError, ValueError: a file that cannot be read. ValueError: another width. Of a
    file little more than the beginning is read here.
    """

    def __init__(self, source: Any, width: int) -> None:
        self.width = width
        self.source = getattr(source, "wv", source)
        if isinstance(self.source, (str, os.PathLike)):
            self.name = os.fspath(self.source)
            self._check_width(_load(self.source, limit=1).vector_size)
        elif _is_table(self.source):
            self.name = f"init_vectors ({type(self.source).__name__})"
            self._check_width(self.source.vectors.shape[1])
        elif isinstance(self.source, Mapping):
            self.name = f"init_vectors ({type(self.source).__name__})"
        elif isinstance(self.source, np.ndarray):
            self.name = "init_vectors (array)"
            if self.source.ndim != 2 or self.source.dtype.kind not in "fiu":
                raise ValueError(
                    f"init_vectors is an array of {self.source.dtype} of shape {self.source.shape}, but must hold "
                    f"numbers, (words, {width})"
                )
            self._check_width(self.source.shape[1])
        else:
            raise TypeError(f"init_vectors must be {KINDS}, not {type(source).__name__}")

    @classmethod
    def of(cls, source: Any, width: int) -> InitialVectors:
        """The source itself if it is one of these already."""
        return source if isinstance(source, cls) else cls(source, width)

    def put(self, words: Sequence[str], vectors: Matrix) -> Rows:
        """Writes the vectors of those words that have one here into their rows of `vectors`, (words, width).

        Returns the rows. ValueError where no word has one, or a vector has another width or is not finite.
        """
        rows, found = self._find(words)
        if not len(rows):
            raise ValueError(
                f"none of the {len(words)} words of the vocabulary has a vector in {self.name}; give vectors of the "
                "text's language, their words written in the same way (upper and lower case differ)"
            )
        self._check_width(found.shape[1])
        with np.errstate(over="ignore"):  # becomes infinite, and is told below
            numbers = np.asarray(found, np.float32)
        is_finite = np.isfinite(numbers).all(axis=1)
        if not is_finite.all():
            word = words[int(rows[int(np.argmin(is_finite))])]
            raise ValueError(
                f"the vector of {word!r} in {self.name} holds a number that is not finite as float32; leave the word "
                "out, or give it another vector"
            )
        vectors[rows] = numbers
        logger.info("%d of %d words begin with vectors of %s", len(rows), len(words), self.name)
        return rows

    def _find(self, words: Sequence[str]) -> tuple[Rows, npt.NDArray[Any]]:
        """The rows of words that have a vector here, and these."""
        source = self.source
        if isinstance(source, np.ndarray):
            if len(source) != len(words):
                raise ValueError(
                    f"init_vectors has {len(source)} rows, but the vocabulary has {len(words)} words; give a row for "
                    "each, in the order of Corpus(source).vocabulary.index_to_key, or a mapping from words to vectors"
                )
            return np.arange(len(words)), source
        if isinstance(source, Mapping):
            rows = [row for row, word in enumerate(words) if word in source]
            return np.array(rows, np.intp), self._stacked([words[row] for row in rows])
        if not _is_table(source):
            source = _load(source, keys=words)
        places = np.fromiter((source.get_index(word, -1) for word in words), np.intp, len(words))
        rows_found = np.flatnonzero(places >= 0)
        return rows_found, source.vectors[places[rows_found]]

    def _stacked(self, words: Sequence[str]) -> npt.NDArray[Any]:
        found = np.empty((len(words), self.width), np.float64)
        for row, word in enumerate(words):
            vector = np.asarray(self.source[word])
            if vector.ndim != 1 or vector.dtype.kind not in "fiu":
                raise ValueError(
                    f"the vector of {word!r} in {self.name} is {vector.dtype} of shape {vector.shape}, but must be "
                    f"{self.width} numbers"
                )
            self._check_width(len(vector), f"the vector of {word!r}")
            found[row] = vector
        return found

    def _check_width(self, found: int, what: str = "vectors") -> None:
        if found != self.width:
            raise ValueError(
                f"{what} in {self.name}: {found} numbers, but vector_size is {self.width}; set vector_size to {found}, "
                f"or give vectors of {self.width} numbers"
            )


def _is_table(source: object) -> bool:
    return all(hasattr(source, name) for name in ("get_index", "index_to_key", "vectors"))


def _load(path: str | os.PathLike[str], **part: Any) -> Any:
    from fastw2v.formats import load_vectors

    return load_vectors(path, **part)
