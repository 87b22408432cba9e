"""Which format a vector file has, by its name and by its first bytes. Nothing is read or written here beyond those."""

from __future__ import annotations

import errno
import os

from fastw2v._blocks import opened
from fastw2v.compressed import HEAD_BYTES, compression_of, split_suffix
from fastw2v.npy_files import NPY_MAGIC
from fastw2v.vector_rows import is_number
from fastw2v.word2vec_readers import BOM, is_header

__all__ = ["FORMATS", "files_of", "format_of", "format_of_file", "words_path"]

PathLike = str | os.PathLike[str]

FORMATS = {".safetensors": "safetensors", ".txt": "text", ".vec": "text", ".bin": "binary", ".npy": "npy"}
STREAMED = ("text", "glove", "binary")  # formats that are read from the first byte to the last, and may be compressed
COMPRESSIBLE = (*STREAMED, "gensim")  # and those whose files may be compressed where they are read
KNOWN_SUFFIXES = ".safetensors, .txt or .vec (word2vec text), .bin (word2vec binary) or .npy"
# Names that programs written for gensim give, besides those without a suffix. A file written under one is ours; one
# that is read may be gensim's own.
GENSIM_SUFFIXES = (".kv", ".model", ".wordvectors")
STANDARD_INPUT = "-"
WORDS_SUFFIX = ".words.txt"

SNIFFED_BYTES = 4096  # what the format of a file is guessed from
IN_NUMBERS = b" \t\r+-.0123456789EINFATYeinfaty"  # the bytes of numbers as text, "nan" and "infinity" among them
PICKLE = b"\x80"  # what a pickle opens with; inert_pickle.py tells the rest
FASTTEXT_MODEL = b"\xba\x16\x4f\x2f"  # fastText's own .bin
# A safetensors file opens with the length of its header in eight bytes; a header is far smaller than 2**32.
NO_LENGTH, SAFETENSORS_AT = b"\0\0\0\0", 8


def format_of(path: PathLike) -> str:
    """The format that a file to be written has by its suffix: "safetensors", "text", "binary" or "npy".

    Without a suffix, and with one that gensim's files have, "safetensors". The suffixes .gz, .bz2,
    .xz and .zst may follow that of the two word2vec formats. ValueError names the known ones.
    """
    stem, compression = split_suffix(path)
    is_gensims = _suffix(stem) in GENSIM_SUFFIXES or "." not in os.path.basename(os.fspath(path))
    kind = "safetensors" if is_gensims else FORMATS.get(_suffix(stem))
    if kind is None:
        raise ValueError(f"{_unnamed(path)}; use {KNOWN_SUFFIXES}")
    if compression and kind not in STREAMED:
        raise ValueError(
            f"{os.fspath(path)!r}: a {kind} file is mapped into memory and cannot be compressed; leave out the suffix "
            f"{os.path.splitext(os.fspath(path))[1]!r}"
        )
    return kind


def format_of_file(path: PathLike) -> str:
    """The format of a file that is there: what its first bytes show, or else what its suffix names.

    Besides those of `format_of`: "glove", text without a header, and "gensim", a .kv or .model file of gensim's.

    Raises
    ------
    ValueError: no known format. OSError: the file cannot be read. ImportError: see compressed.py.
    """
    name = os.fspath(path)
    if not os.path.exists(name):
        if name == STANDARD_INPUT:
            raise FileNotFoundError(
                errno.ENOENT, "vectors are read from files, not from standard input; save them", name
            )
        raise FileNotFoundError(errno.ENOENT, "there is no such file; check the path", name)
    if os.path.isdir(name):
        raise IsADirectoryError(errno.EISDIR, "this is a folder; name a file in it", name)
    named = FORMATS.get(_suffix(split_suffix(path)[0]))
    if not os.path.isfile(name):
        # What is read from a pipe here would be lost to the reader.
        if named is None:
            raise ValueError(f"{_unnamed(path)}, and it is no plain file to look into; known are {KNOWN_SUFFIXES}")
        return named
    with open(name, "rb") as file:
        compression = compression_of(file.read(HEAD_BYTES))
    with opened(path) as (stream, _):
        start = b""
        while len(start) < SNIFFED_BYTES and (more := stream.read(SNIFFED_BYTES - len(start))):
            start += more
    kind = _marked(start) or _of_rows(start.removeprefix(BOM), named) or named
    if kind is None:
        raise ValueError(f"{_unnamed(path)}, and its content shows none; known are {KNOWN_SUFFIXES}")
    if kind == "fastText":
        raise ValueError(f"{name}: a model in fastText's own form, which is not read; give the .vec file beside it")
    if compression and kind not in COMPRESSIBLE:
        raise ValueError(f"{name}: a {compression}-compressed {kind} file; decompress it first")
    return kind


def _suffix(path: PathLike) -> str:
    return os.path.splitext(os.fspath(path))[1].lower()


def _unnamed(path: PathLike) -> str:
    return f"the suffix of {os.fspath(path)!r} names no format"


def _marked(start: bytes) -> str | None:
    """The format of a file that opens with bytes by which it is known."""
    if start.startswith(NPY_MAGIC):
        return "npy"
    if start[4:SAFETENSORS_AT] == NO_LENGTH and start[SAFETENSORS_AT : SAFETENSORS_AT + 1] == b"{":
        return "safetensors"
    if start.startswith(PICKLE):
        from fastw2v.inert_pickle import looks_like_pickle

        if looks_like_pickle(start):
            return "gensim"
    return "fastText" if start.startswith(FASTTEXT_MODEL) else None


def _of_rows(start: bytes, named: str | None) -> str | None:
    """The format of a file that begins like one of rows; that which its suffix names, if it may be that."""
    line, newline, rest = start.partition(b"\n")
    if is_header(line):
        if named in STREAMED:
            return named
        first_row = rest.partition(b" ")[2].partition(b"\n")[0]
        return "text" if all(byte in IN_NUMBERS for byte in first_row) else "binary"
    if named not in (None, "text"):
        return None
    parts = line.split()
    # The last number may be cut off where the bytes end.
    numbers = parts[1:] if newline else parts[1:-1]
    return "glove" if numbers and all(map(is_number, numbers)) else None


def words_path(path: PathLike) -> str:
    """Where the words of a .npy file stand."""
    return os.path.splitext(os.fspath(path))[0] + WORDS_SUFFIX


def files_of(path: PathLike) -> list[str]:
    """The files that saving to `path` writes: itself, and for .npy the words beside it."""
    return [os.fspath(path), *([words_path(path)] if format_of(path) == "npy" else [])]
