"""Writers of word2vec's two file forms, text and binary, plain or compressed.

Both open with a line "words numbers". Then come rows: in text "word v1 v2 ... vd"; in binary the word, a space, d
little-endian float32 and a newline. Reading them back stands in word2vec_readers.py.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastw2v._work_queue import in_order
from fastw2v.atomic import atomic_output
from fastw2v.compressed import compressor, split_suffix
from fastw2v.stored_tables import check_table
from fastw2v.vector_rows import gather_words

__all__ = ["Layout", "format_rows", "output", "save_word2vec_binary", "save_word2vec_text"]

Matrix = NDArray[np.float32]
PathLike = str | os.PathLike[str]
Formatter = Callable[[NDArray[np.uint8], NDArray[np.int64], Matrix], bytes]

NUMBER_BYTES = 16  # the longest number that '%.9g' makes of a float32, and a space
FLOAT_BYTES = 4
BLOCK_BYTES = 1 << 20  # rows are written in blocks of at most about this size: memory stays bounded, cores stay busy


def _format_rows_python(
    blob: NDArray[np.uint8], offsets: NDArray[np.int64], vectors: Matrix, start: int, stop: int
) -> bytes:
    """What the compiled `format_rows` does, byte for byte, for installations without the compiled part."""
    pattern = b" %.9g" * vectors.shape[1] + b"\n"
    lines = []
    for row in range(start, stop):
        lines.append(blob[offsets[row] : offsets[row + 1]].tobytes())
        lines.append(pattern % tuple(vectors[row].tolist()))
    return b"".join(lines)


try:
    from fastw2v._text import format_rows
except ImportError:
    format_rows = _format_rows_python


@dataclass(frozen=True)
class Layout:
    """What else of a file can be chosen; as it stands, what most programs expect.

    header: whether the file opens with its numbers of rows and columns. rows: the number of rows told there, if it is
    not that of the rows written. order: the rows to write, in this order; None: all as they are. prefix: stands before
    each word. append: goes on with a file that may be there, which is then not atomic.
    """

    header: bool = True
    rows: int | None = None
    order: NDArray[np.intp] | None = None
    prefix: str = ""
    append: bool = False


USUAL = Layout()


def save_word2vec_text(
    path: PathLike,
    words: Sequence[str],
    vectors: ArrayLike,
    layout: Layout = USUAL,
    *,
    workers: int | None = None,
) -> None:
    """Write word2vec text, atomically; nine significant digits bring every float32 back to the bit.

    The suffixes .gz, .bz2, .xz and .zst compress it, in streams that lie side by side.

    Raises
    ------
    ValueError: a word that is empty or holds white space, or shapes that do not fit.
    OSError: `path` cannot be written. ImportError: a compression that needs another library.
    """

    def text_of(blob: NDArray[np.uint8], offsets: NDArray[np.int64], rows: Matrix) -> bytes:
        return format_rows(blob, offsets, rows, 0, len(rows))

    _save(path, words, vectors, layout, text_of, NUMBER_BYTES, workers)


def save_word2vec_binary(
    path: PathLike,
    words: Sequence[str],
    vectors: ArrayLike,
    layout: Layout = USUAL,
    *,
    workers: int | None = None,
) -> None:
    """Write word2vec's binary form, atomically, with a newline after each row; otherwise as `save_word2vec_text`."""
    _save(path, words, vectors, layout, _binary_of, FLOAT_BYTES, workers)


def _binary_of(blob: NDArray[np.uint8], offsets: NDArray[np.int64], rows: Matrix) -> bytes:
    data, ends = rows.astype("<f4", copy=False).tobytes(), offsets.tolist()
    letters, size = blob[ends[0] : ends[-1]].tobytes(), FLOAT_BYTES * rows.shape[1]
    return b"".join(
        b"%b %b\n" % (letters[ends[i] - ends[0] : ends[i + 1] - ends[0]], data[i * size : (i + 1) * size])
        for i in range(len(rows))
    )


def _save(
    path: PathLike,
    words: Sequence[str],
    vectors: ArrayLike,
    layout: Layout,
    formatter: Formatter,
    number_bytes: int,
    workers: int | None,
) -> None:
    """Rows in blocks, turned into bytes and compressed by threads, written in order."""
    if layout.prefix:
        words = [layout.prefix + word for word in words]
    packed, matrix = check_table(words, vectors, lines=True)
    blob, offsets, order = packed.blob, packed.offsets, layout.order
    if order is not None:
        blob, offsets, _ = gather_words(blob, offsets[:-1][order], offsets[1:][order])
    compress = compressor(split_suffix(path)[1])
    count, width = len(offsets) - 1, matrix.shape[1]
    block = max(1, BLOCK_BYTES // (number_bytes * max(1, width)))

    def piece(start: int) -> bytes:
        stop = min(start + block, count)
        rows = matrix[start:stop] if order is None else matrix[order[start:stop]]
        return compress(formatter(blob, offsets[start : stop + 1], rows.astype(np.float32, copy=False)))

    pieces = in_order((partial(piece, start) for start in range(0, count, block)), workers)
    with output(path, layout.append) as file, contextlib.closing(pieces):
        if layout.header:
            file.write(compress(b"%d %d\n" % (count if layout.rows is None else layout.rows, width)))
        for text in pieces:
            file.write(text)


@contextlib.contextmanager
def output(path: PathLike, append: bool) -> Iterator[IO[Any]]:
    """A file to write to: anew and atomically, or going on with what is there."""
    if append:
        with open(path, "ab") as file:
            yield file
    else:
        with atomic_output(path) as file:
            yield file
