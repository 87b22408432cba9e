# How an objective fills a window's outputs: rows of its output matrix with labels and counts.

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastw2v._own_rows cimport OwnRows

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
    cdef readonly OwnRows rows
    cdef void begin(self, uint64_t *random) noexcept nogil
    cdef void draw(self, uint64_t *random, int32_t target, Outputs *outputs) noexcept nogil


cdef class NegativeSampling(Objective):
    cdef const uint32_t[:, ::1] table
    cdef readonly int negative
    cdef uint32_t *pool
    cdef int64_t drawn
    cdef void fill_pool(self, uint64_t *random) noexcept nogil
    cdef void add_noise(self, uint64_t *random, Outputs *outputs, int draws, float weight) noexcept nogil


cdef class HierarchicalSoftmax(Objective):
    cdef const int64_t[::1] offsets
    cdef const int32_t[::1] nodes
    cdef const uint8_t[::1] codes
