"""A matrix whose number of rows is not known beforehand: it grows without being copied where the system can move pages.

What the rows are is not known here.
"""

from __future__ import annotations

import mmap

import numpy as np
from numpy.typing import NDArray

from fastw2v._memory import own_pages

__all__ = ["GrowingRows"]

FLOAT_BYTES = 4


class GrowingRows:
    """Rows of `width` float32 on pages of their own; those that nothing was written to take no memory.

    capacity: how many rows there is room for.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._pages: mmap.mmap | None = None
        self.capacity = 0

    def reserve(self, rows: int) -> None:
        """Makes room for that many rows in all. No array from `view` may be alive. Raises MemoryError."""
        if rows > self.capacity or self._pages is None:
            self._resize(rows)

    def _resize(self, rows: int) -> None:
        size = max(1, rows * self.width * FLOAT_BYTES)
        old = self._pages
        self.capacity = rows
        if old is not None:
            try:
                old.resize(size)
            except (SystemError, OSError, ValueError):  # systems differ in how they say that pages cannot be moved
                pass
            else:
                return
        self._pages = own_pages(size, huge=True)
        if old is not None:
            kept = min(size, len(old))
            self._pages[:kept] = old[:kept]
            old.close()

    def view(self, start: int, stop: int) -> NDArray[np.float32]:
        """Rows start..stop-1, (stop - start, width)."""
        assert self._pages is not None
        offset = start * self.width * FLOAT_BYTES
        flat = np.frombuffer(self._pages, np.float32, (stop - start) * self.width, offset)
        return flat.reshape(stop - start, self.width)

    def finish(self, rows: int) -> NDArray[np.float32]:
        """The first `rows` rows, and no memory besides."""
        if self._pages is None or rows != self.capacity:
            self._resize(rows)
        return self.view(0, rows)
