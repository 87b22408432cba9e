"""Files read and written at places of the caller's choice, by several threads at once.

What they hold is not known here. Nothing is mapped: a file that is cut short is an error, not the end of the process.
"""

from __future__ import annotations

import errno
import os
import threading
from typing import Any, TypeVar

import numpy as np

__all__ = ["PlacedFile"]

Array = TypeVar("Array", bound=np.ndarray[Any, np.dtype[Any]])


class PlacedFile:
    """An open file, as arrays at offsets in bytes.

    file: a descriptor, which is closed with this object; name: what errors call the file; full: the remedy where the
    disk is full.
    """

    def __init__(self, file: int, name: str, full: str = "make room") -> None:
        self._file = file
        self._lock = threading.Lock()
        self.name, self.full = name, full

    @classmethod
    def open(cls, path: str) -> PlacedFile:
        """A file that exists, for reading."""
        return cls(os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0)), path)

    def read(self, array: Array, offset: int) -> Array:
        """Fills a contiguous array and returns it; OSError where the file ends before."""
        view = array.reshape(-1).view(np.uint8).data
        done = 0
        while done < len(view):
            try:
                got = self._read_some(view[done:], offset + done)
            except OSError as error:
                raise OSError(error.errno, f"{error.strerror}, while it was read", self.name) from error
            if not got:
                raise OSError(
                    errno.EIO, f"the file ends at byte {offset + done}, but did not when it was opened", self.name
                )
            done += got
        return array

    def _read_some(self, view: memoryview, offset: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._file, [view], offset)
        with self._lock:
            os.lseek(self._file, offset, os.SEEK_SET)
            data = os.read(self._file, len(view))
        view[: len(data)] = data
        return len(data)

    def write(self, array: np.ndarray[Any, np.dtype[Any]], offset: int) -> None:
        """Writes a contiguous array."""
        view = array.reshape(-1).view(np.uint8).data
        done = 0
        while done < len(view):
            try:
                done += self._write_some(view[done:], offset + done)
            except OSError as error:
                raise OSError(
                    error.errno, f"it could not be written: {error.strerror}; {self.full}", self.name
                ) from error

    def _write_some(self, view: memoryview, offset: int) -> int:
        if hasattr(os, "pwrite"):
            return os.pwrite(self._file, view, offset)
        with self._lock:
            os.lseek(self._file, offset, os.SEEK_SET)
            return os.write(self._file, view)

    def size(self) -> int:
        """How many bytes the file has now."""
        return os.fstat(self._file).st_size

    def close(self) -> None:
        """Closes the file, as is done when nobody holds this object any more."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    __del__ = close
