"""Files and streams to word numbers: how files are cut for threads, and the reading.

Paths are checked in _sources.py, streams and compressed files cut in _streams.py, words found and counted by the
compiled tokenizer; which of them stay is decided in corpus.py.
"""

from __future__ import annotations

import errno
import io
import itertools
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v._segments import Segments, take
from fastw2v._sources import Source
from fastw2v._streams import Chunk, SharedStream, TextStream
from fastw2v._threads import TICK_SECONDS, run_jobs
from fastw2v._tokenizer import INVALID, MORE, Tokenizer, word_end

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

    `workers` threads read files: plain ones in chunks, compressed ones one thread a file as long as there are files for
    all, then together. Streams are read on the calling thread.
    """
    total: int | None = 0
    for source in sources:
        total = None if total is None or source.size is None else total + source.size - source.start
    progress = _Meter(total, on_progress)
    tokenizers = [Tokenizer(replace=replace) for _ in range(workers)]
    files: list[Source] = []
    place = 0
    for source in sources:
        if source.size is not None:
            files.append(source)
            continue
        place = _read_files(files, tokenizers, segments, place, progress)
        files.clear()
        _read_stream(source, tokenizers[0], segments, place, progress)
        place += 1
    _read_files(files, tokenizers, segments, place, progress)
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
    """Reads files, the first job's segments having the place (first, ...); returns the place behind the last one's."""
    jobs: list[list[_Piece] | SharedStream] = []
    for compressed, group in itertools.groupby(files, lambda file: file.compression is not None):
        some = list(group)
        jobs += [SharedStream(file, progress.add) for file in some] if compressed else _cut(some)
    shared = [(first + job, stream) for job, stream in enumerate(jobs) if isinstance(stream, SharedStream)]
    # Workers that find no more jobs help with the streams that are not yet read.
    helpers = len(tokenizers) - 1 if shared else 0
    with ExitStack() as stack:
        count = min(len(tokenizers), len(jobs) + helpers)
        readers = [stack.enter_context(_FileReader(tokenizer)) for tokenizer in tokenizers[:count]]
        for _, stream in shared:
            stack.callback(stream.close)

        def task(worker: int, job: int, wanted: Callable[[], bool]) -> None:
            for place, stream in shared if job >= len(jobs) else ():
                _read_shared(stream, readers[worker], worker, segments, place, wanted)
            if job >= len(jobs):
                return
            work = jobs[job]
            if isinstance(work, SharedStream):
                _read_shared(work, readers[worker], worker, segments, first + job, wanted)
                return
            for piece in work:
                if not wanted():
                    return
                readers[worker].read(piece, wanted)
                progress.add(piece.stop - piece.start)
            segments.add((first + job, 0), take(tokenizers[worker], worker))

        run_jobs(len(jobs) + helpers, len(readers), task, progress.tell)
    return first + len(jobs)


def _read_shared(
    stream: SharedStream,
    reader: _FileReader,
    worker: int,
    segments: Segments,
    place: int,
    wanted: Callable[[], bool],
) -> None:
    """Takes chunks of a stream as long as there are any."""
    while wanted() and (found := stream.next(reader.whole_buffer())) is not None:
        number, chunk = found
        reader.buffer = chunk.data
        _feed(reader.tokenizer, chunk, stream.name)
        segments.add((place, number), take(reader.tokenizer, worker))


def _feed(tokenizer: Tokenizer, chunk: Chunk, name: str) -> None:
    state, position = tokenizer.feed(chunk.data, chunk.begin, chunk.stop, chunk.stop, True)
    if state == INVALID:
        raise _not_utf8(name, chunk.origin + position, int(chunk.data[position]))
    if chunk.last:
        tokenizer.end_sentence()


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
        self.file: io.FileIO | None = None
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
                raise _not_utf8(source.name, origin + position, int(self.buffer[position]))
            if state != MORE:
                break
            # Read on behind the unfinished word, each time as much again, so that a long word costs linear time.
            kept = self.filled - position
            self.buffer[:kept] = self.buffer[position : self.filled]
            origin, limit, begin, self.filled = origin + position, limit - position, 0, kept
            self._fill(source, origin, min(2 * kept + OVERLAP_BYTES, size - origin))
        if stop == size:
            self.tokenizer.end_sentence()

    def whole_buffer(self) -> npt.NDArray[np.uint8]:
        """The buffer, of at least a chunk's size."""
        if len(self.buffer) < CHUNK_BYTES:
            self.buffer = np.empty(CHUNK_BYTES, np.uint8)
        return self.buffer

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


def _not_utf8(name: str, offset: int, byte: int) -> ValueError:
    return ValueError(
        f"{name}: the byte at offset {offset} (0x{byte:02x}) is not valid UTF-8; convert the file to UTF-8, or "
        'read such bytes as U+FFFD with errors="replace" (--errors replace)'
    )


def _read_at(file: io.FileIO, target: npt.NDArray[np.uint8], offset: int) -> int:
    if sys.platform != "win32" and hasattr(os, "preadv"):
        return os.preadv(file.fileno(), [target.data], offset)
    file.seek(offset)
    return file.readinto(target.data)


def _read_stream(source: Source, tokenizer: Tokenizer, segments: Segments, place: int, progress: _Meter) -> None:
    def on_bytes(count: int) -> None:
        progress.add(count)
        progress.tell_if_due()

    stream = TextStream(source, on_bytes)
    with ExitStack() as stack:
        stack.callback(stream.close)
        buffer = np.empty(CHUNK_BYTES, np.uint8)
        for number in itertools.count():
            chunk = stream.next(buffer)
            buffer = chunk.data
            _feed(tokenizer, chunk, source.name)
            segments.add((place, number), take(tokenizer, 0))
            if chunk.last:
                return
