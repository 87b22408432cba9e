"""The rows nearest to many queries at once: matrix products in blocks, each thread keeping the best of the rows it has.

Rows and numbers only; words stand in queries.py. Exact: every row is scored.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastw2v._threads import run_jobs
from fastw2v.config import available_cpus
from fastw2v.cosine import units

__all__ = ["best_of", "nearest"]

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

# A thread's block of scores is at most this: 4 MB, which the caches of one core and their neighbours hold.
QUERIES_AT_ONCE = 1024
ROWS_AT_ONCE = 1024
JOBS_A_WORKER = 4  # parts that a thread's rows come in, so that none waits long for the last one
# More rows than this are sorted, not kept as they come, which would take the square of their number.
MOST_KEPT = 1 << 10
CANDIDATES_AT_ONCE = 1 << 22  # that stand beside the answer, of 12 bytes each


def _keep_best_python(products: Floats, scales: Floats, first: int, scores: Floats, rows: Rows) -> None:
    """What the compiled `keep_best` does, for installations without the compiled part."""
    offered = np.arange(first, first + products.shape[1], dtype=np.int64)
    values = np.concatenate([scores, products * scales], axis=1)
    values[np.isnan(values)] = -np.inf
    numbers = np.concatenate([rows, np.broadcast_to(offered, products.shape)], axis=1)
    best = np.argsort(-values, axis=1, kind="stable")[:, : scores.shape[1]]
    scores[:] = np.take_along_axis(values, best, axis=1)
    rows[:] = np.take_along_axis(numbers, best, axis=1)


try:
    from fastw2v._best_rows import keep_best
except ImportError:
    keep_best = _keep_best_python


def nearest(
    vectors: NDArray[Any],
    scales: Floats,
    queries: Floats,
    topn: int,
    *,
    start: int = 0,
    stop: int | None = None,
    excluded: NDArray[np.integer[Any]] | None = None,
    workers: int | None = None,
) -> tuple[Rows, Floats]:
    """The `topn` rows with the largest cosine to each query, best first, equal ones by row.

    Parameters
    ----------
    vectors: (n, d), float32 or float16.
    scales: (n,), 1 / the Euclidean length of each vector, 0 for one of zeros.
    queries: (q, d), of any length.
    start, stop: only rows of this range.
    excluded: (q, e), rows that are no answer to a query, padded with -1.
    workers: threads, None for all cores this process may use.

    Returns
    -------
    rows (q, topn) int64 and cosines (q, topn) float32; where there are too few rows, -1 and NaN. The cosine with a
    vector of zeros is 0.
    """
    stop = len(vectors) if stop is None else min(stop, len(vectors))
    count, left_out = len(queries), 0 if excluded is None else excluded.shape[1]
    asked = units(queries)
    kept = max(1, min(topn + left_out, stop - start))
    workers = available_cpus() if workers is None else workers
    rows = np.full((count, topn), -1, np.int64)
    scores = np.full((count, topn), np.nan, np.float32)
    if topn < 1 or stop <= start or not count:
        return rows, scores
    jobs = min(workers * JOBS_A_WORKER, -(-(stop - start) // ROWS_AT_ONCE))
    edges = np.linspace(start, stop, jobs + 1).astype(np.int64).tolist()
    candidates = stop - start if kept > MOST_KEPT else jobs * kept
    block = max(1, min(QUERIES_AT_ONCE, CANDIDATES_AT_ONCE // candidates))
    for begin in range(0, count, block):
        some = slice(begin, begin + block)
        if kept > MOST_KEPT:
            best = _best_sorted(vectors, scales, asked[some], kept, start, stop)
        else:
            best = _best_of_jobs(vectors, scales, asked[some], kept, edges, workers)
        _leave_out(*best, None if excluded is None else excluded[some], rows[some], scores[some])
    return rows, scores


def best_of(products: Floats, scales: Floats, kept: int, first: int = 0) -> tuple[Rows, Floats]:
    """The rows with the `kept` largest products[i] * scales[i] and these, best first; products[i] is row first + i's.

    Equal ones stand by row. Where NaN leaves too few, -1 and -infinity.
    """
    if kept > MOST_KEPT:
        best, values = _sorted(products[None] * scales, kept, first)
        return best[0], values[0]
    rows, scores = np.full((1, kept), -1, np.int64), np.full((1, kept), -np.inf, np.float32)
    keep_best(products[None], scales, first, scores, rows)
    return rows[0], scores[0]


def _sorted(values: Floats, kept: int, first: int) -> tuple[Rows, Floats]:
    """The rows with the `kept` largest values[q], as `best_of` gives them; row i of the values is row first + i."""
    unknown = np.isnan(values)
    values[unknown] = -np.inf
    rows = np.argsort(-values, axis=1, kind="stable")[:, :kept]
    scores, is_unknown = np.take_along_axis(values, rows, axis=1), np.take_along_axis(unknown, rows, axis=1)
    return np.where(is_unknown, -1, rows + first), scores


def _best_sorted(
    vectors: NDArray[Any], scales: Floats, queries: Floats, kept: int, start: int, stop: int
) -> tuple[Rows, Floats]:
    products = np.empty((len(queries), stop - start), np.float32)
    for first in range(start, stop, ROWS_AT_ONCE):
        last = min(first + ROWS_AT_ONCE, stop)
        products[:, first - start : last - start] = queries @ vectors[first:last].astype(np.float32, copy=False).T
    return _sorted(products * scales[start:stop], kept, start)


def _best_of_jobs(
    vectors: NDArray[Any], scales: Floats, queries: Floats, kept: int, edges: list[int], workers: int
) -> tuple[Rows, Floats]:
    from threadpoolctl import threadpool_limits

    jobs = len(edges) - 1
    scores = np.full((jobs, len(queries), kept), -np.inf, np.float32)
    rows = np.full(scores.shape, -1, np.int64)
    spaces = [np.empty(len(queries) * ROWS_AT_ONCE, np.float32) for _ in range(min(workers, jobs))]

    def score(worker: int, job: int, _: object) -> None:
        for first in range(edges[job], edges[job + 1], ROWS_AT_ONCE):
            last = min(first + ROWS_AT_ONCE, edges[job + 1])
            products = spaces[worker][: len(queries) * (last - first)].reshape(len(queries), last - first)
            np.matmul(queries, vectors[first:last].astype(np.float32, copy=False).T, out=products)
            keep_best(products, scales[first:last], first, scores[job], rows[job])

    # Threads of ours share the rows; more of the library's own would only get in their way.
    with threadpool_limits(1, user_api="blas"):
        run_jobs(jobs, workers, score)
    # Jobs ascend by row, and each holds equal ones by row: a stable sort keeps them so.
    all_scores = scores.swapaxes(0, 1).reshape(len(queries), -1)
    all_rows = rows.swapaxes(0, 1).reshape(len(queries), -1)
    order = np.argsort(-all_scores, axis=1, kind="stable")[:, :kept]
    return np.take_along_axis(all_rows, order, axis=1), np.take_along_axis(all_scores, order, axis=1)


def _leave_out(
    found: Rows, cosines: Floats, excluded: NDArray[np.integer[Any]] | None, rows: Rows, scores: Floats
) -> None:
    """Moves what is found and not excluded to the front of each query's row of the answer."""
    bad = found < 0
    if excluded is not None and excluded.shape[1]:
        bad |= (found[:, :, None] == excluded[:, None, :]).any(axis=2)
    order = np.argsort(bad, axis=1, kind="stable")[:, : rows.shape[1]]
    fits = order.shape[1]
    good = ~np.take_along_axis(bad, order, axis=1)
    rows[:, :fits][good] = np.take_along_axis(found, order, axis=1)[good]
    scores[:, :fits][good] = np.take_along_axis(cosines, order, axis=1)[good]
