"""The commands that ask vectors: what they print, as lines and as JSON, and how they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from evaluation_models import ANGLES, circle

from fastw2v import KeyedVectors
from fastw2v.cli import main


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(params=["v.safetensors", "v.txt", "v.bin", "v.npy"])
def model(request, tmp_path):
    """Words on a circle, in a file of each format."""
    circle().save(tmp_path / request.param)
    return tmp_path / request.param


@pytest.fixture
def one_model(tmp_path):
    circle().save(tmp_path / "v.bin")
    return tmp_path / "v.bin"


def test_neighbors_of_several_words(model):
    done = run("neighbors", model, "east", "north", "-n", 2)
    assert done.exit_code == 0, done.output
    assert done.stdout == "east: northeast 0.71, Northeast 0.50\nnorth: Northeast 0.87, northeast 0.71\n"
    found = json.loads(run("neighbors", model, "east", "north", "-n", 2, "--json").stdout)
    assert [(one["positive"], one["negative"]) for one in found] == [(["east"], []), (["north"], [])]
    assert [near["word"] for near in found[0]["neighbors"]] == ["northeast", "Northeast"]
    assert found[0]["neighbors"][0]["similarity"] == pytest.approx(np.sqrt(0.5), abs=1e-6)


def test_neighbors_of_words_together(one_model):
    assert (
        run("neighbors", one_model, "east", "north", "--together", "-n", 1).stdout == "east + north: northeast 1.00\n"
    )
    done = run("neighbors", one_model, "east", "--negative", "north", "-n", 1)
    assert done.stdout == "east - north: south 0.71\n"
    (one,) = json.loads(run("neighbors", one_model, "east", "--negative", "north", "--json").stdout)
    assert (one["positive"], one["negative"]) == (["east"], ["north"])


@pytest.mark.parametrize("method", ["add", "mul"])
def test_analogy(model, method):
    done = run("analogy", model, "east", "northeast", "north", "--method", method, "-n", 2)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("east is to northeast as north is to: ")
    found = json.loads(run("analogy", model, "east", "northeast", "north", "--method", method, "--json").stdout)
    assert (found["a"], found["b"], found["c"], found["method"]) == ("east", "northeast", "north", method)
    search = circle().most_similar if method == "add" else circle().most_similar_cosmul
    wanted = search(["northeast", "north"], ["east"], topn=5)
    assert [(one["word"], pytest.approx(one["similarity"], abs=1e-6)) for one in found["answers"]] == wanted


def test_similarity(model):
    assert run("similarity", model, "east", "West").stdout == "-1.0000\n"
    lines = run("similarity", model, "east", "north", "northeast").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["east", "north", "northeast"],
        ["east", "1.0000", "0.0000", "0.7071"],
        ["north", "0.0000", "1.0000", "0.7071"],
        ["northeast", "0.7071", "0.7071", "1.0000"],
    ]
    assert len({len(line) for line in lines}) == 1
    pairs = run("similarity", model, "east", "north", "east", "West", "--pairs").stdout
    assert pairs == "east  north  0.0000\neast  West  -1.0000\n"
    found = json.loads(run("similarity", model, "east", "north", "--json").stdout)
    assert found["words"] == ["east", "north"]
    assert np.allclose(found["similarities"], np.eye(2))
    (pair,) = json.loads(run("similarity", model, "east", "West", "--pairs", "--json").stdout)
    assert (pair["first"], pair["second"], pair["similarity"]) == ("east", "West", pytest.approx(-1.0))


@pytest.mark.parametrize("output", ["o.safetensors", "o.txt", "o.vec", "o.bin", "o.npy"])
def test_convert_any_format_to_any(model, tmp_path, output):
    done = run("convert", model, tmp_path / output)
    assert done.exit_code == 0, done.output
    assert done.output == ""
    found = KeyedVectors.load(tmp_path / output)
    assert found.index_to_key == list(ANGLES)
    assert np.allclose(found.vectors, circle().vectors, atol=1e-6)


def test_convert_a_part(tmp_path):
    vectors = circle()
    KeyedVectors(vectors.index_to_key, vectors.vectors, range(6, 0, -1)).save(tmp_path / "v.safetensors")
    assert run("convert", tmp_path / "v.safetensors", tmp_path / "o.safetensors", "--limit", 2).exit_code == 0
    found = KeyedVectors.load(tmp_path / "o.safetensors")
    assert found.index_to_key == ["east", "West"]
    assert found.counts.tolist() == [6, 5]
    assert run("convert", tmp_path / "v.safetensors", tmp_path / "o.txt", "--limit", 100).exit_code == 0
    assert len(KeyedVectors.load(tmp_path / "o.txt")) == 6


def test_convert_to_half_precision(one_model, tmp_path):
    for name in ("o.safetensors", "o.npy"):
        done = run("convert", one_model, tmp_path / name, "--dtype", "float16")
        assert done.exit_code == 0, done.output
        assert np.allclose(KeyedVectors.load(tmp_path / name).vectors, circle().vectors, atol=1e-3)
    assert KeyedVectors.load(tmp_path / "o.safetensors").vectors.dtype == np.float16
    assert np.load(tmp_path / "o.npy").dtype == np.float16
    assert run("neighbors", tmp_path / "o.safetensors", "east", "-n", 1).stdout == "east: northeast 0.71\n"
    assert run("convert", tmp_path / "o.npy", tmp_path / "p.npy", "--dtype", "float32").exit_code == 0
    assert np.load(tmp_path / "p.npy").dtype == np.float32
    assert run("convert", tmp_path / "o.npy", tmp_path / "p.txt").exit_code == 0
    done = run("convert", one_model, tmp_path / "q.txt", "--dtype", "float16")
    assert done.exit_code == 2
    assert "dtype is float16, but text files hold float32" in done.stderr
    circle(scale=1e6).save(tmp_path / "large.bin")
    for name in ("q.safetensors", "q.npy"):
        done = run("convert", tmp_path / "large.bin", tmp_path / name, "--dtype", "float16")
        assert done.exit_code == 2
        assert "a number beyond 65504, the greatest float16" in done.stderr


def test_compressed_vectors(one_model, tmp_path):
    assert run("convert", one_model, tmp_path / "o.vec.gz").exit_code == 0
    assert run("neighbors", tmp_path / "o.vec.gz", "east", "-n", 1).stdout == "east: northeast 0.71\n"


def test_bad_input_gets_one_sentence_and_status_2(one_model, tmp_path):
    out = tmp_path / "o.txt"
    cases = [
        (["neighbors", one_model, "eest"], "did you mean 'east'"),
        (["neighbors", one_model, "east", "--negative", "eest"], "did you mean 'east'"),
        (["analogy", one_model, "east", "north", "nort"], "did you mean 'north'"),
        (["similarity", one_model, "east", "eest"], "did you mean 'east'"),
        (["similarity", one_model, "east"], "1 words make no pair"),
        (["similarity", one_model, "east", "north", "West", "--pairs"], "3 words make no pairs"),
        (["convert", one_model, one_model], "the output is the input itself"),
        (["convert", one_model, tmp_path / "o.doc"], ".safetensors"),
        (["convert", one_model, tmp_path / "none" / "o.txt"], "does not exist"),
        (["convert", tmp_path / "none.bin", out], "none.bin: there is no such file"),
    ]
    for command in ("neighbors", "analogy", "similarity", "info"):
        words = {"analogy": ["a", "b", "c"], "info": []}.get(command, ["a", "b"])
        cases.append(([command, tmp_path / "none.bin", *words], "there is no such file; check the path"))
    for arguments, sentence in cases:
        done = run(*arguments)
        assert done.exit_code == 2, (arguments, done.output)
        assert done.stdout == ""
        assert done.stderr.startswith("fastw2v: ")
        assert sentence in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert sorted(os.listdir(tmp_path)) == ["v.bin"]


def test_a_reader_that_goes_away_ends_the_command(one_model):
    command = [sys.executable, "-m", "fastw2v", "neighbors", str(one_model), *["east"] * 20_000]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=20) == 1


def test_ctrl_c_ends_with_a_sentence(one_model, monkeypatch):
    def interrupted(*_, **__):
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("fastw2v.cli_vectors.load", interrupted)
    done = run("neighbors", one_model, "east")
    assert done.exit_code == 130
    assert done.stderr == "fastw2v: interrupted; nothing was written\n"


def test_a_library_that_is_not_installed_is_named(one_model, monkeypatch):
    def without_library(*_, **__):
        raise ImportError("such files need a library: pip install 'fastw2v[io]'")

    monkeypatch.setattr("fastw2v.cli_vectors.load", without_library)
    done = run("neighbors", one_model, "east")
    assert done.exit_code == 2
    assert done.stderr == "fastw2v: such files need a library: pip install 'fastw2v[io]'\n"


def test_files_that_need_options_to_be_read(tmp_path):
    path = tmp_path / "v.txt"
    path.write_bytes(b"2 2\nstra\xdfe 1 0\nb nan 1\n")
    done = run("info", path)
    assert done.exit_code == 2
    assert "errors='replace'" in done.stderr
    done = run("info", path, "--errors", "replace")
    assert done.exit_code == 2
    assert "allow_nan=True" in done.stderr
    for command in (["info", path], ["neighbors", path, "stra\ufffde"], ["similarity", path, "b", "b"]):
        assert run(*command, "--errors", "replace", "--allow-nan").exit_code == 0
    assert run("convert", path, tmp_path / "o", "--errors", "replace", "--allow-nan").exit_code == 0
    assert KeyedVectors.load(tmp_path / "o").index_to_key == ["stra\ufffde", "b"]
    done = run("convert", path, tmp_path / "o.txt", "--errors", "replace", "--allow-nan")
    assert done.exit_code == 2
    assert "'b' holds NaN" in done.stderr


def test_more_neighbours_than_words_and_tables_too_large(one_model):
    done = run("neighbors", one_model, "east", "-n", 10**12)
    assert done.exit_code == 0
    assert len(done.stdout.split(", ")) == len(KeyedVectors.load(one_model)) - 1
    done = run("similarity", one_model, *["east"] * 101)
    assert done.exit_code == 2
    assert "101 words make too large a table; give at most 100, or --pairs" in done.stderr
    assert run("similarity", one_model, *["east"] * 102, "--pairs").exit_code == 0
    done = run("neighbors", "-", "east")
    assert done.exit_code == 2
    assert "not from standard input" in done.stderr
