"""Pairs of neighbouring words in C for Python: their table, what may stand between them, listing, scores.

Only checks, arrays and error kinds stand here; the work is done without the GIL in neighbours.c and pair_table.c. Which
pairs are phrases, threads and texts are matters of pair_counts.py and the files above it.
"""

import numpy as np

from libc.math cimport log
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

cdef extern from "neighbours.h" nogil:
    size_t SIZE_MAX
    uint64_t fw2v_pair_hash(uint64_t key, uint32_t middle)
    int64_t fw2v_pair_count(const fw2v_pairs *pairs, uint64_t key, uint32_t middle)
    int fw2v_pairs_init(fw2v_pairs *pairs, int with_middles)
    void fw2v_pairs_free(fw2v_pairs *pairs)
    int fw2v_pairs_add(fw2v_pairs *pairs, const uint64_t *keys, const uint32_t *middles, const int64_t *counts,
                       size_t n)
    size_t fw2v_pairs_at_least(const fw2v_pairs *pairs, int64_t least)
    void fw2v_pairs_list(const fw2v_pairs *pairs, int64_t least, uint64_t *keys, uint32_t *middles, int64_t *counts)
    int fw2v_middles_init(fw2v_middles *middles)
    void fw2v_middles_free(fw2v_middles *middles)
    int32_t fw2v_middles_find(const fw2v_middles *middles, int32_t parent, int32_t connector)
    int32_t fw2v_middles_node(fw2v_middles *middles, int32_t parent, int32_t connector)
    int fw2v_ids_below(const int32_t *ids, size_t tokens, int32_t words)
    size_t fw2v_neighbours(const int32_t *ids, const int64_t *ends, size_t sentences, int64_t base, uint64_t *keys)
    size_t fw2v_neighbours_over(const int32_t *ids, const int64_t *ends, size_t sentences, int64_t base,
                                const uint8_t *is_connector, fw2v_middles *middles, uint64_t *keys, uint32_t *between)
    void fw2v_partition(const uint64_t *keys, const uint32_t *between, const uint32_t *numbers, size_t n,
                        const int64_t *counts, unsigned bits, uint64_t *out_keys, uint32_t *out_between,
                        int64_t *out_counts, size_t *starts)

cdef enum:
    MOST_PARTS = 16  # in bits: pairs are spread over 65,536 tables at most


cdef object no_memory():
    return MemoryError("no memory is left for the pairs of words; give less text at once, or free memory")


cdef class PairTable:
    """How often each pair occurs: (key, middle) to a count. Not to be used by two threads at once."""

    def __cinit__(self, bint with_middles):
        if not fw2v_pairs_init(&self.pairs, with_middles):
            raise no_memory()

    def __dealloc__(self):
        fw2v_pairs_free(&self.pairs)

    def __len__(self):
        return self.pairs.size

    @property
    def nbytes(self):
        cdef size_t slot = sizeof(uint64_t) + sizeof(int64_t) + (sizeof(uint32_t) if self.pairs.middles else 0)
        return (self.pairs.mask + 1) * slot

    def add(self, const uint64_t[::1] keys, const uint32_t[::1] middles, const int64_t[::1] counts):
        cdef size_t n = keys.shape[0]
        cdef int done
        check_middles(self, middles, n)
        if counts is not None and <size_t> counts.shape[0] != n:
            raise ValueError(f"there are {n} pairs, but {counts.shape[0]} counts")
        if not n:
            return
        cdef const uint32_t *between = &middles[0] if middles is not None else NULL
        cdef const int64_t *times = &counts[0] if counts is not None else NULL
        with nogil:
            done = fw2v_pairs_add(&self.pairs, &keys[0], between, times, n)
        if not done:
            raise no_memory()

    def at_least(self, int64_t least):
        cdef size_t n
        with nogil:
            n = fw2v_pairs_at_least(&self.pairs, least)
        keys, counts = np.empty(n, np.uint64), np.empty(n, np.int64)
        between = np.empty(n, np.uint32) if self.pairs.middles else None
        cdef uint64_t[::1] key_view = keys
        cdef int64_t[::1] count_view = counts
        cdef uint32_t[::1] between_view = between
        cdef uint32_t *between_data = NULL
        if n:
            if between is not None:
                between_data = &between_view[0]
            with nogil:
                fw2v_pairs_list(&self.pairs, least, &key_view[0], between_data, &count_view[0])
        return keys, between, counts

    def count(self, uint64_t key, uint32_t middle):
        if middle and not self.pairs.middles:
            return 0
        return fw2v_pair_count(&self.pairs, key, middle)


cdef int check_middles(PairTable table, const uint32_t[::1] middles, size_t n) except -1:
    if (middles is not None) != (table.pairs.middles is not NULL) or (
        middles is not None and <size_t> middles.shape[0] != n
    ):
        raise ValueError(f"the middles do not fit a table that has {'some' if table.pairs.middles else 'none'}")
    return 0


cdef class Middles:
    """Sequences of connectors as numbers: node 0 is nothing, any other a connector behind another node."""

    def __cinit__(self):
        if not fw2v_middles_init(&self.tree):
            raise no_memory()

    def __dealloc__(self):
        fw2v_middles_free(&self.tree)

    def __len__(self):
        return self.tree.size

    def node(self, int32_t parent, int32_t connector):
        if not 0 <= parent < <int64_t> self.tree.size or connector < 0:
            raise ValueError(f"there is no node {parent}, or {connector} is no word")
        cdef int32_t number = fw2v_middles_node(&self.tree, parent, connector)
        if number < 0:
            raise no_memory()
        return number

    def find(self, int32_t parent, int32_t connector):
        return fw2v_middles_find(&self.tree, parent, connector)

    def nodes(self):
        cdef size_t n = self.tree.size
        return np.asarray(<int32_t[:n]> self.tree.parents).copy(), np.asarray(<int32_t[:n]> self.tree.words).copy()


cdef int check_sentences(const int32_t[::1] ids, const int64_t[::1] ends, int64_t base, Py_ssize_t words) except -1:
    """Whether the ids are numbers of words, and the sentences are those of the ids."""
    cdef size_t n = ids.shape[0]
    cdef int fit = base >= 0  # so that differences of what ascends from there have no overflow
    cdef int64_t before = base
    cdef Py_ssize_t s
    if n:
        with nogil:
            for s in range(ends.shape[0]):
                fit &= ends[s] > before
                before = ends[s]
    if not fit or before - base != <int64_t> n:
        raise ValueError("the ends of sentences must ascend from a base of at least 0, and the last one be that of the "
                         "words")
    with nogil:
        fit = n == 0 or fw2v_ids_below(&ids[0], n, <int32_t> words)
    if not fit:
        raise ValueError(f"a number of the text is not among those of its {words} words")
    return 0


def neighbours(
    const int32_t[::1] ids, const int64_t[::1] ends, int64_t base, const uint8_t[::1] is_connector, Middles middles,
    uint64_t[::1] keys, uint32_t[::1] between,
):
    cdef size_t n = ids.shape[0], found = 0
    check_sentences(ids, ends, base, is_connector.shape[0])
    if <size_t> keys.shape[0] < n or (middles is not None and <size_t> between.shape[0] < n):
        raise ValueError(f"there must be room for {n} pairs")
    if not n:
        return 0
    with nogil:
        if middles is None:
            found = fw2v_neighbours(&ids[0], &ends[0], ends.shape[0], base, &keys[0])
        else:
            found = fw2v_neighbours_over(
                &ids[0], &ends[0], ends.shape[0], base, &is_connector[0], &middles.tree, &keys[0], &between[0]
            )
    if found == SIZE_MAX:
        raise no_memory()
    return found


def part_of(uint64_t key, uint32_t middle, unsigned bits):
    if not 1 <= bits <= MOST_PARTS:
        raise ValueError(f"bits is {bits}, but must be from 1 to {MOST_PARTS}")
    return fw2v_pair_hash(key, middle) >> (64 - bits)


def partition(
    const uint64_t[::1] keys, const uint32_t[::1] between, const uint32_t[::1] numbers, const int64_t[::1] counts,
    unsigned bits, uint64_t[::1] out_keys, uint32_t[::1] out_between, int64_t[::1] out_counts,
):
    cdef size_t n = keys.shape[0]
    cdef const uint32_t *between_data = NULL
    cdef const uint32_t *number_data = NULL
    cdef const int64_t *count_data = NULL
    cdef uint32_t *out_between_data = NULL
    cdef int64_t *out_count_data = NULL
    if not 1 <= bits <= MOST_PARTS or <size_t> out_keys.shape[0] < n:
        raise ValueError(f"{n} pairs cannot be sorted by {bits} bits into room for {out_keys.shape[0]}")
    starts = np.zeros((1 << bits) + 1, np.uintp)
    cdef size_t[::1] start_view = starts
    if not n:
        return starts
    if between is not None:
        if <size_t> between.shape[0] != n or <size_t> out_between.shape[0] < n or not numbers.shape[0]:
            raise ValueError(f"{n} pairs have {between.shape[0]} middles, with room for {out_between.shape[0]}")
        if np.max(between) >= numbers.shape[0]:
            raise ValueError(f"a middle is not among the {numbers.shape[0]} that have numbers")
        between_data, number_data, out_between_data = &between[0], &numbers[0], &out_between[0]
    if counts is not None:
        if <size_t> counts.shape[0] != n or <size_t> out_counts.shape[0] < n:
            raise ValueError(f"{n} pairs have {counts.shape[0]} counts, with room for {out_counts.shape[0]}")
        count_data, out_count_data = &counts[0], &out_counts[0]
    with nogil:
        fw2v_partition(
            &keys[0], between_data, number_data, n, count_data, bits, &out_keys[0], out_between_data, out_count_data,
            &start_view[0],
        )
    return starts


def npmi(const int64_t[::1] left, const int64_t[::1] right, const int64_t[::1] both, double total):
    cdef Py_ssize_t i, n = both.shape[0]
    if left.shape[0] != n or right.shape[0] != n:
        raise ValueError(f"there are {left.shape[0]}, {right.shape[0]} and {n} counts")
    scores = np.empty(n, np.float64)
    cdef double[::1] view = scores
    cdef double p_left, p_right, p_both
    with nogil:
        for i in range(n):
            p_left, p_right, p_both = left[i] / total, right[i] / total, both[i] / total
            view[i] = log(p_both / (p_left * p_right)) / -log(p_both)
    return scores
