"""How the matrices of several nodes become one: rows that changed, how much each node's change counts, and their sum.

Three calls, an exchange of rows at a time: each node's `parts` go to the owners of the rows, the owners' `combine`
makes one row of each, and every node takes these with `take`. What carries them from node to node is not known here:
Ray (cluster_ray.py) or MPI (cluster_mpi.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v import kernels
from fastw2v.config import Config
from fastw2v.curvature import Curvature, curvatures
from fastw2v.exchanges import Exchange
from fastw2v.matrices import padded_width
from fastw2v.touches import Touches

__all__ = ["RULES", "Part", "Parts", "Replica"]

Matrix = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]

RULES = ("curvature", "touched", "plain")
# Of rows that changed though no word of the trained blocks is theirs: the neighbours of a block.
LEAST_TOUCHES = 1e-3
ARRIVED = 1e6  # so large a share of the way to its place goes a row whose moves are averaged, in one touch
OWNED_ROWS = 256  # that stand together: ownership goes round in such groups
HASHED_BYTES = 1 << 22  # at a time
# The curvature changes fast at first: it is found anew after a part of the rounds there were, or this many.
KEPT_PART, KEPT_MOST = 4, 16


class Part(NamedTuple):
    """Some rows: their numbers, ascending, how often the sender has touched each (Touches.of), and what they hold."""

    rows: Rows
    touches: npt.NDArray[np.float32]
    values: Matrix

    @property
    def nbytes(self) -> int:
        """What is sent."""
        return self.rows.nbytes + self.touches.nbytes + self.values.nbytes


Parts = tuple[Part, ...]  # of each slice of an exchange


class Replica:
    """One node's copy of the matrices, which training changes in place, and what is needed to combine it with others.

    A row of the inputs or outputs that nodes k have touched c_k times since all had b in common, and that is v_k there
    now, becomes, along each direction of curvature.py's,

        b + (1 - exp(-q C)) sum_k (c_k / C) (v_k - b) / (1 - exp(-q c_k)),   C = sum_k c_k.

    After c touches a row has gone the share 1 - exp(-q c) of its way to the place where its gradient vanishes. Divided
    by that, each node's move tells where this place is; all nodes' touches together would have gone the share of all of
    them. So directions in which rows have hardly moved get the sum of the nodes' changes, as if one node had trained it
    all, and those in which rows have found their place get the mean, weighted by touches. q = share * rate, and a touch
    of an output row counts as much as the row's slope (touches.py). The rules
    "touched" (that mean alone) and "plain" (of all nodes, whether they touched the row or not) are there to be compared
    with it.

    inputs, outputs: padded as matrices.py says; width: numbers of a row that count.
    """

    def __init__(
        self,
        config: Config,
        counts: npt.NDArray[np.int64],
        inputs: Matrix,
        outputs: Matrix,
        rule: str = RULES[0],
    ) -> None:
        from fastw2v import _kernels

        self.matrices = (inputs, outputs)
        self.width, self.rule, self.rate = config.vector_size, rule, config.alpha
        self.touches = Touches(config, counts, len(outputs))
        self.config = config
        self._kernel = _kernels.named(kernels.resolve(config.kernel))
        self._keys = np.random.default_rng(1).integers(1, 1 << 63, inputs.shape[1] // 2, np.uint64) * 2 + 1
        self._curvatures: tuple[Curvature, Curvature] | None = None
        self._rounds = self._found_at = 0
        self._new: list[tuple[int, Rows, Matrix]] = []
        self._traffic = 0
        self._common: list[Matrix] = []

    def join(self, owner: int, owners: int) -> None:
        """From now on `owners` nodes are combined, this one being number `owner`; their matrices are the same now."""
        from fastw2v._combining import pick_rows

        self.owner, self.owners = owner, owners
        # What was in common before goes first: it is as large as what comes.
        self._common.clear()
        self._hashes = [self._hash(matrix) for matrix in self.matrices]
        # One node has nobody to have anything in common with.
        for matrix in self.matrices if owners > 1 else ():
            mine = np.flatnonzero(self._owner_of(np.arange(len(matrix), dtype=np.int32)) == owner).astype(np.int32)
            self._common.append(pick_rows(matrix, mine, self.width))
        self.drop()
        for number in range(2):
            self.touches.forget(number, slice(None))

    def will_train(self, rate: float) -> None:
        """The matrices are trained next, at about this rate."""
        self.rate = rate
        self._rounds += 1

    def _owner_of(self, rows: Rows) -> Rows:
        return rows // OWNED_ROWS % self.owners

    def _hash(self, rows: Matrix) -> Hashes:
        """A number for each row, by which a change of it is seen: multilinear, modulo 2**64. Zeros behind it do not
        count."""
        if rows.shape[1] % 2:
            rows = np.pad(rows, ((0, 0), (0, 1)))
        hashes, keys = np.empty(len(rows), np.uint64), self._keys[: rows.shape[1] // 2]
        step = max(1, HASHED_BYTES // (4 * rows.shape[1]))
        for start in range(0, len(rows), step):
            np.einsum("ij,j->i", rows[start : start + step].view(np.uint64), keys, out=hashes[start : start + step])
        return hashes

    def parts(self, exchange: Exchange) -> list[Parts]:
        """The rows of an exchange that have changed here since they were last combined, for each owner."""
        from fastw2v._combining import pick_rows

        found: list[list[Part]] = [[] for _ in range(self.owners)]
        for number, start, stop in exchange:
            matrix = self.matrices[number]
            changed = self._hash(matrix[start:stop]) != self._hashes[number][start:stop]
            if self.rule == "plain":
                changed[:] = True
            rows = np.flatnonzero(changed).astype(np.int32) + np.int32(start)
            owners = self._owner_of(rows)
            for owner, parts in enumerate(found):
                mine = rows[owners == owner]
                touches = np.maximum(self.touches.of(number, mine), LEAST_TOUCHES).astype(np.float32)
                parts.append(Part(mine, touches, pick_rows(matrix, mine, self.width)))
                self._traffic += 0 if owner == self.owner else parts[-1].nbytes
        return [tuple(parts) for parts in found]

    def combine(self, exchange: Exchange, parts: Sequence[Parts]) -> Parts:
        """One row of all that the nodes have sent to this owner, by the rule."""
        from fastw2v._combining import combine_parts

        self._new, combined = [], []
        for number, piece in enumerate(exchange):
            some = [of[number] for of in parts]
            touches = [np.ones_like(part.touches) if self.rule == "plain" else part.touches for part in some]
            rows, places, total, values = combine_parts(
                self._kernel,
                [part.rows for part in some],
                touches,
                [part.values for part in some],
                self._common[piece.matrix],
                OWNED_ROWS,
                self.owner,
                self.owners,
                *self._directions(piece.matrix),
            )
            # What the nodes have in common changes when all of them do.
            self._new.append((piece.matrix, places, values))
            combined.append(Part(rows, total, values))
        return tuple(combined)

    def _directions(self, matrix: int) -> tuple[Matrix, npt.NDArray[np.float32]]:
        """The basis and q of a kernel's combine_row."""
        from fastw2v._combining import DIRECTIONS, SHARES

        basis, q = np.zeros((DIRECTIONS, padded_width(self.width)), np.float32), np.zeros(SHARES, np.float32)
        if self.rule != "curvature":
            q[:] = ARRIVED
            return basis, q
        if self._curvatures is None or self._rounds - self._found_at > min(self._rounds // KEPT_PART, KEPT_MOST):
            from threadpoolctl import threadpool_limits

            inputs, outputs = (whole[:, : self.width] for whole in self.matrices)
            # Nodes may share a machine.
            with threadpool_limits(self.config.workers, "blas"):
                self._curvatures = curvatures(
                    self.config, inputs, outputs, self.touches.rates(), self.touches.slopes, DIRECTIONS
                )
            self._found_at = self._rounds
        directions, shares, other = self._curvatures[matrix]
        basis[: len(shares), : self.width] = directions.T
        q[: len(shares)], q[DIRECTIONS] = shares, other
        return basis, q * np.float32(self.rate)

    @staticmethod
    def mean(parts: Sequence[Parts]) -> Parts:
        """`combine` for an owner who is lost, and with it what the rows had in common: the mean weighted by touches."""
        return tuple(_mean(some) for some in zip(*parts, strict=True))

    def take(self, exchange: Exchange, combined: Sequence[Parts]) -> None:
        """Puts the owners' rows in the place of this node's; rows that nobody has touched stay."""
        from fastw2v._combining import put_rows

        for number, places, values in self._new:
            put_rows(self._common[number], places, values)
        for number, piece in enumerate(exchange):
            matrix, hashes = self.matrices[piece.matrix], self._hashes[piece.matrix]
            for owner, of in enumerate(combined):
                part = of[number]
                put_rows(matrix, part.rows, part.values)
                hashes[part.rows] = self._hash(part.values)
                self._traffic += 0 if owner == self.owner else part.nbytes
            self.touches.forget(piece.matrix, slice(piece.start, piece.stop))
        self.drop()

    def drop(self) -> None:
        """Forgets what was combined here, which the nodes did not take."""
        self._new = []

    def traffic(self) -> int:
        """Bytes that this node has sent and got since it was asked last."""
        traffic, self._traffic = self._traffic, 0
        return traffic


def _mean(parts: Sequence[Part]) -> Part:
    rows = np.unique(np.concatenate([part.rows for part in parts]))
    total, values = np.zeros(len(rows), np.float32), np.zeros((len(rows), parts[0].values.shape[1]), np.float32)
    places = [np.searchsorted(rows, part.rows) for part in parts]
    for part, place in zip(parts, places, strict=True):
        total[place] += part.touches
    for part, place in zip(parts, places, strict=True):
        values[place] += (part.touches / total[place])[:, None] * part.values
    return Part(rows, total, values)
