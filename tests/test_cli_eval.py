"""`fastw2v eval`: every kind of file, comparison, formats of output, mistakes."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from evaluation_models import circle

from fastw2v.cli import main

PAIRS = "east\tnortheast\t9\neast\tnorth\t4\neast\twest\t1\neast\tmoon\t2\n"
ANALOGIES = ": half\neast north south west\neast northeast north south\n: moon\nmoon sun east north\n"
CATEGORIES = "east right\nnortheast right\nwest left\n"
OUTLIERS = "east\nnortheast\nnorth\n\nwest\n"


def run(*arguments):
    return CliRunner().invoke(main, ["eval", *(str(a) for a in arguments)])


@pytest.fixture
def model(tmp_path):
    circle().save(tmp_path / "v.bin")
    return tmp_path / "v.bin"


@pytest.fixture
def files(write):
    texts = {"pairs.tsv": PAIRS, "analogies.txt": ANALOGIES, "categories.txt": CATEGORIES, "outliers.txt": OUTLIERS}
    return [write(text, name) for name, text in texts.items()]


def test_the_table_of_every_kind(model, files):
    done = run(model, *files)
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["file", "measure", "score", "95", "%", "interval", "p", "known"]
    assert [line[:3] for line in lines[1:]] == [
        ["pairs.tsv", "spearman", "1.0000"],
        ["pairs.tsv", "pearson", "0.9708"],
        ["analogies.txt", "3CosAdd", "0.5000"],
        ["categories.txt", "purity", "1.0000"],
        ["outliers.txt", "accuracy", "1.0000"],
        ["outliers.txt", "opp", "1.0000"],
    ]
    assert done.stdout.splitlines()[1].endswith("3 of 4 (75 %)")


def test_options(model, files):
    assert "half" in run(model, files[1], "--sections").stdout
    assert "3CosMul" in run(model, files[1], "--method", "mul").stdout
    assert "90 % interval" in run(model, files[0], "--confidence", "0.9").stdout
    assert "1 of 4" in run(model, files[0], "--case-sensitive", "--restrict-vocab", 3).stdout
    counted = json.loads(run(model, files[1], "--count-unknown", "--format", "json").stdout)
    assert (counted[0]["asked"], counted[0]["accuracy"]) == (3, pytest.approx(1 / 3))
    options = ["--resamples", 9, "--format", "csv", "--seed"]
    first, again, other = (run(model, files[1], *options, seed).stdout for seed in (1, 1, 6))
    assert first == again != other


def test_json_and_csv(model, files):
    found = json.loads(run(model, *files, "--format", "json").stdout)
    assert [each["kind"] for each in found] == ["similarity", "analogies", "categories", "outliers"]
    lines = list(csv.DictReader(io.StringIO(run(model, *files, "--format", "csv").stdout)))
    assert [line["file"] for line in lines].count("outliers.txt") == 2
    assert float(lines[0]["coverage"]) == 0.75


def test_two_models(model, files, tmp_path):
    circle({"east": 0, "northeast": 170, "north": 10, "west": 20}).save(tmp_path / "other.vec")
    done = run(model, *files, "--compare", tmp_path / "other.vec", "--format", "json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert [one["measure"] for one in found] == ["spearman", "3CosAdd", "purity", "accuracy"]
    assert found[0]["used"] == 3
    assert found[0]["difference"] == pytest.approx(found[0]["second"] - found[0]["first"])
    assert found[0]["difference"] < 0
    assert "difference" in run(model, files[0], "--compare", tmp_path / "other.vec").stdout


def test_bad_input_gets_one_sentence_and_status_2(model, files, write, tmp_path):
    cases = [
        ([model, tmp_path / "none.txt"], "none.txt: "),
        ([tmp_path / "none.bin", files[0]], "none.bin: there is no such file; check the path"),
        ([model, files[0], "--compare", tmp_path / "none.bin"], "none.bin: there is no such file"),
        ([model, write(PAIRS + "east\tnorth\n", "bad.tsv")], "bad.tsv, line 5: must be two words and a finite number"),
        ([model, files[0], "--kind", "analogies"], "pairs.tsv, line 1: must be four words"),
        ([model, files[0], "--confidence", "2"], "confidence is 2.0, but must be between 0 and 1"),
        ([model, files[0], "--resamples", "0"], "resamples is 0"),
        ([model, files[0], "--seed", "-1"], "seed is -1"),
        ([model, files[0], "--encoding", "nonsense"], "the encoding 'nonsense' is not known"),
    ]
    for arguments, sentence in cases:
        done = run(*arguments)
        assert done.exit_code == 2, (arguments, done.output)
        assert done.stderr.startswith("fastw2v: ")
        assert sentence in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_as_a_program(model, files):
    command = [sys.executable, "-W", "error", "-m", "fastw2v", "eval", model, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == run(model, *files).stdout
    assert done.stderr == ""
