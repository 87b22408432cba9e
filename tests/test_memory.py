"""Memory of its own pages: zero, writable, and refused with a sentence when there is none."""

from __future__ import annotations

import mmap

import numpy as np
import pytest

from fastw2v._memory import own_pages


@pytest.mark.parametrize("huge", [False, True])
@pytest.mark.parametrize("size", [1, 5000, 5 << 20])
def test_pages_are_zero_and_writable(size, huge):
    pages = np.frombuffer(own_pages(size, huge=huge), np.uint8)
    assert len(pages) == size
    assert not pages.any()
    assert pages.ctypes.data % mmap.PAGESIZE == 0
    pages[:] = 1


def test_more_than_the_address_space_is_refused():
    with pytest.raises(MemoryError, match="no room for"):
        own_pages(2**62)
