"""The command line as a user sees it: files, standard streams, exit status, one sentence for each mistake."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from click.testing import CliRunner

from fastw2v import KeyedVectors, Word2Vec, demo
from fastw2v.cli import main

SMALL = ["--vector-size", "10", "--min-count", "1", "--epochs", "1", "--workers", "1"]


def run(*arguments, **options):
    return CliRunner().invoke(main, [str(a) for a in arguments], **options)


@pytest.mark.parametrize("name", ["m.safetensors", "v.txt", "v.vec", "v.bin", "v.npy"])
def test_the_suffix_is_the_format(text_file, tmp_path, name):
    done = run("train", text_file, "-o", tmp_path / name, *SMALL)
    assert done.exit_code == 0, done.output
    assert "epoch 1/1: 100 %" in done.stderr
    assert "M words/s" in done.stderr
    assert f"wrote 45 vectors of 10 numbers to {tmp_path / name}" in done.stderr
    vectors = KeyedVectors.load(tmp_path / name)
    assert vectors.vectors.shape == (45, 10)
    near = run("neighbors", tmp_path / name, "a1", "b2", "-n", 3)
    assert near.exit_code == 0
    assert [line.split(":")[0] for line in near.stdout.splitlines()] == ["a1", "b2"]
    assert near.stdout.splitlines()[0].count(",") == 2
    told = run("info", tmp_path / name)
    assert told.exit_code == 0
    assert "45 words x 10" in told.stdout


def test_info_of_a_model_tells_its_options(text_file, tmp_path):
    run("train", text_file, "-o", tmp_path / "m.safetensors", *SMALL, "--seed", "77")
    told = run("info", tmp_path / "m.safetensors").stdout
    assert "seed=77" in told
    assert "in epoch 1" in told
    assert "a whole model" in told
    Word2Vec.load(tmp_path / "m.safetensors").wv.save(tmp_path / "v.safetensors")
    assert "vectors alone" in run("info", tmp_path / "v.safetensors").stdout


def test_quiet_says_nothing(text_file, tmp_path):
    done = run("train", text_file, "-o", tmp_path / "v.bin", *SMALL, "--quiet")
    assert done.exit_code == 0
    assert done.output == ""


def test_every_option_reaches_the_run(text_file, tmp_path):
    options = {
        "vector_size": 12, "window": 3, "negative": 4, "ns_exponent": 0.5, "sample": 0.01, "alpha": 0.05,
        "architecture": "cbow", "loss": "hierarchical", "negative_sharing": "window", "cbow_gradient": "word2vec",
        "cbow_batch": 3, "softmax_batch": 7, "softmax_memory": 9,
        "min_alpha": 0.001, "epochs": 2, "min_count": 2, "max_vocab": 30, "workers": 2, "seed": 9, "kernel": "blas",
    }  # fmt: skip
    words = [w for name, value in options.items() for w in (f"--{name.replace('_', '-')}", str(value))]
    done = run("train", text_file, "-o", tmp_path / "m.safetensors", *words, "--cbow-sum", "--whole-windows")
    assert done.exit_code == 0, done.output
    assert Word2Vec.load(tmp_path / "m.safetensors").config.as_dict() == {
        **options,
        "cbow_mean": False,
        "shrink_windows": False,
    }


def test_several_files_are_one_text(text_file, tmp_path):
    done = run("train", text_file, text_file, "-o", tmp_path / "m.safetensors", *SMALL)
    assert done.exit_code == 0
    once = run("train", text_file, "-o", tmp_path / "n.safetensors", *SMALL)
    assert once.exit_code == 0
    twice, one = (Word2Vec.load(tmp_path / f"{name}.safetensors").vocabulary for name in "mn")
    assert list(twice.counts) == [2 * count for count in one.counts]


def test_standard_input(text_file, tmp_path):
    command = [sys.executable, "-m", "fastw2v", "train", "-", "-o", str(tmp_path / "piped.bin"), *SMALL]
    with open(text_file, "rb") as text:
        piped = subprocess.run(command, stdin=text, capture_output=True, check=True)
    assert b"epoch 1/1" in piped.stderr
    run("train", text_file, "-o", tmp_path / "direct.bin", *SMALL)
    assert (tmp_path / "piped.bin").read_bytes() == (tmp_path / "direct.bin").read_bytes()


def test_bad_input_gets_one_sentence_and_status_2(text_file, tmp_path):
    out = tmp_path / "v.bin"
    broken = tmp_path / "broken.txt"
    broken.write_bytes(b"good words\nbad \xff byte\n")
    empty = tmp_path / "empty.txt"
    empty.touch()
    cases = [
        ([tmp_path / "none.txt", "-o", out], "none.txt: there is no such file"),
        ([tmp_path / "nothing", "-o", out], "folder"),
        ([empty, "-o", out], "empty"),
        ([broken, "-o", out, "--min-count", "1"], "offset 15"),
        ([text_file, "-o", out, "--min-count", "1000000"], "min_count"),
        ([text_file, "-o", out, "--vector-size", "0"], "vector_size is 0, but must be from 1"),
        ([text_file, "-o", out, "--alpha", "nan"], "alpha is nan"),
        ([text_file, "-o", tmp_path / "v.doc"], ".safetensors"),
        ([text_file, "-o", tmp_path / "none" / "v.bin"], "does not exist"),
        ([text_file, "-o", text_file / "v.bin"], "folder"),
    ]
    cases += [
        ([text_file, "-o", text_file], "the output is the text itself"),
    ]
    (tmp_path / "n.words.txt").mkdir()
    (tmp_path / "nothing").mkdir()
    cases.append(([text_file, "-o", tmp_path / "n.npy"], "n.words.txt: the output path is a folder"))
    before = text_file.read_bytes()
    for arguments, sentence in cases:
        done = run("train", *arguments)
        assert done.exit_code == 2, (arguments, done.output)
        assert done.stderr.startswith("fastw2v: ")
        assert sentence in done.stderr
        assert "Traceback" not in done.output
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["broken.txt", "empty.txt", "n.words.txt", "nothing"]
    assert text_file.read_bytes() == before


def test_errors_replace_goes_on(tmp_path):
    (tmp_path / "broken.txt").write_bytes(b"good words\nbad \xff byte\n" * 5)
    done = run("train", tmp_path / "broken.txt", "-o", tmp_path / "v.npy", "--errors", "replace", "--sample", 0, *SMALL)
    assert done.exit_code == 0, done.output
    assert "\ufffd" in KeyedVectors.load(tmp_path / "v.npy")


@pytest.mark.filterwarnings("default")
def test_a_text_without_neighbours_is_told(write, tmp_path):
    done = run("train", write("a\nb\n" * 10), "-o", tmp_path / "v.npy", *SMALL)
    assert done.exit_code == 0
    assert "fastw2v: warning: nothing was learnt: no word of the text has a neighbour" in done.output


def test_an_unknown_word_gets_the_nearest(text_file, tmp_path):
    run("train", text_file, "-o", tmp_path / "v.bin", *SMALL)
    done = run("neighbors", tmp_path / "v.bin", "a11x")
    assert done.exit_code == 2
    assert "a11" in done.stderr.replace("a11x", "")
    for command in (["neighbors", tmp_path / "none.bin", "a"], ["info", tmp_path / "none.bin"]):
        done = run(*command)
        assert done.exit_code == 2
        assert done.stderr == f"fastw2v: {tmp_path / 'none.bin'}: there is no such file; check the path\n"
    assert "this is a folder" in run("info", tmp_path).stderr


def test_a_file_without_a_known_suffix_is_known_by_its_content(text_file, tmp_path):
    run("train", text_file, "-o", tmp_path / "v.txt", *SMALL)
    (tmp_path / "v.txt").rename(tmp_path / "vectors")
    assert "vectors alone (text)" in run("info", tmp_path / "vectors").stdout


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_standard_error_that_cannot_be_written_does_not_cost_the_training(text_file, tmp_path, monkeypatch, unbuffered):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    out = tmp_path / "v.bin"
    command = [sys.executable, "-m", "fastw2v", "train", str(text_file), "-o", str(out), *SMALL]
    with open("/dev/full", "w") as full:
        assert subprocess.run(command, stderr=full).returncode == 0
    assert len(KeyedVectors.load(out)) == 45


def test_ctrl_c_while_the_file_is_written_waits_for_it(text_file, tmp_path, monkeypatch):
    written = []

    def slow_write(model, output):
        signal.raise_signal(signal.SIGINT)
        written.append(len(model.wv))

    monkeypatch.setattr("fastw2v.cli_run.write", slow_write)
    done = run("train", text_file, "-o", tmp_path / "v.bin", *SMALL)
    assert written == [45]
    assert done.exit_code == 130
    assert "interrupted after 100 % of the training; wrote that" in done.stderr


def test_a_second_ctrl_c_while_the_file_is_written_gives_up(text_file, tmp_path, monkeypatch):
    def slow_write(model, output):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("the second one did not come through")

    monkeypatch.setattr("fastw2v.cli_run.write", slow_write)
    done = run("train", text_file, "-o", tmp_path / "v.bin", *SMALL)
    assert done.exit_code == 130
    assert "interrupted; nothing was written" in done.stderr


def test_ctrl_c_before_anything_is_trained_writes_nothing(text_file, tmp_path, monkeypatch):
    (tmp_path / "v.bin").write_bytes(b"an older file")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("fastw2v.training.train_epochs", interrupted)
    done = run("train", text_file, "-o", tmp_path / "v.bin", *SMALL)
    assert done.exit_code == 130
    assert "nothing was written" in done.stderr
    assert (tmp_path / "v.bin").read_bytes() == b"an older file"


@pytest.mark.parametrize("suffix", ["safetensors", "txt"])
def test_ctrl_c_in_training_writes_what_was_trained(text_file, tmp_path, suffix):
    out = tmp_path / f"v.{suffix}"
    command = [sys.executable, "-m", "fastw2v", "train", str(text_file), "-o", str(out)]
    command += ["--min-count", "1", "--epochs", "1000000", "--workers", "2"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert "different ones kept" in process.stderr.readline()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert f"wrote that to {out}" in said
    assert "Traceback" not in said
    assert np.isfinite(KeyedVectors.load(out).vectors).all()


def test_ctrl_c_in_reading_leaves_nothing(tmp_path):
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    command = [sys.executable, "-m", "fastw2v", "train", str(fifo), "-o", str(tmp_path / "v.bin")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process, open(fifo, "w") as pipe:
        pipe.write("some words that end nowhere\n" * 100)
        pipe.flush()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "interrupted while reading; nothing was trained or written" in said
    assert [p.name for p in tmp_path.iterdir()] == ["pipe"]


def test_the_demo_trains_on_docstrings(tmp_path, monkeypatch):
    sentences = [s for s, _ in zip(demo.docstring_sentences(), range(20_000), strict=False)]
    assert len(sentences) == 20_000
    assert all(len(s) >= 3 and all(word.islower() for word in s) for s in sentences[:1000])
    monkeypatch.setattr(demo, "docstring_sentences", lambda: iter(sentences))
    done = run("demo", "-o", tmp_path / "d.safetensors")
    assert done.exit_code == 0, done.output
    assert "return: " in done.stdout
    assert Word2Vec.load(tmp_path / "d.safetensors").config.epochs == 10


def test_help_and_version():
    assert "neighbors" in run("--help").stdout
    assert "0.1.0" in run("--version").stdout
    assert "--ns-exponent" in run("train", "-h").stdout
