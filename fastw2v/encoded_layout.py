"""How an encoded text lies in a file: a safetensors file of its words, their counts, ids, borders and checksums.

Tensors, in this order: counts I64 (words,); words.offsets I64 (words + 1,); offsets I64 (sentences + 1,), the borders
of sentences; index I64, the sentence of each INDEX_TOKENS-th token; ids I32 (tokens,), ranks of words; checksums U32;
words.utf8 U8. The checksums are CRC-32s of parts of PART_BYTES of each other tensor in turn, then of the header, then
of all checksums before. The file is neither written nor read here.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import numpy as np

from fastw2v.encoded_kind import FORMAT, LENGTH_BYTES
from fastw2v.fingerprint import parts_of

__all__ = ["INDEX_TOKENS", "MOST_HEADER", "VERSION", "Layout", "Sizes", "Tensor", "lay_out"]

VERSION = "1"
INDEX_TOKENS = 8192
ALIGNMENT = 64
MOST_HEADER = 100_000_000  # what safetensors allows

I64, I32, U32, U8 = (np.dtype(code) for code in ("<i8", "<i4", "<u4", "|u1"))
NAMES = {I64: "I64", I32: "I32", U32: "U32", U8: "U8"}


class Sizes(NamedTuple):
    """How large a text is. letters: bytes of all its words."""

    words: int
    letters: int
    sentences: int
    tokens: int


class Tensor(NamedTuple):
    """An array in the file: its first byte there, its length, and where its checksums stand among all (-1: none)."""

    at: int
    length: int
    dtype: np.dtype[Any]
    sums: int


class Layout(NamedTuple):
    """The header's bytes, the tensors by name, the file's size, and how many checksums there are."""

    header: bytes
    tensors: dict[str, Tensor]
    size: int
    sums: int


def lay_out(sizes: Sizes, notes: dict[str, str]) -> Layout:
    """The layout of a text of these sizes; `notes` go into the metadata."""
    blocks = -(-sizes.tokens // INDEX_TOKENS)
    shapes = {
        "counts": (sizes.words, I64),
        "words.offsets": (sizes.words + 1, I64),
        "offsets": (sizes.sentences + 1, I64),
        "index": (blocks, I64),
        "ids": (sizes.tokens, I32),
        "checksums": (0, U32),
        "words.utf8": (sizes.letters, U8),
    }
    sums = sum(parts_of(count, dtype.itemsize) for count, dtype in shapes.values()) + 2
    shapes["checksums"] = (sums, U32)
    header: dict[str, Any] = {"__metadata__": {"format": FORMAT, "version": VERSION, **notes}}
    position, place = 0, 0
    places = {}
    for name, (count, dtype) in shapes.items():
        end = position + count * dtype.itemsize
        header[name] = {"dtype": NAMES[dtype], "shape": [count], "data_offsets": [position, end]}
        places[name] = (position, -1 if name == "checksums" else place)
        place += 0 if name == "checksums" else parts_of(count, dtype.itemsize)
        position = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(LENGTH_BYTES + len(text)) % ALIGNMENT)
    start = LENGTH_BYTES + len(text)
    tensors = {name: Tensor(start + at, *shapes[name], sums_at) for name, (at, sums_at) in places.items()}
    return Layout(len(text).to_bytes(LENGTH_BYTES, "little") + text, tensors, start + position, sums)
