"""The nodes of a run as one: matrices given to all, combined and fetched, lost nodes replaced.

How calls travel is the fleet's business, which rows become what combining.py's. What the nodes train, and when they are
combined, is cluster_rounds.py's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from fastw2v.combining import Slice, slices_of
from fastw2v.fleet import Fleet, NodeLostError
from fastw2v.text_work import Matrix

__all__ = ["HOT_SHARE", "AllNodesLostError", "ClusterNodes"]

logger = logging.getLogger("fastw2v")

SLICE_BYTES = 64 << 20  # combined at a time: what a node holds of others' rows, beside its matrices
HOT_SHARE = 16  # the first rows, one of so many, are those of the most frequent words
MOST_TRIES = 20  # to combine rows while nodes are lost one after the other


class AllNodesLostError(NodeLostError):
    """No node is left that has the state of the run."""


class ClusterNodes:
    """start(place): sends a node all that it needs before its matrices are filled. matrices: the driver's inputs and
    outputs, from which nodes are filled at first and which `bring` fills; width: of a row, numbers that count.
    on_whole(places): called when these nodes have had all their rows combined; on_lost(place): when one is found lost.
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
        self.sent_bytes = self.combined = self.replaced = 0

    def fill(self) -> None:
        """Gives all nodes the driver's matrices."""
        every = range(self.places)
        waiting = [self._start(place) for place in every]
        for piece in self._slices(self._rows):
            rows = self.fleet.share(self._matrices[piece.matrix][piece.start : piece.stop, : self._width])
            waiting += [self.fleet.send(place, "fill", piece, rows) for place in every]
            self._all(waiting)
            waiting = []
        self._all(waiting + [self.fleet.send(place, "join", place, self.places) for place in every])

    def bring(self) -> None:
        """Combines all rows and fills the driver's matrices."""
        self.combine(whole=True)
        for piece in self._slices(self._rows):
            self._matrices[piece.matrix][piece.start : piece.stop, : self._width] = self._fetched(piece)

    def _fetched(self, piece: Slice) -> Matrix:
        """Rows from any node; all have the same."""
        while True:
            try:
                rows: Matrix = self.fleet.get(self.fleet.send(self._alive()[0], "rows", piece))
            except NodeLostError:
                self.note_lost()
            else:
                return rows

    def _slices(self, rows: Sequence[int]) -> list[Slice]:
        return slices_of(rows, self._width, SLICE_BYTES)

    def _all(self, refs: Sequence[Any]) -> list[Any]:
        """The values of all, once they are there; NodeLostError only then, so that no call is left under way."""
        values, error = [], None
        for ref in refs:
            try:
                values.append(self.fleet.get(ref))
            except NodeLostError as lost:
                error = lost
        if error is not None:
            raise error
        return values

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
        """New nodes for those lost, filled from one that is left; all rows are combined before."""
        while self.lost:
            try:
                self._combine_all(whole=True)
                source = self._alive()[0]
                for place in sorted(self.lost):
                    self.fleet.replace(place)
                    self.replaced += 1
                    self._all([self._start(place)])
                    for piece in self._slices(self._rows):
                        rows = self.fleet.send(source, "rows", piece)
                        self._all([self.fleet.send(place, "fill", piece, rows)])
                self._all([self.fleet.send(place, "join", place, self.places) for place in range(self.places)])
                self.lost.clear()
            except NodeLostError:
                # A new node that is lost at once is among those that are lost still.
                self.note_lost()

    def combine(self, *, whole: bool) -> None:
        """All nodes get the same rows: all of them, or the most frequent ones."""
        if self.places == 1:
            return
        for _ in range(MOST_TRIES):
            try:
                self._combine_all(whole or bool(self.lost))
            except NodeLostError:
                self.note_lost()
            else:
                return
        raise AllNodesLostError("rows cannot be combined, though nodes are there")

    def _combine_all(self, whole: bool) -> None:
        rows = self._rows if whole else [-(-count // HOT_SHARE) for count in self._rows]
        for piece in self._slices(rows):
            self._combine_slice(piece)
        self.combined += 1
        if whole:
            self._on_whole(self._alive())

    def _combine_slice(self, piece: Slice) -> None:
        """One slice, of the nodes that are left; NodeLostError: nothing of it was changed anywhere."""
        alive = self._alive()
        parts = {}
        for place in alive:
            sent = self.fleet.send(place, "parts", piece, returns=self.places)
            parts[place] = sent if isinstance(sent, list) else [sent]
        combined = []
        for owner in range(self.places):
            given = [parts[place][owner] for place in alive]
            if owner in self.lost:
                # What its rows had in common before is lost with it.
                combined.append(self.fleet.send(alive[owner % len(alive)], "mean", *given))
            else:
                combined.append(self.fleet.send(owner, "combine", piece, *given))
        staged = [self.fleet.send(place, "stage", *combined) for place in alive]
        try:
            self.sent_bytes += sum(self._all(staged))
        except NodeLostError:
            self.note_lost()
            self._all([self.fleet.send(place, "drop") for place in self._alive()])
            raise
        try:
            self._all([self.fleet.send(place, "commit", piece) for place in alive])
        except NodeLostError:
            # The others have taken it, and whoever is lost gets it with all else.
            self.note_lost()
