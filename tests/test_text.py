"""The compiled text of float32 rows: equal to '%.9g' for every kind of bit pattern, and safe against wrong shapes."""

import locale

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v._text import format_rows
from fastw2v.packed_words import PackedWords

BITS = st.integers(0, 2**32 - 1)
# Few set bits make numbers with a short decimal expansion: those that fall exactly between two roundings.
SHORT_BITS = st.tuples(st.integers(0, 511), st.integers(0, 4095)).map(lambda parts: parts[0] << 23 | parts[1] << 11)
EDGES = [0.0, -0.0, 1.0, -1.0, 0.1, 1e-4, 9.9999999e-5, 99999999.0, 1e9, 999999999.0, 1e-45, 3.4028235e38, 2.0**-13]


def texts_of(numbers):
    row = np.asarray(numbers, np.float32).reshape(1, -1)
    words = PackedWords.pack(["w"])
    line = format_rows(words.blob, words.offsets, row, 0, 1)
    start, *texts = line.decode().removesuffix("\n").split(" ")
    assert start == "w"
    return texts


def check(numbers):
    texts = texts_of(numbers)
    assert texts == [format(number, ".9g") for number in numbers.tolist()]
    with np.errstate(invalid="ignore"):
        again = np.array([float(text) for text in texts]).astype(np.float32)
    same = again.view(np.uint32) == numbers.view(np.uint32)
    assert (same | np.isnan(numbers)).all()


@given(st.lists(BITS | SHORT_BITS, min_size=1, max_size=50))
def test_every_bit_pattern_prints_as_python_prints_it_and_comes_back(bits):
    check(np.array(bits, np.uint32).view(np.float32))


@given(st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=50))
def test_usual_numbers(numbers):
    check(np.array(numbers, np.float32))


def test_edges():
    numbers = np.array(EDGES, np.float32)
    with np.errstate(over="ignore"):
        neighbours = [np.nextafter(numbers, np.float32(limit)) for limit in (np.inf, -np.inf)]
    check(np.concatenate([numbers, *neighbours]))


def test_all_powers_of_two_and_ten():
    with np.errstate(over="ignore"):
        check(np.concatenate([2.0 ** np.arange(-149, 128), 10.0 ** np.arange(-45, 39)]).astype(np.float32))


def test_many_random_patterns():
    check(np.random.default_rng(1).integers(0, 2**32, 100_000, dtype=np.uint32).view(np.float32))


def test_not_numbers():
    assert texts_of([np.nan, -np.nan, np.inf, -np.inf, -0.0]) == ["nan", "nan", "inf", "-inf", "-0"]


def test_a_locale_with_a_decimal_comma_changes_nothing():
    before = locale.setlocale(locale.LC_NUMERIC)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8"):
        try:
            locale.setlocale(locale.LC_NUMERIC, name)
        except locale.Error:
            continue
        try:
            # 2**-13 lies exactly between two roundings, which takes the path through the C library
            assert texts_of([2.0**-13, 0.5]) == ["0.000122070312", "0.5"]
        finally:
            locale.setlocale(locale.LC_NUMERIC, before)
        return
    pytest.skip("no locale with another decimal separator is installed")


def test_words_rows_and_strides():
    words = PackedWords.pack(["straße", "日本語", "", "слово"])
    wide = np.arange(32, dtype=np.float32).reshape(4, 8)
    narrow = wide[:, :3]
    whole = format_rows(words.blob, words.offsets, narrow, 0, 4).decode()
    assert whole == "straße 0 1 2\n日本語 8 9 10\n 16 17 18\nслово 24 25 26\n"
    assert format_rows(words.blob, words.offsets, narrow, 1, 2).decode() == "日本語 8 9 10\n"
    assert format_rows(words.blob, words.offsets, narrow[::-1], 3, 4).decode() == "слово 0 1 2\n"
    assert format_rows(words.blob, words.offsets, narrow, 2, 2) == b""


def test_rows_without_numbers():
    words = PackedWords.pack(["a", "b"])
    assert format_rows(words.blob, words.offsets, np.empty((2, 0), np.float32), 0, 2) == b"a\nb\n"


@pytest.mark.parametrize(("start", "stop"), [(-1, 1), (0, 3), (2, 1), (3, 4)])
def test_rows_out_of_range(start, stop):
    words = PackedWords.pack(["a", "b"])
    with pytest.raises(ValueError, match="lie outside"):
        format_rows(words.blob, words.offsets, np.zeros((2, 2), np.float32), start, stop)


@pytest.mark.parametrize("offsets", [[0, 5, 2], [0, -1, 2], [-1, 1, 2], [0, 1, 3], [0, 2**62, 2]])
def test_offsets_out_of_range(offsets):
    with pytest.raises(ValueError, match="offsets"):
        format_rows(np.zeros(2, np.uint8), np.array(offsets), np.zeros((2, 2), np.float32), 0, 2)


def test_columns_must_be_contiguous():
    words = PackedWords.pack(["a", "b"])
    with pytest.raises(ValueError, match="side by side"):
        format_rows(words.blob, words.offsets, np.zeros((2, 4), np.float32)[:, ::2], 0, 2)
