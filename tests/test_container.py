"""The safetensors container: what the reference reader sees, memory maps, and files that are not ours."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastw2v.container as container
from fastw2v.container import load_container, pack_words, save_container, unpack_words


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "model.safetensors"
    tensors = {
        "bytes": np.frombuffer("žlutý".encode(), np.uint8),
        "vectors": np.arange(12, dtype=np.float32).reshape(3, 4),
        "counts": np.array([5, 4, 3]),
        "none": np.empty((0, 7), np.float32),
        "half": np.ones(3, np.float16),
        "flags": np.array([True, False]),
    }
    save_container(path, tensors, {"config": '{"a": 1}', "poznámka": "žluť"})
    return path, tensors


def test_round_trip(saved):
    path, tensors = saved
    loaded, metadata = load_container(path)
    assert metadata == {"format": "fastw2v", "version": "1", "config": '{"a": 1}', "poznámka": "žluť"}
    assert loaded.keys() == tensors.keys()
    for name, array in tensors.items():
        assert loaded[name].dtype == array.dtype
        assert np.array_equal(loaded[name], array)
        assert not loaded[name].flags.writeable
        assert loaded[name].flags.aligned


def test_the_reference_reader_agrees(saved):
    safetensors = pytest.importorskip("safetensors.numpy")
    path, tensors = saved
    read = safetensors.load_file(path)
    assert read.keys() == tensors.keys()
    assert all(np.array_equal(read[name], tensors[name]) for name in tensors)


def test_the_first_array_starts_on_a_cache_line(saved):
    start = 8 + int.from_bytes(saved[0].read_bytes()[:8], "little")
    assert start % 64 == 0


@pytest.mark.parametrize("order", [lambda a: a[:, :3], lambda a: a.T, lambda a: a[::2], lambda a: a.astype(">f4")])
def test_strided_and_swapped_arrays(tmp_path, monkeypatch, order):
    monkeypatch.setattr(container, "COPY_BYTES", 64)
    array = order(np.arange(400, dtype=np.float32).reshape(50, 8))
    save_container(tmp_path / "a", {"a": array})
    loaded = load_container(tmp_path / "a")[0]["a"]
    assert loaded.dtype == np.float32
    assert np.array_equal(loaded, array)


def test_views_outlive_the_call_and_the_name(saved):
    path, tensors = saved
    loaded = load_container(path)[0]["vectors"]
    path.unlink()
    assert np.array_equal(loaded, tensors["vectors"])


def test_what_cannot_be_stored(tmp_path):
    for tensors, metadata in [({"a": np.array(["text"])}, {}), ({"__metadata__": np.zeros(1)}, {}), ({}, {"a": 1})]:
        with pytest.raises(TypeError):
            save_container(tmp_path / "a", tensors, metadata)
    assert list(tmp_path.iterdir()) == []


def test_words(tmp_path):
    save_container(tmp_path / "m", pack_words(["the", "straße", ""]))
    tensors, _ = load_container(tmp_path / "m")
    assert tensors.keys() == {"words.utf8", "words.offsets", "words.hashes", "words.rows"}
    assert list(unpack_words(tensors, "v")) == ["the", "straße", ""]


def test_any_cut_is_told(saved, tmp_path):
    data = saved[0].read_bytes()
    for length in range(0, len(data), 3):
        cut = tmp_path / "cut"
        cut.write_bytes(data[:length])
        with pytest.raises(ValueError, match=r"cut: .*(damaged|bytes)"):
            load_container(cut)


@settings(max_examples=100, deadline=None)
@given(position=st.integers(0, 700), byte=st.integers(0, 255))
def test_a_changed_byte_is_told_or_harmless(tmp_path_factory, position, byte):
    path = tmp_path_factory.mktemp("c") / "m"
    save_container(
        path, {"vectors": np.zeros((2, 3), np.float32), "words.utf8": np.zeros(5, np.uint8)}, {"config": "{}"}
    )
    data = bytearray(path.read_bytes())
    data[position % len(data)] = byte
    path.write_bytes(data)
    try:
        tensors, _ = load_container(path)
    except ValueError:
        return
    assert sum(array.nbytes for array in tensors.values()) <= len(data)


def write_raw(path, header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


OURS = {"format": "fastw2v", "version": "1"}


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ({}, "not one of fastw2v"),
        ({"__metadata__": {"format": "pt"}}, "not one of fastw2v"),
        ({"__metadata__": {"format": "fastw2v"}}, "tells no version of the fastw2v format"),
        ({"__metadata__": {"format": "fastw2v", "version": "99"}}, "version '99'.*install a newer"),
        ({"__metadata__": OURS, "a": {"dtype": "F32", "shape": [2**62], "data_offsets": [0, 2**63]}}, "damaged"),
        ({"__metadata__": OURS, "a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}, "damaged"),
        ({"__metadata__": OURS, "a": {"dtype": "F32", "shape": [0, 2**63], "data_offsets": [0, 0]}}, "damaged"),
        ({"__metadata__": OURS, "a": {"dtype": "BF16", "shape": [0], "data_offsets": [0, 0]}}, "damaged"),
        (b"[" * 100_000, "damaged"),
        (b"\xff\xfe", "damaged"),
        (b"", "damaged"),
    ],
)
def test_foreign_and_hostile_headers(tmp_path, header, sentence):
    write_raw(tmp_path / "m", header)
    with pytest.raises(ValueError, match=sentence):
        load_container(tmp_path / "m")


@pytest.mark.parametrize("data", [b"", b"short", b"plain text of no format at all\n", b"\xff" * 64, b"PK\x03\x04" * 9])
def test_files_of_another_kind(tmp_path, data):
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(ValueError, match="no safetensors file"):
        load_container(tmp_path / "m")


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_container(tmp_path / "none")
    with pytest.raises(OSError, match=r"directory|denied"):
        load_container(tmp_path)
