"""word2vec's text and binary forms to the byte, with and without the compiled part, on any number of threads."""

import os

import numpy as np
import pytest

import fastw2v.word2vec_writers as writers
from fastw2v.stored_tables import check_table
from fastw2v.word2vec_writers import save_word2vec_binary, save_word2vec_text

WORDS = ["the", "straße", "日本語"]
VECTORS = np.array([[1.5, -0.25], [1e-7, 123456.7], [0.1, 3e9]], np.float32)


def test_text_to_the_byte(tmp_path):
    save_word2vec_text(tmp_path / "v", WORDS, VECTORS)
    assert (tmp_path / "v").read_text("utf-8") == (
        "3 2\nthe 1.5 -0.25\nstraße 1.00000001e-07 123456.703\n日本語 0.100000001 3e+09\n"
    )


def test_binary_to_the_byte(tmp_path):
    save_word2vec_binary(tmp_path / "v", WORDS, VECTORS)
    rows = b"".join(
        word.encode() + b" " + row.astype("<f4").tobytes() + b"\n" for word, row in zip(WORDS, VECTORS, strict=True)
    )
    assert (tmp_path / "v").read_bytes() == b"3 2\n" + rows


def test_no_rows(tmp_path):
    for save in (save_word2vec_text, save_word2vec_binary):
        save(tmp_path / "v", [], np.zeros((0, 7)))
        assert (tmp_path / "v").read_bytes() == b"0 7\n"


@pytest.mark.parametrize("save", [save_word2vec_text, save_word2vec_binary])
def test_blocks_and_threads_change_nothing(tmp_path, monkeypatch, save):
    words = [f"wörd{i}" for i in range(100)]
    vectors = np.random.default_rng(1).normal(size=(100, 3)).astype(np.float32)
    save(tmp_path / "one", words, vectors)
    monkeypatch.setattr(writers, "BLOCK_BYTES", 100)
    save(tmp_path / "many", words, vectors)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "many").read_bytes()
    if save is save_word2vec_text:
        for workers in (1, 2, 7):
            save(tmp_path / "workers", words, vectors, workers=workers)
            assert (tmp_path / "one").read_bytes() == (tmp_path / "workers").read_bytes()


def test_the_plain_python_twin_writes_the_same(tmp_path, monkeypatch):
    compiled = pytest.importorskip("fastw2v._text")
    words = [f"wörd{i}" for i in range(50)]
    bits = np.random.default_rng(1).integers(0, 2**32, (50, 40), dtype=np.uint32)
    tables = [(words, bits.view(np.float32)), (words, bits.view(np.float32)[:, :3]), (["a"], np.zeros((1, 0), "f4"))]
    for words, vectors in tables:
        packed, matrix = check_table(words, vectors, lines=False)
        arguments = (packed.blob, packed.offsets, matrix, 0, len(words))
        assert compiled.format_rows(*arguments) == writers._format_rows_python(*arguments)
    monkeypatch.setattr(writers, "format_rows", writers._format_rows_python)
    test_text_to_the_byte(tmp_path)


@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt])
def test_a_failure_half_way_leaves_what_was_there(tmp_path, monkeypatch, error):
    real = writers.format_rows

    def fails(blob, offsets, vectors, start, stop):
        if offsets[start] > 50:
            raise error
        return real(blob, offsets, vectors, start, stop)

    save_word2vec_text(tmp_path / "v", WORDS, VECTORS)
    before = (tmp_path / "v").read_bytes()
    monkeypatch.setattr(writers, "BLOCK_BYTES", 100)
    monkeypatch.setattr(writers, "format_rows", fails)
    for workers in (1, 3):
        with pytest.raises(error):
            save_word2vec_text(tmp_path / "v", list("abcdefghij" * 10), np.zeros((100, 3)), workers=workers)
    assert os.listdir(tmp_path) == ["v"]
    assert (tmp_path / "v").read_bytes() == before
