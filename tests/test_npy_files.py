"""Tables in NumPy's own files: mapped, converted, refused."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from fastw2v.npy_files import map_npy


def test_floats_are_mapped_or_converted(tmp_path):
    path = str(tmp_path / "v.npy")
    table = np.arange(6, dtype=np.float32).reshape(2, 3)
    for kind in ("<f4", ">f4", "<f2", "<f8"):
        for order in "CF":
            np.save(path, np.array(table, dtype=kind, order=order))
            found = map_npy(path)
            assert found.dtype == np.float32
            assert found.flags.c_contiguous
            assert np.array_equal(found, table)
            if kind == "<f4" and order == "C":
                assert not found.flags.writeable


def test_claims_take_no_memory(tmp_path):
    path = tmp_path / "v.npy"
    tracemalloc.start()
    try:
        for content in (b"\x02\x00\xff\xff\xff\x7f{", b"\x01\x00\xff\xff{", b"\x03\x00\xff\xff\xff\xff{"):
            path.write_bytes(b"\x93NUMPY" + content)
            with pytest.raises(ValueError, match=r"v\.npy: no \.npy file, or its header is damaged"):
                map_npy(str(path))
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_headers_of_python_2(tmp_path):
    path = tmp_path / "v.npy"
    np.save(path, np.ones((2, 3), np.float32))
    path.write_bytes(path.read_bytes().replace(b"(2, 3), }  ", b"(2L, 3L), }"))
    assert np.array_equal(map_npy(str(path)), np.ones((2, 3)))


def test_objects_and_claims_are_refused(tmp_path):
    path = str(tmp_path / "v.npy")
    np.save(path, np.array([[{}]], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="object numbers"):
        map_npy(path)
    np.save(path, np.zeros((2, 3), np.float32))
    with open(path, "rb") as file:
        good = file.read()
    for shape in (b"(2, 4)", b"(0, 9" + b"0" * 30 + b")", b"(9**99, 3)", b"(-2, 3)", b"(2, )"):
        with open(path, "wb") as file:
            file.write(good.replace(b"(2, 3)", shape))
        with pytest.raises(ValueError, match=r"v\.npy: "):
            map_npy(path)


def test_doubles_beyond_float32_are_told(tmp_path):
    path = str(tmp_path / "v.npy")
    np.save(path, np.array([[np.inf, 1], [2, -1e300]]))
    with pytest.raises(ValueError, match=r"v\.npy: row 1 holds a number beyond 3\.40282e\+38"):
        map_npy(path)
    np.save(path, np.array([[np.inf, 1], [2, 3]]))
    assert np.isinf(map_npy(path)[0, 0])
