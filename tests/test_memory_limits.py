"""Memory limits as they are written, free memory, and texts that are larger than their limit."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

import numpy as np
import pytest
from corpus_checks import WORKERS, check, sentences_of

from fastw2v import Corpus, memory_limits, train
from fastw2v.encoded_files import FileText
from fastw2v.memory_limits import cache_folder, free_memory, limit_of
from fastw2v.texts import MemoryText

TEXT = "".join(f"w{i % 37} w{i % 11} x\n" for i in range(800))


@pytest.mark.parametrize(
    ("value", "limit"),
    [(0, 0), (12, 12), ("12", 12), ("2GB", 2 * 10**9), ("1.5 kb", 1500), ("3 MiB", 3 * 2**20), ("1TB", 10**12)],
)
def test_limits(value, limit):
    assert limit_of(value) == limit


@pytest.mark.parametrize("value", [-1, "2 parsecs", "", "GB", 2.5, True, [1]])
def test_what_is_no_limit(value):
    with pytest.raises(ValueError, match=r"memory_limit is .* such as '2GB'"):
        limit_of(value)
    with pytest.raises(ValueError, match="memory_limit"):
        Corpus([["a"]], memory_limit=value)


def test_half_of_the_free_memory(monkeypatch):
    assert free_memory() > 10**6
    monkeypatch.setattr(memory_limits, "free_memory", lambda: 1000)
    assert limit_of(None) == 500


def test_the_least_of_what_is_left_counts(monkeypatch):
    monkeypatch.setattr(memory_limits, "_group_left", lambda: 10)
    assert free_memory() == 10
    monkeypatch.setattr(memory_limits, "_group_left", lambda: -5)
    assert free_memory() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process uses")
def test_a_limit_of_the_address_space_counts():
    code = "from fastw2v.memory_limits import free_memory; print(free_memory())"
    done = subprocess.run(
        ["bash", "-c", f"ulimit -v 2000000; exec {sys.executable} -c '{code}'"], capture_output=True, check=True
    )
    assert int(done.stdout) < 10**9


def test_where_the_files_are_kept(tmp_path, monkeypatch):
    assert cache_folder(tmp_path) == str(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert cache_folder(None) == str(tmp_path)
    monkeypatch.delenv("TMPDIR")
    monkeypatch.setattr(memory_limits, "LASTING_FOLDER", str(tmp_path))
    assert cache_folder(None) == str(tmp_path)
    with pytest.raises(NotADirectoryError, match=r"cache_dir is .*none, which is no folder"):
        Corpus([["a"]], cache_dir=tmp_path / "none")


@pytest.mark.parametrize("workers", WORKERS)
def test_a_text_larger_than_its_limit(write, tmp_path, small_chunks, workers):
    path = write(TEXT)
    gc.collect()
    files = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    for source in (path, [line.split() for line in TEXT.splitlines()]):
        for limit, kind in ((1000, FileText), ("1MB", MemoryText)):
            corpus = Corpus(source, min_count=20, memory_limit=limit, cache_dir=tmp_path, workers=workers)
            assert isinstance(corpus.text, kind)
            check(corpus, sentences_of(TEXT), 20)
            assert corpus.fingerprint == Corpus(source, min_count=1).fingerprint
            assert os.listdir(tmp_path) == ["text.txt"]
            del corpus
    gc.collect()
    if files:
        assert len(os.listdir("/proc/self/fd")) <= files


def test_vectors_do_not_depend_on_where_the_ids_are(write, tmp_path):
    options = {"vector_size": 8, "epochs": 2, "workers": 1, "min_count": 20}
    path = write(TEXT)
    file = Corpus(path, min_count=20, memory_limit=0, cache_dir=tmp_path)
    np.testing.assert_array_equal(train(file, **options).wv.vectors, train(path, **options).wv.vectors)
