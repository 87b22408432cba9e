"""What a run trains, in blocks for several threads: a text's tokens, or anything else that is Work.

Which block is trained when, and at which rate, is trainer.py's; which objective's worker trains it, workers.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config, Loss
from fastw2v.encoded import Encoded
from fastw2v.workers import make_workers

if TYPE_CHECKING:
    from fastw2v._kernels import Kernel
    from fastw2v._worker import Worker

__all__ = ["BlockWorker", "Flags", "Matrix", "TextWork", "TextWorker", "Work", "block_tokens"]

# A block is some milliseconds of work: short enough to share out evenly and to stop quickly, long enough that taking
# one costs nothing. It does not depend on the number of workers, so that the draws do not either. The exact softmax
# takes some hundred times as long for each token.
BLOCK_TOKENS = 8192
SOFTMAX_BLOCK_TOKENS = 1024
# How far from a block neighbours are looked for: these tokens and so many times the window. Only where nearly all words
# are left out do windows then have fewer neighbours.
NEAR_TOKENS, NEAR_WINDOWS = 1024, 16

Matrix = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


def block_tokens(config: Config) -> int:
    """How many tokens a block has."""
    return SOFTMAX_BLOCK_TOKENS if config.loss == Loss.SOFTMAX else BLOCK_TOKENS


class BlockWorker(Protocol):
    """What one thread trains blocks with."""

    def run(self, start: int, end: int, seed: int, epoch: int, alpha: float, slope: float) -> tuple[float, float]:
        """Trains start..end at a rate that falls from `alpha` by `slope` at each; returns (predictions, their loss)."""
        ...

    def finish(self) -> None:
        """Behind the last block."""
        ...


class Work(Protocol):
    """What is trained: so many things (tokens of a text, say) an epoch, in blocks of `size`.

    unit: what Progress counts them as; place: how an error names the things of a block.
    """

    total: int
    size: int
    unit: str
    place: str

    def workers(self, kernel: Kernel, stop: npt.NDArray[np.int32], count: int) -> Sequence[BlockWorker]:
        """For `count` threads, which all change the same matrices; stop: not 0 where blocks must end at once."""
        ...


class TextWork:
    """A text, cut into blocks of tokens."""

    unit, place = "words", "tokens"

    def __init__(
        self, config: Config, text: Encoded, inputs: Matrix, outputs: Matrix, frozen: Flags | None = None
    ) -> None:
        self.config, self.text, self.inputs, self.outputs, self.frozen = config, text, inputs, outputs, frozen
        self.total, self.size = text.tokens, block_tokens(config)
        self.near = NEAR_TOKENS + NEAR_WINDOWS * config.window

    def workers(self, kernel: Kernel, stop: npt.NDArray[np.int32], count: int) -> list[TextWorker]:
        made = make_workers(
            self.config, kernel, self.text, self.inputs, self.outputs, stop, self.size, count, self.frozen
        )
        return [TextWorker(self.text, self.near, worker) for worker in made]


class TextWorker:
    """Reads the blocks of a text for its worker."""

    def __init__(self, text: Encoded, near: int, worker: Worker) -> None:
        self.text, self.near, self.worker, self.finish = text, near, worker, worker.finish

    def run(self, start: int, end: int, seed: int, epoch: int, alpha: float, slope: float) -> tuple[float, float]:
        sentences = self.text.sentences(start, end)
        base = max(start - self.near, int(sentences[0]))
        ids = self.text.read(base, min(end + self.near, int(sentences[-1])))
        return self.worker.run(ids, base, sentences, start, end, seed, epoch, alpha, slope)
