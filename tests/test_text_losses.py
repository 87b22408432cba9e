"""Losses of a text: always the same ones, the matrices staying as they are."""

from __future__ import annotations

import numpy as np
import pytest
from reference import random_text

from fastw2v.config import Config
from fastw2v.matrices import aligned_zeros
from fastw2v.text_losses import mean_loss
from fastw2v.trainer import DivergedError, train_epochs
from fastw2v.workers import output_rows

EVERY_KIND = [
    {"loss": loss, "architecture": architecture}
    for architecture in ("skipgram", "cbow")
    for loss in ("negative", "hierarchical", "softmax")
] + [{"negative_sharing": "pair"}]


@pytest.mark.parametrize("kind", EVERY_KIND, ids=str)
def test_measuring_changes_nothing_and_is_the_same_each_time(kind):
    text = random_text()
    config = Config(vector_size=20, workers=2, epochs=2, **kind)
    V, U = aligned_zeros(len(text.counts), 20), aligned_zeros(output_rows(config.loss, len(text.counts)), 20)
    V[:, :20] = np.random.default_rng(1).uniform(-0.1, 0.1, (len(V), 20))
    train_epochs(config, text, V, U)
    before = V.copy(), U.copy()
    losses = [mean_loss(config, text, V, U) for _ in range(2)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-12)
    np.testing.assert_array_equal(V, before[0])
    np.testing.assert_array_equal(U, before[1])


@pytest.mark.parametrize("kind", EVERY_KIND, ids=str)
def test_a_loss_that_is_not_finite_is_told(kind):
    text = random_text(sentences=100)
    config = Config(vector_size=8, workers=1, **kind)
    V, U = aligned_zeros(50, 8), aligned_zeros(output_rows(config.loss, 50), 8)
    V[:], U[:] = 1e20, 1e20
    with pytest.raises(DivergedError, match=r"the model's loss on this text is .*; train it anew, and lower alpha"):
        mean_loss(config, text, V, U)
