"""The exact softmax: batches of input rows against the whole vocabulary, as matrix products of SciPy's BLAS.

The text's side of it is _worker's; the equation is equations.softmax_batch_loss_and_gradients. A module of its own
because importing SciPy's BLAS takes longer than training a small text.

The vocabulary is gone through twice, in blocks whose scores stay in the second-level cache. First the scores and, by a
running maximum and sum, each row's log-sum-exp; then, with it, the gradients, the outputs changing block by block.
Where the scores of a batch do not fit in the memory granted, the second pass computes them again.
"""
from libc.math cimport exp, fmax, isfinite, log
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset
from scipy.linalg.cython_blas cimport sgemm

from fastw2v._fw2v cimport fw2v_prefetch_row
from fastw2v._worker cimport POINTERS, Block, Worker, contexts_of, moving_contexts, reach_of

include "_blas_int.pxi"


cdef class Softmax(Worker):
    """Batches of `batch` centres. Skip-gram: a centre's row is the input, the words of its window are the targets.
    cbow: the mean or sum of the context rows is the input, the centre is the target.

    outputs: (words, stride) float32, changed in place; width: floats of a row that are not padding; block_words,
    blocks, keep_scores: as in softmax_plan.SoftmaxPlan; share_mean, share_gradient: as in _train.Cbow.
    """
    cdef float[:, ::1] outputs
    cdef int batch
    cdef int width
    cdef bint cbow
    cdef bint share_mean
    cdef bint share_gradient
    cdef bint keep_scores
    cdef int block_words
    cdef int blocks
    cdef int n  # rows in the batch at hand
    cdef int n_targets
    cdef float *rows_in  # (batch, dim): h, f h, what h changes by, and one block's part of that
    cdef float *scaled
    cdef float *changes
    cdef float *part
    cdef float *scores
    cdef float *maxima  # (blocks, batch)
    cdef double *sums  # (batch,)
    cdef double *tops
    cdef double *log_sums
    cdef float *factors
    cdef int *row_targets  # how many targets each row has
    cdef int *target_row
    cdef int32_t *target_word
    cdef float **contexts  # input rows: those of row k from contexts[2 * window * k] on
    cdef float **changing  # the rows that change in their place: the same pointers, or others at the same places
    cdef int *n_contexts

    def __cinit__(self, inputs, float[:, ::1] outputs not None, kernel, keep, still, stop, int window, least, block,
                  int batch, int width, int block_words, int blocks, bint keep_scores, bint cbow, bint share_mean,
                  bint share_gradient):
        cdef size_t room, targets, words = outputs.shape[0]
        if outputs.shape[0] != self.inputs.shape[0] or outputs.shape[1] != self.dim or not 1 <= width <= self.dim:
            raise ValueError(f"inputs of shape ({self.inputs.shape[0]}, {self.dim}) and outputs of shape "
                             f"({outputs.shape[0]}, {outputs.shape[1]}) with {width} floats in use must agree")
        if (batch < 1 or not 1 <= block_words <= <int64_t>words
                or blocks != (<int64_t>words + block_words - 1) // block_words):
            raise ValueError(f"{blocks} blocks of {block_words} words do not make {words} words in batches of {batch}")
        self.outputs, self.batch, self.width = outputs, batch, width
        self.cbow, self.share_mean, self.share_gradient = cbow, share_mean, share_gradient
        self.block_words, self.blocks, self.keep_scores = block_words, blocks, keep_scores
        room = <size_t>batch * self.dim
        targets = <size_t>batch * (1 if cbow else 2 * window)
        self.rows_in = <float *>calloc(room, sizeof(float))
        self.scaled = <float *>calloc(room, sizeof(float))
        self.changes = <float *>calloc(room, sizeof(float))
        self.part = <float *>calloc(room, sizeof(float))
        self.scores = <float *>malloc((self.blocks if self.keep_scores else 1) * <size_t>batch * self.block_words
                                      * sizeof(float))
        self.maxima = <float *>malloc(<size_t>self.blocks * batch * sizeof(float))
        self.sums = <double *>malloc(batch * sizeof(double))
        self.tops = <double *>malloc(batch * sizeof(double))
        self.log_sums = <double *>malloc(batch * sizeof(double))
        self.factors = <float *>malloc(batch * sizeof(float))
        self.row_targets = <int *>malloc(batch * sizeof(int))
        self.target_row = <int *>malloc(targets * sizeof(int))
        self.target_word = <int32_t *>malloc(targets * sizeof(int32_t))
        self.contexts = <float **>malloc(2 * (2 * <size_t>window * batch + POINTERS) * sizeof(float *))
        self.changing = self.contexts
        if self.changing is not NULL and still is not None:
            self.changing += 2 * <size_t>window * batch + POINTERS
        self.n_contexts = <int *>malloc(batch * sizeof(int))
        if (self.rows_in is NULL or self.scaled is NULL or self.changes is NULL or self.part is NULL
                or self.scores is NULL or self.maxima is NULL or self.sums is NULL or self.tops is NULL
                or self.log_sums is NULL or self.factors is NULL or self.row_targets is NULL
                or self.target_row is NULL or self.target_word is NULL or self.contexts is NULL
                or self.n_contexts is NULL):
            raise MemoryError(f"no memory for batches of {batch} rows against {words} words; lower softmax_batch")

    def __dealloc__(self):
        free(self.rows_in)
        free(self.scaled)
        free(self.changes)
        free(self.part)
        free(self.scores)
        free(self.maxima)
        free(self.sums)
        free(self.tops)
        free(self.log_sums)
        free(self.factors)
        free(self.row_targets)
        free(self.target_row)
        free(self.target_word)
        free(self.contexts)
        free(self.n_contexts)

    cdef void train(self, Block *block) noexcept nogil:
        cdef int64_t p, start = block.from_
        self.n = self.n_targets = 0
        for p in range(block.from_, block.to):
            if self.stop[0]:
                return
            if self.n == 0:
                start = p
            self.add(block, p)
            if self.n == self.batch or p + 1 == block.to:
                block.loss += self.step(<float>(block.rate - block.fall * (start - block.from_)))
                if not isfinite(block.loss) or self.stop[0]:
                    return
                block.predictions += self.n_targets
                self.n = self.n_targets = 0

    cdef void add(self, Block *block, int64_t p) noexcept nogil:
        """Puts the centre at position p into the batch, unless it stands alone."""
        cdef size_t place = 2 * <size_t>self.window * self.n
        cdef float **contexts = self.contexts + place
        cdef float **changing = self.changing + place
        cdef int reach = reach_of(self, &block.random), k, differ
        cdef int64_t low = max(self.first[p], p - reach), high = min(self.last[p], p + reach + 1), q
        if high - low < 2:
            return
        if self.cbow:
            k = contexts_of(self, p, reach, contexts, &differ)
            moving_contexts(self, p, reach, contexts, changing)
            self.n_contexts[self.n] = k
            for q in range(k):
                fw2v_prefetch_row(contexts[q], self.dim)
            self.add_target(self.kept[p])
        else:
            contexts[0] = self.rows[p]
            changing[0] = self.moving[p]
            self.n_contexts[self.n] = 1
            fw2v_prefetch_row(contexts[0], self.dim)
            for q in range(low, high):
                if q != p:
                    self.add_target(self.kept[q])
        self.row_targets[self.n] = 1 if self.cbow else <int>(high - low - 1)
        self.n += 1

    cdef void add_target(self, int32_t word) noexcept nogil:
        self.target_row[self.n_targets] = self.n
        self.target_word[self.n_targets] = word
        self.n_targets += 1

    cdef float share(self, int k, bint shared) noexcept nogil:
        return <float>1 / self.n_contexts[k] if self.cbow and shared else 1

    cdef double step(self, float rate) noexcept nogil:
        """-rate times the gradient of the batch's loss at the values before, added to all rows; returns the loss.

        Rate 0, a loss that is not finite, and `stop` leave every row as it is (`stop` in the second pass: some).
        """
        cdef double loss
        cdef int k
        if self.n == 0:
            return 0
        for k in range(self.n):
            self.kernel.c_kernel.sum_rows(<const float *const *>self.contexts + 2 * <size_t>self.window * k,
                                          self.n_contexts[k], self.dim, self.share(k, self.share_mean),
                                          self.rows_in + <size_t>k * self.dim)
        loss = self.score_all()
        if rate == 0 or self.stop[0] or not isfinite(loss):
            return loss
        memset(self.changes, 0, <size_t>self.n * self.dim * sizeof(float))
        for k in range(self.blocks):
            if self.stop[0]:
                return loss
            self.change_block(k, rate)
        for k in range(self.n):
            self.kernel.c_kernel.add_to_rows(self.changes + <size_t>k * self.dim,
                                             -rate * self.share(k, self.share_gradient),
                                             self.changing + 2 * <size_t>self.window * k, self.n_contexts[k], self.dim)
        return loss

    cdef double score_all(self) noexcept nogil:
        """The loss, and each row's log-sum-exp; leaves powers and maxima for the second pass."""
        cdef double loss = 0, sum_, top
        cdef float most
        cdef float *scores
        cdef int b, k, t, word, start, wide
        for k in range(self.n):
            self.sums[k] = 0
            self.tops[k] = 0
        for b in range(self.blocks):
            if self.stop[0]:
                return 0
            start = b * self.block_words
            wide = min(self.block_words, <int>self.outputs.shape[0] - start)
            scores = self.score_block(b)
            for t in range(self.n_targets):
                word = self.target_word[t] - start
                if 0 <= word < wide:
                    loss -= scores[<size_t>self.target_row[t] * self.block_words + word]
            for k in range(self.n):
                sum_ = self.kernel.c_kernel.exp_row(scores + <size_t>k * self.block_words, wide, &most)
                self.maxima[<size_t>b * self.batch + k] = most
                top = fmax(self.tops[k], most) if b > 0 else most
                self.sums[k] = self.sums[k] * exp(self.tops[k] - top) + sum_ * exp(most - top)
                self.tops[k] = top
        for k in range(self.n):
            self.log_sums[k] = self.tops[k] + log(self.sums[k])
            loss += self.row_targets[k] * self.log_sums[k]
        return loss

    cdef float *score_block(self, int b) noexcept nogil:
        """Scores of all rows against block b: (rows, block_words), the block's words first in each row."""
        cdef float *scores = self.scores
        cdef int start = b * self.block_words
        cdef blas_int wide = min(self.block_words, <int>self.outputs.shape[0] - start)
        cdef blas_int rows = self.n, width = self.width, stride = self.dim, line = self.block_words
        cdef float one = 1, zero = 0
        if self.keep_scores:
            scores += <size_t>b * self.batch * self.block_words
        # BLAS counts by columns: what it sees is the transpose of each matrix.
        sgemm(b"T", b"N", &wide, &rows, &width, &one, &self.outputs[start, 0], &stride, self.rows_in, &stride, &zero,
              scores, &line)
        return scores

    cdef void change_block(self, int b, float rate) noexcept nogil:
        """Adds block b's part to `changes` and changes its output rows."""
        cdef float *scores
        cdef float *row
        cdef float most
        cdef int k, d, start = b * self.block_words
        cdef blas_int wide = min(self.block_words, <int>self.outputs.shape[0] - start)
        cdef blas_int rows = self.n, width = self.width, stride = self.dim, line = self.block_words
        cdef float one = 1, zero = 0, fall = -rate
        if self.keep_scores:
            scores = self.scores + <size_t>b * self.batch * self.block_words
        else:
            scores = self.score_block(b)
            for k in range(self.n):
                self.kernel.c_kernel.exp_row(scores + <size_t>k * self.block_words, <int>wide, &most)
                self.maxima[<size_t>b * self.batch + k] = most
        # The error is N y_hat - T. N y_hat is f * powers with f = N exp(block's maximum - log-sum-exp), and f is put to
        # the rows h instead of the powers, of which there are many more; T is taken off target by target.
        self.add_targets(start, <int>wide, rate, False)
        for k in range(self.n):
            self.factors[k] = <float>(self.row_targets[k] * exp(
                self.maxima[<size_t>b * self.batch + k] - self.log_sums[k]))
            row = self.rows_in + <size_t>k * self.dim
            for d in range(self.dim):
                self.scaled[<size_t>k * self.dim + d] = self.factors[k] * row[d]
        sgemm(b"N", b"N", &width, &rows, &wide, &one, &self.outputs[start, 0], &stride, scores, &line, &zero,
              self.part, &stride)
        for k in range(self.n):
            row = self.part + <size_t>k * self.dim
            for d in range(self.dim):
                self.changes[<size_t>k * self.dim + d] += self.factors[k] * row[d]
        sgemm(b"N", b"T", &width, &wide, &rows, &fall, self.scaled, &stride, scores, &line, &one,
              &self.outputs[start, 0], &stride)
        self.add_targets(start, <int>wide, rate, True)

    cdef void add_targets(self, int start, int wide, float rate, bint to_outputs) noexcept nogil:
        """The part -T of the error, for the targets among `wide` words from `start` on: to `changes`, from the outputs
        as they were; or, behind that, to the outputs."""
        cdef int t
        cdef int32_t word
        cdef float *change
        cdef float *output
        cdef float *h
        for t in range(self.n_targets):
            word = self.target_word[t]
            if start <= word < start + wide:
                output = &self.outputs[word, 0]
                change = self.changes + <size_t>self.target_row[t] * self.dim
                h = self.rows_in + <size_t>self.target_row[t] * self.dim
                if to_outputs:
                    self.kernel.c_kernel.add_to_rows(h, rate, &output, 1, self.dim)
                else:
                    self.kernel.c_kernel.add_to_rows(output, -1, &change, 1, self.dim)
