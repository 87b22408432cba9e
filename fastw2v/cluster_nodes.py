"""The nodes of a run as one: matrices given to all, combined and fetched, lost nodes replaced.

How calls travel is the fleet's business, which rows become what combining.py's. What the nodes train, and when they are
combined, is cluster_rounds.py's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from fastw2v.exchanges import Exchange, Slice, exchanges_of
from fastw2v.fleet import Fleet, NodeLostError, Ref
from fastw2v.text_work import Matrix

__all__ = ["AllNodesLostError", "ClusterNodes"]

logger = logging.getLogger("fastw2v")

SILENT_SECONDS = 10.0  # that nodes are waited for before they are asked whether they live
MOST_TRIES = 20  # to combine rows while nodes are lost one after the other


class AllNodesLostError(NodeLostError):
    """No node is left that has the state of the run."""


class ClusterNodes:
    """start(place): sends a node all that it needs before its matrices are filled. matrices: the driver's inputs and
    outputs, from which nodes are filled at first and which `bring` fills; width: of a row, numbers that count.
    on_whole(places): called when these nodes have had all their rows combined; on_lost(place): when one is found lost.

    A node that could not take combined rows which another one took is given up, like one that is lost: what the nodes
    have in common is another thing now.
    """

    def __init__(
        self,
        fleet: Fleet,
        start: Callable[[int], Any],
        matrices: tuple[Matrix, Matrix],
        width: int,
        on_whole: Callable[[list[int]], object],
        on_lost: Callable[[int], object],
    ) -> None:
        self.fleet, self.places = fleet, fleet.places
        self._start, self._matrices, self._width = start, matrices, width
        self._on_whole, self._on_lost = on_whole, on_lost
        self._rows = [len(matrix) for matrix in matrices]
        self.lost: set[int] = set()
        self.traffic = self.combined = self.replaced = 0

    # Matrices to and from the driver

    def fill(self) -> None:
        """Gives all nodes the driver's matrices."""
        every = range(self.places)
        waiting = [self._start(place) for place in every]
        for piece in self._all_slices():
            rows = self.fleet.share(self._matrices[piece.matrix][piece.start : piece.stop, : self._width])
            waiting += [self.fleet.send(place, "fill", piece, rows) for place in every]
            self._all(waiting)
            waiting = []
        self._all(waiting + [self.fleet.send(place, "join", place, self.places) for place in every])

    def bring(self) -> None:
        """Fills the driver's matrices; nodes have combined theirs."""
        for piece in self._all_slices():
            self._matrices[piece.matrix][piece.start : piece.stop, : self._width] = self._fetched(piece)

    def _fetched(self, piece: Slice) -> Matrix:
        """Rows from any node; all have the same."""
        while True:
            place = self._alive()[0]
            found = self._results({place: self.fleet.send(place, "rows", piece)})
            if place in found:
                rows: Matrix = found[place]
                return rows
            self.note_lost()

    def _all_slices(self) -> list[Slice]:
        return [piece for exchange in exchanges_of(self._rows, self._width) for piece in exchange]

    # Who is there

    def _results(self, refs: Mapping[int, Ref]) -> dict[int, Any]:
        """The values that are there, by place, once all are there or lost: no call is left under way. Who hangs is
        given up, and others may wait for what it should have sent."""
        while len(self.fleet.wait(refs.values(), SILENT_SECONDS)) < len(refs):
            for place in self.fleet.lost():
                self.fleet.kill(place)
        values = {}
        for place, ref in refs.items():
            try:
                values[place] = self.fleet.get(ref)
            except NodeLostError:
                continue
        return values

    def _all(self, refs: Sequence[Ref]) -> None:
        """Waits for all; NodeLostError only then."""
        if len(self._results(dict(enumerate(refs)))) < len(refs):
            raise NodeLostError("a node is lost")

    def _alive(self) -> list[int]:
        """The places whose nodes have the state of the run."""
        alive = [place for place in range(self.places) if place not in self.lost]
        if not alive:
            raise AllNodesLostError("all nodes are lost")
        return alive

    def note_lost(self) -> None:
        """Finds out who is gone; AllNodesLostError if nobody is left."""
        for place in self.fleet.lost() - self.lost:
            logger.warning("node %d is lost; what it trained since all rows were combined is trained again", place)
            self.lost.add(place)
            self._on_lost(place)
        self._alive()

    def replace_lost(self) -> None:
        """New nodes for those lost, filled from one that is left; the nodes have combined their rows."""
        while self.lost:
            try:
                source = self._alive()[0]
                for place in sorted(self.lost):
                    self.fleet.replace(place)
                    self.replaced += 1
                    self._all([self._start(place)])
                    for piece in self._all_slices():
                        rows = self.fleet.send(source, "rows", piece)
                        self._all([self.fleet.send(place, "fill", piece, rows)])
                self._all([self.fleet.send(place, "join", place, self.places) for place in range(self.places)])
                self.lost.clear()
            except NodeLostError:
                # A new node that is lost at once is among those that are lost still.
                self.note_lost()

    def expect(self, places: Collection[int]) -> None:
        """These nodes have answered; others are lost, or given up: whatever they have trained must not be combined."""
        missing = [place for place in self._alive() if place not in places]
        if missing:
            self.note_lost()
            for place in missing:
                if place not in self.lost:
                    self.fleet.kill(place)
            self.note_lost()

    # Combining

    def combine(self) -> None:
        """All nodes get the same rows."""
        if self.places == 1:
            return
        for _ in range(MOST_TRIES):
            try:
                self._combine_all()
            except NodeLostError:
                self.note_lost()
            else:
                return
        raise AllNodesLostError("rows cannot be combined, though nodes are there")

    def _combine_all(self) -> None:
        for exchange in exchanges_of(self._rows, self._width):
            self._exchange(exchange)
        self.combined += 1
        self._on_whole(self._alive())

    def _exchange(self, exchange: Exchange) -> None:
        """Of the nodes that are left; NodeLostError: nothing of it was changed anywhere."""
        alive = self._alive()
        parts = {place: self.fleet.send(place, "parts", exchange, returns=self.places) for place in alive}
        combined = []
        for owner in range(self.places):
            given = [parts[place][owner] for place in alive]
            if owner in self.lost:
                # What its rows had in common before is lost with it.
                combined.append(self.fleet.send(alive[owner % len(alive)], "mean", *given))
            else:
                combined.append(self.fleet.send(owner, "combine", exchange, *given))
        traffic = self._results({place: self.fleet.send(place, "take", exchange, *combined) for place in alive})
        self.traffic += sum(traffic.values())
        if traffic:
            self.expect(traffic)
        else:
            self.note_lost()
            self._results({place: self.fleet.send(place, "drop") for place in self._alive()})
            raise NodeLostError("rows were lost before a node took them")
