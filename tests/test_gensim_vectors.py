"""What programs written for gensim call of a table of words: old names, room, vectors taken over and kept."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v import KeyedVectors
from fastw2v.gensim_api import CallbackAny2Vec, Word2Vec

WORDS = ["a", "b", "c", "d"]
TEXT = [WORDS * 3] * 20
SMALL = {"vector_size": 3, "min_count": 1, "workers": 1, "sample": 0}


@pytest.fixture
def wv():
    return KeyedVectors(WORDS, np.eye(4, 3) + 0.5, [4, 3, 2, 1])


@pytest.fixture(params=[False, True], ids=["text", "binary"])
def foreign(request, tmp_path):
    """A file of vectors of two known words and an unknown one."""
    rows = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float32)
    path = tmp_path / "foreign"
    KeyedVectors(["d", "unknown", "a"], rows).save_word2vec_format(path, binary=request.param)
    return {"fname": path, "binary": request.param}


def test_old_names_work(wv):
    with pytest.warns(DeprecationWarning, match="use get_vector"):
        assert np.array_equal(wv.word_vec("a", norm=True), wv.get_vector("a", norm=True))
    with pytest.warns(DeprecationWarning, match="use closer_than"):
        assert wv.words_closer_than("a", "d") == wv.closer_than("a", "d")
    with pytest.warns(DeprecationWarning, match="fill_norms"):
        wv.init_sims(replace=True)
    assert np.allclose(np.linalg.norm(wv.vectors, axis=1), 1)
    assert np.allclose(wv.norms, 1)


def test_room_is_made_by_itself(wv):
    assert wv.mapfile_path is None
    wv.allocate_vecattrs(["seen", "count"], [np.float64, np.int64])
    assert wv.get_vecattr("a", "seen") == 0.0
    assert wv.get_vecattr("a", "count") == 4
    assert wv.next_index == 4
    assert wv.add_vector("new", [1, 2, 3]) == 4
    wv.resize_vectors(seed=3)
    assert wv.vectors.shape == (5, 3)
    for empty in (KeyedVectors(3, 5), KeyedVectors(vector_size=3, count=5), KeyedVectors(np.int64(3))):
        assert (len(empty), empty.vector_size) == (0, 3)
        assert empty.add_vector("x", [1, 2, 3]) == 0
    with pytest.raises(NotImplementedError, match="n_similarity"):
        wv.similarity_unseen_docs(None, ["a"], ["b"])


def test_vectors_taken_over(wv, foreign):
    before = wv.vectors.copy()
    wv.intersect_word2vec_format(**foreign)
    assert wv["a"].tolist() == [7, 8, 9]
    assert wv["d"].tolist() == [1, 2, 3]
    assert np.array_equal(wv.vectors[1:3], before[1:3])
    assert np.allclose(wv.norms, np.linalg.norm(wv.vectors, axis=1))
    assert wv.index_to_key == WORDS
    assert wv.locked_words() == ["a", "d"]
    wv.intersect_word2vec_format(**foreign, lockf=1.0)
    assert wv.locked_words() == []
    with pytest.raises(ValueError, match=r"lockf is 0\.5, but must be 0 .* or 1"):
        wv.intersect_word2vec_format(**foreign, lockf=0.5)
    with pytest.raises(ValueError, match="have 3 numbers, but those here have 2; train with vector_size=3"):
        KeyedVectors(["a"], np.ones((1, 2))).intersect_word2vec_format(**foreign)


class Nothing(CallbackAny2Vec):
    pass


@pytest.mark.parametrize("callbacks", [(), [Nothing()]])
@pytest.mark.parametrize("lockf", [0.0, 1.0])
def test_words_taken_over_stay_as_they_are_in_training(foreign, lockf, callbacks):
    model = Word2Vec(**SMALL)
    model.build_vocab(TEXT)
    model.wv.intersect_word2vec_format(**foreign, lockf=lockf)
    before = model.wv[WORDS]
    model.train(TEXT, total_examples=len(TEXT), epochs=2, callbacks=callbacks)
    changed = (model.wv[WORDS] != before).any(axis=1).tolist()
    assert changed == [lockf == 1, True, True, lockf == 1]


def test_locks_stay_with_their_words(foreign):
    model = Word2Vec(**SMALL)
    model.build_vocab(TEXT)
    model.wv.intersect_word2vec_format(**foreign)
    model.build_vocab([["e"] * 9], update=True)
    assert model.wv.locked_words() == ["a", "d"]
    before = model.wv.vectors.copy()
    model.train([[*WORDS, "e"]] * 20, total_examples=20, epochs=2)
    assert (model.wv.vectors != before).any(axis=1).tolist() == [word not in "ad" for word in model.wv.index_to_key]
    model.wv.vectors_lockf = np.full(1, 0.5, np.float32)
    with pytest.raises(ValueError, match=r"vectors_lockf is .*, but must hold 0"):
        model.train(TEXT, total_examples=len(TEXT), epochs=1)
