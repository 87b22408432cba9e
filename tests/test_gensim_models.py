"""Models that gensim saved: what is read of them, that they train on, and which are refused."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v.gensim_api import Word2Vec

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
