"""The rows nearest to many queries: against every score computed and sorted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v import _best_rows, search
from fastw2v.search import nearest

KEEPERS = [_best_rows.keep_best, search._keep_best_python]


def scales_of(vectors):
    """1 / the length of each row, 0 for zeros."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    return np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0).astype(np.float32)


def sorted_all(vectors, queries, topn, start, stop, excluded):
    """The answer by the definition, in float64; vectors of small whole numbers make equal cosines truly equal."""
    wide, asked = vectors.astype(float), queries.astype(float)
    norms = np.linalg.norm(asked, axis=1)[:, None] * np.linalg.norm(wide, axis=1)
    cosines = np.divide(asked @ wide.T, norms, out=np.zeros_like(norms), where=norms > 0)
    answer = []
    for query, row in enumerate(cosines):
        allowed = [i for i in range(start, min(stop, len(vectors))) if i not in set(excluded[query].tolist())]
        answer.append(sorted(allowed, key=lambda i, row=row: (-round(row[i], 6), i))[:topn])
    return answer, cosines


@pytest.mark.parametrize("keeper", KEEPERS)
@pytest.mark.parametrize("workers", [1, 3])
@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1000),
    rows=st.integers(1, 90),
    asked=st.integers(0, 5),
    topn=st.integers(0, 12),
    start=st.integers(0, 20),
    stop=st.integers(1, 95),
    left_out=st.integers(0, 3),
)
def test_it_finds_what_sorting_finds(keeper, workers, seed, rows, asked, topn, start, stop, left_out):
    rng = np.random.default_rng(seed)
    vectors = rng.integers(-3, 4, (rows, 5)).astype(np.float32)
    queries = rng.integers(-3, 4, (asked, 5)).astype(np.float32)
    excluded = rng.integers(-1, rows, (asked, left_out))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "keep_best", keeper)
        patch.setattr(search, "ROWS_AT_ONCE", 16)
        patch.setattr(search, "QUERIES_AT_ONCE", 2)
        patch.setattr(search, "MOST_KEPT", 6)
        found, scores = nearest(
            vectors, scales_of(vectors), queries, topn, start=start, stop=stop, excluded=excluded, workers=workers
        )
    wanted, cosines = sorted_all(vectors, queries, topn, start, stop, excluded)
    assert found.shape == scores.shape == (asked, topn)
    for query in range(asked):
        many = len(wanted[query])
        rows_found = found[query, :many]
        assert (found[query, many:] == -1).all()
        assert np.isnan(scores[query, many:]).all()
        assert len(set(rows_found.tolist())) == many
        np.testing.assert_allclose(scores[query, :many], cosines[query, wanted[query]], atol=1e-6)
        np.testing.assert_allclose(scores[query, :many], cosines[query, rows_found], atol=1e-6)
        assert not set(rows_found.tolist()) & set(excluded[query].tolist())


@pytest.mark.parametrize("keeper", KEEPERS)
def test_equal_scores_are_kept_by_row_and_nan_never(keeper):
    products = np.array([[1, 3, np.nan, 3, 2, 3, np.inf, -np.inf, 0]], np.float32)
    scores, rows = np.full((1, 4), -np.inf, np.float32), np.full((1, 4), -1, np.int64)
    keeper(products, np.ones(9, np.float32), 100, scores, rows)
    assert rows.tolist() == [[106, 101, 103, 105]]
    keeper(products, np.ones(9, np.float32), 200, scores, rows)
    assert rows.tolist() == [[106, 206, 101, 103]]


def test_shapes_that_do_not_fit_are_refused():
    products, scores = np.ones((2, 3), np.float32), np.ones((2, 4), np.float32)
    rows = np.ones((2, 4), np.int64)
    with pytest.raises(ValueError, match="scales"):
        _best_rows.keep_best(products, np.ones(2, np.float32), 0, scores, rows)
    with pytest.raises(ValueError, match="rows"):
        _best_rows.keep_best(products, np.ones(3, np.float32), 0, scores, rows[:, :3].copy())


def test_half_precision_rows_are_scored_as_what_they_hold():
    rng = np.random.default_rng(1)
    half = rng.standard_normal((3000, 20)).astype(np.float16)
    full = half.astype(np.float32)
    queries = rng.standard_normal((7, 20)).astype(np.float32)
    for ours, theirs in zip(
        nearest(half, scales_of(full), queries, 5), nearest(full, scales_of(full), queries, 5), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
