"""What a window is trained against: for each objective, how its output rows, labels and counts are drawn.

The step itself is the kernels' business, and which words stand in a window is the trainer's.
"""
from libc.stdlib cimport free, malloc

from fastw2v._fw2v cimport FW2V_READ_BEHIND

# Noise words are drawn a pool at a time, and a pool is gone through several times before the next: rows that few
# windows want are then still in the cache when they come again.
cdef enum:
    POOL = 1024
    PASSES = 4


cdef bint make_outputs(Outputs *outputs, int most) noexcept nogil:
    """Room for `most` outputs; False when there is no memory. Free it with free_outputs in either case."""
    most += FW2V_READ_BEHIND
    outputs.rows = <float **>malloc(most * sizeof(float *))
    outputs.labels = <float *>malloc(most * sizeof(float))
    outputs.counts = <float *>malloc(most * sizeof(float))
    outputs.n = 0
    return outputs.rows is not NULL and outputs.labels is not NULL and outputs.counts is not NULL


cdef void free_outputs(Outputs *outputs) noexcept nogil:
    free(outputs.rows)
    free(outputs.labels)
    free(outputs.counts)


cdef class Objective:
    """Owns the output rows. `draw` fills in the outputs of one target, at most `most_outputs`; a worker calls `begin`
    before the first draw of a block."""

    def __init__(self, *_):
        raise TypeError("an objective is made as NegativeSampling or HierarchicalSoftmax")

    cdef void begin(self, uint64_t *random) noexcept nogil:
        self.rows.load()

    cdef void draw(self, uint64_t *random, int32_t target, Outputs *outputs) noexcept nogil:
        outputs.n = 0


cdef class NegativeSampling(Objective):
    """The target with label 1 and `negative` draws from an alias table with label 0.

    A draw that equals the target is dropped; a word drawn m times stands once with count m.
    """

    def __init__(self, OwnRows rows not None, const uint32_t[:, ::1] table not None, int negative):
        if table.shape[0] != rows.matrix.shape[0] or table.shape[0] == 0 or table.shape[1] != 2:
            raise ValueError(f"an alias table of shape ({table.shape[0]}, {table.shape[1]}) does not fit a matrix of "
                             f"{rows.matrix.shape[0]} rows; give one of shape ({rows.matrix.shape[0]}, 2)")
        if negative < 1:
            raise ValueError(f"negative is {negative}, but must be at least 1")
        self.rows = rows
        self.table = table
        self.negative = negative
        self.most_outputs = negative + 1
        self.words = table.shape[0]
        if self.pool is NULL:
            self.pool = <uint32_t *>malloc(POOL * sizeof(uint32_t))
        if self.pool is NULL:
            raise MemoryError(f"no memory for {POOL} noise words")

    def __dealloc__(self):
        free(self.pool)

    cdef void begin(self, uint64_t *random) noexcept nogil:
        self.rows.load()
        self.fill_pool(random)

    cdef void fill_pool(self, uint64_t *random) noexcept nogil:
        cdef uint32_t n_words = <uint32_t>self.table.shape[0]
        cdef int k
        for k in range(POOL):
            self.pool[k] = fw2v_alias_draw(&self.table[0, 0], n_words, fw2v_random_next(random))
        self.drawn = 0

    cdef void draw(self, uint64_t *random, int32_t target, Outputs *outputs) noexcept nogil:
        outputs.rows[0] = self.rows.row(target)
        outputs.labels[0] = 1
        outputs.counts[0] = 1
        outputs.n = 1
        self.rows.next_window()
        self.add_noise(random, outputs, self.negative, 1)

    cdef void add_noise(self, uint64_t *random, Outputs *outputs, int draws, float weight) noexcept nogil:
        """Puts so many draws, each counting `weight`, behind the outputs that stand there; a draw that equals one with
        label 1 is dropped."""
        cdef float *row
        cdef int _, j, n = outputs.n
        for _ in range(draws):
            if self.drawn == PASSES * POOL:
                self.fill_pool(random)
            row = self.rows.row(self.pool[self.drawn % POOL])
            self.drawn += 1
            j = 0
            while j < n and outputs.rows[j] != row:
                j += 1
            if j == n:
                outputs.rows[n] = row
                outputs.labels[n] = 0
                outputs.counts[n] = weight
                n += 1
            elif outputs.labels[j] == 0:
                outputs.counts[j] += weight
        outputs.n = n


cdef class HierarchicalSoftmax(Objective):
    """The inner nodes on the target's path through a tree (huffman.Tree), with label 1 - code. Nothing is random."""

    def __init__(self, OwnRows rows not None, const int64_t[::1] offsets not None,
                 const int32_t[::1] nodes not None, const uint8_t[::1] codes not None):
        cdef int64_t word, place, length, longest = 0, last = offsets.shape[0] - 1
        if last < 1 or nodes.shape[0] != codes.shape[0] or offsets[0] != 0 or offsets[last] != nodes.shape[0]:
            raise ValueError(f"{last} paths, {nodes.shape[0]} nodes and {codes.shape[0]} codes make no tree")
        for word in range(last):
            length = offsets[word + 1] - offsets[word]
            if length < 0:
                raise ValueError(f"the path of word {word} has {length} nodes")
            longest = max(longest, length)
        for place in range(nodes.shape[0]):
            if not 0 <= nodes[place] < rows.matrix.shape[0]:
                raise ValueError(f"inner node {nodes[place]} is not in 0..{rows.matrix.shape[0] - 1}")
        self.rows = rows
        self.offsets, self.nodes, self.codes = offsets, nodes, codes
        self.most_outputs = <int>longest
        self.words = last

    cdef void draw(self, uint64_t *random, int32_t target, Outputs *outputs) noexcept nogil:
        cdef int64_t place, begin = self.offsets[target]
        cdef int n = <int>(self.offsets[target + 1] - begin), j
        for j in range(n):
            place = begin + j
            outputs.rows[j] = self.rows.row(self.nodes[place])
            outputs.labels[j] = 1 - self.codes[place]
            outputs.counts[j] = 1
        outputs.n = n
        self.rows.next_window()


def draw(Objective objective not None, int32_t target, uint64_t key):
    cdef Outputs outputs
    import numpy as np
    if not 0 <= target < objective.words:
        raise IndexError(f"target {target} is not in 0..{objective.words - 1}")
    most = max(1, objective.most_outputs)
    counts, labels = np.empty(most, np.float32), np.empty(most, np.float32)
    pointers = np.empty(most, np.uintp)
    cdef float[::1] counts_view = counts, labels_view = labels
    cdef size_t[::1] pointers_view = pointers
    outputs.rows = <float **>&pointers_view[0]
    outputs.labels = &labels_view[0]
    outputs.counts = &counts_view[0]
    objective.begin(&key)
    objective.draw(&key, target, &outputs)
    pointers = pointers[:outputs.n]
    if outputs.n:
        pointers -= <size_t>objective.rows.row(0)
    rows = pointers // (4 * objective.rows.matrix.shape[1])
    return rows.astype(np.int64), labels[:outputs.n], counts[:outputs.n]
