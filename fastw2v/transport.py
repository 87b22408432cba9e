"""Word Mover's Distance: what it costs to move the words of one text to those of another.

The transport problem itself is solved by POT, an extra; this file only states it. Texts are lists of words already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from fastw2v.optional import optional
from fastw2v.word_table import WordTable

__all__ = ["wmdistance"]


def wmdistance(wv: WordTable, document1: Iterable[str], document2: Iterable[str], norm: bool = True) -> float:
    """The least total distance that the words of one document travel to become the other's, gensim's wmdistance.

    Each known word of a document weighs its share of the document's known words, and a unit of weight that moves from
    word a to word b costs |v_a - v_b|, the Euclidean distance of their vectors (Kusner et al., 2015, "From Word
    Embeddings To Document Distances"). Unknown words are left out. The result is symmetric, 0 for the same known words
    in the same shares, and infinite where a document has no known word.

    Parameters
    ----------
    norm: vectors are scaled to length 1 first, so that the distance is at most 2; False takes them as they are.

    Raises
    ------
    ImportError: POT is not installed.
    """
    for document in (document1, document2):
        if isinstance(document, str):
            raise TypeError(f"a document must be a list of words, not the text {document[:40]!r}; use text.split()")
    first, second = (_bag(wv, document) for document in (document1, document2))
    if not first or not second:
        return float("inf")
    if first == second:
        return 0.0
    emd2 = optional("ot", "wmdistance", "'fastw2v[wmd]'").emd2
    (rows1, weights1), (rows2, weights2) = (_rows_and_weights(wv, bag, norm) for bag in (first, second))
    return float(emd2(weights1, weights2, _distances(rows1, rows2)))


def _bag(wv: WordTable, document: Iterable[str]) -> dict[int, float]:
    """The share of each known word, by row."""
    counts = Counter(wv.get_index(word) for word in document if word in wv)
    total = sum(counts.values())
    return {row: number / total for row, number in counts.items()}


def _rows_and_weights(
    wv: WordTable, bag: dict[int, float], norm: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    chosen = np.fromiter(bag, np.intp, len(bag))
    rows = wv.vectors[chosen].astype(np.float64)
    if norm:
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        rows /= np.where(lengths > 0, lengths, 1)
    return rows, np.fromiter(bag.values(), np.float64, len(bag))


def _distances(rows1: NDArray[np.float64], rows2: NDArray[np.float64]) -> NDArray[np.float64]:
    """Euclidean distances of all pairs, (rows1, rows2).

    Differences, not |a|^2 + |b|^2 - 2ab: that loses half the digits of short distances.
    """
    distances = np.empty((len(rows1), len(rows2)))
    for row, vector in zip(distances, rows1, strict=True):
        np.sqrt(np.square(rows2 - vector).sum(axis=1), out=row)
    return distances
