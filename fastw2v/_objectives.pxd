# How an objective makes a window's outputs: rows of its output matrix with labels and counts.

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastw2v._own_rows cimport OwnRows

cdef extern from "rng.h" nogil:
    uint64_t fw2v_key(uint64_t key, uint64_t a) noexcept
    uint64_t fw2v_random_at(uint64_t key, uint64_t position) noexcept
    uint64_t fw2v_random_next(uint64_t *state) noexcept
    uint32_t fw2v_below(uint64_t word, uint32_t n) noexcept
    uint32_t fw2v_alias_draw(const uint32_t *table, uint32_t n, uint64_t word) noexcept
    void fw2v_alias_ahead(const uint32_t *table, uint32_t n, uint64_t word) noexcept

# A view of lists that an objective owns; FW2V_READ_BEHIND more labels and counts may be read.
ctypedef struct Outputs:
    float **rows
    float *labels
    float *counts
    int n


cdef class Objective:
    cdef readonly int most_outputs
    cdef readonly int64_t words
    cdef readonly OwnRows rows
    cdef int held
    cdef int turn
    cdef Outputs *views  # of the last `held` draws
    cdef int hold(self, int draws) except -1
    cdef void begin(self, uint64_t *random) noexcept nogil
    cdef const Outputs *draw(self, uint64_t *random, int32_t target) noexcept nogil


cdef class NegativeSampling(Objective):
    cdef const uint32_t[:, ::1] table
    cdef readonly int negative
    cdef readonly int targets
    cdef readonly int draws
    cdef readonly float weight
    cdef int groups
    cdef int width
    cdef int window
    cdef int group
    cdef float **group_rows
    cdef float *group_counts
    cdef int *group_sizes
    cdef float **spare_rows
    cdef float *spare_counts
    cdef float *labels
    cdef uint64_t *coming
    cdef void release(self) noexcept
    cdef void draw_ahead(self, uint64_t *random) noexcept nogil
    cdef void fill(self, uint64_t *random, int group) noexcept nogil
    cdef const Outputs *draw_for(self, uint64_t *random, float **targets, int n) noexcept nogil
    cdef void leave_out(self, float **targets, int n, Outputs *outputs) noexcept nogil


cdef class HierarchicalSoftmax(Objective):
    cdef const int64_t[::1] offsets
    cdef const int32_t[::1] nodes
    cdef const uint8_t[::1] codes
    cdef float **path_rows
    cdef float *path_labels
    cdef float *path_counts
    cdef void release(self) noexcept
