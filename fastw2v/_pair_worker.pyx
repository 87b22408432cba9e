"""One training thread for pairs of an input and a target: from ids to kernel steps, without the GIL.

The draws of outputs are _objectives', arithmetic on rows is the kernels'; which pairs make a block, and at which rate
it is trained, is the trainer's business.
"""
cimport cython
from libc.stdint cimport INT32_MAX, int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from fastw2v._fw2v cimport (
    FW2V_INPUTS_DIFFER, FW2V_OUTPUTS_DIFFER, FW2V_READ_BEHIND, FW2V_ROW_FLOATS, fw2v_first_row, fw2v_kernel, fw2v_loss,
    fw2v_prefetch_row,
)
from fastw2v._kernels cimport Kernel, work_floats
from fastw2v._objectives cimport Objective, Outputs, fw2v_key, fw2v_random_at

cdef extern from "rng.h" nogil:
    int fw2v_bits(uint64_t n) noexcept
    uint64_t fw2v_shuffled(uint64_t position, uint64_t n, int bits, uint64_t key) noexcept

# Streams of one (seed, epoch): thinning out is keyed by a pair's place, noise by the block, the order by neither.
cdef enum:
    KEEP_STREAM = 0
    DRAW_STREAM = 1
    ORDER_STREAM = 2

# How many pairs ahead outputs are drawn and rows are asked of the caches; a power of two. And how many ahead ids are.
cdef enum:
    AHEAD = 4
    SLOTS = 8
    IDS_AHEAD = 16


# A block's pairs that stay, and what came of them.
ctypedef struct PairBlock:
    int64_t kept
    uint64_t random
    double rate  # at the first pair
    double fall  # by so much at each one
    double predictions
    fw2v_loss steps


@cython.final
cdef class PairWorker:
    """The scratch of one thread for blocks of at most `block` pairs, and the tables it reads. One thread at a time.

    Pair i is the words input_ids[i] and target_ids[i], whose rows stand in input_rows and target_rows by id (negative:
    the pair is left out), weighing weights[i] (None: 1 each). keep_inputs, keep_targets: 32-bit keep thresholds by row.
    """
    cdef float[:, ::1] inputs
    cdef Objective objective
    cdef Kernel kernel
    cdef const int32_t[::1] input_ids
    cdef const int32_t[::1] target_ids
    cdef const float[::1] weights
    cdef const int32_t[::1] input_rows
    cdef const int32_t[::1] target_rows
    cdef const uint32_t[::1] keep_inputs
    cdef const uint32_t[::1] keep_targets
    cdef const int32_t[::1] stop
    cdef bint shuffle
    cdef int bits
    cdef int dim
    cdef int64_t block
    cdef uint64_t *places
    cdef float **rows
    cdef int32_t *targets
    cdef float *factors
    cdef float *counts
    cdef float *work
    cdef void *memory
    cdef const Outputs *slots[SLOTS]

    def __cinit__(self, float[:, ::1] inputs not None, Objective objective not None, Kernel kernel not None,
                  const int32_t[::1] input_ids not None, const int32_t[::1] target_ids not None,
                  const float[::1] weights, const int32_t[::1] input_rows not None,
                  const int32_t[::1] target_rows not None, const uint32_t[::1] keep_inputs not None,
                  const uint32_t[::1] keep_targets not None, const int32_t[::1] stop not None, bint shuffle,
                  int64_t block):
        cdef int64_t pairs = input_ids.shape[0]
        if target_ids.shape[0] != pairs or (weights is not None and weights.shape[0] != pairs):
            raise ValueError(f"{pairs} inputs, {target_ids.shape[0]} targets and the weights must be as many")
        if keep_inputs.shape[0] != inputs.shape[0] or keep_targets.shape[0] != objective.words:
            raise ValueError(f"{inputs.shape[0]} inputs and {objective.words} targets, but {keep_inputs.shape[0]} and "
                             f"{keep_targets.shape[0]} keep thresholds")
        if objective.rows.matrix.shape[1] != inputs.shape[1]:
            raise ValueError(f"inputs of {inputs.shape[1]} floats and outputs of {objective.rows.matrix.shape[1]} must "
                             "agree")
        if not 1 <= block <= INT32_MAX or stop.shape[0] < 1:
            raise ValueError(f"block is {block}, but must be from 1 to {INT32_MAX}")
        check_rows(input_rows, inputs.shape[0])
        check_rows(target_rows, objective.words)
        objective.hold(SLOTS)
        self.inputs, self.objective, self.kernel, self.dim = inputs, objective, kernel, <int>inputs.shape[1]
        self.input_ids, self.target_ids, self.weights = input_ids, target_ids, weights
        self.input_rows, self.target_rows = input_rows, target_rows
        self.keep_inputs, self.keep_targets = keep_inputs, keep_targets
        self.stop, self.shuffle, self.block, self.bits = stop, shuffle, block, fw2v_bits(<uint64_t>pairs)
        self.places = <uint64_t *>malloc(block * sizeof(uint64_t))
        self.rows = <float **>malloc(block * sizeof(float *))
        self.targets = <int32_t *>malloc(block * sizeof(int32_t))
        self.factors = <float *>malloc(block * sizeof(float))
        self.counts = <float *>calloc(objective.most_outputs + FW2V_READ_BEHIND, sizeof(float))
        self.memory = calloc(work_floats(1, objective.most_outputs, self.dim) + FW2V_ROW_FLOATS, sizeof(float))
        if (self.places is NULL or self.rows is NULL or self.targets is NULL or self.factors is NULL
                or self.counts is NULL or self.memory is NULL):
            raise MemoryError(f"no memory for blocks of {block} pairs")
        self.work = fw2v_first_row(self.memory)

    def __dealloc__(self):
        free(self.places)
        free(self.rows)
        free(self.targets)
        free(self.factors)
        free(self.counts)
        free(self.memory)

    cdef void order(self, uint64_t key, int64_t start, int64_t n) noexcept nogil:
        """Where in the arrays the pairs start..start + n of the epoch's order stand."""
        cdef int64_t i
        cdef uint64_t pairs = <uint64_t>self.input_ids.shape[0]
        for i in range(n):
            self.places[i] = start + i
            if self.shuffle:
                self.places[i] = fw2v_shuffled(self.places[i], pairs, self.bits, key)

    cdef int64_t gather(self, uint64_t key, int64_t n) noexcept nogil:
        """Puts the rows, targets and weights of the pairs that stay in the lists; returns how many."""
        cdef int64_t i, kept = 0, input, target
        cdef uint64_t place, ahead, random
        cdef uint32_t input_id, target_id
        cdef float weight = 1
        for i in range(n):
            if self.shuffle and i + IDS_AHEAD < n:
                ahead = self.places[i + IDS_AHEAD]
                fw2v_prefetch_row(<const float *>&self.input_ids[ahead], FW2V_ROW_FLOATS)
                fw2v_prefetch_row(<const float *>&self.target_ids[ahead], FW2V_ROW_FLOATS)
            place = self.places[i]
            # An array of the caller's may have changed since it was looked through.
            input_id, target_id = <uint32_t>self.input_ids[place], <uint32_t>self.target_ids[place]
            if input_id >= <uint64_t>self.input_rows.shape[0] or target_id >= <uint64_t>self.target_rows.shape[0]:
                continue
            input, target = self.input_rows[input_id], self.target_rows[target_id]
            if self.weights is not None:
                weight = self.weights[place]
            if input < 0 or target < 0 or not weight > 0:
                continue
            random = fw2v_random_at(key, place)
            if <uint32_t>(random >> 32) > self.keep_inputs[input] or <uint32_t>random > self.keep_targets[target]:
                continue
            self.rows[kept] = &self.inputs[input, 0]
            self.targets[kept] = <int32_t>target
            self.factors[kept] = weight
            kept += 1
        return kept

    cdef void prepare(self, PairBlock *block, int64_t p) noexcept nogil:
        cdef const Outputs *outputs = self.objective.draw(&block.random, self.targets[p])
        cdef int j
        self.slots[p & (SLOTS - 1)] = outputs
        for j in range(outputs.n):
            fw2v_prefetch_row(outputs.rows[j], self.dim)
        fw2v_prefetch_row(self.rows[p], self.dim)

    cdef const float *weighted(self, const Outputs *outputs, float weight) noexcept nogil:
        """The outputs' counts times a pair's weight, which multiplies its loss and with it every gradient."""
        cdef int j
        if weight == 1:
            return outputs.counts
        for j in range(outputs.n):
            self.counts[j] = weight * outputs.counts[j]
        return self.counts

    cdef void train(self, PairBlock *block) noexcept nogil:
        cdef const fw2v_kernel *kernel = self.kernel.c_kernel
        cdef const Outputs *outputs
        cdef float **input
        cdef int64_t p
        cdef int finite
        self.objective.begin(&block.random)
        for p in range(min(<int64_t>AHEAD, block.kept)):
            self.prepare(block, p)
        for p in range(block.kept):
            if self.stop[0]:
                return
            outputs = self.slots[p & (SLOTS - 1)]
            input = self.rows + p
            finite = kernel.begin_step(input, 1, outputs.rows, outputs.labels, self.weighted(outputs, self.factors[p]),
                                       outputs.n, self.dim, <float>(block.rate - block.fall * p), self.work,
                                       &block.steps)
            if p + AHEAD < block.kept:
                self.prepare(block, p + AHEAD)
            if not finite:
                return
            kernel.end_step(input, input, 1, outputs.rows, outputs.n, self.dim,
                            FW2V_INPUTS_DIFFER | FW2V_OUTPUTS_DIFFER, self.work)
            block.predictions += self.factors[p]

    def run(self, int64_t start, int64_t end, uint64_t seed, uint64_t epoch, double alpha, double slope):
        """Trains the pairs start..end of the epoch's order, at a rate that falls from `alpha` by `slope` a pair.

        Returns (the pairs trained, each as often as it weighs; their summed loss); a loss that is not finite ended the
        block before the step that it comes from.
        """
        cdef PairBlock block
        cdef uint64_t key
        cdef double loss
        if not 0 <= start < end <= self.input_ids.shape[0] or end - start > self.block:
            raise ValueError(f"pairs {start}..{end} are no block of {self.input_ids.shape[0]} pairs")
        with nogil:
            key = fw2v_key(seed, epoch)
            self.order(fw2v_key(key, ORDER_STREAM), start, end - start)
            block.kept = self.gather(fw2v_key(key, KEEP_STREAM), end - start)
            block.random = fw2v_key(fw2v_key(key, DRAW_STREAM), start)
            block.rate = alpha
            block.fall = slope * (end - start) / block.kept if block.kept else 0
            block.predictions = 0
            memset(&block.steps, 0, sizeof(block.steps))
            self.train(&block)
            loss = self.kernel.c_kernel.total_loss(&block.steps)
        return block.predictions if self.weights is not None else <int64_t>block.predictions, loss

    def finish(self):
        self.objective.rows.give_back()


cdef int check_rows(const int32_t[::1] rows, int64_t most) except -1:
    cdef int64_t i
    for i in range(rows.shape[0]):
        if rows[i] >= most:
            raise ValueError(f"row {rows[i]} of id {i} is not below {most}")
    return 0


def shuffled(uint64_t pairs, uint64_t seed, uint64_t epoch):
    import numpy as np
    cdef uint64_t i, key = fw2v_key(fw2v_key(seed, epoch), ORDER_STREAM)
    cdef int bits = fw2v_bits(pairs)
    return np.array([fw2v_shuffled(i, pairs, bits, key) for i in range(pairs)], np.int64)
