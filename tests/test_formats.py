"""Every format by its suffix: round trips, parts of files, and what a format cannot hold."""

import os
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import fastw2v
from fastw2v.container import load_container
from fastw2v.formats import (
    load_vectors,
    save_vectors,
)
from fastw2v.keyed_vectors import KeyedVectors

WORDS = ["the", "straße", "日本語", "слово", "a\u00a0b", "\u2028", "🙂"]
VECTORS = np.random.default_rng(1).normal(0, 0.3, (len(WORDS), 5)).astype(np.float32)
SUFFIXES = [".safetensors", ".txt", ".vec", ".bin", ".npy"]


def test_a_suffix_of_no_format(tmp_path):
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


@pytest.mark.parametrize("inner", [".txt", ".vec", ".bin"])
@pytest.mark.parametrize("outer", [".gz", ".bz2", ".xz", ".zst"])
def test_compressed_round_trips(tmp_path, inner, outer):
    if outer == ".zst":
        pytest.importorskip("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    path = tmp_path / f"v{inner}{outer}"
    save_vectors(path, WORDS, VECTORS)
    loaded = load_vectors(path)
    assert loaded.index_to_key == WORDS
    assert np.array_equal(loaded.vectors, VECTORS)
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(ValueError, match="cut short"):
        load_vectors(path)


ALL = [*SUFFIXES, ".txt.gz", ".bin.xz"]


@pytest.mark.parametrize("suffix", ALL)
def test_the_first_rows(tmp_path, suffix):
    path = tmp_path / f"v{suffix}"
    save_vectors(path, WORDS, VECTORS, range(len(WORDS)))
    for limit in (1, 3, len(WORDS), 99):
        loaded = load_vectors(path, limit=limit)
        assert loaded.index_to_key == WORDS[:limit]
        assert np.array_equal(loaded.vectors, VECTORS[:limit])
        assert np.allclose(loaded.norms, np.linalg.norm(VECTORS[:limit], axis=1))
        assert "straße" in loaded or limit == 1
    for limit in (0, -1):
        with pytest.raises(ValueError, match=r"limit is .*at least 1"):
            load_vectors(path, limit=limit)


@pytest.mark.parametrize("suffix", ALL)
def test_chosen_words(tmp_path, suffix):
    path = tmp_path / f"v{suffix}"
    save_vectors(path, WORDS, VECTORS, range(len(WORDS)))
    for keys, limit in [
        (["слово", "the", "unknown"], None),
        ({"\u2028"}, 3),
        (iter(WORDS), None),
        ((), None),
        (["🙂", "日本語"], 5),
    ]:
        keys = list(keys)
        rows = [row for row, word in enumerate(WORDS[:limit]) if word in keys]
        loaded = load_vectors(path, keys=keys, limit=limit)
        assert loaded.index_to_key == [WORDS[row] for row in rows]
        assert np.array_equal(loaded.vectors, VECTORS[rows])
        if suffix == ".safetensors":
            assert loaded.counts.tolist() == rows
    with pytest.raises(TypeError, match="keys is the word 'the'"):
        load_vectors(path, keys="the")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_mapped_or_copied(tmp_path, suffix):
    path = tmp_path / f"v{suffix}"
    save_vectors(path, WORDS, VECTORS, range(len(WORDS)))
    assert load_vectors(path).vectors.flags.writeable == (suffix not in (".safetensors", ".npy"))
    copied = load_vectors(path, mmap=None)
    copied.vectors[0] = 7
    assert np.array_equal(load_vectors(path).vectors, VECTORS)
    assert copied.index_to_key == WORDS
    with pytest.raises(ValueError, match="mmap is 'r\\+', but must be 'r'"):
        load_vectors(path, mmap="r+")


def test_half_precision_by_suffix(tmp_path):
    for suffix in (".safetensors", ".npy"):
        save_vectors(tmp_path / f"v{suffix}", WORDS, VECTORS, dtype="float16")
        assert np.array_equal(load_vectors(tmp_path / f"v{suffix}").vectors, VECTORS.astype(np.float16))
    for suffix in (".txt", ".bin"):
        with pytest.raises(ValueError, match="hold float32"):
            save_vectors(tmp_path / f"v{suffix}", WORDS, VECTORS, dtype="float16")
        save_vectors(tmp_path / f"v{suffix}", WORDS, VECTORS.astype(np.float16), dtype="float32")
        assert np.array_equal(load_vectors(tmp_path / f"v{suffix}").vectors, VECTORS.astype(np.float16))


def test_options_reach_the_readers(tmp_path):
    (tmp_path / "v.txt").write_bytes(b"2 1\nstra\xdfe 1\nb nan\n")
    with pytest.raises(ValueError, match=r"line 2.*not UTF-8"):
        load_vectors(tmp_path / "v.txt")
    assert load_vectors(tmp_path / "v.txt", errors="replace", allow_nan=True).index_to_key == ["stra\ufffde", "b"]
    loaded = fastw2v.load_vectors(tmp_path / "v.txt", encoding="latin-1", allow_nan=True, workers=1)
    assert loaded.index_to_key == ["straße", "b"]
    for options in ({"encoding": "klingon"}, {"errors": "shrug"}):
        with pytest.raises(ValueError, match=r"unknown .*usual ones"):
            load_vectors(tmp_path / "v.txt", **options)


def test_a_damaged_word_of_a_mapped_file_is_told_with_the_file(tmp_path):
    path = tmp_path / "v.safetensors"
    save_vectors(path, ["one", "slovo", "three"], np.ones((3, 2), np.float32))
    path.write_bytes(path.read_bytes().replace(b"slovo", b"s\xffovo"))
    for options in ({}, {"limit": 2}, {"mmap": None}):
        vectors = load_vectors(path, **options)
        assert vectors.words[0] == "one"
        with pytest.raises(ValueError, match=r"v\.safetensors: stored word number 1 is not UTF-8: b's\\xffovo'"):
            _ = vectors.index_to_key


@pytest.mark.parametrize("name", ["vectors", "v.kv", "v.wordvectors", "v.model"])
def test_names_without_a_format_are_safetensors_and_gensims_arguments_are_taken(tmp_path, name):
    wv = KeyedVectors(WORDS, VECTORS)
    wv.save(tmp_path / name, separately=[], sep_limit=10, ignore=frozenset(), pickle_protocol=4)
    assert load_container(tmp_path / name)[1]["format"] == "fastw2v"
    assert np.array_equal(KeyedVectors.load(tmp_path / name).vectors, VECTORS)
    with pytest.raises(TypeError, match=r"save\(\) has no argument 'protocol'"):
        wv.save(tmp_path / name, protocol=2)


@pytest.mark.parametrize("suffix", [".txt", ".vec", ".bin", ".txt.gz", ".npy"])
def test_numbers_that_could_not_be_read_back_are_not_written(tmp_path, suffix):
    vectors = VECTORS.copy()
    vectors[3, 1] = np.nan
    with pytest.raises(ValueError, match=f"'{WORDS[3]}' holds NaN or infinity, .* save as .safetensors"):
        save_vectors(tmp_path / f"v{suffix}", WORDS, vectors)
    assert not os.listdir(tmp_path)
    save_vectors(tmp_path / "v.safetensors", WORDS, vectors)
    assert np.isnan(load_vectors(tmp_path / "v.safetensors").vectors[3, 1])
