"""The watcher of a run: checkpoints beside training, neither waited for nor lost sight of."""

from __future__ import annotations

import errno
import logging
import math
import threading

import pytest

from fastw2v import Callback, Config, Corpus, Word2Vec, checkpoints, model_run


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
