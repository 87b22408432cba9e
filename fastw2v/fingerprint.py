"""What tells one encoded text from another without comparing them: sizes, and checksums of parts put together.

The same text has the same fingerprint from any source and with any vocabulary.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from fastw2v._threads import run_jobs
from fastw2v.config import available_cpus
from fastw2v.texts import Text

__all__ = ["PART_BYTES", "Checksums", "checksum", "fingerprint", "part_checksums", "parts_of"]

# A checksum covers so many bytes: enough that checksums take next to no room, few enough that a part is soon read.
PART_BYTES = 1 << 20

Checksums = npt.NDArray[np.uint32]


def checksum(array: np.ndarray[Any, np.dtype[Any]], before: int = 0) -> int:
    """The CRC-32 of an array's bytes, little-endian, behind those of which `before` is the CRC-32."""
    plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return zlib.crc32(plain.reshape(-1).view(np.uint8).data, before)


def parts_of(count: int, itemsize: int) -> int:
    """How many parts so many items make."""
    return -(-count * itemsize // PART_BYTES)


def part_checksums(count: int, itemsize: int, read: Callable[[int, int], np.ndarray[Any, np.dtype[Any]]]) -> Checksums:
    """The checksum of each part of an array of `count` items, of which read(start, stop) gives a stretch."""
    items = PART_BYTES // itemsize
    sums = np.empty(parts_of(count, itemsize), np.uint32)

    def task(_: int, job: int, __: Callable[[], bool]) -> None:
        sums[job] = checksum(read(job * items, min(count, (job + 1) * items)))

    run_jobs(len(sums), available_cpus(), task)
    return sums


def fingerprint(text: Text, sums: tuple[Checksums, Checksums] | None = None) -> dict[str, int]:
    """Of a text with ids ranked over all its words. sums: the checksums of its ids and of its borders, if known."""
    if sums is None:
        ids = part_checksums(text.tokens, 4, text.read)
        sums = ids, part_checksums(text.sentence_count + 1, 8, text.borders)
    crc = checksum(sums[1], checksum(sums[0]))
    return {"tokens": text.tokens, "sentences": text.sentence_count, "crc32": crc}
