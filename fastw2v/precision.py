"""Tables of numbers in another type, whether it can hold them, and where numbers are not finite."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["as_type", "first_not_finite"]

Array = NDArray[Any]

BLOCK_NUMBERS = 1 << 18  # looked at together: they stay in the cache


def first_not_finite(table: Array) -> int:
    """The first row of (n, d) that holds NaN or infinity, or -1."""
    block = max(1, BLOCK_NUMBERS // max(1, table.shape[1]))
    for start in range(0, len(table), block):
        finite = np.isfinite(table[start : start + block])
        if not finite.all():
            return start + int(np.argmin(finite.all(axis=1)))
    return -1


def as_type(table: Array, kind: DTypeLike) -> tuple[Array, int]:
    """A table of numbers in the type `kind`, C-contiguous, not copied if it is so already, and its first row in which a
    finite number was too large for that type and became infinite, or -1."""
    with np.errstate(over="ignore"):
        converted = np.ascontiguousarray(table, kind)
    if converted.dtype == table.dtype:
        return converted, -1
    rows = np.flatnonzero(np.isinf(converted).any(axis=1))
    lost = rows[(np.isinf(converted[rows]) & np.isfinite(table[rows])).any(axis=1)]
    return converted, int(lost[0]) if len(lost) else -1
