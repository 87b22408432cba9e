"""Rows of word2vec files in memory: the compiled functions and their Python twins agree, on numbers above all."""

import locale
import math
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v import vector_rows as twins
from fastw2v.vector_rows import GOOD, NO_NUMBER, NOT_FINITE, TOO_FEW, TOO_MANY, is_number

compiled = pytest.importorskip("fastw2v._vector_rows")

BITS = st.integers(0, 2**32 - 1)
NUMBER_BYTES = st.text("0123456789.eE+-_", max_size=12).map(str.encode)
# Few digits with a great exponent, and many digits: what one multiplication of doubles cannot settle.
DECIMALS = st.tuples(st.integers(0, 10**40), st.integers(-90, 60)).map(lambda parts: f"{parts[0]}e{parts[1]}")


def as_bytes(content):
    return np.frombuffer(content, np.uint8)


def parsed(texts):
    """The float32 that the compiled function makes of each text, which must be a number."""
    line = " ".join(texts).encode()
    out = np.empty((1, len(texts)), np.float32)
    answer = compiled.parse_rows(as_bytes(line), np.array([0]), np.array([len(line)]), out, True)
    assert answer == (-1, GOOD), texts
    return out[0]


def exactly(number):
    """The float32 nearest to a fraction, ties to even, found with integers alone."""
    size = abs(number)
    if size == 0:
        return 0.0
    # 2**exponent is the value of the last bit of numbers as large as `size`
    exponent = max(size.numerator.bit_length() - size.denominator.bit_length() - 24, -149)
    while size >= Fraction(2) ** (exponent + 24):
        exponent += 1
    units = round(size / Fraction(2) ** exponent)  # round() takes ties to even
    nearest = math.inf if units * Fraction(2) ** exponent >= 2**128 else math.ldexp(units, exponent)
    return math.copysign(nearest, number)


def middles(bits):
    """The middle between each finite float32 and the next, as a fraction."""
    low = np.array(bits, np.uint32).view(np.float32)
    high = (low.view(np.uint32) + np.uint32(1)).view(np.float32)
    return [(Fraction(float(a)) + Fraction(float(b))) / 2 for a, b in zip(low, high, strict=True)]


def all_digits(number):
    """A fraction whose denominator is a power of two, as text with every digit."""
    power = number.denominator.bit_length() - 1
    return f"{number.numerator * 5**power}e-{power}"


@given(st.lists(BITS, min_size=1, max_size=50))
def test_nine_digits_and_seventeen_come_back_to_the_bit(bits):
    numbers = np.array(bits, np.uint32).view(np.float32)
    for digits in (9, 12, 17, 25):
        again = parsed([format(number, f".{digits}g") for number in numbers.tolist()])
        same = again.view(np.uint32) == numbers.view(np.uint32)
        assert (same | np.isnan(numbers)).all()


@given(st.lists(DECIMALS, min_size=1, max_size=30))
def test_numbers_are_rounded_once(texts):
    assert parsed(texts).tolist() == [exactly(Fraction(text)) for text in texts]


@given(st.lists(st.integers(0, 0x7F7FFFFE), min_size=1, max_size=20))
def test_middles_between_two_numbers(bits):
    found = middles(bits)
    for number in found:
        texts = [all_digits(number)]
        # a hair below and above, told only by the last of very many digits
        digits, power = texts[0].split("e")
        texts += [f"{int(digits) * 10**60 + change}e{int(power) - 60}" for change in (-1, 1)]
        assert parsed(texts).tolist() == [exactly(Fraction(text)) for text in texts]


def test_many_middles_and_their_neighbours():
    rng = np.random.default_rng(1)
    edges = [0, 1, 2, 0x7FFFFF, 0x800000, 0x7F7FFFFE]
    texts = [all_digits(number) for number in middles([*edges, *rng.integers(0, 0x7F7FFFFF, 2000).tolist()])]
    # of 17 digits some lie as near to a middle as a double tells
    texts += [format(float(Fraction(text)), ".17g") for text in texts]
    assert parsed(texts).tolist() == [exactly(Fraction(text)) for text in texts]


def test_where_numbers_become_infinite_or_nothing():
    beyond = Fraction(2) ** 128 - Fraction(2) ** 103
    half = Fraction(1, 2**150)
    digits, power = all_digits(half).split("e")
    texts = [str(int(beyond)), str(int(beyond) - 1), "1e39", "1e999999999999", f"{digits}e{power}", "1e-47", "1e-9999"]
    texts += [f"{int(digits) + 1}e{power}", "0e999999999999", "0." + "0" * 400 + "1e401", "1" + "0" * 400 + "e-400"]
    greatest, least = float(np.finfo(np.float32).max), 2.0**-149
    assert parsed(texts).tolist() == [math.inf, greatest, math.inf, math.inf, 0, 0, 0, least, 0, 1, 1]
    assert parsed(["-" + text for text in texts[:7]]).tolist() == [-math.inf, -greatest, -math.inf, -math.inf, 0, 0, 0]
    assert np.signbit(parsed(["-0", "-0.0e5", "-1e-99", "+0"])).tolist() == [True, True, True, False]


GOOD_NUMBERS = "1 +1 -1 1. .5 1.5 1e5 1E5 1e+5 1e-5 1.e5 .5e5 00012 inf -inf +Inf INFINITY nan -nan NaN 0 1e0005"
BAD_NUMBERS = ". e5 1e 1e+ + - +-1 1x 0x10 1_0 1..2 1.2.3 infi infinit nanx in n 1e5.0 1,5 ١ \x001 1\x00 .e5 -."


def test_what_is_a_number():
    texts = GOOD_NUMBERS.split()
    with np.errstate(over="ignore"):
        assert np.array_equal(parsed(texts), np.array(list(map(float, texts)), np.float32), equal_nan=True)
    for text in [*texts, *BAD_NUMBERS.split()]:
        assert is_number(text.encode()) == (text in texts)


@pytest.mark.parametrize("text", BAD_NUMBERS.split())
def test_what_is_none(text):
    row = f"w 1 {text} 2".encode()
    for functions in (compiled, twins):
        parse = getattr(functions, "_parse_rows_python", functions.parse_rows)
        out = np.zeros((1, 3), np.float32)
        assert parse(as_bytes(row), np.array([1]), np.array([len(row)]), out, True) == (0, NO_NUMBER)


def test_a_locale_with_a_decimal_comma_changes_nothing():
    before = locale.setlocale(locale.LC_NUMERIC)
    middle = all_digits(middles([0x3F800000])[0])
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8"):
        try:
            locale.setlocale(locale.LC_NUMERIC, name)
        except locale.Error:
            continue
        try:
            assert parsed([middle, "1.5"]).tolist() == [1.0, 1.5]
        finally:
            locale.setlocale(locale.LC_NUMERIC, before)
        return
    pytest.skip("no locale with another decimal separator is installed")


# The twins

LETTERS = st.sampled_from(["a", "é", "\u3000", " ", "\t", "\n", "\r", "1.5", "-2", "x"])
TEXTS = st.lists(LETTERS.map(str.encode) | st.just(b"\xff"), max_size=40).map(b"".join)


def equal(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@given(TEXTS, st.integers(0, 5), st.integers(0, 9), st.booleans(), st.integers(1, 3), st.booleans())
@settings(max_examples=400)
def test_text_rows_as_the_twin_has_them(text, begin, most, at_end, width, allow_nan):
    data = as_bytes(text)
    begin = min(begin, len(text))
    found = compiled.find_lines(data, begin, most, at_end)
    assert equal(found, twins._find_lines_python(data, begin, most, at_end))
    starts, ends, stops, _ = found
    longer = compiled.extend_words(data, ends, stops, width)
    assert np.array_equal(longer, twins._extend_words_python(data, ends, stops, width))
    ends = longer
    assert equal(compiled.gather_words(data, starts, ends), twins._gather_words_python(data, starts, ends))
    out, other = np.zeros((2, len(stops), width), np.float32)
    answer = compiled.parse_rows(data, ends, stops, out, allow_nan)
    assert answer == twins._parse_rows_python(data, ends, stops, other, allow_nan)
    whole = answer[0] if answer[0] >= 0 else len(stops)
    assert np.array_equal(out[:whole], other[:whole])


@given(st.lists(st.floats() | DECIMALS | NUMBER_BYTES.map(bytes.decode), min_size=1, max_size=20))
def test_numbers_as_the_twin_has_them(numbers):
    text = " ".join(map(str, numbers)).encode()
    width = len(text.split())
    if width == 0:
        return
    arguments = (as_bytes(text), np.array([0]), np.array([len(text)]))
    out, other = np.zeros((2, 1, width), np.float32)
    answer = twins._parse_rows_python(*arguments, other, True)
    assert compiled.parse_rows(*arguments, out, True) == answer
    if answer == (-1, GOOD):
        assert np.array_equal(out, other, equal_nan=True)


def test_middles_as_the_twin_has_them():
    for number in middles(np.random.default_rng(2).integers(0, 0x7F7FFFFF, 50).tolist()):
        for text in (all_digits(number), format(float(number), ".17g"), str(Decimal(float(number)))):
            out = np.zeros((1, 1), np.float32)
            twins._parse_rows_python(as_bytes(text.encode()), np.array([0]), np.array([len(text)]), out, True)
            assert out[0, 0] == exactly(Fraction(text))


@given(st.lists(st.sampled_from([b"a ", b"bc ", b"\n", b" ", b"\x00\x00\x80?", b"\xff" * 4, b"x"]), max_size=20))
@settings(max_examples=400)
def test_binary_rows_as_the_twin_has_them(pieces):
    data = as_bytes(b"".join(pieces))
    for width in (1, 2):
        for most in (0, 1, 9):
            found = compiled.find_rows(data, 0, most, width)
            assert equal(found, twins._find_rows_python(data, 0, most, width))
            starts, ends, _ = found
            assert equal(compiled.gather_words(data, starts, ends), twins._gather_words_python(data, starts, ends))
            for allow_nan in (False, True):
                out, other = np.zeros((2, len(ends), width), np.float32)
                bad = compiled.copy_rows(data, ends, out, allow_nan)
                assert bad == twins._copy_rows_python(data, ends, other, allow_nan)
                if bad < 0:
                    assert np.array_equal(out, other, equal_nan=True)


@given(st.lists(st.binary(max_size=10), max_size=20), st.lists(st.integers(0, 19), max_size=3))
def test_repeats_as_the_twin_finds_them(words, again):
    words += [words[i] for i in again if i < len(words)]
    offsets = np.cumsum([0, *map(len, words)])
    blob = as_bytes(b"".join(words))
    assert compiled.find_repeat(blob, offsets) == twins._find_repeat_python(blob, offsets)


@pytest.mark.parametrize("extend", [compiled.extend_words, twins._extend_words_python])
@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("a 1 2", "a"),
        ("at name@domain.com 1 2", "at name@domain.com"),
        (". . . . .  1\t2 ", ". . . . ."),
        ("1 and\t 1/2 1 2\r", "1 and\t 1/2"),
        # Too many numbers are no word, whatever stands between them.
        ("a 1 2 3", "a"),
        ("a b 1 2 3", "a"),
        ("a 1 2 b 1 2", "a"),
        ("a b 1 c 1 2", "a"),
        ("a nan b 1 2", "a"),
        # Too few, and what is no number in its place
        ("a b 1", "a"),
        ("a x 2", "a"),
        ("a b x 2", "a b"),
        ("a", "a"),
    ],
)
def test_words_with_spaces(extend, line, word):
    data = as_bytes(line.encode())
    ends, stops = np.array([line.index(" ") if " " in line else len(line)]), np.array([len(line)])
    assert extend(data, ends, stops, 2).tolist() == [len(word)]


def test_faults_of_rows():
    for row, fault in [
        ("1 2", GOOD),
        (" 1\t2 \r", GOOD),
        ("1", TOO_FEW),
        ("", TOO_FEW),
        ("1 2 3", TOO_MANY),
        ("1 2 x", TOO_MANY),
        ("x 2", NO_NUMBER),
        ("1 nan", NOT_FINITE),
        ("1e39 1", NOT_FINITE),
    ]:
        out = np.zeros((1, 2), np.float32)
        arguments = (as_bytes(row.encode()), np.array([0]), np.array([len(row)]), out, False)
        assert compiled.parse_rows(*arguments) == (-1 if fault == GOOD else 0, fault)


def test_bounds_are_checked():
    data, out = as_bytes(b"a 1 2\n" + bytes(20)), np.zeros((1, 2), np.float32)
    one = np.array([1])
    for call in (
        lambda: compiled.find_lines(data, 27, 1, True),
        lambda: compiled.find_lines(data, -1, 1, True),
        lambda: compiled.extend_words(data, one, np.array([27]), 1),
        lambda: compiled.extend_words(data, one, one, 0),
        lambda: compiled.find_rows(data, 0, 1, 0),
        lambda: compiled.find_rows(data, 99, 1, 1),
        lambda: compiled.gather_words(data, one, np.array([27])),
        lambda: compiled.gather_words(data, np.array([2]), one),
        lambda: compiled.gather_words(data, np.array([-1]), one),
        lambda: compiled.parse_rows(data, one, np.array([27]), out, True),
        lambda: compiled.parse_rows(data, np.array([1, 2]), np.array([2, 3]), out, True),
        lambda: compiled.parse_rows(data, one, one, np.zeros((1, 0), np.float32), True),
        lambda: compiled.copy_rows(data, np.array([18]), out, True),
        lambda: compiled.copy_rows(data, np.array([-1]), out, True),
        lambda: compiled.find_repeat(data, np.array([0, 1, 27])),
    ):
        with pytest.raises(ValueError, match=r"\d"):
            call()


def test_no_rows():
    nothing, none = as_bytes(b""), np.empty(0, np.int64)
    assert compiled.find_lines(nothing, 0, 5, True)[3] == 0
    assert compiled.extend_words(nothing, none, none, 3).tolist() == []
    assert compiled.parse_rows(nothing, none, none, np.empty((0, 3), np.float32), False) == (-1, GOOD)
    assert compiled.copy_rows(nothing, none, np.empty((0, 3), np.float32), False) == -1
    assert compiled.find_repeat(nothing, np.zeros(1, np.int64)) == (-1, -1)
    assert compiled.find_repeat(nothing, np.zeros(3, np.int64)) == (1, 0)


def test_the_compiled_functions_are_chosen():
    assert twins.parse_rows is compiled.parse_rows
    assert sys.modules["fastw2v.vector_rows"].find_repeat is compiled.find_repeat
