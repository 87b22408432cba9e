"""Tables of words that grow, change and are put into another order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.packed_words import PackedWords


@pytest.fixture
def wv():
    return KeyedVectors(["a", "b", "c"], np.arange(6).reshape(3, 2), [3, 5, 5])


def rows_of(wv):
    return {word: wv[word].tolist() for word in wv.index_to_key}


def test_an_empty_table_is_made_as_in_gensim_and_filled():
    for wv in (KeyedVectors(2), KeyedVectors(vector_size=2), KeyedVectors(2, 0, np.float32), KeyedVectors()):
        assert len(wv) == 0
        wv.add_vectors(["x", "y"], [[1, 2], [3, 4]])
        assert rows_of(wv) == {"x": [1, 2], "y": [3, 4]}
        assert wv.vectors.dtype == np.float32
        assert wv.vectors.flags.c_contiguous
    assert KeyedVectors(2, 0, np.float16).vectors.dtype == np.float16


def test_known_words_change_only_when_they_may(wv):
    wv.add_vectors(["b", "d"], [[7, 7], [8, 8]])
    assert rows_of(wv) == {"a": [0, 1], "b": [2, 3], "c": [4, 5], "d": [8, 8]}
    assert wv.get_vecattr("d", "count") == 0
    wv.add_vectors(["e", "b"], [[9, 9], [7, 7]], extras={"count": [4, 6], "weight": [0.5, 2.5]}, replace=True)
    assert rows_of(wv) == {"a": [0, 1], "b": [7, 7], "c": [4, 5], "d": [8, 8], "e": [9, 9]}
    assert [wv.get_vecattr(word, "count") for word in "abcde"] == [3, 6, 5, 0, 4]
    assert [wv.get_vecattr(word, "weight") for word in "abcde"] == [0, 2.5, 0, 0, 0.5]


def test_one_vector_at_a_time(wv):
    assert wv.add_vector("d", [8, 8]) == 3
    assert wv.add_vector("a", np.array([9, 9])) == 0
    wv["e"] = [1, 1]
    wv[["b", "f"]] = np.array([[2, 2], [3, 3]])
    wv[2] = [6, 6]
    assert rows_of(wv) == {"a": [9, 9], "b": [2, 2], "c": [6, 6], "d": [8, 8], "e": [1, 1], "f": [3, 3]}
    assert len(wv) == 6
    assert wv.key_to_index["f"] == 5


def test_norms_and_answers_follow(wv):
    assert wv.norms[0] == 1
    wv["a"] = [0, 5]
    assert wv.norms[0] == 5
    wv["d"] = [0, 7]
    assert wv.most_similar("d")[0] == ("a", 1.0)


def test_packed_and_read_only_tables_can_be_changed():
    vectors = np.eye(2, dtype=np.float32)
    vectors.flags.writeable = False
    counts = np.array([1, 2])
    counts.flags.writeable = False
    packed = PackedWords.pack(["a", "b"])
    stored = PackedWords(packed.blob, packed.offsets, packed.make_lookup())
    wv = KeyedVectors(stored, vectors, counts)
    assert "a" in wv
    wv["a"] = [5, 5]
    wv.set_vecattr("b", "count", 7)
    wv["c"] = [6, 6]
    assert rows_of(wv) == {"a": [5, 5], "b": [0, 1], "c": [6, 6]}
    assert wv.counts.tolist() == [1, 7, 0]
    assert vectors.tolist() == [[1, 0], [0, 1]]
    assert list(wv.words) == ["a", "b", "c"]
    assert [word in wv for word in "abcd"] == [True, True, True, False]


@pytest.mark.parametrize(
    ("keys", "weights", "extras", "error", "sentence"),
    [
        (["x"], [[1, 2, 3]], None, ValueError, r"weights has shape \(1, 3\), but must be \(1, 2\)"),
        (["x", "x"], [[1, 2], [3, 4]], None, ValueError, "'x' stands in rows 0 and 1"),
        (["x", 3], [[1, 2], [3, 4]], None, TypeError, "must be str, not 3"),
        (["x"], [[1, 2]], {"count": [1, 2]}, ValueError, r"extras\['count'\] has shape \(2,\)"),
    ],
)
def test_what_cannot_be_added(wv, keys, weights, extras, error, sentence):
    before = rows_of(wv)
    with pytest.raises(error, match=sentence):
        wv.add_vectors(keys, weights, extras)
    assert rows_of(wv) == before


def test_attributes_keep_their_kind(wv):
    wv.set_vecattr("a", "rank", 3)
    wv.set_vecattr("b", "share", 0.25)
    wv.set_vecattr("c", "tag", "noun")
    wv.set_vecattr("a", "flag", True)
    assert [wv.get_vecattr(word, "rank") for word in "abc"] == [3, 0, 0]
    assert [wv.get_vecattr(word, "share") for word in "abc"] == [0, 0.25, 0]
    assert [wv.get_vecattr(word, "tag") for word in "abc"] == [None, None, "noun"]
    assert [wv.get_vecattr(word, "flag") for word in "abc"] == [True, False, False]
    wv.set_vecattr("b", "rank", 1.5)
    assert [wv.get_vecattr(word, "rank") for word in "abc"] == [3, 1.5, 0]
    with pytest.raises(KeyError, match="zzz"):
        wv.set_vecattr("zzz", "rank", 1)


@given(st.lists(st.integers(0, 3), max_size=12))
def test_sorting_is_by_count_and_stable(counts):
    words = [f"w{i}" for i in range(len(counts))]
    wv = KeyedVectors(words, np.arange(2 * len(counts)).reshape(-1, 2), counts)
    before = {word: (wv[word].tolist(), wv.get_vecattr(word, "count")) for word in words}
    wv.sort_by_descending_frequency()
    assert wv.index_to_key == sorted(words, key=lambda word: (-before[word][1], words.index(word)))
    assert {w: (wv[w].tolist(), wv.get_vecattr(w, "count")) for w in wv.index_to_key} == before


def test_sorting_needs_counts():
    with pytest.raises(ValueError, match="count"):
        KeyedVectors(["a"], [[1, 2]]).sort_by_descending_frequency()


def test_a_choice_of_words(wv):
    chosen = wv.vectors_for_all(["c", "none", "a", "c"], copy_vecattrs=True)
    assert rows_of(chosen) == {"c": [4, 5], "a": [0, 1]}
    assert chosen.index_to_key == ["c", "a"]
    assert chosen.get_vecattr("a", "count") == 3
    assert wv.vectors_for_all(["c"]).counts is None
    chosen["a"] = [9, 9]
    assert wv["a"].tolist() == [0, 1]


def test_unit_lengths(wv):
    normed = wv.get_normed_vectors()
    np.testing.assert_allclose(np.linalg.norm(normed, axis=1), 1, atol=1e-6)
    assert wv["a"].tolist() == [0, 1]
    wv.unit_normalize_all()
    np.testing.assert_array_equal(wv.vectors, normed)
    np.testing.assert_allclose(wv.norms, 1, atol=1e-6)
