"""Phrases in C for Python: joining them in numbers, how they are spelled, their text.

Only checks, arrays and error kinds stand here; the work is done without the GIL in phrases.c and spellings.c. Which
pairs are phrases, threads and files are matters of phrased.py and phrase_spellings.py.
"""

import numpy as np

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from fastw2v._pairs cimport Middles, PairTable, check_sentences, fw2v_middles, fw2v_pairs, no_memory

cdef extern from "phrases.h" nogil:
    ctypedef struct fw2v_phrases:
        const fw2v_pairs *numbers
        const fw2v_middles *middles
        const uint8_t *roles
        const uint64_t *maybe
        unsigned maybe_shift
    enum:
        FW2V_LEFT
        FW2V_RIGHT
        FW2V_CONNECTOR
    void fw2v_set_maybe(const uint64_t *keys, size_t n, uint64_t *maybe, unsigned shift)
    size_t fw2v_join(const fw2v_phrases *phrases, const int32_t *ids, const int64_t *ends, size_t sentences,
                     int64_t base, int32_t *out, int64_t *out_ends)

cdef extern from "spellings.h" nogil:
    ctypedef struct fw2v_spellings:
        const uint8_t *bytes
        const int64_t *starts
    enum:
        FW2V_TEXT_SLACK
    int fw2v_find_words(const fw2v_spellings *wanted, size_t n, const fw2v_spellings *words, size_t count,
                        int32_t *numbers)
    int fw2v_spelling_hashes(const fw2v_spellings *words, const fw2v_middles *middles, const uint8_t *delimiter,
                             size_t delimiter_length, const int32_t *left, const uint32_t *between,
                             const int32_t *right, size_t n, uint64_t *hashes)
    size_t fw2v_text_size(const fw2v_spellings *words, const int32_t *ids, size_t tokens)
    void fw2v_write_text(const fw2v_spellings *words, const int32_t *ids, const int64_t *ends, size_t sentences,
                         int64_t base, uint8_t *text)

LEFT = FW2V_LEFT
RIGHT = FW2V_RIGHT
CONNECTOR = FW2V_CONNECTOR
TEXT_SLACK = FW2V_TEXT_SLACK


cdef enum:
    # Bits for each phrase: of pairs that are none, one in so many is looked up all the same. No more bits in all than 2
    # to the power of MOST, which stay in the first-level cache; no fewer than a machine word has.
    BITS_A_PHRASE = 16
    LEAST_LOG_BITS = 6
    MOST_LOG_BITS = 18


cdef class Joiner:
    """Phrases to be joined: which pairs become which numbers. Several threads may join at once."""

    cdef PairTable numbers
    cdef Middles middles
    cdef const uint8_t[::1] roles
    cdef uint64_t[::1] maybe
    cdef fw2v_phrases phrases

    def __init__(
        self, const uint64_t[::1] keys, const uint32_t[::1] between, const int64_t[::1] numbers,
        Middles middles not None, const uint8_t[::1] roles not None,
    ):
        cdef size_t n = keys.shape[0]
        cdef unsigned log_bits = LEAST_LOG_BITS
        while log_bits < MOST_LOG_BITS and (<size_t> 1 << log_bits) < BITS_A_PHRASE * n:
            log_bits += 1
        self.numbers, self.middles, self.roles = PairTable(True), middles, roles
        self.numbers.add(keys, between, np.add(numbers, 1))
        self.maybe = np.zeros((<size_t> 1 << log_bits) // 64, np.uint64)
        self.phrases.numbers, self.phrases.middles = &self.numbers.pairs, &middles.tree
        self.phrases.roles = &self.roles[0] if self.roles.shape[0] else NULL
        self.phrases.maybe, self.phrases.maybe_shift = &self.maybe[0], 64 - log_bits
        if n:
            fw2v_set_maybe(&keys[0], n, &self.maybe[0], 64 - log_bits)

    def join(self, const int32_t[::1] ids, const int64_t[::1] ends, int64_t base, int32_t[::1] out,
             int64_t[::1] out_ends):
        cdef size_t n = ids.shape[0], written = 0
        check_sentences(ids, ends, base, self.roles.shape[0])
        if <size_t> out.shape[0] < n or out_ends.shape[0] < ends.shape[0]:
            raise ValueError(f"there must be room for {n} words and {ends.shape[0]} sentences")
        if not n:
            return 0
        with nogil:
            written = fw2v_join(&self.phrases, &ids[0], &ends[0], ends.shape[0], base, &out[0], &out_ends[0])
        return written


cdef int check_starts(const uint8_t[::1] blob, const int64_t[::1] starts) except -1:
    """Whether words lie within their bytes."""
    cdef Py_ssize_t i, n = starts.shape[0]
    cdef int fit = n > 0 and starts[0] >= 0 and starts[n - 1] <= blob.shape[0]
    for i in range(1, n):
        fit &= starts[i - 1] <= starts[i]
    if not fit:
        raise ValueError(f"words must begin where others end, within their {blob.shape[0]} bytes")
    return 0


def find_words(
    const uint8_t[::1] blob, const int64_t[::1] starts, const uint8_t[::1] of_blob, const int64_t[::1] of_starts,
):
    cdef int done
    cdef fw2v_spellings wanted, words
    cdef uint8_t nothing = 0  # where words without bytes would begin
    check_starts(blob, starts)
    check_starts(of_blob, of_starts)
    cdef size_t n = starts.shape[0] - 1, count = of_starts.shape[0] - 1
    numbers = np.empty(n, np.int32)
    cdef int32_t[::1] view = numbers
    if not n:
        return numbers
    wanted.bytes, wanted.starts = &blob[0] if blob.shape[0] else &nothing, &starts[0]
    words.bytes, words.starts = &of_blob[0] if of_blob.shape[0] else &nothing, &of_starts[0]
    with nogil:
        done = fw2v_find_words(&wanted, n, &words, count, &view[0])
    if not done:
        raise no_memory()
    return numbers


def spelling_hashes(
    const uint8_t[::1] blob, const int64_t[::1] starts, Middles middles not None, bytes delimiter not None,
    const int32_t[::1] left, const uint32_t[::1] between, const int32_t[::1] right,
):
    cdef size_t n = left.shape[0]
    cdef int done = 1
    cdef fw2v_spellings words
    cdef const uint8_t *glue = delimiter
    cdef size_t glue_length = len(delimiter)
    if <size_t> between.shape[0] != n or <size_t> right.shape[0] != n:
        raise ValueError(f"there are {n} left words, {between.shape[0]} middles and {right.shape[0]} right words")
    hashes = np.empty(n, np.uint64)
    cdef uint64_t[::1] view = hashes
    if n:
        words.bytes, words.starts = &blob[0], &starts[0]
        with nogil:
            done = fw2v_spelling_hashes(
                &words, &middles.tree, glue, glue_length, &left[0], &between[0], &right[0], n, &view[0]
            )
    if not done:
        raise no_memory()
    return hashes


def as_text(
    const uint8_t[::1] blob, const int64_t[::1] starts, const int32_t[::1] ids, const int64_t[::1] ends, int64_t base,
):
    cdef size_t n = ids.shape[0], size
    cdef fw2v_spellings words
    check_sentences(ids, ends, base, starts.shape[0] - 1)
    if not starts.shape[0] or blob.shape[0] < starts[starts.shape[0] - 1] + FW2V_TEXT_SLACK:
        raise ValueError(f"{FW2V_TEXT_SLACK} bytes must follow the last word")
    if not n:
        return np.empty(0, np.uint8)
    words.bytes, words.starts = &blob[0], &starts[0]
    with nogil:
        size = fw2v_text_size(&words, &ids[0], n)
    text = np.empty(size + FW2V_TEXT_SLACK, np.uint8)
    cdef uint8_t[::1] view = text
    with nogil:
        fw2v_write_text(&words, &ids[0], &ends[0], ends.shape[0], base, &view[0])
    return text[:size]
