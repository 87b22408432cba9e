"""One training thread: from token ids to subsampled sentences, without the GIL."""

import numpy as np
import numpy.typing as npt

from fastw2v._kernels import Kernel

class Worker:
    """The scratch of one thread for blocks of at most `block` tokens, and the tables it reads. One thread at a time.

    The base of those that train; it only draws what is kept.
    """

    def __new__(
        cls,
        inputs: npt.NDArray[np.float32],
        _: object,
        kernel: Kernel,
        keep: npt.NDArray[np.uint32],
        still: npt.NDArray[np.uint8] | None,
        stop: npt.NDArray[np.int32],
        window: int,
        least: int,
        block: int,
        *__: object,
    ) -> Worker:
        """inputs: (words, stride) changed in place; keep: 32-bit keep thresholds (words,); stop: one number that ends
        a block early when it is not 0; a window reaches least..window words to either side, uniformly drawn."""

    def run(
        self,
        ids: npt.NDArray[np.int32],
        base: int,
        sentences: npt.NDArray[np.int64],
        start: int,
        end: int,
        seed: int,
        epoch: int,
        alpha: float,
        slope: float,
    ) -> tuple[int, float]:
        """Trains the tokens start..end, with a rate that falls linearly from `alpha` by `slope` a token.

        ids: the tokens from `base` on, neighbours of the block on both sides included; those that are not below `words`
        are left out. sentences: the borders of the sentences that start..end lie in. Returns how many predictions
        (input, target) were made and their summed loss; one that is not finite ended the block before the step that it
        comes from."""

    def finish(self) -> None:
        """Brings what this thread holds of its own to the shared matrices; call it behind the last block."""
