"""Where a text came from, and reading it again from there."""

from __future__ import annotations

import io
import json
import os
import sys
from types import SimpleNamespace

import pytest

from fastw2v import Corpus
from fastw2v.line_sentences import LineSentence

TEXT = "one two three\ntwo three\nthree\n" * 20


def test_a_text_is_read_again_from_its_origin(write, monkeypatch):
    paths = [write(TEXT, "a.txt"), write(TEXT + "\xff", "b.txt")]
    corpus = Corpus(paths, min_count=1, workers=2)
    origin = json.loads(json.dumps(corpus.origin))
    assert [file["path"] for file in origin["files"]] == [str(path) for path in paths]
    again = Corpus.reopen(origin, min_count=1, workers=1)
    assert (again.fingerprint, again.vocabulary, again.origin) == (corpus.fingerprint, corpus.vocabulary, origin)
    few = Corpus.reopen(origin, vocabulary=Corpus([["two"]], min_count=1).vocabulary)
    assert (len(few), few.fingerprint) == (80, corpus.fingerprint)


def test_the_reading_options_belong_to_the_origin(write, monkeypatch, tmp_path):
    path = write(b"a \xff b")
    corpus = Corpus(path, min_count=1, errors="replace")
    assert Corpus.reopen(corpus.origin, min_count=1).fingerprint == corpus.fingerprint
    monkeypatch.chdir(tmp_path)
    relative = Corpus(path.name, min_count=1, errors="replace")
    monkeypatch.chdir("/")
    assert len(Corpus.reopen(relative.origin, min_count=1)) == 3


def test_files_of_line_sentences_have_an_origin(write):
    path = write(TEXT)
    assert Corpus(LineSentence(path)).origin == Corpus(path).origin
    assert Corpus(LineSentence(path, limit=50)).origin is None


def test_what_cannot_be_read_again(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"a b c")))
    for corpus in (Corpus("-", min_count=1), Corpus([["a"]], min_count=1)):
        assert corpus.origin is None
        with pytest.raises(ValueError, match="came from no file"):
            Corpus.reopen(corpus.origin)
    with pytest.raises(ValueError, match="of the kind 'tape' is not known"):
        Corpus.reopen({"kind": "tape"})


def test_a_file_that_changed_or_is_gone(write):
    path = write(TEXT)
    origin = Corpus(path).origin
    status = os.stat(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 2 * 10**9))
    with pytest.raises(
        ValueError,
        match=r"text.txt: .* another one: it was last changed .*; give the text as it was .name a copy of it",
    ):
        Corpus.reopen(origin)
    write(TEXT + "more")
    with pytest.raises(ValueError, match=r"it had 600 bytes, and has 604 now"):
        Corpus.reopen(origin)
    path.unlink()
    with pytest.raises(FileNotFoundError, match="is gone"):
        Corpus.reopen(origin)
