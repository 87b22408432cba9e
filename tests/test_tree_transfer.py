"""Nodes of a new tree from those of an old one: what stays is the same, the rest keeps its odds to first order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v.huffman import huffman_tree
from fastw2v.prediction import tree_probabilities
from fastw2v.tree_transfer import transferred_nodes

counts = st.lists(st.integers(1, 1000), min_size=1, max_size=40)


def words_behind(tree, words):
    """For each inner node the words behind its two turns."""
    behind = [(set(), set()) for _ in tree.children]
    for word in range(words):
        path = slice(tree.offsets[word], tree.offsets[word + 1])
        for node, code in zip(tree.nodes[path].tolist(), tree.codes[path].tolist(), strict=True):
            behind[node][code].add(word)
    return behind


@given(counts=counts, seed=st.integers(0, 1000))
def test_the_same_tree_keeps_its_nodes(counts, seed):
    tree = huffman_tree(counts)
    nodes = np.random.default_rng(seed).normal(size=(len(counts) - 1, 19)).astype(np.float32)
    np.testing.assert_allclose(transferred_nodes(nodes, tree, tree), nodes, rtol=1e-5, atol=1e-6)


@settings(deadline=None)
@given(first=counts, added=st.lists(st.integers(0, 1000), min_size=1, max_size=60), seed=st.integers(0, 1000))
def test_odds_are_kept_to_first_order(first, added, seed):
    """The odds of a node's turns rise with small inputs as they did by the probabilities of the old tree's words."""
    known = len(first)
    grown = np.add(first + [0] * max(0, len(added) - known), added + [0] * max(0, known - len(added)))
    old, new = huffman_tree(first), huffman_tree(grown)
    rng = np.random.default_rng(seed)
    nodes, h = rng.normal(size=(known - 1, 17)).astype(np.float32), rng.normal(size=17) * 1e-4
    made = transferred_nodes(nodes, old, new)
    assert made.shape == (len(grown) - 1, 17)
    assert made.dtype == np.float32
    plus, minus = (tree_probabilities(sign * h, nodes, old) for sign in (1, -1))
    for vector, turns in zip(made, words_behind(new, len(grown)), strict=True):
        left, right = ([word for word in turn if word < known] for turn in turns)
        if not left or not right:
            assert not vector.any()
            continue
        rise = [np.log(p[left].sum() / p[right].sum()) for p in (plus, minus)]
        assert float(vector @ h) == pytest.approx((rise[0] - rise[1]) / 2, abs=1e-7)


def test_a_node_whose_turns_are_swapped_is_turned_round():
    old, new = huffman_tree([9, 4, 3]), huffman_tree([9, 3, 4])
    nodes = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    np.testing.assert_allclose(transferred_nodes(nodes, old, new), [[1, 2], [-3, -4]])


@pytest.mark.parametrize(("before", "after"), [([], [5]), ([], [5, 4, 3]), ([5], [5]), ([5], [5, 4]), ([], [])])
def test_trees_without_nodes(before, after):
    nodes = np.zeros((max(0, len(before) - 1), 3), np.float32)
    made = transferred_nodes(nodes, huffman_tree(np.array(before, int)), huffman_tree(np.array(after, int)))
    assert made.shape == (max(0, len(after) - 1), 3)
    assert not made.any()
