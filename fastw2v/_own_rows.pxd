# OwnRows: a thread's copies of the rows that all threads change most; its contract stands in the .pyx file.

from libc.stdint cimport int64_t


cdef class OwnRows:
    cdef float[:, ::1] matrix
    cdef const int64_t[::1] ends
    cdef const int64_t[::1] periods
    cdef float *own
    cdef float *before
    cdef int64_t count
    cdef int64_t windows
    cdef bint loaded
    cdef float *row(self, int64_t k) noexcept nogil
    cdef void load(self) noexcept nogil
    cdef void next_window(self) noexcept nogil
    cdef void merge(self, int64_t start, int64_t stop) noexcept nogil
