"""Scores of pairs by a function: beside gensim's, in files, and what is no such function."""

from __future__ import annotations

import numpy as np
import phrase_texts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v.frozen_phrases import FrozenPhrases
from fastw2v.phrases import Phrases

TEXT = [["new", "york", "times"], ["new", "york", "of", "new"], ["times", "of", "york"]] * 4


def dice(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
    """Of all arguments, so that none is another's; pairs that are too rare score as well."""
    return (2 * bigram_count - min_count / len_vocab) / (worda_count + wordb_count + 1 / corpus_word_count)


def mixture(**counts):
    return counts["bigram_count"] / counts["worda_count"]


@settings(deadline=None, max_examples=40)
@given(phrase_texts.texts, phrase_texts.options, st.sampled_from([-1.0, 0.3, 0.6, 0.9]))
def test_a_function_gives_gensims_phrases(texts, options, threshold):
    gensim = pytest.importorskip("gensim.models.phrases")
    text, other = texts
    options = {**options, "scoring": dice, "threshold": threshold}
    ours, gensims = Phrases(text, **options), gensim.Phrases(text, **options)
    assert ours.vocab == gensims.vocab
    for sentence in [*text, *other]:
        assert list(ours.analyze_sentence(sentence)) == list(gensims.analyze_sentence(sentence))


@pytest.mark.parametrize("name", ["default", "npmi"])
def test_gensims_functions_are_the_names(name):
    gensim = pytest.importorskip("gensim.models.phrases")
    function = {"default": gensim.original_scorer, "npmi": gensim.npmi_scorer}[name]
    named = Phrases(TEXT, min_count=2, threshold=0.2, scoring=name)
    assert Phrases(TEXT, min_count=2, threshold=0.2, scoring=function).export_phrases() == named.export_phrases()


def test_arguments_are_whole_numbers_by_name():
    met = []

    def scoring(**counts):
        met.append(counts)
        return np.float32(1)

    assert Phrases([["a", "b"]], min_count=3, threshold=-5, scoring=scoring).export_phrases() == {"a_b": 1.0}
    expected = {"worda_count": 1, "wordb_count": 1, "bigram_count": 1, "len_vocab": 3}
    assert met == [{**expected, "min_count": 3, "corpus_word_count": 2}]
    assert {type(count) for count in met[0].values()} == {int}


def test_files_hold_no_function(tmp_path):
    path = tmp_path / "phrases.safetensors"
    phrases = Phrases(TEXT, min_count=2, threshold=0.4, scoring=mixture)
    assert "scoring='mixture'" in repr(phrases)
    phrases.save(path)
    with pytest.raises(ValueError, match=r"phrases\.safetensors: a function scored these pairs.*give it as scoring"):
        Phrases.load(path)
    loaded = Phrases.load(path, scoring=mixture)
    assert loaded.options == phrases.options
    assert loaded.export_phrases() == phrases.export_phrases() != {}
    phrases.freeze().save(path)
    frozen = FrozenPhrases.load(path)
    assert frozen.scores == phrases.freeze().scores
    assert frozen[TEXT[0]] == phrases[TEXT[0]]
    with pytest.raises(ValueError, match="scored by a function"):
        frozen.scoring(worda_count=1)


@pytest.mark.parametrize(
    ("scoring", "error", "sentence"),
    [
        (lambda a, b: 1.0, ValueError, "must take worda_count, wordb_count, bigram_count"),
        (lambda **_: "high", TypeError, "scoring gave 'high' for a pair, but must give a number"),
        (lambda **_: None, TypeError, "scoring gave None"),
        (lambda **_: 1 // 0, ZeroDivisionError, "division"),
        (5, TypeError, "scoring must be one of 'default', 'npmi'"),
    ],
)
def test_what_is_no_scoring(scoring, error, sentence):
    with pytest.raises(error, match=sentence):
        Phrases(TEXT, scoring=scoring).freeze()
