"""Words and sets of words compared: against the definitions in float64."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v.keyed_vectors import KeyedVectors

WORDS = [f"w{i}" for i in range(30)]


@pytest.fixture(params=[np.float32, np.float16])
def wv(request):
    return KeyedVectors(WORDS, np.random.default_rng(2).normal(0.2, 1, (30, 7)).astype(request.param))


def cosine(first, second):
    first, second = np.asarray(first, float), np.asarray(second, float)
    return first @ second / np.linalg.norm(first) / np.linalg.norm(second)


def test_two_words(wv):
    wanted = cosine(wv.vectors[1], wv.vectors[2])
    assert wv.similarity("w1", "w2") == pytest.approx(wanted, abs=1e-6)
    assert wv.distance("w1", 2) == pytest.approx(1 - wanted, abs=1e-6)


def test_one_word_and_many(wv):
    wanted = np.array([cosine(wv.vectors[3], row) for row in wv.vectors])
    np.testing.assert_allclose(wv.distances("w3"), 1 - wanted, atol=1e-6)
    np.testing.assert_allclose(wv.distances(wv["w3"]), 1 - wanted, atol=1e-6)
    np.testing.assert_allclose(wv.distances("w3", ["w9", "w0"]), 1 - wanted[[9, 0]], atol=1e-6)
    np.testing.assert_allclose(wv.cosine_similarities(wv["w3"], wv.vectors), wanted, atol=1e-6)
    assert wv.most_similar_to_given("w3", ["w5", "w6", "w7"]) == f"w{5 + int(np.argmax(wanted[5:8]))}"
    order = sorted((row for row in range(30) if row != 3), key=lambda row: -wanted[row])
    for place in (0, 4, 28):
        assert wv.rank("w3", WORDS[order[place]]) == place + 1
        assert wv.closer_than("w3", WORDS[order[place]]) == [WORDS[row] for row in sorted(order[:place])]


def test_zeros_are_like_nothing():
    wv = KeyedVectors(["zero", "one"], [[0, 0], [1, 0]])
    assert wv.distances("zero").tolist() == [1, 1]
    assert wv.cosine_similarities([1, 0], [[0, 0], [2, 0]]).tolist() == [0, 1]


def test_means(wv):
    a, b = (np.asarray(wv.vectors[row], float) for row in (1, 2))
    plain = wv.get_mean_vector(["w1", "none", "w2"], pre_normalize=False)
    np.testing.assert_allclose(plain, (a + b) / 2, atol=1e-6)
    units = a / np.linalg.norm(a), b / np.linalg.norm(b)
    np.testing.assert_allclose(wv.get_mean_vector(["w1", "w2"]), sum(units) / 2, atol=1e-6)
    weighted = wv.get_mean_vector(["w1", np.ones(7)], weights=[2, -1])
    np.testing.assert_allclose(weighted, (2 * units[0] - 1) / 3, atol=1e-6)
    assert np.linalg.norm(wv.get_mean_vector(["w1", "w2"], post_normalize=True)) == pytest.approx(1)
    assert not wv.get_mean_vector(["none"]).any()
    assert plain.dtype == weighted.dtype == np.float32


def test_sets_of_words(wv):
    wanted = cosine(sum(np.asarray(wv.vectors[i], float) for i in (1, 2)), wv.vectors[3])
    assert wv.n_similarity(["w1", "w2", "none"], ["w3"]) == pytest.approx(wanted, abs=1e-6)
    with pytest.raises(ZeroDivisionError, match="empty"):
        wv.n_similarity([], ["w1"])


def test_the_odd_one_out(caplog):
    wv = KeyedVectors(["a", "b", "c", "odd"], [[1, 0.1], [1, 0], [0.9, 0.2], [-1, 1]])
    assert wv.doesnt_match(["a", "odd", "b", "c"]) == "odd"
    ranked = wv.rank_by_centrality(["a", "odd", "b", "none"])
    assert [word for _, word in ranked][-1] == "odd"
    assert ranked == sorted(ranked, reverse=True)
    assert "unknown words are left out: 'none'" in caplog.text
    mean = np.mean([[1, 0.1], [-1, 1]], axis=0)
    plain = wv.rank_by_centrality(["a", "odd"], use_norm=False)
    assert plain[0] == (pytest.approx(np.dot([-1, 1], mean / np.linalg.norm(mean)), abs=1e-6), "odd")


@pytest.mark.parametrize(
    ("ask", "error", "sentence"),
    [
        (lambda wv: wv.get_mean_vector([]), ValueError, "at least one"),
        (lambda wv: wv.get_mean_vector(["w1"], weights=[1, 2]), ValueError, "number for each of 1 keys"),
        (lambda wv: wv.get_mean_vector(["none"], ignore_missing=False), KeyError, "none"),
        (lambda wv: wv.get_mean_vector([np.ones(3)]), ValueError, r"shape \(3,\)"),
        (lambda wv: wv.rank_by_centrality(["none"]), ValueError, "none is in the vocabulary"),
        (lambda wv: wv.most_similar_to_given("w1", []), ValueError, "at least one"),
        (lambda wv: wv.distances("none"), KeyError, "none"),
        (lambda wv: wv.rank("w1", "none"), KeyError, "none"),
    ],
)
def test_what_makes_no_sense(wv, ask, error, sentence):
    with pytest.raises(error, match=sentence):
        ask(wv)
