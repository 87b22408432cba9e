"""The hot loops of the logistic objectives: from kept tokens to windows, draws and kernel steps, without the GIL.

One class for each way in which input rows meet outputs. The text's side of it is _worker's, the draws of outputs are
_objectives', arithmetic on rows is the kernels'.
"""
cimport cython
from libc.stdint cimport int64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from fastw2v._fw2v cimport (
    FW2V_INPUTS_DIFFER, FW2V_OUTPUTS_DIFFER, FW2V_ROW_FLOATS, fw2v_kernel, fw2v_loss,
    fw2v_prefetch_row,
)
from fastw2v._kernels cimport work_floats
from fastw2v._objectives cimport NegativeSampling, Objective, Outputs
from fastw2v._own_rows cimport own_row
from fastw2v._worker cimport POINTERS, Block, Worker, contexts_of, make_rows, moving_contexts, reach_of

# How many positions ahead outputs are drawn and rows are asked of the caches; a power of two. One step takes a few
# hundred nanoseconds, as long as a row from memory.
cdef enum:
    AHEAD = 2
    SLOTS = 4


cdef inline void prefetch_outputs(const Outputs *outputs, int dim) noexcept nogil:
    cdef int j
    for j in range(outputs.n):
        fw2v_prefetch_row(outputs.rows[j], dim)


cdef inline int step(const fw2v_kernel *kernel, float **inputs, float **changed, int n, const Outputs *outputs, int dim,
                     float rate, float *work, fw2v_loss *loss) noexcept nogil:
    """Both halves of a step on inputs that differ; returns 0, with nothing changed, where the loss is not finite."""
    if not kernel.begin_step(inputs, n, outputs.rows, outputs.labels, outputs.counts, outputs.n, dim, rate, work, loss):
        return 0
    kernel.end_step(inputs, changed, n, outputs.rows, outputs.n, dim, FW2V_INPUTS_DIFFER | FW2V_OUTPUTS_DIFFER, work)
    return 1


cdef inline float **make_contexts(size_t most) noexcept nogil:
    """Room for the pointers of so many contexts and what contexts_of writes behind them, twice: for the rows and for
    those that change with them; or NULL."""
    return <float **>malloc(2 * (most + POINTERS) * sizeof(float *))


@cython.final
cdef class SkipGram(Worker):
    """Every context row of a window is an input; target and noise, or path, are drawn once for all of them."""
    cdef Objective objective
    cdef float **contexts  # and from `room` on the rows that change in their place
    cdef size_t room
    cdef float *work
    cdef void *memory
    cdef const Outputs *slots[SLOTS]
    cdef int reach[SLOTS]

    def __cinit__(self, inputs, Objective objective not None, kernel, keep, still, stop, int window, least, block):
        check_objective(objective, self)
        objective.hold(SLOTS)
        self.objective = objective
        self.room = 2 * <size_t>window + POINTERS
        self.contexts = make_contexts(2 * <size_t>window)
        self.work = make_rows(work_floats(2 * window, objective.most_outputs, self.dim), &self.memory)
        if self.contexts is NULL or self.work is NULL:
            raise MemoryError(f"no memory for windows of {2 * window} x {objective.most_outputs} rows; lower window "
                              "or negative")

    def __dealloc__(self):
        free(self.contexts)
        free(self.memory)

    cdef void train(self, Block *block) noexcept nogil:
        self.objective.begin(&block.random)
        self.windows_of(block)

    def finish(self):
        self.objective.rows.give_back()

    cdef void prepare(self, Block *block, int64_t p) noexcept nogil:
        cdef int slot = <int>(p & (SLOTS - 1)), dim = self.dim
        cdef const Outputs *outputs
        self.reach[slot] = reach_of(self, &block.random)
        outputs = self.objective.draw(&block.random, self.kept[p])
        self.slots[slot] = outputs
        prefetch_outputs(outputs, dim)
        if p + self.window < block.kept:
            fw2v_prefetch_row(self.rows[p + self.window], dim)

    cdef void windows_of(self, Block *block) noexcept nogil:
        cdef const fw2v_kernel *kernel = self.kernel.c_kernel
        cdef int64_t p, to = block.to
        cdef int n_in, slot, differ, finite
        cdef const Outputs *outputs
        cdef float **moving
        for p in range(block.from_, min(block.from_ + AHEAD, to)):
            self.prepare(block, p)
        for p in range(block.from_, to):
            if self.stop[0]:
                return
            slot = <int>(p & (SLOTS - 1))
            n_in = contexts_of(self, p, self.reach[slot], self.contexts, &differ)
            moving = moving_contexts(self, p, self.reach[slot], self.contexts, self.contexts + self.room)
            outputs = self.slots[slot]
            finite = kernel.begin_step(self.contexts, n_in, outputs.rows, outputs.labels, outputs.counts, outputs.n,
                                       self.dim, <float>(block.rate - block.fall * (p - block.from_)), self.work,
                                       &block.steps)
            if p + AHEAD < to:
                self.prepare(block, p + AHEAD)
            if not finite:
                return
            kernel.end_step(self.contexts, moving, n_in, outputs.rows, outputs.n, self.dim,
                            differ | FW2V_OUTPUTS_DIFFER, self.work)
            block.predictions += n_in


@cython.final
cdef class PairSkipGram(Worker):
    """As SkipGram, but every context row has a draw of its own: one input against one set of outputs at a time."""
    cdef Objective objective
    cdef float **contexts  # and from `room` on the rows that change in their place
    cdef size_t room
    cdef float *work
    cdef void *memory
    cdef const Outputs **pairs

    def __cinit__(self, inputs, Objective objective not None, kernel, keep, still, stop, int window, least, block):
        check_objective(objective, self)
        objective.hold(2 * window)
        self.objective = objective
        self.room = 2 * <size_t>window + POINTERS
        self.contexts = make_contexts(2 * <size_t>window)
        self.work = make_rows(work_floats(1, objective.most_outputs, self.dim), &self.memory)
        self.pairs = <const Outputs **>malloc(2 * <size_t>window * sizeof(Outputs *))
        if self.contexts is NULL or self.work is NULL or self.pairs is NULL:
            raise MemoryError(f"no memory for {2 * window} pairs of 1 x {objective.most_outputs} rows; lower window "
                              "or negative")

    def __dealloc__(self):
        free(self.pairs)
        free(self.contexts)
        free(self.memory)

    cdef void train(self, Block *block) noexcept nogil:
        self.objective.begin(&block.random)
        self.windows_of(block)

    def finish(self):
        self.objective.rows.give_back()

    cdef void windows_of(self, Block *block) noexcept nogil:
        cdef int64_t p
        cdef int n_in, k, reach, differ
        cdef float rate
        cdef float **moving
        cdef const Outputs *outputs
        for p in range(block.from_, block.to):
            if self.stop[0]:
                return
            reach = reach_of(self, &block.random)
            n_in = contexts_of(self, p, reach, self.contexts, &differ)
            moving = moving_contexts(self, p, reach, self.contexts, self.contexts + self.room)
            if p + 1 + self.window < block.kept:
                fw2v_prefetch_row(self.rows[p + 1 + self.window], self.dim)
            # All pairs are drawn before the first step, which gives their rows time to arrive.
            for k in range(n_in):
                self.pairs[k] = self.objective.draw(&block.random, self.kept[p])
                prefetch_outputs(self.pairs[k], self.dim)
            rate = <float>(block.rate - block.fall * (p - block.from_))
            for k in range(n_in):
                outputs = self.pairs[k]
                if not step(self.kernel.c_kernel, self.contexts + k, moving + k, 1, outputs, self.dim, rate,
                            self.work, &block.steps):
                    return
            block.predictions += n_in


# Consecutive centres that are trained at the values before the first of them.
ctypedef struct Centres:
    int n
    float **contexts  # those of centre k from contexts[2 * window * k] on
    float **moving  # the rows that change in their place: the same pointers, or others at the same places
    int *n_contexts
    const Outputs *outputs  # the targets, then their noise words


@cython.final
cdef class Cbow(Worker):
    """The mean or sum of a window's context rows is the one input.

    `batch` consecutive centres meet the same noise words (1: each has its own), as many as a NegativeSampling for so
    many targets draws; a centre whose word is already among the targets starts a new batch, so that no row changes
    twice in one. share_mean: the input is the mean of the rows, not their sum; share_gradient: each row receives its
    share of the input's change, not all of it.
    """
    cdef Objective objective
    cdef NegativeSampling shared
    cdef int batch
    cdef bint share_mean
    cdef bint share_gradient
    cdef float *inputs_of  # (batch, dim): h, and what it changes by
    cdef float *changes_of
    cdef float **input_rows
    cdef float **change_rows
    cdef float *work
    cdef float *pair_work
    cdef void *memory[4]  # of these four
    cdef Centres prepared[2]
    cdef float **targets

    def __cinit__(self, inputs, Objective objective not None, kernel, keep, still, stop, int window, least, block,
                  int batch, bint share_mean, bint share_gradient):
        cdef int k
        cdef bint room = True
        cdef size_t most
        cdef Centres *centres
        check_objective(objective, self)
        if batch < 1 or (batch > 1 and not isinstance(objective, NegativeSampling)):
            raise ValueError(f"batch is {batch}, but only noise words can be shared by more than one centre; give 1")
        if batch > 1:
            self.shared = objective
            if self.shared.targets < batch:
                raise ValueError(f"batch is {batch}, but the objective draws for {self.shared.targets} targets at most")
        objective.hold(2)
        self.objective, self.batch, self.share_mean, self.share_gradient = objective, batch, share_mean, share_gradient
        most = objective.most_outputs
        self.inputs_of = make_rows(<size_t>batch * self.dim, &self.memory[0])
        self.changes_of = make_rows(<size_t>batch * self.dim, &self.memory[1])
        self.input_rows = <float **>malloc(batch * sizeof(float *))
        self.change_rows = <float **>malloc(batch * sizeof(float *))
        self.targets = <float **>malloc(batch * sizeof(float *))
        self.work = make_rows(work_floats(batch, <int>most, self.dim), &self.memory[2])
        self.pair_work = make_rows(2 * (batch + FW2V_ROW_FLOATS), &self.memory[3])
        for k in range(2):
            centres = &self.prepared[k]
            centres.contexts = make_contexts(2 * <size_t>window * batch)
            centres.moving = centres.contexts
            if self.moving is not self.rows:
                centres.moving += 2 * <size_t>window * batch + POINTERS
            centres.n_contexts = <int *>malloc(batch * sizeof(int))
            room &= centres.contexts is not NULL and centres.n_contexts is not NULL
        if (not room or self.inputs_of is NULL or self.changes_of is NULL or self.input_rows is NULL
                or self.change_rows is NULL or self.targets is NULL or self.work is NULL or self.pair_work is NULL):
            raise MemoryError(f"no memory for {batch} centres with windows of {2 * window} rows; lower cbow_batch or "
                              "window")
        for k in range(batch):
            self.input_rows[k] = self.inputs_of + <size_t>k * self.dim
            self.change_rows[k] = self.changes_of + <size_t>k * self.dim

    def __dealloc__(self):
        cdef int k
        for k in range(2):
            free(self.prepared[k].contexts)
            free(self.prepared[k].n_contexts)
        for k in range(4):
            free(self.memory[k])
        free(self.input_rows)
        free(self.change_rows)
        free(self.targets)

    cdef int64_t prepare(self, Block *block, int64_t p, Centres *centres) noexcept nogil:
        """Fills `centres` from position p on and asks for their rows; returns the position after the last."""
        cdef int n_in, j, reach, differ
        cdef int64_t ahead
        cdef size_t place
        centres.n = 0
        while p < block.to and centres.n < self.batch:
            self.targets[centres.n] = own_row(self.objective.rows, self.kept[p]) if self.batch > 1 else NULL
            for j in range(centres.n):
                if self.targets[j] == self.targets[centres.n]:
                    break
            else:
                reach = reach_of(self, &block.random)
                ahead = p + self.batch + self.window
                if ahead < block.kept:
                    fw2v_prefetch_row(self.rows[ahead], self.dim)
                place = 2 * <size_t>self.window * centres.n
                n_in = contexts_of(self, p, reach, centres.contexts + place, &differ)
                moving_contexts(self, p, reach, centres.contexts + place, centres.moving + place)
                if n_in > 0:
                    centres.n_contexts[centres.n] = n_in
                    if self.batch == 1:
                        centres.outputs = self.objective.draw(&block.random, self.kept[p])
                    centres.n += 1
                p += 1
                continue
            break
        if centres.n > 0:
            if self.batch > 1:
                centres.outputs = self.shared.draw_for(&block.random, self.targets, centres.n)
            prefetch_outputs(centres.outputs, self.dim)
        return p

    cdef int step(self, Centres *centres, float rate, fw2v_loss *loss) noexcept nogil:
        """One step at the values before it; returns 0, with nothing changed, where the loss is no longer finite."""
        cdef const fw2v_kernel *kernel = self.kernel.c_kernel
        cdef const Outputs *outputs = centres.outputs
        cdef int n = centres.n, k
        cdef float **contexts
        cdef float **noise
        cdef float share
        if n == 0:
            return 1
        for k in range(n):
            contexts = centres.contexts + 2 * <size_t>self.window * k
            share = <float>1 / centres.n_contexts[k] if self.share_mean else 1
            kernel.sum_rows(<const float *const *>contexts, centres.n_contexts[k], self.dim, share, self.input_rows[k])
        memset(self.changes_of, 0, <size_t>n * self.dim * sizeof(float))
        if self.batch == 1:
            if not step(kernel, self.input_rows, self.change_rows, 1, outputs, self.dim, rate, self.work, loss):
                return 0
        else:
            noise = outputs.rows + n
            # Targets and noise are different rows, so that neither step changes what the other reads.
            if not kernel.begin_step(self.input_rows, n, noise, outputs.labels + n, outputs.counts + n, outputs.n - n,
                                     self.dim, rate, self.work, loss):
                return 0
            if not kernel.step_pairs(self.input_rows, self.change_rows, outputs.rows, outputs.labels, outputs.counts, n,
                                     self.dim, rate, self.pair_work, loss):
                return 0
            kernel.end_step(self.input_rows, self.change_rows, n, noise, outputs.n - n, self.dim,
                            FW2V_INPUTS_DIFFER | FW2V_OUTPUTS_DIFFER, self.work)
        for k in range(n):
            contexts = centres.moving + 2 * <size_t>self.window * k
            share = <float>1 / centres.n_contexts[k] if self.share_gradient else 1
            kernel.add_to_rows(self.change_rows[k], share, contexts, centres.n_contexts[k], self.dim)
        return 1

    cdef void train(self, Block *block) noexcept nogil:
        self.objective.begin(&block.random)
        self.windows_of(block)

    def finish(self):
        self.objective.rows.give_back()

    cdef void windows_of(self, Block *block) noexcept nogil:
        cdef int64_t here = block.from_, ahead = self.prepare(block, here, &self.prepared[0]), after
        cdef int slot = 0
        while here < block.to:
            if self.stop[0]:
                return
            after = self.prepare(block, ahead, &self.prepared[1 - slot])
            if not self.step(&self.prepared[slot], <float>(block.rate - block.fall * (here - block.from_)),
                             &block.steps):
                return
            block.predictions += self.prepared[slot].n
            here, ahead, slot = ahead, after, 1 - slot


cdef int check_objective(Objective objective, Worker worker) except -1:
    if objective.words != worker.inputs.shape[0] or objective.rows.matrix.shape[1] != worker.inputs.shape[1]:
        raise ValueError(f"{worker.inputs.shape[0]} inputs of {worker.inputs.shape[1]} floats and outputs for "
                         f"{objective.words} words of {objective.rows.matrix.shape[1]} floats must agree")
    return 0
