"""Texts of numbers: arrays with offsets, walks, lists; nothing copied, names as they are given."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v import Corpus, KeyedVectors, Word2Vec, train
from fastw2v.id_arrays import counts_of

WALKS = np.array([[0, 2, 3], [3, 3, 0], [5, 0, 2]])
OPTIONS = {"vector_size": 8, "epochs": 2, "workers": 1, "sample": 0}


def test_an_id_too_high_for_the_memory(monkeypatch):
    monkeypatch.setattr("fastw2v.id_arrays.free_memory", lambda: 64_000)
    assert len(counts_of(np.array([1, 999]), None, None)) == 1000
    with pytest.raises(
        ValueError, match=r"id 1 is 1001, and a word for each .* numpy.unique\(ids, return_inverse=True"
    ):
        counts_of(np.array([1, 1001]), None, None)
    assert len(counts_of(np.array([1, 1001]), 2000, None)) == 2000  # asked for


def sentences(corpus):
    return [corpus.sentence(i) for i in range(len(corpus.offsets) - 1)]


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", ">i4", ">i8"])
def test_walks_of_any_type(dtype):
    for ids in (
        WALKS.astype(dtype),
        np.asfortranarray(WALKS.astype(dtype)),
        np.tile(WALKS, 2).astype(dtype)[:, ::2][:, :3],
    ):
        corpus = Corpus.from_ids(ids)
        assert sentences(corpus) == [[str(i) for i in walk] for walk in ids.tolist()]
        assert corpus.counts.tolist() == np.bincount(ids.reshape(-1).astype(int)).tolist()
        assert (len(corpus), corpus.raw_words, corpus.raw_sentences, corpus.origin) == (9, 9, 3, None)


def test_an_int32_array_is_not_copied():
    ids = WALKS.astype(np.int32)
    ids.setflags(write=False)
    for given_ids in (ids, ids.reshape(-1)):
        text = Corpus.from_ids(given_ids).text
        assert np.shares_memory(text.read(2, 7), ids)
    assert np.shares_memory(Corpus.from_ids(WALKS.T.astype(np.int64)).text.ids, WALKS) is False


@given(st.lists(st.lists(st.integers(-2, 9), max_size=6), min_size=1, max_size=8), st.data())
def test_offsets_lists_and_padded_walks_are_one_text(walks, data):
    known = [[str(i) for i in walk if i >= 0] for walk in walks]
    if not any(known):
        with pytest.raises(ValueError, match="no id in the text"):
            Corpus.from_ids(walks)
        return
    expected = [walk for walk in known if walk]
    flat = np.array([i for walk in walks for i in walk], np.int16)
    offsets = np.cumsum([0, *map(len, walks)])
    padded = np.full((len(walks), 7), 100, np.uint16)
    for row, walk in zip(padded, walks, strict=True):
        row[: len(walk)] = [i if i >= 0 else 100 for i in walk]
    corpora = [Corpus.from_ids(flat, offsets), Corpus.from_ids(walks), Corpus.from_ids(padded, padding=100)]
    assert [sentences(corpus) for corpus in corpora] == [expected] * 3
    text = corpora[data.draw(st.integers(0, 2))].text
    borders = text.borders(0, text.sentence_count + 1)
    start = data.draw(st.integers(0, text.tokens - 1))
    stop = data.draw(st.integers(start + 1, text.tokens))
    found = text.sentences(start, stop)
    assert found[0] <= start < found[1]
    assert found[-2] < stop <= found[-1]
    assert set(found.tolist()) <= set(borders.tolist())


@pytest.mark.parametrize("padding", [None, 3])
@pytest.mark.parametrize("strange", [-1, -(2**31), -(2**31) - 1, -(2**32), 2 - 2**32, -(2**63)])
def test_negative_numbers_are_no_words_however_low(strange, padding):
    """Of 64 bits only the low half makes the number that training reads: here 0 or 2, for some."""
    corpus = Corpus.from_ids(np.array([0, 1, strange, 2, strange]), padding=padding)
    assert corpus.counts.tolist() == [1, 1, 1]
    assert corpus.ids.tolist() == [0, 1, 2]


def test_ids_are_rows_and_their_names_are_numbers(tmp_path):
    corpus = Corpus.from_ids(np.tile(WALKS, (30, 1)), size=8)
    model = train(corpus, **OPTIONS)
    wv = model.wv
    assert len(wv) == 8
    assert wv.counts.tolist() == corpus.counts.tolist() == [90, 0, 60, 90, 0, 30, 0, 0]
    np.testing.assert_array_equal(wv["5"], wv[5])
    assert "7" in wv
    assert "8" not in wv
    assert [word for word, _ in wv.most_similar("0", topn=7)] == [word for word, _ in wv.most_similar(0, topn=7)]
    np.testing.assert_array_equal(wv[1], wv.vectors[1])
    model.save(tmp_path / "m.safetensors")
    again = Word2Vec.load(tmp_path / "m.safetensors")
    assert again.wv.index_to_key == [str(i) for i in range(8)]
    assert again.vocabulary == model.vocabulary
    for name in ("v.txt", "v.bin", "v.safetensors"):
        wv.save(tmp_path / name)
        np.testing.assert_array_equal(KeyedVectors.load(tmp_path / name)["5"], wv[5])
    again.train(corpus)
    assert model.evaluate_loss(corpus) > 0


def test_no_string_is_made(monkeypatch):
    def never(*_):
        raise AssertionError("words were made")

    for name in ("to_list", "__getitem__", "__iter__"):
        monkeypatch.setattr(f"fastw2v.packed_words.PackedWords.{name}", never)
    wv = train(Corpus.from_ids(np.tile(WALKS, (20, 1)), size=1000), **OPTIONS).wv
    assert wv["5"].shape == wv[5].shape


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"loss": "hierarchical"},
        {"loss": "softmax"},
        {"architecture": "cbow"},
        {"negative_sharing": "pair"},
        {"ns_exponent": -0.5},
        {"sample": 1e-2},
        {"workers": 2},
    ],
    ids=str,
)
def test_words_that_never_occur_and_counts_in_any_order(more):
    rng = np.random.default_rng(1)
    # Rare ids come first; each walk goes to and fro between two.
    ids = (20 - rng.geometric(0.2, (200, 1)).clip(1, 18) + np.arange(10) % 2).astype(np.int32)
    corpus = Corpus.from_ids(ids, size=40)
    model = train(corpus, **{**OPTIONS, **more})
    assert np.isfinite(model.wv.vectors).all()
    assert model.history[-1]["loss"] < model.history[0]["loss"]
    unseen = corpus.counts == 0
    fresh = Word2Vec(model.config)
    fresh.build_vocab(corpus)
    np.testing.assert_array_equal(model.wv.vectors[unseen], fresh.wv.vectors[unseen])


def test_names():
    corpus = Corpus.from_ids(WALKS, words=list("abcdefg"))
    assert sentences(corpus)[0] == ["a", "c", "d"]
    assert len(corpus.vocabulary) == 7
    assert Corpus.from_ids(WALKS, words=("a", "b", "c", "d", "e", "f")).vocabulary.index_to_key[5] == "f"
    # The text of other numbers, seen in these.
    other = corpus.restricted(Corpus([["d", "a"]], min_count=1).vocabulary)
    assert sentences(other) == [["a", "d"], ["d", "d", "a"], ["a"]]


@pytest.mark.parametrize(
    ("ids", "options", "error", "match"),
    [
        ([0.5], {}, TypeError, "ids must be whole numbers, not float64"),
        (np.array([True]), {}, TypeError, "not bool"),
        ("text", {}, TypeError, "ids must be whole numbers"),
        (np.zeros((2, 2, 2), int), {}, ValueError, "ids has 3 dimensions"),
        (WALKS, {"offsets": [0, 9]}, ValueError, "each row is a sentence; give one"),
        ([0, 1], {"offsets": [0, 1]}, ValueError, "rise from 0 to the number of ids, 2, but go from 0 to 1"),
        ([0, 1], {"offsets": [0, 2, 1, 2]}, ValueError, "fall behind offset 1"),
        ([0, 1], {"offsets": [0.0, 2.0]}, TypeError, "offsets must be whole numbers of one dimension"),
        (WALKS, {"size": 5}, ValueError, "id 6 is 5, but ids must be below 5; give a larger size"),
        (WALKS, {"words": ["a", "b"]}, ValueError, "id 1 is 2, but ids must be below 2"),
        (WALKS, {"words": ["a"] * 6}, ValueError, "the word 'a' is listed more than once"),
        (WALKS, {"words": list("abcdef"), "size": 7}, ValueError, "size is 7, but there are 6 words"),
        ([2**40], {}, ValueError, "ids must be below 2147483648; number them anew"),
        ([-1, -5], {}, ValueError, "there is no id in the text"),
        ([], {}, TypeError, "ids must be whole numbers"),
        (np.empty((0, 5), int), {}, ValueError, "there is no id"),
        (WALKS, {"padding": 1.5}, TypeError, "padding"),
        (WALKS, {"size": 0}, ValueError, "size is 0"),
    ],
)
def test_bad_ids(ids, options, error, match):
    with pytest.raises(error, match=match):
        Corpus.from_ids(ids, **options)


def test_an_array_as_a_source_is_told_of_from_ids():
    with pytest.raises(TypeError, match="from_ids"):
        Corpus(WALKS)


def test_counts_of_many_parts(monkeypatch):
    monkeypatch.setattr("fastw2v.id_arrays.COUNTED", 2)
    assert counts_of(WALKS, None, None).tolist() == [3, 0, 2, 3, 0, 1]
    with pytest.raises(ValueError, match="id 6 is 5"):
        counts_of(WALKS, 5, None)
