"""Phrases found in texts: counts, scores and choices against plain arithmetic and, where it is installed, gensim."""

from __future__ import annotations

import math
import warnings
from itertools import pairwise

import numpy as np
import phrase_texts
import pytest
from hypothesis import given, settings

from fastw2v import Corpus
from fastw2v.container import load_container, save_container
from fastw2v.frozen_phrases import FrozenPhrases
from fastw2v.phrase_options import ENGLISH_CONNECTOR_WORDS
from fastw2v.phrases import Phrases

TEXT = [
    ["new", "york", "times"],
    ["new", "york", "is", "new"],
    ["the", "bank", "of", "america", "and", "the", "bank", "of", "the", "west"],
    ["bank", "of", "america", "in", "new", "york"],
]


def theirs(sentences, **options):
    """gensim's."""
    phrases = pytest.importorskip("gensim.models.phrases")
    return phrases.Phrases(sentences, **options)


# ---- counts and scores -------------------------------------------------------------------------------------------


def test_scores_are_the_formulas():
    found = Phrases(TEXT, min_count=1, threshold=0.5).export_phrases()
    words, pairs = (
        {word for line in TEXT for word in line},
        {pair for line in TEXT for pair in pairwise(line)},
    )
    assert found["new_york"] == (3 - 1) / (4.0 * 3) * (len(words) + len(pairs))
    npmi = Phrases(TEXT, min_count=2, threshold=-1, scoring="npmi").export_phrases()
    total = sum(map(len, TEXT))
    p_both, p_left, p_right = 3 / total, 4 / total, 3 / total
    assert npmi["new_york"] == math.log(p_both / (p_left * p_right)) / -math.log(p_both)


def test_connectors_stand_within_phrases_only():
    phrases = Phrases(TEXT, min_count=1, threshold=0.1, connector_words=ENGLISH_CONNECTOR_WORDS)
    assert phrases.vocab["bank_of_america"] == 2
    assert phrases.vocab["bank_of_the_west"] == 1
    assert "bank_of" not in phrases.vocab
    assert "of" not in phrases.vocab
    assert phrases[["the", "bank", "of", "america", "on", "the", "bank", "of", "the"]] == [
        "the",
        "bank_of_america",
        "on",
        "the",
        "bank",
        "of",
        "the",
    ]
    assert phrases.corpus_word_count == sum(map(len, TEXT))


def test_the_first_of_two_overlapping_phrases_wins():
    phrases = Phrases([["a", "b"]] * 5 + [["b", "c"]] * 9, min_count=1, threshold=0.1)
    assert set(phrases.export_phrases()) == {"a_b", "b_c"}
    assert phrases[["a", "b", "c", "b", "c", "a", "b", "b"]] == ["a_b", "c", "b_c", "a_b", "b"]


@settings(deadline=None, max_examples=40)
@given(phrase_texts.texts, phrase_texts.options)
def test_counts_scores_and_choices_are_gensims(texts, options):
    text, other = texts
    ours, gensims = Phrases(text, **options), theirs(text, **options)
    assert ours.vocab == gensims.vocab
    assert ours.corpus_word_count == gensims.corpus_word_count
    frozen = ours.freeze()
    for sentence in [*text, *other]:
        expected = list(gensims.analyze_sentence(sentence))
        assert list(ours.analyze_sentence(sentence)) == expected
        assert frozen[sentence] == [word for word, _ in expected]
    assert ours.find_phrases(other) == gensims.find_phrases(other)


@settings(deadline=None, max_examples=40)
@given(phrase_texts.sentences(phrase_texts.LINKED), phrase_texts.options)
def test_exports_are_gensims_where_no_word_holds_the_delimiter(text, options):
    ours, gensims = Phrases(text, **options), theirs(text, **options)
    assert ours.export_phrases() == gensims.export_phrases()
    assert ours.freeze().phrasegrams == gensims.freeze().phrasegrams


@settings(deadline=None, max_examples=40)
@given(phrase_texts.texts, phrase_texts.options)
def test_a_second_pass_is_gensims(texts, options):
    text, other = texts
    ours, gensims = Phrases(text, **options), theirs(text, **options)
    second, their_second = Phrases(ours[text], **options), theirs(gensims[text], **options)
    assert second.vocab == their_second.vocab
    for sentence in [*text, *other]:
        assert second[ours[sentence]] == their_second[gensims[sentence]]


@settings(deadline=None, max_examples=40)
@given(phrase_texts.texts, phrase_texts.options)
def test_texts_added_are_as_one_text(texts, options):
    first, second = texts
    ours, gensims = Phrases(first, **options), theirs(first, **options)
    ours.add_vocab(second)
    gensims.add_vocab(second)
    assert ours.vocab == gensims.vocab == Phrases(first + second, **options).vocab
    assert ours.find_phrases(first + second) == gensims.find_phrases(first + second)


# ---- where gensim goes wrong ---------------------------------------------------------------------------------------


def test_nothing_is_forgotten():
    # gensim drops the rarest words and pairs whenever there are more of them than max_vocab_size, and so loses a pair
    # that comes once in a while.
    text = [["rare", "pair"], *([f"w{i}", f"v{i}"] for i in range(50)), ["rare", "pair"]] * 2
    assert Phrases(text, min_count=2, threshold=0.1).vocab["rare_pair"] == 4
    assert theirs(text, min_count=2, threshold=0.1, max_vocab_size=20).vocab.get("rare_pair", 0) < 4


def test_freezing_a_second_pass_changes_nothing():
    # gensim's frozen phrases are cut at the delimiter anew: new_york_times is scored by the counts of new and times.
    text = [["new", "york", "times"]] * 6 + [["new", "york"]] * 3 + [["times"]] * 2
    first = Phrases(text, min_count=1, threshold=0.1)
    second = Phrases(first[text], min_count=1, threshold=0.1)
    sentence = first[["new", "york", "times"]]
    assert second[sentence] == second.freeze()[sentence] == ["new_york_times"]
    gensims = theirs(first[text], min_count=1, threshold=0.1)
    assert gensims[sentence] == ["new_york_times"]
    assert gensims.freeze()[sentence] == ["new_york", "times"]


# ---- sources, files, errors ----------------------------------------------------------------------------------------


def test_sources_are_equal(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("\n".join(map(" ".join, TEXT)))
    expected = Phrases(TEXT, min_count=1, threshold=0.5)
    for source in (str(path), path, [path], Corpus(TEXT, min_count=1), iter(TEXT)):
        phrases = Phrases(source, min_count=1, threshold=0.5, workers=2)
        assert phrases.vocab == expected.vocab
        assert phrases.export_phrases() == expected.export_phrases()
    empty = Phrases(min_count=1, threshold=0.5)
    assert empty.export_phrases() == {}
    assert empty[["new", "york"]] == ["new", "york"]
    empty.add_vocab(TEXT)
    assert empty.vocab == expected.vocab


def test_a_corpus_must_have_all_words():
    for options in ({"min_count": 2}, {"max_vocab": 3, "min_count": 1}):
        with pytest.raises(ValueError, match="min_count=1"):
            Phrases(Corpus(TEXT, **options))
    with pytest.raises(ValueError, match="min_count=1"):
        Phrases(Corpus(TEXT, vocabulary=Corpus([["new", "york"]], min_count=1).vocabulary))


def test_what_fails_adds_nothing():
    phrases = Phrases(TEXT, min_count=1, threshold=0.5)
    before, found = phrases.vocab, phrases.export_phrases()

    def broken():
        yield ["new", "words"]
        raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        phrases.add_vocab(broken())
    with pytest.raises(ZeroDivisionError):
        phrases.add_vocab(Corpus(TEXT, min_count=1), on_progress=lambda *_: 1 // 0)
    assert phrases.vocab == before
    assert phrases.export_phrases() == found


def test_files_of_gensims(tmp_path):
    path = tmp_path / "phrases.pkl"
    path.write_bytes(b"\x80\x04}.")
    for kind in (Phrases, FrozenPhrases):
        with pytest.raises(ValueError, match=r"phrases\.pkl: a pickle, such as gensim saves phrases in"):
            kind.load(path)


@pytest.mark.parametrize("connectors", [frozenset(), ENGLISH_CONNECTOR_WORDS])
def test_saved_and_loaded(tmp_path, connectors):
    phrases = Phrases(TEXT, min_count=1, threshold=0.5, connector_words=connectors)
    path = tmp_path / "phrases.safetensors"
    phrases.save(path)
    loaded = Phrases.load(path)
    assert loaded.options == phrases.options
    assert loaded.vocab == phrases.vocab
    assert loaded.export_phrases() == phrases.export_phrases()
    loaded.add_vocab(TEXT)
    assert loaded.vocab == Phrases(TEXT + TEXT, connector_words=connectors).vocab
    with pytest.raises(ValueError, match=r"for Phrases\.load"):
        FrozenPhrases.load(path)


def test_damaged_files(tmp_path):
    path = tmp_path / "phrases.safetensors"
    Phrases(TEXT, connector_words=["of"]).save(path)
    tensors, metadata = load_container(path)
    for name in tensors:
        if name.startswith(("pairs", "middles", "counts", "total")):
            for harm in (lambda values: values[:0], lambda values: values + 1000):
                save_container(tmp_path / "bad.safetensors", {**tensors, name: harm(tensors[name])}, metadata)
                if name in ("counts", "total", "pairs.counts") and harm(tensors[name]).size:
                    continue  # other numbers are not damage
                with pytest.raises(ValueError, match=r"bad\.safetensors: a damaged file of phrases"):
                    Phrases.load(tmp_path / "bad.safetensors")
        save_container(tmp_path / "bad.safetensors", {key: tensors[key] for key in tensors if key != name}, metadata)
        if not name.startswith(("words.hashes", "words.rows")):
            with pytest.raises(ValueError, match="damaged file of phrases"):
                Phrases.load(tmp_path / "bad.safetensors")


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"min_count": 0}, ValueError, "min_count is 0, but must be from 1"),
        ({"min_count": 1.5}, TypeError, "min_count must be a whole number"),
        ({"threshold": 0}, ValueError, "threshold is 0, but must be above 0"),
        ({"threshold": 1.5, "scoring": "npmi"}, ValueError, "threshold is 1.5, but must be from -1 to 1"),
        ({"scoring": "npmi"}, ValueError, "threshold is 10, .* try 0.5"),
        ({"scoring": "pmi"}, ValueError, "scoring is 'pmi', but must be one of 'default', 'npmi'"),
        ({"delimiter": ""}, ValueError, "delimiter is '', but must be text"),
        ({"delimiter": "\ud800"}, ValueError, "delimiter is .*, but must be text"),
        ({"delimiter": None}, TypeError, "delimiter must be a str"),
        ({"connector_words": "of the"}, TypeError, "connector_words must be words"),
        ({"connector_words": [1]}, TypeError, "1 is among them"),
        ({"connector_words": ["of_the"]}, ValueError, "'of_the' holds a character of the delimiter '_'"),
        ({"workers": 0}, ValueError, "workers is 0"),
        ({"max_vocab_size": 9}, TypeError, "no option 'max_vocab_size'; nothing is forgotten here, so leave it out"),
        ({"connector_word": []}, TypeError, "Phrases has no option 'connector_word'$"),
        ({"errors": "ignore"}, ValueError, "errors is 'ignore'"),
    ],
)
def test_bad_options(options, error, sentence):
    with pytest.raises(error, match=sentence):
        Phrases(TEXT, **options)


def test_numbers_drawn_of_delimiters_take_no_time():
    # A row of delimiters can be cut in very many ways.
    with warnings.catch_warnings():
        phrases = Phrases([["_" * 3000, "a"], ["_", "_" * 70]] * 5, min_count=1, threshold=0.1)
        assert phrases[["_" * 3000, "a"]] == ["_" * 3001 + "a"]


def test_progress_is_told():
    told = []
    Phrases(Corpus(TEXT, min_count=1), on_progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (sum(map(len, TEXT)),) * 2
    assert np.all(np.diff([done for done, _ in told]) >= 0)
