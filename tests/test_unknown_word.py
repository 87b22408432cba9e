"""The sentence about a word that is not known."""

import pickle

import pytest

from fastw2v.unknown_word import UnknownWordError, nearest_spellings

KNOWN = ["the", "king", "queen", "King", "monarchy", "straße", "日本"]


@pytest.mark.parametrize(
    ("word", "nearest"),
    [("kinng", "king"), ("KING", "king"), ("monarhcy", "monarchy"), ("strasse", "straße"), ("quen", "queen")],
)
def test_the_nearest_spelling_comes_first(word, nearest):
    assert nearest_spellings(word, KNOWN)[0] == nearest


@pytest.mark.parametrize("word", ["", "zzzzzzzz", "k" * 100_000])
def test_words_unlike_any(word):
    assert nearest_spellings(word, KNOWN) == []


def test_only_so_many_words_are_compared():
    many = [f"word{i}" for i in range(300_000)]
    assert len(nearest_spellings("wordd7", many)) == 3


def test_the_sentence():
    assert str(UnknownWordError("kinng", KNOWN)) == ("the word 'kinng' is not in the vocabulary; did you mean 'king'?")
    assert "none of the 7 known words" in str(UnknownWordError("zzzzzzzz", KNOWN))
    assert "not in the vocabulary" in str(UnknownWordError(99, KNOWN))


def test_it_is_a_key_error_that_travels_without_the_vocabulary():
    error = UnknownWordError("kinng", KNOWN)
    assert isinstance(error, KeyError)
    data = pickle.dumps(error)
    assert b"monarchy" not in data
