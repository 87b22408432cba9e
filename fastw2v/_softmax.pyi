"""The exact softmax: batches of input rows against the whole vocabulary, as matrix products of SciPy's BLAS."""

import numpy as np
import numpy.typing as npt

from fastw2v._kernels import Kernel
from fastw2v._worker import Worker

class Softmax(Worker):
    """Batches of `batch` centres. Skip-gram: a centre's row is the input, the words of its window are the targets.
    cbow: the mean or sum of the context rows is the input, the centre is the target."""

    def __new__(
        cls,
        inputs: npt.NDArray[np.float32],
        outputs: npt.NDArray[np.float32],
        kernel: Kernel,
        keep: npt.NDArray[np.uint32],
        still: npt.NDArray[np.uint8] | None,
        stop: npt.NDArray[np.int32],
        window: int,
        least: int,
        block: int,
        batch: int,
        width: int,
        block_words: int,
        blocks: int,
        keep_scores: bool,
        cbow: bool,
        share_mean: bool,
        share_gradient: bool,
    ) -> Softmax:
        """See Worker; outputs: (words, stride) changed in place; width: floats of a row that are not padding;
        block_words, blocks, keep_scores: a softmax_plan.SoftmaxPlan; the shares: as in Cbow."""
