# Worker: the scratch and tables of one training thread, for the classes that train blocks.

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastw2v._fw2v cimport fw2v_loss
from fastw2v._kernels cimport Kernel

# What a block asks of the class that trains it, and what it got.
ctypedef struct Block:
    int64_t from_  # centres are kept[from_..to), their neighbours kept[first[p]..last[p])
    int64_t to
    int64_t kept
    uint64_t random  # state of the stream that windows and noise are drawn from
    double rate  # at the first centre
    double fall  # by so much at each one
    int64_t predictions
    double loss  # of the exact softmax
    fw2v_loss steps  # of window steps

# Row pointers are copied so many at a time: lists of them have as many to spare.
cdef enum:
    POINTERS = 8


cdef class Worker:
    cdef float[:, ::1] inputs
    cdef const int32_t[::1] ids
    cdef const int64_t[::1] offsets
    cdef const uint32_t[::1] keep
    cdef const int32_t[::1] stop
    cdef int window
    cdef int64_t block
    cdef Kernel kernel
    cdef int dim
    cdef int32_t *kept
    cdef int32_t *first
    cdef int32_t *last
    cdef uint8_t *repeats
    cdef int32_t *recent
    cdef float **rows

    cdef bint stays(self, uint64_t key, int64_t position) noexcept nogil
    cdef int64_t gather(self, uint64_t key, int64_t start, int64_t end, int64_t sentence, int64_t *from_,
                        int64_t *to) noexcept nogil
    cdef void note_words(self, int64_t begin, int64_t end) noexcept nogil
    cdef int contexts_of(self, int64_t centre, int reach, float **contexts, int *differ) noexcept nogil
    cdef void train(self, Block *block) noexcept nogil
