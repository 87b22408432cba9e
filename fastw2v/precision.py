"""Tables of numbers in another type, and whether it can hold them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["as_type"]

Array = NDArray[Any]


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
