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
    noise, slopes = noise_probabilities(COUNTS, config.ns_exponent), touches.slopes
    np.testing.assert_allclose(touches.of(1, ALL), slopes * (seen + 3 * seen.sum() * noise), rtol=1e-6)
    touches.forget(0, slice(0, 1))
    np.testing.assert_allclose(touches.of(0, ALL)[:2], [0.0, seen[1]], rtol=1e-6)
    assert touches.of(1, ALL).all()
    touches.forget(1, slice(2, 4))
    np.testing.assert_allclose(
        touches.of(1, np.array([3, 1])), [0, (slopes * (seen + 3 * seen.sum() * noise))[1]], rtol=1e-6, atol=1e-12
    )
    touches.add(IDS)
    np.testing.assert_allclose(touches.of(0, ALL), seen * [1, 2, 2, 2], rtol=1e-6)
    np.testing.assert_allclose(touches.of(1, ALL), slopes * (seen + 3 * seen.sum() * noise) * [2, 2, 1, 1], rtol=1e-6)


def test_nodes_of_the_tree_are_touched_by_the_words_below_them():
    touches = Touches(Config(loss="hierarchical", sample=0, workers=1), COUNTS, 3)
    touches.add(IDS)
    tree = huffman_tree(COUNTS)
    expected = np.zeros(3)
    for word, times in ((0, 2), (1, 1), (3, 1)):
        expected[tree.nodes[tree.offsets[word] : tree.offsets[word + 1]]] += times
    slopes = touches.slopes
    np.testing.assert_allclose(touches.of(1, ALL), expected * slopes, rtol=1e-6)
    assert touches.of(1, ALL)[0] == pytest.approx(4 * slopes[0])  # the root
    touches.forget(1, slice(0, 1))
    assert touches.of(1, ALL)[0] == 0
    np.testing.assert_array_equal(touches.rates()[1][0], COUNTS.sum())


def test_slopes_of_outputs_are_those_of_predictions_that_are_right_on_average():
    config = Config(sample=0, negative=3, workers=1)
    noise = 3 * noise_probabilities(COUNTS, config.ns_exponent) * COUNTS.sum()
    p = COUNTS / (COUNTS + noise)
    np.testing.assert_allclose(Touches(config, COUNTS, 4).slopes, p * (1 - p), rtol=1e-6)
    tree = huffman_tree(COUNTS)
    ones = np.zeros((2, 3))
    for word, count in enumerate(COUNTS):
        path = slice(tree.offsets[word], tree.offsets[word + 1])
        np.add.at(ones, (tree.codes[path], tree.nodes[path]), count)
    p = ones[1] / ones.sum(0)
    of_tree = Touches(Config(loss="hierarchical", sample=0, workers=1), COUNTS, 3)
    np.testing.assert_allclose(of_tree.slopes, p * (1 - p), rtol=1e-6)
    assert of_tree.slopes[0] == 0.25  # the root's turns are even


def test_nothing_is_touched_by_words_that_are_left_out():
    touches = Touches(Config(loss="softmax", sample=0, workers=1), COUNTS, 4)
    touches.add(np.array([-1, 9], np.int32))
    assert not touches.of(0, ALL).any()
    touches.add(IDS)
    np.testing.assert_array_equal(touches.of(0, ALL), touches.of(1, ALL))
