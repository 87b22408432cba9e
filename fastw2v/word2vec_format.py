"""word2vec's files with the options that gensim has for them: counts in a file of their own, rows by falling count.

The files themselves are word2vec_readers.py's and word2vec_writers.py's. KeyedVectors' methods call these functions.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from fastw2v._blocks import opened
from fastw2v.compressed import compressor, split_suffix
from fastw2v.short import short
from fastw2v.word2vec_readers import load_word2vec_binary, load_word2vec_text
from fastw2v.word2vec_writers import Layout, output, save_word2vec_binary, save_word2vec_text

__all__ = ["load_with_counts", "save_with_counts"]

PathLike = str | os.PathLike[str]
Counts = NDArray[np.int64]


def save_with_counts(
    path: PathLike,
    counts_path: PathLike | None,
    words: Sequence[str],
    vectors: NDArray[Any],
    by: NDArray[Any] | None,
    layout: Layout,
    *,
    binary: bool,
) -> None:
    """Writes rows by falling value of `by` (None: as they are), and to `counts_path` lines "word value".

    ValueError if there is such a path but no `by`; otherwise errors are those of `save_word2vec_text`.
    """
    if by is None:
        order = None
        if counts_path is not None:
            raise ValueError("fvocab asks for a file of counts, but these words have none; leave fvocab out")
    else:
        # Ties keep their order: the last of equal values is the first of them backwards.
        order = len(by) - 1 - np.argsort(by[::-1], kind="stable")[::-1]
    if counts_path is not None and by is not None and order is not None:
        text = "".join(f"{layout.prefix}{words[row]} {by[row]}\n" for row in order.tolist())
        with output(counts_path, layout.append) as file:
            file.write(compressor(split_suffix(counts_path)[1])(text.encode()))
    if order is not None and (order[1:] > order[:-1]).all():
        order = None  # they are in that order already
    layout = Layout(layout.header, layout.rows, order, layout.prefix, layout.append)
    (save_word2vec_binary if binary else save_word2vec_text)(path, words, vectors, layout)


def load_with_counts(
    path: PathLike,
    counts_path: PathLike | None,
    *,
    binary: bool,
    header: bool,
    datatype: DTypeLike,
    options: Mapping[str, Any],
) -> tuple[Sequence[str], NDArray[Any], Counts | None]:
    """Words, vectors of type float32 or float16, and counts if there is a file of them. `options`: the readers'.

    Raises
    ------
    ValueError: a malformed file, or options that do not go together. OSError: a file cannot be read.
    """
    kind = np.dtype(datatype)
    if kind not in (np.float32, np.float16):
        raise ValueError(f"datatype is {kind}, but must be numpy.float32 or numpy.float16")
    if binary and not header:
        raise ValueError("no_header is for text files: a binary file without a header does not tell how long rows are")
    if binary:
        words, vectors = load_word2vec_binary(path, **options)
    else:
        words, vectors = load_word2vec_text(path, header=header, **options)
    counts = None
    if counts_path is not None:
        counts = _load_counts(counts_path, words, options.get("encoding", "utf-8"), options.get("errors", "strict"))
    return words, vectors.astype(kind, copy=False), counts


def _load_counts(path: PathLike, words: Sequence[str], encoding: str, errors: str) -> Counts:
    """The count of each word by a file of lines "word count"; ValueError for one that has none."""
    name = os.fspath(path)
    with opened(path) as (stream, _):
        content = stream.read() or b""
    known: dict[str, int] = {}
    for number, line in enumerate(content.splitlines(), 1):
        parts = line.split()
        if not parts:
            continue
        if len(parts) != 2 or not parts[1].isdigit():
            raise ValueError(f"{name}, line {number}: not a word and its count, but {line[:40]!r}")
        try:
            known[parts[0].decode(encoding, errors)] = int(parts[1])
        except UnicodeDecodeError:
            raise ValueError(f"{name}, line {number}: the word is not {encoding.upper()}") from None
    missing = next((word for word in words if word not in known), None)
    if missing is not None:
        raise ValueError(
            f"{name}: has no count of the word {short(missing)}; leave fvocab out, or give the file it belongs to"
        )
    try:
        return np.fromiter(map(known.__getitem__, words), np.int64, len(words))
    except OverflowError:
        raise ValueError(f"{name}: holds a count beyond {np.iinfo(np.int64).max}") from None
