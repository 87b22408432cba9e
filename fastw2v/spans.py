"""Who trains which blocks of an epoch: every block once, whoever is slow or lost.

Places are numbers of nodes, whichever machine stands there. Nothing is trained or sent here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["EpochPlan", "Span"]


class Span(NamedTuple):
    """Blocks first..last of a piece."""

    piece: int
    first: int
    last: int

    @property
    def blocks(self) -> int:
        """How many."""
        return self.last - self.first

    def cut(self, blocks: int) -> tuple[Span, Span]:
        """The first blocks, and the others."""
        middle = self.first + blocks
        return Span(self.piece, self.first, middle), Span(self.piece, middle, self.last)


class EpochPlan:
    """What is left of an epoch, by place. left: spans that are not trained yet, piece p at home at place p % places."""

    def __init__(self, places: int, left: Iterable[Span]) -> None:
        self._left: list[list[Span]] = [[] for _ in range(places)]
        for span in left:
            if span.blocks:
                self._left[span.piece % places].append(span)

    @classmethod
    def whole(cls, places: int, blocks: Sequence[int]) -> EpochPlan:
        """All of an epoch; blocks: of each piece."""
        return cls(places, [Span(piece, 0, count) for piece, count in enumerate(blocks)])

    @property
    def left(self) -> list[Span]:
        """What is not trained and not taken, in order."""
        return sorted(span for spans in self._left for span in spans)

    def blocks_left(self, place: int | None = None) -> int:
        """How many blocks that is, of one place or all."""
        chosen = self._left if place is None else [self._left[place]]
        return sum(span.blocks for spans in chosen for span in spans)

    def take(self, place: int, blocks: int) -> list[Span]:
        """The next blocks for a node: those at home there; when they are gone, the last ones of the place that has most
        left, so that nobody waits for the slow."""
        found: list[Span] = []
        while blocks > 0 and self.blocks_left():
            mine = self._left[place]
            if mine:
                span, rest = mine[0].cut(min(blocks, mine[0].blocks))
                mine[:1] = [rest] if rest.blocks else []
            else:
                richest = max(range(len(self._left)), key=self.blocks_left)
                theirs = self._left[richest]
                keep, span = theirs[-1].cut(theirs[-1].blocks - min(blocks, theirs[-1].blocks))
                theirs[-1:] = [keep] if keep.blocks else []
            found.append(span)
            blocks -= span.blocks
        return found

    def give_back(self, spans: Iterable[Span]) -> None:
        """What was taken and is not trained."""
        for span in spans:
            if span.blocks:
                home = self._left[span.piece % len(self._left)]
                home.append(span)
                home.sort()

    @staticmethod
    def before(spans: Sequence[Span], blocks: int) -> list[Span]:
        """The first blocks of spans."""
        found = []
        for span in spans:
            done = min(blocks, span.blocks)
            blocks -= done
            if done:
                found.append(span.cut(done)[0])
        return found

    @staticmethod
    def behind(spans: Sequence[Span], blocks: int) -> list[Span]:
        """What is left of spans whose first blocks are trained."""
        rest = []
        for span in spans:
            done = min(blocks, span.blocks)
            blocks -= done
            if done < span.blocks:
                rest.append(span.cut(done)[1])
        return rest
