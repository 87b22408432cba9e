"""A thread's copies of the rows that all threads change most, merged with the shared ones now and then.

Threads that change the same row wait for its cache lines most of the time: a line is in one core's cache only while
that core writes to it. Which rows are worth a copy, and how often they are merged, is own_rows.py's business.
"""
from cpython.mem cimport PyMem_RawCalloc, PyMem_RawFree
from libc.string cimport memcpy

from fastw2v._fw2v cimport FW2V_ROW_FLOATS, fw2v_first_row

cdef extern from "merge_rows.h" nogil:
    void fw2v_merge_rows(float *shared, float *own, float *before, size_t n) noexcept


cdef class OwnRows:
    """Rows ends[t - 1]..ends[t] of `matrix` (from 0 on for the first t) are merged every periods[t] windows; rows past
    the last end are the shared ones. Serves one thread at a time."""

    def __cinit__(self, float[:, ::1] matrix not None, const int64_t[::1] ends not None,
                  const int64_t[::1] periods not None):
        cdef int64_t before = 0
        if ends.shape[0] != periods.shape[0]:
            raise ValueError(f"{ends.shape[0]} ends and {periods.shape[0]} periods must be as many")
        for t in range(ends.shape[0]):
            if not before <= ends[t] <= matrix.shape[0] or periods[t] < 1 or periods[t] % SHORTEST_PERIOD:
                raise ValueError(f"rows up to {ends[t]} of {matrix.shape[0]}, merged every {periods[t]} windows, are "
                                 f"no tier; ends must not fall, periods must be multiples of {SHORTEST_PERIOD}")
            before = ends[t]
        self.matrix, self.ends, self.periods, self.count = matrix, ends, periods, before
        cdef size_t size = before * matrix.shape[1] + FW2V_ROW_FLOATS
        self.memory[0] = PyMem_RawCalloc(size, sizeof(float))
        self.memory[1] = PyMem_RawCalloc(size, sizeof(float))
        if self.memory[0] is NULL or self.memory[1] is NULL:
            raise MemoryError(f"no memory for {before} rows of a thread's own; lower workers")
        self.own, self.before = fw2v_first_row(self.memory[0]), fw2v_first_row(self.memory[1])

    def __dealloc__(self):
        PyMem_RawFree(self.memory[0])
        PyMem_RawFree(self.memory[1])

    @property
    def shape(self):
        return self.matrix.shape[0], self.matrix.shape[1]

    @property
    def address(self):
        return <size_t>self.own

    cdef void load(self) noexcept nogil:
        """Must come before the first row is asked for, and again behind give_back."""
        cdef size_t size = self.count * self.matrix.shape[1] * sizeof(float)
        if self.loaded or size == 0:
            return
        memcpy(self.own, &self.matrix[0, 0], size)
        memcpy(self.before, self.own, size)
        self.windows = 0
        self.loaded = True

    cdef void merge_due(self) noexcept nogil:
        """Merges the tiers whose periods end with the window that was counted last."""
        cdef int64_t t, start = 0
        for t in range(self.ends.shape[0]):
            if self.windows % self.periods[t] == 0:
                self.merge(start, self.ends[t])
            start = self.ends[t]

    cdef void merge(self, int64_t start, int64_t stop) noexcept nogil:
        cdef int64_t width = self.matrix.shape[1]
        if start < stop:
            fw2v_merge_rows(&self.matrix[start, 0], self.own + start * width, self.before + start * width,
                            <size_t>((stop - start) * width))

    def give_back(self):
        with nogil:
            if self.loaded:
                self.merge(0, self.count)
            self.loaded = False
