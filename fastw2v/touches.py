"""How often training touches the rows of the two matrices, from how often words stood in what was trained.

Rows that few nodes touch, and rows that all do, are to be combined differently: combining.py does that.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config
from fastw2v.huffman import huffman_tree
from fastw2v.noise import keep_probabilities, noise_probabilities

__all__ = ["Touches"]

Floats = npt.NDArray[np.float64]


class Touches:
    """Expected numbers, after thinning out, of steps that changed each row since it was last combined.

    inputs, outputs: float64, a number a row. counts: of the words in the whole text; output_rows: of the matrix.
    """

    def __init__(self, config: Config, counts: npt.NDArray[np.int64], output_rows: int) -> None:
        self.config = config
        self.inputs, self.outputs = np.zeros(len(counts)), np.zeros(output_rows)
        self._keep = keep_probabilities(counts, config.sample)
        if config.loss == "negative":
            self._noise = config.negative * noise_probabilities(counts, config.ns_exponent)
        elif config.loss == "hierarchical":
            tree = huffman_tree(counts)
            self._nodes, self._lengths = tree.nodes, np.diff(tree.offsets)
        self._rates = self._of(counts * self._keep)

    @property
    def both(self) -> tuple[Floats, Floats]:
        """Those of the inputs and of the outputs."""
        return self.inputs, self.outputs

    @property
    def rates(self) -> tuple[Floats, Floats]:
        """How often the rows are touched while the whole text is trained once."""
        return self._rates

    def add(self, ids: npt.NDArray[np.int32]) -> None:
        """Tokens that were trained; those that are no words are left out."""
        words = len(self.inputs)
        known = ids[ids.view(np.uint32) < words]
        if not len(known):
            return
        inputs, outputs = self._of(np.bincount(known, minlength=words) * self._keep)
        self.inputs += inputs
        self.outputs += outputs

    def _of(self, seen: Floats) -> tuple[Floats, Floats]:
        """What words that were seen so often touch."""
        if self.config.loss == "negative":
            return seen, seen + seen.sum() * self._noise
        if self.config.loss == "hierarchical":
            visits = np.bincount(self._nodes, np.repeat(seen, self._lengths), len(self.outputs))
            return seen, visits.astype(np.float64)
        # The exact softmax changes all rows with every batch, each as far as its word is likely.
        return seen, seen

    def forget(self, matrix: int, rows: slice | npt.NDArray[np.int32]) -> None:
        """Begins anew for rows that were combined."""
        self.both[matrix][rows] = 0.0
