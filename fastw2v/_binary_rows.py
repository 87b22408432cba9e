"""Rows of word2vec's binary form, a word, a space and float32: found one after another, and refused in a sentence.

Headers are word2vec_readers.py's matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastw2v._blocks import Blocks
from fastw2v._row_collector import RowCollector, Rows, fewest, not_finite
from fastw2v.vector_rows import copy_rows, find_rows

__all__ = ["BinaryForm", "read_binary"]

Matrix = NDArray[np.float32]

USUAL_WORD = 1 << 8  # bytes; nearly all words are shorter
LONGEST_WORD = 1 << 20  # bytes; what is longer comes from a file of another kind


@dataclass(frozen=True)
class BinaryForm:
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
            raise not_finite(self.place(int(rows.places[row])), rows.word(row))


def read_binary(form: BinaryForm, blocks: Blocks, table: RowCollector, promised: int, limit: int | None) -> None:
    """Adds the rows from the block's beginning on."""
    found, wanted = 0, fewest(promised, limit)
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
    if blocks.line_of_text(0) is not None:
        raise ValueError(f"{form.place(end)}: the file goes on after the {promised} rows that its header promises")


def _check_next_row(form: BinaryForm, blocks: Blocks, at_end: bool, row: str) -> None:
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
