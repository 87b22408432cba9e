"""Files of models of pairs: what is refused, and with which sentence."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fastw2v import PairModel, Word2Vec, train, train_pairs
from fastw2v.container import load_container, save_container

SMALL = {"vector_size": 8, "min_count": 1, "epochs": 1, "workers": 1, "progress": False}


@pytest.fixture
def model():
    return train_pairs(["a", "b", "a"], ["x", "y", "z"], **SMALL)


def test_suffixes_of_other_formats_are_refused(model, tmp_path):
    with pytest.raises(ValueError, match=r"a model of pairs is a \.safetensors file, and \.txt means another format"):
        model.save(tmp_path / "model.txt")


def test_models_of_text_and_of_pairs_are_told_apart(model, tmp_path):
    model.save(tmp_path / "pairs.safetensors")
    with pytest.raises(ValueError, match=r"a model of pairs; read it with fastw2v\.PairModel\.load"):
        Word2Vec.load(tmp_path / "pairs.safetensors")
    train([["a", "b"]] * 9, sample=0, **SMALL).save(tmp_path / "text.safetensors")
    with pytest.raises(ValueError, match=r"no model of pairs, targets.vectors missing; read whole models with"):
        PairModel.load(tmp_path / "text.safetensors")
    model.wv.save(tmp_path / "vectors.safetensors")
    with pytest.raises(ValueError, match="no model of pairs"):
        PairModel.load(tmp_path / "vectors.safetensors")


def test_what_does_not_fit_is_refused(model, tmp_path):
    path = tmp_path / "pairs.safetensors"
    model.save(path)
    tensors, metadata = load_container(path)
    tensors = {name: np.array(array) for name, array in tensors.items()}
    state = json.loads(metadata["pairs"])
    damages = [
        ({"vectors": tensors["vectors"][:1]}, {}, "do not fit 2 inputs and 3 targets of 8 float32 numbers"),
        ({"targets.vectors": tensors["targets.vectors"].astype(np.float16)}, {}, "do not fit"),
        ({"targets.counts": tensors["targets.counts"][:1]}, {}, "its options, words or state are not valid"),
        ({}, {"pairs": "[]"}, "its options, words or state are not valid"),
        ({}, {"pairs": "{"}, "its options, words or state are not valid"),
        ({}, {"pairs": json.dumps({**state, "history": [3]})}, "its options, words or state are not valid"),
        ({}, {"config": json.dumps({"vector_size": -8})}, "vector_size is -8"),
    ]
    for arrays, texts, match in damages:
        save_container(path, {**tensors, **arrays}, {**metadata, **texts})
        with pytest.raises(ValueError, match=match):
            PairModel.load(path)
