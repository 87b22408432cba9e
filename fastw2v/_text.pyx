"""Rows of float32 as text, a block at a time and without the GIL.

The arithmetic stands in float_text.c; this file checks shapes and owns the buffer. Files, threads and the plain Python
twin are word2vec_files.py's matter.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize


cdef extern from "float_text.h" nogil:
    const size_t FLOAT_TEXT_MAX
    size_t float_text_rows(
        const float *rows, size_t n_rows, size_t n_cols, ptrdiff_t row_stride,
        const unsigned char *words, const long long *offsets, char *out,
    ) noexcept


def format_rows(
    const unsigned char[::1] blob, const long long[::1] offsets, const float[:, :] vectors,
    Py_ssize_t start, Py_ssize_t stop,
):
    """Lines start..stop-1 of a word2vec text file, "word v1 v2 ... vd\\n", as bytes; numbers as '%.9g' prints them.

    Word i is blob[offsets[i]:offsets[i + 1]]; the numbers of a row must stand side by side.
    """
    cdef Py_ssize_t width = vectors.shape[1], row
    cdef Py_ssize_t per_row = width * <Py_ssize_t> (FLOAT_TEXT_MAX + 1) + 1
    cdef size_t length
    cdef char *out
    cdef bytes text
    if not 0 <= start <= stop <= vectors.shape[0] or stop >= offsets.shape[0]:
        raise ValueError(f"rows {start} to {stop} lie outside {vectors.shape[0]} rows and {offsets.shape[0]} offsets")
    if width > 1 and vectors.strides[1] != sizeof(float):
        raise ValueError("the numbers of a row must stand side by side in memory")
    if vectors.strides[0] % <Py_ssize_t> sizeof(float) != 0:
        raise ValueError("rows must start a whole number of floats apart")
    if offsets[start] < 0 or offsets[stop] > blob.shape[0]:
        raise ValueError(f"word offsets {offsets[start]} to {offsets[stop]} lie outside {blob.shape[0]} bytes")
    for row in range(start, stop):
        if offsets[row] > offsets[row + 1]:
            raise ValueError(f"word offsets descend after row {row}")
    if start == stop:
        return b""
    text = PyBytes_FromStringAndSize(NULL, <Py_ssize_t> (offsets[stop] - offsets[start]) + (stop - start) * per_row)
    out = PyBytes_AS_STRING(text)
    with nogil:
        length = float_text_rows(
            &vectors[start, 0] if width else NULL, <size_t> (stop - start), <size_t> width,
            vectors.strides[0] // <Py_ssize_t> sizeof(float), &blob[0] if blob.shape[0] else NULL, &offsets[start], out,
        )
    return text[:<Py_ssize_t> length]
