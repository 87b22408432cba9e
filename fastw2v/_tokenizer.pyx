"""The C tokenizer for Python: one class around a table and a segment, and the renumbering of ids.

Only checks, copies and error kinds stand here; bytes become words in tokenizer.c, and files are read in _reading.py.
"""

import numpy as np

from libc.stdint cimport INT32_MAX, int32_t, int64_t, uint8_t
from libc.string cimport memcpy

cdef extern from "tokenizer.h" nogil:
    ctypedef enum fw2v_status:
        FW2V_DONE
        FW2V_MORE
        FW2V_INVALID
        FW2V_NO_MEMORY
        FW2V_TOO_MANY
    ctypedef struct fw2v_table:
        pass
    ctypedef struct fw2v_segment:
        int32_t *ids
        size_t tokens
        int32_t *ends
        size_t lines
    fw2v_table *fw2v_table_new(int replace, int32_t max_words)
    void fw2v_table_free(fw2v_table *table)
    int32_t fw2v_table_size(const fw2v_table *table)
    const uint8_t *fw2v_table_word(const fw2v_table *table, int32_t id, size_t *length)
    int64_t fw2v_table_count(const fw2v_table *table, int32_t id)
    fw2v_status fw2v_table_absorb(fw2v_table *table, const fw2v_table *other, int32_t *numbers)
    fw2v_status fw2v_rank(const fw2v_table *table, int32_t *order)
    size_t fw2v_word_end(const uint8_t *text, size_t start, size_t to)
    fw2v_status fw2v_feed(fw2v_table *table, fw2v_segment *segment, const uint8_t *text, size_t begin, size_t limit,
                          size_t end, int at_end, size_t *position)
    fw2v_status fw2v_end_sentence(fw2v_segment *segment)
    void fw2v_segment_free(fw2v_segment *segment)
    void fw2v_renumber(int32_t *ids, size_t tokens, const int32_t *numbers)

DONE = FW2V_DONE
MORE = FW2V_MORE
INVALID = FW2V_INVALID

cdef int check(fw2v_status status) except -1:
    """Raises what a failed call means; 0 for the states that a caller goes on from."""
    if status == FW2V_NO_MEMORY:
        raise MemoryError("no memory is left for the words of the text; give fewer texts, or free memory")
    if status == FW2V_TOO_MANY:
        raise OverflowError(
            "the text has more different words than the tokenizer may number, which is at most 2**31 - 1; "
            "split the text, or check that its words are separated by white space"
        )
    return 0


cdef class Tokenizer:
    """Words numbered in the order met, their counts, and the numbers of the text since the last `take`."""

    cdef fw2v_table *table
    cdef fw2v_segment segment

    def __cinit__(self, *, bint replace=False, int32_t max_words=INT32_MAX):
        self.table = fw2v_table_new(replace, max_words)
        if self.table is NULL:
            check(FW2V_NO_MEMORY)

    def __dealloc__(self):
        fw2v_table_free(self.table)
        fw2v_segment_free(&self.segment)

    def __len__(self):
        return fw2v_table_size(self.table)

    def feed(self, const uint8_t[::1] text, Py_ssize_t begin, Py_ssize_t limit, Py_ssize_t end, bint at_end):
        cdef size_t position = 0
        cdef fw2v_status status
        if not 0 <= begin <= limit <= end <= text.shape[0]:
            raise ValueError(f"0 <= {begin} <= {limit} <= {end} <= {text.shape[0]} does not hold")
        if begin == limit:
            return DONE, limit
        with nogil:
            status = fw2v_feed(self.table, &self.segment, &text[0], begin, limit, end, at_end, &position)
        check(status)
        return status, (limit if status == FW2V_DONE else position)

    def end_sentence(self):
        check(fw2v_end_sentence(&self.segment))

    def pending(self):
        return self.segment.tokens, self.segment.lines

    def take(self, int32_t[::1] ids, int32_t[::1] ends):
        cdef size_t tokens = self.segment.tokens, lines = self.segment.lines
        if <size_t> ids.shape[0] != tokens or <size_t> ends.shape[0] != lines:
            raise ValueError(f"take wants arrays of {tokens} and {lines} items, not {ids.shape[0]} and {ends.shape[0]}")
        if tokens:
            with nogil:
                memcpy(&ids[0], self.segment.ids, tokens * sizeof(int32_t))
        if lines:
            memcpy(&ends[0], self.segment.ends, lines * sizeof(int32_t))
        self.segment.tokens = 0
        self.segment.lines = 0

    def release(self):
        fw2v_segment_free(&self.segment)

    def absorb(self, Tokenizer other not None):
        if other is self:
            raise ValueError("a tokenizer cannot absorb itself")
        numbers = np.empty(len(other), np.int32)
        cdef int32_t[::1] view = numbers
        cdef fw2v_status status = FW2V_DONE
        if view.shape[0]:
            with nogil:
                status = fw2v_table_absorb(self.table, other.table, &view[0])
        check(status)
        return numbers

    def totals(self):
        cdef int64_t total = 0, highest = 0, count
        cdef int32_t i
        with nogil:
            for i in range(fw2v_table_size(self.table)):
                count = fw2v_table_count(self.table, i)
                total += count
                highest = max(highest, count)
        return total, highest

    def rank(self):
        cdef int32_t size = fw2v_table_size(self.table), i
        order, places = np.empty(size + 1, np.int32), np.empty(size + 1, np.int32)
        cdef int32_t[::1] order_view = order, place_view = places
        cdef size_t length = 0, used = 0
        cdef const uint8_t *word
        cdef fw2v_status status
        with nogil:
            status = fw2v_rank(self.table, &order_view[0])
        check(status)
        with nogil:
            for i in range(size):
                place_view[order_view[i]] = i
                fw2v_table_word(self.table, i, &length)
                used += length
        blob, offsets, counts = np.empty(used, np.uint8), np.zeros(size + 1, np.int64), np.empty(size, np.int64)
        cdef uint8_t[::1] blob_view = blob
        cdef int64_t[::1] offset_view = offsets, count_view = counts
        with nogil:
            used = 0
            for i in range(size):
                word = fw2v_table_word(self.table, order_view[i], &length)
                memcpy(&blob_view[used], word, length)
                used += length
                offset_view[i + 1] = <int64_t> used
                count_view[i] = fw2v_table_count(self.table, order_view[i])
        return blob, offsets, counts, places[:size]


def word_end(const uint8_t[::1] text, Py_ssize_t start, Py_ssize_t to):
    cdef size_t position
    if not 0 <= start <= to <= text.shape[0]:
        raise ValueError(f"0 <= {start} <= {to} <= {text.shape[0]} does not hold")
    if start == to:
        return to
    with nogil:
        position = fw2v_word_end(&text[0], start, to)
    return position


def renumber(int32_t[::1] ids, const int32_t[::1] numbers):
    if not ids.shape[0]:
        return
    if not numbers.shape[0]:
        raise ValueError(f"{ids.shape[0]} ids cannot be renumbered without numbers")
    with nogil:
        fw2v_renumber(&ids[0], ids.shape[0], &numbers[0])
