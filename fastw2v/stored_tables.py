"""Words and vectors made ready for a file of any format: packed, of one shape, in the precision asked for.

How they then stand in a file is told in word2vec_writers.py, npy_vectors.py and vector_container.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fastw2v.packed_words import PackedWords, word_with_space
from fastw2v.precision import as_type, first_not_finite
from fastw2v.short import short

__all__ = ["VECTOR_TYPES", "check_table", "stored_dtype"]

VECTOR_TYPES = (np.dtype(np.float32), np.dtype(np.float16))
REMEDIES = {"float32": "scale the vectors down", "float16": "save as float32"}


def stored_dtype(dtype: DTypeLike | None) -> np.dtype[Any] | None:
    """float32 or float16, or None for vectors as they are; ValueError for anything else."""
    if dtype is None:
        return None
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = np.dtype(object)
    if found not in VECTOR_TYPES:
        raise ValueError(f"dtype is {short(dtype)}, but vectors are stored as 'float32' or 'float16'")
    return found


def check_table(
    words: Sequence[str], vectors: ArrayLike, *, lines: bool, dtype: np.dtype[Any] | None = None
) -> tuple[PackedWords, NDArray[np.float32]]:
    """The words packed and the vectors as rows of `dtype`; without one of float16 if they are that, else of float32.

    Vectors are not copied where their rows are contiguous and of that type.

    Raises
    ------
    ValueError: shapes that do not fit; numbers beyond the greatest of the type; with `lines`, a word that cannot stand
    in a line of words, or NaN and infinity, which readers of such files refuse.
    """
    given = np.asarray(vectors)
    packed = PackedWords.pack(words)
    if given.ndim != 2 or len(given) != len(packed):
        raise ValueError(f"vectors has shape {given.shape}, but must have one row for each of {len(packed)} words")
    bad = word_with_space(packed) if lines else None
    if bad is not None:
        raise ValueError(
            f"the word {short(bad)} is empty or holds white space, which this format cannot store; save as .safetensors"
        )
    kind = dtype or np.dtype(np.float16 if given.dtype == np.float16 else np.float32)
    is_usable = given.strides[1] == given.itemsize and not given.strides[0] % given.itemsize
    matrix, row = (given, -1) if given.dtype == kind and is_usable else as_type(given, kind)
    if lines and row < 0:
        faulty = first_not_finite(matrix)
        if faulty >= 0:
            raise ValueError(
                f"the vector of {short(packed[faulty])} holds NaN or infinity, which readers of this format refuse; "
                "save as .safetensors, or replace them (numpy.nan_to_num)"
            )
    if row >= 0:
        most = f"{float(np.finfo(kind).max):.6g}, the greatest {kind}"
        raise ValueError(f"the vector of {short(packed[row])} holds a number beyond {most}; {REMEDIES[kind.name]}")
    return packed, matrix
