"""The best rows of many queries, kept as blocks of scores come in, without the GIL.

The selection stands in best_rows.c; this file checks shapes. Products, threads and the plain Python twin are
search.py's matter.
"""

from libc.stdint cimport int64_t


cdef extern from "best_rows.h" nogil:
    void fw2v_keep_best(
        const float *products, const float *scales, size_t count, int64_t first, size_t kept,
        float *scores, int64_t *rows,
    ) noexcept


def keep_best(
    const float[:, ::1] products, const float[::1] scales, int64_t first, float[:, ::1] scores, int64_t[:, ::1] rows,
):
    """Offers rows first, first + 1, ... to each query's list of best ones.

    The score of row first + i is products[q, i] * scales[i].
    products: (queries, n); scales: (n,); scores, rows: (queries, kept), best first, changed in place.
    """
    cdef Py_ssize_t query, queries = products.shape[0], kept = scores.shape[1]
    if scales.shape[0] != products.shape[1] or scores.shape[0] != queries:
        raise ValueError("products, scales and scores do not fit")
    if rows.shape[0] != queries or rows.shape[1] != kept:
        raise ValueError("scores and rows do not fit")
    if not kept or not products.shape[1]:
        return
    with nogil:
        for query in range(queries):
            fw2v_keep_best(
                &products[query, 0], &scales[0], <size_t> products.shape[1], first, <size_t> kept,
                &scores[query, 0], &rows[query, 0],
            )
