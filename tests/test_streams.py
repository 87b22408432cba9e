"""Compressed texts and pipes: what is read, by any number of threads, and what damaged files get."""

from __future__ import annotations

import bz2
import io
import lzma
import random
import sys
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from corpus_checks import WORKERS, check, sentences_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastw2v import _streams, compressed
from fastw2v._sources import Source
from fastw2v._streams import SharedStream, TextStream
from fastw2v.compressed import MAGIC, compressor
from fastw2v.corpus import Corpus

KINDS = ["gzip", "bzip2", "xz", "zstd"]
TEXT = "".join(f"word{i % 37} слово{i % 11} {'x' * (i % 90)}\n" for i in range(600)) + "the end"


def chunks_of(raw: bytes, size: int) -> list[bytes]:
    stream = TextStream(Source("-", None), lambda _: None)
    found, last = [], False
    while not last:
        chunk = stream.next(np.empty(size, np.uint8))
        assert chunk.data[: chunk.stop].tobytes() == raw[chunk.origin : chunk.origin + chunk.stop]
        found.append(chunk.data[chunk.begin : chunk.stop].tobytes())
        last = chunk.last
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=60).filter(lambda raw: not raw.startswith(tuple(MAGIC.values()))), st.integers(1, 70))
def test_chunks_end_between_words(monkeypatch, raw, size):
    monkeypatch.setattr(_streams, "SEARCH_BYTES", 3)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    found = chunks_of(raw, size)
    assert b"".join(found) == raw.removeprefix(b"\xef\xbb\xbf")
    assert all(not chunk or chunk[-1:] in b" \n\t\r\v\f" for chunk in found[:-1])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("workers", WORKERS)
def test_compressed_files_of_all_kinds(write, small_chunks, kind, workers, no_thread_left, monkeypatch):
    raw = ("\ufeff" + TEXT).encode()
    half = len(raw) // 2
    compress = compressor(kind)
    path = write(compress(raw[:half]) + compress(raw[half:]), "text")  # two streams, which meet within a word
    plain, other = write("before it\n", "plain"), write(compressor("gzip")(b"behind\nit"), "other")
    told: list[tuple[int, int | None]] = []
    corpus = Corpus([plain, path, other], min_count=1, workers=workers, on_progress=lambda *x: told.append(x))
    check(corpus, sentences_of(f"before it\n{TEXT}\nbehind\nit"))
    total = sum(file.stat().st_size for file in (plain, path, other))
    assert told[-1] == (total, total)
    assert Corpus.reopen(corpus.origin, min_count=1).fingerprint == corpus.fingerprint
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(path.read_bytes())))
    check(Corpus("-", min_count=1), sentences_of(TEXT))


def test_gzip_without_its_fast_library(write, monkeypatch, small_chunks):
    path = write(compressor("gzip")(TEXT.encode()))
    monkeypatch.setattr(compressed, "_isal", lambda: None)
    check(Corpus(path, min_count=1, workers=2), sentences_of(TEXT))


@pytest.mark.parametrize("kind", KINDS)
def test_compressed_nothing(write, kind):
    empty = write(compressor(kind)(b""), "empty")
    with pytest.raises(ValueError, match="holds no word at all"):
        Corpus(empty)
    check(Corpus([empty, write("a b")], min_count=1), [["a", "b"]])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_cut_short_anywhere_is_an_error(write, kind, workers, no_thread_left):
    whole = compressor(kind)(TEXT.encode())
    chance = random.Random(kind)
    for size in {1, 3, len(whole) // 2, len(whole) - 1, *(chance.randrange(1, len(whole)) for _ in range(40))}:
        path = write(whole[:size], "cut." + {"gzip": "gz", "bzip2": "bz2", "xz": "xz", "zstd": "zst"}[kind])
        with pytest.raises(ValueError, match=r"cut\.\w+(, after|: its name says)"):
            Corpus(path, min_count=1, workers=workers)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_an_error_or_the_same_text(write, kind, no_thread_left):
    """A flipped bit may stand where it does not matter (a time, a name); it never gives another text."""
    whole = compressor(kind)(TEXT.encode())
    good = Corpus(write(whole), min_count=1).fingerprint
    chance = random.Random(kind)
    refused = named = 0
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        suffix = {"gzip": "gz", "bzip2": "bz2", "xz": "xz", "zstd": "zst"}[kind]
        path = write(bytes(damaged), f"damaged.{suffix}")
        try:
            assert Corpus(path, min_count=1, workers=2).fingerprint == good
        except ValueError as error:
            refused += 1
            named += f"damaged.{suffix}" in str(error)
    assert refused == named > 100


def test_what_follows_a_compressed_file_must_be_one(write):
    with pytest.raises(ValueError, match=r"text\.txt, after 3 decompressed bytes: .*gzip data"):
        Corpus(write(compressor("gzip")(b"a b") + b"rubbish"), min_count=1)


@pytest.mark.parametrize("workers", WORKERS)
def test_a_bad_byte_in_compressed_text(write, small_chunks, workers, no_thread_left):
    raw = TEXT.encode()[:5000] + b"\xff " + TEXT.encode()
    with pytest.raises(ValueError, match=r"text\.txt: the byte at offset 5000 \(0xff\)"):
        Corpus(write(compressor("gzip")(raw)), workers=workers)


def test_an_error_of_one_file_is_that_of_the_first(write, small_chunks, no_thread_left):
    paths = [write(compressor("gzip")(TEXT.encode())[:-9], f"{i}.gz") for i in range(6)]
    with pytest.raises(ValueError, match=r"0\.gz, after"):
        Corpus(paths, workers=3)


def test_chunks_of_a_shared_stream_are_numbered(write, monkeypatch):
    path = write(b"aa bb cc dd")
    stream = SharedStream(Source(str(path), 11), lambda _: None)
    taken = []
    while (found := stream.next(np.empty(4, np.uint8))) is not None:
        number, chunk = found
        taken.append((number, chunk.data[: chunk.stop].tobytes()))
    assert taken == [(0, b"aa "), (1, b"bb "), (2, b"cc "), (3, b"dd")]
    assert stream.next(np.empty(4, np.uint8)) is None
    stream.close()


def test_a_stream_that_fails_fails_once_for_all(write):
    path = write(zlib.compress(b"x"))
    stream = SharedStream(Source(str(path.with_name("none")), 1), lambda _: None)
    with pytest.raises(FileNotFoundError):
        stream.next(np.empty(4, np.uint8))
    assert stream.next(np.empty(4, np.uint8)) is None
    stream.close()


def test_a_pipe_that_has_nothing_yet(monkeypatch):
    monkeypatch.setattr(_streams, "TICK_SECONDS", 0.001)

    class Slow(io.RawIOBase):
        pieces = [None, b"a", None, b" b", None, None, b"\nc", b""]  # noqa: RUF012

        def readinto(self, buffer):
            piece = self.pieces.pop(0)
            if piece is None:
                return None
            buffer[: len(piece)] = piece
            return len(piece)

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Slow()))
    check(Corpus("-", min_count=1), [["a", "b"], ["c"]])


def test_an_error_while_a_stream_is_read_names_it(monkeypatch):
    class Broken(io.RawIOBase):
        def readinto(self, buffer):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Broken()))
    with pytest.raises(OSError, match="Input/output error, while it was read") as caught:
        Corpus("-")
    assert caught.value.filename == "standard input"


def test_bzip2_and_xz_are_pythons_own(write):
    check(Corpus(write(bz2.compress(b"a b")), min_count=1), [["a", "b"]])
    check(Corpus(write(lzma.compress(b"a b")), min_count=1), [["a", "b"]])
