"""Layout of the matrices: alignment, padding, and packing in place."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v.matrices import ROW_FLOATS, aligned_zeros, pack_rows, padded_width


@pytest.mark.parametrize(("width", "padded"), [(1, 16), (16, 16), (17, 32), (100, 112), (300, 304)])
def test_rows_are_whole_cache_lines(width, padded):
    matrix = aligned_zeros(3, width)
    assert padded_width(width) == padded == matrix.shape[1]
    assert matrix.ctypes.data % (4 * ROW_FLOATS) == 0
    assert matrix.dtype == np.float32
    assert matrix.flags.writeable
    assert not matrix.any()


@pytest.mark.parametrize("rows", [1, 2, 1000, 40_000])
@pytest.mark.parametrize("width", [1, 31, 100, 112])
def test_packing_keeps_every_number_and_allocates_nothing(rows, width):
    matrix = aligned_zeros(rows, width)
    wanted = np.arange(rows * width, dtype=np.float32).reshape(rows, width)
    matrix[:, :width] = wanted
    packed = pack_rows(matrix, width)
    assert packed.shape == (rows, width)
    assert packed.flags.c_contiguous
    assert np.shares_memory(packed, matrix)
    np.testing.assert_array_equal(packed, wanted)


def test_an_empty_matrix():
    assert pack_rows(aligned_zeros(0, 5), 5).shape == (0, 5)
