"""The nodes of one tree made from those of another: how a model of the hierarchical softmax gets a new tree.

Trees are huffman.py's; which words are new is vocabulary_growth.py's business.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from fastw2v.huffman import Tree

__all__ = ["transferred_nodes"]

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

COLUMNS = 16  # at a time, so that no second matrix is needed
TURNS = (0.5, -0.5)  # d log s(+-x) / dx at x = 0, for the turns of code 0 and 1


def transferred_nodes(nodes: Matrix, old: Tree, new: Tree) -> Matrix:
    """Vectors for the nodes of `new`, (inner nodes, width), from those of `old`: `nodes`. Word w is w in both, and the
    words that `old` does not have stand behind the others.

    Each node gets what makes its turn, to first order in the input v around 0, as probable as it was before:
    with g_w = d log P(w) / dv = the sum of +-u_m / 2 over w's old path, and P(w) = 2**-(its length) at v = 0, the
    vector is the mean of g over the old words behind turn 0, weighted by P, minus that behind turn 1. So a node keeps
    its vector if its two turns lead to the same old words as before, whatever their order below; where a turn leads to
    new words alone, nothing is known, and the vector is 0.
    """
    known, words = len(old.offsets) - 1, len(new.offsets) - 1
    made = np.zeros((len(new.children), nodes.shape[1]), np.float32)
    down, up = list(_levels(old)), list(_levels(new))[::-1]
    chances = np.zeros(words + len(new.children))
    chances[:known] = np.ldexp(1.0, -np.diff(old.offsets).astype(np.intp))
    for places, turns in up:
        chances[places] = chances[turns].sum(axis=1)
    for start in range(0, nodes.shape[1], COLUMNS):
        columns = slice(start, start + COLUMNS)
        sums = np.zeros((len(chances), min(COLUMNS, nodes.shape[1] - start)))
        sums[:known] = _gradients(nodes[:, columns], down, known) * chances[:known, None]
        for places, turns in up:
            sums[places] = sums[turns].sum(axis=1)
            pairs = chances[turns]
            both = pairs.all(axis=1)
            means = sums[turns[both]] / pairs[both][:, :, None]
            made[places[both] - words, columns] = means[:, 0] - means[:, 1]
    return made


def _gradients(nodes: Matrix, levels: list[tuple[Places, Places]], words: int) -> Floats:
    """For each word the sum of +-u / 2 along its path."""
    sums = np.zeros((words + len(nodes), nodes.shape[1]))
    for places, turns in levels:
        for code, share in enumerate(TURNS):
            sums[turns[:, code]] = sums[places] + share * nodes[places - words]
    return sums[:words]


def _levels(tree: Tree) -> Iterator[tuple[Places, Places]]:
    """From the root down: the inner nodes of a level, and where their turns lead; inner node m as words + m."""
    words = len(tree.offsets) - 1
    level = np.full(min(len(tree.children), 1), words, np.int64)
    while len(level):
        turns = tree.children[level - words].astype(np.int64)
        yield level, turns
        level = turns[turns >= words]
