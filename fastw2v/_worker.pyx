"""One training thread: from token ids to subsampled sentences, without the GIL.

A Worker owns the scratch of one thread and takes one block at a time. How windows are trained is the business of the
classes built on it; what a block is, in which order blocks come and at which rate is the trainer's.
"""
from libc.stdint cimport INT32_MAX
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset

from fastw2v._objectives cimport fw2v_key, fw2v_random_at

# Streams of one (seed, epoch): subsampling is keyed by a token's position in the text, so that blocks may be cut
# anywhere; windows and noise by the block.
cdef enum:
    KEEP_STREAM = 0
    DRAW_STREAM = 1

# Where words stood last is kept by the low bits of their ids; a power of two.
cdef enum:
    RECENT = 4096


cdef inline bint stays(const int32_t *ids, const uint32_t *keep, uint64_t key, int64_t position) noexcept nogil:
    """Whether subsampling keeps the token at a position."""
    return <uint32_t>(fw2v_random_at(key, position) >> 32) <= keep[ids[position]]


cdef class Worker:
    """The scratch of one thread for blocks of at most `block` tokens, and the tables it reads.

    inputs: (words, stride) float32, changed in place; ids, offsets: the corpus; keep: 32-bit keep thresholds; stop: one
    int32, training ends early when it is not 0; a window reaches least..window words to either side.
    """

    def __cinit__(self, float[:, ::1] inputs not None, _, Kernel kernel not None, const int32_t[::1] ids not None,
                  const int64_t[::1] offsets not None, const uint32_t[::1] keep not None,
                  const int32_t[::1] stop not None, int window, int least, int64_t block,
                  *__):
        if keep.shape[0] != inputs.shape[0]:
            raise ValueError(f"{inputs.shape[0]} input rows and {keep.shape[0]} keep thresholds must be as many")
        if window < 1 or block < 1 or stop.shape[0] < 1:
            raise ValueError(f"window is {window} and block is {block}, but both must be at least 1")
        if not 1 <= least <= window:
            raise ValueError(f"least is {least}, but must be from 1 to window, which is {window}")
        cdef size_t room = <size_t>(block + 2 * window)
        if room + POINTERS > INT32_MAX:
            raise ValueError(f"block is {block} and window is {window}, but together they must be below 2**31")
        self.inputs, self.ids, self.offsets, self.keep, self.stop = inputs, ids, offsets, keep, stop
        self.window, self.least, self.block = window, least, block
        self.kernel, self.dim = kernel, <int>inputs.shape[1]
        self.kept = <int32_t *>malloc(room * sizeof(int32_t))
        self.first = <int32_t *>malloc(room * sizeof(int32_t))
        self.last = <int32_t *>malloc(room * sizeof(int32_t))
        self.repeats = <uint8_t *>malloc((room + window) * sizeof(uint8_t))
        self.recent = <int32_t *>malloc(RECENT * sizeof(int32_t))
        self.rows = <float **>calloc(room + POINTERS, sizeof(float *))
        if (self.kept is NULL or self.first is NULL or self.last is NULL or self.repeats is NULL
                or self.recent is NULL or self.rows is NULL):
            raise MemoryError(f"no memory for blocks of {block} tokens")

    def __dealloc__(self):
        free(self.kept)
        free(self.first)
        free(self.last)
        free(self.repeats)
        free(self.recent)
        free(self.rows)

    cdef int64_t gather(self, uint64_t key, int64_t start, int64_t end, int64_t sentence, int64_t *from_,
                        int64_t *to) noexcept nogil:
        """Puts the kept tokens of start..end in `kept`, with as many neighbours on both sides as a window may reach
        in the same sentence; centres are from_..to; first[p]..last[p] bounds the sentence of p."""
        cdef int64_t n = 0, position, begin, stop, p, found = 0
        cdef const int32_t *ids = &self.ids[0]
        cdef const uint32_t *keep = &self.keep[0]
        cdef int32_t *kept = self.kept
        memset(self.repeats, 0, <size_t>(self.block + 3 * self.window))
        memset(self.recent, 0xFF, RECENT * sizeof(int32_t))
        # Neighbours before the block, found from right to left.
        position = start - 1
        while position >= self.offsets[sentence] and found < self.window:
            if stays(ids, keep, key, position):
                found += 1
            position -= 1
        position += 1
        begin = 0
        while position < start:
            if stays(ids, keep, key, position):
                kept[n] = ids[position]
                n += 1
            position += 1
        from_[0] = n
        while position < end:
            stop = self.offsets[sentence + 1]
            while position < stop and position < end:
                # Written in any case, counted if it stays: a branch would often be mispredicted.
                kept[n] = ids[position]
                n += stays(ids, keep, key, position)
                position += 1
            to[0] = n
            found = 0
            while position < stop and found < self.window:
                if stays(ids, keep, key, position):
                    kept[n] = ids[position]
                    n += 1
                    found += 1
                position += 1
            for p in range(begin, n):
                self.first[p] = <int32_t>begin
                self.last[p] = <int32_t>n
            self.note_words(begin, n)
            begin = n
            sentence += 1
        return n

    cdef void note_words(self, int64_t begin, int64_t end) noexcept nogil:
        """rows[p] is the input row of kept[p]; repeats[p] is not 0 where some row may stand twice in a window around
        p, for p in begin..end. Never 0 where one does."""
        cdef int64_t p, q, before
        cdef int32_t word
        for p in range(begin, end):
            word = self.kept[p]
            self.rows[p] = &self.inputs[word, 0]
            before = self.recent[word & (RECENT - 1)]
            self.recent[word & (RECENT - 1)] = <int32_t>p
            if before >= begin and p - before <= 2 * self.window:
                for q in range(max(begin, p - self.window), before + self.window + 1):
                    self.repeats[q] = 1

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
