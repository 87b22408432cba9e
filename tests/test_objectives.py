"""What a window is trained against: noise words as often as the table says, paths as the tree has them."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v import _objectives
from fastw2v._own_rows import OwnRows
from fastw2v.huffman import huffman_tree
from fastw2v.matrices import aligned_zeros
from fastw2v.noise import alias_table, noise_probabilities


def shared(rows):
    """Output rows of which no thread has copies."""
    return OwnRows(aligned_zeros(rows, 16), np.empty(0, np.int64), np.empty(0, np.int64))


def test_noise_draws_follow_the_table_and_merge_repeats():
    counts = np.array([60, 30, 10])
    objective = _objectives.NegativeSampling(shared(3), alias_table(noise_probabilities(counts, 1.0)), 20)
    drawn, windows = np.zeros(3), 3000
    for key in range(windows):
        rows, labels, times = _objectives.draw(objective, 2, key)
        assert rows[0] == 2
        assert list(labels) == [1] + [0] * (len(rows) - 1)
        assert times[0] == 1
        assert len(set(rows)) == len(rows), "repeats must be merged, the target dropped"
        np.add.at(drawn, rows[1:], times[1:])
    np.testing.assert_allclose(drawn / (20 * windows), [0.6, 0.3, 0.0], atol=0.01)


def test_a_path_is_the_trees():
    tree = huffman_tree(np.array([9, 5, 4, 2, 1]))
    objective = _objectives.HierarchicalSoftmax(shared(4), tree.offsets, tree.nodes, tree.codes)
    assert (objective.words, objective.most_outputs) == (5, tree.longest)
    for word in range(5):
        rows, labels, counts = _objectives.draw(objective, word, 1)
        where = slice(tree.offsets[word], tree.offsets[word + 1])
        assert rows.tolist() == tree.nodes[where].tolist()
        assert labels.tolist() == (1 - tree.codes[where].astype(int)).tolist()
        assert (counts == 1).all()


def test_what_is_no_objective_is_refused():
    table = alias_table(np.array([0.5, 0.5]))
    with pytest.raises(TypeError, match="NegativeSampling or HierarchicalSoftmax"):
        _objectives.Objective()
    with pytest.raises(ValueError, match="does not fit a matrix of 3 rows"):
        _objectives.NegativeSampling(shared(3), table, 5)
    with pytest.raises(ValueError, match="negative is 0"):
        _objectives.NegativeSampling(shared(2), table, 0)
    with pytest.raises(ValueError, match="targets is 0"):
        _objectives.NegativeSampling(shared(2), table, 5, 0)
    offsets, nodes, codes = np.array([0, 1, 2]), np.array([0, 0], np.int32), np.array([0, 1], np.uint8)
    for bad_offsets, bad_nodes, sentence in (
        (offsets[:-1], nodes, "make no tree"),
        (offsets[::-1].copy(), nodes, "make no tree"),
        (offsets, nodes + 1, r"inner node 1 is not in 0\.\.0"),
    ):
        with pytest.raises(ValueError, match=sentence):
            _objectives.HierarchicalSoftmax(shared(1), bad_offsets, bad_nodes, codes)
    objective = _objectives.HierarchicalSoftmax(shared(1), offsets, nodes, codes)
    with pytest.raises(IndexError, match=r"target 2 is not in 0\.\.1"):
        _objectives.draw(objective, 2, 1)
