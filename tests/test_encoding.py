"""Making encoded texts: in memory or through a file, from any source, and what is refused."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from fastw2v import Corpus, encode
from fastw2v.cli import main
from fastw2v.compressed import compressor

TEXT = "one two three\ntwo three\nthree\n" * 100


@pytest.mark.parametrize("limit", [None, 0, 500, "10GB"])
@pytest.mark.parametrize("workers", [1, 3])
def test_the_same_file_within_any_memory(write, tmp_path, small_chunks, limit, workers):
    paths = [write(TEXT, "a"), write(compressor("gzip")((TEXT + "four").encode()), "b"), write("five\n" * 50, "c")]
    encode(paths, tmp_path / "whole.fw2c", workers=1)
    sizes = encode(paths, tmp_path / "text.fw2c", memory_limit=limit, workers=workers)
    assert (tmp_path / "whole.fw2c").read_bytes() == (tmp_path / "text.fw2c").read_bytes()
    assert (sizes.words, sizes.tokens, sizes.sentences) == (5, 1251, 651)
    assert sorted(os.listdir(tmp_path)) == ["a", "b", "c", "text.fw2c", "whole.fw2c"]


def test_any_source(tmp_path):
    for source, options in (
        ([["a", "b"], [], ["a"]], {}),
        (["a b", "", "a"], {"tokenize": "whitespace"}),
        ([{"text": "a b"}, {"text": ""}, {"text": "a"}], {"column": "text"}),
    ):
        encode(source, tmp_path / "t.fw2c", **options)
        corpus = Corpus(tmp_path / "t.fw2c", min_count=1)
        assert [corpus.sentence(i) for i in range(2)] == [["a", "b"], ["a"]]
        assert (corpus.raw_sentences, corpus.raw_words) == (3, 3)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"path": "t.txt"}, ValueError, r"must end in \.fw2c"),
        ({"path": "none/t.fw2c"}, (FileNotFoundError, NotADirectoryError), "folder"),
        ({"memory_limit": "much"}, ValueError, "memory_limit is 'much'"),
        ({"cache_dir": "none"}, NotADirectoryError, "cache_dir is none, which is no folder"),
        ({"source": [[]]}, ValueError, "no word at all"),
        ({"errors": "ignore"}, ValueError, "errors is 'ignore'"),
        ({"tokenize": 5}, TypeError, "tokenize is 5"),
    ],
)
def test_what_is_refused_leaves_nothing(tmp_path, monkeypatch, arguments, error, match):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=match):
        encode(**{"source": [["a"]], "path": "t.fw2c", **arguments})
    assert not os.listdir(tmp_path)


def test_an_error_while_reading_leaves_nothing(write, tmp_path):
    def broken():
        yield ["a"] * 10
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        encode(broken(), tmp_path / "t.fw2c", memory_limit=1)
    assert not os.listdir(tmp_path)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")
def test_a_full_disk_is_told(tmp_path, monkeypatch):
    from fastw2v._placed_files import PlacedFile

    def full():
        return PlacedFile(os.open("/dev/full", os.O_WRONLY), "cache", "make room there")

    monkeypatch.setattr("fastw2v.encoding.scratch_in", lambda folder: full)
    with pytest.raises(OSError, match="it could not be written: No space left on device; make room there"):
        encode([["a"] * 10], tmp_path / "t.fw2c", memory_limit=1)
    assert not os.listdir(tmp_path)


def test_the_command(write, tmp_path):
    text, out = write(TEXT), str(tmp_path / "t.fw2c")
    run = CliRunner().invoke
    done = run(main, ["encode", str(text), "-o", out, "--memory-limit", "100", "--workers", "2"])
    assert done.exit_code == 0, done.output
    assert "wrote 600 words, 3 of them different" in done.output
    done = run(main, ["encode", "--check", out])
    assert (done.exit_code, done.output) == (0, f"{out}: sound, 600 words, 3 of them different\n")
    model = str(tmp_path / "m.safetensors")
    done = run(main, ["train", out, "-o", model, "--sample", "0", "--vector-size", "4", "--workers", "1", "-q"])
    assert done.exit_code == 0, done.output
    with open(out, "r+b") as file:
        file.seek(-3, os.SEEK_END)
        file.write(b"xxx")
    done = run(main, ["encode", "--check", out])
    assert done.exit_code == 2
    assert "damaged in part 0 of its words.utf8" in done.output
    assert "-o FILE.fw2c" in run(main, ["encode", str(text)]).output


def test_training_within_a_limit(write, tmp_path):
    text, folder = write(TEXT), tmp_path / "cache"
    folder.mkdir()
    options = ["--sample", "0", "--vector-size", "4", "--workers", "1", "-q"]
    models = [tmp_path / "limited.safetensors", tmp_path / "whole.safetensors"]
    for model, more in zip(models, (["--memory-limit", "1KB", "--cache-dir", str(folder)], []), strict=True):
        done = CliRunner().invoke(main, ["train", str(text), "-o", str(model), *options, *more])
        assert done.exit_code == 0, done.output
    assert models[0].read_bytes() == models[1].read_bytes()
    assert not os.listdir(folder)
    done = CliRunner().invoke(main, ["train", str(text), "-o", str(models[0]), "--memory-limit", "much"])
    assert done.exit_code == 2
    assert "memory_limit is 'much'" in done.output
