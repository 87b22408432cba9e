# Worker: the scratch and tables of one training thread, for the classes that train blocks.

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc
from libc.string cimport memcpy

from fastw2v._fw2v cimport FW2V_INPUTS_DIFFER, FW2V_ROW_FLOATS, fw2v_first_row, fw2v_loss
from fastw2v._kernels cimport Kernel
from fastw2v._objectives cimport fw2v_below, fw2v_random_next

# The tokens around a block: ids[0] is token `base`, `offsets` are the borders of sentences from the block's first on.
# A token stays that is one of `words` words and whose draw from the stream `key` is within keep[word].
ctypedef struct Text:
    const int32_t *ids
    int64_t base
    int64_t tokens
    const int64_t *offsets
    const uint32_t *keep
    uint32_t words
    uint64_t key

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
    cdef const uint32_t[::1] keep
    cdef const uint8_t[::1] still
    cdef const int32_t[::1] stop
    cdef int window
    cdef int least
    cdef int64_t block
    cdef Kernel kernel
    cdef int dim
    cdef int32_t *kept
    cdef int32_t *first
    cdef int32_t *last
    cdef uint8_t *repeats
    cdef int32_t *recent
    cdef float **rows
    cdef float **moving  # the rows themselves, or lists of their own where some must not change
    cdef float *waste  # takes the changes of those
    cdef void *waste_memory

    cdef int64_t gather(self, const Text *text, int64_t start, int64_t end, int64_t *from_, int64_t *to) noexcept nogil
    cdef void note_words(self, int64_t begin, int64_t end) noexcept nogil
    cdef void train(self, Block *block) noexcept nogil


cdef inline float *make_rows(size_t floats, void **memory) noexcept nogil:
    """So many zeros in whole cache lines, or NULL; free `memory` in either case."""
    memory[0] = calloc(floats + FW2V_ROW_FLOATS, sizeof(float))
    return NULL if memory[0] is NULL else fw2v_first_row(memory[0])


cdef inline void copy_pointers(float **to, float *const *from_, int64_t n) noexcept nogil:
    """POINTERS at a time, since a copy of exactly n would mispredict a branch for most windows."""
    cdef int64_t k = 0
    while k < n:
        memcpy(to + k, from_ + k, POINTERS * sizeof(float *))
        k += POINTERS


cdef inline int reach_of(Worker worker, uint64_t *random) noexcept nogil:
    """How many words the next window reaches to either side: uniform in least..window. One draw in any case."""
    return worker.least + <int>fw2v_below(fw2v_random_next(random), worker.window - worker.least + 1)


cdef inline int contexts_of(Worker worker, int64_t centre, int reach, float **contexts, int *differ) noexcept nogil:
    """Points `contexts` at the input rows within `reach` of a centre in its sentence; returns how many. It has room
    for POINTERS more. `differ`: FW2V_INPUTS_DIFFER where no row can stand twice among them, else 0."""
    cdef int64_t low = max(<int64_t>worker.first[centre], centre - reach)
    cdef int64_t high = min(<int64_t>worker.last[centre], centre + reach + 1)
    differ[0] = 0 if worker.repeats[centre] else FW2V_INPUTS_DIFFER
    copy_pointers(contexts, worker.rows + low, centre - low)
    copy_pointers(contexts + (centre - low), worker.rows + centre + 1, high - centre - 1)
    return <int>(high - low - 1)


cdef inline float **moving_contexts(Worker worker, int64_t centre, int reach, float **contexts,
                                    float **room) noexcept nogil:
    """The rows that change with the contexts of a window, as contexts_of found them: they themselves, or `room`, filled
    with as many."""
    cdef int64_t low, high
    if worker.moving is worker.rows:
        return contexts
    low = max(<int64_t>worker.first[centre], centre - reach)
    high = min(<int64_t>worker.last[centre], centre + reach + 1)
    copy_pointers(room, worker.moving + low, centre - low)
    copy_pointers(room + (centre - low), worker.moving + centre + 1, high - centre - 1)
    return room
