"""Word Mover's Distance: by hand, by linear programming, and gensim's."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.optimize import linprog

from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.transport import wmdistance

RNG = np.random.default_rng(3)
WORDS = [f"w{n}" for n in range(30)]
VECTORS = RNG.normal(size=(30, 5)).astype(np.float32)


@pytest.fixture(scope="module")
def wv():
    return KeyedVectors(WORDS, VECTORS)


def documents(number):
    for _ in range(number):
        yield tuple([WORDS[i] for i in RNG.integers(0, 30, RNG.integers(1, 12))] for _ in range(2))


def by_linear_programming(document1, document2, norm):
    """The definition of the distance: flows that empty one document and fill the other, at least cost."""
    sides = []
    for document in (document1, document2):
        words = sorted(set(document))
        rows = VECTORS[[WORDS.index(word) for word in words]].astype(np.float64)
        if norm:
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        sides.append((rows, [document.count(word) / len(document) for word in words]))
    (rows1, shares1), (rows2, shares2) = sides
    costs = np.linalg.norm(rows1[:, None] - rows2[None], axis=2)
    flows = np.arange(costs.size).reshape(costs.shape)
    sums = np.zeros((sum(costs.shape), costs.size))
    for number, members in enumerate([*flows, *flows.T]):
        sums[number, members] = 1
    return linprog(costs.ravel(), A_eq=sums, b_eq=[*shares1, *shares2]).fun


def test_without_a_transport_to_solve(wv):
    assert wmdistance(wv, [], ["w1"]) == float("inf")
    assert wmdistance(wv, ["w1"], ["unknown"]) == float("inf")
    assert wmdistance(wv, ["w1", "w2"], ["w2", "unknown", "w1"]) == 0
    assert wmdistance(wv, iter(["w1", "w1"]), iter(["w1"])) == 0
    with pytest.raises(TypeError, match=r"list of words, not the text 'w1 w2'"):
        wmdistance(wv, "w1 w2", ["w1"])


def test_one_word_to_another(wv):
    pytest.importorskip("ot")
    a, b = VECTORS[1] / np.linalg.norm(VECTORS[1]), VECTORS[2] / np.linalg.norm(VECTORS[2])
    assert wmdistance(wv, ["w1"], ["w2"]) == pytest.approx(np.linalg.norm(a - b), abs=1e-6)
    assert wmdistance(wv, ["w1"], ["w2"], norm=False) == pytest.approx(
        np.linalg.norm(VECTORS[1] - VECTORS[2]), abs=1e-6
    )
    zeros = KeyedVectors(["a", "b"], np.array([[0, 0], [0, 2]], np.float32))
    assert wmdistance(zeros, ["a"], ["b"]) == 1


@pytest.mark.parametrize("norm", [True, False])
def test_the_definition(wv, norm):
    pytest.importorskip("ot")
    for document1, document2 in documents(30):
        found = wmdistance(wv, document1, document2, norm=norm)
        assert found == pytest.approx(by_linear_programming(document1, document2, norm), abs=1e-6)
        assert found == pytest.approx(wmdistance(wv, document2, document1, norm=norm), abs=1e-6)


@pytest.mark.parametrize("norm", [True, False])
def test_gensims_results(wv, norm):
    pytest.importorskip("ot")
    other = pytest.importorskip("gensim.models").KeyedVectors(5)
    other.add_vectors(WORDS, VECTORS)
    for document1, document2 in documents(50):
        document1.append("unknown")
        found = wmdistance(wv, document1, document2, norm=norm)
        assert found == pytest.approx(other.wmdistance(document1, document2, norm=norm), abs=1e-5)


def test_without_pot(wv, monkeypatch):
    monkeypatch.setitem(sys.modules, "ot", None)
    with pytest.raises(ImportError, match=r"pip install 'fastw2v\[wmd\]'"):
        wmdistance(wv, ["w1"], ["w2"])
