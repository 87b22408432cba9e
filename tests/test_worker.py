"""From token ids to windows: cuts anywhere, sentence borders, thinning out, the falling rate."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from reference import Encoded, random_text, run

from fastw2v import _kernels, _objectives, _train
from fastw2v._own_rows import OwnRows
from fastw2v.equations import negative_sampling_loss_and_gradients
from fastw2v.kernels import available
from fastw2v.matrices import aligned_zeros
from fastw2v.noise import alias_table, noise_probabilities

NO_TIERS = np.empty(0, np.int64)
ALL = 2**32 - 1  # keep threshold of a word that is never thinned out


def worker_for(text, window=3, keep=None, block=10_000, least=1):
    n = len(text.counts)
    V, U = aligned_zeros(n, 16), aligned_zeros(n, 16)
    V[:] = np.random.default_rng(0).normal(size=V.shape)
    table = alias_table(noise_probabilities(text.counts, 0.75))
    objective = _objectives.NegativeSampling(OwnRows(U, NO_TIERS, NO_TIERS), table, 1)
    keep = np.full(n, ALL, np.uint32) if keep is None else keep
    kernel, stop = _kernels.named(available()[-1]), np.zeros(1, np.int32)
    return _train.SkipGram(V, objective, kernel, keep, None, stop, window, least, block), V, U


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [1.0, 0.6, 0.1])
def test_a_text_cut_anywhere_makes_the_windows_of_the_whole(seed, share):
    """With window 1 there is nothing to draw, so that the number of predictions tells whether each centre saw its
    neighbours across every cut."""
    text = random_text(sentences=40)
    keep = np.full(50, round(share * ALL), np.uint32)
    whole, _, _ = worker_for(text, window=1, keep=keep)
    everything, _ = run(whole, text, 0, len(text.ids), 5, 0, 0.0, 0.0)
    pieces = 0
    rng = np.random.default_rng(seed)
    cuts = [0, *sorted(set(rng.integers(1, len(text.ids), 60))), len(text.ids)]
    worker, _, _ = worker_for(text, window=1, keep=keep)
    for start, end in itertools.pairwise(cuts):
        pieces += run(worker, text, int(start), int(end), 5, 0, 0.0, 0.0)[0]
    assert pieces == everything > 0


def test_windows_never_cross_a_sentence_and_reach_what_they_may():
    """Two words that share no sentence never change each other: with rate 1 and outputs that start at zero, an output
    row moves only along the inputs it was scored with."""
    ids = np.array([0, 1, 2, 3, 4, 5] * 30)
    text = Encoded(ids, np.arange(0, len(ids) + 1, 3), np.bincount(ids))
    worker, V, U = worker_for(text, window=5)
    V[:] = 0
    V[np.arange(6), np.arange(6)] = 1  # word i is axis i
    frozen = V.copy()
    # The first block only: words 0, 1, 2 predict each other; 3 to 5 enter as noise, pushed away (to first order).
    run(worker, text, 0, 3, 1, 0, 1e-3, 0.0)
    np.testing.assert_allclose(V, frozen, atol=1e-3)
    assert (U[:3, 3:6] == 0).all()
    assert (U[3:6, 3:6] == 0).all()
    assert (U[3:6, :3] < 1e-6).all()


def test_the_rate_falls_over_the_text():
    """One sentence of two words: two predictions, each a step of the equations at the rate of its place."""
    text = Encoded(np.array([0, 1]), np.array([0, 2]), np.array([1, 1]))
    worker, V, U = worker_for(text, window=1)
    # A noise draw is the target (dropped) or the other word, so there are two ways for each of the two positions.
    ways = [(0.0, V.astype(np.float64), U.astype(np.float64))]
    for centre, context, rate in ((0, 1, 0.5), (1, 0, 0.375)):
        following = []
        for loss, old_V, old_U in ways:
            for noise in ([], [1 - centre]):
                J, dv, dU = negative_sampling_loss_and_gradients(old_V[context], centre, noise, old_U)
                new_V = old_V.copy()
                new_V[context] -= rate * dv
                following.append((loss + J, new_V, old_U - rate * dU))
        ways = following
    made, loss = run(worker, text, 0, 2, 9, 0, 0.5, 0.125)
    assert made == 2
    assert any(
        abs(loss - J) < 1e-5 and np.allclose(V, V1, atol=1e-5) and np.allclose(U, U1, atol=1e-5) for J, V1, U1 in ways
    )


@pytest.mark.parametrize("least", [0, 4])
def test_a_least_window_outside_the_window_is_refused(least):
    with pytest.raises(ValueError, match=f"least is {least}, but must be from 1 to window, which is 3"):
        worker_for(random_text(), least=least)


@pytest.mark.parametrize(("window", "block"), [(3, 2**31), (2**30, 2**31 + 5), (2**30, 2**32), (3, 2**63 - 1)])
def test_a_block_and_window_that_32_bits_do_not_count_are_refused(window, block):
    """Twice a window of 2**30 is a negative number in 32 bits, with which the block seems to be short."""
    with pytest.raises(ValueError, match=rf"block is {block} and window is {window}, but together"):
        worker_for(random_text(), window=window, block=block)


def test_a_block_outside_the_text_is_refused():
    text = random_text()
    worker, _, _ = worker_for(text, block=100)
    ids, n = text.ids[5:200], 200
    borders = np.array([0, 10_000])
    for start, end in ((-1, 5), (4, 8), (5, 106), (7, 7), (n - 1, n + 1)):
        with pytest.raises(ValueError, match=r"are no block of the tokens 5\.\.200"):
            worker.run(ids, 5, borders, start, end, 1, 0, 0.1, 0.0)
    for wrong in ([], [0], [6, 20], [0, 5], [0, 5, 20], [0, 9], [0, 10, 20]):
        with pytest.raises(ValueError, match=r"are not those of the tokens 5\.\.10"):
            worker.run(ids, 5, np.array(wrong, np.int64), 5, 10, 1, 0, 0.1, 0.0)
    with pytest.raises(ValueError, match="a sentence ends at token 7, and the next at 6"):
        worker.run(ids, 5, np.array([0, 7, 6, 10]), 5, 10, 1, 0, 0.1, 0.0)


@pytest.mark.parametrize("strange", [-1, 50, 2**31 - 1, -(2**31)])
def test_a_token_that_is_no_word_is_left_out(strange):
    """Windows of one word, so that the number of predictions tells who was whose neighbour."""
    ids = np.array([1, strange, 2, strange, strange, 3], np.int32)
    text = Encoded(ids, np.array([0, 5, 6]), np.ones(50, np.int64))
    assert run(worker_for(text, window=1)[0], text, 0, 6, 1, 0, 0.0, 0.0)[0] == 2


def test_neighbours_beyond_the_text_at_hand_are_not_read():
    text = random_text(sentences=1, longest=40)
    n = len(text.ids)
    worker, _, _ = worker_for(text, window=1)
    borders = text.sentences(0, n)
    assert n > 12
    alone, _ = worker.run(text.ids[5:10].copy(), 5, borders, 5, 10, 1, 0, 0.0, 0.0)
    around, _ = worker.run(text.ids[4:11].copy(), 4, borders, 5, 10, 1, 0, 0.0, 0.0)
    assert (alone, around) == (8, 10)
