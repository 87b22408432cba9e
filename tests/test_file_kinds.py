"""Which format a name and the first bytes of a file mean."""

import os
import struct
import sys

import numpy as np
import pytest

from fastw2v.compressed import compressor
from fastw2v.file_kinds import files_of, format_of, format_of_file
from fastw2v.formats import save_vectors

SUFFIXES = [".safetensors", ".txt", ".vec", ".bin", ".npy"]
KINDS = ["safetensors", "text", "text", "binary", "npy"]


def test_formats_by_suffix(tmp_path):
    assert [format_of(f"dir.x/name{suffix}") for suffix in SUFFIXES] == KINDS
    assert format_of(tmp_path / "NAME.TXT") == "text"
    assert format_of("dir.x/name") == format_of("dir.x/name.kv") == "safetensors"
    for name in ("name.pkl", "name.pkl.gz", ".txt", "name.gz"):
        with pytest.raises(ValueError, match=r"use \.safetensors, \.txt or \.vec.*\.bin.*\.npy"):
            format_of(name)


def test_names_of_compressed_files():
    assert [format_of(f"v{suffix}.gz") for suffix in (".txt", ".vec", ".bin")] == ["text", "text", "binary"]
    assert [format_of(f"v.txt{suffix}") for suffix in (".bz2", ".xz", ".zst", ".GZ")] == ["text"] * 4
    for name in ("v.safetensors.gz", "v.npy.zst", "v.kv.xz"):
        with pytest.raises(ValueError, match="mapped into memory and cannot be compressed; leave out"):
            format_of(name)


def test_files_that_a_name_stands_for(tmp_path):
    assert files_of("v.txt.gz") == ["v.txt.gz"]
    assert files_of("v.npy") == ["v.npy", "v.words.txt"]


@pytest.fixture
def kind_of(tmp_path):
    def kind(content, name="v"):
        (tmp_path / name).write_bytes(content)
        return format_of_file(tmp_path / name)

    return kind


ROW = struct.pack("<2f", 1.5, -2)


@pytest.mark.parametrize("name", ["v", "v.txt", "v.vec", "v.kv", "v.npy", "v.safetensors"])
def test_content_that_tells(kind_of, name):
    assert kind_of(b"\x93NUMPY\x01\x00", name) == "npy"
    assert kind_of(struct.pack("<Q", 64) + b'{"a"', name) == "safetensors"
    assert kind_of(b"\x80\x04\x95", name) == "gensim"
    assert kind_of(b"2 2\na 1.5 -2\n", name) == "text"


@pytest.mark.parametrize("name", ["v", "v.txt", "v.vec.gz", "v.model"])
def test_text_without_a_header(kind_of, name):
    assert kind_of(b"the 0.1 -0.2\nof 1 2\n", name) == "glove"
    assert kind_of("日本 1e-3\n".encode(), name) == "glove"
    assert kind_of(b"the" + b" 0.125" * 4000, name) == "glove"
    assert kind_of(compressor("gzip")(b"the 0.1 -0.2\nof 1 2\n"), name) == "glove"


def test_a_suffix_decides_where_content_may_be_either(kind_of):
    row = b"1 2\na 11111111 22222222\n"
    assert kind_of(row) == "text"
    assert kind_of(row, "v.bin") == "binary"
    assert kind_of(b"1 2\na " + ROW) == "binary"
    assert kind_of(b"1 2\na " + ROW, "v.txt") == "text"
    assert kind_of(b"no vectors here\n", "v.txt") == "text"
    assert kind_of(b"no vectors here\n", "v.bin") == "binary"


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz", "zstd"])
def test_compressed_content(kind_of, kind):
    if kind == "zstd":
        pytest.importorskip("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    compress = compressor(kind)
    assert kind_of(compress(b"2 2\na 1.5 -2\n")) == "text"
    assert kind_of(compress(b"1 2\na " + ROW), "v.gz") == "binary"
    with pytest.raises(ValueError, match=f"a {kind}-compressed npy file; decompress it first"):
        kind_of(compress(b"\x93NUMPY\x01\x00"))


def test_content_of_no_format(kind_of):
    for content in (b"", b"hello\n", b"hello world\n", b"\x80\x99"):
        with pytest.raises(ValueError, match=r"'.*v\.pkl' names no format, and its content shows none"):
            kind_of(content, "v.pkl")


def test_fasttext_s_own_form(kind_of):
    with pytest.raises(ValueError, match=r"fastText's own form, which is not read; give the \.vec file"):
        kind_of(struct.pack("<i", 793712314) + bytes(50), "cc.en.bin")


def test_paths_that_are_no_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such file"):
        format_of_file(tmp_path / "v.txt")
    with pytest.raises(IsADirectoryError, match="folder"):
        format_of_file(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="named pipes")
def test_pipes_are_not_looked_into(tmp_path):
    os.mkfifo(tmp_path / "v.txt")
    os.mkfifo(tmp_path / "v")
    assert format_of_file(tmp_path / "v.txt") == "text"
    with pytest.raises(ValueError, match="no plain file to look into"):
        format_of_file(tmp_path / "v")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_we_write_is_known_without_its_suffix(tmp_path, suffix):
    save_vectors(tmp_path / f"v{suffix}", ["a", "b"], np.ones((2, 3)))
    os.rename(tmp_path / f"v{suffix}", tmp_path / "v")
    assert format_of_file(tmp_path / "v") == KINDS[SUFFIXES.index(suffix)]
