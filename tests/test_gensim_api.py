"""Ordinary gensim programs, run with either library: the same vocabularies, shapes, figures, files and errors."""

from __future__ import annotations

import copy
import inspect
import pickle

import numpy as np
import pytest

from fastw2v import gensim_api

gensim = pytest.importorskip("gensim")
from gensim.models import word2vec as theirs  # noqa: E402

OURS, THEIRS = gensim_api.Word2Vec, theirs.Word2Vec
SMALL = {"vector_size": 12, "min_count": 3, "epochs": 2, "workers": 1}


@pytest.fixture(scope="module")
def texts():
    """Sentences with words of every frequency, some sentences empty."""
    rng = np.random.default_rng(5)
    words = [f"word{i}" for i in range(150)]
    return [[words[int(150 * x**3)] for x in rng.random(rng.integers(0, 15))] for _ in range(700)]


@pytest.fixture(scope="module")
def text_path(texts, tmp_path_factory):
    path = tmp_path_factory.mktemp("gensim") / "text.txt"
    path.write_text("\n".join(map(" ".join, texts)))
    return str(path)


def vocabulary_of(model):
    return {word: int(model.wv.get_vecattr(word, "count")) for word in model.wv.index_to_key}


def facts(model):
    """What a program can see of a model, but for the numbers that were trained."""
    names = (
        "vector_size layer1_size window sg hs negative alpha min_alpha epochs workers min_count sample seed "
        "ns_exponent cbow_mean sorted_vocab max_vocab_size max_final_vocab shrink_windows corpus_count "
        "corpus_total_words train_count comment effective_min_count batch_words null_word compute_loss"
    )
    return {
        **{name: getattr(model, name) for name in names.split()},
        "vocabulary": vocabulary_of(model),
        "counts in order": [model.wv.get_vecattr(row, "count") for row in range(len(model.wv))],
        "vectors": (model.wv.vectors.shape, model.wv.vectors.dtype),
        "text": str(model),
        "time": model.total_train_time > 0,
    }


def compare(program):
    ours, gensims = program(OURS), program(THEIRS)
    assert facts(ours) == facts(gensims)
    return ours, gensims


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"sg": 1, "negative": 8, "window": 2, "shrink_windows": False, "comment": "mine"},
        {"sg": 1, "hs": 1, "negative": 0},
        {"hs": 1, "negative": 0, "cbow_mean": 0, "sample": 0},
        {"min_count": 0, "alpha": 0.05, "min_alpha": 0.01, "sample": 20},
        {"max_final_vocab": 20},
        {"max_final_vocab": 20, "min_count": 40},
        {"max_final_vocab": 1000, "seed": 7, "workers": 2},
        {"max_vocab_size": 100_000},
    ],
    ids=str,
)
def test_one_line(texts, options):
    ours, gensims = compare(lambda Word2Vec: Word2Vec(texts, **{**SMALL, **options}))
    name = "syn1" if options.get("hs") else "syn1neg"
    assert getattr(ours, name).dtype == getattr(gensims, name).dtype == np.float32
    assert getattr(ours, name).shape[1] == getattr(gensims, name).shape[1]
    assert hasattr(ours, "syn1") == hasattr(gensims, "syn1")
    assert hasattr(ours, "syn1neg") == hasattr(gensims, "syn1neg")


def test_positional_arguments_as_gensim_has_them(texts):
    compare(lambda Word2Vec: Word2Vec(texts, None, 15, 0.03, 4, 2, None, 1e-2, 3, 1))


@pytest.mark.parametrize("sample", [1e-3, 0.1, 0, 1, 20, 10**6])
def test_vocabulary_then_training(texts, sample):
    returned = []

    def program(Word2Vec):
        model = Word2Vec(sg=1, sample=sample, **SMALL)
        assert (len(model.wv), model.wv.vector_size) == (0, 12)
        model.build_vocab(texts, progress_per=100)
        model.workers, model.epochs = 2, 4
        returned.append(model.train(texts, total_examples=model.corpus_count, epochs=model.epochs, compute_loss=True))
        return model

    ours, gensims = compare(program)
    # gensim counts the words that its draws kept; ours are those to be expected.
    assert returned[0][0] == pytest.approx(returned[1][0], rel=0.1)
    assert returned[0][1] == returned[1][1] == 4 * ours.corpus_total_words
    # gensim's skip-gram sums the same losses of as many pairs, in float32.
    assert ours.get_latest_training_loss() == pytest.approx(gensims.get_latest_training_loss(), rel=0.1)


def test_files_with_empty_lines(text_path):
    def by_name(Word2Vec):
        return Word2Vec(corpus_file=text_path, **SMALL)

    def by_lines(Word2Vec):
        lines = gensim_api.LineSentence if Word2Vec is OURS else theirs.LineSentence
        return Word2Vec(lines(text_path), **SMALL)

    one, _ = compare(by_name)
    other, _ = compare(by_lines)
    np.testing.assert_array_equal(one.wv.vectors, other.wv.vectors)
    # The same file through gensim's own reader is read in the same way.
    np.testing.assert_array_equal(OURS(theirs.LineSentence(text_path), **SMALL).wv.vectors, one.wv.vectors)


def test_sentences_and_their_file_train_the_same(texts, text_path):
    from_file, from_lists = OURS(corpus_file=text_path, **SMALL), OURS(texts, **SMALL)
    np.testing.assert_array_equal(from_file.wv.vectors, from_lists.wv.vectors)
    assert from_lists.corpus_count == len(texts) > from_file.corpus_count == sum(map(bool, texts))


def test_a_folder_and_a_text_without_lines(texts, tmp_path):
    (tmp_path / "folder").mkdir()
    for i in range(3):
        (tmp_path / "folder" / f"{i}.txt").write_text("\n".join(map(" ".join, texts[i::3])))
    (tmp_path / "text8").write_text(" ".join(map(" ".join, texts)))
    for kind, path in (("PathLineSentences", tmp_path / "folder"), ("Text8Corpus", tmp_path / "text8")):
        ours = OURS(getattr(gensim_api, kind)(str(path)), **SMALL)
        assert facts(ours) == facts(THEIRS(getattr(theirs, kind)(str(path)), **SMALL))
        through_gensims = OURS(getattr(theirs, kind)(str(path)), **SMALL)
        np.testing.assert_array_equal(ours.wv.vectors, through_gensims.wv.vectors)


class Restarting:
    def __init__(self, sentences):
        self.sentences, self.loops = sentences, 0

    def __iter__(self):
        self.loops += 1
        return iter(self.sentences)


def test_an_iterable_is_looped_over_once_by_each_call(texts):
    source = Restarting(texts)
    model = OURS(source, **SMALL)
    assert source.loops == 1
    model.train(source, total_examples=len(texts), epochs=5)
    assert source.loops == 2
    np.testing.assert_array_equal(OURS((s for s in texts), **SMALL).wv.vectors, OURS(texts, **SMALL).wv.vectors)


def test_words_counted_before(texts):
    counts = vocabulary_of(OURS(texts, **{**SMALL, "min_count": 1}))
    order = list(counts)
    np.random.default_rng(0).shuffle(order)
    shuffled = {word: counts[word] for word in order}

    def program(Word2Vec):
        model = Word2Vec(max_final_vocab=50, **SMALL)
        model.build_vocab_from_freq(shuffled, corpus_count=len(texts), keep_raw_vocab=True)
        assert model.raw_vocab == shuffled
        model.train(texts, total_examples=model.corpus_count, epochs=1)
        return model

    compare(program)


def keep_some(word, count, min_count):
    number = int(word.removeprefix("word"))
    # gensim.utils: RULE_DEFAULT, RULE_DISCARD, RULE_KEEP
    return {0: 1, 1: 2}.get(number % 5, 0)


@pytest.mark.parametrize("options", [{}, {"max_final_vocab": 10}, {"sorted_vocab": 0}, {"min_count": 30}], ids=str)
def test_trim_rules_and_orders(texts, options):
    ours, gensims = compare(lambda Word2Vec: Word2Vec(texts, trim_rule=keep_some, **{**SMALL, **options}))
    if "sorted_vocab" in options:
        assert ours.wv.index_to_key == gensims.wv.index_to_key
        seen = dict.fromkeys(word for sentence in texts for word in sentence if word in ours.wv)
        assert ours.wv.index_to_key == list(seen)


def test_raw_vocabularies(texts):
    def program(Word2Vec):
        model = Word2Vec(**SMALL)
        model.build_vocab(texts, keep_raw_vocab=True)
        return model

    ours, gensims = program(OURS), program(THEIRS)
    assert ours.raw_vocab == dict(gensims.raw_vocab)
    assert ours.estimate_memory().keys() == gensims.estimate_memory().keys()
    assert ours.estimate_memory(1000, {"mine": 5})["total"] >= 2 * 4 * 1000 * 12
    assert ours.estimate_memory(1000)["vectors"] == gensims.estimate_memory(1000)["vectors"]


@pytest.mark.parametrize("sg", [0, 1])
def test_a_vocabulary_is_updated(texts, sg):
    more = [["fresh", "word3", "fresher", "word7", "rare"]] * 5 + [["word3", "rarest"]]
    kept = []

    def program(Word2Vec):
        model = Word2Vec(texts, sg=sg, **SMALL)
        before = model.wv.vectors.copy()
        model.build_vocab(more, update=True)
        kept.append(np.array_equal(model.wv.vectors[: len(before)], before))
        model.train(more, total_examples=model.corpus_count, epochs=model.epochs)
        return model

    ours, gensims = compare(program)
    assert kept == [True, True]
    assert ours.wv.index_to_key[-3:] == gensims.wv.index_to_key[-3:] == ["fresh", "fresher", "rare"]


def test_a_saved_model_trains_on(texts, tmp_path):
    def program(Word2Vec):
        path = str(tmp_path / f"{Word2Vec.__module__}.bin")
        Word2Vec(texts, sg=1, comment="first", max_final_vocab=60, **SMALL).save(path)
        model = Word2Vec.load(path)
        model.train(texts[:300], total_examples=300, epochs=3, start_alpha=0.01, end_alpha=0.001)
        return model

    compare(program)


def test_files_hold_everything(texts, tmp_path):
    import fastw2v

    model = OURS(texts, sample=np.float64(1e-2), window=np.int64(3), comment=["no", "text"], **SMALL)
    path = tmp_path / "model.txt"
    model.save(path, separately=None)
    again = OURS.load(path)
    assert facts(again) == {**facts(model), "comment": "['no', 'text']"}
    np.testing.assert_array_equal(again.wv.vectors, model.wv.vectors)
    np.testing.assert_array_equal(again.syn1neg, model.syn1neg)
    again.wv.vectors[0] = 0  # writable, unless it is mapped
    with pytest.raises(ValueError, match="read-only"):
        OURS.load(path, mmap="r").wv.vectors[0] = 0
    plain = fastw2v.Word2Vec.load(path)
    assert plain.config.cbow_gradient == "word2vec"
    plain.save(tmp_path / "plain.safetensors")
    again = OURS.load(tmp_path / "plain.safetensors")
    assert (again.sg, again.negative, again.window, again.min_count) == (0, 5, 3, 5)
    fastw2v.train(texts, loss="softmax", min_count=3, epochs=1, progress=False).save(tmp_path / "softmax.safetensors")
    with pytest.raises(ValueError, match=r"gensim has no exact softmax, .*; use fastw2v.Word2Vec.load"):
        OURS.load(tmp_path / "softmax.safetensors")


def test_copies_and_pickles(texts):
    model = OURS(texts, **SMALL)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):  # noqa: S301
        assert facts(twin) == facts(model)
        twin.train(texts, total_examples=len(texts), epochs=1)
        assert (twin.wv.vectors != model.wv.vectors).any()


def test_vocabularies_are_shared_and_weights_made_anew(texts):
    model = OURS(texts, **SMALL)
    other = OURS(**{**SMALL, "vector_size": 7})
    other.reset_from(model)
    assert vocabulary_of(other) == vocabulary_of(model)
    assert other.wv.vectors.shape == (len(model.wv), 7)
    assert not other.syn1neg.any()
    trained = model.wv.vectors.copy()
    model.init_weights()
    assert (model.wv.vectors != trained).any()
    assert not model.syn1neg.any()


def test_vectors_are_one_object_through_training(texts):
    model = OURS(**SMALL)
    model.build_vocab(texts)
    vectors, before = model.wv, model.wv["word1"].copy()
    model.train(texts, total_examples=len(texts), epochs=1)
    assert model.wv is vectors
    assert (vectors["word1"] != before).any()
    model.wv = copy.deepcopy(vectors)
    with pytest.raises(ValueError, match=r"wv must have the model's .* words in their order and 12 numbers"):
        model.wv = gensim_api.KeyedVectors(["x"], np.zeros((1, 12)))
    model.syn1neg = np.ones_like(model.syn1neg)
    assert (model.syn1neg == 1).all()
    with pytest.raises(ValueError, match=r"syn1neg has shape \(2, 2\), but must have"):
        model.syn1neg = np.ones((2, 2))


def test_init_sims_is_deprecated_and_still_scales(texts):
    model = OURS(texts, **SMALL)
    with pytest.warns(DeprecationWarning, match="init_sims is not needed any more"):
        model.init_sims(replace=True)
    np.testing.assert_allclose(np.linalg.norm(model.wv.vectors, axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    "method",
    ["__init__", "build_vocab", "build_vocab_from_freq", "train", "score", "predict_output_word", "estimate_memory",
     "init_sims", "reset_from", "init_weights", "get_latest_training_loss"],
)  # fmt: skip
def test_signatures_are_gensims(method):
    def arguments(function):
        found = inspect.signature(function).parameters.values()
        return [(p.name, p.default) for p in found if p.kind is not inspect.Parameter.VAR_KEYWORD]

    ours = arguments(getattr(OURS, method))
    gensims = inspect.unwrap(getattr(THEIRS, method))
    assert ours == arguments(gensims)


def test_cbow_may_have_the_exact_gradient(texts):
    one, other = OURS(**SMALL), OURS(**SMALL)
    other.cbow_gradient = "exact"
    for model in (one, other):
        model.build_vocab(texts)
        model.train(texts, total_examples=len(texts), epochs=1)
    assert (one.wv.vectors != other.wv.vectors).any()


def test_empty_words_are_left_out_with_a_warning(caplog):
    split = [["a", "", "b", ""], ("", "c"), ["a"], [""]] * 3
    one = OURS(split, vector_size=4, min_count=1, workers=1, sample=0)
    assert [record.getMessage() for record in caplog.records if "empty" in record.getMessage()] == [
        "12 empty words were left out; line.split() makes none, line.split(' ') does"
    ]
    other = OURS([["a", "b"], ["c"], ["a"], []] * 3, vector_size=4, min_count=1, workers=1, sample=0)
    assert one.wv.index_to_key == other.wv.index_to_key == ["a", "b", "c"]
    assert np.array_equal(one.wv.vectors, other.wv.vectors)
