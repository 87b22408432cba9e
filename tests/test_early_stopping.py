"""When a run has stopped getting better."""

from __future__ import annotations

import math

import pytest

from fastw2v.early_stopping import has_stalled


@pytest.mark.parametrize(
    ("losses", "patience", "stalled"),
    [
        ([], 1, False),
        ([3.0], 1, False),
        ([3.0, 2.0], 1, False),
        ([2.0, 3.0], 1, True),
        ([2.0, 2.0], 1, True),
        ([2.0, 3.0], 2, False),
        ([2.0, 3.0, 2.5], 2, True),
        ([2.0, 3.0, 1.0], 2, False),
        ([math.nan, 3.0], 1, False),
        ([3.0, math.nan], 1, True),
    ],
)
def test_losses_fall_and_scores_rise(losses, patience, stalled):
    assert has_stalled([{"held_out_loss": loss} for loss in losses], "held_out_loss", patience) is stalled
    assert has_stalled([{"score": -loss} for loss in losses], "score", patience) is stalled
