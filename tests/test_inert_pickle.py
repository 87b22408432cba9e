"""Pickles as plain data: what honest ones hold, and hostile ones of every kind refused with nothing executed."""

from __future__ import annotations

import collections
import contextlib
import functools
import os
import pickle
import struct
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v.inert_pickle import looks_like_pickle, read_pickle
from fastw2v.pickle_names import NAMES, NewArray, Thing

KEYED = b"cgensim.models.keyedvectors\nKeyedVectors\n"
ARRAY = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R"
FLOAT = b"cnumpy\ndtype\nX\x02\x00\x00\x00f4\x89\x88\x87R"
FLOAT += b"(K\x03X\x01\x00\x00\x00<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"


@pytest.fixture
def read(tmp_path):
    """Read instructions, between the opening and closing ones of a pickle."""

    def read(body, opening=b"\x80\x04", closing=b"."):
        path = tmp_path / "v.kv"
        path.write_bytes(opening + body + closing)
        return read_pickle(path)

    return read


@pytest.fixture
def refused(read):
    """Check that the instructions are refused in one sentence with the file and the byte."""

    def refused(match, body, **ends):
        with pytest.raises(ValueError, match=match) as caught:
            read(body, **ends)
        assert "v.kv" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 400

    return refused


DATA = [
    None,
    True,
    (False, 0, 255, 65536, -1, 1 << 40, -(1 << 90)),
    [1.5, float("inf"), "", "ünï", "漢字😀", "half \ud800", b"", b"abc", b"x" * 300, "y" * 300],
    {"a": [1], 5: {}, "nested": {"tuple": (1, (2, (3,))), "list": [[[]]]}},
    list(range(3000)),
    {str(n): n for n in range(3000)},
]


@pytest.mark.parametrize("protocol", range(2, 6))
def test_plain_data_is_what_python_reads(tmp_path, protocol):
    path = tmp_path / "v.kv"
    for data in DATA:
        path.write_bytes(pickle.dumps(data, protocol))
        found = read_pickle(path)
        assert found == data
        assert type(found) is type(data)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers(-(1 << 63), (1 << 63) - 1), inner)
    ),
    max_leaves=20,
)


@given(plain, st.integers(2, 5))
def test_any_plain_data_is_what_python_reads(tmp_path_factory, data, protocol):
    path = tmp_path_factory.getbasetemp() / "plain.kv"
    path.write_bytes(pickle.dumps(data, protocol))
    assert read_pickle(path) == pickle.loads(path.read_bytes())  # noqa: S301 - our own data


def test_sets_and_tables_of_other_kinds_become_plain(tmp_path):
    path = tmp_path / "v.kv"
    for protocol in range(2, 6):
        path.write_bytes(
            pickle.dumps(
                [{"a"}, frozenset(["b"]), collections.defaultdict(int, c=1), collections.OrderedDict(d=2)], protocol
            )
        )
        assert read_pickle(path) == [["a"], ["b"], {"c": 1}, {"d": 2}]


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f8", "<f2", "<i8", ">u4", "|u1", "|b1"])
def test_arrays(tmp_path, protocol, kind):
    path = tmp_path / "v.kv"
    for shape, order in [((2, 3), "C"), ((2, 3), "F"), ((0, 5), "C"), ((), "C"), ((40, 3, 2), "F")]:
        array = np.array(np.arange(np.prod(shape, dtype=int)).reshape(shape), dtype=kind, order=order)
        for pickled in (array, [array, array]):
            path.write_bytes(pickle.dumps(pickled, protocol))
            found = read_pickle(path)
            found = found[1] if isinstance(found, list) else found
            assert isinstance(found, NewArray)
            assert np.array_equal(found.value, array)
            assert found.value.dtype == array.dtype
        if array.size:
            assert not found.value.flags.writeable
            path.write_bytes(pickle.dumps(array.reshape(-1)[0], protocol))
            assert read_pickle(path) == array.reshape(-1)[0].item()


def test_arrays_of_objects_are_lists(tmp_path):
    path = tmp_path / "v.kv"
    array = np.array([None, "a", [1]], dtype=object)
    for protocol in range(2, 6):
        path.write_bytes(pickle.dumps(array, protocol))
        assert read_pickle(path).value == [None, "a", [1]]


def test_generators_are_inert(tmp_path):
    path = tmp_path / "v.kv"
    for generator in (np.random.RandomState(1), np.random.default_rng(1)):
        for protocol in range(2, 6):
            path.write_bytes(pickle.dumps(generator, protocol))
            assert type(read_pickle(path)) is Thing


def test_objects_keep_their_state_and_identity(read):
    found = read(KEYED + b")\x81q\x00}X\x09\x00\x00\x00__class__K\x01sbh\x00\x86")
    assert found[0] is found[1]
    assert type(found[0]) is Thing
    assert found[0].name == "gensim.models.keyedvectors.KeyedVectors"
    assert found[0].attributes == {"__class__": 1}
    # A list that holds itself, and a table that does.
    items = read(b"]\x94h\x00a")
    assert items[0] is items
    table = read(b"}\x94X\x01\x00\x00\x00ah\x00s")
    assert table["a"] is table


# Hostile files


class Calls:
    """What a pickle would call, did anything here call it."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


executed = []


@pytest.mark.parametrize("protocol", range(2, 6))
def test_nothing_is_executed(tmp_path, protocol):
    path = tmp_path / "v.kv"
    marker = tmp_path / "executed"
    hostile = [
        Calls(executed.append, 1),
        Calls(os.system, f"touch {marker}"),
        Calls(exec, f"open({str(marker)!r}, 'w')"),
        Calls(eval, f"open({str(marker)!r}, 'w')"),
        Calls(os.mkdir, str(marker)),
        Calls(setattr, "sys", "executed", True),
        Calls(getattr, "x", "upper"),
        Calls(functools.partial, print),
        Calls(collections.Counter, "aaa"),
        Calls(pickle.loads, b"N."),
        {"a": [Calls(print, "hello")]},
        {"vectors": Calls(np.load, str(marker))},
        print,
        os.mkdir,
        np.load,
    ]
    for data in hostile:
        path.write_bytes(pickle.dumps(data, protocol))
        with pytest.raises(ValueError, match=r"v\.kv, byte \d+: the name '.*' is refused"):
            read_pickle(path)
    assert not executed
    assert not marker.exists()
    assert not hasattr(sys, "executed")


def test_naming_a_module_does_not_import_it(refused, tmp_path, monkeypatch):
    (tmp_path / "never_imported.py").write_text("raise SystemExit")
    monkeypatch.syspath_prepend(tmp_path)
    refused("'never_imported.anything' is refused", b"cnever_imported\nanything\n")
    assert "never_imported" not in sys.modules


def test_every_name_but_those_of_the_list_is_refused(refused):
    for module, name in [
        ("os", "system"),
        ("posix", "system"),
        ("nt", "system"),
        ("subprocess", "Popen"),
        ("builtins", "eval"),
        ("__builtin__", "eval"),
        ("builtins", "__import__"),
        ("builtins", "getattr"),
        ("gensim.utils", "unpickle"),
        ("gensim.models.keyedvectors", "KeyedVectors.load"),
        ("gensim.models.keyedvectors", "np.load"),
        ("gensim.models.word2vec", "os.system"),
        ("numpy", "load"),
        ("numpy.core.multiarray", "fromfile"),
        ("numpy.testing._private.utils", "runstring"),
        ("collections", "namedtuple"),
        ("_codecs", "lookup"),
        ("copyreg", "_reconstructor"),
        ("fastw2v.inert_pickle", "read_pickle"),
        ("", ""),
    ]:
        refused("refused", f"c{module}\n{name}\n".encode())
        both = b"".join(b"\x8c" + bytes([len(part)]) + part.encode() for part in (module, name))
        refused("refused", both + b"\x93")
    # A dotted name must not pass because its parts are joined with a dot, too.
    assert "gensim.models.keyedvectors.KeyedVectors" in NAMES
    refused("refused", b"cos\nsystem\n")


def test_calls_of_what_is_no_function(refused):
    refused("a call of 'builtins.hash' is refused", b"cbuiltins\nhash\nK\x01\x85R")
    refused("a call of 'numpy.ndarray' is refused", b"cnumpy\nndarray\nJ\x00\x00\x00\x7f\x85R")
    refused("a call of 'builtins.bytes' is refused", b"cbuiltins\nbytes\nJ\x00\x00\x00\x7f\x85R")
    refused("no function", b"X\x01\x00\x00\x00a)R")
    refused("no function", KEYED + b")\x81)R")
    refused("refused", KEYED + b"]R")
    refused("no object", b"cbuiltins\nhash\n}b")
    refused("no object", b"]}b")
    refused("second state", KEYED + b")\x81}b}b")
    refused("no list", b"}K\x01a")
    refused("no table", b"]K\x01K\x01s")


@pytest.mark.parametrize("code", [*b"PQio2VSLFgpd", 0x82, 0x83, 0x84, 0x92, 0x97, 0x98, 0x8B, 0xFF, 0x00])
def test_instructions_that_no_file_needs(refused, code):
    refused(f"0x{code:02x} is refused", bytes([code]) + b"\x01\x00\x00\x00" * 4)


def test_what_is_no_pickle(tmp_path):
    path = tmp_path / "v.kv"
    for content in (b"", b"\x80", b"3 4\n", b"\x80\x01N.", b"\x80\x06N."):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"v\.kv: no pickle of protocol 2 to 5"):
            read_pickle(path)
        assert not looks_like_pickle(content)
    assert looks_like_pickle(b"\x80\x04\x95")
    with pytest.raises(OSError, match="nowhere"):
        read_pickle(tmp_path / "nowhere.kv")


def test_claims_beyond_the_file_take_no_memory(refused):
    huge = struct.pack("<Q", 1 << 60)
    tracemalloc.start()
    try:
        refused("announced", b"\x8e" + huge)
        refused("announced", b"\x8d" + huge)
        refused("announced", b"\x96" + huge)
        refused("announced", b"\x95" + huge)
        refused("announced", b"B\xff\xff\xff\xff")
        refused("announced", b"X\xff\xff\xff\xff")
        refused("announced", b"T\xff\xff\xff\x7f")
        refused("damaged or cut short", b"\x8c\xffab")
        refused("damaged", b"Nr\xff\xff\xff\xff")
        refused("damaged", b"Nr\x02\x00\x00\x00")
        refused("damaged", b"j\xff\xff\xff\xff")
        refused("without an end", b"c" + b"a" * 5000)
        refused("without an end", b"I" + b"9" * 5000 + b"\n")
        refused(
            "bytes for its numbers", ARRAY + b"(K\x01J\x00\x00\x00\x7fJ\x00\x00\x00\x7f\x86" + FLOAT + b"\x89C\x00tb"
        )
        refused("shape", ARRAY + b"(K\x01" + b"\x8a\x64" + b"\x7f" * 100 + b"\x85" + FLOAT + b"\x89C\x00tb")
        refused("shape", ARRAY + b"(K\x01J\xff\xff\xff\xff\x85" + FLOAT + b"\x89C\x00tb")
        refused("shape", ARRAY + b"(K\x01K\x00" + b"\x8a\x08" + b"\xff" * 7 + b"\x3f\x86" + FLOAT + b"\x89C\x00tb")
        refused("shape", ARRAY + b"(K\x01(" + b"K\x01" * 33 + b"t" + FLOAT + b"\x89C\x04abcdtb")
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("filler", [b"]", b"}", b")\x85", b"(", b"]\x94", b"]0", b"(t", b"C\x40" + b"x" * 64])
def test_files_made_to_fill_the_memory(tmp_path, filler):
    path = tmp_path / "v.kv"
    path.write_bytes(b"\x80\x04" + filler * (400_000 // len(filler)) + b".")
    tracemalloc.start()
    try:
        with contextlib.suppress(ValueError):
            read_pickle(path)
        assert tracemalloc.get_traced_memory()[1] < 25 * path.stat().st_size
    finally:
        tracemalloc.stop()


def test_one_text_is_not_turned_into_bytes_again_and_again(refused):
    text = b"X\x00\x10\x00\x00" + b"a" * 4096 + b"q\x000"
    again = b"c_codecs\nencode\nq\x010" + b"h\x01h\x00X\x06\x00\x00\x00latin1\x86R" * 100
    refused("made to fill the memory", text + again)


def test_deep_nesting_and_keys_that_are_not_plain(refused, read):
    # The interpreter's own unpickler would hash the nest of tuples, call within call, until the stack is full.
    nest = b")" + b"\x85" * 900
    for depth in (1, 900):
        refused("keys that are neither", b"})" + b"\x85" * depth + b"Ns")
    refused("keys that are neither", b"}" + nest + b"\x94Ns")
    refused("keys that are neither", b"}G\x3f\xf0\x00\x00\x00\x00\x00\x00Ns")
    refused("keys that are neither", b"}\x8a\x09" + b"\xff" * 8 + b"\x7fNs")
    refused("keys that are neither", b"}" + KEYED + b")\x81Ns")
    refused("key without a value", b"}(K\x01u")
    refused("within each other", b"(" * 1001)
    padding = b"C\xff" + b"x" * 255 + b"0"
    deep = b"N" + b"\x85" * 50_000 + padding * 800
    assert isinstance(read(deep), tuple)


def test_types_of_arrays(refused):
    def typed(code, state=b""):
        return b"cnumpy\ndtype\nX" + struct.pack("<I", len(code)) + code + b"\x89\x88\x87R" + state

    for code in (b"V8", b"S5", b"U3", b"M8", b"c8", b"f4,f4", b"(1000000,1000000)f4", b"f16", b"", b"object", b"99f4"):
        refused("array of the type", typed(code))
    refused("array of the type", b"cnumpy\ndtype\n]\x85R")
    refused("array of the type", b"cnumpy\ndtype\n)R")
    refused("damaged", typed(b"f4", b"K\x03b"))
    refused("damaged", typed(b"f4", b"(K\x03X\x01\x00\x00\x00?NNNtb"))
    refused("records", typed(b"f4", b"(K\x03X\x01\x00\x00\x00<NX\x01\x00\x00\x00aNtb"))
    refused("records", typed(b"f4", b"(K\x03X\x01\x00\x00\x00<]NNtb"))
    refused("damaged", ARRAY + b"K\x01b")
    refused("damaged", ARRAY + b"(K\x01K\x01\x85N\x89C\x04abcdtb")
    refused("something else than bytes", ARRAY + b"(K\x01K\x01\x85" + FLOAT + b"\x89]tb")
    refused("array of objects", ARRAY + b"(K\x01K\x01\x85" + typed(b"O8") + b"\x89C\x08abcdefghtb")
    refused("array of objects", ARRAY + b"(K\x01K\x02\x85" + typed(b"O8") + b"\x89]tb")
    refused("beyond 255", ARRAY + b"(K\x01K\x01\x85" + FLOAT + b"\x89X\x04\x00\x00\x00\xe6\xbc\xa2atb")
    refused("arguments of", b"cnumpy.core.multiarray\nscalar\n" + FLOAT + b"\x85R")
    refused("bytes for its numbers", b"cnumpy.core.multiarray\nscalar\n" + FLOAT + b"C\x03abc\x86R")
    refused("arguments of", b"cnumpy.core.multiarray\nscalar\n" + typed(b"O8") + b"C\x08abcdefgh\x86R")
    refused("arguments of", b"cnumpy.core.numeric\n_frombuffer\n(C\x04abcdK\x01K\x01\x85X\x01\x00\x00\x00CtR")
    refused("arguments of", b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x04\x00\x00\x00zlib\x86R")
    refused("arguments of", b"cbuiltins\nset\nJ\x00\x00\x00\x7f\x85R")


GOOD = pickle.dumps(
    {"words": ["a", "b", "漢"], "v": np.ones((3, 2), np.float32), "r": np.random.RandomState(1), "n": [1, 2.5, None]}, 4
)


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=6), st.integers(3, len(GOOD)))
def test_mutated_pickles_are_read_or_refused(tmp_path_factory, changes, length):
    content = bytearray(GOOD)
    for place, value in changes:
        content[place] = value
    path = tmp_path_factory.getbasetemp() / "mutated.kv"
    path.write_bytes(content[:length])
    with contextlib.suppress(ValueError):
        read_pickle(path)
