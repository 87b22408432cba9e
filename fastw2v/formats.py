"""Vector files by format: which one a path means, and how each is written and read.

word2vec's own two forms stand in word2vec_writers.py and word2vec_readers.py, the safetensors container in
container.py; this file adds .npy, says what a container of vectors holds, and turns what was read into KeyedVectors.
KeyedVectors' own save and load call upwards into this file, and import it only when they are called.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastw2v.atomic import atomic_output
from fastw2v.container import BLOB, OFFSETS, load_container, pack_words, save_container, unpack_words
from fastw2v.gensim_files import load_gensim
from fastw2v.inert_pickle import looks_like_pickle
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.npy_files import NPY_MAGIC, map_npy
from fastw2v.word2vec_readers import is_header, load_word2vec_binary, load_word2vec_text
from fastw2v.word2vec_writers import check_table, save_word2vec_binary, save_word2vec_text

__all__ = [
    "files_of",
    "format_of",
    "format_of_file",
    "load_npy",
    "load_vectors",
    "load_word2vec_binary",
    "load_word2vec_text",
    "save_npy",
    "save_vectors",
    "save_word2vec_binary",
    "save_word2vec_text",
    "vectors_from_tensors",
]

PathLike = str | os.PathLike[str]
Tensors = dict[str, np.ndarray[Any, np.dtype[Any]]]

KNOWN_SUFFIXES = ".safetensors, .txt or .vec (word2vec text), .bin (word2vec binary) or .npy"
# Names that programs written for gensim give. A file written under one is ours; one that is read may be gensim's own.
GENSIM_SUFFIXES = (".kv", ".model", ".wordvectors")
FORMATS = {".safetensors": "safetensors", ".txt": "text", ".vec": "text", ".bin": "binary", ".npy": "npy"}
WORDS_SUFFIX = ".words.txt"
COUNTS, VECTORS = "words.counts", "vectors"  # the arrays of a container beside those of its words
IN_NUMBERS = b" \t\r+-.0123456789EINFATYeinfaty"  # the bytes of numbers as text, "nan" and "infinity" among them
SNIFFED_BYTES = 4096  # what the format of a file without a known suffix is guessed from


def format_of(path: PathLike) -> str:
    """ "safetensors", "text", "binary" or "npy" by the suffix of `path`; ValueError names the known suffixes."""
    suffix = _suffix(path)
    if suffix in GENSIM_SUFFIXES:
        return "safetensors"
    if suffix not in FORMATS:
        raise ValueError(f"{_unnamed(path)}; use {KNOWN_SUFFIXES}")
    return FORMATS[suffix]


def format_of_file(path: PathLike) -> str:
    """As format_of for the suffixes of FORMATS, else by the content of the file, which must exist."""
    kind = FORMATS.get(_suffix(path)) or _guess(path)
    if not kind:
        raise ValueError(f"{_unnamed(path)}, and its content shows none; known are {KNOWN_SUFFIXES}")
    return kind


def _suffix(path: PathLike) -> str:
    return os.path.splitext(os.fspath(path))[1].lower()


def _unnamed(path: PathLike) -> str:
    return f"the suffix of {os.fspath(path)!r} names no format"


def files_of(path: PathLike) -> list[str]:
    """The files that saving to `path` writes: itself, and for .npy the words beside it."""
    return [os.fspath(path), *([_words_path(path)] if format_of(path) == "npy" else [])]


def save_vectors(path: PathLike, words: Sequence[str], vectors: ArrayLike, counts: ArrayLike | None = None) -> None:
    """Write words and vectors in the format that the suffix of `path` names; only .safetensors keeps the counts."""
    kind = format_of(path)
    if kind == "safetensors":
        packed, matrix = check_table(words, vectors, lines=False)
        tensors: Tensors = {**pack_words(packed), VECTORS: matrix}
        if counts is not None:
            tensors[COUNTS] = np.ascontiguousarray(counts, dtype=np.int64)
        save_container(path, tensors)
    else:
        {"text": save_word2vec_text, "binary": save_word2vec_binary, "npy": save_npy}[kind](path, words, vectors)


def load_vectors(path: PathLike) -> KeyedVectors:
    """The words and vectors of a file in any of the known formats, by suffix, and without one by content.

    gensim's own files, known by content, are read with nothing in them executed: see gensim_files.py.
    .safetensors and .npy are mapped into memory, not read; their vectors are read-only. A whole model is a .safetensors
    file too.

    Raises
    ------
    ValueError: a malformed file, or no format that is known.
    OSError: the file cannot be read.
    """
    _refuse_unreadable(path)
    kind = format_of_file(path)
    if kind == "safetensors":
        return vectors_from_tensors(os.fspath(path), load_container(path)[0])
    if kind == "gensim":
        return KeyedVectors(*load_gensim(path))
    if kind == "npy":
        return KeyedVectors(*load_npy(path))
    return KeyedVectors(*(load_word2vec_text if kind == "text" else load_word2vec_binary)(path))


def _refuse_unreadable(path: PathLike) -> None:
    name = os.fspath(path)
    if not os.path.exists(name):
        raise FileNotFoundError(errno.ENOENT, "there is no such file; check the path", name)
    if os.path.isdir(name):
        raise IsADirectoryError(errno.EISDIR, "this is a folder; name a file in it", name)


def _guess(path: PathLike) -> str:
    """The format that the first bytes of a file show, or ''."""
    with open(path, "rb") as file:
        start = file.read(SNIFFED_BYTES)
    if start.startswith(NPY_MAGIC):
        return "npy"
    if start[8:9] == b"{":
        return "safetensors"
    if looks_like_pickle(start):
        return "gensim"
    header, _, rest = start.partition(b"\n")
    if not is_header(header):
        return ""
    numbers = rest.partition(b" ")[2].partition(b"\n")[0]
    return "text" if all(byte in IN_NUMBERS for byte in numbers) else "binary"


# The container


def vectors_from_tensors(name: str, tensors: Tensors) -> KeyedVectors:
    """The vocabulary and vectors among the arrays of a container; `name` is the file's, for error sentences."""
    missing = [key for key in (BLOB, OFFSETS, VECTORS) if key not in tensors]
    if missing:
        raise ValueError(f"{name}: holds no {' and no '.join(missing)}; it is no file of word vectors")
    try:
        if tensors[VECTORS].dtype != np.float32 or (COUNTS in tensors and tensors[COUNTS].dtype != np.int64):
            raise ValueError("vectors must be float32 and counts int64")
        return KeyedVectors(unpack_words(tensors), tensors[VECTORS], tensors.get(COUNTS))
    except ValueError as error:
        raise ValueError(f"{name}: damaged file of word vectors: {error}") from None


# NumPy's format and a list of words


def _words_path(path: PathLike) -> str:
    return os.path.splitext(os.fspath(path))[0] + WORDS_SUFFIX


def save_npy(path: PathLike, words: Sequence[str], vectors: ArrayLike) -> None:
    """Write `path` in NumPy's format, and beside it a file of the words, one a line, with the suffix .words.txt.

    Both take their names only when both are written.

    Raises
    ------
    ValueError: a word that is empty or holds white space, or shapes that do not fit.
    OSError: a file cannot be written.
    """
    packed, matrix = check_table(words, vectors, lines=True)
    with atomic_output(_words_path(path)) as lines, atomic_output(path) as numbers:
        lines.write("".join(f"{word}\n" for word in packed).encode())
        np.lib.format.write_array(numbers, matrix, allow_pickle=False)


def load_npy(path: PathLike, *, errors: str = "strict") -> tuple[list[str], NDArray[np.float32]]:
    """The words and vectors of `path` in NumPy's format and the .words.txt beside it.

    float32 vectors are mapped into memory and read-only, other floats are converted. NaN is not looked for, as that
    would read the whole file.

    Raises
    ------
    ValueError: a malformed file, or words that do not match it.
    OSError: one of the two files cannot be read.
    """
    name, words_name = os.fspath(path), _words_path(path)
    matrix = map_npy(name)
    try:
        with open(words_name, "rb") as file:
            content = file.read()
    except FileNotFoundError as error:
        sentence = f"there is no such file, but the rows of {name} need their words; put both into one folder"
        raise FileNotFoundError(error.errno, sentence, words_name) from None
    lines = content.removesuffix(b"\n").split(b"\n") if content else []
    if len(lines) != len(matrix):
        raise ValueError(f"{words_name}: {len(lines)} words, but {name} has {len(matrix)} rows; they do not match")
    words = []
    for number, line in enumerate(lines, 1):
        try:
            words.append(line.decode("utf-8", errors))
        except UnicodeDecodeError:
            raise ValueError(f"{words_name}, line {number}: not UTF-8; errors='replace' goes on") from None
    seen: dict[str, int] = {}
    for number, word in enumerate(words, 1):
        earlier = seen.setdefault(word, number)
        if earlier != number:
            raise ValueError(f"{words_name}, line {number}: {word!r} stands already in line {earlier}; remove one")
    return words, matrix
