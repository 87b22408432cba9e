"""What is computed from measured numbers: medians and ranges, ratios pair by pair, and when a score is reached.

Nothing here measures, prints or reads files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean, median
from typing import NamedTuple


class Summary(NamedTuple):
    """The middle and the ends of some numbers."""

    median: float
    low: float
    high: float

    def told(self, form: str = ",.2f") -> str:
        """Such as "6.00 (5.90 to 6.20)", and one number alone where there is but one."""
        if self.low == self.high:
            return f"{self.median:{form}}"
        return f"{self.median:{form}} ({self.low:{form}} to {self.high:{form}})"


def summary(values: Sequence[float]) -> Summary:
    """Median, least and greatest; ValueError if there are none."""
    if not values:
        raise ValueError("there is nothing to summarize")
    return Summary(median(values), min(values), max(values))


def mean_and_range(values: Sequence[float]) -> Summary:
    """As `summary`, with the mean in the place of the median."""
    return Summary(mean(values), min(values), max(values))


def ratios(ours: Sequence[float], theirs: Sequence[float], *, lower_is_better: bool = False) -> list[float]:
    """How many times better ours is, pair by pair: a machine whose speed drifts from round to round spoils none."""
    pairs = zip(ours, theirs, strict=True)
    return [other / own if lower_is_better else own / other for own, other in pairs]


class Point(NamedTuple):
    """What some epochs of one system come to, over its seeds."""

    epochs: int
    seconds: float  # median
    similarity: float  # mean
    analogies: float  # mean


def points(runs: Sequence[Mapping[str, float]]) -> list[Point]:
    """A point for each number of epochs among the runs, fewest first."""
    found = []
    for epochs in sorted({int(run["epochs"]) for run in runs}):
        of = [run for run in runs if run["epochs"] == epochs]
        similarity, analogies = (mean(run[figure] for run in of) for figure in ("similarity", "analogies"))
        found.append(Point(epochs, median(run["train_seconds"] for run in of), similarity, analogies))
    return found


def reaching(ours: Sequence[Point], target: Point) -> Point | None:
    """Our fewest epochs whose two mean scores are no lower than the target's; None if no number of them is enough."""
    enough = [p for p in ours if p.similarity >= target.similarity and p.analogies >= target.analogies]
    return min(enough, key=lambda point: point.epochs, default=None)


def progress_seconds(stamps: Sequence[tuple[float, float]]) -> float:
    """Seconds that the whole training takes, of (time, percent done) as a program told them.

    What comes before the first and after the last, such as counting words and writing vectors, is left out; what
    lies between them is taken for the whole.
    """
    least_percents = 50.0  # of the training that must have been seen, or its rate is a guess
    if len(stamps) < 2 or stamps[-1][1] - stamps[0][1] < least_percents:
        raise ValueError("the program told too little of its progress to time it: give it a larger corpus")
    (begin, first), (end, last) = stamps[0], stamps[-1]
    return (end - begin) * 100.0 / (last - first)
