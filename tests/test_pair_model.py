"""Models of pairs: what they learn, reproducibility, weights, options that mean nothing, going on, files."""

from __future__ import annotations

import numpy as np
import pytest

import fastw2v
from fastw2v import DivergedError, PairModel, train_pairs
from fastw2v.kernels import available

SMALL = {"vector_size": 20, "min_count": 1, "epochs": 3, "workers": 1, "progress": False}
LOSSES = ["negative", "hierarchical"]


@pytest.fixture(scope="module")
def windows(sentences):
    """Every word of the text with each other word at most three places away: input the neighbour, target the word."""
    pairs = [
        (sentence[j], sentence[i])
        for sentence in sentences
        for i in range(len(sentence))
        for j in range(max(0, i - 3), min(len(sentence), i + 4))
        if i != j
    ]
    return tuple(list(side) for side in zip(*pairs, strict=True))


def topics_apart(wv):
    """Of each topic word's nearest 10, the share that is of its own topic."""
    words = [word for word in wv.index_to_key if word[0] in "ab"]
    near = [[other for other, _ in wv.most_similar(word, topn=10)] for word in words]
    return np.mean([other[0] == word[0] for word, others in zip(words, near, strict=True) for other in others])


@pytest.mark.parametrize("loss", LOSSES)
def test_pairs_made_from_windows_learn_what_skip_gram_does(windows, sentences, loss):
    options = {**SMALL, "epochs": 5, "loss": loss, "seed": 3}
    pairs = train_pairs(*windows, **options)
    text = fastw2v.train(sentences, window=3, shrink_windows=False, sample=0, **options)
    assert topics_apart(pairs.wv) > 0.95
    assert topics_apart(text.wv) > 0.95
    words = text.wv.index_to_key
    cosines = [np.array([[wv.similarity(a, b) for a in words] for b in words]) for wv in (pairs.wv, text.wv)]
    apart = ~np.eye(len(words), dtype=bool)
    assert np.corrcoef(cosines[0][apart], cosines[1][apart])[0, 1] > 0.95


def test_targets_have_words_of_their_own(windows):
    inputs, targets = windows
    model = train_pairs(inputs, [f"near:{word}" for word in targets], **SMALL)
    assert set(model.wv.index_to_key) == set(inputs)
    assert set(model.output_wv.index_to_key) == {f"near:{word}" for word in targets}
    assert not model.shared
    assert model.output_wv.vectors is model.outputs
    # What an input predicts is of its own topic.
    scores = model.output_wv.vectors @ model.wv["a3"]
    best = [model.output_wv.index_to_key[i] for i in np.argsort(-scores)[:10]]
    assert all(word.startswith("near:a") for word in best)


def test_a_shared_vocabulary_has_one_place_for_both_sides(windows):
    model = train_pairs(*windows, shared=True, **SMALL)
    assert model.shared
    assert model.output_wv.index_to_key == model.wv.index_to_key
    assert model.output_wv.get_vecattr("a1", "count") == model.wv.get_vecattr("a1", "count")


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("shuffle", [True, False])
def test_one_seed_gives_identical_bytes_and_another_does_not(windows, loss, shuffle):
    options = {**SMALL, "loss": loss, "shuffle": shuffle, "epochs": 1}
    first, again, other = (train_pairs(*windows, seed=seed, **options) for seed in (1, 1, 2))
    assert first.wv.vectors.tobytes() == again.wv.vectors.tobytes()
    assert first.outputs.tobytes() == again.outputs.tobytes()
    assert first.wv.vectors.tobytes() != other.wv.vectors.tobytes()


def test_words_and_their_numbers_train_the_same(windows):
    words = sorted(set(windows[0]))
    as_words = train_pairs(*windows, **SMALL)
    # Names that sort as the numbers do, so that ties of counts are broken alike.
    numbers = [np.array([words.index(word) + 100 for word in side], np.int32) for side in windows]
    as_numbers = train_pairs(*numbers, **SMALL)
    assert [words[int(number) - 100] for number in as_numbers.wv.index_to_key] == as_words.wv.index_to_key
    assert as_numbers.wv.vectors.tobytes() == as_words.wv.vectors.tobytes()


@pytest.mark.parametrize("kernel", available())
def test_every_kernel_trains_the_same(windows, kernel):
    options = {**SMALL, "epochs": 1}
    want = train_pairs(*windows, kernel="blas", **options)
    got = train_pairs(*windows, kernel=kernel, **options)
    np.testing.assert_allclose(got.wv.vectors, want.wv.vectors, atol=1e-4)
    assert got.history[0]["loss"] == pytest.approx(want.history[0]["loss"], rel=1e-5)


def test_history_and_progress_count_pairs(windows):
    seen = []
    pairs = len(windows[0])
    model = train_pairs(*windows, **SMALL)
    assert [entry["epoch"] for entry in model.history] == [1, 2, 3]
    assert all(entry["predictions"] == pairs for entry in model.history)
    assert all(entry["pairs_per_second"] > 0 for entry in model.history)
    assert model.history[0]["loss"] > model.history[-1]["loss"]
    progress = model.train(*windows, on_progress=seen.append)
    assert progress.words_done == progress.words_total == 3 * pairs
    assert seen[-1].unit == "pairs"
    assert [entry["epoch"] for entry in model.history] == [1, 2, 3, 4, 5, 6]
    assert model.pairs_trained == 6 * pairs


@pytest.mark.parametrize("workers", [2, 5])
def test_the_loss_is_the_same_for_any_number_of_workers(windows, workers):
    one = train_pairs(*windows, **SMALL)
    several = train_pairs(*windows, **{**SMALL, "workers": workers})
    assert several.history[-1]["loss"] == pytest.approx(one.history[-1]["loss"], rel=0.01)
    assert several.history[-1]["predictions"] == one.history[-1]["predictions"]


def test_whole_weights_are_repeated_pairs(windows):
    """The mean loss of an epoch is that of the pairs repeated, since loss and count are both weighted."""
    inputs, targets = (side[:6000] for side in windows)
    weights = np.random.default_rng(1).integers(0, 4, len(inputs))
    weighted = train_pairs(inputs, targets, weights, **SMALL)
    places = np.repeat(np.arange(len(inputs)), weights).tolist()
    repeated = [[side[place] for place in places] for side in (inputs, targets)]
    plain = train_pairs(*repeated, **SMALL)
    assert weighted.vocabulary == plain.vocabulary
    assert weighted.history[-1]["predictions"] == plain.history[-1]["predictions"] == weights.sum()
    assert weighted.history[-1]["loss"] == pytest.approx(plain.history[-1]["loss"], rel=0.01)


def test_sample_thins_out_frequent_words(windows):
    every = train_pairs(*windows, **SMALL)
    some = train_pairs(*windows, sample=1e-2, **SMALL)
    assert 0 < some.history[0]["predictions"] < 0.9 * every.history[0]["predictions"]


def test_nothing_left_to_learn_is_a_warning():
    with pytest.warns(UserWarning, match="nothing was learnt: every pair was thinned out"):
        train_pairs(["a"] * 3, ["x"] * 3, sample=1e-9, **SMALL)


def test_one_input_and_one_target():
    for loss in LOSSES:
        model = train_pairs(["a"], ["x"], loss=loss, **SMALL)
        assert np.isfinite(model.wv["a"]).all()


def test_pairs_of_unknown_words_are_left_out_when_going_on(windows):
    model = train_pairs(*windows, **SMALL)
    before = model.wv.vectors.copy()
    progress = model.train(["a1", "new", "a2"], ["a2", "a1", "new"])
    assert progress.history[0]["predictions"] == 1
    changed = np.flatnonzero((model.wv.vectors != before).any(axis=1))
    assert [model.wv.index_to_key[i] for i in changed] == ["a1"]


@pytest.mark.parametrize(
    ("options", "kind", "match"),
    [
        ({"window": 5}, TypeError, "window means nothing for pairs, which are given as they are; leave it out"),
        ({"architecture": "cbow"}, TypeError, "architecture means nothing for pairs"),
        ({"negative_sharing": "window"}, TypeError, "negative_sharing means nothing for pairs"),
        ({"vectors_size": 5}, TypeError, "there is no option 'vectors_size'; did you mean vector_size"),
        ({"loss": "softmax"}, ValueError, "loss is 'softmax', but pairs are trained one at a time"),
        ({"loss": "hinge"}, ValueError, "loss is 'hinge', but must be one of"),
        ({"shared": "yes"}, TypeError, "shared must be True"),
        ({"shuffle": None}, TypeError, "shuffle must be True"),
        ({"alpha": -1}, ValueError, "alpha is -1"),
        ({"kernel": "sse"}, ValueError, "kernel is 'sse'"),
        ({"progress": "bar"}, ValueError, "progress is 'bar'"),
    ],
    ids=str,
)
def test_options_that_are_refused(options, kind, match):
    with pytest.raises(kind, match=match):
        train_pairs(["a"], ["x"], **{**SMALL, **options})


def test_every_option_of_a_window_is_refused():
    known = {field for field in fastw2v.Config.__dataclass_fields__ if field not in train_pairs.__kwdefaults__}
    for name in known:
        with pytest.raises(TypeError, match=f"{name} means nothing for pairs"):
            train_pairs(["a"], ["x"], **{name: 1})


def test_a_rate_that_is_far_too_high_is_told_with_the_place(windows):
    with pytest.raises(
        DivergedError, match=r"block \d+ \(pairs \d+ to \d+\), at a learning rate .*; lower alpha"
    ) as got:
        train_pairs(*windows, **{**SMALL, "alpha": 10, "epochs": 200}, weights=[100.0] * len(windows[0]))
    assert np.isfinite(got.value.model.wv.vectors).all()


@pytest.mark.usefixtures("no_thread_left")
def test_ctrl_c_leaves_a_whole_model(windows):
    model = train_pairs(*windows, **SMALL)

    def stop(_):
        raise KeyboardInterrupt

    model.config = fastw2v.Config(**{**model.config.as_dict(), "workers": 3, "epochs": 1000})
    with pytest.raises(KeyboardInterrupt):
        model.train(*windows, on_progress=stop)
    assert model.wv.vectors.shape == (45, 20)
    assert model.outputs.shape == (45, 20)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("shared", [True, False])
def test_a_saved_model_comes_back_whole(windows, tmp_path, loss, shared):
    model = train_pairs(*windows, loss=loss, shared=shared, shuffle=False, **SMALL)
    model.save(tmp_path / "pairs.safetensors")
    again = PairModel.load(tmp_path / "pairs.safetensors")
    assert (again.config, again.shuffle, again.shared) == (model.config, False, shared)
    assert (again.vocabulary, again.output_vocabulary) == (model.vocabulary, model.output_vocabulary)
    assert again.output_vocabulary.raw_total == model.output_vocabulary.raw_total
    np.testing.assert_array_equal(again.wv.vectors, model.wv.vectors)
    np.testing.assert_array_equal(again.outputs, model.outputs)
    assert again.pairs_trained == model.pairs_trained
    assert [entry["loss"] for entry in again.history] == [entry["loss"] for entry in model.history]
    again.save(tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == (tmp_path / "pairs.safetensors").read_bytes()
    for trained in (model, again):
        trained.train(*windows)
    np.testing.assert_array_equal(again.wv.vectors, model.wv.vectors)
    vectors = fastw2v.load_vectors(tmp_path / "pairs.safetensors")
    assert vectors.index_to_key == model.wv.index_to_key


def test_a_tree_has_no_vectors_of_targets(windows):
    model = train_pairs(*windows, loss="hierarchical", **SMALL)
    with pytest.raises(ValueError, match="predicts targets by the inner nodes of a tree"):
        _ = model.output_wv
