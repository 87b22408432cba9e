"""The hot loops of the logistic objectives: from kept tokens to windows, draws and kernel steps, without the GIL."""

from typing import final

import numpy as np
import numpy.typing as npt

from fastw2v._kernels import Kernel
from fastw2v._objectives import Objective
from fastw2v._worker import Worker

@final
class SkipGram(Worker):
    """Every context row of a window is an input; target and noise, or path, are drawn once for all of them."""

    def __new__(
        cls,
        inputs: npt.NDArray[np.float32],
        objective: Objective,
        kernel: Kernel,
        keep: npt.NDArray[np.uint32],
        still: npt.NDArray[np.uint8] | None,
        stop: npt.NDArray[np.int32],
        window: int,
        least: int,
        block: int,
    ) -> SkipGram:
        """See Worker; objective: owns the output rows."""

@final
class PairSkipGram(Worker):
    """As SkipGram, but every context row has a draw of its own."""

    def __new__(
        cls,
        inputs: npt.NDArray[np.float32],
        objective: Objective,
        kernel: Kernel,
        keep: npt.NDArray[np.uint32],
        still: npt.NDArray[np.uint8] | None,
        stop: npt.NDArray[np.int32],
        window: int,
        least: int,
        block: int,
    ) -> PairSkipGram:
        """See Worker; objective: owns the output rows."""

@final
class Cbow(Worker):
    """The mean or sum of a window's context rows is the one input."""

    def __new__(
        cls,
        inputs: npt.NDArray[np.float32],
        objective: Objective,
        kernel: Kernel,
        keep: npt.NDArray[np.uint32],
        still: npt.NDArray[np.uint8] | None,
        stop: npt.NDArray[np.int32],
        window: int,
        least: int,
        block: int,
        batch: int,
        share_mean: bool,
        share_gradient: bool,
    ) -> Cbow:
        """See Worker; batch: centres that meet the same noise words; share_mean: the input is the rows' mean, not their
        sum; share_gradient: each row gets its share of the input's change, not all of it."""
