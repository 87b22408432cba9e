"""Options of a run beside training: what they may be, and what is said of others."""

from __future__ import annotations

import pytest

from fastw2v import Word2Vec
from fastw2v.callbacks import Callback, Every
from fastw2v.run_options import RunOptions, parse_every


@pytest.mark.parametrize(
    ("given", "seconds", "blocks"),
    [("30s", 30, None), ("10min", 600, None), ("0.5 h", 1800, None), ("2m", 120, None), (7, None, 7), ("7", None, 7)],
)
def test_times_and_blocks(given, seconds, blocks):
    assert parse_every("checkpoint_every", given) == (seconds, blocks)
    options = RunOptions(checkpoint="c", checkpoint_every=given)
    assert (options.every_seconds, options.every_blocks) == (seconds, blocks)


class Timed(Callback):
    def __init__(self, interval):
        self.interval = interval

    def on_interval(self, model):
        pass


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"checkpoint_every": "soon"}, ValueError, r"checkpoint_every is 'soon', but must be a time such as \"30s\""),
        ({"checkpoint_every": "1.5"}, ValueError, "checkpoint_every is '1.5'"),
        ({"checkpoint_every": "-5s"}, ValueError, "checkpoint_every is '-5s'"),
        ({"checkpoint_every": 0}, ValueError, "checkpoint_every is 0, but must be from 1"),
        ({"checkpoint_every": 2.5}, TypeError, "checkpoint_every must be a whole number"),
        ({"checkpoint_every": "1s"}, ValueError, "checkpoint_every is '1s', but no checkpoint is; give its file"),
        ({"checkpoint": 5}, TypeError, "checkpoint must be a path, not 5"),
        ({"checkpoint": ""}, ValueError, "checkpoint is an empty path"),
        ({"callbacks": Callback()}, TypeError, "callbacks must be a list"),
        ({"callbacks": [print]}, TypeError, "is no callback; give an object with a method on_train_begin"),
        ({"callbacks": [Callback]}, TypeError, "is no callback"),
        ({"callbacks": [Timed(0)]}, ValueError, "the interval of .* is 0, but must be a number of seconds"),
        ({"callbacks": [Timed(None)]}, ValueError, "has on_interval, but no interval; set it"),
        ({"evaluate": 3}, TypeError, "evaluate must be a path or a list of paths, not 3"),
        ({"evaluate": [3]}, TypeError, "evaluate must be a path, not 3"),
        ({"freeze": "word"}, TypeError, "freeze must be a list of words or 'init_vectors', not 'word'"),
        ({"freeze": [1]}, TypeError, "but 1 among them is no str"),
        ({"early_stopping": 0, "held_out": "t"}, ValueError, "early_stopping is 0"),
        ({"early_stopping": 2}, ValueError, "early_stopping is 2, but nothing is measured; give held_out"),
        ({"monitor": "score", "held_out": "t"}, ValueError, "monitor is 'score', which is not measured; give evaluate"),
        ({"monitor": "loss", "held_out": "t"}, ValueError, "monitor is 'loss', but must be one of"),
        ({"on_progress": 1}, TypeError, "on_progress must be a function of a Progress"),
    ],
)
def test_bad_options(options, error, sentence):
    with pytest.raises(error, match=sentence):
        RunOptions(**options)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("alpha", r"set it in the model before: model.config = dataclasses.replace\(model.config, alpha=...\)"),
        ("tokenize", "give the text as a Corpus: .*, tokenize=...\\)"),
        ("phrases", "join them before: phrased"),
        ("progress", "give on_progress"),
        ("total_examples", "leave it out, .*; fastw2v.gensim_api.Word2Vec takes gensim's arguments"),
        ("check_point", "did you mean checkpoint?"),
        ("xyz", "the options are checkpoint, "),
    ],
)
def test_an_option_that_is_none_of_a_run_says_where_it_belongs(name, sentence):
    with pytest.raises(TypeError, match=f"a run has no option '{name}'; {sentence}"):
        RunOptions.from_options({name: 1})
    with pytest.raises(TypeError, match=f"a run has no option '{name}'"):
        Word2Vec().train([["a", "b"]], **{name: 1})


def test_what_is_watched_is_what_is_measured():
    assert RunOptions().monitor is None
    assert RunOptions(held_out="t").monitor == "held_out_loss"
    assert RunOptions(evaluate="f").monitor == "score"
    assert RunOptions(evaluate="f", held_out="t").monitor == "held_out_loss"
    assert RunOptions(evaluate=["f"], held_out="t", monitor="score").evaluate == ("f",)


def test_objects_with_gensims_methods_will_do():
    class Own:
        def on_epoch_end(self, model):
            pass

    assert len(RunOptions(callbacks=[Own(), Every(1, print)]).callbacks) == 2


def test_a_function_for_every_must_be_one():
    with pytest.raises(TypeError, match="function must be callable"):
        Every(1, "print")
    for seconds in (0, -1, "10s", True, None):
        with pytest.raises(ValueError, match="must be a number above 0"):
            Every(seconds, print)


def test_a_checkpoint_that_cannot_be_written_is_refused_before_the_text_is_read(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        RunOptions(checkpoint=tmp_path / "no" / "c").refuse_checkpoint()
    (tmp_path / "c").write_bytes(b"no model at all")
    with pytest.raises(ValueError, match=r"safetensors.*; a checkpoint would replace this file: delete it"):
        RunOptions(checkpoint=tmp_path / "c").refuse_checkpoint()
