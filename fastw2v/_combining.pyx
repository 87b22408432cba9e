"""Rows of several nodes made one, by a kernel's combine_row where more than one node has sent a row, without the GIL.

The lists that the nodes send are merged here, in the order of their rows; what a row's owner knows of it, and which
rule holds, is combining.py's. Rows are picked from matrices and put back as well: NumPy takes several times as long.
"""
import numpy as np

from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy, memset

from fastw2v._fw2v cimport (
    FW2V_DIRECTIONS, FW2V_ROW_FLOATS, FW2V_SHARES, fw2v_combine_row_fn, fw2v_first_row,
)
from fastw2v._kernels cimport Kernel

DIRECTIONS, SHARES = FW2V_DIRECTIONS, FW2V_SHARES


def pick_rows(const float[:, ::1] matrix not None, const int32_t[::1] rows not None, int width):
    check_rows(rows, matrix.shape[0], width, matrix.shape[1])
    picked = np.empty((rows.shape[0], width), np.float32)
    cdef float[:, ::1] into = picked
    cdef Py_ssize_t i
    with nogil:
        for i in range(rows.shape[0]):
            memcpy(&into[i, 0], &matrix[rows[i], 0], width * sizeof(float))
    return picked


def put_rows(float[:, ::1] matrix not None, const int32_t[::1] rows not None, const float[:, ::1] values not None):
    check_rows(rows, matrix.shape[0], values.shape[1], matrix.shape[1])
    if values.shape[0] != rows.shape[0]:
        raise ValueError(f"{rows.shape[0]} rows want as many values, not {values.shape[0]}")
    cdef Py_ssize_t i
    with nogil:
        for i in range(rows.shape[0]):
            memcpy(&matrix[rows[i], 0], &values[i, 0], values.shape[1] * sizeof(float))


cdef int check_rows(const int32_t[::1] rows, Py_ssize_t count, Py_ssize_t width, Py_ssize_t most) except -1:
    cdef Py_ssize_t i
    if not 0 < width <= most:
        raise ValueError(f"rows of {width} floats do not fit into rows of {most}")
    for i in range(rows.shape[0]):
        if not 0 <= rows[i] < count:
            raise IndexError(f"row {rows[i]} is not in 0..{count - 1}")
    return 0


cdef struct Sent:
    const int32_t *rows
    const float *touches
    const float *values
    Py_ssize_t count
    Py_ssize_t at  # the first row that is not combined yet


cdef int32_t next_row(const Sent *sent, int parts) noexcept nogil:
    """The least row that is not combined yet; the greatest int32 when there is none."""
    cdef int32_t least = 0x7FFFFFFF
    cdef int k
    for k in range(parts):
        if sent[k].at < sent[k].count and sent[k].rows[sent[k].at] < least:
            least = sent[k].rows[sent[k].at]
    return least


def combine_parts(Kernel kernel not None, list rows not None, list touches not None, list values not None,
                  const float[:, ::1] common not None, int64_t group, int64_t owner, int64_t owners,
                  const float[:, ::1] basis not None, const float[::1] shares not None):
    cdef int parts = <int>len(rows), width = <int>common.shape[1], dim = <int>basis.shape[1]
    cdef Py_ssize_t n = 0, total_rows = 0
    cdef const int32_t[::1] some_rows
    cdef const float[::1] some_touches
    cdef const float[:, ::1] some_values
    cdef int k
    if parts < 1 or len(touches) != parts or len(values) != parts:
        raise ValueError(f"{parts} lists of rows want as many of touches and values, and one at least")
    if not 0 < width <= dim or dim % FW2V_ROW_FLOATS or basis.shape[0] != FW2V_DIRECTIONS:
        raise ValueError(f"a basis of shape ({basis.shape[0]}, {dim}) does not fit rows of {width}")
    if shares.shape[0] != FW2V_SHARES or not 0 <= owner < owners or group < 1:
        raise ValueError(f"{shares.shape[0]} shares must be {FW2V_SHARES}, and owner {owner} one of {owners}")
    cdef Sent *sent = <Sent *>malloc(parts * sizeof(Sent))
    cdef const float **moves = <const float **>malloc(parts * sizeof(float *))
    cdef float *memory = <float *>malloc((<size_t>(parts + 1) * dim + parts + FW2V_ROW_FLOATS) * sizeof(float))
    try:
        if sent is NULL or moves is NULL or memory is NULL:
            raise MemoryError(f"no memory for {parts} rows of {dim} floats")
        for k in range(parts):
            some_rows, some_touches, some_values = rows[k], touches[k], values[k]
            n = some_rows.shape[0]
            if some_touches.shape[0] != n or some_values.shape[0] != n or some_values.shape[1] != width:
                raise ValueError(f"{n} rows want as many touches and values of {width} floats")
            sent[k].count, sent[k].at = n, 0
            if n:
                sent[k].rows, sent[k].touches, sent[k].values = &some_rows[0], &some_touches[0], &some_values[0, 0]
            total_rows += n
        found = np.empty(total_rows, np.int32), np.empty(total_rows, np.int32), np.empty(total_rows, np.float32)
        result = np.empty((total_rows, width), np.float32)
        n = merged(kernel.c_kernel.combine_row, sent, parts, common, group, owner, owners, basis, shares, width, moves,
                   fw2v_first_row(memory), found[0], found[1], found[2], result)
        if n < 0:
            raise IndexError(f"a row that was sent is not one of owner {owner}'s")
        return found[0][:n], found[1][:n], found[2][:n], result[:n]
    finally:
        free(sent)
        free(moves)
        free(memory)


cdef Py_ssize_t merged(fw2v_combine_row_fn combine_row, Sent *sent, int parts, const float[:, ::1] common,
                       int64_t group, int64_t owner, int64_t owners, const float[:, ::1] basis,
                       const float[::1] shares, int width, const float **moves, float *work,
                       int32_t[::1] rows, int32_t[::1] places, float[::1] totals, float[:, ::1] result) noexcept:
    """How many rows there are; -1 for one that is not this owner's.

    work: parts + 1 rows of the kernel's width, and a number for each part behind them.
    """
    cdef int dim = <int>basis.shape[1], n, k, d
    cdef float *out = work + <size_t>parts * dim
    cdef float *counts = out + dim
    cdef float *move
    cdef const float *before
    cdef const float *after
    cdef Py_ssize_t count = 0
    cdef int32_t row
    cdef int64_t place
    cdef float total
    with nogil:
        # What stands behind a row's own numbers stays zero.
        memset(work, 0, <size_t>(parts + 1) * dim * sizeof(float))
        while True:
            row = next_row(sent, parts)
            if row == 0x7FFFFFFF:
                return count
            # Groups of rows that stand together go round; each owner has its own close together.
            place = row // (group * owners) * group + row % group
            if row < 0 or row // group % owners != owner or place >= common.shape[0]:
                return -1
            before, n, total = &common[place, 0], 0, 0
            for k in range(parts):
                if sent[k].at < sent[k].count and sent[k].rows[sent[k].at] == row:
                    after = sent[k].values + sent[k].at * width
                    move = work + <size_t>n * dim
                    for d in range(width):
                        move[d] = after[d] - before[d]
                    counts[n] = sent[k].touches[sent[k].at]
                    total += counts[n]
                    moves[n] = move
                    sent[k].at += 1
                    n += 1
            if n == 1:
                memcpy(&result[count, 0], after, width * sizeof(float))
            else:
                combine_row(moves, counts, n, dim, &basis[0, 0], &shares[0], out)
                for d in range(width):
                    result[count, d] = before[d] + out[d]
            rows[count], places[count], totals[count] = row, <int32_t>place, total
            count += 1
