"""Training in steps, and vocabularies that grow: what was there before stays, what comes is new."""

from __future__ import annotations

import numpy as np
import pytest
from models import EVERY_OBJECTIVE

import fastw2v
from fastw2v import Config, Corpus, Vocabulary, Word2Vec, text_work
from fastw2v.huffman import huffman_tree
from fastw2v.tree_transfer import transferred_nodes


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


@pytest.mark.parametrize("options", EVERY_OBJECTIVE, ids=str)
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
    if options["loss"] == "hierarchical":
        trees = huffman_tree(counts), huffman_tree(expected)
        np.testing.assert_array_equal(model.outputs, transferred_nodes(outputs, *trees))
    else:
        np.testing.assert_array_equal(model.outputs[:45], outputs)
        assert not model.outputs[45:].any()
    assert 0 < abs(model.wv.vectors[45:]).max() <= 0.5 / 20
    assert len(np.unique(model.wv.vectors[45:])) > 30
    first = fresh(text_file, **options)[0].wv.vectors
    assert not np.isin(model.wv.vectors[45], first).any(), "new words must have draws of their own"
    before = model.outputs.copy()
    model.train([["new", "a1", "newer", "a1"]] * 200)
    assert (model.outputs != before).any(axis=1).sum() > 3
    assert (abs(model.wv.vectors[45:]).max(axis=1) > 0.5 / 20).all()


@pytest.mark.parametrize("options", EVERY_OBJECTIVE, ids=str)
def test_a_model_trained_on_with_new_words_learns_their_topic(sentences, options):
    """Half of topic b's words come with the second text."""
    late = {f"b{i}" for i in range(0, 20, 2)}
    first, second = sentences[:1500], sentences[1500:]
    model = Word2Vec(Config(vector_size=16, epochs=8, min_count=1, workers=1, alpha=0.1, **options))
    model.build_vocab(Corpus([[word for word in s if word not in late] for s in first], min_count=1))
    assert len(model.wv) == 35
    model.train([[word for word in s if word not in late] for s in first if set(s) - late])
    known = list(model.wv.index_to_key)
    model.train(iter(second), epochs=10, grow_vocabulary=True)
    assert model.wv.index_to_key[:35] == known
    assert set(model.wv.index_to_key[35:]) == late
    assert model.vocabulary.total == sum(len([w for w in s if w not in late]) for s in first) + sum(map(len, second))
    assert [entry["epoch"] for entry in model.history] == list(range(1, 19))
    for word in late:
        near = [other for other, _ in model.wv.most_similar(word, topn=5)]
        assert sum(other.startswith("b") for other in near) >= 4, (word, near)


def test_new_words_must_be_frequent_enough_and_known_ones_need_not():
    model = Word2Vec(Config(vector_size=4, epochs=1, min_count=3, workers=1, sample=0))
    model.build_vocab(Corpus([["a", "b"]] * 5, min_count=3))
    model.train([["a", "x", "y"], ["b", "x", "x", "y"]], grow_vocabulary=True)
    assert model.wv.index_to_key == ["a", "b", "x"]
    assert model.vocabulary.counts.tolist() == [6, 6, 3]
    assert model.words_trained == 7, "words left out are counted, too"


def test_a_vocabulary_grows_no_larger_than_max_vocab():
    model = Word2Vec(Config(vector_size=4, epochs=1, min_count=1, max_vocab=3, workers=1, sample=0))
    model.build_vocab(Corpus([["a", "b"]] * 5, min_count=1))
    model.train([["x", "a", "y", "z", "y"]], grow_vocabulary=True)
    assert model.wv.index_to_key == ["a", "b", "y"]
    model.train([["x", "a", "y", "z", "y"]], grow_vocabulary=True)
    assert model.wv.index_to_key == ["a", "b", "y"]


def test_a_corpus_brings_all_of_its_words():
    model = Word2Vec(Config(vector_size=4, epochs=1, min_count=3, workers=1, sample=0))
    model.build_vocab(Corpus([["a", "b"]] * 5, min_count=3))
    corpus = Corpus([["a", "x"], ["y"]], min_count=1)
    model.train(corpus, grow_vocabulary=True)
    assert model.wv.index_to_key == ["a", "b", "x", "y"]
    other = Corpus([["b", "z"]], vocabulary=Vocabulary(["unseen", "z", "b"], [9, 5, 5]))
    model.train(other, grow_vocabulary=True)
    assert model.wv.index_to_key == ["a", "b", "x", "y", "z"], "words of another text's vocabulary are not seen here"
    assert model.vocabulary.counts.tolist() == [6, 6, 1, 1, 1]


def test_a_text_of_known_words_alone_adds_counts(text_file):
    model, corpus = fresh(text_file)
    model.train(corpus)
    model.train(text_file, epochs=1, grow_vocabulary=True)
    assert len(model.wv) == 45
    np.testing.assert_array_equal(model.vocabulary.counts, 2 * corpus.counts)


def test_a_grown_model_is_saved_whole(text_file, tmp_path):
    for loss in ("negative", "hierarchical"):
        model, corpus = fresh(text_file, loss=loss)
        model.train(corpus, epochs=1)
        more = [["new", "a1", "newer", "b1"]] * 200
        model.train(more, epochs=1, grow_vocabulary=True)
        model.save(tmp_path / "m.safetensors")
        again = Word2Vec.load(tmp_path / "m.safetensors")
        assert again.wv.index_to_key == model.wv.index_to_key
        assert again.evaluate_loss(more) == model.evaluate_loss(more)
        again.train(text_file, epochs=1)
        model.train(text_file, epochs=1)
        np.testing.assert_array_equal(again.wv.vectors, model.wv.vectors)


def test_a_run_with_new_words_goes_on_from_its_checkpoint(text_file, tmp_path, monkeypatch):
    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 1000)
    path = tmp_path / "c.safetensors"

    def grown(**options):
        model = Word2Vec(Config(vector_size=12, epochs=2, min_count=1, workers=1, loss="hierarchical"))
        model.build_vocab(Corpus([["a1", "b1", "x"]] * 50, min_count=1))
        model.train([["a1", "b1", "x"]] * 50)
        model.train(text_file, grow_vocabulary=True, **options)
        return model

    grown().save(tmp_path / "whole.safetensors")
    stopping = fastw2v.Every(1e-9, lambda model: model.progress.block < 7)
    assert grown(checkpoint=path, checkpoint_every=7, callbacks=[stopping]).unfinished is not None
    Word2Vec.resume(path, progress=False).save(tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "whole.safetensors").read_bytes()


def test_words_do_not_change_while_a_model_is_trained(text_file):
    model, corpus = fresh(text_file)
    for change in (model.extend_vocab, model.build_vocab):
        with pytest.raises(RuntimeError, match="the model is being trained"):
            model.train(corpus, callbacks=[fastw2v.Every(1e-9, lambda model, change=change: change(corpus))])


def test_steps_in_which_the_vocabulary_grew_need_the_text_anew(text_file):
    model, corpus = fresh(text_file)
    steps = model.train_stepwise(corpus)
    next(steps)
    model.extend_vocab(Vocabulary(["new"], [5]))
    with pytest.raises(ValueError, match="a vocabulary of 45 words that is not this model's of 46"):
        next(steps)


def test_bad_options_are_told_before_words_join(text_file):
    model, _ = fresh(text_file)
    for options, error in (({"early_stopping": 1}, ValueError), ({"callbacks": 5}, TypeError)):
        with pytest.raises(error):
            model.train([["new", "new"]] * 9, grow_vocabulary=True, **options)
    assert len(model.wv) == 45
    with pytest.raises(ValueError, match="the model has no vocabulary yet"):
        Word2Vec().train([["new", "new"]] * 9, grow_vocabulary=True)


def test_a_batch_of_more_words_must_fit(monkeypatch):
    model = Word2Vec(Config(vector_size=4, loss="softmax"))
    model.build_vocab(Vocabulary(["a", "b"], [5, 3]))

    def refuse(*_):
        raise ValueError("too much")

    monkeypatch.setattr(fastw2v.model, "softmax_plan", refuse)
    with pytest.raises(ValueError, match="too much"):
        model.extend_vocab(Vocabulary(["c"], [4]))
    assert len(model.wv) == len(model.vocabulary) == 2


def test_a_vocabulary_may_grow_by_counts_alone():
    model = Word2Vec(Config(vector_size=4))
    model.build_vocab(Vocabulary(["a", "b"], [5, 3]))
    assert model.extend_vocab(Vocabulary(["b"], [4])) == 0
    assert model.vocabulary.counts.tolist() == [5, 7]


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
