"""Which output rows a training thread changes in copies of its own, and how often they are merged with the shared.

The copies are _own_rows.pyx's; what a row is, the objectives know.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["tiers"]

# Windows from one merge to the next. The longer, the fewer cache lines travel between cores, and the more the threads'
# copies differ: by about the rate times the windows, and so far that may go, twice as far being seen in the loss.
PERIODS = (64, 256, 1024)
MOST_DRIFT = 1024 * 0.025
LEAST_CHANGES = 4  # of a row between two merges, or it is not worth a copy
MOST_BYTES = 1_000_000  # of a thread's copies: more would drive other rows out of its cache


def tiers(
    touches: npt.NDArray[np.float64], row_bytes: int, rate: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(ends, periods): rows up to ends[t], behind those of the tier before, are merged every periods[t] windows.

    touches: how often a window changes each row, on average, in an order in which they mostly fall; rate: the learning
    rate at its highest.
    """
    periods = np.array([period for period in PERIODS if period * rate <= MOST_DRIFT] or PERIODS[:1], np.int64)
    falling = np.minimum.accumulate(np.asarray(touches, np.float64))
    ends = np.searchsorted(-falling, -LEAST_CHANGES / periods, side="right")
    return np.minimum(ends, MOST_BYTES // row_bytes).astype(np.int64), periods
