"""Texts with phrases joined: as a Corpus and as a file, which must say the same; against joining lists of words."""

from __future__ import annotations

import gzip
import itertools

import numpy as np
import phrase_texts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v import Corpus, sentence_blocks, train
from fastw2v.corpus import EmptyTextError
from fastw2v.frozen_phrases import FrozenPhrases
from fastw2v.phrase_options import PhraseOptions
from fastw2v.phrased import phrased, write_phrased
from fastw2v.phrases import Phrases

TEXT = [["new", "york", "times"], ["the", "new", "york", "times", "of", "new", "york"], ["times", "new"]] * 5
OPTIONS = {"min_count": 1, "threshold": 0.1}


def words_of(corpus):
    """A corpus as lists of words."""
    return [corpus.sentence(i) for i in range(len(corpus.offsets) - 1)]


def equal(one, other):
    """Whether two corpora say the same in all that training sees."""
    assert one.vocabulary == other.vocabulary
    assert (one.vocabulary.raw_unique, one.vocabulary.raw_total) == (
        other.vocabulary.raw_unique,
        other.vocabulary.raw_total,
    )
    assert np.array_equal(one.ids, other.ids)
    assert np.array_equal(one.offsets, other.offsets)
    assert (one.raw_words, one.raw_sentences, len(one)) == (other.raw_words, other.raw_sentences, len(other))
    assert one.fingerprint == other.fingerprint
    return True


@settings(deadline=None, max_examples=60)
@given(phrase_texts.texts, phrase_texts.options, st.integers(1, 7), st.integers(1, 2), st.integers(1, 3))
def test_joining_numbers_is_joining_words(texts, options, size, passes, workers):
    text, other = texts
    learned, sentences = [], text
    for _ in range(passes):
        learned.append(Phrases(sentences, **options))
        sentences = list(learned[-1][sentences])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentence_blocks, "BLOCK_TOKENS", size)
        for source in (text, other):
            expected = source
            for one in learned:
                expected = list(one[expected])
            joined = phrased(Corpus(source, min_count=1), learned, min_count=1, workers=workers)
            assert words_of(joined) == [sentence for sentence in expected if sentence]


@pytest.mark.parametrize("options", [{"min_count": 1}, {"min_count": 5}, {"min_count": 1, "max_vocab": 2}])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_phrased_corpus_is_the_file_read_again(tmp_path, options, suffix):
    corpus = Corpus(TEXT, min_count=1)
    first = Phrases(corpus, **OPTIONS)
    second = Phrases(phrased(corpus, first, min_count=1), **OPTIONS)
    for phrases in (first, [first.freeze()], [first, second], []):
        path = tmp_path / f"phrased.txt{suffix}"
        write_phrased(corpus, phrases, path, workers=2)
        assert equal(phrased(corpus, phrases, **options), Corpus(path, **options))
    data = path.read_bytes()
    lines = (gzip.decompress(data) if suffix else data).decode().splitlines()
    assert lines == [" ".join(sentence) for sentence in TEXT]


@settings(deadline=None, max_examples=25)
@given(phrase_texts.texts, phrase_texts.options, st.integers(1, 3))
def test_any_text_is_the_file_read_again(tmp_path_factory, texts, options, min_count):
    path = tmp_path_factory.mktemp("phrased") / "text.txt"
    corpus = Corpus([sentence for sentence in texts[0] if sentence], min_count=1)
    phrases = Phrases(corpus, **options)
    write_phrased(corpus, phrases, path)
    if Corpus(path, min_count=1).vocabulary.counts[0] < min_count:
        with pytest.raises(EmptyTextError, match="lower min_count"):
            phrased(corpus, phrases, min_count=min_count)
    else:
        assert equal(phrased(corpus, phrases, min_count=min_count), Corpus(path, min_count=min_count))


def test_the_second_pass_over_numbers_is_that_over_words():
    first = Phrases(TEXT, **OPTIONS)
    over_words = Phrases(first[TEXT], **OPTIONS)
    over_numbers = Phrases(phrased(Corpus(TEXT, min_count=1), first, min_count=1), **OPTIONS)
    assert over_numbers.vocab == over_words.vocab
    assert over_numbers.export_phrases() == over_words.export_phrases()


def test_large_texts_in_several_blocks(monkeypatch):
    rng = np.random.default_rng(5)
    words = [f"w{i}" for i in range(40)] + ["of", "the"]
    text = [[words[i] for i in rng.integers(0, 42, rng.integers(1, 30))] for _ in range(3000)]
    corpus = Corpus(text, min_count=1)
    phrases = Phrases(corpus, min_count=2, threshold=0.05, connector_words=["of", "the"])
    monkeypatch.setattr(sentence_blocks, "BLOCK_TOKENS", 5000)
    told = []
    joined = phrased(corpus, phrases, workers=3, min_count=1, on_progress=lambda *done: told.append(done))
    assert told[-1] == (len(corpus), len(corpus))
    assert joined.raw_words < len(corpus)
    assert words_of(joined) == list(phrases[text])


def test_a_word_of_the_text_may_be_spelled_as_a_phrase(tmp_path):
    text = [["a_b", "x"], ["a", "b"], ["a", "b", "x"]] * 3
    frozen = FrozenPhrases({("a", "b"): 1.0, ("a_b", "x"): 2.0, ("unknown", "b"): 1.0}, PhraseOptions())
    joined = phrased(Corpus(text, min_count=1), frozen, min_count=1)
    assert joined.vocabulary.key_to_index.keys() == {"a_b_x", "a_b", "x"}
    assert words_of(joined) == list(frozen[text])


def test_what_does_not_fit(tmp_path):
    corpus, phrases = Corpus(TEXT, min_count=1), Phrases(TEXT, **OPTIONS)
    with pytest.raises(ValueError, match="min_count=1"):
        phrased(Corpus(TEXT, min_count=8), phrases)
    with pytest.raises(TypeError, match="pass by pass, not 5"):
        phrased(corpus, [phrases, 5])
    with pytest.raises(FileNotFoundError):
        phrased(corpus, [phrases, "phrases"])
    with pytest.raises(TypeError, match="of fastw2v, a file of the latter, or a list of them, pass by pass, not <obj"):
        phrased(corpus, object())
    for options in ({"min_count": 0}, {"max_vocab": 0}, {"workers": 0}):
        with pytest.raises(ValueError, match=f"{next(iter(options))} is 0"):
            phrased(corpus, phrases, **options)
    with pytest.raises(EmptyTextError, match="min_count is 99"):
        phrased(corpus, phrases, min_count=99)
    path = tmp_path / "out.txt"
    with pytest.raises(ValueError, match=r"white space.*choose another delimiter"):
        write_phrased(corpus, Phrases(TEXT, delimiter=" ", **OPTIONS), path)
    with pytest.raises(ZeroDivisionError):
        write_phrased(corpus, phrases, path, on_progress=lambda *_: 1 // 0)
    assert not list(tmp_path.iterdir())
    assert phrased(corpus, Phrases(TEXT, delimiter=" ", **OPTIONS), min_count=1).vocabulary.index_to_key[0].count(" ")


def test_progress_of_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(sentence_blocks, "BLOCK_TOKENS", 7)
    corpus, told = Corpus(TEXT, min_count=1), []
    write_phrased(corpus, [], tmp_path / "t", on_progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(corpus), len(corpus))
    assert all(one[0] < other[0] for one, other in itertools.pairwise(told))


def test_training_joins_phrases(tmp_path):
    first = Phrases(TEXT, **OPTIONS)
    second = Phrases(first[TEXT], **OPTIONS)
    path, joined = tmp_path / "text.txt", tmp_path / "joined.txt"
    path.write_text("\n".join(map(" ".join, TEXT)))
    write_phrased(Corpus(TEXT, min_count=1), [first, second], joined)
    options = {"vector_size": 8, "epochs": 2, "min_count": 2, "sample": 0, "workers": 1, "progress": False}
    expected = train(joined, **options).wv
    second.freeze().save(tmp_path / "second.safetensors")
    held_out = train(joined, held_out=joined, **options).history[-1]["held_out_loss"]
    assert train(path, phrases=[first, second], held_out=path, **options).history[-1]["held_out_loss"] == held_out
    for source in (path, TEXT, Corpus(TEXT, min_count=1)):
        found = train(source, phrases=[first, tmp_path / "second.safetensors"], **options).wv
        assert found.index_to_key == expected.index_to_key
        assert np.array_equal(found.vectors, expected.vectors)
    assert any("new_york" in word for word in expected.index_to_key)
    with pytest.raises(ValueError, match="min_count=1"):
        train(Corpus(TEXT, min_count=11), phrases=first, **options)
