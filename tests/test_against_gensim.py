"""Every query beside gensim's, on 50,000 words: the same words in the same order; where it errs, what is right."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v.keyed_vectors import KeyedVectors

theirs_module = pytest.importorskip("gensim.models.keyedvectors")

# gensim's 3CosMul calls a method of its own that it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`:DeprecationWarning")

COUNT, WIDTH = 50_000, 50
TOLERANCE = 1e-5
SAME = 2e-6  # scores nearer than this may stand in either order: both are sums in float32


@pytest.fixture(scope="module")
def both():
    rng = np.random.default_rng(7)
    topics = rng.standard_normal((500, WIDTH))
    vectors = (topics[rng.integers(500, size=COUNT)] + rng.standard_normal((COUNT, WIDTH))).astype(np.float32)
    words = [f"wört{i}" for i in range(COUNT)]
    counts = rng.integers(1, 1000, COUNT)
    theirs = theirs_module.KeyedVectors(WIDTH)
    theirs.add_vectors(words, vectors)
    for word, count in zip(words, counts.tolist(), strict=True):
        theirs.set_vecattr(word, "count", count)
    return KeyedVectors(words, vectors, counts), theirs


def same(ours, theirs):
    assert len(ours) == len(theirs)
    np.testing.assert_allclose([score for _, score in ours], [score for _, score in theirs], atol=TOLERANCE)
    places = {word: place for place, (word, _) in enumerate(theirs)}
    for place, (word, score) in enumerate(ours):
        if places.get(word) != place:
            assert abs(score - theirs[place][1]) < SAME, (place, word, theirs[place])


SEARCHES = [
    ("most_similar", ("wört1",), {}),
    ("most_similar", (["wört1", "wört7"], ["wört3"]), {"topn": 100}),
    ("most_similar", ([("wört1", 0.5), "wört7"], [("wört9", 2.0)]), {}),
    ("most_similar", (17,), {"clip_start": 100, "clip_end": 9000}),
    ("most_similar", ("wört1",), {"restrict_vocab": 300, "topn": 1000}),
    ("most_similar_cosmul", (["wört1", "wört7"], ["wört3"]), {"topn": 50}),
    ("most_similar_cosmul", ("wört5",), {}),
    ("similar_by_word", ("wört40",), {"restrict_vocab": 1000}),
    ("similar_by_key", ("wört40",), {"topn": 3}),
]


@pytest.mark.parametrize(("name", "arguments", "options"), SEARCHES)
def test_searches(both, name, arguments, options):
    same(*(getattr(wv, name)(*arguments, **options) for wv in both))


def test_vectors_as_queries(both):
    ours, theirs = both
    vector = ours.vectors[5] + 0.5
    same(ours.similar_by_vector(vector), theirs.similar_by_vector(vector))
    same(ours.most_similar([vector, "wört8"]), theirs.most_similar([vector, "wört8"]))
    # gensim takes products with a vector that is not of length 1 for cosines
    unit = vector / np.linalg.norm(vector)
    same(ours.most_similar_cosmul([vector], ["wört8"]), theirs.most_similar_cosmul([unit], ["wört8"]))


def test_scores_of_all_words(both):
    ours, theirs = both
    for name in ("most_similar", "most_similar_cosmul"):
        a, b = (getattr(wv, name)("wört1", topn=None) for wv in both)
        np.testing.assert_allclose(a, b, atol=TOLERANCE)
    np.testing.assert_allclose(ours.distances("wört1"), theirs.distances("wört1"), atol=TOLERANCE)
    others = ["wört9", "wört4"]
    np.testing.assert_allclose(ours.distances("wört1", others), theirs.distances("wört1", others), atol=TOLERANCE)


NUMBERS = [
    ("similarity", ("wört1", "wört2")),
    ("distance", ("wört1", "wört2")),
    ("n_similarity", (["wört1", "wört5"], ["wört2", "wört3"])),
    ("rank", ("wört1", "wört2")),
    ("relative_cosine_similarity", ("wört1", "wört2")),
    ("get_vecattr", ("wört1", "count")),
    ("get_index", ("wört99",)),
]


@pytest.mark.parametrize(("name", "arguments"), NUMBERS)
def test_numbers(both, name, arguments):
    ours, theirs = (getattr(wv, name)(*arguments) for wv in both)
    assert ours == pytest.approx(float(theirs), abs=TOLERANCE)


WORD_ANSWERS = [
    ("doesnt_match", (["wört1", "wört2", "wört3", "wört4"],)),
    ("most_similar_to_given", ("wört1", ["wört8", "wört9", "wört10"])),
    ("closer_than", ("wört1", "wört20")),
]


@pytest.mark.parametrize(("name", "arguments"), WORD_ANSWERS)
def test_words(both, name, arguments):
    ours, theirs = (getattr(wv, name)(*arguments) for wv in both)
    assert ours == theirs


def test_vectors(both):
    ours, theirs = both
    keys = ["wört1", "wört2", "unknown"]
    for options in ({}, {"weights": [1.0, -2.0, 3.0]}, {"pre_normalize": False}, {"post_normalize": True}):
        a, b = (wv.get_mean_vector(keys, **options) for wv in both)
        np.testing.assert_allclose(a, b, atol=TOLERANCE)
    np.testing.assert_allclose(ours.get_normed_vectors(), theirs.get_normed_vectors(), atol=TOLERANCE)
    np.testing.assert_allclose(ours.get_vector("wört3", norm=True), theirs.get_vector("wört3", norm=True), atol=1e-6)
    np.testing.assert_array_equal(ours[keys[:2]], theirs[keys[:2]])
    ranked = [wv.rank_by_centrality([*keys[:2], "wört9"]) for wv in both]
    assert [word for _, word in ranked[0]] == [word for _, word in ranked[1]]
    np.testing.assert_allclose([s for s, _ in ranked[0]], [float(s) for s, _ in ranked[1]], atol=TOLERANCE)


def test_many_at_once(both):
    ours, theirs = both
    words = [f"wört{i}" for i in range(0, COUNT, 2500)]
    for word, answer in zip(words, ours.most_similar_batch(words, topn=20), strict=True):
        same(answer, theirs.most_similar(word, topn=20))


def test_tables_are_sorted_and_chosen_alike(both):
    keys = ["wört5", "none", "wört4", "wört5", "wört900"]
    ours, theirs = (wv.vectors_for_all(keys, copy_vecattrs=True) for wv in both)
    assert ours.index_to_key == theirs.index_to_key
    for wv in (ours, theirs):
        wv.sort_by_descending_frequency()
    assert ours.index_to_key == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)


def test_products_of_cosines_respect_restrict_vocab(both):
    """gensim ignores the argument there and answers with words far down the vocabulary."""
    ours, theirs = both
    query = (["wört1", "wört2"], ["wört3"])
    everything = theirs.most_similar_cosmul(*query, topn=COUNT)
    right = [(word, score) for word, score in everything if theirs.get_index(word) < 500][:10]
    same(ours.most_similar_cosmul(*query, restrict_vocab=500), right)
    assert theirs.most_similar_cosmul(*query, restrict_vocab=500) != right


def test_a_vector_of_zeros_is_like_nothing_instead_of_nan():
    rows = np.array([[0, 0], [1, 0], [1, 1]], np.float32)
    ours = KeyedVectors(["zero", "one", "two"], rows)
    assert ours.most_similar("one")[0][0] == "two"
    assert dict(ours.most_similar("one"))["zero"] == 0.0
