"""Random floats for a model's first values, from the counters of src_c/rng.h: the same on every machine.

Draws in training stand in _objectives and _train, which use the same generator.
"""
from libc.stdint cimport uint64_t

cdef extern from "rng.h" nogil:
    uint64_t fw2v_key(uint64_t key, uint64_t a) noexcept
    uint64_t fw2v_random_at(uint64_t key, uint64_t position) noexcept

# A float32 holds 24 bits: a random word's highest make a number in 0..1.
cdef enum:
    DROPPED_BITS = 40
cdef float UNIT = 1.0 / (1 << 24)


def fill_uniform(float[:, ::1] rows not None, float half_width, uint64_t seed, uint64_t stream):
    cdef uint64_t key = fw2v_key(seed, stream), position = 0
    cdef Py_ssize_t i, j
    cdef float share
    with nogil:
        for i in range(rows.shape[0]):
            for j in range(rows.shape[1]):
                share = <float>(fw2v_random_at(key, position) >> DROPPED_BITS) * UNIT
                rows[i, j] = half_width * (2 * share - 1)
                position += 1
