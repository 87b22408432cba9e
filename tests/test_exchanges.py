"""Which rows are due in a round, and exchanges that hold all of them once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fastw2v.exchanges import (
    EXCHANGE_BYTES,
    LEAST_WORDS,
    MOST_EXCHANGES,
    ROUND_SHARE,
    exchange_bytes,
    exchanges_of,
    most_words,
)


@given(
    rows=st.lists(st.integers(0, 50), min_size=1, max_size=3),
    width=st.integers(1, 9),
    most=st.integers(1, 2000),
)
def test_exchanges_hold_all_rows_once_and_are_small_enough(rows, width, most):
    exchanges = exchanges_of(rows, width, most)
    assert sorted((s.matrix, row) for exchange in exchanges for s in exchange for row in range(s.start, s.stop)) == [
        (matrix, row) for matrix, count in enumerate(rows) for row in range(count)
    ]
    for exchange in exchanges:
        in_all = sum(s.stop - s.start for s in exchange)
        assert in_all > 0
        assert in_all * 4 * width <= most or max(s.stop - s.start for s in exchange) == 1


def test_large_matrices_go_in_few_exchanges():
    small, large = 2 * 4 * 100 * 10_000, 2 * 4 * 300 * 10_000_000
    assert len(exchanges_of([10_000] * 2, 100)) == -(-small // EXCHANGE_BYTES) == 1
    assert len(exchanges_of([10_000_000] * 2, 300)) == MOST_EXCHANGES < large // EXCHANGE_BYTES
    assert exchange_bytes([10_000] * 2, 100) == small
    assert exchange_bytes([10_000, 9_999], 100) == small
    assert exchange_bytes([1_000_000] * 2, 100) == EXCHANGE_BYTES
    assert exchange_bytes([10_000_000] * 2, 300) == large // MOST_EXCHANGES
    assert exchange_bytes([0, 0], 300) == 0


@given(done=st.integers(0, 10**12), nodes=st.integers(1, 200))
def test_rounds_are_a_small_part_of_what_is_done(done, nodes):
    words = most_words(done, nodes)
    assert LEAST_WORDS <= words <= max(LEAST_WORDS, ROUND_SHARE * done / nodes)
    assert words == LEAST_WORDS or words > ROUND_SHARE * done / nodes - 1
