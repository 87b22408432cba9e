"""What a container of vectors holds: what is stored comes back, and arrays that do not fit are refused."""

import numpy as np
import pytest

from fastw2v.container import load_container, pack_words, save_container
from fastw2v.formats import load_vectors
from fastw2v.vector_container import tensors_of, vectors_from_tensors

WORDS = ["the", "straße", "日本語", "слово", "a\u00a0b", "\u2028", "🙂"]
VECTORS = np.random.default_rng(1).normal(0, 0.3, (len(WORDS), 5)).astype(np.float32)


def test_a_whole_model_is_a_file_of_vectors_too(tmp_path):
    tensors = {**pack_words(WORDS), "words.counts": np.arange(7), "vectors": VECTORS, "outputs": VECTORS}
    save_container(tmp_path / "m.safetensors", tensors, {"config": "{}"})
    loaded = load_vectors(tmp_path / "m.safetensors")
    assert loaded.get_vecattr("straße", "count") == 1
    assert np.array_equal(loaded["日本語"], VECTORS[2])


def test_containers_that_hold_no_vectors(tmp_path):
    good = {**pack_words(["a", "b"]), "words.counts": np.array([2, 1]), "vectors": np.zeros((2, 2), np.float32)}
    assert len(vectors_from_tensors("f", good)) == 2
    for change, sentence in [
        ({"vectors": None}, "holds no vectors"),
        ({"words.utf8": None, "words.offsets": None}, "no words.utf8 and no words.offsets"),
        ({"vectors": np.zeros((3, 2), np.float32)}, "damaged.*one row"),
        ({"vectors": np.zeros((2, 2))}, "damaged.*float32"),
        ({"words.offsets": np.array([0, 9, 2])}, "damaged.*ascend"),
        ({"words.counts": np.array([1])}, "damaged.*counts"),
        ({"words.counts": np.array([1.0, 2.0])}, "damaged.*int64"),
    ]:
        tensors = {name: array for name, array in {**good, **change}.items() if array is not None}
        save_container(tmp_path / "m.safetensors", tensors)
        with pytest.raises(ValueError, match=rf"m\.safetensors: .*{sentence}"):
            load_vectors(tmp_path / "m.safetensors")


def stored(tmp_path, *arguments, **options):
    save_container(tmp_path / "v.safetensors", tensors_of(*arguments, **options))
    return load_vectors(tmp_path / "v.safetensors")


def test_all_that_is_known_of_words_comes_back(tmp_path):
    attributes = {"length": np.array([3, 6, 3, 5, 3, 1, 1], np.int32), "weight": np.linspace(0, 1, 7)}
    loaded = stored(tmp_path, WORDS, VECTORS, np.arange(7), attributes=attributes)
    assert loaded.index_to_key == WORDS
    assert np.array_equal(loaded.vectors, VECTORS)
    assert loaded.counts.tolist() == list(range(7))
    assert [loaded.get_vecattr(word, "length") for word in WORDS] == attributes["length"].tolist()
    assert loaded.expandos["weight"].dtype == np.float64
    assert np.allclose(loaded.known_norms, np.linalg.norm(VECTORS, axis=1))


def test_norms_that_are_given_are_stored(tmp_path):
    assert stored(tmp_path, WORDS, VECTORS, norms=np.arange(7, dtype=np.float32)).norms.tolist() == list(range(7))


def test_attributes_that_are_no_numbers_are_left_out(tmp_path):
    loaded = stored(tmp_path, WORDS, VECTORS, attributes={"tag": np.array(["x"] * 7, object), "n": np.zeros(7)})
    assert list(loaded.expandos) == ["n"]


def test_half_precision(tmp_path):
    loaded = stored(tmp_path, WORDS, VECTORS, np.arange(7), np.ones(7, np.float32), dtype="float16")
    half = VECTORS.astype(np.float16)
    assert loaded.vectors.dtype == np.float16
    assert np.array_equal(loaded.vectors, half)
    # norms of what is stored, not those of before
    assert np.allclose(loaded.known_norms, np.linalg.norm(half.astype(np.float32), axis=1), rtol=1e-6)
    assert stored(tmp_path, WORDS, half).vectors.dtype == np.float16
    wide = stored(tmp_path, WORDS, half, dtype=np.float32)
    assert wide.vectors.dtype == np.float32
    assert np.array_equal(wide.vectors, half)


def test_numbers_beyond_half_precision(tmp_path):
    vectors = VECTORS.copy()
    vectors[3, 2] = 70_000
    with pytest.raises(ValueError, match="the vector of 'слово' holds a number beyond 65504"):
        stored(tmp_path, WORDS, vectors, dtype="float16")
    vectors[3, 2] = np.inf
    assert np.isinf(stored(tmp_path, WORDS, vectors, dtype="float16").vectors[3, 2])


@pytest.mark.parametrize("dtype", ["float64", "int32", "halves", object])
def test_other_types_of_vectors(tmp_path, dtype):
    with pytest.raises(ValueError, match="stored as 'float32' or 'float16'"):
        stored(tmp_path, WORDS, VECTORS, dtype=dtype)


def test_columns_that_do_not_fit(tmp_path):
    for options in (
        {"counts": [1]},
        {"norms": np.ones(3, np.float32)},
        {"attributes": {"n": np.zeros((7, 2))}},
    ):
        with pytest.raises(ValueError, match="but there are 7 words"):
            stored(tmp_path, WORDS, VECTORS, **options)


def test_columns_of_a_file_that_do_not_fit(tmp_path):
    good = tensors_of(WORDS, VECTORS, range(7), attributes={"n": np.zeros(7)})
    for change, sentence in [
        ({"norms": np.ones(6, np.float32)}, "damaged.*norms"),
        ({"norms": np.ones(7)}, "damaged.*norms must be float32"),
        ({"attr.n": np.zeros(8)}, "damaged.*n has shape"),
        ({"attr.n": np.zeros((7, 1))}, "damaged.*n has shape"),
        ({"vectors": VECTORS.astype(np.int32)}, "damaged.*float16"),
    ]:
        save_container(tmp_path / "v.safetensors", {**good, **change})
        with pytest.raises(ValueError, match=rf"v\.safetensors: .*{sentence}"):
            load_vectors(tmp_path / "v.safetensors")


def test_files_of_before_norms_were_stored(tmp_path):
    tensors = {name: array for name, array in tensors_of(WORDS, VECTORS).items() if name != "norms"}
    save_container(tmp_path / "v.safetensors", tensors)
    loaded = vectors_from_tensors("v", load_container(tmp_path / "v.safetensors")[0])
    assert loaded.known_norms is None
    assert np.allclose(loaded.norms, np.linalg.norm(VECTORS, axis=1))


@pytest.mark.parametrize("norm", [np.nan, np.inf, -1])
def test_norms_that_no_vector_has_are_computed_anew(tmp_path, norm):
    norms = np.ones(7, np.float32)
    norms[3] = norm
    loaded = stored(tmp_path, WORDS, VECTORS, norms=norms)
    assert loaded.most_similar("the")[0][1] == pytest.approx(loaded.similarity("the", loaded.most_similar("the")[0][0]))
    assert np.allclose(loaded.norms, np.linalg.norm(VECTORS, axis=1))


@pytest.mark.parametrize("row", [100, -1, 0])
def test_a_damaged_look_up_is_told(tmp_path, row):
    tensors = tensors_of([*WORDS, *map(str, range(93))], np.zeros((100, 2), np.float32))
    rows = tensors["words.rows"].copy()
    rows[rows == 3] = row
    save_container(tmp_path / "v.safetensors", {**tensors, "words.rows": rows})
    loaded = load_vectors(tmp_path / "v.safetensors")
    with pytest.raises(ValueError, match=rf"v\.safetensors: .* names row {row} for 'слово'.*damaged"):
        loaded.get_index("слово")
    assert "nothing" not in load_vectors(tmp_path / "v.safetensors")


def test_a_word_that_stands_twice_is_told_with_its_file(tmp_path):
    save_container(tmp_path / "v.safetensors", {**pack_words(["a", "b", "a"]), "vectors": VECTORS[:3]})
    with pytest.raises(ValueError, match=r"v\.safetensors: the word 'a' stands in rows 0 and 2"):
        _ = load_vectors(tmp_path / "v.safetensors").key_to_index
