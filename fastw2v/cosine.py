"""The arithmetic of cosine similarity: unit vectors, lengths, and ratios that are safe for zero vectors.

Rows and numbers only; words stand in word_table.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["lengths", "ratio", "unit", "units"]

Vector = NDArray[np.float32]

BLOCK_NUMBERS = 1 << 18  # half-precision numbers are widened so many at a time


def ratio(values: Vector, norms: Vector) -> Vector:
    """values / norms, and 0 where the norm is 0: a zero vector points nowhere and is like no other."""
    return np.divide(values, norms, out=np.zeros_like(values), where=norms > 0)


def unit(vector: NDArray[Any]) -> Vector:
    """The vector scaled to length 1, in float32; all zeros stay so."""
    wide = np.asarray(vector, dtype=np.float64)
    norm = float(np.sqrt(wide @ wide))
    return (wide / norm if norm > 0.0 else wide).astype(np.float32)


def units(vectors: NDArray[Any]) -> Vector:
    """Each row of (n, d) scaled to length 1, in float32, as `unit` does it."""
    wide = np.asarray(vectors, dtype=np.float64)
    norms = np.sqrt(np.einsum("ij,ij->i", wide, wide))[:, None]
    scaled: Vector = np.divide(wide, norms, out=wide.copy(), where=norms > 0).astype(np.float32)
    return scaled


def lengths(vectors: NDArray[Any]) -> Vector:
    """The Euclidean length of each row of (n, d), float32 or float16, in float32."""
    norms = np.empty(len(vectors), np.float32)
    block = max(1, BLOCK_NUMBERS // max(1, vectors.shape[1]))
    for start in range(0, len(vectors), block):
        rows = vectors[start : start + block].astype(np.float32, copy=False)
        np.einsum("ij,ij->i", rows, rows, out=norms[start : start + block])
    return np.sqrt(norms, out=norms)
