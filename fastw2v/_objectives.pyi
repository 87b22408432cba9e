"""What a window is trained against: for each objective, how its output rows, labels and counts are drawn."""

from typing import final

import numpy as np
import numpy.typing as npt

from fastw2v._own_rows import OwnRows

class Objective:
    """Owns the output rows. `draw` gives the outputs of one target, at most `most_outputs`."""

    def __init__(self, *_: object) -> None:
        """TypeError: an objective is made as one of the classes below."""

    @property
    def most_outputs(self) -> int:
        """Rows a window has at most."""
    @property
    def words(self) -> int:
        """How many targets there are."""
    @property
    def rows(self) -> OwnRows:
        """The output rows."""

@final
class NegativeSampling(Objective):
    """The target with label 1 and `negative` draws from an alias table (see noise.alias_table) with label 0.

    A draw that equals the target is dropped; a word drawn m times stands once with count m. `targets` > 1: so many
    targets may share their noise words, negative (1 + (targets - 1) / 5) of them that count `negative` together.
    """

    def __init__(self, rows: OwnRows, table: npt.NDArray[np.uint32], negative: int, targets: int = 1) -> None:
        """rows: one a word; table: (words, 2)."""

    @property
    def negative(self) -> int: ...
    @property
    def targets(self) -> int: ...
    @property
    def draws(self) -> int:
        """Noise words a window."""
    @property
    def weight(self) -> float:
        """What one of them counts."""

@final
class HierarchicalSoftmax(Objective):
    """The inner nodes on the target's path through a tree (huffman.Tree), with label 1 - code. Nothing is random."""

    def __init__(
        self,
        rows: OwnRows,
        offsets: npt.NDArray[np.int64],
        nodes: npt.NDArray[np.int32],
        codes: npt.NDArray[np.uint8],
    ) -> None:
        """rows: one an inner node; offsets, nodes, codes: as in huffman.Tree."""

def draw(
    objective: Objective, target: int, key: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The outputs of one window as training draws them from the random stream `key`: rows, labels and counts."""
