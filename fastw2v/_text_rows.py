"""Rows of text, a word and its numbers in each line: found one after another, and refused in a sentence.

Headers are word2vec_readers.py's matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastw2v._blocks import Blocks
from fastw2v._row_collector import RowCollector, Rows, fewest, not_finite, shown
from fastw2v.vector_rows import GOOD, NOT_FINITE, extend_words, find_lines, is_number, parse_rows

__all__ = ["LONGEST_LINE", "TextForm", "read_text"]

Matrix = NDArray[np.float32]

LONGEST_LINE = 1 << 26  # bytes; the widest row with four for each number


@dataclass(frozen=True)
class TextForm:
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
            raise not_finite(place, rows.word(row))
        parts = rows.data[rows.ends[row] : rows.stops[row]].tobytes().split()
        if len(parts) != self.width:
            raise self.miscounted(place, len(parts))
        column = next(i for i, part in enumerate(parts) if not is_number(part))
        raise ValueError(f"{place}: number {column + 1} is {shown(parts[column])}, which is not a number")

    def miscounted(self, place: str, count: int) -> ValueError:
        return ValueError(f"{place}: {count} numbers after the word, but {self.source} {self.width}")


def read_text(
    form: TextForm, blocks: Blocks, table: RowCollector, line: int, promised: int | None, limit: int | None
) -> None:
    """Adds the rows from the block's beginning on, which is line number `line`."""
    first, left = line, fewest(promised, limit)
    while left and not table.is_complete:
        at_end, data = blocks.ended, blocks.data
        starts, ends, stops, used = find_lines(data, 0, left, at_end)
        empty = np.flatnonzero(starts == ends)
        count = int(empty[0]) if len(empty) else len(stops)
        ends = extend_words(data, ends, stops, form.width)
        if count:
            if line == first and promised is None and blocks.size is not None:
                mean = (int(stops[count - 1]) + 1) / count
                table.expect(min(left, int(blocks.size / mean) + 1))
            table.add(Rows(data, starts, ends, stops, np.arange(line, line + len(stops))).take(slice(count)))
        elif len(data) > LONGEST_LINE:
            raise ValueError(f"{form.place(line)}: longer than {LONGEST_LINE:,} bytes; this is no file of vectors")
        line, left = line + count, left - count
        blocks.advance(int(starts[count]) if len(empty) else used)
        if len(empty) and blocks.line_of_text(line) is not None:
            raise form.miscounted(form.place(line), 0)
        if len(empty) or at_end:
            break
    if promised is None or table.is_complete:
        return
    if line - first < promised:
        if line - first != limit:
            found = f"{line - first} of the {promised} rows that its header promises"
            raise ValueError(f"{form.name}: ends after {found}; it is cut short")
        return
    extra = blocks.line_of_text(line)
    if extra is not None:
        raise ValueError(f"{form.place(extra)}: the header promises {promised} rows, but here is one more")
