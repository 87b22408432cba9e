"""Which word a model expects: probabilities over the whole vocabulary from one input vector.

Which vectors the input is made of is the model's business.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastw2v.equations import softmax
from fastw2v.huffman import Tree

__all__ = ["softmax_probabilities", "tree_probabilities"]

Floats = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]


def softmax_probabilities(h: Matrix, outputs: Matrix) -> Floats:
    """P(w) = exp(u_w . h) / sum_x exp(u_x . h), shape (words,), for h (d,) and outputs (words, d)."""
    with np.errstate(all="ignore"):  # of vectors that have diverged; the caller looks at the result
        return softmax(outputs @ h)


def tree_probabilities(h: Matrix, outputs: Matrix, tree: Tree) -> Floats:
    """P(w) = the product over w's path of s(u_m . h) for code 0, s(-u_m . h) for code 1, shape (words,).

    h: (d,), outputs: (inner nodes, d). Computed in logarithms along all paths at once.
    """
    with np.errstate(all="ignore"):
        scores = np.asarray(outputs @ h, np.float64)
    signed = np.where(tree.codes == 0, 1.0, -1.0) * scores[tree.nodes]
    words = np.repeat(np.arange(len(tree.offsets) - 1), np.diff(tree.offsets))
    logs = np.bincount(words, -np.logaddexp(0.0, -signed), len(tree.offsets) - 1)
    return np.asarray(np.exp(logs), np.float64)
