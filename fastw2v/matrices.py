"""Matrices as the kernels want them: float32 rows that start on a cache line and are padded to whole ones with zeros.

Only layout is decided here; what the numbers mean is not known.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastw2v._memory import own_pages

__all__ = ["ROW_FLOATS", "aligned_zeros", "pack_rows", "pad_rows", "padded_width"]

Matrix = npt.NDArray[np.float32]

BLOCK_FLOATS = 1 << 16  # moved at a time: they stay in the cache
ROW_FLOATS = 16  # one 64-byte cache line, as FW2V_ROW_FLOATS in src_c/fw2v.h


def padded_width(width: int) -> int:
    """`width` rounded up to whole cache lines."""
    return -(-width // ROW_FLOATS) * ROW_FLOATS


def aligned_zeros(rows: int, width: int) -> Matrix:
    """Zeros of shape (rows, padded_width(width)), float32, on memory pages of their own (huge ones where offered)."""
    shape = (rows, padded_width(width))
    pages = own_pages(max(1, 4 * shape[0] * shape[1]), huge=True)
    return np.frombuffer(pages, np.float32, shape[0] * shape[1]).reshape(shape)


def pad_rows(matrix: Matrix) -> Matrix:
    """A copy of (rows, width) with rows as the kernels want them."""
    padded = aligned_zeros(*matrix.shape)
    padded[:, : matrix.shape[1]] = matrix
    return padded


def pack_rows(matrix: Matrix, width: int) -> Matrix:
    """The first `width` numbers of each row, moved together *inside the memory of `matrix`*: (rows, width), C order.

    `matrix` must not be used afterwards. Nothing is allocated but a small block.
    """
    rows, stride = matrix.shape
    if width == stride:
        return matrix
    flat = matrix.reshape(-1)
    # The copy of a block keeps its rows whole while old and new places overlap.
    block = max(1, BLOCK_FLOATS // stride)
    for start in range(0, rows, block):
        piece = matrix[start : start + block, :width].copy()
        flat[start * width : start * width + piece.size] = piece.reshape(-1)
    return flat[: rows * width].reshape(rows, width)
