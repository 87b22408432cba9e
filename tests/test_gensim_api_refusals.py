"""What is refused, with gensim's types of errors and a remedy; what is ignored or not as told, with a warning."""

from __future__ import annotations

import logging

import pytest

import fastw2v
from fastw2v.gensim_api import Word2Vec

SMALL = {"vector_size": 12, "min_count": 1, "epochs": 3, "workers": 1}


@pytest.fixture(scope="module")
def theirs():
    return pytest.importorskip("gensim.models.word2vec").Word2Vec


def trained(Model):
    return Model([["a", "b"] * 5] * 5, min_count=1, vector_size=4, sample=0)


def with_vocabulary(Model, **options):
    model = Model(min_count=1, vector_size=4, sample=0, **options)
    model.build_vocab([["a", "b"]])
    return model


REFUSED = {
    "no iterable": (TypeError, lambda M: M(7)),
    "both sources": (TypeError, lambda M: M([["a"]], "text.txt")),
    "a file that is not there": (TypeError, lambda M: M(corpus_file="no such file")),
    "no source for the vocabulary": (TypeError, lambda M: M().build_vocab()),
    "no source for the training": (TypeError, lambda M: with_vocabulary(M).train(total_examples=1, epochs=1)),
    "too few occurrences": (RuntimeError, lambda M: M([["a", "b"]], min_count=5)),
    "no sentence": (RuntimeError, lambda M: M([])),
    "training without vocabulary": (RuntimeError, lambda M: M().train([["a"]], total_examples=1, epochs=1)),
    "updating without vocabulary": (RuntimeError, lambda M: M(min_count=1).build_vocab([["a"]], update=True)),
    "no total": (ValueError, lambda M: with_vocabulary(M).train([["a"]], epochs=1)),
    "no epochs": (ValueError, lambda M: with_vocabulary(M).train([["a"]], total_examples=1)),
    "0 epochs": (ValueError, lambda M: with_vocabulary(M).train([["a"]], total_examples=1, epochs=0)),
    "no objective": (ValueError, lambda M: M([["a", "b"]], min_count=1, hs=0, negative=0)),
    "score without vocabulary": (RuntimeError, lambda M: M(hs=1, negative=0).score([["a"]])),
    "score without a tree": (RuntimeError, lambda M: trained(M).score([["a"]])),
    "an argument of gensim 3": (TypeError, lambda M: M(size=10)),
    "another one": (TypeError, lambda M: M([["a"]], iter=3)),
    "an unknown argument": (TypeError, lambda M: with_vocabulary(M).train([["a"]], total_examples=1, epochs=1, x=1)),
    "a model for a table": (TypeError, lambda M: trained(M)["a"]),
    "a model for a set": (TypeError, lambda M: "a" in trained(M)),
    "the tree of another objective": (AttributeError, lambda M: trained(M).syn1),
    "words of another objective": (AttributeError, lambda M: with_vocabulary(M, hs=1, negative=0).syn1neg),
    "vocab": (AttributeError, lambda M: trained(M).vocab),
    "most_similar": (AttributeError, lambda M: trained(M).most_similar("a")),
    "iter": (AttributeError, lambda M: trained(M).iter),
    "an unknown word": (KeyError, lambda M: trained(M).wv["z"]),
    "a file of nothing": (FileNotFoundError, lambda M: M.load("no such file")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_gensims(case, theirs):
    error, program = REFUSED[case]
    for model in (theirs, Word2Vec):
        with pytest.raises(error):
            program(model)


@pytest.mark.parametrize(
    ("program", "error", "sentence"),
    [
        (lambda: Word2Vec("text.txt"), TypeError, "a path is a corpus_file"),
        (lambda: Word2Vec(["a b", "c"]), TypeError, "sentence 0 is 'a b', but must be a list of words; split it"),
        (lambda: Word2Vec([["a", 3]]), TypeError, "word 1 of sentence 0 is 3, but must be a str"),
        (lambda: Word2Vec([["a"]], callbacks=5), TypeError, "callbacks is 5, but must be a list"),
        (lambda: Word2Vec([["a"]], trim_rule=5), TypeError, "trim_rule is 5, but must be a function"),
        (lambda: Word2Vec([["a"]], min_count=None), TypeError, "min_count must be a whole number"),
        (lambda: Word2Vec("x" * 10**6), TypeError, r"sentences is 'x{1,50}\.\.\.x{1,50}', but"),
        (lambda: Word2Vec(size=3), TypeError, r"Word2Vec\(\) has no argument 'size'; it is vector_size now"),
        (lambda: Word2Vec(iter=3), TypeError, "it is epochs now"),
        (lambda: Word2Vec().build_vocab(sentences=[]), TypeError, "'sentences'; it is corpus_iterable now"),
        (lambda: Word2Vec().train(x=1), TypeError, r"train\(\) has no argument 'x'$"),
        (lambda: Word2Vec().save("m", protocol=2), TypeError, r"save\(\) has no argument 'protocol'"),
        (lambda: Word2Vec(vector_size=0), ValueError, "vector_size is 0"),
        (lambda: Word2Vec(hs=0, negative=0), ValueError, "hs and negative are both 0"),
        (lambda: Word2Vec([["a"]]), RuntimeError, "min_count is 5, but the most frequent word occurs only once"),
        (lambda: Word2Vec([["a"]], sorted_vocab=0), RuntimeError, "no word is left: min_count is 5"),
        (lambda: trained(Word2Vec)["a"], TypeError, r"use model\.wv\['a'\]"),
        (lambda: "a" in trained(Word2Vec), TypeError, r"use 'a' in model\.wv"),
        (lambda: trained(Word2Vec).vocab, AttributeError, r"no attribute 'vocab'; use wv\.key_to_index"),
        (lambda: trained(Word2Vec).most_similar, AttributeError, r"use wv\.most_similar$"),
        (lambda: trained(Word2Vec).syn0, AttributeError, r"use wv\.vectors$"),
        (lambda: trained(Word2Vec).trainables, AttributeError, "use the model's own attributes"),
        (lambda: trained(Word2Vec).syn1, AttributeError, "a model trained with hs=0 has no syn1, but syn1neg"),
        (lambda: trained(Word2Vec).nonsense, AttributeError, "no attribute 'nonsense'$"),
        (lambda: Word2Vec().save(7), TypeError, "fname must be a path"),
        (lambda: Word2Vec().predict_output_word(["a"]), RuntimeError, "no vocabulary"),
    ],
)
def test_what_refusals_say(program, error, sentence):
    with pytest.raises(error, match=sentence):
        program()


def test_compressed_files_are_told_how_to_be_read(tmp_path):
    (tmp_path / "text.gz").write_bytes(b"")
    with pytest.raises(TypeError, match=r"is compressed; give sentences=LineSentence\("):
        Word2Vec(corpus_file=tmp_path / "text.gz")


def test_a_change_of_objective_needs_a_new_vocabulary(sentences):
    model = Word2Vec(sentences, **SMALL)
    model.hs, model.negative = 1, 0
    with pytest.raises(ValueError, match="hs or vector_size was changed after build_vocab"):
        model.train(sentences, total_examples=3000, epochs=1)
    model.build_vocab(sentences)
    model.train(sentences, total_examples=3000, epochs=1)
    assert model.syn1.shape == (44, 12)
    model.build_vocab([["new"]], update=True)
    assert model.syn1.shape == (45, 12)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"hs": 1}, "hs=1 trains the hierarchical softmax alone; negative=5 is ignored"),
        ({"batch_words": 500}, "batch_words has no meaning in fastw2v"),
        ({"hashfxn": len}, "hashfxn has no meaning"),
        ({"null_word": 1}, "null_word has no meaning"),
        ({"callbacks": [None]}, "callbacks are not kept"),
        ({"trim_rule": len}, "are not kept"),
        ({}, ""),
    ],
)
def test_what_is_ignored_is_said_once(options, sentence, caplog):
    with caplog.at_level(logging.WARNING):
        model = Word2Vec(**options)
    assert len(caplog.records) == bool(sentence)
    assert sentence in caplog.text
    assert not options.get("hs") or model.negative == 0


def test_texts_that_are_not_as_told_are_warned_of(sentences, caplog):
    model = Word2Vec(sentences, **SMALL)
    with caplog.at_level(logging.WARNING):
        model.train(sentences, total_examples=2999, total_words=5, epochs=1)
        assert model.train([["unknown"]], total_examples=1, epochs=1) == (0, 0)
        assert model.train(iter([]), total_examples=1, epochs=1) == (0, 0)
    assert "total_examples is 2999, but the text has 3000" in caplog.text
    assert "total_words is 5, but the text has" in caplog.text
    assert "alpha is 0.025, but an earlier training had come down to 0.0001" in caplog.text
    assert "nothing was trained: none of the 1 different words" in caplog.text
    assert "nothing was trained: the source holds no word at all" in caplog.text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"size": 3}, "there is no option 'size'; here it is vector_size"),
        ({"sg": 1}, r"'sg'; here it is architecture='skipgram' \(sg=1\) or 'cbow'"),
        ({"hs": 1}, "loss='hierarchical'"),
        ({"iter": 1}, "here it is epochs"),
        ({"vectr_size": 3}, "did you mean vector_size"),
    ],
)
def test_fastw2vs_own_options_are_named_to_gensim_users(sentences, options, sentence):
    with pytest.raises(TypeError, match=sentence):
        fastw2v.train(sentences, **options)
    with pytest.raises(TypeError, match=sentence):
        fastw2v.Config.from_options(options)
