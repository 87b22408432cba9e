"""Training in steps, and vocabularies that grow: what was there before stays, what comes is new."""

from __future__ import annotations

import numpy as np
import pytest
from models import EVERY_OBJECTIVE

import fastw2v
from fastw2v import Config, Corpus, Vocabulary, Word2Vec


def fresh(text_file, **options):
    model = Word2Vec(Config(vector_size=20, epochs=3, workers=1, **options))
    corpus = Corpus(text_file, min_count=1)
    model.build_vocab(corpus)
    return model, corpus


@pytest.mark.parametrize("options", EVERY_OBJECTIVE, ids=str)
def test_steps_are_the_same_training(text_file, options):
    whole, corpus = fresh(text_file, **options)
    steps, _ = fresh(text_file, **options)
    whole.train(corpus)
    seen = []
    for progress in steps.train_stepwise(corpus):
        assert steps.wv.vectors.shape == (45, 20)
        assert np.isfinite(steps.outputs).all()
        assert steps.words_trained == progress.words_done == progress.epoch * len(corpus)
        seen.append(steps.wv.vectors.copy())
    assert len(seen) == 3
    assert (seen[0] != seen[1]).any()
    np.testing.assert_allclose(steps.wv.vectors, whole.wv.vectors, atol=1e-6)
    np.testing.assert_allclose(steps.outputs, whole.outputs, atol=1e-6)
    for step, entry in zip(steps.history, whole.history, strict=True):
        assert (step["epoch"], step["predictions"]) == (entry["epoch"], entry["predictions"])
        assert (step["loss"], step["alpha"]) == pytest.approx((entry["loss"], entry["alpha"]))


def test_what_is_changed_between_two_steps_is_trained_on(text_file):
    model, corpus = fresh(text_file)
    steps = model.train_stepwise(corpus)
    next(steps)
    model.wv.vectors = np.full((45, 20), 7.0, np.float32)
    next(steps)
    assert model.wv.vectors.min() > 4


def test_a_loop_left_early_leaves_what_was_trained(text_file):
    model, corpus = fresh(text_file)
    for _ in model.train_stepwise(corpus):
        break
    assert [entry["epoch"] for entry in model.history] == [1]
    model.train(corpus)
    assert [entry["epoch"] for entry in model.history] == [1, 2, 3, 4]


def test_the_table_of_words_stays_the_same_object(text_file):
    model, corpus = fresh(text_file)
    table = model.wv
    before = table["a1"].copy()
    model.train(corpus)
    assert model.wv is table
    assert (table["a1"] != before).any()


def test_a_table_that_does_not_fit_the_vocabulary_is_refused(text_file):
    model, corpus = fresh(text_file)
    model.wv = fastw2v.KeyedVectors(["x"], np.zeros((1, 20)))
    with pytest.raises(ValueError, match=r"wv has vectors of shape \(1, 20\), but the model has 45 words"):
        model.train(corpus)


def test_steps_of_a_text_without_neighbours_warn_at_the_end():
    model = Word2Vec(Config(vector_size=4, epochs=2, workers=1))
    corpus = Corpus([["a"], ["b"]], min_count=1)
    model.build_vocab(corpus)
    steps = model.train_stepwise(corpus)
    next(steps)
    next(steps)
    with pytest.warns(UserWarning, match="nothing was learnt: no word of the text has a neighbour"):
        assert list(steps) == []


@pytest.mark.parametrize("options", [o for o in EVERY_OBJECTIVE if o["loss"] != "hierarchical"], ids=str)
def test_a_vocabulary_grows(text_file, options):
    model, corpus = fresh(text_file, **options)
    model.train(corpus)
    words, counts = list(model.wv.index_to_key), model.wv.counts.copy()
    vectors, outputs = model.wv.vectors.copy(), model.outputs.copy()
    more = Corpus([["new", "a1", "newer", "a1"]] * 200, min_count=1)
    assert model.extend_vocab(more) == 2
    assert model.wv.index_to_key == model.vocabulary.index_to_key == [*words, "new", "newer"]
    expected = np.array([*counts, 200, 200])
    expected[words.index("a1")] += 400
    np.testing.assert_array_equal(model.wv.counts, expected)
    np.testing.assert_array_equal(model.wv.vectors[:45], vectors)
    np.testing.assert_array_equal(model.outputs[:45], outputs)
    assert not model.outputs[45:].any()
    assert 0 < abs(model.wv.vectors[45:]).max() <= 0.5 / 20
    assert len(np.unique(model.wv.vectors[45:])) > 30
    first = fresh(text_file, **options)[0].wv.vectors
    assert not np.isin(model.wv.vectors[45], first).any(), "new words must have draws of their own"
    model.train([["new", "a1", "newer", "a1"]] * 200)
    assert model.outputs[45:].any()


def test_a_vocabulary_may_grow_by_counts_alone():
    model = Word2Vec(Config(vector_size=4))
    model.build_vocab(Vocabulary(["a", "b"], [5, 3]))
    assert model.extend_vocab(Vocabulary(["b"], [4])) == 0
    assert model.vocabulary.counts.tolist() == [5, 7]


def test_a_tree_does_not_grow(text_file):
    model, corpus = fresh(text_file, loss="hierarchical")
    with pytest.raises(ValueError, match="another tree"):
        model.extend_vocab(corpus)


@pytest.mark.parametrize("loss", ["negative", "hierarchical", "softmax"])
def test_a_vocabulary_in_any_order_trains(sentences, loss):
    ranked = Corpus(sentences, min_count=1).vocabulary
    order = np.random.default_rng(0).permutation(45)
    mixed = Vocabulary([ranked.index_to_key[i] for i in order], ranked.counts[order])
    model = Word2Vec(Config(vector_size=20, epochs=12, alpha=0.1, workers=2, loss=loss))
    model.build_vocab(mixed)
    model.train(Corpus(sentences, vocabulary=mixed))
    near = [word[0] for word, _ in model.wv.most_similar("a1", topn=5)]
    assert near.count("a") >= 4
