"""Lookup and similarity queries under gensim's names, against plain NumPy and, where it is installed, gensim."""

import subprocess
import sys

import numpy as np
import pytest

from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.packed_words import PackedWords

WORDS = ["the", "king", "queen", "straße", "日本語", "слово"]


def with_lookup(words):
    packed = PackedWords.pack(words)
    return PackedWords(packed.blob, packed.offsets, packed.make_lookup())


@pytest.fixture(params=[list, PackedWords.pack, with_lookup], ids=["list", "packed", "lookup"])
def wv(request):
    vectors = np.random.default_rng(1).normal(0, 0.3, (len(WORDS), 8)).astype(np.float32)
    return KeyedVectors(request.param(WORDS), vectors, [9, 8, 7, 6, 5, 4])


def test_words_and_rows(wv):
    assert len(wv) == 6
    assert wv.vector_size == 8
    assert wv.index_to_key == WORDS
    assert wv.key_to_index == {word: i for i, word in enumerate(WORDS)}
    assert [key in wv for key in ("king", "kinng", 0, 5, 6, -1, None)] == [True, False, True, True, False, False, False]
    assert wv.get_index("queen") == 2
    assert wv.get_index("none", -1) == -1
    assert wv.get_vecattr("king", "count") == 8
    assert repr(wv) == "<KeyedVectors: 6 words, 8 dimensions>"


def test_vectors_of_words(wv):
    assert np.array_equal(wv["king"], wv.vectors[1])
    assert np.array_equal(wv[1], wv.vectors[1])
    assert np.array_equal(wv[["queen", "the", "queen"]], wv.vectors[[2, 0, 2]])
    assert wv[[]].shape == (0, 8)
    assert np.isclose(np.linalg.norm(wv.get_vector("king", norm=True)), 1)
    with pytest.raises(ValueError, match="read-only"):
        wv["king"][0] = 1
    wv[["king"]][0] = 1


def test_the_matrix_is_not_copied_when_it_fits():
    vectors = np.zeros((2, 3), np.float32)
    assert np.shares_memory(KeyedVectors(["a", "b"], vectors).vectors, vectors)
    for other in (vectors.astype(np.float64), vectors[:, ::2], vectors.tolist()):
        taken = KeyedVectors(["a", "b"], other).vectors
        assert taken.flags.c_contiguous
        assert taken.dtype == np.float32


def test_unknown_words_name_the_nearest(wv):
    for ask in (
        lambda: wv["kinng"],
        lambda: wv.get_vector("kinng"),
        lambda: wv[["the", "kinng"]],
        lambda: wv.get_index("kinng"),
        lambda: wv.most_similar("kinng"),
        lambda: wv.similarity("the", "kinng"),
        lambda: wv.get_vecattr("kinng", "count"),
    ):
        with pytest.raises(KeyError, match="'kinng' is not in the vocabulary; did you mean 'king'"):
            ask()


def test_attributes_that_are_not_known(wv):
    with pytest.raises(KeyError, match="stored is 'count'"):
        wv.get_vecattr("king", "rank")
    with pytest.raises(KeyError, match="vectors alone"):
        KeyedVectors(["a"], np.zeros((1, 1))).get_vecattr("a", "count")


def test_what_does_not_fit_together():
    with pytest.raises(ValueError, match=r"one row for each of 2 words"):
        KeyedVectors(["a", "b"], np.zeros((3, 2)))
    with pytest.raises(ValueError, match=r"one row for each of 2 words"):
        KeyedVectors(["a", "b"], np.zeros(2))
    with pytest.raises(ValueError, match=r"counts has shape \(3,\)"):
        KeyedVectors(["a", "b"], np.zeros((2, 2)), [1, 2, 3])
    with pytest.raises(ValueError, match="'a' stands in rows 0 and 2"):
        KeyedVectors(["a", "b", "a"], np.zeros((3, 2)))


def cosines(wv, query):
    units = wv.vectors / np.linalg.norm(wv.vectors, axis=1, keepdims=True)
    return units @ (query / np.linalg.norm(query))


def test_most_similar(wv):
    unit = {word: wv.get_vector(word, norm=True) for word in WORDS}
    raw = np.arange(8, dtype=np.float32)
    cases = [
        (("king",), {}, unit["king"], {"king"}),
        ((["king", "the"], ["queen"]), {}, unit["king"] + unit["the"] - unit["queen"], {"king", "the", "queen"}),
        (([("king", 0.5), "the"],), {}, 0.5 * unit["king"] + unit["the"], {"king", "the"}),
        ((["the"], [("king", -2.0)]), {}, unit["the"] - 2 * unit["king"], {"king", "the"}),
        ((raw,), {}, raw, set()),
        (([raw, "the"],), {}, raw + unit["the"], {"the"}),
        ((None, "the"), {}, -unit["the"], {"the"}),
        ((2,), {}, unit["queen"], {"queen"}),
    ]
    for arguments, options, query, asked in cases:
        expected = cosines(wv, query)
        order = [i for i in np.argsort(-expected) if WORDS[i] not in asked]
        got = wv.most_similar(*arguments, **options)
        assert [word for word, _ in got] == [WORDS[i] for i in order]
        assert np.allclose([score for _, score in got], expected[order], atol=1e-6)
        assert np.allclose(wv.most_similar(*arguments, topn=None), expected, atol=1e-6)


def test_how_many_and_among_which(wv):
    everything = wv.most_similar("king")
    assert wv.most_similar("king", topn=2) == everything[:2]
    assert wv.most_similar("king", topn=0) == wv.most_similar("king", topn=-1) == []
    assert {word for word, _ in wv.most_similar("king", restrict_vocab=3)} == {"the", "queen"}
    assert wv.most_similar("king", topn=None, restrict_vocab=3).shape == (3,)
    assert wv.most_similar("king", restrict_vocab=99) == everything
    assert isinstance(everything[0][1], float)


def test_queries_that_make_no_sense(wv):
    with pytest.raises(ValueError, match="at least one word"):
        wv.most_similar([])
    with pytest.raises(ValueError, match="restrict_vocab is -2"):
        wv.most_similar("king", restrict_vocab=-2)
    with pytest.raises(ValueError, match="shape"):
        wv.most_similar(np.zeros(3))
    with pytest.raises(TypeError, match="pair"):
        wv.most_similar([("king", 1.0, 2.0)])
    with pytest.raises(TypeError, match=r"not of 1\.5"):
        wv.most_similar([1.5])
    with pytest.raises(TypeError):
        wv.most_similar("king", topn=1.5)


def test_similarity(wv):
    assert np.isclose(wv.similarity("king", "queen"), cosines(wv, wv["king"])[2], atol=1e-6)
    assert np.isclose(wv.similarity("king", "king"), 1)
    assert isinstance(wv.similarity("king", "queen"), float)


def test_zero_vectors_are_like_nothing():
    wv = KeyedVectors(["zero", "one", "two"], np.array([[0, 0], [1, 0], [1, 1]]))
    assert wv.similarity("zero", "one") == 0.0
    assert wv.most_similar("zero") == [("one", 0.0), ("two", 0.0)]
    assert wv.most_similar("one", topn=None)[0] == 0.0
    assert wv.most_similar(["one"], ["one"]) == [("zero", 0.0), ("two", 0.0)]
    assert not wv.get_vector("zero", norm=True).any()


def test_norms_follow_the_vectors():
    wv = KeyedVectors(["a", "b"], np.eye(2))
    assert wv.norms.tolist() == [1, 1]
    wv.vectors = 2 * np.eye(2)
    assert wv.norms.tolist() == [2, 2]
    wv.vectors[:] = 3 * np.eye(2)
    wv.fill_norms()
    assert wv.norms.tolist() == [2, 2]
    wv.fill_norms(force=True)
    assert wv.norms.tolist() == [3, 3]
    with pytest.raises(ValueError, match="one row"):
        wv.vectors = np.eye(3)


def test_words_stay_packed_until_they_are_asked_for():
    packed = PackedWords.pack(WORDS)
    wv = KeyedVectors(packed, np.eye(6))
    assert wv.words is packed
    assert "king" in wv
    assert wv.words is wv.index_to_key


def test_save_and_load_by_suffix(wv, tmp_path):
    for suffix in (".safetensors", ".txt", ".vec", ".bin", ".npy"):
        wv.save(tmp_path / f"v{suffix}")
        again = KeyedVectors.load(tmp_path / f"v{suffix}")
        assert again.index_to_key == WORDS
        assert np.array_equal(again.vectors, wv.vectors)
        assert again.most_similar("king") == wv.most_similar("king")
    assert KeyedVectors.load(tmp_path / "v.safetensors").get_vecattr("queen", "count") == 7


@pytest.mark.parametrize("binary", [False, True])
def test_word2vec_format_whatever_the_suffix(wv, tmp_path, binary):
    wv.save_word2vec_format(tmp_path / "v.model", binary=binary)
    by_name = KeyedVectors.load_word2vec_format(tmp_path / "v.model", binary=binary)
    for again in (by_name, KeyedVectors.load(tmp_path / "v.model")):
        assert again.index_to_key == WORDS
        assert np.array_equal(again.vectors, wv.vectors)


def test_files_cost_nothing_until_they_are_used():
    code = (
        "import sys, fastw2v.keyed_vectors; "
        "print([name for name in ('safetensors', 'fastw2v.formats', 'fastw2v.container') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_same_answers_as_gensim(tmp_path):
    gensim = pytest.importorskip("gensim.models")
    random = np.random.default_rng(3)
    words = WORDS + [f"w{i}" for i in range(500)]
    vectors = random.normal(0, 0.3, (len(words), 16)).astype(np.float32)
    ours, theirs = KeyedVectors(words, vectors), gensim.KeyedVectors(16)
    theirs.add_vectors(words, vectors)
    for arguments, options in [
        (("king",), {}),
        ((["king", "w1"], ["queen"]), {"topn": 50}),
        (([("king", 0.5), "w1"], [("w2", 2.0)]), {}),
        ((vectors[3],), {}),
        ((vectors[:2],), {}),
        (([(vectors[3], 2.0), "w5"],), {"restrict_vocab": 100}),
        (("king",), {"topn": None, "restrict_vocab": 20}),
        ((3,), {"topn": 10_000}),
    ]:
        a, b = ours.most_similar(*arguments, **options), theirs.most_similar(*arguments, **options)
        if options.get("topn", 10) is None:
            assert np.allclose(a, b, atol=1e-6)
        else:
            assert [word for word, _ in a] == [word for word, _ in b]
            assert np.allclose([score for _, score in a], [score for _, score in b], atol=1e-6)
    for binary in (False, True):
        ours.save_word2vec_format(tmp_path / "ours", binary=binary)
        read = gensim.KeyedVectors.load_word2vec_format(str(tmp_path / "ours"), binary=binary)
        assert read.index_to_key == words
        assert np.array_equal(read.vectors, vectors)
        theirs.save_word2vec_format(str(tmp_path / "theirs"), binary=binary)
        again = KeyedVectors.load_word2vec_format(tmp_path / "theirs", binary=binary)
        assert again.index_to_key == words
        assert np.array_equal(again.vectors, vectors)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda wv: wv.add_vectors(["x"], []), ValueError, r"weights has shape \(0,\), but must be \(1, 8\)"),
        (lambda wv: wv.add_vectors(["x", "y"], [[1], [1, 2]]), ValueError, r"weights is \[\[1\], \[1, 2\]\], but must"),
        (lambda wv: wv.add_vectors(["x", "y"], np.zeros(5)), ValueError, r"shape \(5,\), but must be \(2, 8\)"),
        (lambda wv: wv.add_vectors(["x"], ["y"]), ValueError, "weights is"),
        (lambda wv: wv.distances("king", "queen"), TypeError, "other_words is 'queen', but must be a list"),
        (lambda wv: wv.cosine_similarities(wv["king"], wv["queen"]), ValueError, r"must be \(d,\) and \(n, d\)"),
        (lambda wv: wv.most_similar([("king", "queen")]), TypeError, "weight of .* must be a number"),
        (lambda wv: wv.most_similar("king", indexer=5), TypeError, "indexer is 5, but must have most_similar"),
        (lambda wv: wv.most_similar_batch(["king"], topn=None), TypeError, "topn is None"),
        (lambda wv: wv.most_similar_batch("king"), TypeError, "queries is 'king', but must be a list"),
        (lambda wv: wv.most_similar_batch(wv["king"]), ValueError, r"shape \(8,\), but must be \(n, 8\)"),
        (lambda wv: wv.get_mean_vector(wv["king"]), TypeError, "keys is array.*, but must be a list"),
        (lambda wv: wv.get_mean_vector("king"), TypeError, "keys is 'king', but must be a list"),
        (lambda wv: wv.most_similar([np.full(8, np.nan)]), ValueError, "NaN or infinity, to which nothing"),
        (lambda wv: wv.most_similar_batch(np.full((1, 8), np.inf)), ValueError, "NaN or infinity, to which nothing"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(wv, call, error, sentence):
    with pytest.raises(error, match=sentence):
        call(wv)
    assert wv.index_to_key == WORDS


def test_an_unknown_word_is_shown_in_part(wv):
    with pytest.raises(KeyError) as caught:
        wv["x" * 10**6]
    assert len(str(caught.value)) < 300
