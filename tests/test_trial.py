"""Trials: that they train as a run does, for about as long as asked, and no more than the run would."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from reference import random_text

from fastw2v import trial
from fastw2v.config import Config


@pytest.mark.parametrize(
    "options", [{}, {"architecture": "cbow"}, {"loss": "hierarchical"}, {"loss": "softmax"}], ids=str
)
def test_a_trial_counts_the_tokens_of_its_blocks(options):
    text = random_text(words=200, sentences=3000)
    config = Config(vector_size=20, workers=2, epochs=1000, **options)
    before = threading.active_count()
    found = trial.try_out(config, text, 0.05)
    assert found.tokens > 0
    assert 0.05 <= found.seconds < 5
    assert found.tokens_per_second == found.tokens / found.seconds
    assert threading.active_count() == before


def test_a_trial_is_no_longer_than_the_run():
    text = random_text(sentences=30)
    found = trial.try_out(Config(vector_size=8, epochs=1, workers=1), text, 60.0)
    assert found.tokens == len(text.ids)


def test_blocks_come_from_all_over_the_text(monkeypatch):
    text = random_text(words=50, sentences=40_000)
    seen = []

    class Noting(trial.Run):
        def train(self, epoch, first, last, *others):
            seen.append(first / self.blocks)
            return super().train(epoch, first, last, *others)

    monkeypatch.setattr(trial, "Run", Noting)
    monkeypatch.setattr(trial, "STRETCH_SECONDS", 1e-4)
    trial.try_out(Config(vector_size=8, epochs=100, workers=1), text, 0.2)
    assert len(seen) > 10
    assert np.diff(np.sort([*seen, 1.0])).max() < 0.3
