"""What a container of word vectors holds: words, vectors, norms, counts and other attributes as named arrays.

How arrays lie in a file is container.py's matter; a whole model (model_files.py) holds these arrays and more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fastw2v.container import BLOB, OFFSETS, pack_words, unpack_words
from fastw2v.cosine import lengths
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.stored_tables import VECTOR_TYPES, check_table, stored_dtype

__all__ = ["tensors_of", "vectors_from_tensors"]

Array = NDArray[Any]

# The arrays beside those of the words: (words, vector_size) vectors, and one value a word in each of the others.
VECTORS, NORMS, COUNTS = "vectors", "norms", "words.counts"
ATTRIBUTE = "attr."
NUMBERS = "biuf"  # the kinds of attributes that are stored


def tensors_of(
    words: Sequence[str],
    vectors: ArrayLike,
    counts: ArrayLike | None = None,
    norms: NDArray[np.float32] | None = None,
    attributes: Mapping[str, Array] | None = None,
    dtype: DTypeLike | None = None,
) -> dict[str, Array]:
    """The arrays to store. Norms are computed if they are not given; attributes that are no numbers are left out.

    Raises
    ------
    ValueError: shapes that do not fit, or numbers too large for the type that is stored.
    """
    packed, matrix = check_table(words, vectors, lines=False, dtype=stored_dtype(dtype))
    if matrix.dtype != np.asarray(vectors).dtype:
        norms = None  # those of the numbers before they were rounded
    norms = lengths(matrix) if norms is None else norms
    tensors: dict[str, Array] = {**pack_words(packed), VECTORS: matrix, NORMS: norms}
    if counts is not None:
        tensors[COUNTS] = np.ascontiguousarray(counts, dtype=np.int64)
    for name, values in (attributes or {}).items():
        if values.dtype.kind in NUMBERS:
            tensors[ATTRIBUTE + name] = values
    for name, values in tensors.items():
        if name in (NORMS, COUNTS) or name.startswith(ATTRIBUTE):
            _check_one_each(name, values, len(packed))
    return tensors


def _check_one_each(name: str, values: Array, words: int) -> None:
    if values.shape != (words,):
        raise ValueError(f"{name} has shape {values.shape}, but there are {words} words")


def vectors_from_tensors(name: str, tensors: Mapping[str, Array]) -> KeyedVectors:
    """The vocabulary and vectors among the arrays of a container; `name` is the file's, for error sentences.

    Norms and attributes are there where the file has them. ValueError: no vectors, or arrays that do not fit.
    """
    missing = [key for key in (BLOB, OFFSETS, VECTORS) if key not in tensors]
    if missing:
        raise ValueError(f"{name}: holds no {' and no '.join(missing)}; it is no file of word vectors")
    attributes = {key.removeprefix(ATTRIBUTE): values for key, values in tensors.items() if key.startswith(ATTRIBUTE)}
    try:
        if tensors[VECTORS].dtype not in VECTOR_TYPES or (COUNTS in tensors and tensors[COUNTS].dtype != np.int64):
            raise ValueError("vectors must be float32 or float16, and counts int64")
        return KeyedVectors(
            unpack_words(tensors, name),
            tensors[VECTORS],
            tensors.get(COUNTS),
            norms=tensors.get(NORMS),
            attributes=attributes,
        )
    except ValueError as error:
        raise ValueError(f"{name}: damaged file of word vectors: {error}") from None
