"""Encoded texts in files: opened in milliseconds, read a block at a time, checked by length and checksums.

Nothing is mapped: a file that is cut short or overwritten is an error, and never the end of the process. Writing is
encoded_writer.py's business.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from fastw2v._placed_files import PlacedFile
from fastw2v._threads import run_jobs
from fastw2v.config import available_cpus
from fastw2v.encoded_kind import LEAST_HEADER, LENGTH_BYTES, looks_encoded
from fastw2v.encoded_layout import INDEX_TOKENS, MOST_HEADER, VERSION, Layout, Sizes, lay_out
from fastw2v.fingerprint import PART_BYTES, Checksums, checksum, parts_of
from fastw2v.origin import check_unchanged
from fastw2v.packed_words import PackedWords
from fastw2v.texts import Borders, Counts, Ids

__all__ = ["EncodedFile", "FileText", "check_encoded", "open_encoded"]

AGAIN = "encode the text again (fastw2v encode)"
SAMPLE = 8  # parts of each large tensor that are checked on opening


class FileText:
    """The ids and borders of an open file as a text."""

    def __init__(self, file: PlacedFile, layout: Layout, counts: Counts) -> None:
        self.file, self.layout, self.counts = file, layout, counts
        self.tokens = layout.tensors["ids"].length
        self.sentence_count = layout.tensors["offsets"].length - 1

    def _read(self, name: str, start: int, stop: int) -> np.ndarray[Any, np.dtype[Any]]:
        tensor = self.layout.tensors[name]
        array = np.empty(max(0, stop - start), tensor.dtype)
        self.file.read(array, tensor.at + start * tensor.dtype.itemsize)
        return array.astype(tensor.dtype.newbyteorder("="), copy=False)

    def read(self, start: int, stop: int) -> Ids:
        return self._read("ids", start, stop)

    def borders(self, first: int, last: int) -> Borders:
        return self._read("offsets", first, last)

    def sentences(self, start: int, stop: int) -> Borders:
        blocks = self._read("index", start // INDEX_TOKENS, min(self._blocks, (stop - 1) // INDEX_TOKENS + 2))
        first = int(blocks[0])
        last = int(blocks[-1]) if (stop - 1) // INDEX_TOKENS + 1 < self._blocks else self.sentence_count - 1
        # Each sentence holds a token.
        if not 0 <= first <= last < self.sentence_count or last - first > stop - start + 2 * INDEX_TOKENS:
            raise self._damaged(start)
        found = self.borders(first, last + 2)
        begin = int(np.searchsorted(found, start, side="right")) - 1
        end = int(np.searchsorted(found, stop, side="left"))
        borders = found[max(0, begin) : end + 1]
        if begin < 0 or end >= len(found) or borders[0] < 0 or (np.diff(borders) <= 0).any():
            raise self._damaged(start)
        return borders

    def known_checksums(self) -> tuple[Checksums, Checksums]:
        """Those of the ids and of the borders, as they stand in the file."""
        stored = self._read("checksums", 0, self.layout.sums)
        ids, offsets = (self.layout.tensors[name] for name in ("ids", "offsets"))
        return (
            stored[ids.sums : ids.sums + parts_of(ids.length, ids.dtype.itemsize)],
            stored[offsets.sums : offsets.sums + parts_of(offsets.length, offsets.dtype.itemsize)],
        )

    @property
    def _blocks(self) -> int:
        return self.layout.tensors["index"].length

    def _damaged(self, token: int) -> ValueError:
        return ValueError(f"{self.file.name}: damaged where the sentences of token {token} are told; {AGAIN}")

    def with_counts(self, counts: Counts) -> FileText:
        return FileText(self.file, self.layout, counts)


class EncodedFile:
    """An encoded text that was opened and found sound, as far as that takes milliseconds.

    words, counts: all words by rank; text: the ids and borders; note: what was stored with them.
    """

    def __init__(self, file: PlacedFile, layout: Layout, note: dict[str, Any]) -> None:
        self.file, self.layout, self.note = file, layout, note
        name = file.name
        self.text = FileText(file, layout, np.empty(0, np.int64))
        self.sums = self.text._read("checksums", 0, layout.sums)
        header = np.frombuffer(layout.header, np.uint8)
        if checksum(self.sums[:-1]) != self.sums[-1] or checksum(header) != self.sums[-2]:
            raise ValueError(f"{name}: damaged: its header or its checksums are not those that were written; {AGAIN}")
        for tensor in ("counts", "words.offsets", "words.utf8"):
            self._check(tensor, range(self._parts(tensor)))
        for tensor in ("offsets", "index", "ids"):
            count = self._parts(tensor)
            self._check(tensor, sorted({*np.linspace(0, count - 1, min(SAMPLE, count)).astype(int).tolist()}))
        self.counts: Counts = self.text._read("counts", 0, layout.tensors["counts"].length)
        offsets = self.text._read("words.offsets", 0, layout.tensors["words.offsets"].length)
        blob = self.text._read("words.utf8", 0, layout.tensors["words.utf8"].length)
        try:
            self.words = PackedWords(blob, offsets, source=name)
        except ValueError as error:
            raise ValueError(f"{name}: damaged: {error}; {AGAIN}") from None
        falls = len(self.counts) > 0 and self.counts[-1] > 0 and not (np.diff(self.counts) > 0).any()
        if not falls or self.counts.sum() != self.text.tokens:
            raise ValueError(f"{name}: damaged: its counts of words are not those of its text; {AGAIN}")

    def _parts(self, name: str) -> int:
        tensor = self.layout.tensors[name]
        return parts_of(tensor.length, tensor.dtype.itemsize)

    def _check(self, name: str, parts: Any) -> None:
        tensor = self.layout.tensors[name]
        items = PART_BYTES // tensor.dtype.itemsize

        def task(_: int, job: int, __: Callable[[], bool]) -> None:
            part = parts[job]
            array = self.text._read(name, part * items, min(tensor.length, (part + 1) * items))
            if checksum(array) != self.sums[tensor.sums + part]:
                raise ValueError(f"{self.file.name}: damaged in part {part} of its {name}; {AGAIN}")

        run_jobs(len(parts), available_cpus(), task)

    def check(self) -> None:
        """Compares every byte with its checksum, and the ids with the words. ValueError names what is damaged."""
        for name, tensor in self.layout.tensors.items():
            if name != "checksums" and tensor.length:
                self._check(name, range(self._parts(name)))


def open_encoded(path: str, *, stale: bool = False) -> EncodedFile:
    """The encoded text in a file. `stale`: even if it was made from files that have changed since.

    Raises ValueError: no encoded text, one that is damaged or cut short, or that is stale; OSError: it cannot be read.
    """
    file = PlacedFile.open(path)
    found = EncodedFile(file, *_header_of(file))
    if not stale:
        origin = found.note.get("origin")
        files = origin.get("files", ()) if isinstance(origin, dict) else ()
        check_unchanged(files, f"{path} was made from it before; {AGAIN}", must_exist=False)
    return found


def check_encoded(path: str) -> EncodedFile:
    """Opens an encoded text and compares all of it with its checksums."""
    found = open_encoded(path, stale=True)
    found.check()
    return found


def _header_of(file: PlacedFile) -> tuple[Layout, dict[str, Any]]:
    """The layout that a file tells, which must be the one that a file of its sizes has."""
    name, size = file.name, file.size()
    if size < LEAST_HEADER:
        raise ValueError(f"{name}: no encoded text, it has only {size} bytes; {AGAIN}")
    head = file.read(np.empty(LEAST_HEADER, np.uint8), 0).tobytes()
    length = int.from_bytes(head[:LENGTH_BYTES], "little")
    if not looks_encoded(head):
        raise ValueError(f"{name}: no encoded text, but something else; {AGAIN}")
    if not LEAST_HEADER < length <= min(MOST_HEADER, size - LENGTH_BYTES):
        raise ValueError(f"{name}: damaged or cut short: {size} bytes cannot hold a header of {length}; {AGAIN}")
    text = file.read(np.empty(length, np.uint8), LENGTH_BYTES).tobytes()
    try:
        header = json.loads(text)
        notes = header.pop("__metadata__")
        version = notes["version"]
        shapes = {key: int(entry["shape"][0]) for key, entry in header.items()}
        note = json.loads(notes["text"])
        sizes = Sizes(shapes["counts"], shapes["words.utf8"], shapes["offsets"] - 1, shapes["ids"])
        if version != VERSION:
            raise ValueError(
                f"{name}: written in version {version!r} of the format, but this package reads version {VERSION!r}; "
                "install a newer fastw2v, or encode the text again"
            )
        if min(sizes) < 1 or max(sizes) > size or not isinstance(note, dict):
            raise KeyError("sizes")
        layout = lay_out(sizes, {"text": notes["text"]})
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(f"{name}: damaged header ({error}); {AGAIN}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{name}: damaged header ({error}); {AGAIN}") from None
    if layout.header[LENGTH_BYTES:] != text:
        raise ValueError(f"{name}: damaged header; {AGAIN}")
    if size != layout.size:
        raise ValueError(f"{name}: damaged or cut short: it has {size} bytes, not {layout.size}; {AGAIN}")
    return layout, note
