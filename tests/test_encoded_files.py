"""Encoded texts in files: the same as the text read, sound or refused, and nothing but errors for damaged ones."""

from __future__ import annotations

import json
import os
import random

import numpy as np
import pytest
from corpus_checks import check, sentences_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fastw2v
from fastw2v import Corpus, encode, encoded_layout, encoded_writer, fingerprint, train
from fastw2v.encoded_files import check_encoded

TEXT = "".join(f"w{i % 37} w{i % 11} слово{i % 5}\n" + "long " * (i % 3 * 40) + "\n" for i in range(500))


def test_an_encoded_text_is_told_from_vectors(tmp_path):
    encode([["a", "b"]], tmp_path / "text.fw2c")
    for load in (fastw2v.load_vectors, fastw2v.Word2Vec.load):
        with pytest.raises(ValueError, match="an encoded text, no vectors; train on it"):
            load(tmp_path / "text.fw2c")


@pytest.fixture
def small_parts(monkeypatch):
    for module in (fingerprint, encoded_writer):
        monkeypatch.setattr(module, "PART_BYTES", 128)
    monkeypatch.setattr("fastw2v.encoded_files.PART_BYTES", 128)
    for module in ("encoded_layout", "encoded_writer", "encoded_files"):
        monkeypatch.setattr(f"fastw2v.{module}.INDEX_TOKENS", 16)


@pytest.fixture
def encoded(write, tmp_path, small_parts, small_chunks):
    encode(write(TEXT), tmp_path / "text.fw2c", workers=2)
    return tmp_path / "text.fw2c"


def test_an_encoded_text_is_the_text(tmp_path, encoded):
    path = tmp_path / "text.txt"
    for min_count, max_vocab in ((1, None), (100, None), (5, 7)):
        corpus = Corpus(encoded, min_count=min_count, max_vocab=max_vocab)
        check(corpus, sentences_of(TEXT), min_count, max_vocab)
        read = Corpus(path, min_count=min_count, max_vocab=max_vocab)
        assert (corpus.fingerprint, corpus.raw_sentences) == (read.fingerprint, read.raw_sentences)
        assert corpus.vocabulary == read.vocabulary
    renamed = tmp_path / "other name"
    encoded.rename(renamed)
    assert Corpus([str(renamed)], min_count=1).fingerprint == read.fingerprint


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=30).filter(any), st.integers(1, 30), st.booleans())
def test_any_stretch_is_that_of_the_text_in_memory(tmp_path, small_parts, lengths, batch, limited):
    sentences = [[f"w{i % 5}" for i in range(length)] for length in lengths]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fastw2v._sentences.BATCH_TOKENS", batch)
        encode(sentences, tmp_path / "t.fw2c", memory_limit=40 if limited else None)
    file, memory = Corpus(tmp_path / "t.fw2c", min_count=1).text, Corpus(sentences, min_count=1).text
    assert (file.tokens, file.sentence_count) == (memory.tokens, memory.sentence_count)
    for start in range(file.tokens):
        for stop in {start + 1, (start + file.tokens + 1) // 2, file.tokens} - {start}:
            assert file.read(start, stop).tolist() == memory.read(start, stop).tolist()
            assert file.sentences(start, stop).tolist() == memory.sentences(start, stop).tolist()


@pytest.mark.parametrize("workers", [1, 2])
def test_training_from_a_file_is_training_from_the_text(tmp_path, encoded, workers):
    path = tmp_path / "text.txt"
    options = {"vector_size": 8, "epochs": 2, "workers": workers, "min_count": 5}
    file, read = train(encoded, **options), train(path, **options)
    assert file.words_trained == read.words_trained
    if workers == 1:
        np.testing.assert_array_equal(file.wv.vectors, read.wv.vectors)
        assert read.evaluate_loss(encoded) == read.evaluate_loss(path)


def test_a_vocabulary_of_another_text(encoded):
    other = Corpus([["w1", "w2", "unseen"]], min_count=1).vocabulary
    corpus = Corpus(encoded, vocabulary=other)
    assert corpus.vocabulary is other
    check(Corpus(encoded, min_count=1), sentences_of(TEXT))
    words = [word for line in sentences_of(TEXT) for word in line if word in ("w1", "w2")]
    assert [other.index_to_key[i] for i in corpus.ids] == words
    whole = Corpus(encoded, min_count=50)
    assert Corpus(encoded, vocabulary=whole.vocabulary).ids.tolist() == whole.ids.tolist()


def test_origins_of_encoded_texts(write, encoded):
    corpus = Corpus(encoded, min_count=1)
    origin = json.loads(json.dumps(corpus.origin))
    assert (origin["kind"], origin["files"][0]["path"]) == ("encoded", str(encoded))
    assert Corpus.reopen(origin, min_count=1).fingerprint == corpus.fingerprint
    encode(write("a b c"), encoded)
    with pytest.raises(ValueError, match="another one"):
        Corpus.reopen(origin)


def test_a_stale_file_is_refused_but_not_one_whose_text_is_gone(write, encoded):
    path = write(TEXT + "more")
    with pytest.raises(
        ValueError, match=r"text\.txt: .*another one: it had .*fw2c was made from it before; encode the"
    ):
        Corpus(encoded)
    path.unlink()
    assert Corpus(encoded, min_count=1).raw_words == len(TEXT.split())


def test_safetensors_can_read_it(encoded):
    from safetensors.numpy import load_file

    tensors = load_file(encoded)
    corpus = Corpus(encoded, min_count=1)
    assert tensors["ids"].tolist() == corpus.ids.tolist()
    assert tensors["offsets"].tolist() == corpus.offsets.tolist()
    assert tensors["words.utf8"].tobytes().decode() == "".join(corpus.vocabulary.index_to_key)


def test_files_that_are_no_encoded_texts(write, tmp_path, encoded):
    for raw in (b"", b"plain text, long enough to be looked at, but no encoded one", encoded.read_bytes()[:40]):
        with pytest.raises(ValueError, match=r"other\.fw2c: no encoded text"):
            Corpus(write(raw, "other.fw2c"))
    model = tmp_path / "model.fw2c"
    train([["a", "b"]] * 9, min_count=1, sample=0, vector_size=4, workers=1).save(tmp_path / "m.safetensors")
    os.rename(tmp_path / "m.safetensors", model)
    with pytest.raises(ValueError, match="no encoded text, but something else"):
        Corpus(model)
    with pytest.raises(ValueError, match="cannot be read together with others"):
        Corpus([encoded, write(TEXT)])
    with pytest.raises(ValueError, match="is split already"):
        Corpus(encoded, tokenize=str.split)
    newer = encoded.read_bytes().replace(b'"version":"1"', b'"version":"2"')
    with pytest.raises(ValueError, match="written in version '2'"):
        Corpus(write(newer, "newer.fw2c"))


def test_a_file_cut_short_anywhere_is_refused(write, encoded):
    whole = encoded.read_bytes()
    chance = random.Random(1)
    for size in [1, len(whole) // 2, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(50))]:
        with pytest.raises(ValueError, match=r"cut\.fw2c: (damaged|no encoded)"):
            Corpus(write(whole[:size], "cut.fw2c"))
    with pytest.raises(ValueError, match="it has"):
        Corpus(write(whole + b"x", "cut.fw2c"))


def test_any_damage_is_found_by_a_whole_check_and_harmless_without(write, encoded):
    whole = encoded.read_bytes()
    model = train(encoded, vector_size=4, epochs=1, workers=1, min_count=20)
    chance = random.Random(2)
    opened = 0
    for _ in range(120):
        damaged = bytearray(whole)
        at = chance.randrange(len(whole))
        damaged[at : at + 4] = chance.randbytes(4)
        if damaged == whole:
            continue
        path = write(bytes(damaged[: len(whole)]), "damaged.fw2c")
        with pytest.raises(ValueError, match=r"damaged\.fw2c: (damaged|no encoded|written in version)"):
            check_encoded(str(path))
        try:
            corpus = Corpus(path, vocabulary=model.vocabulary)
        except ValueError:
            continue
        opened += 1
        try:
            model.train(corpus)
        except ValueError as error:
            assert "damaged.fw2c: damaged where the sentences" in str(error)  # noqa: PT017  it need not be raised
    assert opened > 10


def test_a_file_cut_short_while_it_is_used(encoded):
    corpus = Corpus(encoded, min_count=1)
    os.truncate(encoded, encoded.stat().st_size // 2)
    with pytest.raises(OSError, match=r"text\.fw2c|the file ends at byte") as caught:
        corpus.text.read(0, corpus.text.tokens)
    assert caught.value.filename == str(encoded)


@pytest.mark.parametrize("borders", [[0, 5, 5], [3, 2, 9], [-7, 5, 9], [2**62, 2**62 + 1, 2**62 + 2]])
def test_borders_that_do_not_rise(encoded, borders):
    text = Corpus(encoded, min_count=1).text
    with open(encoded, "r+b") as file:
        file.seek(text.layout.tensors["offsets"].at)
        file.write(np.tile(np.array(borders), text.sentence_count // 3).tobytes())
    refused = 0
    for start in range(0, text.tokens // 2, 7):
        try:
            found = text.sentences(start, start + 5)
        except ValueError as error:
            refused += "text.fw2c: damaged where the sentences of token" in str(error)
        else:
            assert found[0] <= start
            assert start + 5 <= found[-1]
            assert (np.diff(found) > 0).all()
    assert refused > 50
    with pytest.raises(ValueError, match="damaged in part 0 of its offsets"):
        check_encoded(str(encoded))


def test_a_check_of_a_sound_file(encoded):
    found = check_encoded(str(encoded))
    assert found.text.tokens == len(TEXT.split())
    assert len(fastw2v.Corpus(encoded, min_count=1).vocabulary) == len(found.counts)


def test_the_layout_is_aligned():
    layout = encoded_layout.lay_out(encoded_layout.Sizes(3, 7, 2, 5), {})
    assert len(layout.header) % 64 == 0
    assert all(tensor.at % tensor.dtype.itemsize == 0 for tensor in layout.tensors.values())
    assert layout.tensors["words.utf8"].at + 7 == layout.size
