"""What a model answers, with matrices carried over from or to gensim; what callbacks see; what the log tells."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from models import SMALL as OPTIONS

import fastw2v
from fastw2v import gensim_api
from fastw2v.gensim_api import CallbackAny2Vec, Word2Vec
from fastw2v.huffman import huffman_tree

SMALL = {"vector_size": 12, "min_count": 1, "epochs": 3, "workers": 1}


@pytest.fixture(scope="module")
def theirs():
    return pytest.importorskip("gensim.models.word2vec").Word2Vec


def pair(sentences, theirs, **options):
    """A trained model of either library, with the same words, matrices and tree."""
    ours = Word2Vec(sentences, **{**SMALL, "alpha": 0.1, **options})
    other = theirs(**{**SMALL, **options})
    other.build_vocab_from_freq({word: ours.wv.get_vecattr(word, "count") for word in ours.wv.index_to_key})
    rows = [other.wv.key_to_index[word] for word in ours.wv.index_to_key]
    other.wv.vectors[rows] = ours.wv.vectors
    if not ours.hs:
        other.syn1neg[rows] = ours.syn1neg
        return ours, other
    other.syn1[:-1] = ours.syn1
    tree = huffman_tree(ours.wv.counts)
    for i, word in enumerate(ours.wv.index_to_key):
        path = slice(tree.offsets[i], tree.offsets[i + 1])
        other.wv.set_vecattr(word, "code", tree.codes[path])
        other.wv.set_vecattr(word, "point", tree.nodes[path].astype(np.uint32))
    return ours, other


@pytest.mark.parametrize("options", [{}, {"sg": 1}, {"cbow_mean": 0}], ids=str)
@pytest.mark.parametrize("context", [["a1", "a2", "c0"], ["b7"], ["unknown", "b1", 3], ["a1", "a1"]], ids=str)
def test_predictions_are_gensims(sentences, theirs, options, context):
    ours, other = pair(sentences, theirs, **options)
    for topn in (1, 10, 1000):
        got, wanted = ours.predict_output_word(context, topn), other.predict_output_word(context, topn)
        if 3 not in context:  # a row number, which the two may give to other words
            assert [word for word, _ in got] == [word for word, _ in wanted]
            np.testing.assert_allclose([p for _, p in got], [p for _, p in wanted], rtol=1e-5)
    assert all(isinstance(p, np.float32) for _, p in got)


def test_predictions_from_rows_and_of_unknown_words(sentences, theirs, caplog):
    ours, other = pair(sentences, theirs)
    assert ours.predict_output_word([0, "a1"]) == ours.predict_output_word([ours.wv.index_to_key[0], "a1"])
    assert ours.predict_output_word(["x"]) is other.predict_output_word(["x"]) is None
    assert "none of the context words is in the vocabulary" in caplog.text


def test_predictions_of_the_tree(sentences):
    model = Word2Vec(sentences, **SMALL, hs=1, negative=0, sg=1)
    found = model.predict_output_word(["a1", "a2"], topn=1000)
    assert sum(p for _, p in found) == pytest.approx(1, abs=1e-5)
    assert found[0][1] >= found[-1][1]


def score_by_hand(model, sentence, log_sigmoid):
    """Sum over all words of a sentence, and all inputs of their windows, of the log probabilities of their turns."""
    tree, total = huffman_tree(model.wv.counts), 0.0
    rows = [model.wv.key_to_index[word] for word in sentence if word in model.wv]
    for i, target in enumerate(rows):
        around = [rows[j] for j in range(max(0, i - model.window), min(len(rows), i + model.window + 1)) if j != i]
        inputs = model.wv.vectors[around]
        if not model.sg and around:
            inputs = [inputs.mean(axis=0) if model.cbow_mean else inputs.sum(axis=0)]
        path = slice(tree.offsets[target], tree.offsets[target + 1])
        for h in inputs:
            scores = model.syn1[tree.nodes[path]] @ h
            total += sum(log_sigmoid(x) for x in np.where(tree.codes[path] == 0, scores, -scores))
    return total


def gensims_log_sigmoid(x):
    """gensim's table of 1,000 values in -6..6, in which it looks 83 instead of 83.3 places up for a step of 1."""
    place = int((x + 6) * 83)
    return -np.logaddexp(0, -(place / 1000 * 2 - 1) * 6)


@pytest.mark.parametrize("options", [{"sg": 1}, {"sg": 0}, {"sg": 0, "cbow_mean": 0}, {"sg": 1, "window": 2}], ids=str)
def test_scores_are_gensims_but_for_its_table(sentences, theirs, options):
    ours, other = pair(sentences, theirs, hs=1, negative=0, **options)
    # gensim leaves out what lies beyond +-6.
    ours.wv.vectors *= 0.3
    other.wv.vectors *= 0.3
    texts = [*sentences[:20], ["a1", "unknown", "b2"], ["unknown", "c1"], [], ["b1", "b1", "b1"]]
    got, wanted = ours.score(texts), other.score(texts, total_sentences=len(texts))
    assert got.dtype == np.float32
    if options["sg"] == 0:
        assert wanted[-3] < 0  # gensim predicts a word without context from a vector of zeros
        wanted[-3] = 0
    np.testing.assert_allclose(got, [score_by_hand(ours, text, lambda x: -np.logaddexp(0, -x)) for text in texts], 1e-5)
    by_table = [score_by_hand(ours, text, gensims_log_sigmoid) for text in texts]
    np.testing.assert_allclose(wanted, by_table, rtol=1e-3)
    assert got.min() < -30


def test_scores_of_more_sentences_than_asked_for(sentences, caplog):
    model = Word2Vec(sentences, **SMALL, hs=1, negative=0)
    assert len(model.score(iter(sentences), total_sentences=10)) == 10
    assert "only 10 sentences are scored" in caplog.text
    assert len(model.score([])) == 0


class Recorder:
    """All that happens, with figures of the model at that moment; a class of nobody's."""

    def __init__(self):
        self.events = []

    def __getattr__(self, name):
        if not name.startswith("on_"):
            raise AttributeError(name)

        def note(model):
            self.events.append((name, model.get_latest_training_loss(), model.wv.vectors.copy()))

        return note


def test_callbacks_see_a_whole_model(sentences, tmp_path):
    recorder = Recorder()

    class Saver(CallbackAny2Vec):
        saved = 0

        def on_epoch_end(self, model):
            self.saved += 1
            model.save(str(tmp_path / f"{self.saved}.model"))
            assert len(model.wv.most_similar("a1")) == 10

    model = Word2Vec(sentences, compute_loss=True, callbacks=[recorder, Saver()], **SMALL)
    names = [name for name, _, _ in recorder.events]
    assert names == ["on_train_begin", *["on_epoch_begin", "on_epoch_end"] * 3, "on_train_end"]
    losses = [loss for name, loss, _ in recorder.events if name == "on_epoch_end"]
    assert 0 < losses[0] < losses[1] < losses[2] == model.get_latest_training_loss()
    for i, (_, _, vectors) in enumerate(recorder.events[2:7:2], 1):
        np.testing.assert_array_equal(Word2Vec.load(tmp_path / f"{i}.model").wv.vectors, vectors)
    # Callbacks change nothing: the rate falls over all epochs as without them.
    np.testing.assert_allclose(model.wv.vectors, Word2Vec(sentences, **SMALL).wv.vectors, atol=1e-6)
    assert model.min_alpha_yet_reached == pytest.approx(1e-4)


def test_callbacks_of_gensims_own_class(sentences):
    callbacks = pytest.importorskip("gensim.models.callbacks")

    class Losses(callbacks.CallbackAny2Vec):
        def __init__(self):
            self.losses, self.before = [], 0

        def on_epoch_end(self, model):
            total = model.get_latest_training_loss()
            self.losses.append(total - self.before)
            self.before = total

    watching = Losses()
    model = Word2Vec(sg=1, **SMALL)
    model.build_vocab(sentences)
    model.train(sentences, total_examples=3000, epochs=6, compute_loss=True, callbacks=[watching])
    assert len(watching.losses) == 6
    assert watching.losses[-1] < watching.losses[0]


def test_a_callback_may_stop_the_training_or_change_the_rate(sentences):
    class Stop(CallbackAny2Vec):
        def on_epoch_end(self, model):
            raise StopIteration("enough")

    class Slow(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.alpha = model.min_alpha = 1e-9
            self.kept = model.wv.vectors.copy()

    model = Word2Vec(**SMALL)
    model.build_vocab(sentences)
    with pytest.raises(StopIteration, match="enough"):
        model.train(sentences, total_examples=3000, epochs=3, callbacks=[Stop()])
    assert np.isfinite(model.wv.vectors).all()
    assert model.syn1neg.any()
    slow = Slow()
    model.train(sentences, total_examples=3000, epochs=3, callbacks=[slow])
    np.testing.assert_allclose(model.wv.vectors, slow.kept, atol=1e-5)


def test_max_vocab_size_keeps_the_most_frequent_with_their_counts(sentences):
    every = Word2Vec(sentences, **SMALL)
    some = Word2Vec(sentences, max_vocab_size=10, **SMALL)
    assert some.wv.index_to_key == every.wv.index_to_key[:10]
    np.testing.assert_array_equal(some.wv.counts, every.wv.counts[:10])
    rare = every.wv.index_to_key[-1]

    def keep_one(word, count, min_count):
        return gensim_api.RULE_KEEP if word == rare else gensim_api.RULE_DEFAULT

    forced = Word2Vec(sentences, max_vocab_size=10, trim_rule=keep_one, **SMALL)
    assert forced.wv.index_to_key == [*every.wv.index_to_key[:9], rare]


def test_both_apis_train_the_same(sentences):
    mine = fastw2v.train(sentences, **{**OPTIONS, "alpha": 0.03, "epochs": 3})
    same = Word2Vec(sentences, sg=1, vector_size=20, min_count=1, epochs=3, workers=1, alpha=0.03)
    np.testing.assert_array_equal(same.wv.vectors, mine.wv.vectors)


def test_the_log_tells_how_far_it_is(sentences, caplog):
    with caplog.at_level(logging.INFO):
        model = Word2Vec(**SMALL)
        model.build_vocab(sentences)
        model.train(sentences, total_examples=3000, epochs=2, report_delay=0)
    told = [record.getMessage() for record in caplog.records]
    assert f"read {model.corpus_total_words} words in 3000 sentences" in told
    assert any(m.startswith("epoch 2: 100.0 %, ") for m in told)
    assert any(m.startswith("trained ") for m in told)
