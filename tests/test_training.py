"""Runs that are stopped and go on: the result is that of a run never disturbed, wherever it was stopped."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastw2v
from fastw2v import Config, Corpus, Word2Vec, text_work
from fastw2v.callbacks import Callback

KINDS = [
    {"architecture": architecture, "loss": loss}
    for architecture in ("skipgram", "cbow")
    for loss in ("negative", "hierarchical", "softmax")
] + [{"negative_sharing": "pair"}]
SMALL = {"vector_size": 12, "epochs": 3, "min_count": 1, "workers": 1, "progress": False}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Blocks of 1,000 tokens: the text has 27."""
    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 1000)
    monkeypatch.setattr(text_work, "SOFTMAX_BLOCK_TOKENS", 1000)


class StopBehind(Callback):
    """Stops a run that pauses there behind so many blocks."""

    def __init__(self, block):
        self.block = block

    interval = 1e-9

    def on_interval(self, model):
        progress = model.progress
        return (progress.epoch - 1) * progress.blocks + progress.block < self.block


def stopped_at(text_file, path, block, **options):
    """A run stopped behind so many blocks, whose last checkpoint is `path`."""
    fastw2v.train(
        text_file, **{**SMALL, **options}, checkpoint=path, checkpoint_every=block, callbacks=[StopBehind(block)]
    )


def saved(model, path):
    model.save(path)
    return path.read_bytes()


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_run_that_goes_on_ends_as_if_never_stopped(text_file, tmp_path, kind):
    whole = saved(fastw2v.train(text_file, **SMALL, **kind), tmp_path / "whole.safetensors")
    path = tmp_path / "c.safetensors"
    for block in (1, 40, 54):
        stopped_at(text_file, path, block, **kind)
        model = Word2Vec.load(path)
        assert model.unfinished.progress.words_done > 0
        assert not model.unfinished.progress.has_ended
        done = Word2Vec.resume(path, progress=False)
        assert saved(done, tmp_path / "done.safetensors") == whole
        assert path.read_bytes() == whole, "the last checkpoint is the whole model"


@settings(max_examples=15, deadline=None)
@given(stops=st.lists(st.integers(1, 80), min_size=2, max_size=4).map(sorted))
def test_stopped_again_and_again(text_file, tmp_path_factory, stops):
    folder = tmp_path_factory.mktemp("stops")
    whole = saved(fastw2v.train(text_file, **SMALL), folder / "whole.safetensors")
    path = folder / "c.safetensors"
    stopped_at(text_file, path, stops[0])
    for stop in stops[1:]:
        Word2Vec.resume(path, progress=False, checkpoint_every=stop, callbacks=[StopBehind(stop)])
    model = Word2Vec.resume(path, progress=False)
    assert saved(model, folder / "done.safetensors") == whole
    assert [entry["epoch"] for entry in model.history] == [1, 2, 3]


@pytest.mark.parametrize("workers", [1, 2, 4, 7])
def test_every_block_is_trained_exactly_once(text_file, tmp_path, monkeypatch, workers):
    trained = []
    real = text_work.make_workers

    def counting(*arguments):
        class Counting:
            def __init__(self, worker):
                self.worker = worker

            def run(self, ids, base, sentences, start, end, seed, epoch, *rates):
                trained.append((epoch, start, end))
                return self.worker.run(ids, base, sentences, start, end, seed, epoch, *rates)

            def finish(self):
                self.worker.finish()

        return [Counting(worker) for worker in real(*arguments)]

    monkeypatch.setattr(text_work, "make_workers", counting)
    path = tmp_path / "c.safetensors"
    options = {**SMALL, "workers": workers}
    fastw2v.train(text_file, **options, checkpoint=path, checkpoint_every=5, callbacks=[Callback(), StopBehind(30)])
    model = Word2Vec.resume(path, progress=False)
    tokens = model.progress.words_total // 3
    blocks = [(e, s, min(s + 1000, tokens)) for e in range(3) for s in range(0, tokens, 1000)]
    assert sorted(trained) == blocks
    assert model.words_trained == 3 * tokens


@pytest.mark.parametrize("how", ["stop", "signal", "callback"])
def test_ways_to_stop_leave_a_model_that_goes_on(text_file, tmp_path, how):
    """In memory too: what is saved then goes on as a checkpoint does."""
    model = Word2Vec(Config(vector_size=12, epochs=50, workers=1))
    corpus = Corpus(text_file, min_count=1)
    model.build_vocab(corpus)

    def stop(model):
        if how == "stop":
            model.stop()
        elif how == "signal":
            signal.raise_signal(signal.SIGINT)
        else:
            return False
        return None

    run = {"callbacks": [fastw2v.Every(0.05, stop)]}
    if how == "signal":
        with pytest.raises(KeyboardInterrupt):
            model.train(corpus, **run)
    else:
        model.train(corpus, **run)
    assert model.unfinished is not None
    assert 0 < model.words_trained < 50 * len(corpus)
    assert model.wv.vectors.flags.c_contiguous
    assert model.outputs.flags.c_contiguous
    done = model.progress.block + (model.progress.epoch - 1) * model.progress.blocks
    path = tmp_path / "m.safetensors"
    model.save(path)
    again = Word2Vec.resume(path, progress=False, callbacks=[StopBehind(done + 1)])
    assert again.words_trained > model.words_trained


def test_sigterm_ends_training_as_an_exit(text_file, tmp_path):
    path = tmp_path / "c.safetensors"

    def terminate(model):
        signal.raise_signal(signal.SIGTERM)

    with pytest.raises(SystemExit) as exit_:
        fastw2v.train(
            text_file, **{**SMALL, "epochs": 1000}, checkpoint=path, callbacks=[fastw2v.Every(0.05, terminate)]
        )
    assert exit_.value.code == 128 + signal.SIGTERM
    assert exit_.value.model.words_trained == exit_.value.model.progress.words_done > 0
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert Word2Vec.load(path).unfinished.progress.words_done > 0


def test_ctrl_c_in_one_call_hands_over_the_model(text_file, tmp_path):
    with pytest.raises(KeyboardInterrupt) as caught:
        fastw2v.train(text_file, **SMALL, callbacks=[fastw2v.Every(1e-9, lambda _: signal.raise_signal(signal.SIGINT))])
    model = caught.value.model
    assert 0 < model.words_trained < model.progress.words_total
    whole = saved(fastw2v.train(text_file, **SMALL), tmp_path / "whole.safetensors")
    model.save(tmp_path / "c.safetensors")
    again = Word2Vec.resume(tmp_path / "c.safetensors", progress=False)
    assert saved(again, tmp_path / "done.safetensors") == whole


def test_a_second_ctrl_c_does_not_wait_for_the_block(text_file, monkeypatch):
    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 1 << 20)
    corpus = Corpus(text_file, min_count=1)
    model = Word2Vec(Config(vector_size=500, window=500, negative=2000, sample=0, alpha=1e-5, min_alpha=0, workers=1))
    model.build_vocab(corpus)
    timers = [threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT)) for seconds in (0.3, 0.6)]
    for timer in timers:
        timer.start()
    with pytest.raises(KeyboardInterrupt):
        model.train(corpus)
    for timer in timers:
        timer.join()
    assert model.progress.words_done == 0
    assert np.isfinite(model.wv.vectors).all()


def test_a_model_saved_by_a_callback_goes_on(text_file, tmp_path):
    whole = saved(fastw2v.train(text_file, **SMALL), tmp_path / "whole.safetensors")

    class Saving(Callback):
        def on_epoch_end(self, model):
            model.save(tmp_path / f"{len(model.history)}.safetensors")

    fastw2v.train(text_file, **SMALL, callbacks=[Saving()])
    assert (tmp_path / "3.safetensors").read_bytes() == whole
    assert saved(Word2Vec.resume(tmp_path / "1.safetensors", progress=False), tmp_path / "again.safetensors") == whole


def test_measurements_go_on_in_a_run_that_goes_on(text_file, tmp_path, write):
    pairs = write("a1\ta2\t9\na1\tb2\t1\na3\ta4\t9\n", "pairs.tsv")
    path = tmp_path / "c.safetensors"
    options = {"held_out": text_file, "evaluate": [pairs], "early_stopping": 3, "monitor": "score"}
    stopped_at(text_file, path, 30, **options)
    model = Word2Vec.resume(path, progress=False)
    assert all({"held_out_loss", "score"} <= set(entry) for entry in model.history)


def test_a_held_out_text_of_no_file_must_be_given_again(text_file, sentences, tmp_path):
    path = tmp_path / "c.safetensors"
    stopped_at(text_file, path, 30, held_out=sentences)
    with pytest.raises(ValueError, match="give the same text as held_out"):
        Word2Vec.resume(path, progress=False)
    assert "held_out_loss" in Word2Vec.resume(path, progress=False, held_out=sentences).history[-1]


def test_the_text_of_a_run_from_an_iterable_is_given_again(sentences, tmp_path):
    path = tmp_path / "c.safetensors"
    whole = saved(fastw2v.train(sentences, **SMALL), tmp_path / "whole.safetensors")
    stopped_at(sentences, path, 30)
    with pytest.raises(ValueError, match="give the same text as before"):
        Word2Vec.resume(path, progress=False)
    with pytest.raises(ValueError, match="was trained on another text"):
        Word2Vec.resume(path, sentences[:-1], progress=False)
    assert saved(Word2Vec.resume(path, sentences, progress=False), tmp_path / "done.safetensors") == whole


@pytest.mark.parametrize("grow", [False, True])
def test_a_corpus_with_numbers_of_its_own_is_put_into_the_models(text_file, sentences, tmp_path, grow):
    # Words of the second text are numbered by their counts there, those of the model by the first one's.
    more = [sentence[:3] for sentence in sentences[::2]]
    path = tmp_path / "c.safetensors"

    def trained(**options):
        model = fastw2v.train(text_file, **{**SMALL, "min_count": 2})
        model.train(more, epochs=2, grow_vocabulary=grow, **options)
        return model

    whole = saved(trained(), tmp_path / "whole.safetensors")
    trained(checkpoint=path, checkpoint_every=3, callbacks=[StopBehind(3)])
    with pytest.raises(ValueError, match="was trained on another text"):
        Word2Vec.resume(path, Corpus(more, min_count=130), progress=False)
    assert saved(Word2Vec.resume(path, Corpus(more, min_count=1), progress=False), tmp_path / "d.safetensors") == whole


def test_a_model_grown_by_a_corpus_without_rare_words_wants_the_same_again(text_file, sentences, tmp_path):
    path, more = tmp_path / "c.safetensors", tmp_path / "more.txt"
    more.write_text("\n".join(" ".join(sentence[:3]) for sentence in sentences[::2]))
    model = fastw2v.train(text_file, **SMALL)
    model.train(Corpus(more, min_count=130), epochs=2, grow_vocabulary=True, checkpoint=path, callbacks=[StopBehind(3)])
    with pytest.raises(ValueError, match="as a Corpus made as before"):
        Word2Vec.resume(path, progress=False)
    assert Word2Vec.resume(path, Corpus(more, min_count=130), progress=False).unfinished is None


def test_a_text_that_changed_is_refused(tmp_path, sentences):
    text, path = tmp_path / "text.txt", tmp_path / "c.safetensors"
    text.write_text("\n".join(map(" ".join, sentences)))
    stopped_at(text, path, 30)
    text.write_text("\n".join(map(" ".join, sentences[:-1])))
    with pytest.raises(ValueError, match=r"text\.txt"):
        Word2Vec.resume(path, progress=False)
    text.unlink()
    with pytest.raises(OSError, match=r"text\.txt"):
        Word2Vec.resume(path, progress=False)


def test_an_unfinished_checkpoint_is_not_overwritten(text_file, tmp_path):
    path = tmp_path / "c.safetensors"
    stopped_at(text_file, path, 30)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="holds an unfinished run, which this one would overwrite"):
        fastw2v.train(text_file, **SMALL, checkpoint=path)
    assert path.read_bytes() == before
    Word2Vec.resume(path, progress=False)
    fastw2v.train(text_file, **SMALL, checkpoint=path)


def test_a_model_whose_run_has_ended_is_loaded(text_file, tmp_path):
    path = tmp_path / "m.safetensors"
    model = fastw2v.train(text_file, **SMALL)
    model.save(path)
    assert Word2Vec.resume(path).words_trained == model.words_trained


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("workers", [1, 2])
def test_frozen_words_do_not_move_and_all_others_learn_as_if_they_were_right(text_file, kind, workers):
    corpus = Corpus(text_file, min_count=1)
    model = Word2Vec(Config(vector_size=12, epochs=2, workers=workers, **kind))
    model.build_vocab(corpus)
    before = model.wv.vectors.copy()
    frozen = ["a1", "c2", "b7", "no such word"]
    model.train(corpus, freeze=frozen)
    rows = [model.wv.get_index(word) for word in frozen[:3]]
    np.testing.assert_array_equal(model.wv.vectors[rows], before[rows])
    others = np.delete(np.arange(45), rows)
    assert (model.wv.vectors[others] != before[others]).any(axis=1).all()
    assert np.isfinite(model.wv.vectors).all()
    model.train(corpus, epochs=1)
    assert (model.wv.vectors[rows] != before[rows]).any(axis=1).all()


def test_frozen_words_stay_frozen_in_a_run_that_goes_on(text_file, tmp_path):
    path = tmp_path / "c.safetensors"
    stopped_at(text_file, path, 30, freeze=["a1"])
    before = Word2Vec.load(path).wv["a1"].copy()
    np.testing.assert_array_equal(Word2Vec.resume(path, progress=False).wv["a1"], before)


def test_more_epochs_of_a_trained_model(text_file):
    model = fastw2v.train(text_file, **SMALL)
    model.train(text_file, epochs=2)
    assert [entry["epoch"] for entry in model.history] == [1, 2, 3, 4, 5]
    assert replace(model.config, epochs=3).epochs == 3
