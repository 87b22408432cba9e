"""From text to a model: what is learnt, what is saved and loaded, what bad input gets."""

from __future__ import annotations

import copy
import inspect
import signal
import threading
from dataclasses import fields

import numpy as np
import pytest
from models import EVERY_OBJECTIVE, SMALL

import fastw2v
from fastw2v import Config, Corpus, KeyedVectors, Word2Vec, train
from fastw2v.kernels import available


@pytest.mark.parametrize("kernel", available())
@pytest.mark.parametrize("workers", [1, 3])
def test_words_of_a_topic_become_neighbours(text_file, kernel, workers):
    model = train(text_file, **{**SMALL, "workers": workers, "epochs": 20, "sample": 0, "kernel": kernel})
    for topic in "ab":
        near = [word for word, _ in model.wv.most_similar(f"{topic}3", topn=10)]
        assert sum(word.startswith(topic) for word in near) >= 9, near


@pytest.mark.parametrize(
    ("given", "options", "named"),
    [((), {"vector_size": 20}, "'vector_size'"), ((["a b"],), {}, r"\['a b'\]"), (([],), {"sg": 1}, "'sg'")],
)
def test_a_model_is_not_made_from_a_text(given, options, named):
    with pytest.raises(TypeError, match=f"not {named}; call fastw2v.train.*import Word2Vec from fastw2v.gensim_api"):
        Word2Vec(*given, **options)


def test_words_come_from_a_corpus(text_file):
    model = Word2Vec()
    for change in (model.build_vocab, model.extend_vocab):
        with pytest.raises(TypeError, match=r"not from .*; give Corpus\(text\)"):
            change(str(text_file))


def test_vectors_are_what_is_promised(text_file):
    model = train(text_file, **{**SMALL, "vector_size": 33})
    vectors = model.wv.vectors
    assert vectors.dtype == np.float32
    assert vectors.shape == (45, 33) == (len(model.wv), model.wv.vector_size)
    assert vectors.flags.c_contiguous
    assert np.isfinite(vectors).all()
    assert model.outputs.shape == vectors.shape
    counts = [model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key]
    assert counts == sorted(counts, reverse=True)
    assert model.wv.key_to_index[model.wv.index_to_key[4]] == 4
    np.testing.assert_array_equal(model.wv["a1"], vectors[model.wv.key_to_index["a1"]])


def test_a_file_and_lists_of_its_words_train_the_same(text_file, sentences):
    one, other = train(text_file, **SMALL), train(sentences, **SMALL)
    assert one.wv.index_to_key == other.wv.index_to_key
    assert one.wv.vectors.tobytes() == other.wv.vectors.tobytes()


def test_a_one_shot_iterator_is_enough(sentences):
    assert train(iter(sentences), **SMALL).wv.vectors.tobytes() == train(sentences, **SMALL).wv.vectors.tobytes()


def test_a_corpus_is_taken_as_it_is(text_file):
    corpus = Corpus(text_file, min_count=1)
    assert train(corpus, **SMALL).wv.vectors.tobytes() == train(text_file, **SMALL).wv.vectors.tobytes()


def test_seeds(text_file):
    first, again = train(text_file, **SMALL), train(text_file, **SMALL)
    other = train(text_file, **{**SMALL, "seed": 2})
    assert first.wv.vectors.tobytes() == again.wv.vectors.tobytes()
    assert first.outputs.tobytes() == again.outputs.tobytes()
    assert first.wv.vectors.tobytes() != other.wv.vectors.tobytes()


def test_initial_values_are_word2vecs(text_file):
    model = Word2Vec(Config(vector_size=50))
    model.build_vocab(Corpus(text_file, min_count=1))
    assert np.abs(model.wv.vectors).max() <= 0.5 / 50
    assert model.wv.vectors.std() == pytest.approx(1 / 50 / np.sqrt(12), rel=0.05)
    assert not model.outputs.any()


def test_save_and_load_give_the_same_model(text_file, tmp_path):
    model = train(text_file, **SMALL)
    path = tmp_path / "model.safetensors"
    model.save(path)
    loaded = Word2Vec.load(path)
    assert loaded.config == model.config
    assert loaded.vocabulary == model.vocabulary
    assert loaded.words_trained == model.words_trained > 0
    assert loaded.wv.index_to_key == model.wv.index_to_key
    np.testing.assert_array_equal(loaded.wv.vectors, model.wv.vectors)
    np.testing.assert_array_equal(loaded.outputs, model.outputs)
    assert loaded.wv.most_similar("a1") == model.wv.most_similar("a1")
    assert KeyedVectors.load(path).index_to_key == model.wv.index_to_key
    assert [p.name for p in tmp_path.iterdir()] == ["model.safetensors"]


def test_a_loaded_model_trains_on(text_file, tmp_path):
    model = train(text_file, **SMALL)
    model.save(tmp_path / "m.safetensors")
    loaded = Word2Vec.load(tmp_path / "m.safetensors")
    corpus = Corpus(text_file, min_count=1)
    model.train(corpus)
    loaded.train(corpus)
    assert loaded.wv.vectors.tobytes() == model.wv.vectors.tobytes()
    assert loaded.words_trained == 2 * 3 * len(corpus)


def test_vectors_alone_are_no_model(text_file, tmp_path):
    path = tmp_path / "vectors.safetensors"
    train(text_file, **SMALL).wv.save(path)
    with pytest.raises(ValueError, match=r"no whole model, outputs missing; .*KeyedVectors.load"):
        Word2Vec.load(path)


def test_a_foreign_corpus_is_refused(text_file):
    model = train(text_file, **SMALL)
    with pytest.raises(ValueError, match="vocabulary of 2 words that is not this model's of 45; make it with Corpus"):
        model.train(Corpus([["x", "y"]], min_count=1))


def test_ctrl_c_leaves_what_was_trained_and_no_thread(text_file):
    before = threading.active_count()
    corpus = Corpus(text_file, min_count=1)
    model = Word2Vec(Config(vector_size=300, epochs=10_000, workers=2, window=10))
    model.build_vocab(corpus)
    start = model.wv.vectors.copy()

    def interrupt(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.train(corpus, interrupt)
    assert threading.active_count() == before
    assert model.wv.vectors.shape == start.shape
    assert np.isfinite(model.wv.vectors).all()
    assert (model.wv.vectors != start).any()
    assert 0 < model.words_trained < 10_000 * len(corpus)


@pytest.mark.parametrize("moment", ["pad_rows", "pack_rows"])
def test_ctrl_c_while_matrices_are_moved_loses_nothing(text_file, monkeypatch, moment):
    corpus = Corpus(text_file, min_count=1)
    model = Word2Vec(Config(vector_size=8, epochs=1, workers=1))
    model.build_vocab(corpus)
    real = getattr(fastw2v.training, moment)

    def interrupted(*arguments):
        signal.raise_signal(signal.SIGINT)
        return real(*arguments)

    monkeypatch.setattr(fastw2v.training, moment, interrupted)
    with pytest.raises(KeyboardInterrupt):
        model.train(corpus)
    assert model.wv.vectors.shape == model.outputs.shape == (45, 8)
    assert model.words_trained == (0 if moment == "pad_rows" else len(corpus))


def test_ctrl_c_where_an_exception_would_be_lost_still_stops_the_training(text_file, monkeypatch):
    class Interrupting:
        def __del__(self):
            signal.raise_signal(signal.SIGINT)

    real = fastw2v.trainer.run_jobs

    def run_jobs(*arguments):
        Interrupting()
        return real(*arguments)

    monkeypatch.setattr(fastw2v.trainer, "run_jobs", run_jobs)
    with pytest.raises(KeyboardInterrupt):
        train(text_file, **{**SMALL, "epochs": 5})


def test_a_model_takes_no_suffix_of_another_format(text_file, tmp_path):
    model = fastw2v.train(text_file, vector_size=8, epochs=1, min_count=1)
    for name in ("m.txt", "m.bin", "m.npy"):
        with pytest.raises(ValueError, match=r"a whole model is a \.safetensors file"):
            model.save(tmp_path / name)
    model.save(tmp_path / "m.model")
    assert len(Word2Vec.load(tmp_path / "m.model").wv) == 45


def test_an_iterators_exception_reaches_the_caller(sentences):
    def broken():
        yield sentences[0]
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError, match="the database is gone"):
        train(broken(), **SMALL)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"vector_size": 0}, ValueError, "vector_size is 0"),
        ({"alpha": "x"}, TypeError, "alpha must be a number"),
        ({"progress": "loud"}, ValueError, "progress is 'loud', but must be 'auto', True or False"),
        ({"errors": "ignore"}, ValueError, "errors is 'ignore'"),
        ({"min_count": 10**6}, ValueError, "min_count"),
    ],
)
def test_bad_options(text_file, options, error, sentence):
    with pytest.raises(error, match=sentence):
        train(text_file, **{**SMALL, **options})


def test_options_are_checked_before_the_text_is_touched():
    def never():
        raise AssertionError("the source was read")
        yield []

    with pytest.raises(ValueError, match="epochs is 0"):
        train(never(), epochs=0)


def test_every_option_of_config_is_an_argument_with_its_default():
    arguments = inspect.signature(train).parameters
    for field in fields(Config):
        assert arguments[field.name].default == field.default


def test_public_names():
    assert set(fastw2v.__all__) <= set(dir(fastw2v))


def test_words_of_many_scripts_and_lengths(tmp_path):
    words = ["naïve", "слово", "語", "😀", "x" * 100_000, "שלום"]
    model = train([words] * 50, **SMALL)
    model.save(tmp_path / "m.safetensors")
    assert sorted(Word2Vec.load(tmp_path / "m.safetensors").wv.index_to_key) == sorted(words)


def test_one_word_sentences_train_nothing_and_do_no_harm():
    with pytest.warns(UserWarning, match="nothing was learnt: no word of the text has a neighbour"):
        model = train([["a"], ["b"]] * 10, **SMALL)
    assert np.isfinite(model.wv.vectors).all()
    assert not model.outputs.any()


def test_a_vocabulary_of_one_word():
    model = train([["a", "a", "a"]] * 10, **SMALL, sample=0)
    assert model.wv.vectors.shape == (1, 20)
    assert np.isfinite(model.wv.vectors).all()


@pytest.mark.parametrize("options", EVERY_OBJECTIVE, ids=str)
def test_every_objective_learns_topics_and_is_saved_whole(text_file, tmp_path, options):
    model = train(text_file, **{**SMALL, "epochs": 12, "alpha": 0.1}, **options)
    near = [word[0] for word, _ in model.wv.most_similar("a1", topn=5)]
    assert near.count("a") >= 4
    losses = [entry["loss"] for entry in model.history]
    assert len(losses) == 12
    assert losses[-1] < losses[0]
    model.save(tmp_path / "m.safetensors")
    again = Word2Vec.load(tmp_path / "m.safetensors")
    timeless = [{k: v for k, v in entry.items() if k != "words_per_second"} for entry in model.history]
    assert again.history == timeless
    assert again.config == model.config
    for a, b in ((again, model),):
        assert a.predict(["a1", "a2"]) == b.predict(["a1", "a2"])
        assert a.evaluate_loss(text_file) == pytest.approx(b.evaluate_loss(text_file), rel=1e-9)
    words = len(model.wv)
    assert 1 < model.perplexity(text_file) < words
    everything = model.predict(["a3", "a4"], topn=1000)
    assert len(everything) == words
    assert sum(p for _, p in everything) == pytest.approx(1)
    assert [word[0] for word, _ in everything[:5]].count("a") >= 4
    assert everything == sorted(everything, key=lambda pair: -pair[1])


def test_training_on_continues_history(text_file):
    corpus = Corpus(text_file, min_count=1)
    model = Word2Vec(Config(vector_size=8, epochs=2, workers=1))
    model.build_vocab(corpus)
    model.train(corpus)
    model.train(corpus)
    assert [entry["epoch"] for entry in model.history] == [1, 2, 3, 4]


def test_training_on_draws_anew(text_file):
    corpus = Corpus(text_file, min_count=1)
    model = Word2Vec(Config(vector_size=8, epochs=1, workers=1, alpha=1e-12, min_alpha=0))
    model.build_vocab(corpus)
    model.outputs[:] = model.wv.vectors * 8
    for _ in range(2):
        model.train(corpus)
    first, second = (entry["loss"] for entry in model.history)
    assert abs(first - second) > 1e-5


def test_a_batch_that_cannot_fit_is_refused_before_matrices_are_made(text_file, monkeypatch):
    monkeypatch.setattr(fastw2v.model, "fill_uniform", lambda *_: pytest.fail("a matrix was made"))

    def refuse(*_):
        raise ValueError("too much")

    monkeypatch.setattr(fastw2v.model, "softmax_plan", refuse)
    with pytest.raises(ValueError, match="too much"):
        train(text_file, loss="softmax")


def test_training_goes_on_with_a_text_as_it_is(text_file, sentences):
    model = train(text_file, **SMALL)
    model.train(sentences)
    assert len(model.history) == 6
    with pytest.raises(ValueError, match="no vocabulary yet"):
        Word2Vec().train(sentences)


def test_a_new_vocabulary_forgets_the_old_run(text_file):
    model = train(text_file, **SMALL)
    model.build_vocab(Corpus(text_file, min_count=1))
    assert (model.history, model.words_trained) == ([], 0)


def test_texts_are_trained_by_tokenize_and_column():
    texts = ["one two three", "two three one"] * 20
    options = {"vector_size": 8, "epochs": 1, "workers": 1, "min_count": 1, "sample": 0}
    plain = train([text.split() for text in texts], **options).wv.vectors
    for source, more in ((texts, {"tokenize": str.split}), ([{"text": text} for text in texts], {"column": "text"})):
        np.testing.assert_array_equal(train(source, **options, **more).wv.vectors, plain)


def by_count(model):
    model.wv.set_vecattr("c4", "count", 10**6)
    model.wv.sort_by_descending_frequency()


def renamed(model):
    model.wv.index_to_key[0] = "renamed"


def one_more(model):
    model.wv.add_vector("NEW", np.ones(20, np.float32))


@pytest.mark.parametrize("loaded", [False, True])
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (by_count, "row 0 of wv is the word 'c4' now, but .* copy"),
        (renamed, "row 0 of wv is the word 'renamed' now"),
        (one_more, r"wv has vectors of shape \(46, 20\), but the model has 45 words .* copies"),
    ],
)
def test_a_model_whose_words_were_changed_is_neither_saved_nor_trained(change, sentence, loaded, text_file, tmp_path):
    path = tmp_path / "m.safetensors"
    model = train(text_file, **SMALL)
    model.save(path)
    before = path.read_bytes()
    if loaded:
        model = Word2Vec.load(path)
    change(model)
    for refused in (lambda: model.save(path), lambda: model.train(text_file)):
        with pytest.raises(ValueError, match=sentence):
            refused()
    assert path.read_bytes() == before
    # what the sentence advises
    copied = copy.deepcopy(model.wv)
    copied.save(tmp_path / "wv.safetensors")
    word = model.wv.index_to_key[-1]
    assert np.array_equal(KeyedVectors.load(tmp_path / "wv.safetensors")[word], model.wv[word])
