"""NumPy's format and the words beside it."""

import os

import numpy as np
import pytest

from fastw2v.npy_vectors import load_npy, save_npy

WORDS = ["the", "straße", "日本語", "слово", "a\u00a0b", "\u2028", "🙂"]
VECTORS = np.random.default_rng(1).normal(0, 0.3, (len(WORDS), 5)).astype(np.float32)


def test_npy_files(tmp_path):
    path = tmp_path / "v.npy"
    save_npy(path, WORDS, VECTORS)
    assert sorted(os.listdir(tmp_path)) == ["v.npy", "v.words.txt"]
    assert np.array_equal(np.load(path), VECTORS)
    assert (tmp_path / "v.words.txt").read_bytes() == "".join(f"{word}\n" for word in WORDS).encode()
    words, vectors = load_npy(path)
    assert list(words) == WORDS
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
    assert list(load_npy(path, errors="replace")[0]) == ["a", "\ufffd"]
    words.unlink()
    with pytest.raises(FileNotFoundError):
        load_npy(path)


def test_half_precision_is_stored_and_widened(tmp_path):
    save_npy(tmp_path / "v.npy", WORDS, VECTORS, np.dtype(np.float16))
    assert np.load(tmp_path / "v.npy").dtype == np.float16
    vectors = load_npy(tmp_path / "v.npy")[1]
    assert vectors.dtype == np.float32
    assert np.array_equal(vectors, VECTORS.astype(np.float16))


def test_words_in_another_encoding(tmp_path):
    np.save(tmp_path / "v.npy", VECTORS[:2])
    (tmp_path / "v.words.txt").write_bytes("straße\nñ\n".encode("latin-1"))
    assert list(load_npy(tmp_path / "v.npy", encoding="latin-1")[0]) == ["straße", "ñ"]


def test_words_of_a_file_with_ends_of_lines_of_windows(tmp_path):
    np.save(tmp_path / "v.npy", VECTORS)
    (tmp_path / "v.words.txt").write_bytes("".join(f"{word}\r\n" for word in WORDS).encode())
    assert list(load_npy(tmp_path / "v.npy")[0]) == WORDS


@pytest.mark.parametrize("bad", ["two words", "", "tab\t", "end\rend"])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_words_that_could_not_be_written_are_not_read(tmp_path, bad, encoding):
    np.save(tmp_path / "v.npy", VECTORS[:3])
    (tmp_path / "v.words.txt").write_text(f"a\nb\n{bad}\n", newline="")
    with pytest.raises(ValueError, match=r"v\.words\.txt, line 3: .* is no word, as it is empty or holds white space"):
        load_npy(tmp_path / "v.npy", encoding=encoding)


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_numbers_that_are_not_finite(tmp_path, number):
    vectors = VECTORS.copy()
    vectors[2, 1] = number
    with pytest.raises(ValueError, match=r"the vector of '日本語' holds NaN or infinity.*nan_to_num"):
        save_npy(tmp_path / "v.npy", WORDS, vectors)
    save_npy(tmp_path / "v.npy", WORDS, VECTORS)
    np.save(tmp_path / "v.npy", vectors)
    with pytest.raises(ValueError, match=r"v\.npy, row 2: the vector of '日本語' holds NaN or infinity"):
        load_npy(tmp_path / "v.npy")
    assert np.array_equal(load_npy(tmp_path / "v.npy", allow_nan=True)[1], vectors, equal_nan=True)
