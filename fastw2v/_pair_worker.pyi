"""One training thread for pairs of an input and a target: from ids to kernel steps, without the GIL."""

from typing import final

import numpy as np
import numpy.typing as npt

from fastw2v._kernels import Kernel
from fastw2v._objectives import Objective

@final
class PairWorker:
    """The scratch of one thread for blocks of at most `block` pairs, and the tables it reads. One thread at a time."""

    def __new__(
        cls,
        inputs: npt.NDArray[np.float32],
        objective: Objective,
        kernel: Kernel,
        input_ids: npt.NDArray[np.int32],
        target_ids: npt.NDArray[np.int32],
        weights: npt.NDArray[np.float32] | None,
        input_rows: npt.NDArray[np.int32],
        target_rows: npt.NDArray[np.int32],
        keep_inputs: npt.NDArray[np.uint32],
        keep_targets: npt.NDArray[np.uint32],
        stop: npt.NDArray[np.int32],
        shuffle: bool,
        block: int,
    ) -> PairWorker:
        """inputs: (input words, stride), changed in place; objective: owns the output rows; pair i: input_ids[i] and
        target_ids[i], weighing weights[i] (None: 1 each); input_rows, target_rows: the row of each id, negative where
        its pairs are left out; keep_inputs, keep_targets: 32-bit keep thresholds by row; stop: one number that ends a
        block early when it is not 0; shuffle: pairs come in an order drawn anew each epoch, not as they stand."""

    def run(self, start: int, end: int, seed: int, epoch: int, alpha: float, slope: float) -> tuple[float, float]:
        """Trains the pairs start..end of the epoch's order, at a rate that falls linearly from `alpha` by `slope` a
        pair. Returns how many were trained, each as often as it weighs (an int where there are no weights), and their
        summed loss; one that is not finite ended the block before the step that it comes from."""

    def finish(self) -> None:
        """Brings what this thread holds of its own to the shared matrices; call it behind the last block."""

def shuffled(pairs: int, seed: int, epoch: int) -> npt.NDArray[np.int64]:
    """The order in which an epoch takes so many pairs: where the first one stands, the second, ..."""
