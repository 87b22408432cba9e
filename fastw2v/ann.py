"""Nearest words by an approximate index: a graph of neighbours that finds most of them and looks at few rows.

The graph is usearch's, an extra (HNSW: Malkov and Yashunin, 2018, "Efficient and robust approximate nearest neighbor
search using Hierarchical Navigable Small World graphs"); this file names its rows by words, scores what it finds
exactly, and keeps it in files. Exact search is search.py's.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastw2v.atomic import atomic_output
from fastw2v.optional import optional
from fastw2v.packed_words import PackedWords
from fastw2v.short import short

__all__ = ["AnnIndex"]

MAGIC = b"fastw2v index 1\n"
HEADER_BYTES = 4096  # of the longest line of JSON that follows
DIGEST_BYTES = 32
SAMPLED_ROWS = 1000  # of the vectors, by which an index is known to be theirs
EXTRA = "'fastw2v[ann]'"


class Words(Protocol):
    """What an index is made of: KeyedVectors, ours or gensim's."""

    @property
    def vectors(self) -> NDArray[np.float32]: ...
    @property
    def index_to_key(self) -> list[str]: ...


class AnnIndex:
    """An approximate index over the rows of `wv`, by cosine; the `indexer` of ours and of gensim's most_similar.

    Rows found are scored exactly, so that only a missing neighbour can differ from an exact search. The index does not
    follow later changes of `wv`.

    Parameters
    ----------
    wv: words and vectors; a model that has them as `wv` serves, too.
    connectivity: neighbours that each row keeps; more find more and take more memory.
    expansion_add, expansion_search: rows looked at to place a row and to answer a query; more find more, slower.
    dtype: how the index stores its own copy of the rows: "f32", "f16" (half the memory) or "i8" (a quarter).
    workers: threads; None uses all cores. The graph depends on their timing; one thread makes the same graph each time.

    Raises
    ------
    ImportError: usearch is not installed.
    """

    def __init__(
        self,
        wv: Any,
        *,
        connectivity: int = 16,
        expansion_add: int = 128,
        expansion_search: int = 128,
        dtype: str = "f32",
        workers: int | None = None,
    ) -> None:
        self.wv = _words_of(wv)
        self.workers = workers
        rows = self.wv.vectors
        if not len(rows):
            raise ValueError("there are no words to index; add some first")
        if dtype not in ("f32", "f16", "i8"):
            raise ValueError(f"dtype is {short(dtype)}, but must be 'f32', 'f16' or 'i8'")
        self._index = _usearch().Index(
            ndim=rows.shape[1],
            metric="cos",
            dtype=dtype,
            connectivity=connectivity,
            expansion_add=expansion_add,
            expansion_search=expansion_search,
        )
        self._index.add(np.arange(len(rows)), np.asarray(rows, np.float32), threads=workers or 0)

    def __len__(self) -> int:
        return len(self._index)

    def most_similar(self, vector: ArrayLike, num_neighbors: int) -> list[tuple[str, float]]:
        """Up to `num_neighbors` words near to `vector` and their cosines, nearest first, the query's own included."""
        rows, scores = self.search(np.asarray(vector)[None], num_neighbors)
        keys = self.wv.index_to_key
        return [(keys[row], score) for row, score in zip(rows[0].tolist(), scores[0].tolist(), strict=True) if row >= 0]

    def search(self, vectors: ArrayLike, topn: int = 10) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows (queries, topn) near to each of `vectors` (queries, vector_size), and their cosines, nearest first;
        fewer columns where there are fewer rows.

        Where fewer were found: row -1 and score nan.
        """
        queries = np.ascontiguousarray(vectors, dtype=np.float32)
        width = self.wv.vectors.shape[1]
        if queries.ndim != 2 or queries.shape[1] != width:
            raise ValueError(f"vectors has shape {queries.shape}, but must be (queries, {width})")
        if topn < 1:
            raise ValueError(f"topn is {topn}, but must be at least 1")
        topn = min(topn, len(self))
        rows = np.full((len(queries), topn), -1, np.int64)
        scores = np.full((len(queries), topn), np.nan, np.float32)
        if not len(queries):
            return rows, scores
        found = self._index.search(queries, topn, threads=self.workers or 0)
        keys = np.atleast_2d(found.keys).astype(np.int64)
        # One query comes back without an axis of queries, and its count as the length of what was found.
        counts = getattr(found, "counts", None)
        for query, (vector, ids) in enumerate(zip(queries, keys, strict=True)):
            ids = ids if counts is None else ids[: counts[query]]
            cosines = _cosines(np.asarray(self.wv.vectors[ids], np.float32), vector)
            order = np.lexsort((ids, -cosines))
            rows[query, : len(ids)] = ids[order]
            scores[query, : len(ids)] = cosines[order]
        return rows, scores

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the index, atomically, without the words and the vectors it belongs to."""
        content = self._index.save()
        header = json.dumps({"bytes": len(content), **_identity(self.wv)}).encode()
        with atomic_output(path) as file:
            file.write(MAGIC + header + b"\n" + hashlib.sha256(content).digest())
            file.write(content)

    @classmethod
    def load(cls, path: str | os.PathLike[str], wv: Any, *, workers: int | None = None) -> AnnIndex:
        """The index that `save` wrote, for the same words and vectors.

        A damaged file is refused by its checksum. That is no seal: a file that somebody made to do harm is handed to
        usearch, so load only files that you or somebody you trust has written.

        Raises
        ------
        ValueError: damaged, no index, or the index of other words or vectors.
        OSError: the file cannot be read.
        ImportError: usearch is not installed.
        """
        name = os.fspath(path)
        made = cls.__new__(cls)
        made.wv = _words_of(wv)
        made.workers = workers
        with open(path, "rb") as file:
            content = _checked(name, file, _identity(made.wv))
        try:
            made._index = _usearch().Index.restore(content)
        except ValueError as error:
            raise ValueError(f"{name}: usearch cannot read it: {error}; make the index again") from None
        if made._index is None or len(made._index) != len(made.wv.vectors):
            raise ValueError(f"{name}: holds no index of {len(made.wv.vectors)} rows; make it again")
        return made


def _usearch() -> Any:
    return optional("usearch.index", "an approximate index", EXTRA)


def _words_of(wv: Any) -> Words:
    inner: Words = getattr(wv, "wv", wv)
    return inner


def _cosines(rows: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows)) * np.linalg.norm(vector)
    return np.asarray(rows @ vector / np.where(lengths > 0, lengths, 1), np.float32)


def _identity(wv: Words) -> dict[str, Any]:
    """What tells the words and vectors of an index from others: their numbers, all words, some rows."""
    rows, width = wv.vectors.shape
    sample = np.linspace(0, rows - 1, min(rows, SAMPLED_ROWS)).astype(np.intp) if rows else np.zeros(0, np.intp)
    words = PackedWords.pack(wv.index_to_key)
    numbers = np.ascontiguousarray(wv.vectors[sample])
    return {
        "rows": rows,
        "vector_size": width,
        "words": zlib.crc32(words.offsets.data, zlib.crc32(words.blob.data)),
        "vectors": zlib.crc32(numbers.data),
    }


def _checked(name: str, file: IO[bytes], wanted: dict[str, Any]) -> bytes:
    """The index in a file, if it is whole and belongs to the words and vectors `wanted` describes."""
    if file.read(len(MAGIC)) != MAGIC:
        raise ValueError(f"{name}: no index of fastw2v's")
    line = file.readline(HEADER_BYTES)
    try:
        header = json.loads(line)
        length, found = header.pop("bytes"), header
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise ValueError(f"{name}: the index is damaged; make it again") from None
    left = os.fstat(file.fileno()).st_size - file.tell() - DIGEST_BYTES
    if length != left:
        raise ValueError(f"{name}: the index is damaged or cut short: {left} bytes; make it again")
    if found != wanted:
        differing = next((key for key in wanted if found.get(key) != wanted[key]), "vectors")
        raise ValueError(f"{name}: the index of other words or vectors ({differing} differ)")
    digest, content = file.read(DIGEST_BYTES), file.read()
    if hashlib.sha256(content).digest() != digest:
        raise ValueError(f"{name}: the index is damaged: its checksum differs; make it again")
    return content
