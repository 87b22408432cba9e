"""Files and streams to word numbers: how files are cut for threads, and the reading.

Paths are checked in _sources.py, words are found and counted by the compiled tokenizer, and which of them stay is
decided in corpus.py.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v._segments import Segments, take
from fastw2v._sources import BOM, STANDARD_INPUT, Source, refuse_compressed
from fastw2v._threads import TICK_SECONDS, run_jobs
from fastw2v._tokenizer import INVALID, MORE, Tokenizer, word_end
from fastw2v.compressed import HEAD_BYTES

__all__ = ["Progress", "read"]

Progress = Callable[[int, "int | None"], object]

# Text read at a time: large enough that the few Python steps around each chunk do not count, small enough that
# buffer and numbers stay in the second-level cache and an interrupt is answered within some milliseconds.
CHUNK_BYTES = 1 << 21
# Chunks grow beyond that in huge corpora, so that their number, and with it the number of memory maps, stays small.
MOST_CHUNKS = 1 << 14
# What is read past a chunk's end at once, for the word that crosses it; longer words are read on in doubling steps.
OVERLAP_BYTES = 1 << 10


class _Piece(NamedTuple):
    source: Source
    start: int
    stop: int


# ---- files and streams ---------------------------------------------------------------------------------------------


def read(
    sources: Sequence[Source], workers: int, replace: bool, segments: Segments, on_progress: Progress | None
) -> list[Tokenizer]:
    """Reads every source once, into `segments`; their `table` is an index into the tokenizers returned.

    Files are cut into chunks that `workers` threads read; streams are read on the calling thread.
    """
    total: int | None = 0
    for source in sources:
        total = None if total is None or source.size is None else total + source.size - source.start
    progress = _Meter(total, on_progress)
    tokenizers = [Tokenizer(replace=replace) for _ in range(workers)]
    files: list[Source] = []
    group = 0
    for source in sources:
        if source.size is not None:
            files.append(source)
            continue
        group = _read_files(files, tokenizers, segments, group, progress)
        files.clear()
        group = _read_stream(source, tokenizers[0], segments, group, progress)
    _read_files(files, tokenizers, segments, group, progress)
    for tokenizer in tokenizers:
        tokenizer.release()
    progress.tell()
    return tokenizers


class _Meter:
    """Bytes done by all threads, told to the caller's function on the calling thread."""

    def __init__(self, total: int | None, on_progress: Progress | None) -> None:
        self.total = total
        self.on_progress = on_progress
        self.done = 0
        self.told = time.monotonic()
        self.lock = threading.Lock()

    def add(self, count: int) -> None:
        with self.lock:
            self.done += count

    def tell(self) -> None:
        if self.on_progress is not None:
            self.on_progress(self.done, self.total)
        self.told = time.monotonic()

    def tell_if_due(self) -> None:
        if time.monotonic() - self.told >= TICK_SECONDS:
            self.tell()


def _read_files(
    files: Sequence[Source], tokenizers: Sequence[Tokenizer], segments: Segments, first: int, progress: _Meter
) -> int:
    """Reads files, the first job's segment having the place (first, 0); returns the place behind the last one's."""
    jobs = list(_cut(files))
    with ExitStack() as stack:
        readers = [stack.enter_context(_FileReader(tokenizer)) for tokenizer in tokenizers[: len(jobs)]]

        def task(worker: int, job: int, wanted: Callable[[], bool]) -> None:
            for piece in jobs[job]:
                if not wanted():
                    return
                readers[worker].read(piece, wanted)
                progress.add(piece.stop - piece.start)
            segments.add((first + job, 0), take(tokenizers[worker], worker))

        run_jobs(len(jobs), len(readers), task, progress.tell)
    return first + len(jobs)


def _cut(files: Sequence[Source]) -> Iterator[list[_Piece]]:
    """The files as jobs of about CHUNK_BYTES: large files are cut, small ones put together."""
    total = sum(file.size or 0 for file in files)
    chunk = max(CHUNK_BYTES, -(-total // MOST_CHUNKS))
    job: list[_Piece] = []
    room = chunk
    for file in files:
        size = file.size or 0
        for start in range(file.start, size, chunk):
            piece = _Piece(file, start, min(start + chunk, size))
            if job and piece.stop - piece.start > room:
                yield job
                job, room = [], chunk
            job.append(piece)
            room -= piece.stop - piece.start
    if job:
        yield job


class _FileReader:
    """One thread's reading of pieces: its buffer, and the file it has open."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.buffer = np.empty(0, np.uint8)
        self.filled = 0
        self.file: BinaryIO | None = None
        self.path = ""

    def __enter__(self) -> _FileReader:
        return self

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()

    def read(self, piece: _Piece, wanted: Callable[[], bool]) -> None:
        """Takes the words that start in the piece, however far they reach, and the sentence ends in it."""
        source, start, stop = piece
        size = source.size or 0
        # The byte before tells whether the piece begins inside a word, which then belongs to the piece before.
        before = int(start > source.start)
        origin = start - before
        self.filled = 0
        self._fill(source, origin, min(stop + OVERLAP_BYTES, size) - origin)
        limit = stop - origin
        begin = max(before, word_end(self.buffer, 0, limit)) if before else 0
        while wanted():
            at_end = origin + self.filled == size
            state, position = self.tokenizer.feed(self.buffer, begin, limit, self.filled, at_end)
            if state == INVALID:
                raise _not_utf8(source, origin + position, int(self.buffer[position]))
            if state != MORE:
                break
            # Read on behind the unfinished word, each time as much again, so that a long word costs linear time.
            kept = self.filled - position
            self.buffer[:kept] = self.buffer[position : self.filled]
            origin, limit, begin, self.filled = origin + position, limit - position, 0, kept
            self._fill(source, origin, min(2 * kept + OVERLAP_BYTES, size - origin))
        if stop == size:
            self.tokenizer.end_sentence()

    def _fill(self, source: Source, origin: int, count: int) -> None:
        """Reads up to `count` bytes of the file from `origin` on into the buffer, behind those it holds already."""
        if count > len(self.buffer):
            grown = np.empty(count, np.uint8)
            grown[: self.filled] = self.buffer[: self.filled]
            self.buffer = grown
        if self.file is None or self.path != source.path:
            if self.file is not None:
                self.file.close()
            self.file = open(source.path, "rb", buffering=0)  # noqa: SIM115  it stays open for the next piece
            self.path = source.path
        while self.filled < count:
            try:
                got = _read_at(self.file, self.buffer[self.filled : count], origin + self.filled)
            except OSError as error:
                raise OSError(error.errno, f"{error.strerror}, while it was read", source.path) from error
            if not got:
                size = os.fstat(self.file.fileno()).st_size
                raise OSError(
                    errno.EIO,
                    f"the file has {size} bytes, but had {source.size} when reading began; "
                    "let the program that writes it finish, then start again",
                    source.path,
                )
            self.filled += got


def _not_utf8(source: Source, offset: int, byte: int) -> ValueError:
    return ValueError(
        f"{source.name}: the byte at offset {offset} (0x{byte:02x}) is not valid UTF-8; convert the file to UTF-8, or "
        'read such bytes as U+FFFD with errors="replace" (--errors replace)'
    )


def _read_at(file: BinaryIO, target: npt.NDArray[np.uint8], offset: int) -> int:
    if sys.platform != "win32" and hasattr(os, "preadv"):
        return os.preadv(file.fileno(), [target.data], offset)
    file.seek(offset)
    return _read_into(file, target)


def _read_into(file: Any, target: npt.NDArray[np.uint8]) -> int:
    while (got := file.readinto(target)) is None:
        # The stream does not block and has nothing yet: that is not its end.
        time.sleep(TICK_SECONDS)
    return int(got)


def _read_stream(source: Source, tokenizer: Tokenizer, segments: Segments, place: int, progress: _Meter) -> int:
    with ExitStack() as stack:
        if source.path == STANDARD_INPUT:
            file: Any = sys.stdin.buffer
        else:
            file = stack.enter_context(open(source.path, "rb", buffering=0))
        buffer = np.empty(max(CHUNK_BYTES, HEAD_BYTES), np.uint8)
        filled = origin = begin = number = 0
        at_end = False
        while not at_end:
            fresh = filled
            while filled < len(buffer) and not at_end:
                got = _read_into(file, buffer[filled:])
                filled += got
                at_end = not got
                progress.add(got)
                progress.tell_if_due()
            if origin == fresh == 0:
                head = buffer[: min(filled, HEAD_BYTES)].tobytes()
                refuse_compressed(head, source.name)
                begin = len(BOM) if head.startswith(BOM) else 0
            state, position = tokenizer.feed(buffer, begin, filled, filled, at_end)
            if state == INVALID:
                raise _not_utf8(source, origin + position, int(buffer[position]))
            begin = 0
            kept = filled - position
            # A word that fills half the buffer needs a larger one, so that reading it on costs linear time.
            target = np.empty(2 * len(buffer), np.uint8) if 2 * kept > len(buffer) else buffer
            target[:kept] = buffer[position:filled]
            buffer, filled, origin = target, kept, origin + position
            if at_end:
                tokenizer.end_sentence()
            segments.add((place, number), take(tokenizer, 0))
            number += 1
    return place + 1
