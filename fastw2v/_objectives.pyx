"""What a window is trained against: for each objective, how its output rows, labels and counts are drawn.

The step itself is the kernels' business, and which words stand in a window is the trainer's.
"""
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy

cdef extern from "merge_rows.h" nogil:
    void fw2v_merge_rows(float *shared, float *own, float *before, size_t n) noexcept

# A thread's own rows of a tree meet the shared ones every so many windows, in tiers: node k stands on a path about once
# in k windows (the root in each), so that every row is merged after some sixty changes, before the threads' copies can
# differ by more than a few steps of the rate.
cdef enum:
    TIERS = 3
cdef int64_t[TIERS + 1] TIER_ENDS = [0, 16, 128, 1024]
cdef int64_t[TIERS] TIER_WINDOWS = [64, 512, 4096]

MOST_OWN = 1024


cdef bint make_outputs(Outputs *outputs, int most) noexcept nogil:
    """Room for `most` outputs; False when there is no memory. Free it with free_outputs in either case."""
    most = max(most, 1)  # a request for nothing may be answered as a refusal
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
    """Owns the output matrix. `draw` fills in the outputs of one target, at most `most_outputs`; a worker calls
    `begin` before the first draw of a block and `end` behind its last step."""

    def __init__(self, *_):
        raise TypeError("an objective is made as NegativeSampling or HierarchicalSoftmax")

    cdef void begin(self) noexcept nogil:
        pass

    cdef void draw(self, uint64_t *random, int32_t target, Outputs *outputs) noexcept nogil:
        outputs.n = 0

    cdef void end(self) noexcept nogil:
        pass


cdef class NegativeSampling(Objective):
    """The target with label 1 and `negative` draws from an alias table with label 0.

    A draw that equals the target is dropped; a word drawn m times stands once with count m.
    """

    def __init__(self, float[:, ::1] matrix not None, const uint32_t[:, ::1] table not None, int negative):
        if table.shape[0] != matrix.shape[0] or table.shape[0] == 0 or table.shape[1] != 2:
            raise ValueError(f"an alias table of shape ({table.shape[0]}, {table.shape[1]}) does not fit a matrix of "
                             f"{matrix.shape[0]} rows; give one of shape ({matrix.shape[0]}, 2)")
        if negative < 1:
            raise ValueError(f"negative is {negative}, but must be at least 1")
        self.matrix = matrix
        self.table = table
        self.negative = negative
        self.most_outputs = negative + 1
        self.words = table.shape[0]

    cdef void draw(self, uint64_t *random, int32_t target, Outputs *outputs) noexcept nogil:
        outputs.rows[0] = &self.matrix[target, 0]
        outputs.labels[0] = 1
        outputs.counts[0] = 1
        outputs.n = 1
        self.add_noise(random, outputs, self.negative, 1)

    cdef void add_noise(self, uint64_t *random, Outputs *outputs, int draws, float weight) noexcept nogil:
        """Puts so many draws, each counting `weight`, behind the outputs that stand there; a draw that equals one with
        label 1 is dropped."""
        cdef uint32_t n_words = <uint32_t>self.table.shape[0], word
        cdef float *row
        cdef int _, j, n = outputs.n
        for _ in range(draws):
            word = fw2v_alias_draw(&self.table[0, 0], n_words, fw2v_random_next(random))
            row = &self.matrix[word, 0]
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
    """The inner nodes on the target's path through a tree (huffman.Tree), with label 1 - code. Nothing is random.

    Every path goes through the few nodes at the top: threads that all changed these rows would wait for their cache
    lines most of the time. With `own`, scratch of shape (2 k, stride), the first k nodes are changed in a copy that is
    merged with the shared rows now and then; such an objective serves one thread.
    """

    def __init__(self, float[:, ::1] matrix not None, const int64_t[::1] offsets not None,
                 const int32_t[::1] nodes not None, const uint8_t[::1] codes not None, float[:, ::1] own not None):
        cdef int64_t word, place, length, longest = 0, last = offsets.shape[0] - 1
        if last < 1 or nodes.shape[0] != codes.shape[0] or offsets[0] != 0 or offsets[last] != nodes.shape[0]:
            raise ValueError(f"{last} paths, {nodes.shape[0]} nodes and {codes.shape[0]} codes make no tree")
        for word in range(last):
            length = offsets[word + 1] - offsets[word]
            if length < 0:
                raise ValueError(f"the path of word {word} has {length} nodes")
            longest = max(longest, length)
        for place in range(nodes.shape[0]):
            if not 0 <= nodes[place] < matrix.shape[0]:
                raise ValueError(f"inner node {nodes[place]} is not in 0..{matrix.shape[0] - 1}")
        if own.shape[1] != matrix.shape[1] or own.shape[0] // 2 > min(matrix.shape[0], MOST_OWN):
            raise ValueError(f"own rows of shape ({own.shape[0]}, {own.shape[1]}) do not fit {matrix.shape[0]} rows of "
                             f"{matrix.shape[1]} floats; give at most 2 x {MOST_OWN}")
        self.own, self.before = own[:own.shape[0] // 2], own[own.shape[0] // 2:2 * (own.shape[0] // 2)]
        self.matrix = matrix
        self.offsets, self.nodes, self.codes = offsets, nodes, codes
        self.most_outputs = <int>longest
        self.words = last

    cdef void draw(self, uint64_t *random, int32_t target, Outputs *outputs) noexcept nogil:
        cdef int64_t place, begin = self.offsets[target]
        cdef int n = <int>(self.offsets[target + 1] - begin), j
        cdef int32_t node
        for j in range(n):
            place = begin + j
            node = self.nodes[place]
            outputs.rows[j] = &self.own[node, 0] if node < self.own.shape[0] else &self.matrix[node, 0]
            outputs.labels[j] = 1 - self.codes[place]
            outputs.counts[j] = 1
        outputs.n = n
        self.windows += 1
        for j in range(TIERS):
            if self.windows % TIER_WINDOWS[j] == 0:
                self.merge(TIER_ENDS[j], TIER_ENDS[j + 1])

    cdef void begin(self) noexcept nogil:
        cdef size_t size = self.own.shape[0] * self.own.shape[1] * sizeof(float)
        self.windows = 0
        if size:
            memcpy(&self.own[0, 0], &self.matrix[0, 0], size)
            memcpy(&self.before[0, 0], &self.own[0, 0], size)

    cdef void end(self) noexcept nogil:
        self.merge(0, self.own.shape[0])

    cdef void merge(self, int64_t start, int64_t stop) noexcept nogil:
        stop = min(stop, self.own.shape[0])
        if start < stop:
            fw2v_merge_rows(&self.matrix[start, 0], &self.own[start, 0], &self.before[start, 0],
                            <size_t>((stop - start) * self.own.shape[1]))


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
    objective.draw(&key, target, &outputs)
    pointers = pointers[:outputs.n]
    if outputs.n:
        pointers -= <size_t>&objective.matrix[0, 0]
    rows = pointers // (4 * objective.matrix.shape[1])
    return rows.astype(np.int64), labels[:outputs.n], counts[:outputs.n]
