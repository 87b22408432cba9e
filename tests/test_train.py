"""The hot loops of the logistic objectives against the equations, pair by pair, and how they stop."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from reference import Encoded, check_block, random_text, run

from fastw2v import _kernels, _objectives, _train
from fastw2v._own_rows import OwnRows
from fastw2v.config import Config
from fastw2v.kernels import available
from fastw2v.matrices import aligned_zeros
from fastw2v.noise import alias_table, noise_probabilities

NO_TIERS = np.empty(0, np.int64)
# Few words in long sentences: the same word twice in a context, a context that is a noise word, repeated noise.
REPEATING = random_text(words=9, sentences=6, longest=25)
LONG = random_text(words=300, sentences=300, longest=30)
ORDINARY = random_text(words=60, sentences=12, longest=25)


def config(**options):
    return Config(**{"vector_size": 20, "window": 4, "sample": 0, "workers": 1, **options})


@pytest.mark.parametrize("text", [REPEATING, ORDINARY], ids=["repeating", "ordinary"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"negative": 13},
        {"negative_sharing": "pair"},
        {"loss": "hierarchical"},
        {"architecture": "cbow", "loss": "hierarchical"},
        *(
            {"architecture": "cbow", "cbow_mean": mean, "cbow_gradient": gradient, "cbow_batch": batch}
            for mean, gradient, batch in itertools.product([True, False], ["exact", "word2vec"], [1, 3, 8])
        ),
        {"architecture": "cbow", "negative_sharing": "pair", "cbow_batch": 4},
    ],
    ids=str,
)
def test_a_block_is_the_equations(text, options, kernel_name):
    check_block(config(**options), text, kernel_name)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("text", [REPEATING, LONG], ids=["repeating", "long"])
def test_a_worker_with_rows_of_its_own_makes_the_same_steps(text, architecture):
    """Long enough for every tier of the tree to be merged on the way."""
    check_block(config(loss="hierarchical", architecture=architecture, vector_size=8), text, workers=2)


@pytest.mark.parametrize("window", [1, 9])
def test_windows_of_other_sizes(window):
    check_block(config(window=window), ORDINARY)
    check_block(config(window=window, architecture="cbow"), ORDINARY)


@pytest.mark.parametrize(
    "options",
    [{}, {"negative_sharing": "pair"}, {"architecture": "cbow"}, {"loss": "softmax"}],
    ids=str,
)
def test_windows_that_do_not_shrink(options):
    check_block(config(window=5, shrink_windows=False, **options), ORDINARY)


def test_words_that_a_worker_may_take_for_each_other():
    """Whether a word stands twice in a window is looked up by the low bits of its id: three words that share them."""
    rng = np.random.default_rng(4)
    ids = rng.choice(np.array([1, 4097, 8193], np.int32), 60)
    counts = np.sort(np.bincount(ids, minlength=8200) + 1)[::-1].copy()
    check_block(config(vector_size=8), Encoded(ids, np.array([0, 25, 60]), counts))


def make(architecture, text, stop=0, matrix=None, batch=2, targets=2):
    n = len(text.counts)
    V, U = aligned_zeros(n, 16), aligned_zeros(n, 16)
    V[:] = U[:] = 0.1
    table = alias_table(noise_probabilities(text.counts, 0.75))
    objective = _objectives.NegativeSampling(OwnRows(U, NO_TIERS, NO_TIERS), table, 3, targets)
    arguments = (
        V if matrix is None else matrix, objective, _kernels.named(available()[-1]),
        np.full(n, 2**32 - 1, np.uint32), None, np.full(1, stop, np.int32), 3, 1, len(text.ids),
    )  # fmt: skip
    kinds = {"skipgram": _train.SkipGram, "pair": _train.PairSkipGram, "cbow": _train.Cbow}
    extra = (batch, True, True) if architecture == "cbow" else ()
    return kinds[architecture](*arguments, *extra), V, U


@pytest.mark.parametrize("architecture", ["skipgram", "pair", "cbow"])
def test_a_set_stop_flag_ends_a_block_at_once(architecture):
    worker, V, _ = make(architecture, ORDINARY, stop=1)
    before = V.copy()
    assert run(worker, ORDINARY, 0, len(ORDINARY.ids), 1, 0, 0.1, 0.0) == (0, 0.0)
    np.testing.assert_array_equal(V, before)


@pytest.mark.parametrize("architecture", ["skipgram", "pair", "cbow"])
def test_rate_0_changes_nothing(architecture):
    worker, V, U = make(architecture, ORDINARY)
    before = V.copy(), U.copy()
    made, loss = run(worker, ORDINARY, 0, len(ORDINARY.ids), 1, 0, 0.0, 0.0)
    assert made > 0
    assert loss > 0
    np.testing.assert_array_equal(V, before[0])
    np.testing.assert_array_equal(U, before[1])


@pytest.mark.parametrize("architecture", ["skipgram", "pair", "cbow"])
def test_a_step_whose_loss_is_not_finite_is_not_made(architecture):
    worker, V, U = make(architecture, ORDINARY)
    V[:], U[:] = 1e20, 1e20
    before = V.copy()
    _, loss = run(worker, ORDINARY, 0, len(ORDINARY.ids), 1, 0, 0.1, 0.0)
    assert not np.isfinite(loss)
    np.testing.assert_array_equal(V, before)
    assert np.isfinite(U).all()


def test_matrices_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="must agree"):
        make("skipgram", ORDINARY, matrix=aligned_zeros(len(ORDINARY.counts), 17))
    with pytest.raises(ValueError, match="must be as many"):
        make("skipgram", ORDINARY, matrix=aligned_zeros(3, 16))
    with pytest.raises(ValueError, match="batch is 0"):
        make("cbow", ORDINARY, batch=0)
    with pytest.raises(ValueError, match="draws for 2 targets at most"):
        make("cbow", ORDINARY, batch=3)
