"""Tables of numbers in NumPy's own files, mapped into memory; false claims in a header are refused, and so are objects.

Which words the rows belong to is the caller's matter.
"""

from __future__ import annotations

import io
import math
import mmap
import os
import warnings
from tokenize import TokenError
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fastw2v.compressed import check_ratio
from fastw2v.precision import as_type, first_not_finite

__all__ = ["NPY_MAGIC", "first_bad_row", "map_npy", "read_npz"]

NPY_MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 1 << 14  # bytes; NumPy itself refuses those of more than 10,000
LARGEST_SIDE = 1 << 40  # of a table, even of one without numbers


def map_npy(name: str) -> NDArray[np.float32]:
    """The table in a .npy file: float32 is mapped into memory and read-only, other floats are converted.

    Raises
    ------
    ValueError: no .npy file, damaged or cut short, or not a table of floats that float32 can hold.
    OSError: the file cannot be read.
    """
    with open(name, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        opening = io.BytesIO(file.read(LONGEST_HEADER))
    start, shape, order, dtype = _header(name, opening, size)
    if 0 in shape:
        return np.empty(shape, np.float32)
    return _as_float32(name, np.asarray(np.memmap(name, dtype, "r", start, shape, order)))


def read_npz(name: str) -> NDArray[np.float32]:
    """The table in a .npz file of one, which NumPy's savez and gensim write; errors are those of `map_npy`."""
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(name) as archive:
            (member,) = archive.infolist()
            check_ratio(name, member.file_size, os.stat(name).st_size)
            content = archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise ValueError(f"{name}: no .npz file of one table, or damaged: {error}") from None
    start, shape, order, dtype = _header(name, io.BytesIO(content[:LONGEST_HEADER]), len(content))
    if 0 in shape:
        return np.empty(shape, np.float32)
    return _as_float32(name, np.frombuffer(content, dtype, offset=start).reshape(shape, order=order))


def first_bad_row(table: NDArray[np.float32]) -> int:
    """The first row that holds NaN or infinity, or -1. Pages of a mapped table are given back when they were read."""
    row = first_not_finite(table)
    if isinstance(table.base, np.memmap) and hasattr(mmap, "MADV_DONTNEED"):
        mapped: mmap.mmap = table.base._mmap  # type: ignore[attr-defined]
        mapped.madvise(mmap.MADV_DONTNEED)
    return row


def _header(name: str, opening: io.BytesIO, size: int) -> tuple[int, tuple[int, int], Literal["C", "F"], np.dtype[Any]]:
    """Where the numbers begin, and their shape, order and type. opening: the first LONGEST_HEADER bytes of `size`;
    NumPy reserves memory for a header of the length that is claimed, up to 4 GB, and gets no more than these."""
    try:
        version = np.lib.format.read_magic(opening)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # headers that Python 2 wrote are longer to read, no more
            shape, by_column, dtype = read_header(opening)
    except (ValueError, KeyError, TypeError, SyntaxError, MemoryError, TokenError) as error:
        raise ValueError(f"{name}: no .npy file, or its header is damaged: {error}") from None
    start = opening.tell()
    if len(shape) != 2 or dtype.kind != "f":
        raise ValueError(f"{name}: holds {dtype} numbers of shape {shape}, but vectors are a table of floats")
    if min(shape) < 0 or math.prod(shape) * dtype.itemsize != size - start:
        raise ValueError(f"{name}: {size - start} bytes of numbers do not make the {shape} {dtype} of its header")
    if max(shape) > LARGEST_SIDE:
        raise ValueError(f"{name}: no table has the shape {shape} of its header")
    return start, shape, "F" if by_column else "C", dtype


def _as_float32(name: str, numbers: NDArray[Any]) -> NDArray[np.float32]:
    table, row = as_type(numbers, np.float32)
    if row >= 0:
        most = np.finfo(np.float32).max
        raise ValueError(f"{name}: row {row} holds a number beyond {most:.6g}, the greatest float32")
    return table
