"""What a window is trained against: for each objective, how its output rows, labels and counts are drawn.

The step itself is the kernels' business, and which words stand in a window is the trainer's.
"""


cdef class NegativeSampling:
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

    cdef void draw(self, uint64_t *random, int32_t target, Outputs *outputs) noexcept nogil:
        cdef uint32_t n_words = <uint32_t>self.table.shape[0], word
        cdef float *row
        cdef int _, j, n = 1
        outputs.rows[0] = &self.matrix[target, 0]
        outputs.labels[0] = 1
        outputs.counts[0] = 1
        for _ in range(self.negative):
            word = fw2v_alias_draw(&self.table[0, 0], n_words, fw2v_random_next(random))
            row = &self.matrix[word, 0]
            j = 0
            while j < n and outputs.rows[j] != row:
                j += 1
            if j == n:
                outputs.rows[n] = row
                outputs.labels[n] = 0
                outputs.counts[n] = 1
                n += 1
            elif j > 0:
                outputs.counts[j] += 1
        outputs.n = n


def draw(NegativeSampling objective not None, int32_t target, uint64_t key):
    cdef Outputs outputs
    import numpy as np
    if not 0 <= target < objective.matrix.shape[0]:
        raise IndexError(f"target {target} is not in 0..{objective.matrix.shape[0] - 1}")
    counts, labels = np.empty(objective.most_outputs, np.float32), np.empty(objective.most_outputs, np.float32)
    pointers = np.empty(objective.most_outputs, np.uintp)
    cdef float[::1] counts_view = counts, labels_view = labels
    cdef size_t[::1] pointers_view = pointers
    outputs.rows = <float **>&pointers_view[0]
    outputs.labels = &labels_view[0]
    outputs.counts = &counts_view[0]
    objective.draw(&key, target, &outputs)
    rows = (pointers[:outputs.n] - <size_t>&objective.matrix[0, 0]) // (4 * objective.matrix.shape[1])
    return rows.astype(np.int64), labels[:outputs.n], counts[:outputs.n]
