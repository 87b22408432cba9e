"""How often training touches the rows of the two matrices, from how often words stood in what was trained, and how much
a touch does.

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

LEAST_RATE = 1e-30  # of rows that are never touched, where 0 is divided by it
ONE = np.uint32(1)  # NumPy adds numbers of the same type forty times as fast


class Touches:
    """Expected numbers, after thinning out, of steps that changed each row since it was last combined.

    counts: of the words in the whole text; output_rows: of the outputs' matrix. slopes: s' of each row of the outputs.
    """

    def __init__(self, config: Config, counts: npt.NDArray[np.int64], output_rows: int) -> None:
        self._loss, self._counts = config.loss, counts
        self._keep = keep_probabilities(counts, config.sample).astype(np.float32)
        # How often a row's word was seen, and an inner node of the tree passed.
        self._seen = [
            np.zeros(len(counts), np.uint32),
            np.zeros(output_rows, np.float64 if self._is_tree else np.uint32),
        ]
        if config.loss == "negative":
            # Noise touches all rows, as often as it is drawn: counted in words that were kept, in all and when a row
            # was combined last.
            self._noise = (config.negative * noise_probabilities(counts, config.ns_exponent)).astype(np.float32)
            self._kept, self._kept_before = 0.0, np.zeros(output_rows)
        elif self._is_tree:
            tree = huffman_tree(counts)
            self._nodes, self._lengths, self._codes = tree.nodes, np.diff(tree.offsets), tree.codes
            self._passed = np.zeros(output_rows)
        self.slopes = self._slopes().astype(np.float32)

    @property
    def _is_tree(self) -> bool:
        return self._loss == "hierarchical"

    def of(self, matrix: int, rows: slice | npt.NDArray[np.int32]) -> Floats:
        """Of these rows of the inputs (0); of the outputs (1), where each counts as much as the row's slope."""
        if matrix == 1 and self._is_tree:
            passed: Floats = self._passed[rows] * self.slopes[rows]
            return passed
        touches: Floats = np.multiply(self._keep[rows], self._seen[matrix][rows], dtype=np.float64)
        if matrix == 1 and self._loss == "negative":
            touches += (self._kept - self._kept_before[rows]) * self._noise[rows]
        if matrix == 1:
            touches *= self.slopes[rows]
        return touches

    def _slopes(self) -> Floats:
        """s' = p (1 - p) of each row of the outputs: how its gradient changes with the score u.v.

        p is how often the prediction is to be 1 when the row is touched: where the word stands there and is not drawn
        as noise, or where paths turn to child 1 at a node. Predictions that are right on average, and better than that,
        have a mean s' that is less than this, since p (1 - p) is concave. The exact softmax changes all rows with every
        batch, each as far as its word is likely: so it is 1 for the touches that `of` counts.
        """
        kept, touches = self.rates()
        if self._loss == "softmax":
            return np.ones(len(touches))
        ones = self._visits(kept, self._codes) if self._is_tree else kept
        p = ones / np.maximum(touches, LEAST_RATE)
        slopes: Floats = p * (1 - p)
        return slopes

    def rates(self) -> tuple[Floats, Floats]:
        """How often the rows of the inputs, and of the outputs, are touched while the whole text is trained once."""
        kept: Floats = np.multiply(self._counts, self._keep, dtype=np.float64)
        if self._loss == "negative":
            return kept, kept + kept.sum() * self._noise
        return kept, self._visits(kept) if self._is_tree else kept

    def _visits(self, seen: Floats, turns: npt.NDArray[np.uint8] | None = None) -> Floats:
        """Of the tree's inner nodes, by words that were seen so often; of those alone whose `turns` are 1."""
        visits = np.repeat(seen, self._lengths)
        if turns is not None:
            visits *= turns
        return np.bincount(self._nodes, visits, len(self._passed)).astype(np.float64)

    def add(self, ids: npt.NDArray[np.int32]) -> None:
        """Tokens that were trained; those that are no words are left out."""
        words = len(self._keep)
        known = ids[ids.view(np.uint32) < words]
        np.add.at(self._seen[0], known, ONE)
        if self._is_tree:
            self._passed += self._visits(np.multiply(np.bincount(known, minlength=words), self._keep, dtype=np.float64))
            return
        np.add.at(self._seen[1], known, ONE)
        if self._loss == "negative":
            self._kept += float(self._keep[known].sum(dtype=np.float64))

    def forget(self, matrix: int, rows: slice) -> None:
        """Begins anew for rows that were combined."""
        self._seen[matrix][rows] = 0
        if matrix == 1 and self._is_tree:
            self._passed[rows] = 0.0
        if matrix == 1 and self._loss == "negative":
            self._kept_before[rows] = self._kept
