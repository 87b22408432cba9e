"""Segments of a text to an encoded file, in text order: renumbered by rank, with borders, index and checksums.

Nothing that grows with the text is held in memory but one item for each of its parts. How the file is laid out is
encoded_layout.py's business.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v._joining import Remapping, layout
from fastw2v._placed_files import PlacedFile
from fastw2v._segments import Segments
from fastw2v._threads import run_jobs
from fastw2v._tokenizer import renumber
from fastw2v.encoded_layout import INDEX_TOKENS, Layout, Sizes, Tensor, lay_out
from fastw2v.fingerprint import PART_BYTES, checksum
from fastw2v.packed_words import PackedWords

__all__ = ["Ranked", "write_encoded"]

Array = np.ndarray[Any, np.dtype[Any]]
Borders = npt.NDArray[np.int64]


class Ranked(NamedTuple):
    """The words of a text by rank, their counts, and for each table of its segments the ranks of its words."""

    words: PackedWords
    counts: npt.NDArray[np.int64]
    remapping: Remapping


def write_encoded(file: PlacedFile, segments: Segments, ranked: Ranked, note: dict[str, Any], workers: int) -> Layout:
    """Writes a whole file, from its first byte on; `note` is JSON in its metadata. OSError: it cannot be written."""
    parts = segments.ordered()
    places = layout(parts)
    sizes = Sizes(len(ranked.counts), len(ranked.words.blob), places.lines[-1] - 1, places.starts[-1])
    found = lay_out(sizes, {"text": json.dumps(note)})
    sums = np.zeros(found.sums, np.uint32)
    file.write(np.frombuffer(found.header, np.uint8), 0)

    def put(name: str, pieces: Iterator[Array]) -> None:
        _put(file, found.tensors[name], sums, pieces)

    put("counts", iter((ranked.counts,)))
    put("words.offsets", iter((ranked.words.offsets,)))
    put("words.utf8", iter((ranked.words.blob,)))
    index: list[Borders] = []
    put("offsets", _indexed(_borders(segments, places), index))
    put("index", iter(index))

    target = found.tensors["ids"]
    items = PART_BYTES // target.dtype.itemsize

    def task(_: int, job: int, __: Callable[[], bool]) -> None:
        start = job * items
        stop = min(start + items, target.length)
        ids = np.empty(stop - start, np.int32)
        at = bisect_right(places.starts, start) - 1
        while start < stop:
            part, base = parts[at], places.starts[at]
            end = min(stop, places.starts[at + 1])
            piece = ids[start - job * items : end - job * items]
            piece[:] = segments.ids(part, start - base, end - base)
            renumber(piece, ranked.remapping[part.table])
            start, at = end, at + 1
        sums[target.sums + job] = checksum(ids)
        file.write(ids.astype(target.dtype, copy=False), target.at + job * PART_BYTES)

    run_jobs(-(-target.length // items), workers, task)
    sums[-2] = checksum(np.frombuffer(found.header, np.uint8))
    sums[-1] = checksum(sums[:-1])
    place = found.tensors["checksums"]
    file.write(sums.astype(place.dtype), place.at)
    return found


def _put(file: PlacedFile, tensor: Tensor, sums: npt.NDArray[np.uint32], pieces: Iterator[Array]) -> None:
    """Writes the pieces of a tensor one behind the other, in the parts that checksums are of."""
    items = PART_BYTES // tensor.dtype.itemsize
    part, filled, number = np.empty(min(items, tensor.length), tensor.dtype), 0, 0

    def flush() -> None:
        nonlocal filled, number
        sums[tensor.sums + number] = checksum(part[:filled])
        file.write(part[:filled], tensor.at + number * PART_BYTES)
        filled, number = 0, number + 1

    for piece in pieces:
        done = 0
        while done < len(piece):
            count = min(len(piece) - done, len(part) - filled)
            part[filled : filled + count] = piece[done : done + count]
            done, filled = done + count, filled + count
            if filled == len(part):
                flush()
    if filled:
        flush()


def _borders(segments: Segments, places: Any) -> Iterator[Borders]:
    """The borders of all sentences, from 0 on."""
    yield np.zeros(1, np.int64)
    for job, part in enumerate(segments.ordered()):
        yield segments.ends(part)[places.skips[job] :].astype(np.int64) + places.starts[job]


def _indexed(borders: Iterator[Borders], index: list[Borders]) -> Iterator[Borders]:
    """The same borders; the sentence of each INDEX_TOKENS-th token is put into `index`."""
    passed, before, upcoming = 0, np.zeros(0, np.int64), 0
    for piece in borders:
        yield piece
        if not len(piece):
            continue
        # With the last border of the piece before, for the sentence that ends here.
        joined = np.concatenate((before, piece))
        tokens = np.arange(upcoming, -(-int(joined[-1]) // INDEX_TOKENS) * INDEX_TOKENS, INDEX_TOKENS)
        index.append(np.searchsorted(joined, tokens, side="right") - 1 + passed - len(before))
        upcoming += len(tokens) * INDEX_TOKENS
        passed += len(piece)
        before = piece[-1:]
