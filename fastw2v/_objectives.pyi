"""What a window is trained against: for each objective, how its output rows, labels and counts are drawn."""

import numpy as np
import numpy.typing as npt

class NegativeSampling:
    """The target with label 1 and `negative` draws from an alias table (see noise.alias_table) with label 0.

    A draw that equals the target is dropped; a word drawn m times stands once with count m.
    """

    def __init__(self, matrix: npt.NDArray[np.float32], table: npt.NDArray[np.uint32], negative: int) -> None:
        """matrix: the (words, stride) output rows, changed in place by training; table: (words, 2)."""

    @property
    def most_outputs(self) -> int:
        """Rows a window has at most: negative + 1."""

def draw(
    objective: NegativeSampling, target: int, key: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The outputs of one window as training draws them from the random stream `key`: word ids, labels and counts."""
