"""What a window is trained against: for each objective, how its output rows, labels and counts are drawn.

The step itself is the kernels' business, and which words stand in a window is the trainer's.
"""
cimport cython
from libc.stdlib cimport calloc, free, malloc

from fastw2v._fw2v cimport FW2V_READ_BEHIND
from fastw2v._own_rows cimport next_window, own_row

# Noise words are drawn in groups, one a window. Every group serves PASSES windows, as many words after each other as
# POOL_BYTES hold rows: those that few windows want are then still in the second-level cache when they come again.
cdef enum:
    MOST_POOL = 1024
    LEAST_POOL = 128
    POOL_BYTES = 320 * 1024
    PASSES = 8

# Noise words that several targets share vary less than words of their own would. A few more of them, each counting
# less, make up for it: for each further target this part of what it would draw alone.
cdef enum:
    MORE_DRAWS = 5


cdef class Objective:
    """Owns the output rows. `draw` gives the outputs of one target, at most `most_outputs`. A worker calls `hold`
    once, with how many draws back it still uses what it got, and `begin` before the first draw of a block."""

    def __init__(self, *_):
        raise TypeError("an objective is made as NegativeSampling or HierarchicalSoftmax")

    def __dealloc__(self):
        free(self.views)

    cdef int hold(self, int draws) except -1:
        free(self.views)
        self.turn = 0
        self.held = draws
        self.views = <Outputs *>calloc(draws, sizeof(Outputs))
        if self.views is NULL:
            raise MemoryError(f"no memory for {draws} sets of outputs; lower window")
        return 0

    cdef void begin(self, uint64_t *random) noexcept nogil:
        self.rows.load()

    cdef const Outputs *draw(self, uint64_t *random, int32_t target) noexcept nogil:
        return NULL


@cython.final
cdef class NegativeSampling(Objective):
    """The target with label 1 and `negative` draws from an alias table with label 0.

    A draw that equals the target is dropped; a word drawn m times stands once with count m. `targets` > 1: so many
    targets may share their noise words, negative (1 + (targets - 1) / 5) of them that count `negative` together.
    """

    def __init__(self, OwnRows rows not None, const uint32_t[:, ::1] table not None, int negative, int targets=1):
        if table.shape[0] != rows.matrix.shape[0] or table.shape[0] == 0 or table.shape[1] != 2:
            raise ValueError(f"an alias table of shape ({table.shape[0]}, {table.shape[1]}) does not fit a matrix of "
                             f"{rows.matrix.shape[0]} rows; give one of shape ({rows.matrix.shape[0]}, 2)")
        if negative < 1 or targets < 1:
            raise ValueError(f"negative is {negative} and targets is {targets}, but both must be at least 1")
        self.rows = rows
        self.table = table
        self.negative, self.targets = negative, targets
        self.draws = negative + negative * (targets - 1) // MORE_DRAWS
        self.weight = <float>negative / self.draws
        self.most_outputs = targets + self.draws
        self.width = self.most_outputs + FW2V_READ_BEHIND
        self.words = table.shape[0]
        self.hold(1)

    def __dealloc__(self):
        self.release()

    cdef void release(self) noexcept:
        free(self.group_rows)
        free(self.group_counts)
        free(self.group_sizes)
        free(self.spare_rows)
        free(self.spare_counts)
        free(self.labels)
        free(self.coming)

    cdef int hold(self, int draws) except -1:
        cdef size_t width = self.width, k, j
        cdef int64_t row_bytes = self.rows.matrix.shape[1] * sizeof(float)
        cdef int64_t pool = max(LEAST_POOL, min(MOST_POOL, POOL_BYTES // row_bytes))
        self.release()
        # Odd, so that refilling one group in every PASSES-th window, as they come round, reaches all of them.
        self.groups = <int>max((pool + self.draws - 1) // self.draws, draws + 1) | 1
        self.group_rows = <float **>malloc(self.groups * width * sizeof(float *))
        self.group_counts = <float *>malloc(self.groups * width * sizeof(float))
        self.group_sizes = <int *>malloc(self.groups * sizeof(int))
        self.spare_rows = <float **>malloc(draws * width * sizeof(float *))
        self.spare_counts = <float *>calloc(draws * width, sizeof(float))
        self.labels = <float *>calloc(width, sizeof(float))
        self.coming = <uint64_t *>malloc(self.draws * sizeof(uint64_t))
        if (self.group_rows is NULL or self.group_counts is NULL or self.group_sizes is NULL or self.spare_rows is NULL
                or self.spare_counts is NULL or self.labels is NULL or self.coming is NULL):
            raise MemoryError(f"no memory for {self.groups} groups of {self.draws} noise words; lower negative")
        for j in range(<size_t>self.targets):
            self.labels[j] = 1
        for k in range(<size_t>self.groups * width):
            self.group_counts[k] = 1
        return Objective.hold(self, draws)

    cdef void begin(self, uint64_t *random) noexcept nogil:
        cdef int k
        self.rows.load()
        self.window = 0
        self.group = 0
        self.draw_ahead(random)
        for k in range(self.groups):
            self.fill(random, k)

    cdef void draw_ahead(self, uint64_t *random) noexcept nogil:
        """The random words of the next group, whose entries in the table are asked of the caches."""
        cdef uint32_t words = <uint32_t>self.words
        cdef const uint32_t *table = &self.table[0, 0]
        cdef int k
        for k in range(self.draws):
            self.coming[k] = fw2v_random_next(random)
            fw2v_alias_ahead(table, words, self.coming[k])

    cdef void fill(self, uint64_t *random, int group) noexcept nogil:
        """New noise words for a group; rows and counts stand behind room for the targets."""
        cdef float **rows = self.group_rows + <size_t>group * self.width + self.targets
        cdef float *counts = self.group_counts + <size_t>group * self.width + self.targets
        cdef uint32_t words = <uint32_t>self.words
        cdef const uint32_t *table = &self.table[0, 0]
        cdef float *row
        cdef int k, j, n = 0
        for k in range(self.draws):
            row = own_row(self.rows, fw2v_alias_draw(table, words, self.coming[k]))
            j = 0
            while j < n and rows[j] != row:
                j += 1
            if j == n:
                rows[n] = row
                counts[n] = self.weight
                n += 1
            else:
                counts[j] += self.weight
        self.group_sizes[group] = n
        self.draw_ahead(random)

    cdef const Outputs *draw(self, uint64_t *random, int32_t target) noexcept nogil:
        cdef float *row = own_row(self.rows, target)
        return self.draw_for(random, &row, 1)

    cdef const Outputs *draw_for(self, uint64_t *random, float **targets, int n) noexcept nogil:
        """The outputs of n <= self.targets targets, first of all these."""
        cdef Outputs *outputs = &self.views[self.turn]
        cdef int first = self.targets - n, noise = self.group_sizes[self.group], k, j
        cdef size_t place = <size_t>self.group * self.width + first
        cdef float **rows
        cdef float *target
        cdef bint drawn = False
        outputs.rows = self.group_rows + place
        outputs.counts = self.group_counts + place
        outputs.labels = self.labels + first
        outputs.n = n + noise
        rows = outputs.rows
        for k in range(n):
            target = targets[k]
            rows[k] = target
            for j in range(n, n + noise):
                drawn |= rows[j] == target
        if drawn:
            self.leave_out(targets, n, outputs)
        next_window(self.rows)
        if self.window % PASSES == 0:
            # The one before those that are still in use.
            k = self.group - self.held
            self.fill(random, k if k >= 0 else k + self.groups)
        self.window += 1
        self.group = self.group + 1 if self.group + 1 < self.groups else 0
        self.turn = self.turn + 1 if self.turn + 1 < self.held else 0
        return outputs

    cdef void leave_out(self, float **targets, int n, Outputs *outputs) noexcept nogil:
        """Moves the outputs to lists of their own, without the noise that is a target."""
        cdef float **rows = self.spare_rows + <size_t>self.turn * self.width
        cdef float *counts = self.spare_counts + <size_t>self.turn * self.width
        cdef int j, k, size = 0
        for j in range(outputs.n):
            for k in range(n):
                if j >= n and outputs.rows[j] == targets[k]:
                    break
            else:
                rows[size] = outputs.rows[j]
                counts[size] = outputs.counts[j]
                size += 1
        outputs.rows = rows
        outputs.counts = counts
        outputs.n = size


@cython.final
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
        self.hold(1)

    def __dealloc__(self):
        self.release()

    cdef void release(self) noexcept:
        free(self.path_rows)
        free(self.path_labels)
        free(self.path_counts)

    cdef int hold(self, int draws) except -1:
        cdef size_t width = self.most_outputs + FW2V_READ_BEHIND, k
        self.release()
        self.path_rows = <float **>malloc(draws * width * sizeof(float *))
        self.path_labels = <float *>calloc(draws * width, sizeof(float))
        self.path_counts = <float *>malloc(draws * width * sizeof(float))
        if self.path_rows is NULL or self.path_labels is NULL or self.path_counts is NULL:
            raise MemoryError(f"no memory for {draws} paths of {self.most_outputs} nodes; lower window")
        for k in range(draws * width):
            self.path_counts[k] = 1
        return Objective.hold(self, draws)

    cdef const Outputs *draw(self, uint64_t *random, int32_t target) noexcept nogil:
        cdef Outputs *outputs = &self.views[self.turn]
        cdef size_t place = <size_t>self.turn * (self.most_outputs + FW2V_READ_BEHIND)
        cdef int64_t begin = self.offsets[target]
        cdef int j
        outputs.rows = self.path_rows + place
        outputs.labels = self.path_labels + place
        outputs.counts = self.path_counts + place
        outputs.n = <int>(self.offsets[target + 1] - begin)
        for j in range(outputs.n):
            outputs.rows[j] = own_row(self.rows, self.nodes[begin + j])
            outputs.labels[j] = 1 - self.codes[begin + j]
        next_window(self.rows)
        self.turn = self.turn + 1 if self.turn + 1 < self.held else 0
        return outputs


def draw(Objective objective not None, int32_t target, uint64_t key):
    cdef const Outputs *outputs
    import numpy as np
    if not 0 <= target < objective.words:
        raise IndexError(f"target {target} is not in 0..{objective.words - 1}")
    objective.begin(&key)
    outputs = objective.draw(&key, target)
    first, stride = <size_t>own_row(objective.rows, 0), 4 * objective.rows.matrix.shape[1]
    rows = [(<size_t>outputs.rows[j] - first) // stride for j in range(outputs.n)]
    labels = [outputs.labels[j] for j in range(outputs.n)]
    counts = [outputs.counts[j] for j in range(outputs.n)]
    return np.array(rows, np.int64), np.array(labels, np.float32), np.array(counts, np.float32)
