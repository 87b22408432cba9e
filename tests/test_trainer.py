"""Training runs: that they repeat, that every kernel and any cut of the text gives the same, windows, stopping."""

from __future__ import annotations

import itertools
import threading
from collections import namedtuple

import numpy as np
import pytest

from fastw2v import _kernels, _objectives, _train, trainer
from fastw2v.config import Config
from fastw2v.equations import negative_sampling_loss_and_gradients
from fastw2v.kernels import available
from fastw2v.matrices import aligned_zeros
from fastw2v.noise import alias_table, noise_probabilities

Encoded = namedtuple("Encoded", "ids offsets counts")
ALL = 2**32 - 1  # keep threshold of a word that is never thinned out


def random_text(words=50, sentences=400, seed=3):
    """Sentences of 1 to 30 words out of `words`."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 30, sentences)
    ids = rng.integers(0, words, lengths.sum()).astype(np.int32)
    return Encoded(ids, np.concatenate(([0], np.cumsum(lengths))), np.bincount(ids, minlength=words) + 1)


def trained(text, **options):
    config = Config(**{"vector_size": 20, "workers": 1, "epochs": 2, **options})
    V, U = aligned_zeros(len(text.counts), config.vector_size), aligned_zeros(len(text.counts), config.vector_size)
    V[:, : config.vector_size] = (np.random.default_rng(0).random((len(V), config.vector_size)) - 0.5) * 0.5
    progress = trainer.train_epochs(config, text, V, U)
    return V, U, progress


def test_one_seed_gives_identical_bytes_and_another_does_not():
    text = random_text()
    first, again, other = trained(text), trained(text), trained(text, seed=2)
    assert first[0].tobytes() == again[0].tobytes()
    assert first[1].tobytes() == again[1].tobytes()
    assert first[2].loss == again[2].loss
    assert first[0].tobytes() != other[0].tobytes()


@pytest.mark.parametrize("kernel", available())
def test_every_kernel_trains_the_same(kernel):
    text = random_text()
    V, U, progress = trained(text, kernel="blas")
    V2, U2, progress2 = trained(text, kernel=kernel)
    np.testing.assert_allclose(V2, V, atol=1e-4)
    np.testing.assert_allclose(U2, U, atol=1e-4)
    assert progress2.loss == pytest.approx(progress.loss, rel=1e-5)


def test_padding_stays_zero():
    V, U, _ = trained(random_text())
    assert not V[:, 20:].any()
    assert not U[:, 20:].any()
    assert np.isfinite(V).all()
    assert np.isfinite(U).all()


def worker_for(text, window=3, keep=None, block=10_000, negative=1, width=16, stop=0, seed=0):
    n = len(text.counts)
    V, U = aligned_zeros(n, width), aligned_zeros(n, width)
    V[:] = np.random.default_rng(seed).normal(size=V.shape)
    objective = _objectives.NegativeSampling(U, alias_table(noise_probabilities(text.counts, 0.75)), negative)
    keep = np.full(n, ALL, np.uint32) if keep is None else keep
    kernel = _kernels.named(available()[-1])
    stop = np.full(1, stop, np.int32)
    ids = text.ids.astype(np.int32)
    worker = _train.Worker(V, objective, kernel, ids, text.offsets.astype(np.int64), keep, stop, window, block)
    return worker, V, U


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [1.0, 0.6, 0.1])
def test_a_text_cut_anywhere_makes_the_windows_of_the_whole(seed, share):
    """With window 1 there is nothing to draw, so that the number of predictions tells whether each centre saw its
    neighbours across every cut."""
    text = random_text(sentences=40)
    keep = np.full(50, round(share * ALL), np.uint32)
    whole, _, _ = worker_for(text, window=1, keep=keep)
    everything, _ = whole.run(0, len(text.ids), 0, 5, 0, 0.0, 0.0)
    pieces = 0
    rng = np.random.default_rng(seed)
    cuts = [0, *sorted(set(rng.integers(1, len(text.ids), 60))), len(text.ids)]
    worker, _, _ = worker_for(text, window=1, keep=keep)
    for start, end in itertools.pairwise(cuts):
        sentence = int(np.searchsorted(text.offsets, start, side="right") - 1)
        pieces += worker.run(int(start), int(end), sentence, 5, 0, 0.0, 0.0)[0]
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
    worker.run(0, 3, 0, 1, 0, 1e-3, 0.0)
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
    made, loss = worker.run(0, 2, 0, 9, 0, 0.5, 0.125)
    assert made == 2
    assert any(
        abs(loss - J) < 1e-5 and np.allclose(V, V1, atol=1e-5) and np.allclose(U, U1, atol=1e-5) for J, V1, U1 in ways
    )


def test_every_token_is_trained_exactly_once_an_epoch():
    text = random_text(sentences=3000)
    for workers in (1, 2, 5):
        progress = trained(text, workers=workers, epochs=3)[2]
        assert progress.words_done == progress.words_total == 3 * len(text.ids)


def test_progress_tells_the_epoch_the_rate_and_the_loss(monkeypatch):
    monkeypatch.setattr(trainer, "BLOCK_TOKENS", 500)
    text = random_text(sentences=500)
    seen = []
    config = Config(vector_size=8, workers=2, epochs=3, alpha=0.05, min_alpha=0.01)
    V, U = aligned_zeros(50, 8), aligned_zeros(50, 8)
    trainer.train_epochs(config, text, V, U, lambda p: seen.append((p.epoch, p.words_done, p.alpha, p.loss)))
    assert [s[0] for s in seen][-1] == 3
    assert seen[-1][1] == 3 * len(text.ids)
    assert seen[-1][2] == pytest.approx(0.01)
    # Outputs start at zero, where the target and `negative` noise words cost log 2 each, less what is dropped.
    assert 0 < seen[-1][3] <= 6 * np.log(2) * 1.05


def test_an_exception_of_the_callback_ends_the_run_with_all_threads_joined(monkeypatch):
    text = random_text(sentences=3000)
    before = threading.active_count()
    config = Config(vector_size=200, workers=3, epochs=50, window=20)
    V, U = aligned_zeros(50, 200), aligned_zeros(50, 200)

    def stop(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trainer.train_epochs(config, text, V, U, stop)
    assert threading.active_count() == before


def test_a_set_stop_flag_ends_a_block_at_once():
    text = random_text()
    worker, V, _ = worker_for(text, stop=1)
    before = V.copy()
    assert worker.run(0, len(text.ids), 0, 1, 0, 0.1, 0.0) == (0, 0.0)
    np.testing.assert_array_equal(V, before)


def test_a_block_outside_the_text_is_refused():
    text = random_text()
    worker, _, _ = worker_for(text, block=100)
    n = len(text.ids)
    for start, end, sentence in ((-1, 5, 0), (0, 101, 0), (5, 5, 0), (n - 1, n + 1, 0), (0, 5, 9)):
        with pytest.raises(ValueError, match="no block of this corpus"):
            worker.run(start, end, sentence, 1, 0, 0.1, 0.0)


def test_noise_draws_follow_the_table_and_merge_repeats():
    counts = np.array([60, 30, 10])
    U = aligned_zeros(3, 16)
    objective = _objectives.NegativeSampling(U, alias_table(noise_probabilities(counts, 1.0)), 20)
    drawn, windows = np.zeros(3), 3000
    for key in range(windows):
        rows, labels, times = _objectives.draw(objective, 2, key)
        assert rows[0] == 2
        assert list(labels) == [1] + [0] * (len(rows) - 1)
        assert times[0] == 1
        assert len(set(rows)) == len(rows), "repeats must be merged, the target dropped"
        np.add.at(drawn, rows[1:], times[1:])
    np.testing.assert_allclose(drawn / (20 * windows), [0.6, 0.3, 0.0], atol=0.01)
