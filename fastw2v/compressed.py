"""gzip, bzip2, xz and zstd: told by a file's first bytes, read as a stream of blocks, written as streams side by side.

A file may hold several streams one after the other, as all four formats allow; the whole of it must be sound, or
reading raises. zstd and a faster gzip come from libraries that are imported only when they are needed. What is
compressed is not known here.
"""

from __future__ import annotations

import io
import os
import sys
import zlib
from collections.abc import Callable
from typing import Any, Protocol

__all__ = [
    "HEAD_BYTES",
    "Decompressed",
    "check_ratio",
    "compression_of",
    "compressor",
    "decompress_file",
    "split_suffix",
]

HEAD_BYTES = 10  # the longest beginning that tells how a file is compressed
MAGIC = {"gzip": b"\x1f\x8b\x08", "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00", "zstd": b"\x28\xb5\x2f\xfd"}
# "BZh" alone may begin a text: in a compressed file a digit and one of these follow.
BZIP2_BLOCKS = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")
SUFFIXES = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}

INPUT_BYTES = 1 << 17  # compressed bytes read at a time
GZIP_WINDOW = 16 + zlib.MAX_WBITS  # in zlib's counting: gzip's header and checksum around the data
XZ_MEMORY = 1 << 28  # four times what the strongest usual setting takes to read; a damaged header may ask for far more
MOST_RATIO = 1032  # bytes that a compressed byte can stand for in gzip and zip; more would be made to fill the memory
SHOWN_BYTES = 16  # of a file, in sentences
GZIP_LEVEL, ISAL_LEVEL = 6, 2  # the usual ratio; with isal's 2, nearly that in a twentieth of the time


def compression_of(head: bytes) -> str | None:
    """ "gzip", "bzip2", "xz" or "zstd" if a file that begins with `head` (HEAD_BYTES of it) is compressed so."""
    for kind, magic in MAGIC.items():
        if head.startswith(magic) and (kind != "bzip2" or head[4:10] in BZIP2_BLOCKS):
            return kind
    return None


def split_suffix(path: str | os.PathLike[str]) -> tuple[str, str | None]:
    """A path without the suffix of a compression, and which it names: ("v.txt", "gzip") for v.txt.gz."""
    stem, suffix = os.path.splitext(os.fspath(path))
    kind = SUFFIXES.get(suffix.lower())
    return (stem, kind) if kind else (os.fspath(path), None)


class _Decompressor(Protocol):
    """What bz2, lzma, zstd and isal have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Zlib:
    """zlib's decompressor in the others' form."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(GZIP_WINDOW)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def _isal() -> Any:
    """isal's module for gzip, or None where it is not installed."""
    try:
        from isal import igzip_lib
    except ImportError:
        return None
    return igzip_lib


def _zstd() -> Any:
    """Python's zstd module: its own from 3.14 on, or the same for older ones; ImportError with the remedy."""
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError as error:
        raise ImportError("zstd-compressed files need a library: pip install 'fastw2v[io]'") from error
    return zstd


def _decompressor(kind: str) -> tuple[Callable[[], _Decompressor], tuple[type[Exception], ...]]:
    """What makes a decompressor of that kind, and the errors by which one tells that its input is damaged."""
    if kind == "gzip":
        isal = _isal()
        if isal is None:
            return _Zlib, (zlib.error,)
        return lambda: isal.IgzipDecompressor(isal.DECOMP_GZIP), (isal.error,)
    if kind == "bzip2":
        import bz2

        return bz2.BZ2Decompressor, (OSError, ValueError)
    if kind == "xz":
        import lzma

        return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, XZ_MEMORY), (lzma.LZMAError,)
    zstd = _zstd()
    return zstd.ZstdDecompressor, (zstd.ZstdError,)


class Decompressed(io.RawIOBase):
    """A compressed stream as a stream of what was compressed.

    Parameters
    ----------
    source: open for reading bytes, where the compressed data begins. Closing this stream leaves it open.
    kind: as `compression_of` tells it.
    name: the file's, for error sentences.

    Raises
    ------
    ImportError: a library that is not installed. While reading, ValueError: damaged data, or a stream cut short.
    """

    def __init__(self, source: io.RawIOBase, kind: str, name: str) -> None:
        super().__init__()
        self._source = source
        self._kind, self._name = kind, name
        self._new, self._errors = _decompressor(kind)
        self._stream = self._new()
        self._done = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fills `buffer` at least in part; 0 at the end of the last stream."""
        view = memoryview(buffer).cast("B")
        if not view:
            return 0
        piece = self._next(len(view))
        view[: len(piece)] = piece
        self._done += len(piece)
        return len(piece)

    def _next(self, most: int) -> bytes:
        while True:
            more = b""
            if self._stream.eof:
                # Zeros may stand between streams and at the end, as padding.
                more = self._stream.unused_data.lstrip(b"\0")
                while not more and (read := self._source.read(INPUT_BYTES)):
                    more = read.lstrip(b"\0")
                if not more:
                    return b""
                self._check_next(more)
                self._stream = self._new()
            elif self._stream.needs_input:
                more = self._source.read(INPUT_BYTES) or b""
            starved = not more and self._stream.needs_input
            try:
                piece = self._stream.decompress(more, most)
            except self._errors as error:
                raise ValueError(f"{self._place()}: damaged {self._kind} data: {error}") from None
            if piece:
                return piece
            if starved and not self._stream.eof:
                raise ValueError(
                    f"{self._place()}: the {self._kind} data ends too early; the file is cut short or damaged"
                )

    def _check_next(self, start: bytes) -> None:
        """ValueError if what stands behind a stream begins no other one. zstd has frames of other beginnings, too."""
        magic = MAGIC[self._kind]
        if self._kind != "zstd" and not start.startswith(magic[: len(start)]):
            raise ValueError(
                f"{self._place()}: the {self._kind} data is followed by bytes that are none, {start[:SHOWN_BYTES]!r}; "
                "the file is damaged, or something was appended to it"
            )

    def _place(self) -> str:
        return f"{self._name}, after {self._done} decompressed bytes"


def check_ratio(name: str, size: int, compressed_size: int) -> None:
    """ValueError if so many bytes come of so few, as they do only in files that are made to fill the memory."""
    if size > MOST_RATIO * compressed_size:
        raise ValueError(
            f"{name}: its {compressed_size} bytes decompress to more than {MOST_RATIO} times as many, which no file of "
            "numbers does; it is made to fill the memory"
        )


def decompress_file(file: io.RawIOBase, kind: str, name: str) -> bytes:
    """The whole content of a compressed file, which is held in memory; errors are those of Decompressed."""
    size = os.fstat(file.fileno()).st_size
    content = bytearray()
    with Decompressed(file, kind, name) as stream:
        while piece := stream.read(INPUT_BYTES):
            content += piece
            check_ratio(name, len(content), size)
    return bytes(content)


def compressor(kind: str | None) -> Callable[[bytes], bytes]:
    """What compresses bytes into a stream of their own; such streams one after the other make a file. None: unchanged.

    Equal bytes give equal streams, which hold neither a time nor a name. Raises ImportError with the remedy.
    """
    if kind is None:
        return lambda data: data
    if kind == "gzip":
        isal = _isal()
        if isal is None:
            import gzip

            return lambda data: gzip.compress(data, GZIP_LEVEL, mtime=0)
        return lambda data: isal.compress(data, ISAL_LEVEL, isal.COMP_GZIP)
    if kind == "bzip2":
        import bz2

        return bz2.compress
    if kind == "xz":
        import lzma

        return lzma.compress
    zstd = _zstd()

    def with_checksum(data: bytes) -> bytes:
        compressed: bytes = zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1})
        return compressed

    return with_checksum
