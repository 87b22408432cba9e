"""`fastw2v train` with checkpoints: stopped, gone on with, and refused."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from click.testing import CliRunner

from fastw2v import KeyedVectors, Word2Vec
from fastw2v.cli import main

SMALL = ["--vector-size", "8", "--min-count", "1", "--workers", "1"]


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def stopped(text_file, out, *options, signal_=signal.SIGINT):
    """What a run said that was stopped a while after its text was read."""
    command = [sys.executable, "-m", "fastw2v", "train", str(text_file), "-o", str(out), *SMALL, *map(str, options)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert "different ones kept" in process.stderr.readline()
        time.sleep(0.3)
        process.send_signal(signal_)
        _, said = process.communicate(timeout=20)
    return process.returncode, said


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_was_stopped_goes_on_from_what_it_wrote(text_file, tmp_path, signal_):
    out = tmp_path / "m.safetensors"
    status, said = stopped(text_file, out, "--epochs", 300, signal_=signal_)
    assert status == 128 + signal_
    assert f"wrote that to {out}" in said
    assert f"go on with: fastw2v train --resume {out} -o {out}" in said
    assert "Traceback" not in said
    whole = run("train", text_file, "-q", "-o", tmp_path / "whole.safetensors", *SMALL, "--epochs", 300)
    assert whole.exit_code == 0, whole.output
    done = run("train", "--resume", out, "-q", "-o", out)
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == (tmp_path / "whole.safetensors").read_bytes()


def test_a_run_goes_on_from_its_checkpoint_into_any_format(text_file, tmp_path):
    checkpoint, out = tmp_path / "c.safetensors", tmp_path / "v.txt"
    status, said = stopped(text_file, out, "--epochs", 300, "--checkpoint", checkpoint, "--checkpoint-every", "0.1s")
    assert status == 130
    assert f"--resume {checkpoint}" in said
    before = KeyedVectors.load(out).vectors
    done = run("train", "--resume", checkpoint, "-o", out, "--history", tmp_path / "h.csv")
    assert done.exit_code == 0, done.output
    assert (KeyedVectors.load(out).vectors != before).any()
    with open(tmp_path / "h.csv", newline="") as file:
        assert [int(row["epoch"]) for row in csv.DictReader(file)] == list(range(1, 301))
    again = run("train", "--resume", checkpoint, "-o", out)
    assert "nothing is left to train" in again.stderr
    assert again.exit_code == 0


def test_measurements_are_options(text_file, tmp_path, write):
    pairs = write("a1\ta2\t9\na1\tb2\t1\na3\ta4\t9\n", "pairs.tsv")
    out, history = tmp_path / "m.safetensors", tmp_path / "h.jsonl"
    measured = ["--held-out", text_file, "--evaluate", pairs, "--evaluate", pairs, "--early-stopping", "1"]
    done = run("train", text_file, "-q", "-o", out, *SMALL, "--epochs", "50", *measured, "--history", history)
    assert done.exit_code == 0, done.output
    assert {"held_out_loss", "score"} <= set(Word2Vec.load(out).history[0])
    assert len(history.read_text().splitlines()) < 50


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "name a text, or --resume FILE"),
        (["--resume", "c", "--epochs", "3", "--window", "2"], "--epochs, --window: a run that goes on has the options"),
        (["--resume", "none"], "none"),
        (["TEXT", "--early-stopping", "2"], "nothing is measured"),
        (["TEXT", "--checkpoint-every", "soon"], "must be a time such as"),
        (["TEXT", "--history", "h.txt"], "a history is written as"),
        (["TEXT", "--checkpoint", "no/such/folder/c"], "does not exist"),
    ],
)
def test_what_cannot_be_is_told(text_file, tmp_path, options, sentence):
    given = [text_file if option == "TEXT" else option for option in options]
    done = run("train", "-o", tmp_path / "m.safetensors", *given)
    assert done.exit_code != 0
    assert sentence in " ".join(done.stderr.split())
    assert not list(tmp_path.iterdir())


def test_the_output_may_not_be_the_text_of_a_run_that_goes_on(text_file, tmp_path):
    out = tmp_path / "m.safetensors"
    text = tmp_path / "t.txt"
    text.write_bytes(text_file.read_bytes())
    stopped(text, out, "--epochs", 300)
    done = run("train", "--resume", out, "-o", text)
    assert "the output is the text itself" in done.stderr
    assert np.isfinite(Word2Vec.load(out).wv.vectors).all()


def test_a_model_is_trained_on_with_new_words(text_file, tmp_path, write):
    first, second = tmp_path / "1.safetensors", tmp_path / "2.safetensors"
    more = write("a1 new a2 newer\n" * 100 + "a1 rare\n", "more.txt")
    assert run("train", text_file, "-q", "-o", first, *SMALL, "--loss", "hierarchical").exit_code == 0
    done = run("train", more, "--from", first, "-o", second, "--grow-vocabulary", "--epochs", 2, "--min-count", 3)
    assert done.exit_code == 0, done.output
    assert "2 of these are new" in done.stderr
    model = Word2Vec.load(second)
    assert model.wv.index_to_key[45:] == ["new", "newer"]
    assert (model.config.epochs, model.config.loss, model.config.vector_size) == (2, "hierarchical", 8)
    assert len(model.history) == 7
    done = run("train", more, "-q", "--from", second, "-o", second, "--freeze", write("new\na1\n", "words.txt"))
    assert done.exit_code == 0, done.output
    again = Word2Vec.load(second)
    assert len(again.history) == 9
    changed = (again.wv.vectors != model.wv.vectors).any(axis=1)
    words = {word for word, is_changed in zip(again.wv.index_to_key, changed, strict=True) if is_changed}
    assert words == {"a2", "newer"}


def test_words_begin_with_the_vectors_of_a_file(text_file, tmp_path):
    given = KeyedVectors(["a1", "b1", "z"], np.ones((3, 8)))
    given.save(tmp_path / "v.txt")
    for freeze in ((), ("--freeze-init",)):
        out = tmp_path / "o.txt"
        done = run("train", text_file, "-o", out, *SMALL, "--init-vectors", tmp_path / "v.txt", *freeze)
        assert done.exit_code == 0, done.output
        assert "2 of these begin with vectors of" in done.stderr
        made = KeyedVectors.load(out)
        assert (made["a1"] == 1).all() == (made["b1"] == 1).all() == bool(freeze)
        assert (abs(made["a2"]) > 0.5 / 8).any()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--grow-vocabulary"], "--grow-vocabulary: a new model takes all words; give --from MODEL"),
        (["--freeze-init"], "--freeze-init goes with --init-vectors FILE"),
        (["--freeze", "EMPTY"], "holds no word; give one word a line"),
        (["--freeze", "BYTES"], "no UTF-8 text"),
        (["--freeze", "none.txt"], "none.txt"),
        (["--init-vectors", "none.txt"], "none.txt"),
        (["--from", "none.safetensors"], "none.safetensors"),
        (["--from", "MODEL", "--loss", "softmax", "--vector-size", "9"], "--loss, --vector-size: a model that is"),
        (["--from", "MODEL", "--nodes", "2"], "--nodes: a model is trained on by one machine; leave it out"),
        (["--resume", "MODEL", "--from", "MODEL"], "--from: a run that goes on has the options that it began with"),
    ],
)
def test_what_a_run_cannot_start_from_is_told(text_file, tmp_path, write, options, sentence):
    files = {"EMPTY": write(" \n", "e.txt"), "BYTES": write(b"\xff\n", "b.txt"), "MODEL": tmp_path / "m.safetensors"}
    out = tmp_path / "o.txt"
    done = run("train", text_file, "-q", "-o", out, *(files.get(option, option) for option in options))
    assert done.exit_code == 2
    assert sentence in done.stderr.replace("\n", " ")
    assert not out.exists()
