"""Readers of word2vec's two file forms, text and binary, plain or compressed.

A file is believed only as far as its own bytes bear it out: nothing is allocated that they could not fill, and each
fault is told in one sentence with its place. This file knows headers; what a row is stands in _text_rows.py and
_binary_rows.py, how rows become a table in _row_collector.py. Writing stands in word2vec_writers.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from fastw2v._binary_rows import BinaryForm, read_binary
from fastw2v._blocks import Blocks, opened
from fastw2v._row_collector import RowCollector, Wanted, fewest, shown
from fastw2v._text_rows import LONGEST_LINE, TextForm, read_text

__all__ = ["BOM", "is_header", "load_word2vec_binary", "load_word2vec_text"]

Matrix = NDArray[np.float32]
PathLike = str | os.PathLike[str]

HEADER = re.compile(rb"\s*([-+]?\d{1,50})\s+([-+]?\d{1,50})\s*")  # more than any file has, for the sentence about it
HEADER_BYTES = 128  # two such numbers, and room for white space
MOST_ROWS = 1 << 48  # of a file whose size is not known
BOM = b"\xef\xbb\xbf"
WIDEST = 1 << 24  # numbers in a row; keeps the width of a file without rows from overflowing anything


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

    A word may hold white space, as some of glove.840B.300d do (". . .", "at name@domain.com"): of a line with too many
    fields the last are its numbers and the others its word, unless one of these, but for the first, is a number, too;
    such a line is refused.

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
        if blocks.data[: len(BOM)].tobytes() == BOM:
            blocks.advance(len(BOM))
        line = _first_line(name, blocks, HEADER_BYTES if header else LONGEST_LINE)
        if header or (header is None and is_header(line)):
            # A row takes at least a letter, a newline, and two bytes a number; the last newline may be missing.
            rows, width = _read_header(name, line[:HEADER_BYTES], size, 1, 2, 2)
            blocks.advance(len(line))
            form = TextForm(name, width, wanted.allow_nan, "the header promises")
            with RowCollector(form, width, wanted, workers, blocks.release) as table:
                if size is not None:
                    table.expect(fewest(rows, limit))
                read_text(form, blocks, table, 2, rows, limit)
                return table.finish()
        width = len(line.split()) - 1
        if not 1 <= width <= WIDEST:
            raise ValueError(f"{name}, line 1: neither a header nor a word and its numbers: {shown(line)}")
        form = TextForm(name, width, wanted.allow_nan, "line 1 has")
        with RowCollector(form, width, wanted, workers, blocks.release) as table:
            read_text(form, blocks, table, 1, None, limit)
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
        rows, width = _read_header(name, line, size, -len(line), 2, 4)
        blocks.advance(len(line))
        form = BinaryForm(name, width, wanted.allow_nan)
        with RowCollector(form, width, wanted, workers, blocks.release) as table:
            if size is not None:
                table.expect(fewest(rows, limit))
            read_binary(form, blocks, table, rows, limit)
            return table.finish()


def _first_line(name: str, blocks: Blocks, most: int) -> bytes:
    """The first line with its newline, or its first `most` bytes if it is longer."""
    while True:
        head = blocks.data[:most].tobytes()
        end = head.find(b"\n") + 1
        if end or len(head) == most or blocks.ended:
            return head[: end or most]
        blocks.advance(0)


def _read_header(
    name: str, line: bytes, size: int | None, more: int, row_least: int, number_least: int
) -> tuple[int, int]:
    """Rows and width from the first line, checked against what a file of `size` bytes, if that is known, has room for:
    `more` than these."""
    found = HEADER.fullmatch(line)
    if found is None:
        raise ValueError(
            f"{name}, line 1: a word2vec file begins with two whole numbers, its words and the numbers of each, not "
            f"with {shown(line)}"
        )
    rows, width = int(found[1]), int(found[2])
    if not 1 <= width <= WIDEST:
        raise ValueError(f"{name}, line 1: vectors of {width} numbers, but there must be from 1 to {WIDEST}")
    if rows < 0:
        raise ValueError(f"{name}, line 1: promises {rows} rows, but there must be 0 or more; the file is damaged")
    if size is None and rows > MOST_ROWS:
        raise ValueError(f"{name}, line 1: promises {rows} rows, which no file has; the file is damaged")
    if size is not None and rows * (row_least + number_least * width) > size + more:
        raise ValueError(
            f"{name}, line 1: promises {rows} rows of {width} numbers, more than the file's {size} bytes can hold; it "
            "is cut short, or not a file of this format"
        )
    return rows, width
