"""Compressed streams: what goes in comes out, with each library; what is damaged or cut short is told."""

import bz2
import gzip
import io
import lzma
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastw2v import compressed
from fastw2v.compressed import Decompressed, compression_of, compressor, split_suffix

KINDS = ["gzip", "bzip2", "xz", "zstd"]
TEXT = b"".join(b"word%d 0.%d\n" % (i, i * i) for i in range(20_000))


@pytest.fixture(params=[*KINDS, "gzip without isal"])
def kind(request, monkeypatch):
    """Each compression, and gzip with Python's own module."""
    if request.param == "gzip without isal":
        monkeypatch.setitem(sys.modules, "isal", None)
        return "gzip"
    if request.param == "zstd":
        pytest.importorskip("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    return request.param


def read(data, kind, name="f"):
    with Decompressed(io.BytesIO(data), kind, name) as stream:
        return stream.read()


def test_streams_come_back(kind):
    compress = compressor(kind)
    for content in (b"", b"a", TEXT):
        assert compression_of(compress(content)[: compressed.HEAD_BYTES]) == kind
        assert compress(content) == compress(content)
        assert read(compress(content), kind) == content
    assert len(compress(TEXT)) < len(TEXT) / 2


def test_streams_side_by_side(kind):
    compress = compressor(kind)
    whole = compress(b"one ") + compress(b"") + compress(TEXT) + compress(b" two")
    assert read(whole, kind) == b"one " + TEXT + b" two"
    assert read(whole + b"\0" * 512, kind) == b"one " + TEXT + b" two"


def test_small_pieces(kind, monkeypatch):
    monkeypatch.setattr(compressed, "INPUT_BYTES", 7)
    compress = compressor(kind)
    with Decompressed(io.BytesIO(compress(TEXT[:3000]) + compress(b"end")), kind, "f") as stream:
        buffer, content = bytearray(11), b""
        while count := stream.readinto(buffer):
            content += buffer[:count]
    assert content == TEXT[:3000] + b"end"


def test_every_cut_is_told(kind):
    data = compressor(kind)(TEXT[:2000])
    for length in range(1, len(data)):
        with pytest.raises(ValueError, match=rf"f, after \d+ decompressed bytes: .*{kind} data"):
            read(data[:length], kind)
        with pytest.raises(ValueError, match=rf"f, after \d+ decompressed bytes: .*{kind} data"):
            read(data + data[:length], kind)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_every_flipped_bit_is_told_or_changes_nothing(kind, place, bit):
    data = bytearray(compressor(kind)(TEXT[:2000]))
    data[place % len(data)] ^= 1 << bit
    try:
        content = read(bytes(data), kind)
    except ValueError as error:
        told = str(error)
    else:
        assert content == TEXT[:2000]
        return
    assert told.startswith("f, after")


def test_something_else_behind_a_stream_is_told(kind):
    sentence = (
        "damaged zstd data" if kind == "zstd" else f"the {kind} data is followed by bytes that are none, b'something"
    )
    for size in (1, 2, 5, 14) if kind != "zstd" else (14,):
        with pytest.raises(ValueError, match=sentence if size == 14 else "followed by bytes that are none"):
            read(compressor(kind)(b"one") + b"something else"[:size], kind)


def test_other_programs_read_it():
    for kind, decompress in [("gzip", gzip.decompress), ("bzip2", bz2.decompress), ("xz", lzma.decompress)]:
        compress = compressor(kind)
        assert decompress(compress(TEXT) + compress(b"end")) == TEXT + b"end"


def test_names_and_beginnings():
    assert split_suffix("v.txt.gz") == ("v.txt", "gzip")
    assert split_suffix("V.BIN.ZST") == ("V.BIN", "zstd")
    assert split_suffix("v.txt") == ("v.txt", None)
    assert [split_suffix(f"a{suffix}")[1] for suffix in (".gz", ".bz2", ".xz", ".zst")] == KINDS
    assert compression_of(b"BZh is a word") is None
    assert compression_of(b"2 3\na 1 2") is None
    assert compressor(None)(b"as it is") == b"as it is"


def test_without_a_zstd_library(monkeypatch):
    for name in ("compression", "backports"):
        monkeypatch.setitem(sys.modules, name, None)
    for make in (lambda: compressor("zstd"), lambda: Decompressed(io.BytesIO(b""), "zstd", "f")):
        with pytest.raises(ImportError, match=r"pip install 'fastw2v\[io\]'"):
            make()


def test_xz_that_asks_for_much_memory():
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}]
    with pytest.raises(ValueError, match="Memory usage limit"):
        read(lzma.compress(b"small", filters=filters), "xz")
