"""Text that can only be read from front to back, as chunks that end between words: pipes and compressed data.

What the words are is not known here.
"""

from __future__ import annotations

import io
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fastw2v._sources import BOM, STANDARD_INPUT, Source
from fastw2v._threads import TICK_SECONDS
from fastw2v.compressed import HEAD_BYTES, Decompressed, compression_of

__all__ = ["Chunk", "SharedStream", "TextStream", "raw_text"]

Buffer = npt.NDArray[np.uint8]

WHITE_SPACE = (b" ", b"\n", b"\t", b"\r", b"\v", b"\f")
SEARCH_BYTES = 1 << 10  # at the end of a chunk, where white space is looked for at first


@dataclass(slots=True)
class Chunk:
    """A stretch of text: data[begin:stop], and whether it is the last one. data[0] is byte `origin` of the text."""

    data: Buffer
    begin: int
    stop: int
    origin: int
    last: bool


class _Waiting(io.RawIOBase):
    """A stream that may have nothing for a time, which is not its end, and is not asked again once it ended."""

    def __init__(self, stream: Any, name: str, on_bytes: Callable[[int], object]) -> None:
        super().__init__()
        self._stream, self._name, self._on_bytes = stream, name, on_bytes
        self._head = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        if self._head:
            count = min(len(view), len(self._head))
            view[:count], self._head = self._head[:count], self._head[count:]
            return count
        if self._ended:
            return 0
        try:
            while (got := self._stream.readinto(view)) is None:
                time.sleep(TICK_SECONDS)
        except OSError as error:
            raise OSError(error.errno, f"{error.strerror}, while it was read", self._name) from error
        self._ended = not got
        self._on_bytes(int(got))
        return int(got)

    def put_back(self, head: bytes) -> None:
        """The bytes read first will be read again."""
        self._head = head


def raw_text(source: Source, stream: Any, on_bytes: Callable[[int], object]) -> io.RawIOBase:
    """What is compressed in a stream just opened, or the stream itself; on_bytes is told how many bytes were read."""
    waiting = _Waiting(stream, source.name, on_bytes)
    head = b""
    while len(head) < HEAD_BYTES and (more := waiting.read(HEAD_BYTES - len(head))):
        head += more
    waiting.put_back(head)
    kind = compression_of(head)
    return waiting if kind is None else Decompressed(waiting, kind, source.name)


class TextStream:
    """A stream as chunks; each must be used up before its buffer is given back for another."""

    def __init__(self, source: Source, on_bytes: Callable[[int], object]) -> None:
        self.name = source.name
        self._file: Any = None
        if source.path == STANDARD_INPUT:
            stream: Any = sys.stdin.buffer
        else:
            stream = self._file = open(source.path, "rb", buffering=0)  # noqa: SIM115  it stays open for other chunks
        self._text = raw_text(source, stream, on_bytes)
        self._rest = np.empty(0, np.uint8)
        self._origin = 0

    def next(self, buffer: Buffer) -> Chunk:
        """The next chunk, in `buffer` (some bytes at least) or, where a word does not fit into it, in a larger one."""
        filled, origin = len(self._rest), self._origin
        if filled >= len(buffer):
            buffer = np.empty(2 * filled, np.uint8)
        buffer[:filled] = self._rest
        stop, last = 0, False
        while not stop and not last:
            if filled == len(buffer):
                grown = np.empty(2 * filled, np.uint8)
                grown[:filled] = buffer
                buffer = grown
            while filled < len(buffer) and not last:
                got = self._text.readinto(buffer[filled:].data) or 0
                filled += got
                last = not got
            stop = filled if last else _behind_last_space(buffer, filled)
        self._rest = buffer[stop:filled].copy()
        self._origin += stop
        begin = len(BOM) if origin == 0 and buffer[: len(BOM)].tobytes() == BOM and stop >= len(BOM) else 0
        return Chunk(buffer, begin, stop, origin, last)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _behind_last_space(buffer: Buffer, filled: int) -> int:
    """Where what follows the last white space of buffer[:filled] begins; 0 where there is none."""
    size = SEARCH_BYTES
    while True:
        start = max(0, filled - size)
        tail = buffer[start:filled].tobytes()
        found = max(tail.rfind(space) for space in WHITE_SPACE)
        if found >= 0 or start == 0:
            return start + found + 1 if found >= 0 else 0
        size *= 2


class SharedStream:
    """A stream whose chunks several threads take: one reads and decompresses at a time, while others use what they
    took."""

    def __init__(self, source: Source, on_bytes: Callable[[int], object]) -> None:
        self._source, self._on_bytes = source, on_bytes
        self._stream: TextStream | None = None
        self._taken = 0
        self._ended = False
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self._source.name

    def next(self, buffer: Buffer) -> tuple[int, Chunk] | None:
        """The number of the next chunk, and the chunk; None where there is none left."""
        with self._lock:
            if self._ended:
                return None
            # What fails here fails for all.
            self._ended = True
            if self._stream is None:
                self._stream = TextStream(self._source, self._on_bytes)
            chunk = self._stream.next(buffer)
            number, self._taken = self._taken, self._taken + 1
            self._ended = chunk.last
            return number, chunk

    def close(self) -> None:
        with self._lock:
            self._ended = True
            if self._stream is not None:
                self._stream.close()
