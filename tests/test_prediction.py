"""Probabilities of the next word: they sum to one and are those of the equations."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v.equations import hierarchical_softmax_loss_and_gradients, naive_softmax_loss_and_gradients
from fastw2v.huffman import huffman_tree
from fastw2v.prediction import softmax_probabilities, tree_probabilities

RNG = np.random.default_rng(1)
H, U = RNG.normal(size=8).astype(np.float32), RNG.normal(size=(30, 8)).astype(np.float32)


def test_softmax():
    found = softmax_probabilities(H, U)
    assert found.sum() == pytest.approx(1)
    for word in range(30):
        assert found[word] == pytest.approx(np.exp(-naive_softmax_loss_and_gradients(H, word, U)[0]), rel=1e-5)


def test_tree():
    tree = huffman_tree(np.sort(RNG.integers(1, 99, 31))[::-1])
    found = tree_probabilities(H, U, tree)
    assert found.sum() == pytest.approx(1)
    for word in range(31):
        path = slice(tree.offsets[word], tree.offsets[word + 1])
        loss, _, _ = hierarchical_softmax_loss_and_gradients(H, tree.nodes[path], tree.codes[path], U)
        assert found[word] == pytest.approx(np.exp(-loss), rel=1e-5)


def test_a_tree_of_one_word():
    assert tree_probabilities(H, U[:0], huffman_tree(np.array([3]))) == [1.0]


def test_the_trees_probabilities_sum_to_1_for_scores_of_any_size():
    tree = huffman_tree(np.arange(200, 0, -1))
    outputs = (1e4 * np.random.default_rng(0).normal(size=(199, 3))).astype(np.float32)
    probabilities = tree_probabilities(np.ones(3, np.float32), outputs, tree)
    assert probabilities.sum() == pytest.approx(1)
    assert probabilities.max() <= 1
