"""The tree of the hierarchical softmax: prefix-free, as short as it can be, the same everywhere."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v.huffman import huffman_tree

falling = st.lists(st.integers(1, 1000), min_size=2, max_size=60).map(lambda c: np.array(sorted(c, reverse=True)))


def path(tree, word):
    where = slice(tree.offsets[word], tree.offsets[word + 1])
    return tree.nodes[where].tolist(), tree.codes[where].tolist()


def test_by_hand():
    # 1 + 1 -> 2, 2 + 2 -> 4, 4 + 5 -> 9: the word of count 2 goes before the node of count 2.
    tree = huffman_tree(np.array([5, 2, 1, 1]))
    assert [path(tree, w) for w in range(4)] == [
        ([0], [0]), ([0, 1], [1, 1]), ([0, 1, 2], [1, 0, 0]), ([0, 1, 2], [1, 0, 1]),
    ]  # fmt: skip
    assert tree.children.tolist() == [[0, 4 + 1], [4 + 2, 1], [2, 3]]
    assert tree.longest == 3


@given(falling)
def test_it_is_as_short_as_any_tree(counts):
    tree = huffman_tree(counts)
    cost = int((np.diff(tree.offsets) * counts).sum())
    heap, least = counts.tolist(), 0
    heapq.heapify(heap)
    while len(heap) > 1:
        joined = heapq.heappop(heap) + heapq.heappop(heap)
        least += joined
        heapq.heappush(heap, joined)
    assert cost == least


@given(falling)
def test_paths_lead_from_the_root_to_their_words(counts):
    tree = huffman_tree(counts)
    n = len(counts)
    assert sorted(set(tree.nodes.tolist())) == list(range(n - 1))
    for word in range(n):
        nodes, codes = path(tree, word)
        at = n  # the root
        for node, code in zip(nodes, codes, strict=True):
            assert at == n + node
            at = tree.children[node, code]
        assert at == word


@given(falling, st.randoms(use_true_random=False))
def test_words_in_any_order_keep_their_paths(counts, random):
    order = np.argsort([random.random() for _ in counts])
    tree, mixed = huffman_tree(counts), huffman_tree(counts[order])
    sums = [0] * len(counts)
    for place, word in enumerate(order.tolist()):
        nodes, codes = path(mixed, place)
        assert len(nodes) == len(codes)
        at = len(counts)
        for node, code in zip(nodes, codes, strict=True):
            assert at == len(counts) + node
            at = mixed.children[node, code]
        assert at == place
        sums[word] = len(nodes)
    # Words of one count may change places.
    assert sum(s * c for s, c in zip(sums, counts.tolist(), strict=True)) == (np.diff(tree.offsets) * counts).sum()
    if len(set(counts.tolist())) == len(counts):
        assert [path(mixed, place) for place in range(len(counts))] == [path(tree, word) for word in order.tolist()]


def test_any_length_of_code():
    fibonacci = [1, 1]
    while len(fibonacci) < 85:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    tree = huffman_tree(np.array(fibonacci[::-1]))
    assert tree.longest == 84
    assert np.diff(tree.offsets).tolist() == [*range(1, 85), 84]


@pytest.mark.parametrize("counts", [[], [7]])
def test_fewer_than_two_words_have_no_nodes(counts):
    tree = huffman_tree(np.array(counts, np.int64))
    assert tree.offsets.tolist() == [0] * (len(counts) + 1)
    assert len(tree.nodes) == len(tree.codes) == len(tree.children) == tree.longest == 0


@settings(max_examples=20)
@given(st.integers(2, 300))
def test_equal_counts_make_a_balanced_tree(n):
    lengths = np.diff(huffman_tree(np.full(n, 3)).offsets)
    assert lengths.max() - lengths.min() <= 1
