"""Readers of word2vec's two file forms, text and binary, plain or compressed.

A file is believed only as far as its own bytes bear it out: nothing is allocated that they could not fill, and each
fault is told in one sentence with its place. Rows are found and parsed in vector_rows.py, and become a table in
_row_collector.py. Writing stands in word2vec_writers.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastw2v._blocks import Blocks, opened
from fastw2v._row_collector import RowCollector, Rows, Wanted, shown
from fastw2v.vector_rows import GOOD, NOT_FINITE, copy_rows, find_lines, find_rows, is_number, parse_rows

__all__ = ["is_header", "load_word2vec_binary", "load_word2vec_text"]

Matrix = NDArray[np.float32]
PathLike = str | os.PathLike[str]

HEADER = re.compile(rb"\s*(\d{1,18})\s+(\d{1,18})\s*")  # 18 digits: any number that could count bytes of a file
HEADER_BYTES = 128  # two such numbers, and room for white space
WIDEST = 1 << 24  # numbers in a row; keeps the width of a file without rows from overflowing anything
LONGEST_LINE = 1 << 26  # bytes; the widest row with four for each number
USUAL_WORD = 1 << 8  # bytes; nearly all words are shorter
LONGEST_WORD = 1 << 20  # bytes; what is longer comes from a file of another kind


def is_header(line: bytes) -> bool:
    """Whether a file that begins with this line can be one of word2vec's."""
    return HEADER.fullmatch(line[:HEADER_BYTES]) is not None


def load_word2vec_text(
    path: PathLike,
    *,
    header: bool | None = True,
    limit: int | None = None,
    keys: Iterable[str] | None = None,
    encoding: str = "utf-8",
    errors: str = "strict",
    allow_nan: bool = False,
    workers: int | None = None,
) -> tuple[Sequence[str], Matrix]:
    """The words and vectors of a text file, one word and its numbers a line, with ASCII white space between.

    Numbers are rounded once to the nearest float32. The file may be compressed with gzip, bzip2, xz or zstd.

    Parameters
    ----------
    header: whether the file opens with its number of rows and of numbers in each, as word2vec's and fastText's do, and
        GloVe's do not; None: judge by the first line.
    limit: read only this many rows from the top; what follows is not looked at.
    keys: keep only these words; those that the file has not are left out. Numbers of other words are not looked at, nor
        is what follows when all are found.
    encoding: of the words, as Python names it.
    errors: what becomes of words that are not in that encoding: "strict", or "replace" or another handler of
        bytes.decode.
    allow_nan: take NaN and infinite numbers as they are.
    workers: threads; all cores if None.

    Raises
    ------
    ValueError: a malformed file, with file and line. OSError: the file cannot be read. ImportError: it is compressed in
    a way that needs another library.
    """
    wanted = Wanted.of(limit, keys, encoding, errors, allow_nan)
    name = os.fspath(path)
    with opened(path) as (stream, size):
        blocks = Blocks(stream, size)
        line = _first_line(name, blocks, HEADER_BYTES if header else LONGEST_LINE)
        if header or (header is None and is_header(line)):
            # A row takes at least a letter, a newline, and two bytes a number; the last newline may be missing.
            rows, width = _read_header(name, line[:HEADER_BYTES], None if size is None else size + 1, 2, 2)
            blocks.advance(len(line))
            form = _TextForm(name, width, wanted.allow_nan, "the header promises")
            with RowCollector(form, width, wanted, workers, blocks.release) as table:
                if size is not None:
                    table.expect(_least(rows, limit))
                _read_text(form, blocks, table, 2, rows, limit)
                return table.finish()
        width = len(line.split()) - 1
        if not 1 <= width <= WIDEST:
            raise ValueError(f"{name}, line 1: neither a header nor a word and its numbers: {shown(line)}")
        form = _TextForm(name, width, wanted.allow_nan, "line 1 has")
        with RowCollector(form, width, wanted, workers, blocks.release) as table:
            _read_text(form, blocks, table, 1, None, limit)
            return table.finish()


def load_word2vec_binary(
    path: PathLike,
    *,
    limit: int | None = None,
    keys: Iterable[str] | None = None,
    encoding: str = "utf-8",
    errors: str = "strict",
    allow_nan: bool = False,
    workers: int | None = None,
) -> tuple[Sequence[str], Matrix]:
    """The words and vectors of a file in word2vec's binary form, with or without a newline after each row.

    Parameters and exceptions are those of `load_word2vec_text`, but places are told as byte offsets.
    """
    wanted = Wanted.of(limit, keys, encoding, errors, allow_nan)
    name = os.fspath(path)
    with opened(path) as (stream, size):
        blocks = Blocks(stream, size)
        line = _first_line(name, blocks, HEADER_BYTES)
        # A row takes at least a letter, a space, and four bytes a number.
        rows, width = _read_header(name, line, None if size is None else size - len(line), 2, 4)
        blocks.advance(len(line))
        form = _BinaryForm(name, width, wanted.allow_nan)
        with RowCollector(form, width, wanted, workers, blocks.release) as table:
            if size is not None:
                table.expect(_least(rows, limit))
            _read_binary(form, blocks, table, rows, limit)
            return table.finish()


def _least(rows: int | None, limit: int | None) -> int:
    """How many rows may be read, of which either may be unknown."""
    known = [number for number in (rows, limit) if number is not None]
    return min(known) if known else WIDEST * WIDEST


def _first_line(name: str, blocks: Blocks, most: int) -> bytes:
    """The first line with its newline, or its first `most` bytes if it is longer."""
    while True:
        head = blocks.data[:most].tobytes()
        end = head.find(b"\n") + 1
        if end or len(head) == most or blocks.ended:
            return head[: end or most]
        blocks.advance(0)


def _read_header(name: str, line: bytes, size: int | None, row_least: int, number_least: int) -> tuple[int, int]:
    """Rows and width from the first line, checked against what `size` bytes can hold, if that is known."""
    found = HEADER.fullmatch(line)
    if found is None:
        raise ValueError(
            f"{name}, line 1: a word2vec file begins with two whole numbers, its words and the numbers of each, not "
            f"with {shown(line)}"
        )
    rows, width = int(found[1]), int(found[2])
    if not 1 <= width <= WIDEST:
        raise ValueError(f"{name}, line 1: vectors of {width} numbers, but there must be from 1 to {WIDEST}")
    if size is not None and rows * (row_least + number_least * width) > size:
        raise ValueError(
            f"{name}, line 1: promises {rows} rows of {width} numbers, more than its {size} bytes can hold; it is cut "
            "short, or not a file of this format"
        )
    return rows, width


def _cut_short(name: str, found: int, rows: int) -> ValueError:
    return ValueError(f"{name}: ends after {found} of the {rows} rows that its header promises; it is cut short")


# Text


@dataclass(frozen=True)
class _TextForm:
    """A _row_collector.Form."""

    name: str
    width: int
    allow_nan: bool
    source: str  # of the width, for sentences

    def place(self, place: int) -> str:
        return f"{self.name}, line {place}"

    def repeated(self, place: int) -> str:
        return f"in line {place}"

    def read(self, rows: Rows, out: Matrix) -> None:
        row, fault = parse_rows(rows.data, rows.ends, rows.stops, out, self.allow_nan)
        if fault == GOOD:
            return
        place = self.place(int(rows.places[row]))
        if fault == NOT_FINITE:
            raise _not_finite(place, rows.word(row))
        parts = rows.data[rows.ends[row] : rows.stops[row]].tobytes().split()
        if len(parts) != self.width:
            raise self.miscounted(place, len(parts))
        column = next(i for i, part in enumerate(parts) if not is_number(part))
        raise ValueError(f"{place}: number {column + 1} is {shown(parts[column])}, which is not a number")

    def miscounted(self, place: str, count: int) -> ValueError:
        return ValueError(f"{place}: {count} numbers after the word, but {self.source} {self.width}")


def _not_finite(place: str, word: bytes) -> ValueError:
    return ValueError(
        f"{place}: the vector of {word.decode('utf-8', 'replace')!r} holds NaN or infinity; allow_nan=True takes it as "
        "it is"
    )


def _read_text(
    form: _TextForm, blocks: Blocks, table: RowCollector, line: int, promised: int | None, limit: int | None
) -> None:
    """Adds the rows from the block's beginning on, which is line number `line`."""
    first, left = line, _least(promised, limit)
    while left and not table.is_complete:
        at_end, data = blocks.ended, blocks.data
        starts, ends, stops, used = find_lines(data, 0, left, at_end)
        empty = np.flatnonzero(starts == ends)
        count = int(empty[0]) if len(empty) else len(stops)
        if count:
            if line == first and promised is None and blocks.size is not None:
                mean = (int(stops[count - 1]) + 1) / count
                table.expect(min(left, int(blocks.size / mean) + 1))
            table.add(Rows(data, starts, ends, stops, np.arange(line, line + len(stops))).take(slice(count)))
        elif len(data) > LONGEST_LINE:
            raise ValueError(f"{form.place(line)}: longer than {LONGEST_LINE:,} bytes; this is no file of vectors")
        line, left = line + count, left - count
        blocks.advance(int(starts[count]) if len(empty) else used)
        if len(empty) and _text_after(blocks, line) is not None:
            raise form.miscounted(form.place(line), 0)
        if len(empty) or at_end:
            break
    if promised is None or table.is_complete:
        return
    if line - first < promised:
        if line - first != limit:
            raise _cut_short(form.name, line - first, promised)
        return
    extra = _text_after(blocks, line)
    if extra is not None:
        raise ValueError(f"{form.place(extra)}: the header promises {promised} rows, but here is one more")


def _text_after(blocks: Blocks, line: int) -> int | None:
    """The number of the first line that is not empty; the block begins in line `line`."""
    while True:
        content = blocks.data.tobytes()
        text = content.lstrip()
        line += content.count(b"\n", 0, len(content) - len(text))
        if text:
            return line
        if blocks.ended:
            return None
        blocks.advance(len(blocks.data))


# Binary


@dataclass(frozen=True)
class _BinaryForm:
    """A _row_collector.Form."""

    name: str
    width: int
    allow_nan: bool

    def place(self, place: int) -> str:
        return f"{self.name}, byte {place}"

    def repeated(self, place: int) -> str:
        return f"at byte {place}"

    def read(self, rows: Rows, out: Matrix) -> None:
        row = copy_rows(rows.data, rows.ends, out, self.allow_nan)
        if row >= 0:
            raise _not_finite(self.place(int(rows.places[row])), rows.word(row))


def _read_binary(form: _BinaryForm, blocks: Blocks, table: RowCollector, promised: int, limit: int | None) -> None:
    """Adds the rows from the block's beginning on."""
    found, wanted = 0, _least(promised, limit)
    while found < wanted and not table.is_complete:
        at_end, data = blocks.ended, blocks.data
        starts, ends, used = find_rows(data, 0, wanted - found, form.width)
        if len(starts):
            table.add(Rows(data, starts, ends, ends, starts + blocks.start))
        found += len(starts)
        blocks.advance(used)
        if found < wanted and not table.is_complete:
            _check_next_row(form, blocks, at_end, f"row {found} of {promised}")
    if found < promised or table.is_complete:
        return
    end = blocks.start
    if _text_after(blocks, 0) is not None:
        raise ValueError(f"{form.place(end)}: the file goes on after the {promised} rows that its header promises")


def _check_next_row(form: _BinaryForm, blocks: Blocks, at_end: bool, row: str) -> None:
    """ValueError if the row that begins with the block is none; `at_end`: or if there is none."""
    head = blocks.data[:USUAL_WORD].tobytes()
    if b" " not in head.lstrip(b"\n"):
        head = blocks.data[: LONGEST_WORD + 1].tobytes()
    word = head.lstrip(b"\n")
    start = blocks.start + len(head) - len(word)
    if word.startswith(b" "):
        raise ValueError(f"{form.place(start)}: a space where {row} should begin with its word")
    if at_end:
        raise ValueError(f"{form.name}: ends in {row}, which begins at byte {start}; it is cut short")
    if len(head) > LONGEST_WORD and b" " not in head:
        raise ValueError(
            f"{form.place(start)}: no space within {LONGEST_WORD:,} bytes, where {row} should begin with its word"
        )
