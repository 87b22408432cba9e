"""Readers of word2vec's two file forms, text and binary.

A file is believed only as far as its own size bears it out: nothing is allocated that its bytes could not fill, and
each fault is told in one sentence with its place. Writing stands in word2vec_writers.py.
"""

from __future__ import annotations

import contextlib
import io
import mmap
import os
import re
import stat
from collections.abc import Iterator
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["is_header", "load_word2vec_binary", "load_word2vec_text"]

Matrix = NDArray[np.float32]
PathLike = str | os.PathLike[str]

HEADER = re.compile(rb"\s*(\d{1,18})\s+(\d{1,18})\s*")  # 18 digits: any number that could count bytes of a file
HEADER_BYTES = 128  # two such numbers, and room for white space
WIDEST = 1 << 24  # numbers in a row; keeps the width of a file without rows from overflowing anything
CHECKED_NUMBERS = 1 << 18  # looked through for NaN at a time, so that the answers take little memory


def is_header(line: bytes) -> bool:
    """Whether a file that begins with this line can be one of word2vec's."""
    return HEADER.fullmatch(line[:HEADER_BYTES]) is not None


def load_word2vec_text(path: PathLike, *, errors: str = "strict", allow_nan: bool = False) -> tuple[list[str], Matrix]:
    """The words and vectors of a word2vec text file.

    Parameters
    ----------
    errors: what becomes of words that are not UTF-8: "strict", or "replace" or another handler of bytes.decode.
    allow_nan: take NaN and infinite numbers as they are.

    Raises
    ------
    ValueError: a malformed file, with file and line.
    OSError: the file cannot be read.
    """
    name = os.fspath(path)
    with _opened(path) as (file, size):
        # A row takes at least a letter, a newline, and two bytes a number; the last newline may be missing.
        rows, width = _read_header(name, file.readline(HEADER_BYTES), size + 1, 2, 2)
        words: list[str] = []
        vectors = np.empty((rows, width), np.float32)
        # Numbers beyond float32 become infinite, and are told of below.
        with np.errstate(over="ignore"):
            for line, text in enumerate(file, 2):
                parts = text.split()
                if len(words) == rows:
                    if parts:
                        raise ValueError(f"{name}, line {line}: the header promises {rows} rows, but here is one more")
                    continue
                if len(parts) != width + 1:
                    raise ValueError(
                        f"{name}, line {line}: {max(0, len(parts) - 1)} numbers after the word, but the header "
                        f"promises {width}"
                    )
                words.append(_decoded(parts[0], errors, f"{name}, line {line}"))
                try:
                    vectors[len(words) - 1] = list(map(float, parts[1:]))
                except ValueError:
                    raise _not_a_number(name, line, parts[1:]) from None
                # float() also takes the underscores of Python's number literals
                if b"_" in text and any(b"_" in part for part in parts[1:]):
                    raise _not_a_number(name, line, parts[1:])
    if len(words) < rows:
        raise ValueError(
            f"{name}: ends after {len(words)} of the {rows} rows that its header promises; it is cut short"
        )
    _check_rows(name, words, vectors, allow_nan, "line", 2)
    return words, vectors


def _not_a_number(name: str, line: int, parts: list[bytes]) -> ValueError:
    def is_number(part: bytes) -> bool:
        with contextlib.suppress(ValueError):
            float(part)
            return b"_" not in part
        return False

    column = next(i for i, part in enumerate(parts) if not is_number(part))
    return ValueError(f"{name}, line {line}: number {column + 1} is {_shown(parts[column])}, which is not a number")


def load_word2vec_binary(
    path: PathLike, *, errors: str = "strict", allow_nan: bool = False
) -> tuple[list[str], Matrix]:
    """The words and vectors of a file in word2vec's binary form, with or without a newline after each row.

    Parameters and exceptions are those of `load_word2vec_text`, but places are told as byte offsets.
    """
    name = os.fspath(path)
    with _opened(path) as (file, size), _mapped(file, size) as data:
        line_end = data.find(b"\n", 0, HEADER_BYTES) + 1
        # A row takes at least a letter, a space, and four bytes a number.
        rows, width = _read_header(name, data[: line_end or HEADER_BYTES], size - line_end, 2, 4)
        words: list[str] = []
        vectors = np.empty((rows, width), "<f4")
        target = vectors.reshape(-1).view(np.uint8).data
        row_bytes = 4 * width
        position = line_end
        for row in range(rows):
            if data[position : position + 1] == b"\n":
                position += 1
            space = data.find(b" ", position)
            start = space + 1
            if space < 0 or start + row_bytes > size:
                raise ValueError(
                    f"{name}: ends in row {row} of {rows}, which begins at byte {position}; it is cut short"
                )
            place = f"{name}, byte {position}"
            if space == position:
                raise ValueError(f"{place}: a space where row {row} should begin with its word")
            words.append(_decoded(data[position:space], errors, place))
            position = start + row_bytes
            target[row * row_bytes : (row + 1) * row_bytes] = data[start:position]
        if data[position:].strip():
            raise ValueError(
                f"{name}, byte {position}: the file goes on after the {rows} rows that its header promises"
            )
    matrix = vectors.astype(np.float32, copy=False)
    _check_rows(name, words, matrix, allow_nan, "row", 0)
    return words, matrix


@contextlib.contextmanager
def _opened(path: PathLike) -> Iterator[tuple[IO[bytes], int]]:
    """An open file and its size; a pipe is read to its end first, so that it has a size."""
    with open(path, "rb") as file:
        status = os.fstat(file.fileno())
        if stat.S_ISREG(status.st_mode):
            yield file, status.st_size
        else:
            content = file.read()
            yield io.BytesIO(content), len(content)


@contextlib.contextmanager
def _mapped(file: IO[bytes], size: int) -> Iterator[Any]:
    """The whole content as something that can be sliced and searched: bytes, or a memory map if there is a file."""
    if isinstance(file, io.BytesIO) or size == 0:
        yield file.read()
    else:
        with mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as data:
            yield data


def _read_header(name: str, line: bytes, size: int, row_least: int, number_least: int) -> tuple[int, int]:
    """Rows and width from the first line, checked against what `size` bytes can hold."""
    found = HEADER.fullmatch(line)
    if found is None:
        raise ValueError(
            f"{name}, line 1: a word2vec file begins with two whole numbers, its words and the numbers of each, not "
            f"with {_shown(line)}"
        )
    rows, width = int(found[1]), int(found[2])
    if not 1 <= width <= WIDEST:
        raise ValueError(f"{name}, line 1: vectors of {width} numbers, but there must be from 1 to {WIDEST}")
    if rows * (row_least + number_least * width) > size:
        raise ValueError(
            f"{name}, line 1: promises {rows} rows of {width} numbers, more than its {size} bytes can hold; it is cut "
            "short, or not a file of this format"
        )
    return rows, width


def _decoded(word: bytes, errors: str, place: str) -> str:
    try:
        return word.decode("utf-8", errors)
    except UnicodeDecodeError:
        raise ValueError(
            f"{place}: the word {_shown(word)} is not UTF-8; errors='replace' (unicode_errors in "
            "load_word2vec_format) goes on"
        ) from None


def _shown(text: bytes) -> str:
    """The beginning of bytes from a file, fit for a message."""
    most = 40  # enough to recognise the place, short enough for one line
    return repr(text[:most])[1:] + ("..." if len(text) > most else "")


def _check_rows(name: str, words: list[str], vectors: Matrix, allow_nan: bool, unit: str, first: int) -> None:
    """Complain of a word that stands twice and of NaN or infinite numbers; row i is called `unit` `first` + i."""
    if len(set(words)) != len(words):
        seen: dict[str, int] = {}
        for row, word in enumerate(words):
            earlier = seen.setdefault(word, row)
            if earlier != row:
                raise ValueError(
                    f"{name}, {unit} {row + first}: the word {word!r} stands already in {unit} {earlier + first}; "
                    "remove one (errors='backslashreplace' keeps words apart that differ in bytes that are not UTF-8)"
                )
    if allow_nan:
        return
    block = max(1, CHECKED_NUMBERS // vectors.shape[1])
    for start in range(0, len(vectors), block):
        bad = np.flatnonzero(~np.isfinite(vectors[start : start + block]).all(axis=1))
        if len(bad):
            row = start + int(bad[0])
            raise ValueError(
                f"{name}, {unit} {row + first}: the vector of {words[row]!r} holds NaN or infinity; allow_nan=True "
                "takes it as it is"
            )
