"""Vector files in any format: saved by the name's suffix, loaded by content and suffix.

Which format a file has stands in file_kinds.py, and how each is written and read in word2vec_writers.py,
word2vec_readers.py, vector_container.py, npy_vectors.py and gensim_files.py; this file chooses among them and gives
KeyedVectors. KeyedVectors' own save and load call upwards into this file, and import it only when they are called.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fastw2v._row_collector import Wanted
from fastw2v.container import load_container, save_container
from fastw2v.file_kinds import FORMATS, files_of, format_of, format_of_file
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.npy_vectors import load_npy, save_npy
from fastw2v.packed_words import PackedWords
from fastw2v.short import short
from fastw2v.stored_tables import stored_dtype
from fastw2v.vector_container import tensors_of, vectors_from_tensors
from fastw2v.word2vec_readers import load_word2vec_binary, load_word2vec_text
from fastw2v.word2vec_writers import save_word2vec_binary, save_word2vec_text
from fastw2v.word_table import COUNT

__all__ = [
    "FORMATS",
    "check_mmap",
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

MAPPED, COPIED = "r", None  # the values of `mmap`; gensim has more, which would let a query change the file


def save_vectors(
    path: PathLike,
    words: Sequence[str],
    vectors: ArrayLike,
    counts: ArrayLike | None = None,
    *,
    norms: NDArray[np.float32] | None = None,
    attributes: Mapping[str, NDArray[Any]] | None = None,
    dtype: DTypeLike | None = None,
) -> None:
    """Write words and vectors in the format that the suffix of `path` names.

    Parameters
    ----------
    counts, norms, attributes: kept by .safetensors only, which computes norms that are not given.
    dtype: "float16" halves .safetensors and .npy, "float32" widens float16; None: as the vectors are.

    Raises
    ------
    ValueError: a suffix that names no format, shapes that do not fit, words that the format cannot hold.
    OSError: the file cannot be written. ImportError: see compressed.py.
    """
    kind, wanted = format_of(path), stored_dtype(dtype)
    if kind == "safetensors":
        save_container(path, tensors_of(words, vectors, counts, norms, attributes, wanted))
    elif kind == "npy":
        save_npy(path, words, vectors, wanted)
    elif wanted == np.float16:
        raise ValueError(f"dtype is float16, but {kind} files hold float32; use .safetensors or .npy")
    else:
        (save_word2vec_text if kind == "text" else save_word2vec_binary)(path, words, vectors)


def load_vectors(
    path: PathLike,
    limit: int | None = None,
    keys: Iterable[str] | None = None,
    mmap: str | None = MAPPED,
    *,
    encoding: str = "utf-8",
    errors: str = "strict",
    allow_nan: bool = False,
    workers: int | None = None,
) -> KeyedVectors:
    """The words and vectors of a file in any of the known formats.

    These are: word2vec's text and binary, GloVe's text without a header and fastText's .vec, any of them compressed
    with gzip, bzip2, xz or zstd; .safetensors of this package, a whole model too; .npy with its words beside it;
    gensim's .kv and .model, in which nothing is executed.

    Parameters
    ----------
    limit: only this many rows from the top.
    keys: only these words, in the file's order; those that the file has not are left out.
    mmap: "r" maps the vectors of .safetensors and .npy into memory, unread, shared with other processes and read-only;
        None copies them, for vectors that are to be changed in place. With `keys` they are always copied.
    encoding, errors, allow_nan, workers: see word2vec_readers.load_word2vec_text; they matter where words are decoded
        and numbers parsed. NaN is not looked for in .safetensors, which are mapped without being read.

    Raises
    ------
    ValueError: a malformed file, or no format that is known. OSError: the file cannot be read. ImportError: it is
    compressed in a way that needs another library.
    """
    check_mmap(mmap)
    wanted = Wanted.of(limit, keys, encoding, errors, allow_nan)
    kind = format_of_file(path)
    if kind in ("text", "glove", "binary"):
        options: dict[str, Any] = {"limit": limit, "keys": wanted.keys, "encoding": encoding, "errors": errors}
        options |= {"allow_nan": allow_nan, "workers": workers}
        if kind == "binary":
            return KeyedVectors(*load_word2vec_binary(path, **options))
        return KeyedVectors(*load_word2vec_text(path, header=kind == "text", **options))
    if kind == "safetensors":
        whole = vectors_from_tensors(os.fspath(path), load_container(path)[0])
    elif kind == "npy":
        whole = KeyedVectors(*load_npy(path, encoding=encoding, errors=errors, allow_nan=allow_nan))
    else:
        from fastw2v.gensim_files import load_gensim

        whole = KeyedVectors(*load_gensim(path, allow_nan=allow_nan))
    return _part_of(whole, wanted, copied=mmap is COPIED)


def check_mmap(mmap: object) -> None:
    """ValueError for a way of mapping that is not there."""
    if mmap not in (MAPPED, COPIED):
        raise ValueError(
            f"mmap is {short(mmap)}, but must be 'r' (vectors mapped from the file, read-only) or None (copied into "
            "memory, where they may be changed; no change reaches the file before it is saved); other options go by "
            "name, such as limit="
        )


def _part_of(whole: KeyedVectors, wanted: Wanted, *, copied: bool) -> KeyedVectors:
    """The wanted rows of a table that was mapped."""
    limit = len(whole) if wanted.limit is None else min(wanted.limit, len(whole))
    rows: slice | NDArray[np.intp] = slice(limit)
    words = whole.words
    if wanted.keys is not None:
        found = sorted(row for key in wanted.keys if 0 <= (row := whole.get_index(key, -1)) < limit)
        rows = np.array(found, np.intp)
        words = [words[row] for row in found]
    elif limit < len(whole):
        words = words.head(limit) if isinstance(words, PackedWords) else words[:limit]
    elif not copied:
        return whole
    columns = {name: values[rows] for name, values in whole.expandos.items()}
    vectors = whole.vectors[rows]
    return KeyedVectors(
        words,
        vectors.copy() if copied and wanted.keys is None else vectors,
        columns.pop(COUNT, None),
        norms=None if whole.known_norms is None else whole.known_norms[rows],
        attributes=columns,
    )
