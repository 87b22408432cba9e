# How an objective fills a window's outputs: rows of its output matrix with labels and counts.

from libc.stdint cimport int32_t, uint32_t, uint64_t

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


cdef class NegativeSampling:
    cdef readonly int most_outputs
    cdef float[:, ::1] matrix
    cdef const uint32_t[:, ::1] table
    cdef int negative
    cdef void draw(self, uint64_t *random, int32_t target, Outputs *outputs) noexcept nogil
