"""Names of gensim 3: each says what to use instead, and that exists."""

from __future__ import annotations

import copy
import inspect
import re

import numpy as np
import pytest

from fastw2v import Config, Corpus, KeyedVectors, gensim_names, train
from fastw2v.gensim_api import Word2Vec


@pytest.fixture(scope="module")
def wv():
    return KeyedVectors(["a", "b"], np.eye(2), [3, 1])


@pytest.mark.parametrize("name", gensim_names.VECTORS)
def test_old_names_of_vectors_name_the_new(wv, name):
    instead = gensim_names.VECTORS[name]
    with pytest.raises(
        AttributeError, match=re.escape(f"'KeyedVectors' object has no attribute {name!r}; use {instead}")
    ):
        getattr(wv, name)
    assert hasattr(wv, re.match(r"\w+", instead)[0])
    assert not hasattr(wv, name)


@pytest.mark.parametrize("name", gensim_names.MODEL)
def test_old_names_of_models_name_the_new(name):
    model = Word2Vec()
    with pytest.raises(AttributeError, match=re.escape(f"'Word2Vec' object has no attribute {name!r}; use ")):
        getattr(model, name)
    instead = gensim_names.MODEL[name]
    if match := re.match(r"wv\.(\w+)", instead):
        assert hasattr(model.wv, match[1])
    elif match := re.fullmatch(r"\w+", instead):
        assert hasattr(model, match[0])


def test_options_named_to_gensim_users_exist():
    arguments = inspect.signature(train).parameters
    for name, instead in gensim_names.TRAINING_OPTIONS.items():
        assert name not in arguments
        if match := re.match(r"(\w+)(=|$)", instead):
            assert hasattr(Config(), match[1])
    assert hasattr(Corpus, "restricted")


def test_other_names_are_just_missing(wv):
    with pytest.raises(AttributeError, match=r"'KeyedVectors' object has no attribute 'nonsense'$"):
        wv.nonsense  # noqa: B018
    assert copy.deepcopy(wv).index_to_key == ["a", "b"]
