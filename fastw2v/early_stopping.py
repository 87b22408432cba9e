"""Whether a run has stopped getting better, from what was measured after each of its epochs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

__all__ = ["has_stalled"]

FALLS = {"held_out_loss"}  # of what may be watched, that which is better the smaller it is


def has_stalled(history: Sequence[Mapping[str, float]], monitor: str, patience: int) -> bool:
    """Whether the best value of `monitor` is `patience` epochs old or older; equal values are no better, and what is no
    number is worse than any."""
    sign = -1.0 if monitor in FALLS else 1.0
    values = [-math.inf if math.isnan(entry[monitor]) else sign * entry[monitor] for entry in history]
    return bool(values) and len(values) - 1 - values.index(max(values)) >= patience
