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


cdef inline bint stays(const Text *text, int64_t position) noexcept nogil:
    """Whether the token at a position is a word, and subsampling keeps it."""
    cdef uint32_t word = <uint32_t>text.ids[position - text.base]
    return word < text.words and <uint32_t>(fw2v_random_at(text.key, position) >> 32) <= text.keep[word]


cdef class Worker:
    """The scratch of one thread for blocks of at most `block` tokens, and the tables it reads.

    inputs: (words, stride) float32, changed in place but for rows whose `still` is not 0 (None: no such rows); keep:
    32-bit keep thresholds; stop: one int32, training ends early when it is not 0; a window reaches least..window words
    to either side.
    """

    def __cinit__(self, float[:, ::1] inputs not None, _, Kernel kernel not None, const uint32_t[::1] keep not None,
                  const uint8_t[::1] still, const int32_t[::1] stop not None, int window, int least, int64_t block,
                  *__):
        if keep.shape[0] != inputs.shape[0]:
            raise ValueError(f"{inputs.shape[0]} input rows and {keep.shape[0]} keep thresholds must be as many")
        if still is not None and still.shape[0] != inputs.shape[0]:
            raise ValueError(f"{inputs.shape[0]} input rows and {still.shape[0]} flags of frozen ones must be as many")
        if window < 1 or block < 1 or stop.shape[0] < 1:
            raise ValueError(f"window is {window} and block is {block}, but both must be at least 1")
        if not 1 <= least <= window:
            raise ValueError(f"least is {least}, but must be from 1 to window, which is {window}")
        if block > INT32_MAX - POINTERS - 2 * <int64_t>window:
            raise ValueError(f"block is {block} and window is {window}, but together they must be below 2**31")
        cdef size_t room = <size_t>block + 2 * <size_t>window
        self.inputs, self.keep, self.still, self.stop = inputs, keep, still, stop
        self.window, self.least, self.block = window, least, block
        self.kernel, self.dim = kernel, <int>inputs.shape[1]
        self.kept = <int32_t *>malloc(room * sizeof(int32_t))
        self.first = <int32_t *>malloc(room * sizeof(int32_t))
        self.last = <int32_t *>malloc(room * sizeof(int32_t))
        self.repeats = <uint8_t *>malloc((room + window) * sizeof(uint8_t))
        self.recent = <int32_t *>malloc(RECENT * sizeof(int32_t))
        self.rows = <float **>calloc(room + POINTERS, sizeof(float *))
        self.moving = self.rows
        if still is not None:
            self.moving = <float **>calloc(room + POINTERS, sizeof(float *))
            self.waste = make_rows(self.dim, &self.waste_memory)
        if (self.kept is NULL or self.first is NULL or self.last is NULL or self.repeats is NULL
                or self.recent is NULL or self.rows is NULL or self.moving is NULL
                or (still is not None and self.waste is NULL)):
            raise MemoryError(f"no memory for blocks of {block} tokens")

    def __dealloc__(self):
        free(self.kept)
        free(self.first)
        free(self.last)
        free(self.repeats)
        free(self.recent)
        if self.moving is not self.rows:
            free(self.moving)
        free(self.rows)
        free(self.waste_memory)

    cdef int64_t gather(self, const Text *text, int64_t start, int64_t end, int64_t *from_, int64_t *to) noexcept nogil:
        """Puts the kept tokens of start..end in `kept`, with as many neighbours on both sides as a window may reach
        in the same sentence and the text at hand; centres are from_..to; first[p]..last[p] bounds the sentence of p.
        `start` lies in the first sentence."""
        cdef int64_t n = 0, sentence = 0, position = start - 1, begin = 0, stop, p, found = 0
        cdef int64_t first = max(text.offsets[0], text.base), after = text.base + text.tokens
        cdef int32_t *kept = self.kept
        memset(self.repeats, 0, <size_t>self.block + 3 * <size_t>self.window)
        memset(self.recent, 0xFF, RECENT * sizeof(int32_t))
        # Neighbours before the block, found from right to left.
        while position >= first and found < self.window:
            if stays(text, position):
                found += 1
            position -= 1
        position += 1
        # No more than there is room for, should an array of the caller's have changed since they were counted.
        while position < start and n < self.window:
            if stays(text, position):
                kept[n] = text.ids[position - text.base]
                n += 1
            position += 1
        from_[0] = n
        while position < end:
            stop = min(text.offsets[sentence + 1], after)
            while position < stop and position < end:
                # Written in any case, counted if it stays: a branch would often be mispredicted.
                kept[n] = text.ids[position - text.base]
                n += stays(text, position)
                position += 1
            to[0] = n
            found = 0
            while position < stop and found < self.window:
                if stays(text, position):
                    kept[n] = text.ids[position - text.base]
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
        """rows[p] is the input row of kept[p], moving[p] the row that changes in its place; repeats[p] is not 0 where
        some row may stand twice in a window around p, for p in begin..end. Never 0 where one does."""
        cdef int64_t p, q, before
        cdef int32_t word
        for p in range(begin, end):
            word = self.kept[p]
            self.rows[p] = &self.inputs[word, 0]
            if self.moving is not self.rows:
                self.moving[p] = self.waste if self.still[word] else self.rows[p]
            before = self.recent[word & (RECENT - 1)]
            self.recent[word & (RECENT - 1)] = <int32_t>p
            if before >= begin and p - before <= 2 * self.window:
                for q in range(max(begin, p - self.window), before + self.window + 1):
                    self.repeats[q] = 1

    def run(self, const int32_t[::1] ids not None, int64_t base, const int64_t[::1] sentences not None, int64_t start,
            int64_t end, uint64_t seed, uint64_t epoch, double alpha, double slope):
        """Trains the tokens start..end; ids[0] is token `base`, and `sentences` are the borders of those around.

        The rate falls linearly from `alpha` by `slope` a token. Returns (predictions, their summed loss); a loss that
        is not finite ended the block before the step that it comes from.
        """
        cdef Text text
        cdef int64_t i, last = sentences.shape[0] - 1
        if not 0 <= base <= start < end <= base + ids.shape[0] or end - start > self.block:
            raise ValueError(f"tokens {start}..{end} are no block of the tokens {base}..{base + ids.shape[0]}")
        if last < 1 or not (sentences[0] <= start < sentences[1] and sentences[last - 1] < end <= sentences[last]):
            raise ValueError(f"the sentences given are not those of the tokens {start}..{end}")
        for i in range(last):
            if sentences[i] >= sentences[i + 1]:
                raise ValueError(f"a sentence ends at token {sentences[i]}, and the next at {sentences[i + 1]}, but "
                                 "each must hold a token")
        text.ids, text.base, text.tokens, text.offsets = &ids[0], base, ids.shape[0], &sentences[0]
        text.keep, text.words = &self.keep[0], <uint32_t>self.keep.shape[0]
        cdef Block block
        with nogil:
            text.key = fw2v_key(fw2v_key(seed, epoch), KEEP_STREAM)
            block.kept = self.gather(&text, start, end, &block.from_, &block.to)
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
