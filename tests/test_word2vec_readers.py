"""Reading word2vec files: what others write, and every way in which a file can be wrong."""

import gzip
import os
import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastw2v.formats import load_vectors
from fastw2v.word2vec_readers import load_word2vec_binary, load_word2vec_text

ROW = np.array([1.5, -2.0], "<f4").tobytes()


@pytest.fixture
def text(tmp_path):
    def load(content, **options):
        (tmp_path / "v.txt").write_bytes(content)
        words, vectors = load_word2vec_text(tmp_path / "v.txt", **options)
        return list(words), vectors

    return load


@pytest.fixture
def binary(tmp_path):
    def load(content, **options):
        (tmp_path / "v.bin").write_bytes(content)
        words, vectors = load_word2vec_binary(tmp_path / "v.bin", **options)
        return list(words), vectors

    return load


@pytest.mark.parametrize(
    "content",
    [
        b"2 2\na 1.5 -2\nb 1e-3 4\n",
        b"2 2\na 1.5 -2\nb 1e-3 4",
        b"2 2\r\na 1.5 -2\r\nb 1e-3 4\r\n",
        b"2 2 \na 1.50 -2.0 \nb .001 4 \n\n",
        b"2\t2\na\t1.5\t-2\nb\t0.001\t4\n",
    ],
)
def test_text_as_others_write_it(text, content):
    words, vectors = text(content)
    assert words == ["a", "b"]
    assert vectors.dtype == np.float32
    assert np.array_equal(vectors, np.array([[1.5, -2], [0.001, 4]], np.float32))


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_binary_with_and_without_newlines(binary, end):
    words, vectors = binary(b"2 2\n" + b"a " + ROW + end + "日本".encode() + b" " + ROW + end)
    assert words == ["a", "日本"]
    assert vectors.tolist() == [[1.5, -2.0]] * 2


HEADERS = [b"", b"\n", b"word 0.1 0.2\n", b"3\n", b"1 2 3\n", b"1.0 2\n", b"9" * 400 + b" 1\n"]


@pytest.mark.parametrize("header", HEADERS)
def test_headers_that_are_none(text, binary, header):
    for load in (text, binary):
        with pytest.raises(ValueError, match="line 1: a word2vec file begins with two whole numbers"):
            load(header + b"a 1 2\n")


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (b"-2 3\n", "promises -2 rows, but there must be 0 or more"),
        (b"2 -3\n", "vectors of -3 numbers, but there must be from 1 to 16777216"),
        (b"2 4611686018427387904\n", "vectors of 4611686018427387904 numbers"),
        (
            b"99999999999999999999 3\n",
            r"promises 99999999999999999999 rows of 3 numbers, more than the file's \d+ bytes",
        ),
    ],
)
def test_headers_of_numbers_that_cannot_be(text, binary, header, sentence):
    for load in (text, binary):
        with pytest.raises(ValueError, match=f"line 1: {sentence}"):
            load(header + b"a 1 2 3\n")


def test_the_size_told_is_the_files(text, binary):
    for load in (text, binary):
        with pytest.raises(ValueError, match="more than the file's 12 bytes can hold"):
            load(b"9 3\na 1 2 3\n")


@pytest.mark.parametrize("header", [b"2 2\n", b""])
def test_a_byte_order_mark_is_passed_over(tmp_path, text, header):
    content = b"\xef\xbb\xbf" + header + b"a 1 2\nb 3 4\n"
    assert text(content, header=bool(header))[0] == ["a", "b"]
    for name in ("v", "v.txt"):
        (tmp_path / name).write_bytes(content)
        assert load_vectors(tmp_path / name).index_to_key == ["a", "b"]
    (tmp_path / "v.txt").write_bytes(gzip.compress(content))
    assert load_vectors(tmp_path / "v.txt").index_to_key == ["a", "b"]


@pytest.mark.parametrize("header", [b"1099511627776 100", b"1 1000000", b"999999999999999999 16777216", b"9 2"])
def test_headers_that_promise_more_than_the_file_holds(text, binary, header):
    for load in (text, binary):
        with pytest.raises(ValueError, match=r"line 1: promises .* more than the file's .* bytes can hold"):
            load(header + b"\na 1 2\n")


@pytest.mark.parametrize("header", [b"1 0", b"0 0", b"0 999999999999"])
def test_widths_that_make_no_sense(text, binary, header):
    for load in (text, binary):
        with pytest.raises(ValueError, match="line 1: vectors of"):
            load(header + b"\na 1 2\n")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (b"a 1 2\nb 1\n", "line 3: 1 numbers after the word, but the header promises 2"),
        (b"a 1 2\nb 1 2 3\n", "line 3: 3 numbers"),
        (b"a 1 2\nb c 1 2 3\n", "line 3: 4 numbers"),
        (b"a 1 2\nb 1 2 c 1 2\n", "line 3: 5 numbers"),
        (b"a 1 2\nb c 1 x\n", "line 3: number 2 is 'x', which is not a number"),
        (b"a 1 2\n\nb 1 2\n", "line 3: 0 numbers"),
        (b"a 1 2          \n", "ends after 1 of the 2 rows .* cut short"),
        (b"a 1 2\nb 1 2\nc 1 2\n", "line 4: the header promises 2 rows, but here is one more"),
        (b"a 1 x\nb 1 2\n", "line 2: number 2 is 'x', which is not a number"),
        (b"a 1_0 2\nb 1 2\n", "line 2: number 1 is '1_0', which is not a number"),
        (b"a 1 " + b"z" * 99 + b"\nb 1 2\n", r"number 2 is 'z{40}'\.\.\."),
        (b"a 1 \xff\nb 1 2\n", "line 2: number 2"),
        (b"a 1 2\n\xff 1 2\n", r"line 3: the word '\\xff' is not UTF-8; errors='replace'"),
        (b"a 1 2\na 1 2\n", "line 3: the word 'a' stands already in line 2"),
        (b"a 1 2\nb nan 2\n", "line 3: the vector of 'b' holds NaN or infinity; allow_nan=True"),
        (b"a 1 2\nb 1 1e39\n", "line 3: .* NaN or infinity"),
        (b"a 1 2\nb -inf 1\n", "line 3: .* NaN or infinity"),
        (b"a 1 2\n\xff 1 2\nb x 2\n", r"line 3: the word '\\xff' is not UTF-8"),
        (b"a 1 x\n\xff 1 2\n", "line 2: number 2 is 'x'"),
        (b"a 1 nan\nb\n", "line 2: .* NaN or infinity"),
    ],
)
def test_malformed_text(text, rows, sentence):
    with pytest.raises(ValueError, match=rf"v\.txt.*{sentence}"):
        text(b"2 2\n" + rows)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (b"a " + ROW + b"\nb " + ROW[:-2] + b"\n", "ends in row 1 of 2, which begins at byte 15; it is cut short"),
        (b"a " + ROW + b"\n" + b"b" * 20, "ends in row 1 of 2, which begins at byte 15"),
        (b"a " + ROW + b"\n " + ROW + b"....", "byte 15: a space where row 1 of 2 should begin"),
        (b"a " + ROW + b"b " + ROW + b"\nc " + ROW, "byte 24: the file goes on after the 2 rows"),
        (b"a " + ROW + b"\n\xff " + ROW, r"byte 15: the word '\\xff' is not UTF-8"),
        (b"a " + ROW + b"\na " + ROW, "byte 15: the word 'a' stands already at byte 4"),
        (b"a " + ROW + b"\nb " + b"\xff" * 8, "byte 15: the vector of 'b' holds NaN"),
    ],
)
def test_malformed_binary(binary, rows, sentence):
    with pytest.raises(ValueError, match=rf"v\.bin.*{sentence}"):
        binary(b"2 2\n" + rows)


@pytest.mark.parametrize("header", [True, False])
def test_words_with_spaces(text, header):
    """As glove.840B.300d.txt has them."""
    rows = b", 1 2\n. . . 3 4\nat name@domain.com 5 6\n\xe2\x80\xa2 name@domain.com 7 8\n"
    words, vectors = text((b"4 2\n" if header else b"") + rows, header=header)
    assert list(words) == [",", ". . .", "at name@domain.com", "\u2022 name@domain.com"]
    assert vectors.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]
    some, vectors = text((b"4 2\n" if header else b"") + rows, header=header, keys=[". . .", "at"])
    assert (list(some), vectors.tolist()) == ([". . ."], [[3, 4]])


def test_bytes_that_are_not_utf8(text, binary):
    bodies = ((text, b"2 2\n\xff 1 2\n\xfe 1 2\n"), (binary, b"2 2\n\xff " + ROW + b"\xfe " + ROW))
    for load, content in bodies:
        assert load(content.replace(b"\xfe", b"x"), errors="replace")[0] == ["\ufffd", "x"]
        with pytest.raises(ValueError, match="backslashreplace"):
            load(content, errors="replace")
        assert load(content, errors="backslashreplace")[0] == ["\\xff", "\\xfe"]


def test_nan_when_it_is_allowed(text, binary):
    assert np.isnan(text(b"1 2\na nan 1\n", allow_nan=True)[1][0, 0])
    assert np.isnan(binary(b"1 2\na " + b"\xff" * 8, allow_nan=True)[1]).all()


def test_missing_files_and_folders(tmp_path):
    for load in (load_word2vec_text, load_word2vec_binary):
        with pytest.raises(FileNotFoundError):
            load(tmp_path / "none")
        with pytest.raises(OSError, match=r"directory|denied"):
            load(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="named pipes")
@pytest.mark.parametrize(
    ("load", "content"), [(load_word2vec_text, b"1 2\na 1.5 -2\n"), (load_word2vec_binary, b"1 2\na " + ROW)]
)
def test_pipes_are_read(tmp_path, load, content):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(content,))
    writer.start()
    words, vectors = load(path)
    writer.join()
    assert list(words) == ["a"]
    assert vectors.tolist() == [[1.5, -2.0]]


GOOD = {
    load_word2vec_text: b"3 2\na 1.5 -2\nb 1e-3 4\nxyz 7 8\n",
    load_word2vec_binary: b"3 2\na " + ROW + b"\nb " + ROW + b"\nxyz " + ROW + b"\n",
}


@pytest.mark.parametrize("load", list(GOOD))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3), st.binary(max_size=4)), min_size=1, max_size=4))
def test_mutated_files_are_told_or_read(tmp_path, load, edits):
    content = GOOD[load]
    for position, dropped, added in edits:
        content = content[:position] + added + content[position + dropped :]
    path = tmp_path / "v"
    path.write_bytes(content)
    try:
        words, vectors = load(path)
    except ValueError as error:
        told = str(error)
    else:
        assert len(words) == len(vectors) == len(set(words))
        assert np.isfinite(vectors).all()
        return
    assert told.startswith(str(path))


@pytest.mark.parametrize("load", list(GOOD))
def test_any_cut_is_told(tmp_path, load):
    path = tmp_path / "v"
    # Without the last newline a file is whole; cut within its last number, text still reads.
    for length in range(len(GOOD[load]) - 2):
        path.write_bytes(GOOD[load][:length])
        with pytest.raises(ValueError, match="v"):
            load(path)
