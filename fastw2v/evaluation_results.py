"""What evaluations come to: a frozen class for each kind of test, with its figures as a dict and as rows of a table.

Nothing is computed here but shares of counts; how rows are printed stands in evaluation_reports.py.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from fastw2v.bootstrap import Interval
from fastw2v.correlation import Correlation

__all__ = [
    "AnalogyResult",
    "CategoryResult",
    "Comparison",
    "OutlierResult",
    "Result",
    "Row",
    "SectionScore",
    "SimilarityResult",
    "share",
]

# Sections of Google's analogy file that are about grammar are named so; the others are about the world.
SYNTACTIC = "gram"


class Row(NamedTuple):
    """A line of a table of results; None where a kind of test has no such figure."""

    file: str
    section: str
    measure: str
    score: float
    low: float | None
    high: float | None
    pvalue: float | None
    known: int
    total: int


def share(part: int, whole: int) -> float:
    """part / whole, nan of nothing."""
    return part / whole if whole else float("nan")


@dataclass(frozen=True)
class SimilarityResult:
    """A similarity file: correlation of cosines with people's scores over the `known` of `total` pairs, an interval of
    Spearman's rho. With dummy4unknown pairs of unknown words have been scored too, as 0."""

    file: str
    spearman: Correlation
    pearson: Correlation
    interval: Interval
    known: int
    total: int
    kind: str = "similarity"

    @property
    def score(self) -> float:
        """Spearman's rho."""
        return self.spearman.statistic

    @property
    def coverage(self) -> float:
        """The share of pairs whose words are both known."""
        return share(self.known, self.total)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "file": self.file,
            "kind": self.kind,
            "spearman": self.spearman._asdict(),
            "pearson": self.pearson._asdict(),
            "interval": self.interval._asdict(),
            "known": self.known,
            "total": self.total,
            "coverage": self.coverage,
        }

    def rows(self, sections: bool = False) -> list[Row]:
        """Spearman's rho and Pearson's r."""
        rho, r = self.spearman, self.pearson
        return [
            Row(self.file, "", "spearman", rho.statistic, *self.interval, rho.pvalue, self.known, self.total),
            Row(self.file, "", "pearson", r.statistic, None, None, r.pvalue, self.known, self.total),
        ]


@dataclass(frozen=True)
class SectionScore:
    """`correct` of the `asked` questions, and how many of its `total` questions have known words only."""

    section: str
    correct: int
    asked: int
    known: int
    total: int

    @property
    def accuracy(self) -> float:
        """The share of questions answered."""
        return share(self.correct, self.asked)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "accuracy": self.accuracy}


def together(name: str, sections: list[SectionScore]) -> SectionScore:
    """Several sections as one."""
    counts = [sum(getattr(s, of) for s in sections) for of in ("correct", "asked", "known", "total")]
    return SectionScore(name, *counts)


@dataclass(frozen=True)
class AnalogyResult:
    """An analogy file, answered by 3CosAdd or 3CosMul (`method`); an interval of the whole file's accuracy."""

    file: str
    method: str
    sections: tuple[SectionScore, ...]
    interval: Interval
    kind: str = "analogies"

    @property
    def score(self) -> float:
        """The accuracy."""
        return self.accuracy

    @property
    def total(self) -> SectionScore:
        """All sections as one."""
        return together("total", list(self.sections))

    @property
    def halves(self) -> tuple[SectionScore, ...]:
        """The semantic and the syntactic sections of a file that, as Google's, has both; else nothing."""
        parts: dict[bool, list[SectionScore]] = {False: [], True: []}
        for section in self.sections:
            parts[section.section.startswith(SYNTACTIC)].append(section)
        return (together("semantic", parts[False]), together("syntactic", parts[True])) if all(parts.values()) else ()

    @property
    def accuracy(self) -> float:
        """The share of all questions answered."""
        return self.total.accuracy

    @property
    def coverage(self) -> float:
        """The share of questions whose four words are known."""
        return share(self.total.known, self.total.total)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "file": self.file,
            "kind": self.kind,
            "method": self.method,
            "accuracy": self.accuracy,
            "interval": self.interval._asdict(),
            **{count: getattr(self.total, count) for count in ("correct", "asked", "known", "total")},
            "coverage": self.coverage,
            "halves": [half.as_dict() for half in self.halves],
            "sections": [section.as_dict() for section in self.sections],
        }

    def rows(self, sections: bool = False) -> list[Row]:
        """The whole file, its halves, and with `sections` each of these."""
        parts = [*self.halves, *(self.sections if sections else ())]
        whole = self.total
        return [
            Row(self.file, "", self.method, whole.accuracy, *self.interval, None, whole.known, whole.total),
            *(Row(self.file, s.section, self.method, s.accuracy, None, None, None, s.known, s.total) for s in parts),
        ]


@dataclass(frozen=True)
class CategoryResult:
    """A category file: the purity of as many clusters as there are `categories`, over its known words."""

    file: str
    purity: float
    interval: Interval
    categories: int
    known: int
    total: int
    kind: str = "categories"

    @property
    def score(self) -> float:
        """The purity."""
        return self.purity

    @property
    def coverage(self) -> float:
        """The share of words that are known."""
        return share(self.known, self.total)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "interval": self.interval._asdict(), "coverage": self.coverage}

    def rows(self, sections: bool = False) -> list[Row]:
        """Purity."""
        return [Row(self.file, "", "purity", self.purity, *self.interval, None, self.known, self.total)]


@dataclass(frozen=True)
class OutlierResult:
    """An outlier test: the share of outliers found (`accuracy`), and how far down they stood on average (`opp`)."""

    file: str
    accuracy: float
    opp: float
    accuracy_interval: Interval
    opp_interval: Interval
    known: int
    total: int
    kind: str = "outliers"

    @property
    def score(self) -> float:
        """The accuracy."""
        return self.accuracy

    @property
    def coverage(self) -> float:
        """The share of outliers that are known, and with them at least two words of their set."""
        return share(self.known, self.total)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        intervals = {name: getattr(self, name)._asdict() for name in ("accuracy_interval", "opp_interval")}
        return {**asdict(self), **intervals, "coverage": self.coverage}

    def rows(self, sections: bool = False) -> list[Row]:
        """Accuracy and outlier position percentage, both as shares."""
        return [
            Row(self.file, "", "accuracy", self.accuracy, *self.accuracy_interval, None, self.known, self.total),
            Row(self.file, "", "opp", self.opp, *self.opp_interval, None, self.known, self.total),
        ]


Result = SimilarityResult | AnalogyResult | CategoryResult | OutlierResult


@dataclass(frozen=True)
class Comparison:
    """Two models on the `used` items of a file that both know: scores by `measure`, second minus first with its
    interval, and the p-value of their being equally good by `test`."""

    file: str
    kind: str
    measure: str
    first: float
    second: float
    difference: float
    interval: Interval
    pvalue: float
    test: str
    used: int
    total: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "interval": self.interval._asdict()}
