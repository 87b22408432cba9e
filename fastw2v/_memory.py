"""Zeroed memory of its own pages, straight from the system and back to it as soon as it is dropped.

The heap would keep much of what is freed to it. What the memory is used for is not known here.
"""

from __future__ import annotations

import contextlib
import mmap
import sys

__all__ = ["own_pages"]


def own_pages(size: int, *, huge: bool = False) -> mmap.mmap:
    """`size` bytes of zeros, at least 1, starting on a page; `huge` asks for huge pages where the system offers them.

    Raises MemoryError when there is no room.
    """
    try:
        if sys.platform == "win32":
            return mmap.mmap(-1, size)
        # Private: shared mappings have no huge pages on most systems, and a forked child must not write into ours.
        pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        raise MemoryError(f"no room for {size:,} bytes; use a smaller text, vocabulary or vector_size") from error
    if huge and hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):  # a system built without huge pages: ordinary ones serve
            pages.madvise(mmap.MADV_HUGEPAGE)
    return pages
