"""The command `fastw2v phrases`: options, outputs, mistakes; beside gensim's text."""

from __future__ import annotations

import gzip

import pytest
from click.testing import CliRunner

from fastw2v.cli import main
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
