"""The watcher of a run: callbacks, measurements, and checkpoints that are neither waited for nor lost sight of."""

from __future__ import annotations

import errno
import itertools
import logging
import math
import threading

import numpy as np
import pytest

import fastw2v
from fastw2v import Callback, Config, Corpus, Word2Vec, checkpoints, model_run, text_work

SMALL = {"vector_size": 12, "epochs": 3, "min_count": 1, "workers": 1, "progress": False}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Blocks of 1,000 tokens: the text has 27."""
    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 1000)


@pytest.fixture
def corpus(text_file):
    return Corpus(text_file, min_count=1)


def model_of(corpus, **options):
    model = Word2Vec(Config(vector_size=8, **options))
    model.build_vocab(corpus)
    return model


def test_training_does_not_wait_for_a_checkpoint_that_is_being_written(tmp_path, monkeypatch, corpus):
    go_on, real, waited = threading.Event(), checkpoints.save_model, []

    def slow(path, parts):
        waited.append(go_on.wait(30))
        real(path, parts)

    class Later(Callback):
        def on_epoch_end(self, model):
            if len(model.history) == 500:
                go_on.set()

    monkeypatch.setattr(checkpoints, "save_model", slow)
    every = {"checkpoint": tmp_path / "c", "checkpoint_every": "0.001s"}
    model_of(corpus, epochs=500).train(corpus, **every, callbacks=[Later()])
    assert all(waited)


def test_a_checkpoint_that_failed_ends_the_run_before_the_next_is_due(tmp_path, monkeypatch, corpus):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    def never(timer):
        timer.next = math.inf

    monkeypatch.setattr(checkpoints, "save_model", full)
    monkeypatch.setattr(model_run._Timer, "rewind", never)
    model = model_of(corpus, epochs=100_000)
    with pytest.raises(OSError, match="No space left on device"):
        model.train(corpus, checkpoint=tmp_path / "c", checkpoint_every="0.001s")
    assert model.words_trained < 100_000 * len(corpus)


def test_words_to_freeze_that_are_unknown_are_told(caplog, corpus):
    model = model_of(corpus, epochs=1)
    word = model.wv.index_to_key[0]
    before = model.wv[word].copy()
    with caplog.at_level(logging.WARNING, "fastw2v"):
        model.train(corpus, freeze=["unheard-of", word])
    assert (model.wv[word] == before).all()
    assert [record.getMessage() for record in caplog.records] == [
        "1 of the words to freeze are not in the vocabulary, 'unheard-of' first: nothing is there to freeze"
    ]


@pytest.mark.parametrize("moment", ["on_train_begin", "on_epoch_begin", "on_interval", "on_epoch_end", "on_train_end"])
def test_an_exception_of_a_callback_reaches_the_caller(text_file, moment):
    class Failing(Callback):
        interval = 0.01

    def fail(model):
        raise RuntimeError(moment)

    callback = Failing()
    setattr(callback, moment, fail)
    corpus = Corpus(text_file, min_count=1)
    model = Word2Vec(Config(vector_size=12, epochs=20, workers=3))
    model.build_vocab(corpus)
    with pytest.raises(RuntimeError, match=moment):
        model.train(corpus, callbacks=[callback])
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("fastw2v")]
    assert model.wv.vectors.shape == (45, 12)
    assert model.wv.vectors.flags.c_contiguous
    model.train(corpus, epochs=1)
    assert not model.is_training


def test_an_exception_of_on_progress_reaches_the_caller_between_two_blocks(text_file):
    corpus = Corpus(text_file, min_count=1)
    model = Word2Vec(Config(vector_size=12, epochs=1000, workers=2))
    model.build_vocab(corpus)

    def fail(progress):
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        model.train(corpus, fail)
    assert model.words_trained == model.progress.words_done


def test_callbacks_come_in_order_and_see_a_whole_model(text_file):
    seen = []

    class Noting(Callback):
        interval = 1e-9

        def note(self, what, model):
            assert model.wv.vectors.shape == (45, 12)
            assert len(model.wv.most_similar("a1", topn=3)) == 3
            seen.append((what, len(model.history)))

        def on_train_begin(self, model):
            self.note("train begins", model)

        def on_epoch_begin(self, model):
            self.note("epoch begins", model)

        def on_epoch_end(self, model):
            self.note("epoch ends", model)

        def on_train_end(self, model):
            self.note("train ends", model)

    fastw2v.train(text_file, **{**SMALL, "epochs": 2}, callbacks=[Noting()])
    assert seen == [
        ("train begins", 0),
        ("epoch begins", 0),
        ("epoch ends", 1),
        ("epoch begins", 1),
        ("epoch ends", 2),
        ("train ends", 2),
    ]


def test_queries_in_callbacks_see_the_vectors_of_that_moment(text_file):
    norms = []
    fastw2v.train(text_file, **SMALL, callbacks=[fastw2v.Every(1e-9, lambda m: norms.append(m.wv.norms.copy()))])
    assert len(norms) > 1
    assert all((a != b).any() for a, b in itertools.pairwise(norms))


def test_training_from_a_callback_is_refused(text_file):
    corpus = Corpus(text_file, min_count=1)
    with pytest.raises(RuntimeError, match="the model is being trained"):
        fastw2v.train(corpus, **SMALL, callbacks=[fastw2v.Every(1e-9, lambda model: model.train(corpus))])


def test_held_out_loss_and_scores_are_noted_and_stop_the_run(text_file, tmp_path, write):
    pairs = write("a1\ta2\t9\na1\tb2\t1\na3\ta4\t9\na3\tb4\t1\n", "pairs.tsv")
    model = fastw2v.train(
        text_file, **{**SMALL, "epochs": 60, "alpha": 0.1}, held_out=text_file, evaluate=pairs, early_stopping=2
    )
    assert set(model.history[0]) >= {"held_out_loss", "score", "score:pairs.tsv"}
    losses = [entry["held_out_loss"] for entry in model.history]
    assert len(losses) < 60
    assert min(losses) == losses[-3]
    assert model.unfinished is None, "a run that ended early has ended"
    assert losses[-1] == pytest.approx(model.evaluate_loss(text_file), rel=1e-9)


def test_a_file_without_known_words_has_no_score_and_is_told(text_file, write, caplog):
    file = write("x1\tx2\t1\nx1\tx3\t2\n", "unknown.tsv")
    with caplog.at_level("WARNING", "fastw2v"):
        model = fastw2v.train(text_file, **SMALL, evaluate=file)
    assert np.isnan(model.history[-1]["score"])
    assert "no score, too few of its questions" in caplog.text
