"""Searches of the vocabulary: products of cosines, clipped ranges, many queries at once, graphs."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v.keyed_vectors import KeyedVectors

WORDS = [f"w{i}" for i in range(200)]


@pytest.fixture(params=[np.float32, np.float16])
def wv(request):
    return KeyedVectors(WORDS, np.random.default_rng(5).standard_normal((200, 9)).astype(request.param))


@pytest.fixture
def cosines(wv):
    units = wv.vectors.astype(float)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    return units @ units.T


def check(answer, scores, asked, topn=10, start=0):
    """The answer is what sorting `scores`, of the rows from `start` on, gives."""
    order = [start + i for i in np.argsort(-scores).tolist() if start + i not in asked][:topn]
    assert [word for word, _ in answer] == [WORDS[row] for row in order]
    np.testing.assert_allclose([score for _, score in answer], scores[np.array(order) - start], atol=1e-5)


def test_clipped_ranges(wv, cosines):
    check(wv.most_similar("w3", clip_start=50, clip_end=90), cosines[3, 50:90], {3}, start=50)
    check(wv.most_similar("w3", clip_start=150), cosines[3, 150:], {3}, start=150)
    check(wv.most_similar("w3", topn=3, clip_start=50, restrict_vocab=20), cosines[3, :20], {3}, 3)
    assert wv.most_similar("w3", topn=None, clip_start=50, clip_end=90).shape == (40,)
    assert wv.most_similar("w3", clip_start=90, clip_end=50) == []
    assert wv.most_similar("w3", clip_start=500) == []
    with pytest.raises(ValueError, match="clip_start is -1"):
        wv.most_similar("w3", clip_start=-1)


def test_the_short_names(wv, cosines):
    check(wv.similar_by_word("w4", topn=5), cosines[4], {4}, 5)
    check(wv.similar_by_key(4, restrict_vocab=30), cosines[4, :30], {4})
    check(wv.similar_by_vector(wv["w4"].tolist()), cosines[4], set())
    near = wv.similar_by_word("w4", 7)
    wanted = wv.similarity("w4", "w9") / sum(score for _, score in near)
    assert wv.relative_cosine_similarity("w4", "w9", 7) == pytest.approx(wanted)
    with pytest.raises(ValueError, match="topn"):
        wv.relative_cosine_similarity("w4", "w9", 0)


def test_products_of_cosines(wv, cosines):
    shifted = (1 + cosines) / 2
    scores = shifted[1] * shifted[2] / (shifted[3] + 1e-6)
    check(wv.most_similar_cosmul(["w1", "w2"], ["w3"]), scores, {1, 2, 3})
    check(wv.most_similar_cosmul(["w1", "w2"], "w3", restrict_vocab=25), scores[:25], {1, 2, 3})
    np.testing.assert_allclose(wv.most_similar_cosmul(["w1", "w2"], ["w3"], topn=None), scores, rtol=1e-4)
    check(wv.most_similar_cosmul([wv["w1"], 2], [wv["w3"]]), scores, {2})
    check(wv.most_similar_cosmul("w1"), shifted[1], {1})
    assert wv.most_similar_cosmul("w1", topn=0) == []
    with pytest.raises(ValueError, match="at least one"):
        wv.most_similar_cosmul()


def test_many_at_once_answer_as_one_by_one(wv):
    queries = ["w1", 2, wv["w3"], ["w4", "w5"], [("w4", 2.0), "w6"], {"positive": ["w1"], "negative": ["w2", "w3"]}]
    for options in ({}, {"topn": 3}, {"restrict_vocab": 12}, {"clip_start": 20, "clip_end": 24, "topn": 50}):
        answers = wv.most_similar_batch(queries, **options, workers=2)
        for query, answer in zip(queries, answers, strict=True):
            sides = query if isinstance(query, dict) else {"positive": query}
            alone = wv.most_similar(**sides, **options)
            assert [word for word, _ in answer] == [word for word, _ in alone]
            np.testing.assert_allclose([s for _, s in answer], [s for _, s in alone], atol=1e-6)
    rows = wv.most_similar_batch(wv.vectors[:3].astype(np.float32))
    assert [answer[0][0] for answer in rows] == ["w0", "w1", "w2"]
    assert wv.most_similar_batch([]) == []
    assert wv.most_similar_batch(["w1", "w2"], topn=0) == [[], []]


@pytest.mark.parametrize(
    ("queries", "error", "sentence"),
    [
        (["w1", "zz"], KeyError, "zz"),
        ([{"positve": "w1"}], TypeError, "'positve'"),
        ([{"positive": []}], ValueError, "at least one"),
        ([np.ones(4)], ValueError, "shape"),
    ],
)
def test_batches_that_make_no_sense(wv, queries, error, sentence):
    with pytest.raises(error, match=sentence):
        wv.most_similar_batch(queries)


def test_a_graph_of_neighbours(wv, cosines):
    np.fill_diagonal(cosines, -np.inf)
    rows, scores = wv.knn_graph(4)
    np.testing.assert_array_equal(rows, np.argsort(-cosines, axis=1)[:, :4])
    np.testing.assert_allclose(scores, np.take_along_axis(cosines, rows, axis=1), atol=1e-5)
    rows, scores = wv.knn_graph(4, restrict_vocab=3)
    assert rows.shape == (3, 2)
    assert [set(row.tolist()) for row in rows] == [{1, 2}, {0, 2}, {0, 1}]
    with pytest.raises(ValueError, match="k is 0"):
        wv.knn_graph(0)


def test_more_answers_than_there_are_words_take_no_room(wv):
    everything = len(wv) - 1
    alone = wv.most_similar("w1", topn=10**12)
    assert len(alone) == everything
    (many,) = wv.most_similar_batch(["w1"], topn=10**12)
    assert [word for word, _ in many] == [word for word, _ in alone]
    assert wv.most_similar_batch(["w1"], topn=10**12, clip_start=5, clip_end=5) == [[]]
    rows, scores = wv.knn_graph(10**12)
    assert rows.shape == scores.shape == (len(wv), everything)
    assert wv.knn_graph(10**12, restrict_vocab=1)[0].shape == (1, 0)


def test_all_words_of_a_large_vocabulary_are_sorted():
    rng = np.random.default_rng(1)
    wv = KeyedVectors([f"w{i}" for i in range(3000)], rng.normal(size=(3000, 4)).astype(np.float32))
    cosines = wv.most_similar("w7", topn=None)
    order = [row for row in np.argsort(-cosines, kind="stable").tolist() if row != 7]
    alone = wv.most_similar("w7", topn=3000)
    many, other = wv.most_similar_batch(["w7", "w8"], topn=3000)
    for found in (alone, many):
        np.testing.assert_allclose([score for _, score in found], cosines[order], atol=1e-6)
        assert {word for word, _ in found} == {f"w{row}" for row in order}
    assert "w8" not in dict(other)
    assert len(other) == 2999


def test_an_index_is_asked_and_the_words_of_the_query_left_out(wv):
    class Index:
        def most_similar(self, vector, num_neighbors):
            assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
            return [(word, 0.5) for word in WORDS[:num_neighbors]]

    assert wv.most_similar("w1", topn=3, indexer=Index()) == [("w0", 0.5), ("w2", 0.5), ("w3", 0.5)]


def test_a_stored_vocabulary_answers_without_being_decoded(wv):
    from fastw2v.packed_words import PackedWords

    packed = PackedWords.pack(WORDS)
    stored = KeyedVectors(PackedWords(packed.blob, packed.offsets, packed.make_lookup()), wv.vectors)
    assert stored.most_similar("w7") == wv.most_similar("w7")
    assert stored._keys is None
    assert stored._index is None
    for word in WORDS:
        assert stored.most_similar(word, topn=1) == wv.most_similar(word, topn=1)
    assert stored._index is not None
