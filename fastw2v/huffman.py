"""The binary tree of the hierarchical softmax: Huffman's code of the words' counts, as flat arrays.

Nothing is trained or drawn here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Tree", "huffman_tree"]

Counts = npt.NDArray[np.int64]


class Tree(NamedTuple):
    """Word w's path from the root is offsets[w]..offsets[w + 1] of `nodes` and `codes`.

    offsets: int64 (n + 1,); nodes: int32, numbers of inner nodes 0..n-2, the root being 0; codes: uint8, 0 or 1: which
    turn the path takes at the node. children: int32 (n - 1, 2): where the turns lead, a word w as w, an inner node m as
    n + m; every node stands before its inner children.
    """

    offsets: npt.NDArray[np.int64]
    nodes: npt.NDArray[np.int32]
    codes: npt.NDArray[np.uint8]
    children: npt.NDArray[np.int32]

    @property
    def longest(self) -> int:
        """How many inner nodes the longest path has."""
        return int(np.diff(self.offsets).max(initial=0))


def huffman_tree(counts: Counts) -> Tree:
    """Huffman's code (1952) of words in a vocabulary's order, in which counts fall: frequent words get short paths.

    Words in another order get the paths that they have in that one.
    The two least counts are joined again and again, the lesser one as child 1. Of equal counts a word goes before an
    inner node, and of two words the later one, of two nodes the earlier one, goes first; so the tree is the same
    everywhere, and no longer than it must be. One word alone has an empty path.
    """
    counts = np.asarray(counts, np.int64)
    if (counts[1:] > counts[:-1]).any():
        return _reordered(huffman_tree(np.sort(counts)[::-1]), np.argsort(-counts, kind="stable"))
    parents, codes_up = _join(counts)
    n = (len(parents) + 1) // 2
    # Inner nodes were made from the leaves up; numbered from the root down, the busiest rows stand together.
    parent = np.where(parents >= 0, 2 * n - 2 - parents, -1)
    children = np.zeros((max(0, n - 1), 2), np.int32)
    words = np.arange(len(parents))
    has_parent = parent >= 0
    names = np.where(words < n, words, n + (2 * n - 2 - words))
    children[parent[has_parent], codes_up[has_parent]] = names[has_parent]

    # Climb from all words at once, a level at a time: once for the lengths, once to write.
    depth = np.zeros(n, np.int64)
    for word, _ in _climb(parents, n):
        depth[word] += 1
    offsets = np.zeros(n + 1, np.int64)
    np.cumsum(depth, out=offsets[1:])
    nodes, codes = np.empty(offsets[-1], np.int32), np.empty(offsets[-1], np.uint8)
    for height, (word, at) in enumerate(_climb(parents, n)):
        place = offsets[word + 1] - 1 - height
        nodes[place], codes[place] = parent[at], codes_up[at]
    return Tree(offsets, nodes, codes, children)


def _reordered(tree: Tree, words: Counts) -> Tree:
    """The tree when word i is to be words[i]."""
    ranks = np.empty_like(words)
    ranks[words] = np.arange(len(words))
    offsets = np.concatenate(([0], np.cumsum(np.diff(tree.offsets)[ranks])))
    places = np.arange(offsets[-1]) + np.repeat(tree.offsets[ranks] - offsets[:-1], np.diff(offsets))
    is_word = tree.children < len(words)
    children = np.where(is_word, words[np.where(is_word, tree.children, 0)], tree.children).astype(np.int32)
    return Tree(offsets, tree.nodes[places], tree.codes[places], children)


def _climb(parents: Counts, n: int) -> Iterator[tuple[Counts, Counts]]:
    """From the leaves up: the words not yet at the root, and the node below it where each stands."""
    word = at = np.arange(n)
    while True:
        climbing = parents[at] >= 0
        word, at = word[climbing], at[climbing]
        if not len(word):
            return
        yield word, at
        at = parents[at]


def _join(counts: Counts) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(parent, code) of each leaf 0..n-1 and inner node n.. in the order made; -1 and 0 for the root."""
    n = len(counts)
    if n == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    # Both queues rise: leaves from the last word on, and inner nodes as they are made.
    weight = counts.tolist() + [0] * (n - 1)
    parents, codes = [-1] * (2 * n - 1), [0] * (2 * n - 1)
    leaf, inner = n - 1, n
    for made in range(n, 2 * n - 1):
        total = 0
        for code in (1, 0):
            if leaf >= 0 and (inner >= made or weight[leaf] <= weight[inner]):
                least = leaf
                leaf -= 1
            else:
                least = inner
                inner += 1
            parents[least], codes[least] = made, code
            total += weight[least]
        weight[made] = total
    return np.array(parents, np.int64), np.array(codes, np.int64)
