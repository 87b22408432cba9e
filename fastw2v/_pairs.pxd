# Pairs of neighbouring words, as src_c/neighbours.h and pair_table.h have them: what _pairs.pyx and _phrases.pyx share.
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t


cdef extern from "neighbours.h" nogil:
    ctypedef struct fw2v_pairs:
        size_t mask
        size_t size
        uint32_t *middles
    ctypedef struct fw2v_middles:
        int32_t *parents
        int32_t *words
        size_t size


cdef class PairTable:
    cdef fw2v_pairs pairs


cdef class Middles:
    cdef fw2v_middles tree


cdef int check_sentences(const int32_t[::1] ids, const int64_t[::1] ends, int64_t base, Py_ssize_t words) except -1

cdef object no_memory()
