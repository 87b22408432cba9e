"""Word vectors in NumPy's format, with a list of their words, one a line, in a file beside it.

Tables of numbers alone are npy_files.py's.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastw2v._row_collector import first_repeat, not_finite, packed_if_possible
from fastw2v.atomic import atomic_output
from fastw2v.file_kinds import words_path
from fastw2v.npy_files import first_bad_row, map_npy
from fastw2v.packed_words import word_with_space
from fastw2v.short import short
from fastw2v.stored_tables import check_table

__all__ = ["load_npy", "save_npy"]

PathLike = str | os.PathLike[str]


def save_npy(path: PathLike, words: Sequence[str], vectors: ArrayLike, dtype: np.dtype[Any] | None = None) -> None:
    """Write `path` in NumPy's format, and beside it a file of the words, one a line, with the suffix .words.txt.

    Both take their names only when both are written. `dtype`: float32 or float16; None: as the vectors are.

    Raises
    ------
    ValueError: a word that is empty or holds white space, shapes that do not fit, or numbers too large for the type.
    OSError: a file cannot be written.
    """
    packed, matrix = check_table(words, vectors, lines=True, dtype=dtype)
    with atomic_output(words_path(path)) as lines, atomic_output(path) as numbers:
        lines.write("".join(f"{word}\n" for word in packed).encode())
        np.lib.format.write_array(numbers, matrix, allow_pickle=False)


def load_npy(
    path: PathLike, *, encoding: str = "utf-8", errors: str = "strict", allow_nan: bool = False
) -> tuple[Sequence[str], NDArray[np.float32]]:
    """The words and vectors of `path` in NumPy's format and the .words.txt beside it.

    float32 vectors are mapped into memory and read-only, other floats are converted. Lines may end as Windows has them.
    allow_nan: take NaN and infinite numbers as they are; then the vectors are not even read.

    Raises
    ------
    ValueError: a malformed file, or words that do not match it.
    OSError: one of the two files cannot be read.
    """
    name, words_name = os.fspath(path), words_path(path)
    matrix = map_npy(name)
    try:
        with open(words_name, "rb") as file:
            content = file.read()
    except FileNotFoundError as error:
        sentence = f"there is no such file, but the rows of {name} need their words; put both into one folder"
        raise FileNotFoundError(error.errno, sentence, words_name) from None
    content = content.replace(b"\r\n", b"\n")
    lines = content.removesuffix(b"\n").split(b"\n") if content else []
    if len(lines) != len(matrix):
        raise ValueError(f"{words_name}: {len(lines)} words, but {name} has {len(matrix)} rows; they do not match")
    words = []
    for number, line in enumerate(lines, 1):
        try:
            words.append(line.decode(encoding, errors))
        except UnicodeDecodeError:
            raise ValueError(f"{words_name}, line {number}: not {encoding.upper()}; errors='replace' goes on") from None
    packed = packed_if_possible(words)
    row, earlier = first_repeat(packed)
    if row >= 0:
        raise ValueError(
            f"{words_name}, line {row + 1}: {short(words[row])} stands already in line {earlier + 1}; remove one"
        )
    bad = word_with_space(packed)
    if bad is not None:
        raise ValueError(
            f"{words_name}, line {words.index(bad) + 1}: {short(bad)} is no word, as it is empty or holds white space; "
            "give it another name, such as one with _"
        )
    if not allow_nan and (row := first_bad_row(matrix)) >= 0:
        raise not_finite(f"{name}, row {row}", words[row].encode("utf-8", "replace"))
    return packed, matrix
