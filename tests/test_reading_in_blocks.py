"""Vector files read in blocks by threads: neither the size of blocks nor the number of threads changes anything."""

import io
import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fastw2v import _blocks, _growing_rows, vector_rows
from fastw2v.compressed import compressor
from fastw2v.word2vec_readers import load_word2vec_binary, load_word2vec_text

WORDS = [f"wörd{i}" for i in range(300)]
VECTORS = np.random.default_rng(1).normal(size=(300, 4)).astype(np.float32)
LINES = b"".join(
    word.encode() + b" %.9g %.9g %.9g %.9g\n" % tuple(row) for word, row in zip(WORDS, VECTORS.tolist(), strict=True)
)
ROWS = b"".join(word.encode() + b" " + row.tobytes() + b"\n" for word, row in zip(WORDS, VECTORS, strict=True))
FILES = {
    "text": (b"300 4\n" + LINES, load_word2vec_text, {}),
    "glove": (LINES, load_word2vec_text, {"header": False}),
    "either": (LINES, load_word2vec_text, {"header": None}),
    "binary": (b"300 4\n" + ROWS, load_word2vec_binary, {}),
}


@pytest.fixture(params=[1, 100, 1 << 20])
def block_bytes(request, monkeypatch):
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", request.param)
    return request.param


@pytest.fixture(params=list(FILES))
def file(request, tmp_path):
    """A path, the function that reads it, and its options."""
    content, load, options = FILES[request.param]
    (tmp_path / "v").write_bytes(content)
    return tmp_path / "v", load, options


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_blocks_and_threads_change_nothing(file, block_bytes, workers):
    path, load, options = file
    for compress in (compressor(None), compressor("gzip")):
        content = path.read_bytes()
        path.write_bytes(compress(content))
        words, vectors = load(path, workers=workers, **options)
        path.write_bytes(content)
        assert list(words) == WORDS
        assert np.array_equal(vectors, VECTORS)


def test_parts_of_files(file, block_bytes):
    path, load, options = file
    for limit in (1, 2, 299, 300, 301):
        words, vectors = load(path, limit=limit, **options)
        assert list(words) == WORDS[:limit]
        assert np.array_equal(vectors, VECTORS[:limit])
    keys = [WORDS[i] for i in (290, 17, 3)] + ["unknown"]
    for limit, rows in ((None, [3, 17, 290]), (100, [3, 17]), (3, [])):
        words, vectors = load(path, keys=keys, limit=limit, **options)
        assert list(words) == [WORDS[i] for i in rows]
        assert np.array_equal(vectors, VECTORS[rows])


def test_faults_behind_what_is_wanted_are_not_met(file, block_bytes):
    path, load, options = file
    content = path.read_bytes()
    path.write_bytes(content + b"one row more\n")
    with pytest.raises(ValueError, match=r"300|3 numbers|2 numbers|not a number"):
        load(path, **options)
    assert len(load(path, limit=299, **options)[0]) == 299
    assert len(load(path, keys=WORDS[:50], **options)[0]) == 50


FAULTS = [
    (b"b x 1\n", "line 1[0-9]+: number 1 is 'x'"),
    (b"b 1\n", "line 1[0-9]+: 1 numbers"),
    (b"\xff 1 2\n", r"line 1[0-9]+: the word '\\xff'"),
    (b"w0 1 2\n", "line 1[0-9]+: the word 'w0' stands already in line 2"),
    (b"b nan 2\n", "line 1[0-9]+: the vector of 'b'"),
    (b"\n", "line 1[0-9]+: 0 numbers"),
]


@pytest.mark.parametrize(("fault", "sentence"), FAULTS)
@pytest.mark.parametrize("place", [10, 17])
def test_faults_are_told_at_their_line(tmp_path, block_bytes, fault, sentence, place):
    lines = [b"20 2\n", *(b"w%d 1 2\n" % i for i in range(20))]
    lines[place] = fault
    (tmp_path / "v").write_bytes(b"".join(lines))
    for workers in (1, 3):
        with pytest.raises(ValueError, match=sentence) as raised:
            load_word2vec_text(tmp_path / "v", workers=workers)
        assert f"line {place + 1}: " in str(raised.value)


def test_the_first_fault_is_told(tmp_path, block_bytes):
    # among them faults that are found on this thread, and others that only a worker finds
    kinds = [fault for fault, _ in FAULTS if fault != b"w0 1 2\n"]
    for first in kinds:
        for second in kinds:
            lines = [b"20 2\n", *(b"w%d 1 2\n" % i for i in range(20))]
            lines[7], lines[9] = first, second
            (tmp_path / "v").write_bytes(b"".join(lines))
            with pytest.raises(ValueError, match=r", line 8: "):
                load_word2vec_text(tmp_path / "v", workers=3)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 3), st.binary(max_size=4)), max_size=3),
    kind=st.sampled_from(["text", "glove", "binary"]),
    size=st.integers(1, 40),
    compressed=st.booleans(),
)
def test_mutated_files_fare_alike_in_any_blocks(tmp_path, monkeypatch, edits, kind, size, compressed):
    content, load, options = FILES[kind]
    content = content.replace(b"300 4", b"6 4")
    end = content.find(WORDS[6].encode())
    content = content[:end]
    for position, dropped, added in edits:
        content = content[:position] + added + content[position + dropped :]
    (tmp_path / "v").write_bytes(compressor("gzip")(content) if compressed else content)

    def outcome(block, workers):
        monkeypatch.setattr(_blocks, "BLOCK_BYTES", block)
        try:
            words, vectors = load(tmp_path / "v", workers=workers, **options)
        except ValueError as error:
            return str(error)
        return list(words), vectors.tolist()

    assert outcome(size, 2) == outcome(1 << 20, 1)


def test_lines_and_words_without_an_end(tmp_path, monkeypatch, block_bytes):
    monkeypatch.setattr("fastw2v._text_rows.LONGEST_LINE", 5000)
    monkeypatch.setattr("fastw2v._binary_rows.LONGEST_WORD", 5000)
    (tmp_path / "v").write_bytes(compressor("gzip")(b"3 2\na 1 2\n" + b"x" * 5_000_000))
    with pytest.raises(ValueError, match="line 3: longer than 5,000 bytes"):
        load_word2vec_text(tmp_path / "v")
    (tmp_path / "v").write_bytes(compressor("gzip")(b"3 2\na 12345678" + b"x" * 5_000_000))
    with pytest.raises(ValueError, match="byte 14: no space within 5,000 bytes, where row 1 of 3"):
        load_word2vec_binary(tmp_path / "v")


def test_headers_of_compressed_files_that_promise_too_much(tmp_path):
    for header in (b"1099511627776 100", b"999999999999999999 16777216"):
        for load in (load_word2vec_text, load_word2vec_binary):
            (tmp_path / "v").write_bytes(compressor("gzip")(header + b"\na 1 2\n"))
            tracemalloc.start()
            with pytest.raises(ValueError, match=r"cut short|2 numbers|which no file has"):
                load(tmp_path / "v")
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < 8 << 20


def test_matrices_that_cannot_be_moved(tmp_path, monkeypatch):
    class Fixed(_growing_rows.mmap.mmap):
        def resize(self, size):
            raise SystemError("mmap: resizing not available--no mremap()")

    monkeypatch.setattr(_growing_rows, "own_pages", lambda size, huge: Fixed(-1, size))
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", 100)
    (tmp_path / "v").write_bytes(compressor("gzip")(LINES))
    words, vectors = load_word2vec_text(tmp_path / "v", header=False)
    assert list(words) == WORDS
    assert np.array_equal(vectors, VECTORS)


def test_the_plain_python_functions_read_the_same(file, monkeypatch):
    path, load, options = file
    used = {
        "_text_rows": ("extend_words", "find_lines", "parse_rows"),
        "_binary_rows": ("find_rows", "copy_rows"),
        "_row_collector": ("gather_words", "find_repeat"),
    }
    for module, names in used.items():
        for name in names:
            monkeypatch.setattr(f"fastw2v.{module}.{name}", getattr(vector_rows, f"_{name}_python"))
    words, vectors = load(path, **options)
    assert list(words) == WORDS
    assert np.array_equal(vectors, VECTORS)


def test_a_file_that_grows_while_it_is_read(tmp_path):
    blocks = _blocks.Blocks(io.BytesIO(b"x" * 500), 100)
    read = len(blocks.data)
    while not blocks.ended:
        blocks.advance(len(blocks.data))
        read += len(blocks.data)
    assert read == 500


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory from /proc")
@pytest.mark.skipif("libasan" in os.environ.get("LD_PRELOAD", ""), reason="AddressSanitizer takes memory of its own")
@pytest.mark.parametrize("kind", ["text", "glove", "binary", "glove.gz"])
def test_peak_memory_stays_near_the_matrix(tmp_path, kind):
    rows, width = 20_000, 300
    block = np.random.default_rng(1).normal(size=(1000, width)).astype(np.float32)
    with open(tmp_path / "v", "wb") as file:
        compress = compressor("gzip" if kind.endswith(".gz") else None)
        if not kind.startswith("glove"):
            file.write(b"%d %d\n" % (rows, width))
        lines = [(" ".join(map("{:.6f}".format, row)) + "\n").encode() for row in block.tolist()]
        data = [row.tobytes() for row in block]
        for start in range(0, rows, len(block)):
            numbers = data if kind == "binary" else lines
            file.write(compress(b"".join(b"w%d " % (start + i) + row for i, row in enumerate(numbers))))
    options = ", header=False" if kind.startswith("glove") else ""
    code = (
        "import sys, numpy as np; from fastw2v.word2vec_readers import *\n"
        "peak = lambda: next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        f"load = load_word2vec_{'binary' if kind == 'binary' else 'text'}\n"
        "before = peak()\n"
        f"words, vectors = load(sys.argv[1], workers=2{options})\n"
        "print((peak() - before) * 1024 / vectors.nbytes)"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "v"], capture_output=True, text=True, check=True)
    # the matrix, and a few blocks in flight, which count for more here than in a larger file
    assert float(done.stdout) < 1.0 + 20 * (1 << 20) / (rows * width * 4)
    assert os.path.getsize(tmp_path / "v") > 0


def test_blocks_that_are_given_back_are_filled_again(monkeypatch):
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", 100)
    blocks = _blocks.Blocks(io.BytesIO(bytes(range(250)) * 4), None)
    first = blocks.data
    blocks.advance(90)
    assert not np.shares_memory(blocks.data, first)
    assert blocks.data[:20].tolist() == list(range(90, 110))
    blocks.release(first)
    blocks.advance(50)
    assert np.shares_memory(blocks.data, first)
    assert blocks.data[:20].tolist() == list(range(140, 160))
