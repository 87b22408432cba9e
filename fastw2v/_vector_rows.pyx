"""Rows of word2vec files, text and binary, found and read in C without the GIL.

The passes over the bytes stand in vector_rows.c; this file checks bounds and owns the arrays. vector_rows.py has the
plain Python twin of each function, and chooses.
"""

import os

import numpy as np

from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

cdef extern from "vector_rows.h" nogil:
    ctypedef enum row_fault:
        ROW_GOOD
        ROW_TOO_FEW
        ROW_TOO_MANY
        ROW_NO_NUMBER
        ROW_NOT_FINITE
    size_t count_lines(const uint8_t *text, size_t length, int at_end, size_t most) noexcept
    size_t c_find_lines "find_lines"(const uint8_t *text, size_t length, size_t lines, int64_t *starts, int64_t *ends,
                                     int64_t *stops) noexcept
    void c_extend_words "extend_words"(const uint8_t *text, size_t rows, size_t width, int64_t *ends,
                                       const int64_t *stops) noexcept
    size_t c_find_rows "find_rows"(const uint8_t *data, size_t length, size_t width, size_t most, int64_t *starts,
                                   int64_t *ends, size_t *rows) noexcept
    size_t c_gather_words "gather_words"(const uint8_t *bytes, size_t rows, const int64_t *starts, const int64_t *ends,
                                         uint8_t *blob, int64_t *offsets) noexcept
    size_t c_parse_rows "parse_rows"(const uint8_t *text, size_t rows, size_t width, const int64_t *ends,
                                     const int64_t *stops, int allow_nan, float *out, row_fault *fault) noexcept
    size_t c_copy_rows "copy_rows"(const uint8_t *data, size_t rows, size_t width, const int64_t *ends, int allow_nan,
                                   float *out) noexcept
    void c_hash_words "hash_words"(const uint8_t *blob, const int64_t *offsets, size_t rows, uint32_t *hashes) noexcept
    size_t c_find_repeat "find_repeat"(const uint8_t *blob, const int64_t *offsets, size_t rows, uint64_t seed,
                                       uint32_t *slots, size_t slot_mask, size_t *earlier) noexcept

GOOD = ROW_GOOD
TOO_FEW = ROW_TOO_FEW
TOO_MANY = ROW_TOO_MANY
NO_NUMBER = ROW_NO_NUMBER
NOT_FINITE = ROW_NOT_FINITE

cdef uint64_t SEED = int.from_bytes(os.urandom(8), "little")


cdef int within(const int64_t[::1] starts, const int64_t[::1] stops, Py_ssize_t length) except -1:
    """ValueError unless the stretches starts[i]..stops[i] lie in 0..length."""
    cdef Py_ssize_t i
    if starts.shape[0] != stops.shape[0]:
        raise ValueError(f"{starts.shape[0]} starts and {stops.shape[0]} stops")
    for i in range(starts.shape[0]):
        if not 0 <= starts[i] <= stops[i] <= length:
            raise ValueError(f"the stretch {starts[i]} to {stops[i]} lies outside {length} bytes")
    return 0


def find_lines(const uint8_t[::1] text, Py_ssize_t begin, Py_ssize_t most, bint at_end):
    """The lines from `begin` on, `most` at most: arrays of where words start and end and where lines stop, and where
    the last line ends. What follows the last newline is a line only `at_end` of the file."""
    cdef Py_ssize_t length = text.shape[0] - begin
    cdef size_t lines, last
    cdef int64_t[:, ::1] places
    if begin < 0 or length < 0 or most < 0:
        raise ValueError(f"{most} lines from byte {begin} of {text.shape[0]}")
    if length == 0 or most == 0:
        none = np.empty(0, np.int64)
        return none, none, none, begin
    with nogil:
        lines = count_lines(&text[begin], length, at_end, most)
    found = np.empty((3, lines), np.int64)
    if lines == 0:
        return found[0], found[1], found[2], begin
    places = found
    with nogil:
        last = c_find_lines(&text[begin], length, lines, &places[0, 0], &places[1, 0], &places[2, 0])
    found += begin
    return found[0], found[1], found[2], begin + <Py_ssize_t> last


def extend_words(const uint8_t[::1] text, const int64_t[::1] ends, const int64_t[::1] stops, Py_ssize_t width):
    """Where the words of lines end whose first fields end at ends[i], words with white space in them included.

    A word goes on where more than `width` fields follow its first one, and none of those before the last `width` is a
    number."""
    cdef size_t rows = ends.shape[0]
    cdef int64_t[::1] moved
    within(ends, stops, text.shape[0])
    if width < 1:
        raise ValueError(f"lines of {width} numbers")
    found = np.array(ends, np.int64)
    if rows and text.shape[0]:
        moved = found
        with nogil:
            c_extend_words(&text[0], rows, <size_t> width, &moved[0], &stops[0])
    return found


def find_rows(const uint8_t[::1] data, Py_ssize_t begin, Py_ssize_t most, Py_ssize_t width):
    """The whole binary rows from `begin` on, `most` at most: arrays of where words start and end, and where the last
    row ends. Stops before a row without a word."""
    cdef Py_ssize_t length = data.shape[0] - begin
    cdef size_t rows, last
    cdef int64_t[:, ::1] places
    if begin < 0 or length < 0 or most < 0 or width < 1:
        raise ValueError(f"{most} rows of {width} numbers from byte {begin} of {data.shape[0]}")
    most = min(most, length // (2 + width * <Py_ssize_t> sizeof(float)))
    found = np.empty((2, most), np.int64)
    if most == 0:
        return found[0], found[1], begin
    places = found
    with nogil:
        last = c_find_rows(&data[begin], length, width, most, &places[0, 0], &places[1, 0], &rows)
    found += begin
    return found[0, :rows], found[1, :rows], begin + <Py_ssize_t> last


def gather_words(const uint8_t[::1] data, const int64_t[::1] starts, const int64_t[::1] ends):
    """The words data[starts[i]:ends[i]] as one block of bytes, their offsets in it, and the first that is not UTF-8 or
    -1."""
    cdef size_t rows = starts.shape[0], bad
    cdef int64_t total = 0
    cdef Py_ssize_t i
    cdef uint8_t[::1] letters
    cdef int64_t[::1] places
    within(starts, ends, data.shape[0])
    for i in range(starts.shape[0]):
        total += ends[i] - starts[i]
    blob, offsets = np.empty(total, np.uint8), np.zeros(rows + 1, np.int64)
    if total == 0:
        return blob, offsets, -1
    letters, places = blob, offsets
    with nogil:
        bad = c_gather_words(&data[0], rows, &starts[0], &ends[0], &letters[0], &places[0])
    return blob, offsets, <Py_ssize_t> bad if bad < rows else -1


def parse_rows(
    const uint8_t[::1] text, const int64_t[::1] ends, const int64_t[::1] stops, float[:, ::1] out, bint allow_nan
):
    """Reads the numbers text[ends[i]:stops[i]] into out[i]; the first row with a fault and which, or (-1, GOOD)."""
    cdef size_t rows = out.shape[0], bad
    cdef row_fault fault = ROW_GOOD
    within(ends, stops, text.shape[0])
    if out.shape[0] != ends.shape[0] or out.shape[1] < 1:
        raise ValueError(f"{ends.shape[0]} rows do not fit into {out.shape[0]} of {out.shape[1]} numbers")
    if rows == 0 or text.shape[0] == 0:
        return (0, TOO_FEW) if rows else (-1, GOOD)
    with nogil:
        bad = c_parse_rows(&text[0], rows, out.shape[1], &ends[0], &stops[0], allow_nan, &out[0, 0], &fault)
    return <Py_ssize_t> bad if bad < rows else -1, <int> fault


def copy_rows(const uint8_t[::1] data, const int64_t[::1] ends, float[:, ::1] out, bint allow_nan):
    """Copies the little-endian float32 that follow the space at ends[i] into out[i]; the first row that holds NaN or
    infinity where these are not allowed, or -1."""
    cdef size_t rows = out.shape[0], bad
    cdef Py_ssize_t i, last = data.shape[0] - 1 - out.shape[1] * <Py_ssize_t> sizeof(float)
    if out.shape[0] != ends.shape[0] or out.shape[1] < 1:
        raise ValueError(f"{ends.shape[0]} rows do not fit into {out.shape[0]} of {out.shape[1]} numbers")
    for i in range(ends.shape[0]):
        if not 0 <= ends[i] <= last:
            raise ValueError(f"a row at byte {ends[i]} lies outside {data.shape[0]} bytes")
    if rows == 0:
        return -1
    with nogil:
        bad = c_copy_rows(&data[0], rows, out.shape[1], &ends[0], allow_nan, &out[0, 0])
    return <Py_ssize_t> bad if bad < rows else -1


def hash_words(const uint8_t[::1] blob, const int64_t[::1] offsets):
    """The CRC-32 of each word blob[offsets[i]:offsets[i + 1]], uint32."""
    cdef Py_ssize_t rows = offsets.shape[0] - 1
    cdef uint32_t[::1] hashes
    if rows < 1:
        return np.empty(0, np.uint32)
    within(offsets[:rows], offsets[1:], blob.shape[0])
    found = np.zeros(rows, np.uint32)  # the CRC-32 of nothing is 0
    if blob.shape[0]:
        hashes = found
        with nogil:
            c_hash_words(&blob[0], &offsets[0], rows, &hashes[0])
    return found


def find_repeat(const uint8_t[::1] blob, const int64_t[::1] offsets):
    """The first word that stands twice among blob[offsets[i]:offsets[i + 1]], and the row where it stood before; or
    (-1, -1)."""
    cdef Py_ssize_t rows = offsets.shape[0] - 1, size = 4
    cdef size_t bad, earlier = 0
    cdef uint32_t[::1] slots
    if rows < 2:
        return -1, -1
    if rows >= 2**31:
        raise OverflowError(f"{rows} words are more than can be compared, which is 2**31")
    within(offsets[:rows], offsets[1:], blob.shape[0])
    if blob.shape[0] == 0:
        return 1, 0
    while size < 2 * rows:
        size *= 2
    slots = np.zeros(size, np.uint32)
    with nogil:
        bad = c_find_repeat(&blob[0], &offsets[0], rows, SEED, &slots[0], size - 1, &earlier)
    if bad == <size_t> rows:
        return -1, -1
    return <Py_ssize_t> bad, <Py_ssize_t> earlier
