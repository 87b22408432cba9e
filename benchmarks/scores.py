"""How good vectors are: Spearman's rho with people's judgement of similarity, and analogies answered by 3CosAdd.

A folder holds the questions: similarity files *.tsv (word, word and people's score, separated by tabs) and analogy
files questions*.txt (four words a line; lines that begin with ":" name sections). Case does not matter, and what has a
word that the vectors do not know is left out.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from copy import copy
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import spearmanr

from fastw2v import KeyedVectors

TOP = 30_000  # most frequent words, from which analogies and their answers are taken
BLOCK = 512  # questions of one matrix product
LEAST_LENGTH = 1e-9  # what a vector is divided by at least: one that was never set is all zeros


class Scores(NamedTuple):
    """nan is what could not be measured, for too few words are known."""

    similarity: float  # mean of rho
    analogies: float  # share answered
    rho: dict[str, float]  # of each similarity file
    pairs: dict[str, int]  # known of each
    questions: int  # known


class Benchmarks:
    """The similarity and analogy files of a folder; ValueError if it lacks either or a line is not as it should be."""

    def __init__(self, folder: str) -> None:
        pairs, questions = sorted(Path(folder).glob("*.tsv")), sorted(Path(folder).glob("questions*.txt"))
        if not pairs or not questions:
            raise ValueError(f"{folder} must hold similarity files *.tsv and analogy files questions*.txt")
        self.pairs = {path.stem: [(a, b, float(score)) for a, b, score in _rows(path, 3, "\t")] for path in pairs}
        self.questions = [words for path in questions for words in _rows(path, 4, None)]

    def only_with(self, words: Container[str]) -> Benchmarks:
        """Of the similarity files the pairs with one of these words, in small letters; no analogies."""
        found = copy(self)
        found.pairs = {
            name: [(a, b, score) for a, b, score in pairs if a in words or b in words]
            for name, pairs in self.pairs.items()
        }
        found.questions = []
        return found

    def score(self, path: Path, order: Sequence[str] | None = None) -> Scores:
        """Of the vectors in a file.

        order: the text's words, most frequent first, which decide what analogies are taken from. Without it that is the
        file's order, but not every system writes its words so (w2v++), and some write what is no word ("</s>").
        """
        vectors = KeyedVectors.load(path)
        words = vectors.index_to_key
        rows = np.arange(len(words))
        if order is not None:
            index = vectors.key_to_index
            words = [word for word in order if word in index]
            rows = np.array([index[word] for word in words], np.intp)
        row: dict[str, int] = {}
        for i, word in enumerate(words):
            row.setdefault(word.lower(), i)
        units = vectors.vectors[rows] / np.maximum(vectors.norms[rows], LEAST_LENGTH)[:, None]
        rho, pairs = {}, {}
        for name, rows in self.pairs.items():
            known = [(row[a], row[b], score) for a, b, score in rows if a in row and b in row]
            pairs[name], rho[name] = len(known), _rho(units, known)
        asked = [ids for words in self.questions if max(ids := [row.get(word, TOP) for word in words]) < TOP]
        return Scores(float(np.mean(list(rho.values()))), _answered(units[:TOP], asked), rho, pairs, len(asked))


def _rows(path: Path, count: int, separator: str | None) -> list[list[str]]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith(":"):
            found.append(line.lower().split(separator))
            if len(found[-1]) != count:
                raise ValueError(f"{path}, line {number}: {len(found[-1])} fields, but must be {count}")
    return found


def _rho(units: np.ndarray, known: list[tuple[int, int, float]]) -> float:
    if len(known) < 2:
        return float("nan")
    first, second, human = map(np.array, zip(*known, strict=True))
    return float(spearmanr(np.einsum("ij,ij->i", units[first], units[second]), human).statistic)


def _answered(units: np.ndarray, asked: list[list[int]]) -> float:
    """The share of questions (a, b, c, d) where d is the word nearest to b - a + c, not counting a, b and c."""
    if not asked:
        return float("nan")
    right = 0
    for start in range(0, len(asked), BLOCK):
        ids = np.array(asked[start : start + BLOCK])
        a, b, c, d = ids.T
        cosines = (units[b] - units[a] + units[c]) @ units.T
        np.put_along_axis(cosines, ids[:, :3], -np.inf, axis=1)
        right += int(np.count_nonzero(cosines.argmax(axis=1) == d))
    return right / len(asked)
