"""Judging vectors by files of what people think of words: one model, or two compared item by item.

Each kind of file has its own module: word_pairs.py, analogies.py, categories.py, outliers.py. Results are printed by
evaluation_reports.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastw2v.analogies import METHODS, right_answers, score_analogies
from fastw2v.bootstrap import Resampling
from fastw2v.categories import in_majority, score_categories
from fastw2v.correlation import spearman
from fastw2v.evaluation_files import (
    KINDS,
    READERS,
    AnalogyFile,
    AnyFile,
    CategoryFile,
    OutlierFile,
    PairFile,
    kind_of_file,
)
from fastw2v.evaluation_results import Comparison, Result, share
from fastw2v.evaluation_words import RESTRICT_VOCAB, KnownWords
from fastw2v.outliers import outlier_positions, score_outliers
from fastw2v.queries import Queries
from fastw2v.short import short
from fastw2v.word_pairs import SIMILARITY, pair_similarities, score_pairs

__all__ = ["Asking", "compare", "evaluate", "scores"]

PathLike = str | os.PathLike[str]
Files = PathLike | AnyFile | Sequence[PathLike | AnyFile]
Flags = NDArray[np.bool_]

BOOTSTRAP, MCNEMAR = "paired bootstrap", "McNemar, exact"


@dataclass(frozen=True)
class Asking:
    """How a model is asked.

    kind: of the files, among KINDS; None recognises each by its content.
    restrict_vocab: only so many words from the top of the vocabulary are looked at; None: all.
    case_insensitive: words that differ in case only are one, the first of them.
    dummy4unknown: what has an unknown word counts as similarity 0 or as wrong, instead of being left out.
    similarity, search: functions, or names of the vectors' methods, for pairs and for analogies; see word_pairs.py and
        analogies.py.
    resampling: of the intervals; its seed is that of clusters too.
    workers: threads, None for all cores this process may use.
    encoding: of the files.
    """

    kind: str | None = None
    restrict_vocab: int | None = RESTRICT_VOCAB
    case_insensitive: bool = True
    dummy4unknown: bool = False
    similarity: str | Callable[[str, str], float] = SIMILARITY
    search: str | Callable[..., Any] = "most_similar"
    resampling: Resampling = field(default_factory=Resampling)
    workers: int | None = None
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(
                f"kind is {short(self.kind)}, but must be one of {', '.join(KINDS)}, or None to recognise it"
            )

    def known(self, vectors: Queries) -> KnownWords:
        """The words of a model that are looked at."""
        return KnownWords(vectors, self.restrict_vocab, self.case_insensitive)

    def read(self, files: Files) -> list[AnyFile]:
        """Files of the kind that was told or recognised; those that were read already stay as they are."""
        listed = [files] if isinstance(files, (str, os.PathLike, AnyFile)) else files
        return [file if isinstance(file, AnyFile) else self._read_one(file) for file in listed]

    def _read_one(self, path: PathLike) -> AnyFile:
        if self.kind is not None:
            return READERS[self.kind](path, encoding=self.encoding)
        kind = kind_of_file(path, encoding=self.encoding)
        try:
            return READERS[kind](path, encoding=self.encoding)
        except ValueError as error:
            raise ValueError(f"{error}; most of its lines are of the kind {kind!r}") from None


def evaluate(vectors: Queries, files: Files, asking: Asking | None = None) -> list[Result]:
    """The result of each file, in their order. All are read, as `asking.read` does it, before any is asked.

    Raises
    ------
    ValueError: a file that is not as its kind should be, with its line; OSError: one that cannot be read.
    """
    asking = asking or Asking()
    read = asking.read(files)
    known = asking.known(vectors)
    return [_result(known, file, asking, asking.resampling) for file in read]


def scores(vectors: Queries, files: Files, asking: Asking | None = None) -> dict[str, float]:
    """By file its one number, as `evaluate` gives it, without intervals: Spearman's rho, accuracy or purity; nan where
    nothing of a file is known."""
    asking = asking or Asking()
    read = asking.read(files)
    known = asking.known(vectors)
    return {file.name: _result(known, file, asking, None).score for file in read}


def _result(known: KnownWords, file: AnyFile, asking: Asking, resampling: Resampling | None) -> Result:
    if isinstance(file, PairFile):
        return score_pairs(known, file, asking.similarity, asking.dummy4unknown, resampling)
    if isinstance(file, AnalogyFile):
        return score_analogies(known, file, asking.search, asking.dummy4unknown, resampling, workers=asking.workers)
    if isinstance(file, CategoryFile):
        return score_categories(known, file, resampling)
    return score_outliers(known, file, asking.dummy4unknown, resampling)


def compare(first: Queries, second: Queries, files: Files, asking: Asking | None = None) -> list[Comparison]:
    """Two models on the same items of each file: those that both know.

    Similarity files: the difference of Spearman's rho by the paired bootstrap. All others: the difference of the shares
    that are right, with McNemar's exact test. `dummy4unknown` plays no part. Errors are those of `evaluate`.
    """
    asking = asking or Asking()
    read = asking.read(files)
    models = asking.known(first), asking.known(second)
    return [_comparison(models, file, asking) for file in read]


def _comparison(models: tuple[KnownWords, KnownWords], file: AnyFile, asking: Asking) -> Comparison:
    if isinstance(file, PairFile):
        kind, measure, test = "similarity", "spearman", BOOTSTRAP
        one, other = (pair_similarities(known, file, asking.similarity) for known in models)
        both = ~(np.isnan(one) | np.isnan(other))
        gold = np.array(file.scores)[both]
        first, second = (spearman(gold, ours[both]).statistic for ours in (one, other))
        difference = asking.resampling.spearman_difference(gold, one[both], other[both])
    else:
        kind, measure, (one_known, one_right), (other_known, other_right) = _rightness(models, file, asking)
        test, both = MCNEMAR, one_known & other_known
        first, second = (share(int(right[both].sum()), int(both.sum())) for right in (one_right, other_right))
        difference = asking.resampling.share_difference(one_right[both], other_right[both])
    return Comparison(
        file.name,
        kind,
        measure,
        first,
        second,
        difference.value,
        difference.interval,
        difference.pvalue,
        test,
        int(both.sum()),
        len(both),
    )


def _rightness(
    models: tuple[KnownWords, KnownWords], file: AnyFile, asking: Asking
) -> tuple[str, str, tuple[Flags, Flags], tuple[Flags, Flags]]:
    """The kind of a file, its measure, and for both models which items are known and which of them are right."""
    if isinstance(file, AnalogyFile):
        search = asking.search
        measure = METHODS.get(search, search) if isinstance(search, str) else "accuracy"
        one, other = (right_answers(known, file, search, asking.workers) for known in models)
        return "analogies", measure, one, other
    if isinstance(file, CategoryFile):
        one, other = (in_majority(known, file, asking.resampling.seed) for known in models)
        return "categories", "purity", one, other
    assert isinstance(file, OutlierFile)
    one, other = ((~np.isnan(at), at == 1.0) for at in (outlier_positions(known, file) for known in models))
    return "outliers", "accuracy", one, other
