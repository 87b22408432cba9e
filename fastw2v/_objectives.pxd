# How an objective fills a window's outputs: rows of its output matrix with labels and counts.

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

cdef extern from "rng.h" nogil:
    uint64_t fw2v_key(uint64_t key, uint64_t a) noexcept
    uint64_t fw2v_random_at(uint64_t key, uint64_t position) noexcept
    uint64_t fw2v_random_next(uint64_t *state) noexcept
    uint32_t fw2v_below(uint64_t word, uint32_t n) noexcept
    uint32_t fw2v_alias_draw(const uint32_t *table, uint32_t n, uint64_t word) noexcept

ctypedef struct Outputs:
    float **rows
    float *labels
    float *counts
    int n


cdef bint make_outputs(Outputs *outputs, int most) noexcept nogil
cdef void free_outputs(Outputs *outputs) noexcept nogil


cdef class Objective:
    cdef readonly int most_outputs
    cdef readonly int64_t words
    cdef float[:, ::1] matrix
    cdef void begin(self) noexcept nogil
    cdef void draw(self, uint64_t *random, int32_t target, Outputs *outputs) noexcept nogil
    cdef void end(self) noexcept nogil


cdef class NegativeSampling(Objective):
    cdef const uint32_t[:, ::1] table
    cdef readonly int negative
    cdef void add_noise(self, uint64_t *random, Outputs *outputs, int draws, float weight) noexcept nogil


cdef class HierarchicalSoftmax(Objective):
    cdef const int64_t[::1] offsets
    cdef const int32_t[::1] nodes
    cdef const uint8_t[::1] codes
    cdef float[:, ::1] own
    cdef float[:, ::1] before
    cdef int64_t windows
    cdef void merge(self, int64_t start, int64_t stop) noexcept nogil
