"""Rows of word2vec files, text and binary, found and read in memory: compiled where that is possible, else in Python.

Both give the same answers to the bit; what each function does is said in _vector_rows.pyx and src_c/vector_rows.h.
Files, and the sentences that tell what is wrong with one, stand in _text_rows.py and _binary_rows.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = [
    "GOOD",
    "NOT_FINITE",
    "NO_NUMBER",
    "TOO_FEW",
    "TOO_MANY",
    "copy_rows",
    "extend_words",
    "find_lines",
    "find_repeat",
    "find_rows",
    "gather_words",
    "is_number",
    "parse_rows",
]

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Matrix = NDArray[np.float32]

GOOD, TOO_FEW, TOO_MANY, NO_NUMBER, NOT_FINITE = range(5)  # as row_fault in src_c/vector_rows.h
FLOAT_BYTES = 4
FIELD = re.compile(rb"\S+")  # of bytes: all but ASCII white space
# A float32, or the middle between two, leaves at least this many low bits of a double empty.
EMPTY_BITS = 28
BEYOND = 2**128  # the float32 after the greatest, were there one


def is_number(text: bytes) -> bool:
    """Whether float() takes it, but for the underscores of Python's number literals."""
    try:
        float(text)
    except ValueError:
        return False
    return b"_" not in text


def _find_lines_python(text: Bytes, begin: int, most: int, at_end: bool) -> tuple[Places, Places, Places, int]:
    content = text.tobytes()
    starts: list[int] = []
    ends: list[int] = []
    stops: list[int] = []
    position = begin
    while len(stops) < most and position < len(content):
        stop = content.find(b"\n", position)
        if stop < 0:
            if not at_end:
                break
            stop = len(content)
        line = content[position:stop]
        start = len(line) - len(line.lstrip())
        word = line.split(None, 1)[:1]
        starts.append(position + start)
        ends.append(position + start + (len(word[0]) if word else 0))
        stops.append(stop)
        position = min(stop + 1, len(content))
    return np.array(starts, np.int64), np.array(ends, np.int64), np.array(stops, np.int64), position


def _extend_words_python(text: Bytes, ends: Places, stops: Places, width: int) -> Places:
    content, found = text.tobytes(), ends.copy()
    for row, (end, stop) in enumerate(zip(ends.tolist(), stops.tolist(), strict=True)):
        following = FIELD.search(content, end, stop)
        if following is None or is_number(following[0]):
            continue
        fields = [field.span() for field in FIELD.finditer(content, end, stop)]
        word = fields[:-width]
        if word and not any(is_number(content[first:last]) for first, last in word):
            found[row] = word[-1][1]
    return found


def _find_rows_python(data: Bytes, begin: int, most: int, width: int) -> tuple[Places, Places, int]:
    content = data.tobytes()
    starts: list[int] = []
    ends: list[int] = []
    last = begin
    while len(starts) < most:
        start = last
        while content[start : start + 1] == b"\n":
            start += 1
        space = content.find(b" ", start)
        if space <= start or space + 1 + FLOAT_BYTES * width > len(content):
            break
        starts.append(start)
        ends.append(space)
        last = space + 1 + FLOAT_BYTES * width
    return np.array(starts, np.int64), np.array(ends, np.int64), last


def _gather_words_python(data: Bytes, starts: Places, ends: Places) -> tuple[Bytes, Places, int]:
    content = data.tobytes()
    words = [content[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    offsets = np.zeros(len(words) + 1, np.int64)
    np.cumsum(ends - starts, out=offsets[1:])
    bad = -1
    for row, word in enumerate(words):
        try:
            word.decode()
        except UnicodeDecodeError:
            bad = row
            break
    return np.frombuffer(b"".join(words), np.uint8), offsets, bad


def _nearest(text: bytes, double: float) -> np.float32:
    """The float32 nearest to a number of which `double` is nearly the middle between two."""
    from decimal import Decimal
    from fractions import Fraction

    exact = Fraction(Decimal(text.decode()))
    with np.errstate(over="ignore"):
        near = np.float32(double)
        found = [np.nextafter(near, np.float32(-np.inf)), near, np.nextafter(near, np.float32(np.inf))]

    def distance(value: np.float32) -> tuple[Fraction, int]:
        size = Fraction(float(value)) if np.isfinite(value) else Fraction(BEYOND if value > 0 else -BEYOND)
        return abs(size - exact), int(value.view(np.uint32)) & 1

    return min(found, key=distance)


def _numbers(parts: list[bytes]) -> Matrix:
    """Each rounded once: float() and then float32 would round twice."""
    doubles = np.array(list(map(float, parts)))
    with np.errstate(over="ignore"):
        singles = doubles.astype(np.float32)
    low_bits = doubles.view(np.uint64) & np.uint64((1 << EMPTY_BITS) - 1)
    for i in np.flatnonzero((low_bits == 0) & (singles != doubles) & np.isfinite(doubles)).tolist():
        singles[i] = _nearest(parts[i], float(doubles[i]))
    return singles


def _parse_rows_python(text: Bytes, ends: Places, stops: Places, out: Matrix, allow_nan: bool) -> tuple[int, int]:
    content = text.tobytes()
    width = out.shape[1]
    for row, (end, stop) in enumerate(zip(ends.tolist(), stops.tolist(), strict=True)):
        parts = content[end:stop].split()
        if not all(map(is_number, parts[:width])):
            return row, NO_NUMBER
        if len(parts) != width:
            return row, TOO_FEW if len(parts) < width else TOO_MANY
        out[row] = _numbers(parts)
        if not allow_nan and not np.isfinite(out[row]).all():
            return row, NOT_FINITE
    return -1, GOOD


def _copy_rows_python(data: Bytes, ends: Places, out: Matrix, allow_nan: bool) -> int:
    length = FLOAT_BYTES * out.shape[1]
    for row, end in enumerate(ends.tolist()):
        out[row] = data[end + 1 : end + 1 + length].view("<f4")
        if not allow_nan and not np.isfinite(out[row]).all():
            return row
    return -1


def _find_repeat_python(blob: Bytes, offsets: Places) -> tuple[int, int]:
    content, ends = blob.tobytes(), offsets.tolist()
    seen: dict[bytes, int] = {}
    for row in range(len(ends) - 1):
        earlier = seen.setdefault(content[ends[row] : ends[row + 1]], row)
        if earlier != row:
            return row, earlier
    return -1, -1


try:
    from fastw2v._vector_rows import (
        copy_rows,
        extend_words,
        find_lines,
        find_repeat,
        find_rows,
        gather_words,
        parse_rows,
    )
except ImportError:
    copy_rows, find_lines, find_repeat = _copy_rows_python, _find_lines_python, _find_repeat_python
    find_rows, gather_words, parse_rows = _find_rows_python, _gather_words_python, _parse_rows_python
    extend_words = _extend_words_python
