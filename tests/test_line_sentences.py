"""Files as iterables of sentences: what looping gives, what Corpus reads instead, and that both are the same text."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys

import numpy as np
import pytest

from fastw2v import Corpus
from fastw2v.compressed import compressor
from fastw2v.line_sentences import LineSentence, PathLineSentences, Text8Corpus

TEXT = "one two\n\nthree  four\tfive\r\nnaïve слово 語\n"
SENTENCES = [["one", "two"], ["three", "four", "five"], ["naïve", "слово", "語"]]


def sentences_of(corpus):
    return [corpus.sentence(i) for i in range(len(corpus.offsets) - 1)]


def test_lines_are_sentences_again_and_again(write):
    text = LineSentence(write(TEXT))
    assert list(text) == list(text) == SENTENCES
    assert list(LineSentence(write("\ufeff" + TEXT))) == SENTENCES
    assert list(LineSentence(str(write(TEXT)), max_sentence_length=2))[1:3] == [["three", "four"], ["five"]]
    assert list(LineSentence(write(TEXT), limit=3)) == SENTENCES[:2]
    assert list(LineSentence(write(TEXT), limit=0)) == []


@pytest.mark.parametrize(("suffix", "compress"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_compressed_lines(write, suffix, compress):
    path = write(compress(("\ufeff" + TEXT).encode()), f"text.{suffix}")
    text = LineSentence(path)
    assert text.plain_paths() == [str(path)]
    assert list(text) == SENTENCES
    assert sentences_of(Corpus(text, min_count=1)) == SENTENCES
    assert list(Text8Corpus(write(compress(b"a b\nc"), f"text.{suffix}"))) == [["a", "b", "c"]]
    cut = write(compress(TEXT.encode() * 100)[:-20], f"cut.{suffix}")
    with pytest.raises(ValueError, match=rf"cut.{suffix}, after .* bytes: "):
        list(LineSentence(cut))


def test_zstd_and_a_name_that_is_wrong(write):
    pytest.importorskip("backports.zstd" if sys.version_info < (3, 14) else "compression.zstd")
    assert list(LineSentence(write(compressor("zstd")(TEXT.encode()), "text.gz"))) == SENTENCES
    assert LineSentence(write(TEXT, "plain.gz")).plain_paths() is not None


@pytest.mark.parametrize("file", [io.BytesIO(TEXT.encode()), io.StringIO(TEXT)])
def test_an_open_file_is_rewound(file):
    text = LineSentence(file)
    assert text.plain_paths() is None
    assert list(text) == list(text) == SENTENCES
    assert sentences_of(Corpus(text, min_count=1)) == SENTENCES


def test_a_folders_files_in_the_order_of_their_names(write, tmp_path):
    write("c d\n", "2.txt")
    write("a b\n", "1.txt")
    (tmp_path / "folder").mkdir()
    text = PathLineSentences(tmp_path)
    assert text.input_files == [str(tmp_path / "1.txt"), str(tmp_path / "2.txt")] == text.plain_paths()
    assert list(text) == [["a", "b"], ["c", "d"]] == sentences_of(Corpus(text, min_count=1))
    assert list(PathLineSentences(tmp_path / "1.txt")) == [["a", "b"]]
    write(gzip.compress(b"e\n"), "3.gz")
    assert list(PathLineSentences(tmp_path))[-1] == ["e"]
    assert sentences_of(Corpus(PathLineSentences(tmp_path), min_count=1))[-1] == ["e"]
    with pytest.raises(ValueError, match="neither a file nor a folder"):
        PathLineSentences(tmp_path / "none")


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
def test_text8_is_cut_into_pieces(write, monkeypatch, chunk):
    monkeypatch.setattr("fastw2v.line_sentences.CHUNK_BYTES", chunk)
    words = ["a", "bc", "def", "語", "e"] * 4
    text = Text8Corpus(write(" ".join(words)), max_sentence_length=6)
    assert [len(sentence) for sentence in text] == [6, 6, 6, 2]
    assert sum(text, []) == words  # noqa: RUF017
    assert list(Text8Corpus(write(" " + "\n".join(words) + " "))) == [words]
    assert list(Text8Corpus(write(""))) == []


def test_text8_is_read_whole_where_it_has_no_lines(write):
    assert Text8Corpus(write("a b c")).plain_paths() is not None
    assert Text8Corpus(write("a b c\n")).plain_paths() is not None
    lines = Text8Corpus(write("a b\nc"))
    assert lines.plain_paths() is None
    assert sentences_of(Corpus(lines, min_count=1)) == [["a", "b", "c"]]


@pytest.mark.parametrize("kind", [LineSentence, PathLineSentences])
def test_a_corpus_reads_the_file_itself_unless_it_must_not(write, kind, monkeypatch):
    path = write(TEXT)
    assert kind(path).plain_paths() == [str(path)]
    assert kind(path, limit=3).plain_paths() is None
    assert kind(path, max_sentence_length=2).plain_paths() is None

    def never(self):
        raise AssertionError("the file was looped over")

    by_loop, count = Corpus(list(kind(path)), min_count=1), Corpus(kind(path, limit=3), min_count=1).raw_sentences
    assert count == 2
    monkeypatch.setattr(kind, "__iter__", never)
    read = Corpus(kind(path), min_count=1)
    assert read.vocabulary == by_loop.vocabulary
    assert read.raw_sentences == by_loop.raw_sentences == 3
    np.testing.assert_array_equal(read.ids, by_loop.ids)
    np.testing.assert_array_equal(read.offsets, by_loop.offsets)


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda: LineSentence(7), TypeError, "source must be a path or an open file that can be rewound, not 7"),
        (lambda: LineSentence("x", max_sentence_length=0), ValueError, "max_sentence_length is 0"),
        (lambda: LineSentence("x", limit=-1), ValueError, "limit is -1"),
    ],
)
def test_bad_arguments(make, error, sentence):
    with pytest.raises(error, match=sentence):
        make()


def test_a_missing_file_is_an_error_of_the_first_loop(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(LineSentence(tmp_path / "none"))
    with pytest.raises(FileNotFoundError):
        Corpus(LineSentence(tmp_path / "none"))
