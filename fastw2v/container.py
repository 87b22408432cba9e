"""Whole models as one safetensors file: named arrays and text, written as a stream, opened as a memory map.

The file is written here because the matrices must not be copied to be saved; the safetensors package checks every file
that is opened. Of what the arrays mean this file knows only how words are stored; the rest is the caller's matter.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Iterable, Mapping
from typing import IO, Any

import numpy as np

from fastw2v.atomic import atomic_output
from fastw2v.encoded_kind import FORMAT as ENCODED_TEXT
from fastw2v.packed_words import PackedWords

__all__ = ["BLOB", "OFFSETS", "load_container", "pack_words", "save_container", "unpack_words"]

BLOB, OFFSETS = "words.utf8", "words.offsets"  # the arrays that hold a vocabulary
HASHES, ROWS = "words.hashes", "words.rows"  # and those by which a word is found in it; files without them are read too

FORMAT = "fastw2v"
VERSION = "1"
LENGTH_BYTES = 8  # the file opens with the header's length, little-endian
ALIGNMENT = 64  # header padded to whole cache lines, so that the first array starts on one
COPY_BYTES = 1 << 22  # arrays that are not contiguous are copied in pieces of this size

DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "|i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "|u1",
    "BOOL": "|b1",
}
NAMES = {np.dtype(code): name for name, code in DTYPES.items()}

Array = np.ndarray[Any, np.dtype[Any]]


def save_container(
    path: str | os.PathLike[str], tensors: Mapping[str, Array], metadata: Mapping[str, str] | None = None
) -> None:
    """Write the arrays and texts to `path`, atomically and without a second copy of any array in memory.

    Arrays may be strided (rows padded in memory are stored without the padding). They are laid out by falling item
    size, which aligns each to its own item. "format" and "version" are added to the metadata.

    Raises
    ------
    TypeError: metadata that is not text, or a dtype that safetensors does not know.
    OSError: `path` cannot be written.
    """
    texts = {"format": FORMAT, "version": VERSION, **(metadata or {})}
    for key, value in texts.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise TypeError(f"container metadata must be text, not {key!r}: {value!r}; turn it into JSON first")
    header: dict[str, Any] = {"__metadata__": texts}
    ordered = sorted(tensors.items(), key=lambda item: -item[1].dtype.itemsize)
    position = 0
    for name, array in ordered:
        kind = NAMES.get(array.dtype.newbyteorder("<"))
        if kind is None or name == "__metadata__":
            raise TypeError(
                f"the array {name!r} of type {array.dtype} cannot be stored; convert it to float32 or int64"
            )
        header[name] = {
            "dtype": kind,
            "shape": list(array.shape),
            "data_offsets": [position, position + array.nbytes],
        }
        position += array.nbytes
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-(LENGTH_BYTES + len(text)) % ALIGNMENT)
    with atomic_output(path) as file:
        file.write(len(text).to_bytes(LENGTH_BYTES, "little"))
        file.write(text)
        for _, array in ordered:
            _write_array(file, array)


def _write_array(file: IO[bytes], array: Array) -> None:
    wanted = array.dtype.newbyteorder("<")
    if array.size == 0:
        return
    if array.flags.c_contiguous and array.dtype == wanted:
        file.write(array.reshape(-1).view(np.uint8).data)
        return
    rows = max(1, COPY_BYTES * len(array) // array.nbytes)
    for start in range(0, len(array), rows):
        piece = np.ascontiguousarray(array[start : start + rows], dtype=wanted)
        file.write(piece.reshape(-1).view(np.uint8).data)


def load_container(path: str | os.PathLike[str]) -> tuple[dict[str, Array], dict[str, str]]:
    """The arrays of a file that `save_container` wrote, as read-only views of a memory map, and its metadata.

    Nothing but the header is read until an array is used, so a file of any size opens at once and processes share its
    pages. The file must not be cut short while it is in use; replacing it by name is safe.

    Raises
    ------
    ValueError: the file is no safetensors file, is damaged or cut short, or was not written by this package.
    OSError: the file cannot be read.
    """
    name = os.fspath(path)
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < LENGTH_BYTES:
            raise ValueError(f"{name}: no safetensors file, it has only {size} bytes")
        _validate(name)
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start = LENGTH_BYTES + int.from_bytes(data[:LENGTH_BYTES], "little")
    try:
        header = json.loads(data[LENGTH_BYTES:start])
        metadata = header.pop("__metadata__", {})
        if metadata.get("format") == ENCODED_TEXT:
            raise ValueError(f"{name}: an encoded text, no vectors; train on it, or look at it by fastw2v.Corpus(path)")
        if metadata.get("format") != FORMAT:
            raise ValueError(f"{name}: a safetensors file, but not one of {FORMAT}; it cannot be read as word vectors")
        if "version" not in metadata:
            raise ValueError(f"{name}: its header tells no version of the {FORMAT} format; the file is damaged")
        if metadata["version"] != VERSION:
            raise ValueError(
                f"{name}: written in version {metadata['version']!r} of the {FORMAT} format, but this package "
                f"reads version {VERSION!r}; install a newer {FORMAT}"
            )
    except (TypeError, AttributeError, json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{name}: damaged safetensors header: {error}") from None
    try:
        return {key: _view(data, start, entry) for key, entry in header.items()}, metadata
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name}: damaged safetensors header: {error}") from None


def _validate(name: str) -> None:
    """Let the safetensors package judge the file: header, types, and arrays that fill the file exactly."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(name, framework="np"):
            pass
    except SafetensorError as error:
        raise ValueError(f"{name}: no safetensors file, damaged or cut short: {error}") from None


def _view(data: mmap.mmap, start: int, entry: dict[str, Any]) -> Array:
    dtype = np.dtype(DTYPES[entry["dtype"]])
    first, last = entry["data_offsets"]
    count = (last - first) // dtype.itemsize
    # NumPy refuses a view of nothing at the very end of a buffer.
    flat = np.frombuffer(data, dtype, count, start + first) if count else np.frombuffer(b"", dtype)
    return flat.reshape(entry["shape"])


def pack_words(words: Iterable[str]) -> dict[str, Array]:
    """Words as the arrays in which a container holds them; ValueError names one that cannot be stored."""
    packed = PackedWords.pack(words)
    hashes, rows = packed.lookup or packed.make_lookup()
    return {BLOB: packed.blob, OFFSETS: packed.offsets, HASHES: hashes, ROWS: rows}


def unpack_words(tensors: Mapping[str, Array], name: str) -> PackedWords:
    """The words among the arrays of a container, decoded when they are asked for; ValueError if they are damaged.

    name: the file's, for the sentence about a word that turns out to be damaged.
    """
    lookup = (tensors[HASHES], tensors[ROWS]) if HASHES in tensors and ROWS in tensors else None
    return PackedWords(tensors[BLOB], tensors[OFFSETS], lookup, name)
