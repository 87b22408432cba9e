"""What a model says of a text: loss, perplexity, predictions."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from models import EVERY_OBJECTIVE, SMALL

from fastw2v import Config, Corpus, DivergedError, Word2Vec, train
from fastw2v.equations import naive_softmax_loss_and_gradients, softmax


@pytest.mark.parametrize("options", EVERY_OBJECTIVE, ids=str)
def test_an_untrained_model_thinks_all_words_equally_likely(text_file, options):
    corpus = Corpus(text_file, min_count=1)
    model = Word2Vec(Config(vector_size=8, workers=1, **options))
    model.build_vocab(corpus)
    if options["loss"] == "hierarchical":
        # Each turn of the tree is even.
        assert 2**4 < model.perplexity(corpus) < 2**8
    else:
        assert model.perplexity(corpus) == pytest.approx(len(model.wv), rel=1e-5)
    if options["loss"] != "negative":
        assert model.evaluate_loss(corpus) == pytest.approx(math.log(model.perplexity(corpus)), rel=1e-6)


def test_perplexity_is_the_naive_softmaxs():
    sentences = [["a", "b", "c", "a"], ["c", "d"], ["b"]] * 4
    model = train(sentences, vector_size=8, window=1, min_count=1, sample=0, workers=1, epochs=3, alpha=0.5)
    V, U = model.wv.vectors, model.outputs
    number = model.wv.key_to_index
    costs = []
    for sentence in sentences:
        for centre, context in zip([*sentence[1:], *sentence[:-1]], [*sentence[:-1], *sentence[1:]], strict=True):
            costs.append(naive_softmax_loss_and_gradients(V[number[centre]], number[context], U)[0])
    assert model.perplexity(sentences) == pytest.approx(np.exp(np.mean(costs)), rel=1e-5)


def test_perplexity_does_not_depend_on_the_batch(text_file):
    model = train(text_file, **SMALL, softmax_batch=8192, softmax_memory=1)
    assert model.perplexity(text_file) > 1


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_predict_is_the_softmax_of_the_words_together(text_file, architecture, mean):
    model = train(text_file, **SMALL, architecture=architecture, cbow_mean=mean, alpha=0.2)
    given = ["a1", "b2", "a1", "a7"]
    h = np.sum([model.wv[word] for word in given], axis=0, dtype=np.float64)
    if architecture == "skipgram" or mean:
        h /= len(given)
    expected = softmax(model.outputs @ h)
    for word, probability in model.predict(given, topn=45):
        assert probability == pytest.approx(expected[model.wv.key_to_index[word]], rel=1e-4)


def test_measures_are_of_a_text_thinned_out_like_the_trainings():
    """A text of one frequent word and one rare one: with `sample` the frequent one is mostly left out."""
    sentences = [["the"] * 20 + ["rare"]] * 200
    full = train(sentences, min_count=1, sample=0, vector_size=4, workers=1, epochs=1)
    thinned = Word2Vec(replace(full.config, sample=1e-2))
    thinned.vocabulary, thinned.wv, thinned.outputs = full.vocabulary, full.wv, full.outputs
    assert full.perplexity(sentences) != pytest.approx(thinned.perplexity(sentences), rel=0.01)


def test_evaluate_loss_is_the_negative_sampling_loss():
    """Of one pair and noise that can only be the other word: drawn k times of `negative`, binomially."""
    sentences = [["a", "b"]] * 400
    model = train(sentences, min_count=1, sample=0, vector_size=4, workers=1, epochs=1, negative=3, alpha=0.5)
    costs = []
    for v, o in ((model.wv["a"], "b"), (model.wv["b"], "a")):
        target = model.wv.key_to_index[o]
        good, bad = float(model.outputs[target] @ v), float(model.outputs[1 - target] @ v)
        # Half of the draws are the target, which is dropped.
        costs.append(np.logaddexp(0, -good) + 1.5 * np.logaddexp(0, bad))
    assert model.evaluate_loss(sentences) == pytest.approx(np.mean(costs), rel=0.05)


def test_bad_arguments_of_measurements(text_file):
    model = train(text_file, **SMALL)
    with pytest.raises(TypeError, match="a list of words, not 'a1'"):
        model.predict("a1")
    with pytest.raises(TypeError, match=r"1\.5 among them is no str"):
        model.predict(["a1", 1.5])
    with pytest.raises(ValueError, match="context_words is empty"):
        model.predict([])
    with pytest.raises(KeyError, match="zzz"):
        model.predict(["a1", "zzz"])
    with pytest.raises(ValueError, match="topn is 0"):
        model.predict(["a1"], topn=0)
    with pytest.raises(ValueError, match="make it with Corpus"):
        model.evaluate_loss(Corpus([["a1", "x"]] * 9, min_count=1))
    with pytest.raises(ValueError, match="no word of the text has a neighbour"):
        model.perplexity([["a1"], ["a2"]])


@pytest.mark.parametrize("options", [o for o in EVERY_OBJECTIVE if o["loss"] != "negative"], ids=str)
@pytest.mark.parametrize("mean", [True, False])
def test_log_likelihoods_are_the_sums_over_whole_windows(text_file, options, mean):
    model = train(text_file, **{**SMALL, "epochs": 2, "window": 3, "alpha": 0.05}, **options, cbow_mean=mean)
    texts = [["a1", "c3", "unknown", "b2", "a4", "a1"], [], ["a1"], ["unknown", "a7", "c1"], ("c1", "a1", "c1")]
    got = model.log_likelihoods(iter(texts))
    assert got.dtype == np.float64
    wanted = []
    for text in texts:
        words = [word for word in text if word in model.wv]
        total = 0.0
        for i, target in enumerate(words):
            around = [words[j] for j in range(max(0, i - 3), min(len(words), i + 4)) if j != i]
            inputs = [model.wv[word] for word in around]
            if inputs and options["architecture"] == "cbow":
                inputs = [np.mean(inputs, axis=0) if mean else np.sum(inputs, axis=0)]
            for h in inputs:
                total += np.log(model.probabilities(h)[model.wv.key_to_index[target]])
        wanted.append(total)
    np.testing.assert_allclose(got, wanted, rtol=1e-5)
    assert got[1] == got[2] == 0 > got[0]


def test_log_likelihoods_need_probabilities_and_lists_of_words(text_file):
    with pytest.raises(ValueError, match="negative sampling trains no probabilities"):
        train(text_file, **SMALL).log_likelihoods([["a1"]])
    model = train(text_file, **SMALL, loss="hierarchical")
    for bad in ("a1 a2", 7):
        with pytest.raises(TypeError, match=r"sentence 1 is .* but must be a list of words"):
            model.log_likelihoods([["a1"], bad])
    assert len(model.log_likelihoods([])) == 0
    model.wv.vectors = model.wv.vectors * 1e30
    model.outputs *= 1e30
    with pytest.raises(DivergedError, match="it has diverged"):
        model.log_likelihoods([["a1", "a2"]])
