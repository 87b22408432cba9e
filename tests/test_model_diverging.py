"""A run whose numbers grow without end: where it stops, and what is left of it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fastw2v import Config, Corpus, DivergedError, Word2Vec, train


def test_a_model_that_has_diverged_says_so(text_file):
    corpus = Corpus(text_file, min_count=1)
    model = Word2Vec(Config(vector_size=8, workers=1, loss="softmax"))
    model.build_vocab(corpus)
    model.wv.vectors[:] = model.outputs[:] = 1e20
    for measure in (model.evaluate_loss, model.perplexity):
        with pytest.raises(ValueError, match=r"it has diverged; train it anew, and lower alpha$"):
            measure(corpus)
    with pytest.raises(ValueError, match="has diverged"):
        model.predict(["a1"])
    model.wv.vectors[:], model.outputs[:] = 1e3, 0
    model.outputs[0] = 1e3
    assert model.perplexity(corpus) == math.inf


def test_a_run_that_diverges_keeps_the_state_before(text_file):
    corpus = Corpus(text_file, min_count=1)
    model = Word2Vec(Config(vector_size=8, epochs=2, workers=1))
    model.build_vocab(corpus)
    model.wv.vectors[:] = model.outputs[:] = 1e20
    with pytest.raises(ValueError, match=r"the loss is .* in epoch 1, block 0"):
        model.train(corpus)
    assert (model.wv.vectors == np.float32(1e20)).all()
    assert model.history == []


RUINOUS = [
    {"loss": "negative", "alpha": 10.0},
    {"loss": "hierarchical", "alpha": 10.0},
    *({"loss": "softmax", "alpha": alpha, "softmax_batch": 2000} for alpha in (1.0, 3.0, 10.0)),
    {"loss": "softmax", "architecture": "cbow", "alpha": 10.0, "softmax_batch": 2000},
    {"loss": "negative", "architecture": "cbow", "alpha": 10.0},
]


@pytest.mark.parametrize("options", RUINOUS, ids=str)
def test_a_rate_that_is_far_too_high_leaves_finite_numbers(options, tmp_path):
    """From healthy first values on; the softmax's vocabulary is in several blocks."""
    rng = np.random.default_rng(1)
    words = [f"w{i}" for i in (300 * rng.random(30_000) ** 2).astype(int)]
    corpus = Corpus([words[i : i + 20] for i in range(0, len(words), 20)], min_count=1)
    model = Word2Vec(Config(vector_size=20, epochs=4, workers=1, **options))
    model.build_vocab(corpus)
    with pytest.raises(DivergedError, match="lower alpha"):
        model.train(corpus)
    assert np.isfinite(model.wv.vectors).all()
    assert np.isfinite(model.outputs).all()
    model.save(tmp_path / "m.safetensors")


def test_the_error_of_a_run_that_diverged_has_the_model():
    with pytest.raises(DivergedError) as caught:
        train([["a", "b", "c", "d"] * 50] * 50, alpha=10, epochs=50, min_count=1, sample=0, vector_size=4, workers=1)
    assert np.isfinite(caught.value.model.wv.vectors).all()
    assert len(caught.value.model.wv) == 4
