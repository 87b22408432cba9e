"""Writers of word2vec's two file forms, text and binary.

Both open with a line "words numbers". Then come rows: in text "word v1 v2 ... vd"; in binary the word, a space, d
little-endian float32 and a newline. Reading them back stands in word2vec_readers.py.
"""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Callable, Generator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastw2v.atomic import atomic_output
from fastw2v.config import available_cpus
from fastw2v.packed_words import PackedWords, word_with_space

__all__ = ["check_table", "save_word2vec_binary", "save_word2vec_text"]

Matrix = NDArray[np.float32]
PathLike = str | os.PathLike[str]

NUMBER_BYTES = 16  # the longest number that '%.9g' makes of a float32, and a space
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


def check_table(words: Sequence[str], vectors: ArrayLike, *, lines: bool) -> tuple[PackedWords, Matrix]:
    """The words packed and the vectors as float32 rows, not copied if they are that already.

    Raises
    ------
    ValueError: shapes that do not fit; with `lines`, a word that cannot stand in a line of words.
    """
    matrix = np.asarray(vectors, dtype=np.float32)
    packed = PackedWords.pack(words)
    if matrix.ndim != 2 or len(matrix) != len(packed):
        raise ValueError(f"vectors has shape {matrix.shape}, but must have one row for each of {len(packed)} words")
    if matrix.strides[1] != matrix.itemsize or matrix.strides[0] % matrix.itemsize:
        matrix = np.ascontiguousarray(matrix)
    bad = word_with_space(packed) if lines else None
    if bad is not None:
        raise ValueError(
            f"the word {bad!r} is empty or holds white space, which this format cannot store; save as .safetensors"
        )
    return packed, matrix


def save_word2vec_text(path: PathLike, words: Sequence[str], vectors: ArrayLike, *, workers: int | None = None) -> None:
    """Write word2vec text, atomically; nine significant digits bring every float32 back to the bit.

    Raises
    ------
    ValueError: a word that is empty or holds white space, or shapes that do not fit.
    OSError: `path` cannot be written.
    """
    packed, matrix = check_table(words, vectors, lines=True)
    rows, width = matrix.shape
    block = max(1, BLOCK_BYTES // (NUMBER_BYTES * max(1, width)))

    def text_of(start: int) -> bytes:
        return format_rows(packed.blob, packed.offsets, matrix, start, min(start + block, rows))

    with atomic_output(path) as file:
        file.write(b"%d %d\n" % (rows, width))
        with contextlib.closing(_in_order(text_of, range(0, rows, block), workers or available_cpus())) as texts:
            for text in texts:
                file.write(text)


def _in_order(work: Callable[[int], bytes], tasks: range, workers: int) -> Generator[bytes, None, None]:
    """The results of `work` in the order of `tasks`, computed by threads that are at most a few tasks ahead."""
    if workers == 1 or len(tasks) <= 1:
        yield from map(work, tasks)
        return
    from concurrent.futures import Future, ThreadPoolExecutor

    waiting: deque[Future[bytes]] = deque()
    with ThreadPoolExecutor(min(workers, len(tasks))) as pool:
        try:
            for task in tasks:
                waiting.append(pool.submit(work, task))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def save_word2vec_binary(path: PathLike, words: Sequence[str], vectors: ArrayLike) -> None:
    """Write word2vec's binary form, atomically, with a newline after each row; raises as `save_word2vec_text`."""
    packed, matrix = check_table(words, vectors, lines=True)
    rows, width = matrix.shape
    block = max(1, BLOCK_BYTES // (matrix.itemsize * max(1, width)))
    row_bytes = matrix.itemsize * width
    with atomic_output(path) as file:
        file.write(b"%d %d\n" % (rows, width))
        for start in range(0, rows, block):
            data = matrix[start : start + block].astype("<f4", copy=False).tobytes()
            ends = packed.offsets[start : start + block + 1].tolist()
            letters = packed.blob[ends[0] : ends[-1]].tobytes()
            file.write(
                b"".join(
                    b"%b %b\n"
                    % (
                        letters[ends[i] - ends[0] : ends[i + 1] - ends[0]],
                        data[i * row_bytes : (i + 1) * row_bytes],
                    )
                    for i in range(len(ends) - 1)
                )
            )
