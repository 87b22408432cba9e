"""How often rows are touched: against windows and draws counted one by one."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v.config import Config
from fastw2v.huffman import huffman_tree
from fastw2v.noise import keep_probabilities, noise_probabilities
from fastw2v.touches import Touches

COUNTS = np.array([50, 30, 15, 5])
ALL = slice(None)
IDS = np.array([0, 0, 1, 3, -1, 7], np.int32)


@pytest.mark.parametrize("sample", [0, 0.01])
def test_targets_and_noise_are_counted_after_thinning_out(sample):
    config = Config(sample=sample, negative=3, workers=1)
    touches = Touches(config, COUNTS, 4)
    touches.add(IDS)
    seen = np.array([2, 1, 0, 1]) * keep_probabilities(COUNTS, sample)
    np.testing.assert_allclose(touches.of(0, ALL), seen, rtol=1e-6)
    noise = noise_probabilities(COUNTS, config.ns_exponent)
    np.testing.assert_allclose(touches.of(1, ALL), seen + 3 * seen.sum() * noise, rtol=1e-6)
    touches.forget(0, slice(0, 1))
    np.testing.assert_allclose(touches.of(0, ALL)[:2], [0.0, seen[1]], rtol=1e-6)
    assert touches.of(1, ALL).all()
    touches.forget(1, slice(2, 4))
    np.testing.assert_allclose(
        touches.of(1, np.array([3, 1])), [0, (seen + 3 * seen.sum() * noise)[1]], rtol=1e-6, atol=1e-12
    )
    touches.add(IDS)
    np.testing.assert_allclose(touches.of(0, ALL), seen * [1, 2, 2, 2], rtol=1e-6)
    np.testing.assert_allclose(touches.of(1, ALL), (seen + 3 * seen.sum() * noise) * [2, 2, 1, 1], rtol=1e-6)


def test_nodes_of_the_tree_are_touched_by_the_words_below_them():
    touches = Touches(Config(loss="hierarchical", sample=0, workers=1), COUNTS, 3)
    touches.add(IDS)
    tree = huffman_tree(COUNTS)
    expected = np.zeros(3)
    for word, times in ((0, 2), (1, 1), (3, 1)):
        expected[tree.nodes[tree.offsets[word] : tree.offsets[word + 1]]] += times
    np.testing.assert_array_equal(touches.of(1, ALL), expected)
    assert touches.of(1, ALL)[0] == 4  # the root
    touches.forget(1, slice(0, 1))
    assert touches.of(1, ALL)[0] == 0
    np.testing.assert_array_equal(touches.rates()[1][0], COUNTS.sum())


def test_nothing_is_touched_by_words_that_are_left_out():
    touches = Touches(Config(loss="softmax", sample=0, workers=1), COUNTS, 4)
    touches.add(np.array([-1, 9], np.int32))
    assert not touches.of(0, ALL).any()
    touches.add(IDS)
    np.testing.assert_array_equal(touches.of(0, ALL), touches.of(1, ALL))
