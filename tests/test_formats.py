"""Which format a path means, what a container of vectors holds, .npy with its words, and round trips of all."""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fastw2v.container import load_container, pack_words, save_container
from fastw2v.formats import (
    format_of,
    load_npy,
    load_vectors,
    save_npy,
    save_vectors,
    vectors_from_tensors,
)
from fastw2v.keyed_vectors import KeyedVectors

WORDS = ["the", "straße", "日本語", "слово", "a\u00a0b", "\u2028", "🙂"]
VECTORS = np.random.default_rng(1).normal(0, 0.3, (len(WORDS), 5)).astype(np.float32)
SUFFIXES = [".safetensors", ".txt", ".vec", ".bin", ".npy"]


def test_formats_by_suffix(tmp_path):
    kinds = ["safetensors", "text", "text", "binary", "npy"]
    assert [format_of(f"dir.x/name{suffix}") for suffix in SUFFIXES] == kinds
    assert format_of(tmp_path / "NAME.TXT") == "text"
    for name in ("name", "name.pkl", "name.txt.gz", ".txt"):
        with pytest.raises(ValueError, match=r"use \.safetensors, \.txt or \.vec.*\.bin.*\.npy"):
            format_of(name)
    with pytest.raises(ValueError, match="suffix"):
        save_vectors(tmp_path / "name.pkl", WORDS, VECTORS)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_round_trips(tmp_path, suffix):
    path = tmp_path / f"v{suffix}"
    padded = np.zeros((len(WORDS), 16), np.float32)
    padded[:, :5] = VECTORS
    for vectors in (VECTORS, padded[:, :5], VECTORS.astype(np.float64), np.asfortranarray(VECTORS)):
        save_vectors(path, WORDS, vectors, range(len(WORDS)))
        loaded = load_vectors(path)
        assert loaded.index_to_key == WORDS
        assert np.array_equal(loaded.vectors, VECTORS)
        assert loaded.vectors.flags.c_contiguous
    assert (loaded.counts is not None) == (suffix == ".safetensors")


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    vectors=hnp.arrays(
        np.float32,
        st.tuples(st.integers(0, 6), st.integers(1, 5)),
        elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
    ),
    data=st.data(),
)
def test_round_trips_of_any_words_and_numbers(tmp_path, suffix, vectors, data):
    letters = st.characters(exclude_categories=["Cs"], exclude_characters=" \t\n\v\f\r")
    size = len(vectors)
    words = data.draw(st.lists(st.text(letters, min_size=1, max_size=6), min_size=size, max_size=size, unique=True))
    path = tmp_path / f"v{suffix}"
    save_vectors(path, words, vectors)
    loaded = load_vectors(path)
    assert loaded.index_to_key == words
    assert loaded.vectors.shape == vectors.shape
    assert np.array_equal(loaded.vectors.view(np.uint32), vectors.view(np.uint32))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_content_tells_the_format_of_a_name_without_suffix(tmp_path, suffix):
    save_vectors(tmp_path / f"v{suffix}", WORDS, VECTORS)
    os.rename(tmp_path / f"v{suffix}", tmp_path / "v")
    assert load_vectors(tmp_path / "v").index_to_key == WORDS


def test_content_of_no_format(tmp_path):
    for content in (b"", b"hello\n", b"\x80\x01."):
        (tmp_path / "v.pkl").write_bytes(content)
        with pytest.raises(ValueError, match="its content shows none"):
            load_vectors(tmp_path / "v.pkl")


@pytest.mark.parametrize("suffix", [".txt", ".bin", ".npy"])
@pytest.mark.parametrize("word", ["New York", "", "a\tb", "a\nb", "a\r"])
def test_words_that_need_safetensors(tmp_path, suffix, word):
    with pytest.raises(ValueError, match=r"white space, which this format cannot store; save as \.safetensors"):
        save_vectors(tmp_path / f"v{suffix}", ["fine", word], np.zeros((2, 2)))
    assert os.listdir(tmp_path) == []
    save_vectors(tmp_path / "v.safetensors", ["fine", word], np.zeros((2, 2)))
    assert load_vectors(tmp_path / "v.safetensors").index_to_key == ["fine", word]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_shapes_that_do_not_fit(tmp_path, suffix):
    for vectors in (np.zeros((3, 2)), np.zeros(2), np.zeros((2, 2, 2))):
        with pytest.raises(ValueError, match="one row for each of 2 words"):
            save_vectors(tmp_path / f"v{suffix}", ["a", "b"], vectors)
    assert os.listdir(tmp_path) == []


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


def test_npy_files(tmp_path):
    path = tmp_path / "v.npy"
    save_npy(path, WORDS, VECTORS)
    assert sorted(os.listdir(tmp_path)) == ["v.npy", "v.words.txt"]
    assert np.array_equal(np.load(path), VECTORS)
    assert (tmp_path / "v.words.txt").read_bytes() == "".join(f"{word}\n" for word in WORDS).encode()
    words, vectors = load_npy(path)
    assert words == WORDS
    assert not vectors.flags.writeable
    for other in (VECTORS.astype(np.float64), np.asfortranarray(VECTORS), VECTORS.astype(">f4")):
        np.save(path, other)
        assert np.array_equal(load_npy(path)[1], VECTORS)


def test_malformed_npy_files(tmp_path):
    path = tmp_path / "v.npy"
    save_npy(path, ["a", "b"], np.zeros((2, 3), np.float32))
    good, words = path.read_bytes(), tmp_path / "v.words.txt"

    def told(sentence, content=good):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=sentence):
            load_npy(path)

    for length in range(len(good)):
        told(r"v\.npy: ", good[:length])
    told("do not make the", good + b"more")
    told("no .npy file", b"PK\x03\x04" * 40)
    huge = good.replace(b"(2, 3), }" + b" " * 24, b"(2, 3000000000000000000000000), }")
    assert huge != good
    told("do not make the", huge)
    told("no .npy file", good.replace(b"(2, 3)", b"(((((("))
    for array in (np.zeros(3, np.float32), np.zeros((2, 3), np.int64), np.array([["a", "b"]])):
        np.save(path, array)
        told("table of floats", path.read_bytes())
    np.save(path, np.array([[{}]]), allow_pickle=True)
    told("table of floats", path.read_bytes())
    for content, sentence in [
        (b"", "0 words, but"),
        (b"a\nb\nc\n", "3 words, but .* 2 rows"),
        (b"a\n\xff\n", "line 2: not UTF-8"),
        (b"a\na\n", "line 2: 'a' stands already in line 1"),
    ]:
        words.write_bytes(content)
        told(rf"v\.words\.txt.*{sentence}")
    words.write_bytes(b"a\n\xff\n")
    assert load_npy(path, errors="replace")[0] == ["a", "\ufffd"]
    words.unlink()
    with pytest.raises(FileNotFoundError):
        load_npy(path)


@pytest.mark.parametrize("suffix", [".kv", ".model", ".wordvectors"])
def test_names_that_gensim_programs_give(tmp_path, suffix):
    path = tmp_path / f"vectors{suffix}"
    KeyedVectors(["a", "b"], np.eye(2), [2, 1]).save(path)
    assert KeyedVectors.load(path).get_vecattr("a", "count") == 2
    load_container(path)


def test_files_of_gensims_are_known_by_content(tmp_path):
    models = pytest.importorskip("gensim.models")
    keyed = models.KeyedVectors(3)
    keyed.add_vectors(WORDS, np.arange(3 * len(WORDS), dtype=np.float32).reshape(-1, 3))
    for name in ("v.kv", "v.model", "v"):
        keyed.save(str(tmp_path / name))
        found = load_vectors(tmp_path / name)
        assert found.index_to_key == WORDS
        assert np.array_equal(found.vectors, keyed.vectors)
    (tmp_path / "v.kv").write_bytes(b"\x80\x04cos\nsystem\n.")
    with pytest.raises(ValueError, match=r"v\.kv, byte 13: the name 'os\.system' is refused"):
        load_vectors(tmp_path / "v.kv")
