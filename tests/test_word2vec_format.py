"""word2vec's files under gensim's options: the same results as gensim's, and both read what the other wrote."""

import gzip
import inspect
import os
import sys

import numpy as np
import pytest

from fastw2v.keyed_vectors import KeyedVectors

# Several scripts; white space that is not ASCII is part of a word.
WORDS = ["the", "straße", "日本語", "слово", "a\u00a0b", "x\u3000y", "🙂", "of", "עברית"]
COUNTS = [5, 9, 5, 1, 9, 2, 5, 100, 0]
BY_COUNT = [7, 1, 4, 0, 2, 6, 5, 3, 8]
VECTORS = np.random.default_rng(1).normal(0, 0.3, (len(WORDS), 5)).astype(np.float32)


@pytest.fixture
def wv():
    return KeyedVectors(WORDS, VECTORS, COUNTS)


@pytest.fixture
def theirs():
    gensim = pytest.importorskip("gensim.models")
    made = gensim.KeyedVectors(VECTORS.shape[1])
    made.add_vectors(WORDS, VECTORS)
    for word, count in zip(WORDS, COUNTS, strict=True):
        made.set_vecattr(word, "count", count)
    return made


@pytest.mark.parametrize("name", ["load_word2vec_format", "save_word2vec_format"])
def test_arguments_stand_where_gensim_has_them(theirs, name):
    wanted = inspect.signature(getattr(theirs, name)).parameters
    ours = inspect.signature(getattr(KeyedVectors(WORDS, VECTORS), name)).parameters
    assert list(ours)[: len(wanted)] == list(wanted)
    for parameter in list(ours)[len(wanted) :]:
        assert ours[parameter].kind is inspect.Parameter.KEYWORD_ONLY
    assert [ours[key].default for key in wanted] == [value.default for value in wanted.values()]


def rows_of(path):
    """Words and numbers of a text file, as rows of str."""
    return [line.split(" ") for line in path.read_text("utf-8").removesuffix("\n").split("\n")]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"total_vec": 99},
        {"write_header": False},
        {"prefix": "w:"},
        {"sort_attr": "length"},
        {"sort_attr": "unknown"},
        {"prefix": "*", "write_header": False, "sort_attr": "length"},
    ],
)
def test_the_same_rows_as_gensim_writes(wv, theirs, tmp_path, options):
    for table in (wv, theirs):
        for word in WORDS:
            table.set_vecattr(word, "length", len(word))
    wv.save_word2vec_format(tmp_path / "ours", **options)
    theirs.save_word2vec_format(str(tmp_path / "theirs"), **options)
    ours, wanted = rows_of(tmp_path / "ours"), rows_of(tmp_path / "theirs")
    assert [row[0] for row in ours] == [row[0] for row in wanted]
    with np.errstate(all="raise"):
        for own, other in zip(ours, wanted, strict=True):
            assert np.array_equal(np.array(own[1:], np.float32), np.array(other[1:], np.float32))


def test_files_of_counts_are_gensim_s(wv, theirs, tmp_path):
    for binary in (False, True):
        for positional in (wv, theirs):
            positional.save_word2vec_format(str(tmp_path / "v"), str(tmp_path / "counts"), binary)
            content = (tmp_path / "counts").read_text("utf-8")
            assert content == "".join(f"{WORDS[row]} {COUNTS[row]}\n" for row in BY_COUNT)
    loaded = KeyedVectors.load_word2vec_format(tmp_path / "v", tmp_path / "counts", True)
    assert loaded.index_to_key == [WORDS[row] for row in BY_COUNT]
    assert loaded.counts.tolist() == sorted(COUNTS, reverse=True)


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2", ".xz"])
@pytest.mark.parametrize("binary", [False, True])
def test_each_reads_the_other_s_files(wv, theirs, tmp_path, binary, suffix):
    path = str(tmp_path / f"v{suffix}")
    wv.save_word2vec_format(path, binary=binary)
    read = type(theirs).load_word2vec_format(path, binary=binary)
    assert read.index_to_key == [WORDS[row] for row in BY_COUNT]
    assert np.array_equal(read.vectors, VECTORS[BY_COUNT])
    theirs.save_word2vec_format(path, binary=binary)
    again = KeyedVectors.load_word2vec_format(path, binary=binary)
    assert again.index_to_key == read.index_to_key
    assert np.array_equal(again.vectors, read.vectors)


# gensim leaves a file open where there is no header.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("options", [{"limit": 3}, {"limit": 99}, {"limit": 0}, {"no_header": True}])
def test_the_same_rows_as_gensim_reads(wv, theirs, tmp_path, options):
    path = str(tmp_path / "v")
    wv.save_word2vec_format(path, write_header="no_header" not in options)
    own, other = (made.load_word2vec_format(path, **options) for made in (KeyedVectors, type(theirs)))
    assert own.index_to_key == other.index_to_key
    assert np.array_equal(own.vectors, other.vectors)


def test_rows_in_order_of_an_attribute_of_any_kind(wv, tmp_path):
    for kind in (np.uint8, np.int64, np.float32):
        wv.expandos["value"] = np.array(COUNTS, kind)
        wv.save_word2vec_format(tmp_path / "v", sort_attr="value")
        assert KeyedVectors.load(tmp_path / "v").index_to_key == [WORDS[row] for row in BY_COUNT]


def test_files_that_go_on(wv, tmp_path):
    for binary in (False, True):
        path = tmp_path / f"v{binary}"
        wv.save_word2vec_format(path, tmp_path / "counts", binary, total_vec=18)
        wv.save_word2vec_format(path, tmp_path / "counts", binary, write_header=False, prefix="*", append=True)
        loaded = KeyedVectors.load_word2vec_format(path, tmp_path / "counts", binary)
        assert loaded.index_to_key == [prefix + WORDS[row] for prefix in ("", "*") for row in BY_COUNT]
        assert loaded.get_vecattr("*of", "count") == 100
        os.unlink(tmp_path / "counts")


def test_other_encodings(tmp_path):
    path = tmp_path / "v"
    path.write_bytes("2 1\nstraße 1\nñ 2\n".encode("latin-1"))
    assert KeyedVectors.load_word2vec_format(path, encoding="latin-1").index_to_key == ["straße", "ñ"]
    (tmp_path / "counts").write_bytes("ñ 2\nstraße 3\n".encode("latin-1"))
    loaded = KeyedVectors.load_word2vec_format(path, tmp_path / "counts", encoding="latin-1")
    assert loaded.counts.tolist() == [3, 2]
    with pytest.raises(ValueError, match=r"line 2: the word .* is not UTF-8"):
        KeyedVectors.load_word2vec_format(path)
    assert KeyedVectors.load_word2vec_format(path, unicode_errors="ignore").index_to_key == ["strae", ""]
    surrogates = KeyedVectors.load_word2vec_format(path, unicode_errors="surrogateescape")
    assert surrogates.index_to_key == ["stra\udcdfe", "\udcf1"]


def test_half_precision(wv, tmp_path):
    wv.save_word2vec_format(tmp_path / "v")
    loaded = KeyedVectors.load_word2vec_format(tmp_path / "v", datatype=np.float16)
    assert loaded.vectors.dtype == np.float16
    with pytest.raises(ValueError, match="datatype is float64, but must be"):
        KeyedVectors.load_word2vec_format(tmp_path / "v", datatype=np.float64)


def test_what_does_not_go_together(wv, tmp_path):
    wv.save_word2vec_format(tmp_path / "v", binary=True)
    with pytest.raises(ValueError, match="no_header is for text"):
        KeyedVectors.load_word2vec_format(tmp_path / "v", binary=True, no_header=True)
    with pytest.raises(ValueError, match="these words have none; leave fvocab out"):
        KeyedVectors(WORDS, VECTORS).save_word2vec_format(tmp_path / "w", tmp_path / "counts")
    assert sorted(os.listdir(tmp_path)) == ["v"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"the 1\nof\n", "line 2: not a word and its count"),
        (b"the 1\nof -2\n", "line 2: not a word and its count"),
        (b"the 1\n\nof 2\n\xff 3\n", "line 4: the word is not UTF"),
        (b"the 1\n", "has no count of the word 'of'"),
        (b"the 1\nof 99999999999999999999\n", "holds a count beyond 9223372036854775807"),
    ],
)
def test_malformed_files_of_counts(tmp_path, content, sentence):
    (tmp_path / "v").write_bytes(b"2 1\nthe 1\nof 2\n")
    (tmp_path / "counts").write_bytes(content)
    with pytest.raises(ValueError, match=f"counts.*{sentence}"):
        KeyedVectors.load_word2vec_format(tmp_path / "v", tmp_path / "counts")


def test_compressed_counts(wv, tmp_path):
    wv.save_word2vec_format(tmp_path / "v.gz", tmp_path / "counts.gz")
    with gzip.open(tmp_path / "counts.gz", "rt", encoding="utf-8") as file:
        assert file.readline() == "of 100\n"
    assert KeyedVectors.load_word2vec_format(tmp_path / "v.gz", tmp_path / "counts.gz").counts[0] == 100


def test_zstd_too(wv, tmp_path):
    pytest.importorskip("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    wv.save_word2vec_format(tmp_path / "v.zst", binary=True)
    assert KeyedVectors.load_word2vec_format(tmp_path / "v.zst", binary=True).index_to_key[0] == "of"


def test_chosen_words_and_numbers_that_are_none(tmp_path):
    (tmp_path / "v").write_bytes(b"2 1\nthe 1\nof nan\n")
    assert KeyedVectors.load_word2vec_format(tmp_path / "v", keys=["the"]).index_to_key == ["the"]
    assert np.isnan(KeyedVectors.load_word2vec_format(tmp_path / "v", allow_nan=True)["of"][0])
