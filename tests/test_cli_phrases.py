"""The command `fastw2v phrases`: options, outputs, mistakes; beside gensim's text."""

from __future__ import annotations

import csv
import gzip

import numpy as np
import pytest
from click.testing import CliRunner

from fastw2v import Callback, load_vectors, train
from fastw2v.cli import main
from fastw2v.frozen_phrases import FrozenPhrases
from fastw2v.phrase_options import ENGLISH_CONNECTOR_WORDS
from fastw2v.phrases import Phrases

LINES = ["new york times", "the bank of america in new york", "bank of america", "new york times"] * 4


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("\n".join([*LINES, ""]))
    return path


def run(*arguments, **options):
    return CliRunner().invoke(main, ["phrases", *map(str, arguments)], **options)


def joined(options, passes=1):
    """What lists of words become."""
    sentences = [line.split() for line in LINES]
    for _ in range(passes):
        sentences = list(Phrases(sentences, **options)[sentences])
    return [" ".join(sentence) for sentence in sentences]


@pytest.mark.parametrize(
    ("arguments", "options", "passes"),
    [
        ([], {"threshold": 10.0}, 1),
        (["--threshold", 0.5], {"threshold": 0.5}, 1),
        (["--scoring", "npmi"], {"scoring": "npmi", "threshold": 0.5}, 1),
        (["--threshold", 0.5, "--passes", 2, "--min-count", 2], {"threshold": 0.5, "min_count": 2}, 2),
        (["--threshold", 0.5, "--delimiter", "+"], {"threshold": 0.5, "delimiter": "+"}, 1),
        (
            ["--threshold", 0.5, "--connector-words", "english"],
            {"threshold": 0.5, "connector_words": ENGLISH_CONNECTOR_WORDS},
            1,
        ),
        (["--threshold", 0.5, "--connector-words", "of,in"], {"threshold": 0.5, "connector_words": ["of", "in"]}, 1),
    ],
)
def test_options(text, tmp_path, arguments, options, passes):
    done = run(text, tmp_path / "out.txt", *arguments, "--workers", 2)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out.txt").read_text().splitlines() == joined(options, passes)
    assert f"pass {passes}: " in done.stderr
    assert f"wrote the text to {tmp_path / 'out.txt'}" in done.stderr


def test_several_texts_compressed_with_a_listing(text, tmp_path):
    out, listing = tmp_path / "out.txt.gz", tmp_path / "phrases.tsv"
    done = run(text, "-", out, "--threshold", 0.5, "-q", "--phrases", listing, "--passes", 2, input="new york\n")
    assert done.exit_code == 0, done.output
    assert done.output == ""
    assert gzip.decompress(out.read_bytes()).decode().endswith("\nnew_york\n")
    rows = [line.split("\t") for line in listing.read_text().splitlines()]
    expected = Phrases([line.split() for line in [*LINES, "new york"]], threshold=0.5).export_phrases()
    assert {phrase: float(score) for number, phrase, score in rows if number == "1"} == expected
    assert {number for number, *_ in rows} == {"1", "2"}


def test_gensims_text(text, tmp_path):
    gensim = pytest.importorskip("gensim.models.phrases")
    sentences = [line.split() for line in LINES]
    first = gensim.Phrases(sentences, threshold=0.5)
    second = gensim.Phrases(first[sentences], threshold=0.5)
    run(text, tmp_path / "out.txt", "--threshold", 0.5, "--passes", 2)
    expected = "".join(" ".join(sentence) + "\n" for sentence in second[first[sentences]])
    assert (tmp_path / "out.txt").read_text() == expected


def test_phrases_are_saved_and_trained_with(text, tmp_path):
    saved, joined_text = [tmp_path / "one.st", tmp_path / "two.st"], tmp_path / "joined.txt"
    arguments = ["--threshold", 0.5, "--passes", 2, "--save", saved[0], "--save", saved[1]]
    assert run(text, joined_text, *arguments).exit_code == 0
    first = Phrases([line.split() for line in LINES], threshold=0.5)
    assert FrozenPhrases.load(saved[0]).scores == first.freeze().scores
    options = ["--vector-size", 8, "--min-count", 2, "--epochs", 1, "--workers", 1, "--sample", 0, "-q"]
    phrases = ["--phrases", saved[0], "--phrases", saved[1]]

    def trained(source, output, *more):
        done = CliRunner().invoke(main, ["train", *map(str, (source, "-o", output, *options, *more))])
        assert done.exit_code == 0, done.output
        return load_vectors(output)

    names = [tmp_path / "a.csv", tmp_path / "b.csv"]
    expected = trained(joined_text, tmp_path / "a.safetensors", "--held-out", joined_text, "--history", names[0])
    found = trained(text, tmp_path / "b.safetensors", "--held-out", text, "--history", names[1], *phrases)
    assert found.index_to_key == expected.index_to_key
    assert any("new_york" in word for word in found.index_to_key)
    assert np.array_equal(found.vectors, expected.vectors)
    losses = [next(csv.DictReader(name.read_text().splitlines()))["held_out_loss"] for name in names]
    assert losses[0] == losses[1] != ""
    options = options[2:]
    for more in ([], ["--grow-vocabulary"]):
        on = ["--from", tmp_path / "a.safetensors", *more]
        again = trained(joined_text, tmp_path / "c.safetensors", *on)
        assert np.array_equal(trained(text, tmp_path / "d.safetensors", *on, *phrases).vectors, again.vectors)
    tell = CliRunner().invoke(main, ["train", str(text), "--dry-run", "--min-count", "2", "-q", *map(str, phrases)])
    assert f"{len(found)} words" in tell.output


def test_a_run_that_joined_phrases_goes_on_with_them(text, tmp_path):
    class Stop(Callback):
        def on_epoch_end(self, model):
            model.stop()

    saved, checkpoint, out = (tmp_path / name for name in ("one.st", "run.safetensors", "v.safetensors"))
    assert run(text, tmp_path / "joined.txt", "--threshold", 0.5, "--save", saved).exit_code == 0
    options = {"vector_size": 8, "min_count": 2, "epochs": 2, "workers": 1, "sample": 0, "progress": False}
    options["phrases"] = saved
    train(text, checkpoint=checkpoint, callbacks=[Stop()], **options)
    arguments = ["train", "--resume", checkpoint, text, "-o", out, "-q", "--phrases", saved]
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exit_code == 0, done.output
    assert np.array_equal(load_vectors(out).vectors, train(text, **options).wv.vectors)


def test_phrases_that_cannot_be_saved_or_read(text, tmp_path):
    done = run(text, tmp_path / "out", "--passes", 2, "--save", tmp_path / "one.st")
    assert done.exit_code == 2
    assert "--save names 1 files, but 2 passes are made" in done.stderr
    for arguments, sentence in (
        (["train", text, "-o", tmp_path / "v.txt", "--phrases", text], "text.txt: no safetensors file"),
        (["train", "--resume", tmp_path / "ck", "-o", tmp_path / "v.txt", "--phrases", text], "name the text as well"),
    ):
        done = CliRunner().invoke(main, list(map(str, arguments)))
        assert done.exit_code == 2
        assert sentence in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--threshold", 0], "threshold is 0, but must be above 0"),
        (["--scoring", "npmi", "--threshold", 2], "threshold is 2, but must be from -1 to 1"),
        (["--passes", 0], "passes is 0, but must be from 1"),
        (["--min-count", 0], "min_count is 0"),
        (["--delimiter", ""], "delimiter is ''"),
        (["--delimiter", " ", "--threshold", 0.5], "white space"),
        (["--connector-words", "of_a"], "'of_a' holds a character of the delimiter"),
        (["--workers", 0], "workers is 0"),
    ],
)
def test_mistakes(text, tmp_path, arguments, sentence):
    done = run(text, tmp_path / "out.txt", *arguments)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.output
    assert not (tmp_path / "out.txt").exists()


def test_files_that_do_not_serve(text, tmp_path):
    for arguments, sentence in (
        ([tmp_path / "absent.txt", tmp_path / "out"], "no such file"),
        ([text, tmp_path / "absent" / "out"], "does not exist"),
        ([text, text], "the output is the text itself"),
        ([text, tmp_path / "out", "--phrases", text], "the output is the text itself"),
        ([text, tmp_path / "out", "--phrases", tmp_path / "out"], "are the same file"),
        ([text], "Missing argument"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2
        assert sentence in done.stderr
    assert text.read_text().splitlines() == LINES
