"""Corpus: every kind of source against a plain Python reading, the same for any chunk size and number of workers."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from corpus_checks import WORKERS, check, reference, same, sentences_of
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fastw2v import _reading, _sentences
from fastw2v._sources import Source
from fastw2v.compressed import MAGIC
from fastw2v.corpus import Corpus

raw_text = (
    st.lists(
        st.one_of(
            st.sampled_from([b" ", b"\t", b"\n", b"\r\n", b"\v", b"\f", b"  ", b"\n\n"]),
            st.sampled_from(
                [b"a", b"bc", b"\xc3\xa9", "слово".encode(), "語".encode(), "😀".encode(), b"\xef\xbb\xbf"]
            ),
            st.sampled_from([b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"\x80"]),
            st.binary(max_size=6),
        ),
        max_size=40,
    )
    .map(b"".join)
    .filter(lambda raw: not raw.startswith(tuple(MAGIC.values())))
)

# ---- what is read ------------------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(raw_text, st.integers(1, 40), st.integers(0, 5), st.sampled_from(WORKERS), st.integers(1, 2))
@example(b"\xef\xbb\xbfa", 1, 0, 2, 1)
@example(b"\xef\xbb\xbf\xef\xbb\xbf a\n\nb", 2, 0, 7, 1)
def test_any_bytes_are_read_as_python_reads_them(
    monkeypatch: pytest.MonkeyPatch, raw: bytes, chunk: int, overlap: int, workers: int, min_count: int
) -> None:
    monkeypatch.setattr(_reading, "CHUNK_BYTES", chunk)
    monkeypatch.setattr(_reading, "OVERLAP_BYTES", overlap)
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf8", "replace")
    sentences = sentences_of(text)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "text")
        path.write_bytes(raw)
        if not reference(sentences, min_count):
            with pytest.raises(ValueError, match=r"no word|empty"):
                Corpus(path, min_count=min_count, workers=workers, errors="replace")
            return
        check(Corpus(path, min_count=min_count, workers=workers, errors="replace"), sentences, min_count)
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            with pytest.raises(ValueError, match=rf'offset {error.start} .*errors="replace"') as caught:
                Corpus(path, min_count=min_count, workers=workers)
            assert str(path) in str(caught.value)
        else:
            check(Corpus(path, min_count=min_count, workers=workers), sentences, min_count)
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        check(Corpus("-", min_count=min_count, workers=workers, errors="replace"), sentences, min_count)
        check(Corpus(sentences, min_count=min_count, workers=workers), sentences, min_count)


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize(
    "text",
    [
        "one two three one two one\n" * 200,
        "one two three one two one " * 200,
        "\n" * 500 + "one two\n" + "\n \n\t\n" * 100 + "three",
        "one two\r\nthree four\r\n\r\n" * 60,
        "слово за словом\n言葉 の 列\nमैं हूँ यहाँ\n👩‍👩‍👧 ok\n" * 40,
        "no-break\u00a0space thin\u2009space line\u2028separator\u0085next " * 30,
        "\ufeffmark at the start\nmark \ufeff inside",
        "x" * 1_000_000 + " short " + "é" * 500_000 + "\nshort",
        "a" * 63 + " " + "b" * 64 + "\n" + "c" * 65 + "\n" + "d" * 128,
    ],
    ids=["lines", "one-line", "empty-lines", "crlf", "scripts", "unicode-spaces", "bom", "long-words", "borders"],
)
def test_kinds_of_text(write, small_chunks, text: str, workers: int) -> None:
    check(Corpus(write(text), min_count=1, workers=workers), sentences_of(text.removeprefix("\ufeff")))


@pytest.mark.parametrize("workers", WORKERS)
def test_pruning_is_exact(write, small_chunks, workers: int) -> None:
    text = "".join(f"w{i % 17} w{i % 29} w{i % 31}\n" for i in range(400))
    for min_count, max_vocab in ((1, 5), (30, None), (40, 3), (1, 1), (1, 1000)):
        corpus = Corpus(write(text), min_count=min_count, max_vocab=max_vocab, workers=workers)
        check(corpus, sentences_of(text), min_count, max_vocab)
        assert len(corpus.vocabulary) == len(
            {w for s in reference(sentences_of(text), min_count, max_vocab) for w in s}
        )


def test_every_number_of_workers_and_kind_of_source_gives_the_same(write) -> None:
    """With chunks of the real size, so that memory maps are used."""
    line = " ".join(f"w{i * i % 3001}" for i in range(5000))
    text = "\n".join(line[k : k + 3000] for k in range(0, 20_000, 7)) + " end"
    path = write(text)
    assert path.stat().st_size > 3 * _reading.CHUNK_BYTES
    one = Corpus(path, workers=1)
    assert all(same(one, Corpus(str(path), workers=workers)) for workers in (2, 3))
    with open(path) as file:
        assert same(one, Corpus(line.split() for line in file))


@pytest.mark.parametrize("workers", [1, 3])
def test_the_end_of_a_file_ends_the_sentence(write, small_chunks, workers: int) -> None:
    texts = ["a b", "", "\ufeffc d\ne", "f " * 300, "\n", "g\n"]
    paths = [write(text, f"{i}.txt") for i, text in enumerate(texts)]
    expected = [s for text in texts for s in sentences_of(text.removeprefix("\ufeff"))]
    check(Corpus(paths, min_count=1, workers=workers), expected)
    check(Corpus(tuple(map(str, paths)), min_count=1, workers=workers), expected)


def test_many_small_files_share_jobs(write) -> None:
    paths = [write(f"a b w{i}", f"{i}") for i in range(200)]
    check(Corpus(paths, min_count=1, workers=2), [["a", "b", f"w{i}"] for i in range(200)])
    assert len(list(_reading._cut([Source(str(p), 10) for p in paths]))) == 1


def test_large_texts_are_cut_into_few_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_reading, "CHUNK_BYTES", 10)
    monkeypatch.setattr(_reading, "MOST_CHUNKS", 7)
    jobs = list(_reading._cut([Source("a", 1000), Source("b", 1)]))
    assert len(jobs) <= 8
    assert sum(piece.stop - piece.start for job in jobs for piece in job) == 1001


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_beside_files(write, tmp_path: Path, small_chunks, no_thread_left) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    piped = "in the pipe\n" * 100 + "x" * 5000
    writer = threading.Thread(target=lambda: fifo.write_text(piped))
    writer.start()
    before, after = write("before the pipe", "before"), write("after the pipe", "after")
    corpus = Corpus([before, fifo, after], min_count=1, workers=2)
    writer.join()
    check(corpus, sentences_of(f"before the pipe\n{piped}\nafter the pipe"))


def test_standard_input_of_a_process() -> None:
    code = "from fastw2v.corpus import Corpus; c = Corpus('-', min_count=1); print(c.raw_words, len(c.offsets))"
    done = subprocess.run([sys.executable, "-c", code], input=b"a b\nc\n", capture_output=True, check=True)
    assert done.stdout.split() == [b"3", b"3"]


def test_a_file_may_grow_while_it_is_read(write, small_chunks, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("one two\n" * 100)
    real = _reading._read_at

    def grow(*args):
        with open(path, "a") as file:
            file.write("late\n")
        return real(*args)

    monkeypatch.setattr(_reading, "_read_at", grow)
    check(Corpus(path, min_count=1, workers=2), [["one", "two"]] * 100)


def test_reading_without_preadv(write, small_chunks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "preadv", raising=False)
    check(Corpus(write("one two\n" * 100), min_count=1, workers=3), [["one", "two"]] * 100)


# ---- iterables ---------------------------------------------------------------------------------------------------


def test_iterables_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sentences, "BATCH_TOKENS", 5)
    sentences = [["a", "b"], [], ["c"], ("a", "é", "new york"), ["a"] * 7, []] * 3

    class Counted:
        times = 0

        def __iter__(self):
            self.times += 1
            return iter(sentences)

    source = Counted()
    expected = [list(s) for s in sentences]
    check(Corpus(source, min_count=1), expected)
    assert source.times == 1
    check(Corpus((s for s in sentences), min_count=2, max_vocab=3), expected, 2, 3)
    check(Corpus(sentences, min_count=1), expected)
    check(Corpus([np.array(["a", "b"])], min_count=1), [["a", "b"]])


def test_a_sentence_may_be_reused_by_its_iterator() -> None:
    def reusing():
        words = []
        for word in "abc":
            words[:] = [word] * 2
            yield words

    check(Corpus(reusing(), min_count=1), [["a", "a"], ["b", "b"], ["c", "c"]])


def test_words_of_str_subclasses_become_str() -> None:
    class Word(str):
        __slots__ = ()

    corpus = Corpus([[Word("a"), "a"], [np.str_("b")]], min_count=1)
    assert [type(word) for word in corpus.vocabulary.index_to_key] == [str, str]


@pytest.mark.parametrize(
    ("sentences", "error", "match"),
    [
        ([["a"], "the cat"], TypeError, r"sentence 1 is 'the cat', .*text\.split\(\)"),
        ([["a"], b"the cat"], TypeError, "sentence 1 is b'the cat'"),
        ([["a"], 5], TypeError, "sentence 1 is 5, but must be a list of words"),
        ([["a"], ["b", 7]], TypeError, "word 1 of sentence 1 is 7, but must be a str"),
        ([["a"], ["b", None]], TypeError, "word 1 of sentence 1 is None"),
        ([["a"], ["b", ["c"]]], TypeError, r"word 1 of sentence 1 is \['c'\], but must be a str"),
        ([["a", ""]], ValueError, "word 1 of sentence 0 is an empty str"),
        ([["a", "\ud800"]], ValueError, "word 1 of sentence 0 .* lone surrogate"),
        ([[], []], ValueError, "no word at all"),
        ([["a", "a", "b"]], ValueError, "most frequent word occurs only 2 times; lower min_count to 2"),
    ],
)
def test_bad_sentences(sentences: list, error: type, match: str) -> None:
    for source in (sentences, iter(sentences)):
        with pytest.raises(error, match=match):
            Corpus(source)


def test_an_iterators_own_exception_passes_unchanged() -> None:
    class Own(Exception):
        pass

    own = Own("mine")

    def broken():
        yield ["a"]
        raise own

    with pytest.raises(Own) as caught:
        Corpus(broken(), min_count=1)
    assert caught.value is own

    def broken_sentence():
        yield "a"
        raise TypeError("deep inside")

    with pytest.raises(TypeError, match="deep inside"):
        Corpus([broken_sentence()], min_count=1)


# ---- the object --------------------------------------------------------------------------------------------------


def test_sentences_and_repr() -> None:
    corpus = Corpus([["a", "b", "a"], ["b"]], min_count=1)
    assert corpus.sentence(0) == ["a", "b", "a"]
    assert corpus.sentence(-1) == ["b"]
    assert len(corpus) == 4
    for i in (2, -3):
        with pytest.raises(IndexError, match="has 2"):
            corpus.sentence(i)
    assert repr(corpus) == "Corpus(4 words, 2 of them different; 4 words in 2 sentences read)"


def test_importing_does_not_load_scipy() -> None:
    code = "import sys, fastw2v.corpus; sys.exit(any(m.split('.')[0] == 'scipy' for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ---- a vocabulary that is given ----------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 3])
def test_a_text_numbered_by_another_vocabulary(write, small_chunks, workers: int) -> None:
    first = Corpus([["b", "b", "a", "c", "b", "c"]], min_count=1)
    lines = "a x c b\ny z\nb\n" * 30
    for source in (write(lines), [line.split() for line in lines.splitlines()]):
        corpus = Corpus(source, vocabulary=first.vocabulary, workers=workers)
        assert corpus.vocabulary is first.vocabulary
        assert corpus.raw_words == 7 * 30
        assert len(corpus.offsets) - 1 == 2 * 30
        assert corpus.sentence(0) == ["a", "c", "b"]
        assert corpus.sentence(-1) == ["b"]


def test_a_text_without_a_known_word_is_refused() -> None:
    first = Corpus([["a", "b"]], min_count=1)
    with pytest.raises(ValueError, match="none of the 2 different words of the text is among the 2"):
        Corpus([["x", "y"]], vocabulary=first.vocabulary)
    with pytest.raises(TypeError, match="vocabulary must be a Vocabulary or None, not list"):
        Corpus([["x", "y"]], vocabulary=["x"])
