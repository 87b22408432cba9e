"""Vectors that words begin with: from every kind of source the same, refused with a sentence, frozen on demand."""

from __future__ import annotations

import logging
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pytest

import fastw2v
from fastw2v import Config, KeyedVectors, Vocabulary, Word2Vec, text_work
from fastw2v.initial_vectors import InitialVectors

WORDS = ["a", "b", "c"]
TABLE = KeyedVectors(["c", "x", "a"], np.arange(12, dtype=np.float32).reshape(3, 4))
EXPECTED = {"a": [8, 9, 10, 11], "c": [0, 1, 2, 3]}
OPTIONS = {"vector_size": 12, "epochs": 2, "min_count": 1, "workers": 2, "progress": False}


def built(init_vectors, **options):
    model = Word2Vec(Config(vector_size=4, **options))
    found = model.build_vocab(Vocabulary(WORDS, [9, 8, 7]), init_vectors)
    return model, found


def given(kind, folder):
    if kind.startswith("."):
        TABLE.save(folder / f"v{kind}")
        return folder / f"v{kind}"
    return {
        "table": TABLE,
        "model": SimpleNamespace(wv=TABLE),
        "dict": {word: TABLE[word].tolist() for word in TABLE.index_to_key},
        "mapping": MappingProxyType({word: TABLE[word].astype(np.float16) for word in TABLE.index_to_key}),
    }[kind]


@pytest.mark.parametrize(
    "kind", [".txt", ".txt.gz", ".bin", ".npy", ".safetensors", "table", "model", "dict", "mapping"]
)
def test_words_begin_with_their_vectors(kind, tmp_path, caplog):
    with caplog.at_level(logging.INFO, "fastw2v"):
        model, found = built(given(kind, tmp_path))
    assert found == 2
    assert model.initial_rows.tolist() == [0, 2]
    np.testing.assert_array_equal(model.wv["a"], EXPECTED["a"])
    np.testing.assert_array_equal(model.wv["c"], EXPECTED["c"])
    np.testing.assert_array_equal(model.wv["b"], built(None)[0].wv["b"])
    assert not model.outputs.any()
    assert caplog.messages[0].startswith("2 of 3 words begin with vectors of ")


def test_gensims_vectors_are_taken():
    gensim = pytest.importorskip("gensim.models")
    theirs = gensim.KeyedVectors(4)
    theirs.add_vectors(TABLE.index_to_key, TABLE.vectors)
    np.testing.assert_array_equal(built(theirs)[0].wv.vectors, built(TABLE)[0].wv.vectors)


def test_a_whole_model_is_a_file_of_vectors(tmp_path):
    first = built(None, seed=5)[0]
    first.save(tmp_path / "m.safetensors")
    again, found = built(tmp_path / "m.safetensors")
    assert found == 3
    np.testing.assert_array_equal(again.wv.vectors, first.wv.vectors)


def test_rows_of_an_array_are_in_the_vocabularys_order():
    rows = np.random.default_rng(0).normal(size=(3, 4))
    model, found = built(rows)
    assert found == 3
    np.testing.assert_array_equal(model.wv.vectors, rows.astype(np.float32))
    rows[:] = 0
    assert model.wv.vectors.all(), "the model must have a copy"


@pytest.mark.parametrize(
    ("source", "error", "sentence"),
    [
        (np.zeros((3, 5)), ValueError, r"vectors in init_vectors \(array\): 5 numbers, but vector_size is 4; set"),
        (KeyedVectors(["a"], np.zeros((1, 3))), ValueError, "3 numbers, but vector_size is 4; set vector_size to 3"),
        ({"b": [1, 2]}, ValueError, r"the vector of 'b' in init_vectors \(dict\): 2 numbers, but vector_size is 4"),
        ({"b": 1.0}, ValueError, r"the vector of 'b' in .* is float64 of shape \(\), but must be 4 numbers"),
        ({"b": list("1234")}, ValueError, "the vector of 'b' in .* but must be 4 numbers"),
        ({"b": [0, 0, np.nan, 0]}, ValueError, "the vector of 'b' in .* not finite as float32; leave the word out"),
        ({"a": [0] * 4, "c": [1e300, 0, 0, 0]}, ValueError, "the vector of 'c' in .* not finite"),
        ({"A": [0] * 4}, ValueError, "none of the 3 words of the vocabulary has a vector in .*upper and lower case"),
        (np.zeros((2, 4)), ValueError, "init_vectors has 2 rows, but the vocabulary has 3 words; give a row for each"),
        (np.zeros(4), ValueError, r"init_vectors is an array of float64 of shape \(4,\)"),
        (np.full((3, 4), "x"), ValueError, "init_vectors is an array of <U1"),
        ([[0] * 4] * 3, TypeError, "init_vectors must be a file of vectors, .* not list"),
        (5, TypeError, "init_vectors must be a file of vectors, .* not int"),
    ],
)
def test_what_does_not_fit_is_refused(source, error, sentence):
    model = Word2Vec(Config(vector_size=4))
    with pytest.raises(error, match=sentence):
        model.build_vocab(Vocabulary(WORDS, [9, 8, 7]), source)
    assert len(model.wv) == len(model.vocabulary) == 0


def test_a_file_that_does_not_fit_is_refused_before_the_text_is_touched(tmp_path):
    TABLE.save(tmp_path / "v.txt")

    def text():
        pytest.fail("the text was read")
        yield ["a"]

    with pytest.raises(ValueError, match=r"v\.txt: 4 numbers, but vector_size is 100"):
        fastw2v.train(text(), init_vectors=tmp_path / "v.txt")
    with pytest.raises(OSError, match="none"):
        fastw2v.train(text(), init_vectors=tmp_path / "none.txt")
    with pytest.raises(TypeError, match="not list"):
        fastw2v.train(text(), init_vectors=[])
    with pytest.raises(ValueError, match="freeze is 'init_vectors', but there are none; give init_vectors"):
        fastw2v.train(text(), freeze="init_vectors")


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("loss", ["negative", "hierarchical", "softmax"])
def test_vectors_that_were_given_can_be_frozen(text_file, architecture, loss):
    rows = np.random.default_rng(0).normal(size=(20, 12)).astype(np.float32)
    given = {f"a{i}": row for i, row in enumerate(rows)}
    options = {**OPTIONS, "architecture": architecture, "loss": loss, "init_vectors": given}
    frozen, free = fastw2v.train(text_file, **options, freeze="init_vectors"), fastw2v.train(text_file, **options)
    for word, row in given.items():
        np.testing.assert_array_equal(frozen.wv[word], row)
        assert (free.wv[word] != row).any()
    others = [word for word in frozen.wv.index_to_key if word not in given]
    untrained = Word2Vec(frozen.config)
    untrained.build_vocab(frozen.vocabulary)
    assert (frozen.wv[others] != untrained.wv[others]).any(axis=1).all()
    np.testing.assert_array_equal(frozen.initial_rows, sorted(frozen.vocabulary.key_to_index[word] for word in given))
    frozen.train([["a1", "new"]] * 50, grow_vocabulary=True, freeze="init_vectors")
    np.testing.assert_array_equal(frozen.wv["a1"], given["a1"])


def test_a_frozen_run_goes_on_from_its_checkpoint(text_file, tmp_path, monkeypatch):
    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 1000)
    path = tmp_path / "c.safetensors"
    options = {
        **OPTIONS,
        "workers": 1,
        "freeze": "init_vectors",
        "init_vectors": {"a1": np.ones(12), "c1": np.ones(12)},
    }
    fastw2v.train(text_file, **options).save(tmp_path / "whole.safetensors")
    stopping = fastw2v.Every(1e-9, lambda model: model.progress.block < 7)
    model = fastw2v.train(text_file, **options, checkpoint=path, checkpoint_every=7, callbacks=[stopping])
    assert model.unfinished is not None
    Word2Vec.resume(path, progress=False).save(tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "whole.safetensors").read_bytes()


def test_a_model_that_began_otherwise_has_nothing_to_freeze(text_file, tmp_path):
    model = fastw2v.train(text_file, **OPTIONS)
    with pytest.raises(ValueError, match="freeze is 'init_vectors', but no word of this model began"):
        model.train(text_file, freeze="init_vectors")
    with pytest.raises(TypeError, match="freeze must be a list of words or 'init_vectors', not 'a1'"):
        model.train(text_file, freeze="a1")


def test_one_of_these_is_taken_as_it_is():
    ready = InitialVectors(TABLE, 4)
    assert InitialVectors.of(ready, 4) is ready
