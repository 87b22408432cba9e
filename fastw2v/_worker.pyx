"""One training thread: from token ids to subsampled sentences, without the GIL.

A Worker owns the scratch of one thread and takes one block at a time. How windows are trained is the business of the
classes built on it; what a block is, in which order blocks come and at which rate is the trainer's.
"""
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from fastw2v._fw2v cimport FW2V_INPUTS_DIFFER
from fastw2v._objectives cimport fw2v_key, fw2v_random_at

# Streams of one (seed, epoch): subsampling is keyed by a token's position in the text, so that blocks may be cut
# anywhere; windows and noise by the block.
cdef enum:
    KEEP_STREAM = 0
    DRAW_STREAM = 1


cdef class Worker:
    """The scratch of one thread for blocks of at most `block` tokens, and the tables it reads.

    inputs: (words, stride) float32, changed in place; ids, offsets: the corpus; keep: 32-bit keep thresholds; stop: one
    int32, training ends early when it is not 0.
    """

    def __cinit__(self, float[:, ::1] inputs not None, _, Kernel kernel not None, const int32_t[::1] ids not None,
                  const int64_t[::1] offsets not None, const uint32_t[::1] keep not None,
                  const int32_t[::1] stop not None, int window, int64_t block, *__):
        if keep.shape[0] != inputs.shape[0]:
            raise ValueError(f"{inputs.shape[0]} input rows and {keep.shape[0]} keep thresholds must be as many")
        if window < 1 or block < 1 or stop.shape[0] < 1:
            raise ValueError(f"window is {window} and block is {block}, but both must be at least 1")
        cdef size_t room = <size_t>(block + 2 * window)
        self.inputs, self.ids, self.offsets, self.keep, self.stop = inputs, ids, offsets, keep, stop
        self.window, self.block, self.kernel, self.dim = window, block, kernel, <int>inputs.shape[1]
        self.kept = <int32_t *>malloc(room * sizeof(int32_t))
        self.first = <int64_t *>malloc(room * sizeof(int64_t))
        self.last = <int64_t *>malloc(room * sizeof(int64_t))
        self.again = <int64_t *>malloc(room * sizeof(int64_t))
        if self.kept is NULL or self.first is NULL or self.last is NULL or self.again is NULL:
            raise MemoryError(f"no memory for blocks of {block} tokens")

    def __dealloc__(self):
        free(self.kept)
        free(self.first)
        free(self.last)
        free(self.again)

    cdef bint stays(self, uint64_t key, int64_t position) noexcept nogil:
        return <uint32_t>(fw2v_random_at(key, position) >> 32) <= self.keep[self.ids[position]]

    cdef int64_t gather(self, uint64_t key, int64_t start, int64_t end, int64_t sentence, int64_t *from_,
                        int64_t *to) noexcept nogil:
        """Puts the kept tokens of start..end in `kept`, with as many neighbours on both sides as a window may reach
        in the same sentence; centres are from_..to; first[p]..last[p] bounds the sentence of p; again[p] is the nearest
        place before p, as far as a window holds both, that has the same word, else -1."""
        cdef int64_t n = 0, position, begin, stop, p, q, found = 0
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
                self.again[p] = -1
                for q in range(max(begin, p - 2 * self.window), p):
                    if self.kept[q] == self.kept[p]:
                        self.again[p] = q
            begin = n
            sentence += 1
        return n

    cdef int contexts_of(self, int64_t centre, int reach, float **contexts, int *differ) noexcept nogil:
        """Points `contexts` at the input rows within `reach` of a centre in its sentence; returns how many. `differ`:
        FW2V_INPUTS_DIFFER where no row can stand twice among them, else 0."""
        cdef int64_t low = max(self.first[centre], centre - reach), high = min(self.last[centre], centre + reach + 1), q
        cdef int n = 0
        differ[0] = FW2V_INPUTS_DIFFER
        for q in range(low, high):
            if q != centre:
                contexts[n] = &self.inputs[self.kept[q], 0]
                n += 1
            if self.again[q] >= low:
                differ[0] = 0
        return n

    def run(self, int64_t start, int64_t end, int64_t sentence, uint64_t seed, uint64_t epoch, double alpha,
            double slope):
        """Trains the tokens start..end; `sentence` is the one that holds `start`.

        The rate falls linearly from `alpha` by `slope` a token. Returns (predictions, their summed loss); a loss that
        is not finite ended the block before the step that it comes from.
        """
        if not (0 <= start < end <= self.ids.shape[0] and end - start <= self.block
                and 0 <= sentence < self.offsets.shape[0] - 1
                and self.offsets[sentence] <= start < self.offsets[sentence + 1]):
            raise ValueError(f"tokens {start}..{end} from sentence {sentence} on are no block of this corpus")
        cdef Block block
        with nogil:
            block.kept = self.gather(fw2v_key(fw2v_key(seed, epoch), KEEP_STREAM), start, end, sentence, &block.from_,
                                     &block.to)
            block.random = fw2v_key(fw2v_key(fw2v_key(seed, epoch), DRAW_STREAM), start)
            block.rate = alpha
            block.fall = slope * (end - start) / (block.to - block.from_) if block.to > block.from_ else 0
            block.predictions = 0
            block.loss = 0
            memset(&block.steps, 0, sizeof(block.steps))
            self.train(&block)
            block.loss += self.kernel.c_kernel.total_loss(&block.steps)
        return block.predictions, block.loss

    cdef void train(self, Block *block) noexcept nogil:
        pass

    def finish(self):
        pass
