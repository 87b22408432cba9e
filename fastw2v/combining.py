"""How the matrices of several nodes become one: rows that changed, how much each node's change counts, and their sum.

Four calls, a slice of rows at a time: each node's `parts` go to the owners of the rows, the owners' `combine` makes one
row of each, every node lays these by with `stage` and takes them with `commit`, once all have them. What carries them
from node to node is not known here: Ray (cluster_ray.py) or MPI (cluster_mpi.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config
from fastw2v.curvature import Curvature, curvatures
from fastw2v.touches import Touches

__all__ = ["RULES", "Part", "Replica", "Slice", "slices_of"]

Matrix = npt.NDArray[np.float32]
Touched = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint64]

RULES = ("curvature", "touched", "plain")
# Of rows that changed though no word of the trained blocks is theirs: the neighbours of a block.
LEAST_TOUCHES = 1e-3
LEAST_GONE = np.float32(1e-4)  # of q c: below it, 1 - exp(-q c) is as good as q c, and rounded too far
OWNED_ROWS = 256  # that stand together: ownership goes round in such groups
HASHED_BYTES = 1 << 22  # at a time


class Slice(NamedTuple):
    """Rows start..stop of the matrix of this number, 0 being the inputs and 1 the outputs."""

    matrix: int
    start: int
    stop: int


class Part(NamedTuple):
    """Some rows: their numbers, ascending, how often the sender has touched each, and what they hold."""

    rows: npt.NDArray[np.int32]
    touches: npt.NDArray[np.float32]
    values: Matrix

    @property
    def nbytes(self) -> int:
        """What is sent."""
        return self.rows.nbytes + self.touches.nbytes + self.values.nbytes


def slices_of(rows: Sequence[int], width: int, most_bytes: int) -> list[Slice]:
    """The first rows[m] rows of matrix m, in slices of at most `most_bytes`."""
    step = max(1, most_bytes // (4 * width))
    return [
        Slice(matrix, start, min(start + step, count))
        for matrix, count in enumerate(rows)
        for start in range(0, count, step)
    ]


def _together(parts: Sequence[Part]) -> tuple[npt.NDArray[np.int32], list[Any]]:
    """All rows that are in some part, ascending, and where those of each part stand among them."""
    rows = np.unique(np.concatenate([part.rows for part in parts]))
    return rows, [slice(None) if len(part.rows) == len(rows) else np.searchsorted(rows, part.rows) for part in parts]


class Replica:
    """One node's copy of the matrices, which training changes in place, and what is needed to combine it with others.

    A row of the inputs or outputs that nodes k have touched c_k times since all had b in common, and that is v_k there
    now, becomes, along each direction of curvature.py's,

        b + (1 - exp(-q C)) sum_k (c_k / C) (v_k - b) / (1 - exp(-q c_k)),   C = sum_k c_k.

    After c touches a row has gone the share 1 - exp(-q c) of its way to the place where its gradient vanishes. Divided
    by that, each node's move tells where this place is; all nodes' touches together would have gone the share of all of
    them. So directions in which rows have hardly moved get the sum of the nodes' changes, as if one node had trained it
    all, and those in which rows have found their place get the mean, weighted by touches. q = share * rate. The rules
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
        self.matrices = (inputs, outputs)
        self.width, self.rule = config.vector_size, rule
        self.touches = Touches(config, counts, len(outputs))
        self.config = config
        self.will_change(config.alpha)
        self._keys = np.random.default_rng(1).integers(1, 1 << 63, inputs.shape[1] // 2, np.uint64) * 2 + 1
        self.sent_bytes = 0
        self._staged: list[Part] = []
        self._pending: tuple[int, npt.NDArray[np.int32], Matrix] | None = None
        self.join(0, 1)

    def join(self, owner: int, owners: int) -> None:
        """From now on `owners` nodes are combined, this one being number `owner`; their matrices are the same now."""
        self.owner, self.owners = owner, owners
        self._hashes = [self._hash(matrix) for matrix in self.matrices]
        self._common = [
            matrix[self._owner_of(np.arange(len(matrix), dtype=np.int32)) == owner, : self.width]
            for matrix in self.matrices
        ]
        self.drop()
        for matrix in range(2):
            self.touches.forget(matrix, slice(None))

    def will_change(self, rate: float) -> None:
        """The matrices are trained next, at about this rate."""
        self.rate = rate
        self._curvatures: tuple[Curvature, Curvature] | None = None

    def _owner_of(self, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        return rows // OWNED_ROWS % self.owners

    def _hash(self, rows: Matrix) -> Hashes:
        """A number for each row, by which a change of it is seen: multilinear, modulo 2**64."""
        hashes = np.empty(len(rows), np.uint64)
        step = max(1, HASHED_BYTES // (4 * rows.shape[1]))
        for start in range(0, len(rows), step):
            np.einsum(
                "ij,j->i", rows[start : start + step].view(np.uint64), self._keys, out=hashes[start : start + step]
            )
        return hashes

    def parts(self, piece: Slice) -> list[Part]:
        """The rows of a slice that have changed here since they were last combined, for each owner."""
        matrix, touches = self.matrices[piece.matrix], self.touches.both[piece.matrix]
        rows = matrix[piece.start : piece.stop]
        changed = self._hash(rows) != self._hashes[piece.matrix][piece.start : piece.stop]
        if self.rule == "plain":
            changed[:] = True
        numbers = np.flatnonzero(changed).astype(np.int32) + np.int32(piece.start)
        owner = self._owner_of(numbers)
        found = []
        for number in range(self.owners):
            mine = numbers[owner == number]
            weights = np.maximum(touches[mine], LEAST_TOUCHES).astype(np.float32)
            found.append(Part(mine, weights, matrix[mine, : self.width]))
            self.sent_bytes += 0 if number == self.owner else found[-1].nbytes
        return found

    def combine(self, piece: Slice, parts: Sequence[Part]) -> Part:
        """One row of all that the nodes have sent to this owner, by the rule."""
        rows, places = _together(parts)
        weights = [np.ones(len(part.rows), np.float32) if self.rule == "plain" else part.touches for part in parts]
        total = np.zeros(len(rows), np.float32)
        for place, weight in zip(places, weights, strict=True):
            total[place] += weight
        common = self._common[piece.matrix]
        # Groups of OWNED_ROWS stand together in `common`, those of other owners being left out.
        mine = rows // (OWNED_ROWS * self.owners) * OWNED_ROWS + rows % OWNED_ROWS
        before = common[mine]
        change = np.zeros_like(before)
        for part, place, weight in zip(parts, places, weights, strict=True):
            moved = part.values - before[place]
            if self.rule == "curvature":
                moved = self._extrapolated(piece.matrix, moved, weight, total[place])
            else:
                moved *= (weight / total[place])[:, None]
            change[place] += moved
        change += before
        # What the nodes have in common changes when all of them do.
        self._pending = (piece.matrix, mine, change)
        return Part(rows, total.astype(np.float32), change)

    def _extrapolated(self, matrix: int, moved: Matrix, touches: Touched, total: Touched) -> Matrix:
        """What a node's move adds to that of all: the formula's term of one k."""
        several: Any = touches < total
        if several.all():
            several = slice(None)
        if self._curvatures is None:
            inputs, outputs = (whole[:, : self.width] for whole in self.matrices)
            self._curvatures = curvatures(self.config, inputs, outputs, self.touches.rates)
        basis, shares, other = self._curvatures[matrix]
        some: Matrix = moved[several]
        factors = self._factors(touches[several], total[several], np.append(shares, other))
        # All directions as the others, and what those of the basis have more or less.
        rotated = some @ basis
        rotated *= factors[:, :-1] - factors[:, -1:]
        some *= factors[:, -1:]
        some += rotated @ basis.T
        moved[several] = some
        return moved

    def _factors(self, touches: Touched, total: Touched, shares: Touched) -> Matrix:
        """(c / C) (1 - exp(-q C)) / (1 - exp(-q c)) for each row and share."""
        # NumPy has a fast exp of float32, and no fast expm1.
        ratio = (total / touches)[:, None]
        gone = np.maximum(touches[:, None] * np.float32(self.rate) * shares, LEAST_GONE)
        factors = gone * -ratio
        np.subtract(1, np.exp(factors, out=factors), out=factors)
        np.subtract(1, np.exp(np.negative(gone, out=gone), out=gone), out=gone)
        gone *= ratio
        factors /= gone
        whole: Matrix = factors
        return whole

    @staticmethod
    def mean(parts: Sequence[Part]) -> Part:
        """`combine` for an owner who is lost, and with it what the rows had in common: the mean weighted by touches."""
        rows, places = _together(parts)
        total = np.zeros(len(rows), np.float32)
        values = np.zeros((len(rows), parts[0].values.shape[1]), np.float32)
        for part, place in zip(parts, places, strict=True):
            total[place] += part.touches
        for part, place in zip(parts, places, strict=True):
            values[place] += (part.touches / total[place])[:, None] * part.values
        return Part(rows, total, values)

    def stage(self, parts: Sequence[Part]) -> int:
        """Lays combined rows by, which change nothing yet; returns how many bytes this node has sent and got for it."""
        self._staged += parts
        sent, self.sent_bytes = self.sent_bytes, 0
        return sent + sum(part.nbytes for number, part in enumerate(parts) if number != self.owner)

    def commit(self, piece: Slice) -> None:
        """Takes what was laid by; rows of the slice that nobody has touched stay."""
        matrix = self.matrices[piece.matrix]
        if self._pending is not None:
            number, mine, values = self._pending
            self._common[number][mine] = values
        for part in self._staged:
            matrix[part.rows, : self.width] = part.values
            self._hashes[piece.matrix][part.rows] = self._hash(matrix[part.rows])
            self.touches.forget(piece.matrix, part.rows)
        self.drop()

    def drop(self) -> None:
        """Forgets what was laid by: it was taken, or the nodes did not all get it."""
        self._staged.clear()
        self._pending = None
