"""Texts as strings: split at white space by the compiled tokenizer, or by a function of the caller's."""

from __future__ import annotations

import gzip

import pytest
from corpus_checks import check
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v import Corpus, _strings

TEXTS = ["The cat, the Dog", "", "a\nb  c", "слово\u00a0за словом"]


@settings(deadline=None)
@given(
    st.lists(st.text(st.sampled_from("ab \n\té\u2003\u00a0"), max_size=8), min_size=1, max_size=30), st.integers(1, 40)
)
def test_each_text_is_a_sentence(texts, chunk):
    sentences = [[word.decode() for word in text.encode().split()] for text in texts]
    if not any(sentences):
        with pytest.raises(ValueError, match="no word"):
            Corpus(iter(texts), tokenize="whitespace", min_count=1)
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_strings, "CHUNK_BYTES", chunk)
        corpus = Corpus(texts, tokenize="whitespace", min_count=1)
    check(corpus, sentences)
    assert corpus.raw_sentences == len(texts)


@pytest.mark.parametrize("source", [TEXTS, tuple(TEXTS), iter(TEXTS), (text for text in TEXTS)])
def test_a_function_of_the_callers(source):
    check(Corpus(source, tokenize=str.split, min_count=1), [text.split() for text in TEXTS])


def test_lines_of_files_by_a_function(write, tmp_path, monkeypatch):
    monkeypatch.setattr(_strings, "CHUNK_BYTES", 5)
    text = "\ufeffThe cat\r\n\n  \nlast; ONE\n"
    write(text, "1.txt")
    write(gzip.compress(b"more\x85 here"), "2.gz")

    def tokenize(line):
        assert "\n" not in line
        assert not line.endswith("\r")
        return line.lower().split()

    for source in (tmp_path, str(tmp_path), [tmp_path / "1.txt", tmp_path / "2.gz"]):
        corpus = Corpus(source, tokenize=tokenize, errors="replace", min_count=1)
        check(corpus, [["the", "cat"], ["last;", "one"], ["more\ufffd", "here"]])
        assert corpus.origin is None
    with pytest.raises(ValueError, match=r"2\.gz: byte 4 of line 1 is not valid UTF-8"):
        Corpus(tmp_path, tokenize=tokenize)
    assert Corpus(tmp_path, tokenize="whitespace", errors="replace", min_count=1).origin is not None


@pytest.mark.parametrize(
    ("source", "options", "error", "match"),
    [
        (TEXTS, {"tokenize": "moses"}, TypeError, "tokenize is 'moses', but must be a function"),
        (TEXTS, {"tokenize": 5}, TypeError, "tokenize is 5"),
        (5, {"tokenize": str.split}, TypeError, "the source is 5; give an iterable of texts"),
        (b"ab", {"tokenize": str.split}, TypeError, "the source is b'ab'"),
        ([["a"]], {"tokenize": str.split}, TypeError, r"text 0 is \['a'\], but must be a str; give texts alone"),
        (["a", None], {"tokenize": str.split}, TypeError, "text 1 is None, .* leave out what is missing"),
        (["a", "\ud800"], {"tokenize": "whitespace"}, ValueError, "text 1 has a lone surrogate"),
        (["a b"], {"tokenize": str.lower}, TypeError, "sentence 0 is 'a b', but must be a list of words"),
    ],
)
def test_bad_texts(source, options, error, match):
    with pytest.raises(error, match=match):
        Corpus(source, min_count=1, **options)


def test_an_exception_of_the_function_passes_unchanged():
    def broken(text):
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        Corpus(TEXTS, tokenize=broken)


def test_progress_of_texts(monkeypatch):
    monkeypatch.setattr(_strings, "CLOCK_EVERY", 1)
    monkeypatch.setattr(_strings, "TICK_SECONDS", 0)
    monkeypatch.setattr(_strings, "CHUNK_BYTES", 4)
    told = []
    Corpus(["a b c"] * 5, tokenize="whitespace", min_count=1, on_progress=lambda *x: told.append(x))
    assert told == [*((3 * i, None) for i in range(1, 6)), (15, None)]
