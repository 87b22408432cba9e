# OwnRows: a thread's copies of the rows that all threads change most; its contract stands in the .pyx file.

from libc.stdint cimport int64_t

# Every period is a multiple of the shortest, so that most windows cost one comparison.
cdef enum:
    SHORTEST_PERIOD = 64


cdef class OwnRows:
    cdef float[:, ::1] matrix
    cdef const int64_t[::1] ends
    cdef const int64_t[::1] periods
    cdef void *memory[2]  # of these two
    cdef float *own
    cdef float *before
    cdef int64_t count
    cdef int64_t windows
    cdef bint loaded
    cdef void load(self) noexcept nogil
    cdef void merge_due(self) noexcept nogil
    cdef void merge(self, int64_t start, int64_t stop) noexcept nogil


cdef inline float *own_row(OwnRows rows, int64_t k) noexcept nogil:
    """Where this thread reads and changes row k."""
    if k < rows.count:
        return rows.own + k * rows.matrix.shape[1]
    return &rows.matrix[k, 0]


cdef inline void next_window(OwnRows rows) noexcept nogil:
    rows.windows += 1
    if rows.windows % SHORTEST_PERIOD == 0:
        rows.merge_due()
