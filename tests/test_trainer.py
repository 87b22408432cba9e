"""Training runs: that they repeat, that every kernel and any cut of the text gives the same, windows, stopping."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from reference import random_text

from fastw2v import text_work, trainer
from fastw2v.config import Config
from fastw2v.kernels import available
from fastw2v.matrices import aligned_zeros
from fastw2v.workers import output_rows

EVERY_KIND = [
    {"architecture": architecture, "loss": loss}
    for architecture in ("skipgram", "cbow")
    for loss in ("negative", "hierarchical", "softmax")
] + [{"negative_sharing": "pair"}]


class Looking(trainer.Watcher):
    """Calls a function at each tick and behind each epoch."""

    def __init__(self, look):
        self.look = look

    def tick(self, progress):
        self.look(progress)
        return False

    def epoch_ends(self, progress):
        self.look(progress)


def trained(text, **options):
    config = Config(**{"vector_size": 20, "workers": 1, "epochs": 2, **options})
    V = aligned_zeros(len(text.counts), config.vector_size)
    U = aligned_zeros(output_rows(config.loss, len(text.counts)), config.vector_size)
    V[:, : config.vector_size] = (np.random.default_rng(0).random((len(V), config.vector_size)) - 0.5) * 0.5
    progress = trainer.train_epochs(config, text, V, U)
    return V, U, progress


@pytest.mark.parametrize("kind", EVERY_KIND, ids=str)
def test_one_seed_gives_identical_bytes_and_another_does_not(kind):
    text = random_text(sentences=100)
    first, again, other = trained(text, **kind), trained(text, **kind), trained(text, seed=2, **kind)
    assert first[0].tobytes() == again[0].tobytes()
    assert first[1].tobytes() == again[1].tobytes()
    assert first[2].loss == again[2].loss
    assert first[0].tobytes() != other[0].tobytes()


@pytest.mark.parametrize("kind", EVERY_KIND, ids=str)
@pytest.mark.parametrize("kernel", available())
def test_every_kernel_trains_the_same(kernel, kind):
    text = random_text(sentences=100)
    V, U, progress = trained(text, kernel="blas", **kind)
    V2, U2, progress2 = trained(text, kernel=kernel, **kind)
    np.testing.assert_allclose(V2, V, atol=1e-4)
    np.testing.assert_allclose(U2, U, atol=1e-4)
    assert progress2.loss == pytest.approx(progress.loss, rel=1e-5)


def test_padding_stays_zero():
    V, U, _ = trained(random_text())
    assert not V[:, 20:].any()
    assert not U[:, 20:].any()
    assert np.isfinite(V).all()
    assert np.isfinite(U).all()


def test_every_token_is_trained_exactly_once_an_epoch():
    text = random_text(sentences=3000)
    for workers in (1, 2, 5):
        progress = trained(text, workers=workers, epochs=3)[2]
        assert progress.words_done == progress.words_total == 3 * len(text.ids)


def test_progress_tells_the_epoch_the_rate_and_the_loss(monkeypatch):
    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 500)
    text = random_text(sentences=500)
    seen = []
    config = Config(vector_size=8, workers=2, epochs=3, alpha=0.05, min_alpha=0.01)
    V, U = aligned_zeros(50, 8), aligned_zeros(50, 8)
    trainer.train_epochs(config, text, V, U, Looking(lambda p: seen.append((p.epoch, p.words_done, p.alpha, p.loss))))
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
        trainer.train_epochs(config, text, V, U, Looking(stop))
    assert threading.active_count() == before


@pytest.mark.parametrize("kind", EVERY_KIND, ids=str)
@pytest.mark.parametrize("workers", [2, 4])
def test_the_loss_is_the_same_for_any_number_of_workers(kind, workers):
    text = random_text(words=300, sentences=3000)
    one, several = trained(text, **kind)[2], trained(text, workers=workers, **kind)[2]
    assert several.loss == pytest.approx(one.loss, rel=0.01)


def test_history_has_an_entry_for_each_epoch():
    progress = trained(random_text(), epochs=3, alpha=0.05, min_alpha=0.02)[2]
    assert [entry["epoch"] for entry in progress.history] == [1, 2, 3]
    assert [entry["alpha"] for entry in progress.history] == pytest.approx([0.04, 0.03, 0.02])
    assert progress.history[-1]["loss"] == progress.loss
    assert all(entry["words_per_second"] > 0 for entry in progress.history)
    losses = [entry["loss"] for entry in progress.history]
    assert losses[0] > losses[-1]


@pytest.mark.parametrize("kind", EVERY_KIND, ids=str)
@pytest.mark.parametrize("workers", [1, 3])
def test_a_loss_that_is_not_finite_stops_the_run_and_names_the_place(kind, workers):
    text = random_text(sentences=3000)
    config = Config(vector_size=8, workers=workers, alpha=10, epochs=3, **kind)
    V, U = aligned_zeros(50, 8), aligned_zeros(output_rows(config.loss, 50), 8)
    V[:], U[:] = 1e20, 1e20
    before = threading.active_count()
    with pytest.raises(
        trainer.DivergedError, match=r"in epoch 1, block \d+ .*, at a learning rate of \d.*; lower alpha"
    ):
        trainer.train_epochs(config, text, V, U)
    assert threading.active_count() == before
    assert np.isfinite(V).all()
    assert np.isfinite(U).all()


def test_blas_has_one_thread_while_workers_call_it():
    from threadpoolctl import threadpool_info

    seen = []
    text = random_text(words=500, sentences=8000)  # long enough to be looked at while it runs
    config = Config(vector_size=100, workers=2, epochs=1, loss="softmax", sample=0)
    V, U = aligned_zeros(500, 100), aligned_zeros(500, 100)

    def threads():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = threads()
    trainer.train_epochs(config, text, V, U, Looking(lambda _: seen.append(threads())))
    during = seen[:-1]  # the last call comes behind the epoch
    assert during
    assert all(count == 1 for counts in during for count in counts)
    assert threads() == before


def test_words_per_second_is_words_over_seconds():
    text = random_text(sentences=2000)
    progress = trained(text, epochs=1)[2]
    assert progress.history[0]["words_per_second"] * progress.seconds == pytest.approx(len(text.ids), rel=0.5)
