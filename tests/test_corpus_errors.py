"""What bad input gets from a Corpus: missing, compressed, broken and shrinking files, bad bytes, bad options."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from corpus_checks import WORKERS, check

from fastw2v import _memory, _reading, _segments
from fastw2v.corpus import Corpus

# ---- bad input ---------------------------------------------------------------------------------------------------


def test_missing_file(tmp_path: Path, write) -> None:
    missing = str(tmp_path / "missing")
    with pytest.raises(FileNotFoundError, match="no such file") as caught:
        Corpus(missing)
    assert (caught.value.errno, caught.value.filename) == (errno.ENOENT, missing)
    with pytest.raises(FileNotFoundError, match="check the path") as caught:
        Corpus([str(write("a b")), missing])
    assert "split" not in str(caught.value)
    for sentences in (["the cat sat"], ["the", "cat"]):
        with pytest.raises(FileNotFoundError, match=r"text\.split\(\)"):
            Corpus(sentences)


def test_rows_of_a_table_are_no_sentences() -> None:
    with pytest.raises(TypeError, match=r"sentence 1 is .* by column=, which may be 'id', 'text'"):
        Corpus([["a", "b"], {"id": 1, "text": "a b"}], min_count=1)


def test_what_is_missing_in_a_column() -> None:
    class NAType:
        """pandas's: no comparison has a truth value."""

        def __ne__(self, other: object) -> bool:
            raise TypeError("boolean value of NA is ambiguous")

    for missing in (None, float("nan"), NAType()):
        with pytest.raises(TypeError, match=r"^sentence 1 is .*; leave out what is missing, as by dropna"):
            Corpus([["a", "b"], missing], min_count=1)
        with pytest.raises(TypeError, match=r"^text 1 is .*; leave out what is missing, as by dropna"):
            Corpus(iter(["a b", missing]), tokenize=str.split, min_count=1)


def test_all_paths_are_checked_before_reading(write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_reading, "_read_at", lambda *_: pytest.fail("a file was read"))
    with pytest.raises(FileNotFoundError):
        Corpus([write("a b"), tmp_path / "missing"])


def test_unreadable_file(write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a b")

    def refuse(name, *_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(name))

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(PermissionError, match="change its permissions") as caught:
        Corpus(path)
    assert (caught.value.errno, caught.value.filename) == (errno.EACCES, str(path))


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf"])
def test_empty_file(write, raw: bytes) -> None:
    path = write(raw)
    with pytest.raises(ValueError, match="the file is empty") as caught:
        Corpus(path)
    assert str(path) in str(caught.value)
    with pytest.raises(ValueError, match="the file is empty"):
        Corpus([path, path])


def test_no_words_and_no_frequent_word(write) -> None:
    with pytest.raises(ValueError, match="no word at all"):
        Corpus(write(" \n\n\t "))
    with pytest.raises(ValueError, match="min_count is 5, but the most frequent word occurs only 3 times"):
        Corpus(write("a b a b a"))


def test_text_that_begins_like_a_compressed_file(write) -> None:
    check(Corpus(write("BZh is a word"), min_count=1), [["BZh", "is", "a", "word"]])


@pytest.mark.parametrize("workers", WORKERS)
def test_the_first_bad_byte_is_named(write, small_chunks, workers: int, no_thread_left) -> None:
    raw = bytearray(b"some words here\n" * 200)
    raw[1234] = raw[1500] = raw[3000] = 0xFF
    good, bad = write("good\n" * 50, "good"), write(bytes(raw), "bad")
    with pytest.raises(ValueError, match=r"bad: the byte at offset 1234 \(0xff\)"):
        Corpus([good, bad, bad], workers=workers)


def test_a_bad_byte_in_a_stream(small_chunks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"ok " * 100 + b"no\xc3 ")))
    with pytest.raises(ValueError, match="standard input: the byte at offset 302 "):
        Corpus("-")


@pytest.mark.parametrize("workers", WORKERS)
def test_a_file_that_shrinks(write, small_chunks, monkeypatch, workers: int, no_thread_left) -> None:
    path = write("some words here\n" * 200)
    real = _reading._read_at

    def shrink(file, target, offset):
        if offset > 1000:
            os.truncate(path, 500)
        return real(file, target, offset)

    monkeypatch.setattr(_reading, "_read_at", shrink)
    with pytest.raises(OSError, match="the file has 500 bytes, but had 3200 when reading began") as caught:
        Corpus(path, workers=workers)
    assert caught.value.filename == str(path)


def test_an_error_while_reading_names_the_file(write, monkeypatch: pytest.MonkeyPatch, no_thread_left) -> None:
    path = write("a b")

    def fail(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(_reading, "_read_at", fail)
    with pytest.raises(OSError, match="Input/output error, while it was read") as caught:
        Corpus(path)
    assert (caught.value.errno, caught.value.filename) == (errno.EIO, str(path))


def test_no_memory_for_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_, **__):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(_memory.mmap, "mmap", fail)
    with pytest.raises(MemoryError, match="no room for"):
        _segments.new_ids(_segments.MAPPED_FROM_BYTES)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"min_count": 0}, ValueError, "min_count is 0"),
        ({"min_count": 2.0}, TypeError, "min_count"),
        ({"max_vocab": 0}, ValueError, "max_vocab is 0"),
        ({"workers": 0}, ValueError, "workers is 0"),
        ({"workers": "two"}, TypeError, "workers"),
        ({"errors": "ignore"}, ValueError, "errors is 'ignore'"),
        ({"errors": None}, TypeError, "errors"),
        ({"on_progress": 1}, TypeError, "on_progress"),
    ],
)
def test_bad_options_come_before_the_source(options: dict, error: type, match: str) -> None:
    with pytest.raises(error, match=match):
        Corpus("/no/such/file", **options)


@pytest.mark.parametrize(
    ("source", "error", "match"),
    [
        (b"text.txt", TypeError, "the source is bytes"),
        (5, TypeError, "the source is 5"),
        (None, TypeError, "the source is None"),
        ([], ValueError, "empty list"),
        ("", ValueError, "path ''"),
        ("a\0b", ValueError, "path"),
    ],
)
def test_bad_sources(source: object, error: type, match: str) -> None:
    with pytest.raises(error, match=match):
        Corpus(source)  # type: ignore[arg-type]


def test_no_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ValueError, match="there is no standard input"):
        Corpus("-")
