"""The hot loop: from token ids to windows, draws and kernel steps, without the GIL.

A Worker owns the scratch of one thread and trains one block at a time. What a block is, in which order blocks come and
at which rate is the trainer's business; arithmetic on rows is the kernels'.
"""
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc

from fastw2v._fw2v cimport fw2v_prefetch_row, fw2v_step_fn
from fastw2v._kernels cimport Kernel, work_floats
from fastw2v._objectives cimport NegativeSampling, Outputs, fw2v_below, fw2v_key, fw2v_random_at, fw2v_random_next

# How many positions ahead outputs are drawn and rows are asked of the caches; a power of two. One step takes a few
# hundred nanoseconds, as long as a row from memory.
cdef enum:
    AHEAD = 2
    SLOTS = 4

# Streams of one (seed, epoch): subsampling is keyed by a token's position in the text, so that blocks may be cut
# anywhere; windows and noise by the block.
cdef enum:
    KEEP_STREAM = 0
    DRAW_STREAM = 1


cdef class Worker:
    """The scratch of one thread for blocks of at most `block` tokens, and the tables it reads.

    inputs: (words, stride) float32, changed in place; objective: owns the outputs; ids, offsets: the corpus;
    keep: 32-bit keep thresholds; stop: one int32, training ends early when it is not 0.
    """
    cdef float[:, ::1] inputs
    cdef NegativeSampling objective
    cdef fw2v_step_fn step
    cdef const int32_t[::1] ids
    cdef const int64_t[::1] offsets
    cdef const uint32_t[::1] keep
    cdef const int32_t[::1] stop
    cdef int window
    cdef int64_t block
    cdef Kernel kernel
    cdef int32_t *kept
    cdef int64_t *first
    cdef int64_t *last
    cdef float **contexts
    cdef float *work
    cdef Outputs slots[SLOTS]
    cdef int reach[SLOTS]

    def __cinit__(self, float[:, ::1] inputs not None, NegativeSampling objective not None, Kernel kernel not None,
                  const int32_t[::1] ids not None, const int64_t[::1] offsets not None,
                  const uint32_t[::1] keep not None, const int32_t[::1] stop not None, int window, int64_t block):
        cdef int k, outputs = objective.most_outputs
        cdef size_t room = <size_t>(block + 2 * window)
        if keep.shape[0] != inputs.shape[0] or objective.matrix.shape[0] != inputs.shape[0] \
                or objective.matrix.shape[1] != inputs.shape[1]:
            raise ValueError(f"inputs, outputs and keep thresholds speak of {inputs.shape[0]}, "
                             f"{objective.matrix.shape[0]} and {keep.shape[0]} words, but must agree in shape")
        if window < 1 or block < 1 or stop.shape[0] < 1:
            raise ValueError(f"window is {window} and block is {block}, but both must be at least 1")
        self.inputs, self.objective, self.step = inputs, objective, kernel.c_kernel.step
        self.ids, self.offsets, self.keep, self.stop = ids, offsets, keep, stop
        self.window, self.block, self.kernel = window, block, kernel
        self.kept = <int32_t *>malloc(room * sizeof(int32_t))
        self.first = <int64_t *>malloc(room * sizeof(int64_t))
        self.last = <int64_t *>malloc(room * sizeof(int64_t))
        self.contexts = <float **>malloc(2 * <size_t>window * sizeof(float *))
        self.work = <float *>calloc(work_floats(2 * window, outputs, <int>inputs.shape[1]), sizeof(float))
        cdef bint missing = (self.kept is NULL or self.first is NULL or self.last is NULL or self.contexts is NULL
                             or self.work is NULL)
        for k in range(SLOTS):
            self.slots[k].rows = <float **>malloc(outputs * sizeof(float *))
            self.slots[k].labels = <float *>malloc(outputs * sizeof(float))
            self.slots[k].counts = <float *>malloc(outputs * sizeof(float))
            missing = (missing or self.slots[k].rows is NULL or self.slots[k].labels is NULL
                       or self.slots[k].counts is NULL)
        if missing:
            raise MemoryError(f"no memory for windows of {2 * window} x {outputs} rows; lower window or negative")

    def __dealloc__(self):
        cdef int k
        for k in range(SLOTS):
            free(self.slots[k].rows)
            free(self.slots[k].labels)
            free(self.slots[k].counts)
        free(self.kept)
        free(self.first)
        free(self.last)
        free(self.contexts)
        free(self.work)

    cdef bint stays(self, uint64_t key, int64_t position) noexcept nogil:
        return <uint32_t>(fw2v_random_at(key, position) >> 32) <= self.keep[self.ids[position]]

    cdef int64_t gather(self, uint64_t key, int64_t start, int64_t end, int64_t sentence, int64_t *from_,
                        int64_t *to) noexcept nogil:
        """Puts the kept tokens of start..end in `kept`, with as many neighbours on both sides as a window may reach
        in the same sentence; centres are from_..to; first[p]..last[p] bounds the sentence of p."""
        cdef int64_t n = 0, position, begin, stop, p, found = 0
        # Neighbours before the block, found from right to left.
        position = start - 1
        while position >= self.offsets[sentence] and found < self.window:
            if self.stays(key, position):
                found += 1
            position -= 1
        position += 1
        begin = 0
        while position < start:
            if self.stays(key, position):
                self.kept[n] = self.ids[position]
                n += 1
            position += 1
        from_[0] = n
        while position < end:
            stop = self.offsets[sentence + 1]
            while position < stop and position < end:
                if self.stays(key, position):
                    self.kept[n] = self.ids[position]
                    n += 1
                position += 1
            to[0] = n
            found = 0
            while position < stop and found < self.window:
                if self.stays(key, position):
                    self.kept[n] = self.ids[position]
                    n += 1
                    found += 1
                position += 1
            for p in range(begin, n):
                self.first[p] = begin
                self.last[p] = n
            begin = n
            sentence += 1
        return n

    def run(self, int64_t start, int64_t end, int64_t sentence, uint64_t seed, uint64_t epoch, double alpha,
            double slope):
        """Trains the tokens start..end; `sentence` is the one that holds `start`.

        The rate falls linearly from `alpha` by `slope` a token. Returns (predictions, their summed loss).
        """
        if not (0 <= start < end <= self.ids.shape[0] and end - start <= self.block
                and 0 <= sentence < self.offsets.shape[0] - 1
                and self.offsets[sentence] <= start < self.offsets[sentence + 1]):
            raise ValueError(f"tokens {start}..{end} from sentence {sentence} on are no block of this corpus")
        cdef int64_t predictions = 0
        cdef double loss = 0
        with nogil:
            self.train(start, end, sentence, fw2v_key(seed, epoch), alpha, slope, &predictions, &loss)
        return predictions, loss

    cdef void train(self, int64_t start, int64_t end, int64_t sentence, uint64_t key, double alpha, double slope,
                    int64_t *predictions, double *loss) noexcept nogil:
        cdef int64_t from_ = 0, to = 0, p, q, low, high, ahead
        cdef int64_t n = self.gather(fw2v_key(key, KEEP_STREAM), start, end, sentence, &from_, &to)
        cdef uint64_t random = fw2v_key(fw2v_key(key, DRAW_STREAM), start)
        cdef int dim = <int>self.inputs.shape[1], n_in, j, slot
        cdef double fall = slope * (end - start) / (to - from_) if to > from_ else 0
        cdef Outputs *outputs
        for p in range(from_ - AHEAD, to):
            ahead = p + AHEAD
            if ahead < to:
                slot = <int>(ahead & (SLOTS - 1))
                self.reach[slot] = 1 + <int>fw2v_below(fw2v_random_next(&random), self.window)
                outputs = &self.slots[slot]
                self.objective.draw(&random, self.kept[ahead], outputs)
                for j in range(outputs.n):
                    fw2v_prefetch_row(outputs.rows[j], dim)
                if ahead + self.window < n:
                    fw2v_prefetch_row(&self.inputs[self.kept[ahead + self.window], 0], dim)
            if p < from_:
                continue
            if self.stop[0]:
                return
            slot = <int>(p & (SLOTS - 1))
            low = max(self.first[p], p - self.reach[slot])
            high = min(self.last[p], p + self.reach[slot] + 1)
            n_in = 0
            for q in range(low, high):
                if q != p:
                    self.contexts[n_in] = &self.inputs[self.kept[q], 0]
                    n_in += 1
            outputs = &self.slots[slot]
            loss[0] += self.step(self.contexts, n_in, outputs.rows, outputs.labels, outputs.counts, outputs.n, dim,
                                 <float>(alpha - fall * (p - from_)), self.work)
            predictions[0] += n_in
