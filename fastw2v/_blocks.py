"""A file, plain or compressed, or a pipe, as one block of bytes after another.

What the bytes mean is not known here.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastw2v.compressed import HEAD_BYTES, Decompressed, compression_of

__all__ = ["Blocks", "opened"]

# Large enough that the Python steps around each block do not count, small enough that a block stays in the second-level
# cache between being read and being parsed.
BLOCK_BYTES = 1 << 20


class Blocks:
    """The bytes of a stream, of which a stretch is held at a time.

    data: the stretch, which begins at byte `start` of the stream. ended: whether nothing follows it. size: bytes of the
    whole stream, or None where only reading tells.
    """

    def __init__(self, stream: io.RawIOBase, size: int | None) -> None:
        self._stream = stream
        self.size = size
        self.start = 0
        self.ended = False
        self.data: NDArray[np.uint8] = np.empty(0, np.uint8)
        self._spare: list[NDArray[np.uint8]] = []
        self.advance(0)

    def advance(self, used: int) -> None:
        """Drops the first `used` bytes and reads on behind the others: about a block, or as many as are left over."""
        self.start += used
        rest = self.data[used:]
        if self.ended:
            self.data = rest
            return
        room = max(BLOCK_BYTES, 2 * len(rest))
        if self.size is not None:
            # One byte more shows the end of a file that does not grow meanwhile.
            room = max(len(rest), min(room, self.size - self.start)) + 1
        # Not into the block before, which threads may still be parsing.
        data = self._buffer(room)
        filled = len(rest)
        data[:filled] = rest
        view = data.data
        while filled < room and not self.ended:
            count = self._stream.readinto(view[filled:]) or 0
            filled += count
            self.ended = count == 0
        self.data = data[:filled]

    def release(self, data: NDArray[np.uint8]) -> None:
        """Takes back a block that nobody reads any more, to be filled anew: fresh memory costs as much as reading.

        Any thread may call this.
        """
        self._spare.append(data if data.base is None else data.base)

    def line_of_text(self, line: int) -> int | None:
        """The number of the first line with text in it, or None; `data` begins in line `line`, and is read on from."""
        while True:
            content = self.data.tobytes()
            text = content.lstrip()
            line += content.count(b"\n", 0, len(content) - len(text))
            if text:
                return line
            if self.ended:
                return None
            self.advance(len(self.data))

    def _buffer(self, room: int) -> NDArray[np.uint8]:
        spare = self._spare.pop() if self._spare else None
        if spare is None or len(spare) < room:
            spare = np.empty(room, np.uint8)
        return spare[:room]


class _Rejoined(io.RawIOBase):
    """A pipe from which `head` was read already."""

    def __init__(self, head: bytes, pipe: io.RawIOBase) -> None:
        super().__init__()
        self._head, self._pipe = head, pipe

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._head:
            return self._pipe.readinto(buffer) or 0
        count = min(len(buffer), len(self._head))
        buffer[:count], self._head = self._head[:count], self._head[count:]
        return count


@contextlib.contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[tuple[io.RawIOBase, int | None]]:
    """The content of a file, decompressed if it is compressed, and its size if that is known without reading on.

    Raises
    ------
    OSError: the file cannot be read. ImportError: a compression that needs another library. While reading, ValueError:
    damaged compressed data.
    """
    with open(path, "rb", buffering=0) as file:
        head = b""
        while len(head) < HEAD_BYTES and (more := file.read(HEAD_BYTES - len(head))):
            head += more
        status = os.fstat(file.fileno())
        # Some files, in /proc for one, hold more than the size they tell.
        is_plain = stat.S_ISREG(status.st_mode) and status.st_size >= len(head)
        stream: io.RawIOBase = file
        if is_plain:
            file.seek(0)
        else:
            stream = _Rejoined(head, file)
        kind = compression_of(head)
        if kind is None:
            yield stream, status.st_size if is_plain else None
        else:
            with Decompressed(stream, kind, os.fspath(path)) as content:
                yield content, None
