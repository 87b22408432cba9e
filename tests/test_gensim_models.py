"""Models that gensim saved: what is read of them, that they train on, and which are refused."""

from __future__ import annotations

import bz2

import numpy as np
import pytest

import fastw2v
from fastw2v.gensim_api import KeyedVectors, Word2Vec

SMALL = {"vector_size": 12, "min_count": 3, "epochs": 2, "workers": 1}
# An option each; some that gensim computes, and a comment, which is not read, are left out.
NAMES = [
    "vector_size",
    "window",
    "sg",
    "hs",
    "negative",
    "alpha",
    "min_alpha",
    "epochs",
    "workers",
    "min_count",
    "sample",
    "seed",
    "ns_exponent",
    "cbow_mean",
    "sorted_vocab",
    "shrink_windows",
    "corpus_count",
    "corpus_total_words",
    "train_count",
    "effective_min_count",
]


@pytest.fixture
def theirs():
    return pytest.importorskip("gensim.models.word2vec").Word2Vec


@pytest.mark.parametrize("options", [{}, {"sg": 1, "sample": 30}, {"sorted_vocab": 0, "cbow_mean": 0}], ids=str)
@pytest.mark.parametrize("apart", [False, True])
def test_gensims_own_models_are_read_and_trained_on(sentences, theirs, tmp_path, options, apart):
    gensims = theirs(sentences, comment="gensim's", **{**SMALL, **options})
    path = str(tmp_path / "gensims.model")
    gensims.save(path, sep_limit=0 if apart else 10**9)
    ours = Word2Vec.load(path)
    for name in NAMES:
        assert getattr(ours, name) == getattr(gensims, name), name
    assert ours.wv.counts.tolist() == [gensims.wv.get_vecattr(row, "count") for row in range(len(gensims.wv))]
    assert ours.wv.index_to_key == gensims.wv.index_to_key
    np.testing.assert_array_equal(ours.wv.vectors, gensims.wv.vectors)
    np.testing.assert_array_equal(ours.syn1neg, gensims.syn1neg)
    assert ours.predict_output_word(["a1", "a3"])[0] == pytest.approx(
        gensims.predict_output_word(["a1", "a3"])[0], abs=1e-6
    )
    ours.wv.vectors[0] += 0  # writable
    if apart:
        with pytest.raises(ValueError, match="read-only"):
            Word2Vec.load(path, mmap="r").wv.vectors[0] = 0
    assert ours.train(sentences, total_examples=len(sentences), epochs=1) > (0, 0)
    assert (ours.wv.vectors != gensims.wv.vectors).any()


def test_files_of_gensims_that_are_no_such_model(sentences, theirs, tmp_path, caplog):
    path = str(tmp_path / "gensims")
    both = theirs(sentences, hs=1, **SMALL)
    both.save(path)
    ours = Word2Vec.load(path)
    assert (ours.hs, ours.negative) == (0, 5)
    assert "only the former goes on" in caplog.text
    np.testing.assert_array_equal(ours.syn1neg, both.syn1neg)
    theirs(sentences, hs=1, negative=0, **SMALL).save(path)
    with pytest.raises(ValueError, match=r"whose tree cannot be taken over; read its vectors with KeyedVectors\.load"):
        Word2Vec.load(path)
    both.wv.save(path)
    with pytest.raises(ValueError, match="a KeyedVectors of gensim's, no Word2Vec"):
        Word2Vec.load(path)
    both.hs, both.alpha = 0, "fast"
    both.save(path)
    with pytest.raises(ValueError, match=r"gensims: its options are not valid: alpha must be a number"):
        Word2Vec.load(path)


@pytest.mark.parametrize("suffix", ["gz", "bz2"])
@pytest.mark.parametrize("apart", [False, True])
def test_compressed_files(sentences, theirs, tmp_path, suffix, apart):
    gensims = theirs(sentences, **SMALL)
    path = str(tmp_path / f"m.model.{suffix}")
    gensims.save(path, sep_limit=0 if apart else 10**9)
    assert (tmp_path / f"m.model.{suffix}.wv.vectors.npz").exists() == apart
    ours = Word2Vec.load(path)
    np.testing.assert_array_equal(ours.wv.vectors, gensims.wv.vectors)
    np.testing.assert_array_equal(ours.syn1neg, gensims.syn1neg)
    assert KeyedVectors.load(path).index_to_key == gensims.wv.index_to_key
    if apart:
        beside = tmp_path / f"m.model.{suffix}.wv.vectors.npz"
        beside.write_bytes(beside.read_bytes()[:-100])
        with pytest.raises(ValueError, match=r"vectors\.npz: no \.npz file"):
            KeyedVectors.load(path)
        beside.unlink()
        with pytest.raises(FileNotFoundError, match="needs it"):
            KeyedVectors.load(path)
    content = (tmp_path / f"m.model.{suffix}").read_bytes()
    (tmp_path / f"m.model.{suffix}").write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="ends too early"):
        KeyedVectors.load(path)


def test_a_pickle_that_decompresses_to_far_more_is_refused(tmp_path):
    path = tmp_path / "m.model.bz2"
    path.write_bytes(bz2.compress(b"\x80\x04" + bytes(10**8)))
    with pytest.raises(ValueError, match="made to fill the memory"):
        KeyedVectors.load(path)


def test_doc2vec_gives_its_word_vectors(tmp_path):
    doc2vec = pytest.importorskip("gensim.models.doc2vec")
    documents = [doc2vec.TaggedDocument(["a", "b", "c"], [i]) for i in range(9)]
    model = doc2vec.Doc2Vec(documents, vector_size=4, min_count=1, epochs=1, workers=1)
    path = str(tmp_path / "d.model")
    model.save(path)
    wv = KeyedVectors.load(path)
    assert wv.index_to_key == model.wv.index_to_key
    assert np.array_equal(wv.vectors, model.wv.vectors)
    with pytest.raises(ValueError, match=r"a Doc2Vec of gensim's, no Word2Vec; read its vectors with KeyedVectors"):
        Word2Vec.load(path)


def test_what_a_file_is_that_holds_no_model_of_ones_own(theirs, tmp_path):
    gensims = theirs([["a", "b"]] * 9, vector_size=4, min_count=1, workers=1)
    path = str(tmp_path / "m.model")
    gensims.save(path)
    with pytest.raises(ValueError, match=r"m\.model: a model of gensim's; read it with fastw2v\.gensim_api"):
        fastw2v.Word2Vec.load(path)
    gensims.wv.save_word2vec_format(str(tmp_path / "v.txt"))
    for kind in (fastw2v.Word2Vec, Word2Vec):
        with pytest.raises(ValueError, match=r"v\.txt: a file of vectors alone \(text\), no whole model"):
            kind.load(tmp_path / "v.txt")
    theirs(vector_size=4).save(path)
    with pytest.raises(ValueError, match="an untrained model of gensim's"):
        Word2Vec.load(path)


def test_ways_of_mapping_that_are_not_there(tmp_path):
    Word2Vec([["a", "b"]] * 9, vector_size=4, min_count=1, workers=1, sample=0).save(tmp_path / "m")
    for load in (Word2Vec.load, KeyedVectors.load):
        assert load(tmp_path / "m", "r")
        for mode in ("c", "r+"):
            with pytest.raises(ValueError, match=r"must be 'r' .* or None .*no change reaches the file"):
                load(tmp_path / "m", mode)
