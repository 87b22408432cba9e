"""Files of pairs, analogies, categories and outliers: what is read, what is refused, how a kind is recognised."""

from __future__ import annotations

import bz2
import gzip
import lzma

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v.evaluation_files import (
    KINDS,
    READERS,
    _kind_of_line,
    kind_of_file,
    read_analogies,
    read_categories,
    read_outliers,
    read_pairs,
)

PAIRS = "# a comment\n: another\nword1\tword2\tscore\ntiger\tcat\t7.35\n\ntiger\ttiger\t10\n"
ANALOGIES = ": capitals\nAthens Greece Oslo Norway\n:plurals\nbird birds cat cats\nbird birds dog dogs\n"
CATEGORIES = "dog\tanimal\ncat\tanimal\nred\tcolour\n"
OUTLIERS = "red\nsky blue\ngreen\n\ndog\nhouse\n"


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        (PAIRS, (7.35, 10.0)),
        (PAIRS.replace("\t", ","), (7.35, 10.0)),
        (PAIRS.replace("\t", "   "), (7.35, 10.0)),
        (PAIRS.replace("\n", "\r\n"), (7.35, 10.0)),
        ("\ufeff" + PAIRS, (7.35, 10.0)),
        ("tiger\tcat\t7.35\textra\t1\ntiger\ttiger\t10\t\t2", (7.35, 10.0)),
        ("word1\tword2\tPOS\tSimLex999\ntiger\tcat\tN\t1.58\t9\ntiger\ttiger\tN\t9.2\t1\n", (1.58, 9.2)),
    ],
)
def test_pairs_in_the_public_forms(write, text, scores):
    file = read_pairs(write(text, "sim.tsv"))
    assert file.name == "sim.tsv"
    assert file.pairs == (("tiger", "cat"), ("tiger", "tiger"))
    assert file.scores == scores


def test_pairs_with_a_delimiter_and_an_encoding(write):
    with pytest.raises(ValueError, match="the encoding 'nonsense' is not known"):
        read_pairs(write(PAIRS), encoding="nonsense")
    file = read_pairs(write("kočka;pes;5\n".encode("cp1250")), delimiter=";", encoding="cp1250")
    assert (file.pairs, file.scores) == ((("kočka", "pes"),), (5.0,))


@pytest.mark.parametrize(
    ("reader", "text", "sentence"),
    [
        (
            read_pairs,
            "a\tb\t1\na\tb\tmany\n",
            r"text.txt, line 2: must be two words and a finite number.*'a\\tb\\tmany'",
        ),
        (read_pairs, "a\tb\t1\na\tb\tnan\n", "line 2: must be two words"),
        (read_pairs, "a\tb\tc\na\tb\tc\n", "line 2: must be two words"),
        (read_pairs, "a\tb\n", "line 1: must be two words"),
        (read_pairs, "a\t\t3\n", "line 1: must be two words"),
        (read_pairs, "a b 1\n" + "x" * 1000, r"line 2: .*x\.\.\.'$"),
        (read_pairs, "# nothing\n", "text.txt: holds no pairs"),
        (read_pairs, b"a\tb\t1\n\xff\tb\t2\n", "line 2: not utf-8"),
        (read_analogies, ": s\na b c d\na b c\n", "line 3: must be four words"),
        (read_analogies, ": s\n", "holds no questions"),
        (read_categories, "a b\na b c\n", "line 2: must be a word and its category"),
        (read_categories, "a\tb\na\t\n", "line 2: must be a word and its category"),
        (read_categories, "a b\nc b\n", "every word is of the category 'b'"),
        (read_categories, "\n", "holds no words"),
        (read_outliers, "a\nb\nc\n", "a blank line and the outliers"),
        (read_outliers, "a\n\nb\n", "two or more words that belong together"),
    ],
)
def test_bad_files_get_a_sentence_with_file_and_line(write, reader, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        reader(write(text))


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_files(write, compress):
    path = write(compress(ANALOGIES.encode()), "questions.txt.z")
    assert kind_of_file(path) == "analogies"
    assert read_analogies(path).sections == read_analogies(write(ANALOGIES)).sections
    with pytest.raises(ValueError, match=r"cut\.gz.* cut short"):
        read_analogies(write(compress(ANALOGIES.encode())[:-12], "cut.gz"))


def test_analogies_by_section(write):
    file = read_analogies(write(ANALOGIES))
    assert [name for name, _ in file.sections] == ["capitals", "plurals"]
    assert file.sections[0][1] == (("Athens", "Greece", "Oslo", "Norway"),)
    assert len(file.sections[1][1]) == 2
    assert read_analogies(write("a b c d\n")).sections == (("questions", (("a", "b", "c", "d"),)),)


def test_categories(write):
    file = read_categories(write(CATEGORIES))
    assert (file.words, file.categories) == (("dog", "cat", "red"), ("animal", "animal", "colour"))


def test_outliers_of_a_file_and_of_a_folder(write, tmp_path):
    (one,) = read_outliers(write(OUTLIERS, "colours.txt")).sets
    assert one.topic == "colours"
    assert one.members == ("red", "sky_blue", "green")
    assert one.outliers == ("dog", "house")
    write("a\nb\n \nc\n\nd\n", "b.txt")
    folder = read_outliers(tmp_path)
    assert folder.name == tmp_path.name
    assert [each.topic for each in folder.sets] == ["b", "colours"]
    assert folder.sets[0].outliers == ("c", "d")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"holds no \*\.txt files"):
        read_outliers(tmp_path / "empty")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("similarity", PAIRS),
        ("similarity", "word1,word2,score\na,b,3\n"),
        ("similarity", "w1 w2 POS score\na b N 3\nc d V 4\n"),
        ("analogies", ANALOGIES),
        ("analogies", ": numbers\none 1 two 2\n"),
        ("analogies", "a b c d\ne f g h\n"),
        ("categories", CATEGORIES),
        ("outliers", OUTLIERS),
    ],
)
def test_kinds_by_content(write, kind, text):
    assert kind_of_file(write(text)) == kind
    assert READERS[kind](write(text)).name == "text.txt"


def test_a_folder_is_of_outliers_and_nonsense_of_no_kind(write, tmp_path):
    assert kind_of_file(tmp_path) == "outliers"
    for text in ("", "a b c d e f\n", "# only this\n"):
        with pytest.raises(ValueError, match="none of the kinds similarity, analogies"):
            kind_of_file(write(text))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(content)
    for ask in (kind_of_file, *READERS.values()):
        try:
            ask(path)
        except ValueError as error:
            assert str(path) in str(error)  # noqa: PT017  most bytes are refused, some are not


@given(st.text(max_size=60))
def test_a_line_is_of_one_kind_or_none(line):
    assert _kind_of_line(line, has_sections=False) in (*KINDS, "")


@pytest.mark.parametrize("number", ["nan", "inf"])
def test_a_first_line_with_something_like_a_number_is_no_header(write, number):
    with pytest.raises(ValueError, match="line 1: must be two words and a finite number"):
        read_pairs(write(f"king\tqueen\t{number}\ntiger\tcat\t7\n"))
