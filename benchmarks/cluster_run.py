"""How a whole run on a cluster goes, on paper: its rounds, the longer the farther they are from its begin.

What one round takes is cluster_model.py's. docs/scaling.md has the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from fastw2v import exchanges

from .cluster_model import Costs, Place, Round, round_of
from .cluster_rows import Rows

NEAR = 1.001  # so many times as long as it must be, at most, is a round with which combining takes its share


class Stage(NamedTuple):
    """Rounds that are alike and follow each other."""

    rounds: float
    of: Round


@dataclass(frozen=True)
class Training:
    """So many words in one epoch, by two or more nodes, in rounds that are adapted so that combining takes `share` of
    the time."""

    rows: Rows
    words: float
    nodes: int
    costs: Costs
    place: Place
    share: float = 0.1

    def round_of(self, words: float) -> Round:
        """One in which each node trains so many."""
        return round_of(self.rows, self.nodes, words, self.costs, self.place)

    def most_words(self, done: float) -> float:
        """The package's rule."""
        return float(exchanges.most_words(int(done), self.nodes))

    def wanted_words(self) -> float:
        """The fewest with which combining takes its share, as far as there are such rounds in this run."""
        low, high = float(exchanges.LEAST_WORDS), self.most_words(self.words)
        if self.round_of(low).communication <= self.share:
            return low
        while high > NEAR * low:
            middle = (low * high) ** 0.5
            if self.round_of(middle).communication <= self.share:
                high = middle
            else:
                low = middle
        return high

    def lengths(self) -> list[tuple[float, float]]:
        """Rounds, and words of each node in each of them, from the run's begin to its end."""
        found, done, wanted = [], 0.0, self.wanted_words()
        while self.words - done >= 1:
            words = min(wanted, self.most_words(done))
            left = (self.words - done) / (words * self.nodes)
            rounds = left if words == wanted else min(1.0, left)
            found.append((rounds, words))
            done += rounds * words * self.nodes
        return found

    @cached_property
    def stages(self) -> list[Stage]:
        """The whole run."""
        return [Stage(rounds, self.round_of(words)) for rounds, words in self.lengths()]

    @property
    def rounds(self) -> float:
        """How many there are."""
        return sum(rounds for rounds, _ in self.stages)

    @property
    def longest(self) -> Round:
        """That with the most words."""
        return max(of for _, of in self.stages)

    @property
    def seconds(self) -> float:
        """Of the run."""
        return sum(rounds * (of.train_seconds + of.sync_seconds) for rounds, of in self.stages)

    @property
    def efficiency(self) -> float:
        """The part of them in which nodes train."""
        return sum(rounds * of.train_seconds for rounds, of in self.stages) / self.seconds

    @property
    def sent_bytes(self) -> float:
        """Of each node."""
        return sum(rounds * of.sent_bytes for rounds, of in self.stages)
