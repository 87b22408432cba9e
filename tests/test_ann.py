"""The approximate index: how much of the exact answer it finds, its place in most_similar, and its files."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from fastw2v.ann import AnnIndex
from fastw2v.keyed_vectors import KeyedVectors

WORDS = [f"w{n}" for n in range(2000)]
# Vectors of words lie near each other: random ones in few dimensions, of any length.
VECTORS = (np.random.default_rng(5).normal(size=(2000, 12)) * np.linspace(0.5, 9, 2000)[:, None]).astype(np.float32)


@pytest.fixture(scope="module")
def wv():
    return KeyedVectors(WORDS, VECTORS)


@pytest.fixture(scope="module")
def index(wv):
    pytest.importorskip("usearch")
    return AnnIndex(wv, workers=1)


def exact(queries, topn):
    unit = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
    cosines = queries @ unit.T / np.linalg.norm(queries, axis=1, keepdims=True)
    return np.argsort(-cosines, axis=1)[:, :topn]


@pytest.mark.parametrize(("dtype", "least"), [("f32", 0.97), ("f16", 0.97), ("i8", 0.8)])
def test_recall(wv, dtype, least):
    pytest.importorskip("usearch")
    index = AnnIndex(wv, dtype=dtype, workers=2)
    assert len(index) == 2000
    rows, scores = index.search(VECTORS[:300], 10)
    wanted = exact(VECTORS[:300], 10)
    found = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(rows.tolist(), wanted.tolist(), strict=True)])
    assert found >= least
    assert rows.dtype == np.int64
    assert scores.dtype == np.float32
    assert (np.diff(scores, axis=1) <= 0).all()
    # What is found is scored exactly, whatever the index stores.
    unit = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
    assert np.allclose(scores, np.einsum("qd,qnd->qn", unit[:300], unit[rows]), atol=1e-5)
    assert np.mean(scores[:, 0] > 0.999) >= least


def test_more_than_there_is_takes_no_room(index):
    rows, scores = index.search(VECTORS[:1], 10**12)
    assert rows.shape == scores.shape == (1, 2000)
    assert (rows >= 0).sum() > 1900


def test_as_an_indexer(wv, index):
    for word in WORDS[:20]:
        found = wv.most_similar(word, topn=5, indexer=index)
        wanted = wv.most_similar(word, topn=5)
        assert word not in [key for key, _ in found]
        assert len({key for key, _ in found} & {key for key, _ in wanted}) >= 4
        assert found[0][1] == pytest.approx(wanted[0][1], abs=1e-5)


def test_as_gensims_indexer(index):
    other = pytest.importorskip("gensim.models").KeyedVectors(12)
    other.add_vectors(WORDS, VECTORS)
    of_gensim = AnnIndex(other, workers=1)
    for made in (index, of_gensim):
        found = other.most_similar("w7", topn=5, indexer=made)
        assert found[0] == ("w7", pytest.approx(1, abs=1e-5))
        assert {word for word, _ in found[1:]} <= {word for word, _ in other.most_similar("w7", topn=8)}


def test_few_words_zeros_and_models():
    pytest.importorskip("usearch")
    wv = KeyedVectors(["zero", "a", "b"], np.array([[0, 0], [1, 0], [0, 2]], np.float32))

    class Model:
        pass

    model = Model()
    model.wv = wv
    index = AnnIndex(model, workers=1)
    assert index.wv is wv
    assert index.most_similar(np.array([3.0, 0.1]), 1)[0][0] == "a"
    rows, scores = index.search(np.eye(2), 5)
    assert sorted(rows[0].tolist()) == [0, 1, 2]
    assert rows[0, 0] == 1
    assert scores[0, 0] == 1
    assert index.search(np.zeros((0, 2)), 3)[0].shape == (0, 3)
    assert np.isfinite(index.search(np.zeros((1, 2)), 3)[1]).all()


def test_refusals(wv, index, monkeypatch):
    with pytest.raises(ValueError, match=r"shape \(1, 3\), but must be \(queries, 12\)"):
        index.search(np.zeros((1, 3)))
    with pytest.raises(ValueError, match="topn is 0"):
        index.search(VECTORS[:1], 0)
    with pytest.raises(ValueError, match="dtype is 'f64'"):
        AnnIndex(wv, dtype="f64")
    with pytest.raises(ValueError, match="no words"):
        AnnIndex(KeyedVectors([], np.zeros((0, 3), np.float32)))
    monkeypatch.setitem(sys.modules, "usearch.index", None)
    with pytest.raises(ImportError, match=r"needs usearch.*pip install 'fastw2v\[ann\]'"):
        AnnIndex(wv)


def test_files(wv, index, tmp_path):
    path = tmp_path / "v.ann"
    index.save(path)
    loaded = AnnIndex.load(path, wv)
    for found, wanted in zip(loaded.search(VECTORS[:50]), index.search(VECTORS[:50]), strict=True):
        assert np.array_equal(found, wanted)
    content = path.read_bytes()
    changed = VECTORS.copy()
    changed[0] += 1
    for match, other in [
        ("words differ", KeyedVectors(["x", *WORDS[1:]], VECTORS)),
        ("vectors differ", KeyedVectors(WORDS, changed)),
        ("vector_size differ", KeyedVectors(WORDS, VECTORS[:, :5])),
        ("rows differ", KeyedVectors(WORDS[:5], VECTORS[:5])),
    ]:
        with pytest.raises(ValueError, match=rf"v\.ann: the index of other words or vectors \({match}"):
            AnnIndex.load(path, other)
    for damaged, match in [
        (b"", "no index"),
        (b"something else\n" * 9, "no index"),
        (content[:30], "damaged"),
        (content[:-1], "cut short"),
        (content + b"x", "cut short"),
        (content[:-5] + b"xxxxx", "checksum"),
        (content.replace(b'"bytes"', b'"Bytes"'), "damaged"),
        (content[:16] + b"[" * 4000, "damaged"),
        (content[:16] + b"[1]\n" + content, "damaged"),
    ]:
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=rf"v\.ann: .*{match}"):
            AnnIndex.load(path, wv)
    with pytest.raises(OSError, match="nowhere"):
        AnnIndex.load(tmp_path / "nowhere", wv)
