"""gensim's files: those that gensim 4 writes, layouts of gensim 3 and before, and damaged ones in one sentence."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import sys
import tracemalloc
import types

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v import gensim_files
from fastw2v.gensim_files import load_gensim, load_gensim_model

WORDS = ["the", "über", "漢字", "слово"]
VECTORS = np.arange(12, dtype=np.float32).reshape(4, 3) / 7
COUNTS = np.array([9, 5, 2, 1])
SENTENCES = [["the", "über", "漢字", "слово", "two words", "a"] * 3] * 30


# Files of gensim 4


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A folder of models of gensim's, each saved whole and with its arrays beside it, and the models by name."""
    gensim_models = pytest.importorskip("gensim.models")
    folder = tmp_path_factory.mktemp("gensim")
    options = {"vector_size": 6, "min_count": 1, "epochs": 2, "workers": 1, "window": 3, "seed": 3}
    made = {
        "sg": gensim_models.Word2Vec(SENTENCES, sg=1, negative=3, **options),
        "cbow": gensim_models.Word2Vec(SENTENCES, sg=0, negative=2, sample=0.01, **options),
        "hs": gensim_models.Word2Vec(SENTENCES, hs=1, negative=0, **options),
        "both": gensim_models.Word2Vec(SENTENCES, hs=1, negative=4, **options),
        "fasttext": gensim_models.FastText(SENTENCES, bucket=50, min_n=2, max_n=4, **options),
        "no_ngrams": gensim_models.FastText(SENTENCES, bucket=0, **options),
    }
    for name, model in made.items():
        model.wv.save(f"{folder}/{name}.kv")
        model.wv.save(f"{folder}/{name}.beside.kv", sep_limit=1)
        model.save(f"{folder}/{name}.model")
        model.save(f"{folder}/{name}.beside.model", sep_limit=1)
    return folder, made


@pytest.mark.parametrize("suffix", ["kv", "model"])
@pytest.mark.parametrize("where", ["", "beside."])
@pytest.mark.parametrize("name", ["sg", "cbow", "hs", "both", "fasttext", "no_ngrams"])
def test_vectors_of_gensim(models, name, where, suffix):
    folder, made = models
    keyed = made[name].wv
    words, vectors, counts = load_gensim(folder / f"{name}.{where}{suffix}")
    assert words == keyed.index_to_key
    assert vectors.dtype == np.float32
    assert vectors.flags.c_contiguous
    assert vectors.flags.aligned
    if name == "fasttext":
        assert np.allclose(vectors, keyed.vectors, atol=1e-6)
    else:
        assert np.array_equal(vectors, keyed.vectors)
        assert vectors.flags.writeable == (not where)
    assert counts.dtype == np.int64
    assert counts.tolist() == [keyed.get_vecattr(word, "count") for word in words]


@pytest.mark.parametrize("where", ["", "beside."])
@pytest.mark.parametrize("name", ["sg", "cbow", "hs", "both"])
def test_models_of_gensim(models, name, where):
    folder, made = models
    model = made[name]
    found = load_gensim_model(folder / f"{name}.{where}model")
    assert found.kind == "Word2Vec"
    assert found.words == model.wv.index_to_key
    for rows, attribute in [(found.outputs, "syn1neg"), (found.tree_outputs, "syn1")]:
        wanted = getattr(model, attribute, None)
        assert (rows is None) == (wanted is None)
        if rows is not None:
            assert np.array_equal(rows, wanted)
    for option in gensim_files.OPTIONS - {"corpus_total_words"}:
        assert found.options[option] == getattr(model, option)
    assert found.options["corpus_total_words"] == 540
    if model.hs:
        for row, word in enumerate(found.words):
            assert np.array_equal(found.codes[row], model.wv.get_vecattr(word, "code"))
            assert np.array_equal(found.points[row], model.wv.get_vecattr(word, "point"))
    else:
        assert found.codes is None
        assert found.points is None
    alone = load_gensim_model(folder / f"{name}.kv")
    assert alone.kind == "KeyedVectors"
    assert alone.outputs is None
    assert alone.options == {}


def test_a_model_to_whose_words_others_were_added(models, tmp_path):
    folder, _ = models
    model = pytest.importorskip("gensim.models").Word2Vec.load(f"{folder}/sg.model")
    model.wv.add_vectors(["NEW"], np.ones((1, 6), np.float32))
    path = tmp_path / "m.model"
    model.save(str(path))
    words, vectors, counts = load_gensim(path)
    assert words == model.wv.index_to_key
    assert np.array_equal(vectors, model.wv.vectors)
    assert counts[-1] == 0
    with pytest.raises(ValueError, match=r"m\.model: syn1neg has 6 rows for 7 words, .*KeyedVectors\.load"):
        load_gensim_model(path)


def test_other_protocols_and_kinds(models, tmp_path):
    _, made = models
    path = tmp_path / "v.kv"
    for protocol in range(2, 6):
        made["sg"].wv.save(str(path), pickle_protocol=protocol)
        assert np.array_equal(load_gensim(path)[1], made["sg"].wv.vectors)
    keyed = pytest.importorskip("gensim.models").KeyedVectors(3)
    keyed.add_vectors(WORDS, VECTORS.astype(np.float64))
    keyed.save(str(path))
    words, vectors, counts = load_gensim(path)
    assert words == WORDS
    assert np.array_equal(vectors, VECTORS)
    assert counts is None


def test_old_files_that_come_with_gensim():
    """Files of gensim 0.12 to 3.8, among gensim's own test data."""
    gensim = pytest.importorskip("gensim")
    folder = os.path.join(os.path.dirname(gensim.__file__), "test", "test_data")
    names = [
        "word2vec_pre_kv_py2",
        "word2vec_pre_kv_sep_py3",
        "word2vec_pre_kv_py3_4",
        "word2vec_pre_kv_sep_py3_4",
        "word2vec_old_sep",
        "word2vec_3.3",
        "model-from-gensim-3.8.0.w2v",
        "old_keyedvectors_320.dat",
        "fasttext_old",
        "compatible-hash-true.model",
        "w2v-lee-v0.12.0",
        *(f"old_w2v_models/w2v_{version}.mdl" for version in ("0.12.0", "0.13.4", "1.0.0", "2.3.0", "3.0.0", "3.4.0")),
    ]
    found = [name for name in names if os.path.exists(os.path.join(folder, name))]
    if not found:
        pytest.skip("this gensim comes without its test data")
    for name in found:
        model = load_gensim_model(os.path.join(folder, name))
        assert len(model.words) == len(model.vectors) == len(model.counts) >= 3
        if "old_keyedvectors" not in name:
            assert model.options["epochs"] >= 1
            assert model.options["vector_size"] == model.vectors.shape[1]
            assert (model.outputs is None) != (model.options["negative"] > 0)
            assert (model.codes is not None) == bool(model.options["hs"])
    w2v = load_gensim_model(os.path.join(folder, "model-from-gensim-3.8.0.w2v"))
    assert (w2v.options["seed"], w2v.options["min_count"], w2v.options["window"]) == (21, 1, 6)


# Layouts imitated


def old_named(patch):
    """A maker of classes that pickle under names of gensim's, whether it is installed or not."""

    def named(module, name):
        for above in ("gensim", "gensim.models"):
            if above not in sys.modules:
                patch.setitem(sys.modules, above, types.SimpleNamespace(__name__=above, __path__=[]))
        if not isinstance(sys.modules.get(module), types.SimpleNamespace):
            patch.setitem(sys.modules, module, types.SimpleNamespace(__name__=module))
        fake = vars(sys.modules[module])
        made = fake.setdefault(name, type(name, (), {"__module__": module}))

        def make(**attributes):
            thing = made()
            vars(thing).update(attributes)
            return thing

        return make

    return named


@pytest.fixture
def old(monkeypatch):
    return old_named(monkeypatch)


@pytest.fixture
def save(tmp_path):
    def save(thing, protocol=2, name="v.kv"):
        path = tmp_path / name
        path.write_bytes(pickle.dumps(thing, protocol))
        return path

    return save


def old_keyed(old, kind="Word2VecKeyedVectors", **attributes):
    vocab_of = old("gensim.models.keyedvectors", "Vocab")
    vocab = {word: vocab_of(index=i, count=int(COUNTS[i]), sample_int=7) for i, word in enumerate(WORDS)}
    made = {"vectors": VECTORS, "vocab": vocab, "index2word": WORDS, "vector_size": 3} | attributes
    return old("gensim.models.keyedvectors", kind)(**{k: v for k, v in made.items() if v is not None})


def keyed4(old, **attributes):
    """KeyedVectors of gensim 4."""
    made = {"vectors": VECTORS, "index_to_key": WORDS, "expandos": {"count": COUNTS}} | attributes
    return old("gensim.models.keyedvectors", "KeyedVectors")(**{k: v for k, v in made.items() if v is not None})


@pytest.mark.parametrize("protocol", range(2, 6))
def test_layouts_of_gensim_3(old, save, protocol):
    for keyed in (
        old_keyed(old),
        old_keyed(old, "KeyedVectors", vectors=None, syn0=VECTORS),
        old_keyed(old, index2word=None, index2entity=WORDS),
        keyed4(old),
    ):
        words, vectors, counts = load_gensim(save(keyed, protocol))
        assert words == WORDS
        assert np.array_equal(vectors, VECTORS)
        assert np.array_equal(counts, COUNTS)


def test_models_of_gensim_3(old, save, tmp_path):
    outputs = VECTORS + 1
    trainables = old("gensim.models.word2vec", "Word2VecTrainables")(seed=5, layer1_size=3, syn1neg=outputs)
    vocabulary = old("gensim.models.word2vec", "Word2VecVocab")(
        min_count=2, sample=np.float64(1e-4), max_vocab_size=None
    )
    word2vec = old("gensim.models.word2vec", "Word2Vec")
    path = save(
        word2vec(wv=old_keyed(old), trainables=trainables, vocabulary=vocabulary, iter=7, sg=1, hs=0, negative=5)
    )
    found = load_gensim_model(path)
    assert np.array_equal(found.outputs, outputs)
    assert found.tree_outputs is None
    wanted = {"seed": 5, "min_count": 2, "sample": 1e-4, "max_vocab_size": None, "epochs": 7, "sg": 1, "hs": 0}
    assert found.options == wanted | {"negative": 5}
    # The arrays beside the pickle have the names of the parts in theirs.
    del trainables.syn1neg
    vars(trainables)["__numpys"] = ["syn1neg", "../../anything", "vectors_lockf"]
    save(word2vec(wv=old_keyed(old), trainables=trainables, negative=5))
    np.save(f"{path}.trainables.syn1neg.npy", outputs)
    assert np.array_equal(load_gensim_model(path).outputs, outputs)
    # Before gensim 1 the model held all itself.
    save(word2vec(**vars(old_keyed(old, vectors=None, syn0=VECTORS)), syn1neg=outputs, negative=5))
    found = load_gensim_model(path)
    assert np.array_equal(found.outputs, outputs)
    assert np.array_equal(found.vectors, VECTORS)


def test_counts_may_be_unknown(old, save):
    assert load_gensim(save(keyed4(old, expandos={})))[2] is None
    large = np.array([2**62 + 1, 2, 1])  # more than a double holds; the last word was added without a count
    assert load_gensim(save(keyed4(old, expandos={"count": large})))[2].tolist() == [*large.tolist(), 0]
    assert load_gensim(save(keyed4(old, expandos=None)))[2] is None
    vocab_of = old("gensim.models.keyedvectors", "Vocab")
    assert load_gensim(save(old_keyed(old, vocab={word: vocab_of(index=1) for word in WORDS})))[2] is None
    assert load_gensim(save(old_keyed(old, vocab={})))[2] is None


def test_arrays_beside_the_file(old, save, tmp_path):
    path = save(keyed4(old, vectors=None, __numpys=["vectors"]))
    beside = f"{path}.vectors.npy"
    with pytest.raises(FileNotFoundError, match=r"v\.kv needs it; put both into one folder") as caught:
        load_gensim(path)
    assert caught.value.filename == beside
    np.save(beside, VECTORS)
    vectors = load_gensim(path)[1]
    assert np.array_equal(vectors, VECTORS)
    assert not vectors.flags.writeable
    np.save(beside, np.array([[{}]] * 4, dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"vectors\.npy: holds object"):
        load_gensim(path)
    np.save(beside, VECTORS[:3])
    with pytest.raises(ValueError, match="3 rows of vectors for 4 words"):
        load_gensim(path)
    with open(beside, "wb") as file:
        file.write(pickle.dumps("x"))
    with pytest.raises(ValueError, match=r"no \.npy file"):
        load_gensim(path)


def test_names_in_the_file_lead_to_no_other_files(old, save, tmp_path):
    np.save(tmp_path / "secret.npy", VECTORS)
    for names in (["../secret"], ["/secret"], ["secret"], [["vectors"]], "vectors", None, [None]):
        with pytest.raises(ValueError, match="a file without vectors"):
            load_gensim(save(keyed4(old, vectors=None, __numpys=names, __recursive_saveloads=["../x"])))


# Damaged files


def test_what_is_no_file_of_word_vectors(old, save, tmp_path):
    def refused(match, thing, load=load_gensim):
        with pytest.raises(ValueError, match=match) as caught:
            load(save(thing))
        assert "v.kv" in str(caught.value)
        assert "\n" not in str(caught.value)

    refused("no object of gensim's", {"vectors": VECTORS})
    refused("no object of gensim's", np.random.RandomState(1))
    refused("without a list of words", keyed4(old, index_to_key=None))
    refused("without a list of words", keyed4(old, index_to_key="words"))
    refused("without a list of words", old("gensim.models.keyedvectors", "Vocab")(count=1))
    refused("row 1 has no text", keyed4(old, index_to_key=["a", None, "b", "c"]))
    refused("row 0 has no text", keyed4(old, index_to_key=[(), 1, "b", []]))
    refused("the word 'a' has two rows", keyed4(old, index_to_key=["a", "b", "a", "c"]))
    refused("4 rows of vectors for 3 words", keyed4(old, index_to_key=WORDS[:3]))
    refused("no table of floats", keyed4(old, vectors=COUNTS.reshape(2, 2)))
    refused("no table of floats", keyed4(old, vectors=VECTORS[0]))
    refused("no table of floats", keyed4(old, vectors=np.array([[{}]] * 4)))
    refused("a file without vectors", keyed4(old, vectors=[1, 2, 3, 4]))
    refused(
        "row 2 of vectors holds a number that is not finite",
        keyed4(old, vectors=np.where(VECTORS == 1, np.nan, VECTORS)),
    )
    for counts in (np.append(COUNTS, 1), COUNTS.reshape(2, 2), COUNTS * 1.5, np.array([{}] * 4)):
        refused("counts are not a whole number for each", keyed4(old, expandos={"count": counts}))
    word2vec = old("gensim.models.word2vec", "Word2Vec")
    for name in ("syn1neg", "syn1"):
        for rows in (np.ones((5, 3), "f4"), np.ones((4, 2), "f4")):
            refused(f"{name} has the shape", word2vec(wv=keyed4(old), **{name: rows}), load_gensim_model)
    refused("syn1neg has 3 rows for 4 words", word2vec(wv=keyed4(old), syn1neg=VECTORS[:3]), load_gensim_model)
    for codes in (np.array([1, 2, 3, 4]), np.array([VECTORS[0]] * 4), [COUNTS] * 4):
        held = np.empty(4, object)
        held[:] = list(codes)
        expandos = {"code": held if codes is not COUNTS else codes}
        thing = word2vec(wv=keyed4(old, expandos=expandos))
        if isinstance(codes, list):
            assert np.array_equal(load_gensim_model(save(thing)).codes[3], COUNTS)
        elif codes.ndim == 1:
            assert load_gensim_model(save(thing)).codes is None


def test_fasttext_files_that_do_not_fit(old, save):
    made = {"vectors": None, "vectors_vocab": VECTORS, "vectors_ngrams": VECTORS, "min_n": 3, "max_n": 6}
    made |= {"bucket": 4, "compatible_hash": True}
    assert load_gensim(save(keyed4(old, **made)))[1].shape == (4, 3)
    assert np.array_equal(load_gensim(save(keyed4(old, **made | {"bucket": 0})))[1], VECTORS)
    for match, changes in [
        ("n-grams of 3 to 999999999 characters", {"max_n": 999_999_999}),
        (r"n-grams of \(str\) to 6", {"min_n": "3"}),
        (r"n-grams of \(int\) to 6", {"min_n": -(1 << 70)}),
        ("in an order of old", {"compatible_hash": False}),
        ("in an order of old", {"bucket": 5}),
        ("do not fit its words", {"vectors_ngrams": VECTORS[:, :2]}),
        ("more than 1000 characters", {"index_to_key": [*WORDS[:3], "x" * 1001]}),
        ("4 rows of vectors for 3 words", {"index_to_key": WORDS[:3]}),
    ]:
        with pytest.raises(ValueError, match=match):
            load_gensim(save(keyed4(old, **made | changes)))


def test_memory_stays_near_the_files_size(old, save):
    rng = np.random.default_rng(1)
    words = [f"word{n}" for n in range(20_000)]
    keyed = keyed4(old, vectors=rng.normal(size=(20_000, 50)).astype("f4"), index_to_key=words, expandos={})
    path = save(keyed, 4)
    load_gensim(path)
    tracemalloc.start()
    try:
        load_gensim(path)
        assert tracemalloc.get_traced_memory()[1] < 2.2 * path.stat().st_size
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A file of gensim's to be damaged; made here, so that gensim is not needed."""
    folder = tmp_path_factory.mktemp("good")
    with pytest.MonkeyPatch.context() as patch:
        old = old_named(patch)
        keyed = old("gensim.models.keyedvectors", "KeyedVectors")
        thing = keyed(vectors=None, index_to_key=WORDS, expandos={"count": COUNTS}, __numpys=["vectors"])
        model = old("gensim.models.word2vec", "Word2Vec")(wv=thing, syn1neg=VECTORS, negative=5)
        (folder / "m.model").write_bytes(pickle.dumps(model, 4))
    np.save(folder / "m.model.wv.vectors.npy", VECTORS)
    return folder / "m.model"


@given(st.data())
def test_mutated_files_are_read_or_refused(good, tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp() / "mutated"
    folder.mkdir(exist_ok=True)
    for name in ("m.model", "m.model.wv.vectors.npy"):
        content = bytearray((good.parent / name).read_bytes())
        places = st.integers(0, len(content) - 1)
        for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=4)):
            content[place] = value
        (folder / name).write_bytes(content[: data.draw(st.just(len(content)) | places)])
    with contextlib.suppress(ValueError):
        found = load_gensim_model(folder / "m.model")
        assert len(found.words) == len(found.vectors)
    shutil.rmtree(folder)
