"""One training run: an encoded corpus cut into blocks, worker threads that take them in order, the falling rate.

Matrices come from the caller and are changed in place; which worker trains a block is decided in workers.py. Reading
text, saving and drawing pictures are others' business.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from fastw2v._threads import run_jobs
from fastw2v.config import Config
from fastw2v.workers import Encoded, make_workers

__all__ = ["BLOCK_TOKENS", "DivergedError", "Encoded", "Progress", "mean_loss", "sentence_losses", "train_epochs"]

# A block is some milliseconds of work: short enough to share out evenly and to stop quickly, long enough that taking
# one costs nothing. It does not depend on the number of workers, so that the draws do not either.
BLOCK_TOKENS = 8192
# Draws of a measurement come from an epoch that no training reaches, so that they are the same at any time.
MEASURING_EPOCH = 2**62

NO_PREDICTIONS = (
    "no word of the text has a neighbour to be predicted from; give sentences of more than one known word, or lower "
    "min_count, or set sample=0 where all words are frequent ones that it thins out"
)

DIVERGED = "the model's loss on this text is {}: it has diverged; train it anew, and lower alpha"

Matrix = npt.NDArray[np.float32]


class DivergedError(ValueError):
    """The loss is no longer finite.

    The matrices hold the state before the step that it comes from, all of it finite numbers. They were most likely
    growing for some time before that, so the remedy is to train anew with a lower `alpha`. `model`: the model in that
    state, where `fastw2v.train` raised it.
    """

    model: Any = None


@dataclass
class Progress:
    """How far a run is. `loss` is the mean over this epoch's `predictions` so far: natural log; a prediction is one
    input vector against one target, with its noise words or path. `history`: one dict an epoch that ended, with its
    number `epoch`, its `predictions` and their mean `loss`, the rate `alpha` at its end, and `words_per_second`."""

    epoch: int = 0
    epochs: int = 0
    words_done: int = 0
    words_total: int = 0
    seconds: float = 0.0
    loss: float = float("nan")
    alpha: float = float("nan")
    predictions: int = 0
    history: list[dict[str, float]] = field(default_factory=list)

    @property
    def words_per_second(self) -> float:
        """Words of the text a second, those that subsampling leaves out included."""
        return self.words_done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float:
        """Estimate from the speed so far."""
        left = self.words_total - self.words_done
        return left / self.words_per_second if self.words_done else float("inf")


class _Run:
    """A corpus in blocks, and the workers that take them."""

    def __init__(self, config: Config, corpus: Encoded, inputs: Matrix, outputs: Matrix) -> None:
        # The compiled part is loaded only when something is trained, so that importing the package stays light.
        from fastw2v import _kernels
        from fastw2v.kernels import resolve

        self.config = config
        self.tokens = len(corpus.ids)
        self.starts = np.arange(0, self.tokens, BLOCK_TOKENS)
        self.ends = np.minimum(self.starts + BLOCK_TOKENS, self.tokens)
        self.sentences = np.searchsorted(corpus.offsets, self.starts, side="right") - 1
        self.stop = np.zeros(1, np.int32)
        self.count = min(config.workers or 1, len(self.starts))
        kernel = _kernels.named(resolve(config.kernel))
        self.workers = make_workers(config, kernel, corpus, inputs, outputs, self.stop, BLOCK_TOKENS, self.count)
        # Only these call BLAS in a worker, which is one thread's work already.
        self.uses_blas = kernel.name == "blas" or config.loss == "softmax"

    def epoch(
        self,
        epoch: int,
        alpha: float,
        slope: float,
        done: Callable[[int, int, float], None],
        report: Callable[[], None] | None,
    ) -> None:
        """All blocks once, from the rate `alpha` down by `slope` a token. `done` gets the tokens, predictions and
        summed loss of each block, one call at a time."""
        from fastw2v.kernels import one_blas_thread

        lock = threading.Lock()

        def train_block(worker: int, block: int, _wanted: Callable[[], bool]) -> None:
            start, end = int(self.starts[block]), int(self.ends[block])
            rate = alpha - slope * start
            made, cost = self.workers[worker].run(
                start, end, int(self.sentences[block]), self.config.seed, epoch, rate, slope
            )
            if not math.isfinite(cost):
                if epoch == MEASURING_EPOCH:
                    raise DivergedError(DIVERGED.format(cost))
                remedy = "lower alpha or softmax_batch" if self.config.loss == "softmax" else "lower alpha"
                raise DivergedError(
                    f"the loss is {cost} in epoch {epoch + 1}, block {block} (tokens {start} to {end}), at a learning "
                    f"rate of {rate:g}; {remedy}"
                )
            if not self.stop[0]:  # else the block may have ended early
                with lock:
                    done(end - start, made, cost)

        def cancel() -> None:
            self.stop[0] = 1

        try:
            with one_blas_thread(self.uses_blas):
                run_jobs(len(self.starts), self.count, train_block, report, cancel)
        finally:
            for worker in self.workers:
                worker.finish()


def train_epochs(
    config: Config,
    corpus: Encoded,
    inputs: Matrix,
    outputs: Matrix,
    on_progress: Callable[[Progress], None] | None = None,
    progress: Progress | None = None,
    first_epoch: int = 0,
    epochs: range | None = None,
) -> Progress:
    """config.epochs passes over the corpus, in place.

    inputs, outputs: float32 with rows padded as matrices.py lays them out; inputs one row a word, outputs
    workers.output_rows(config.loss, words) rows. `on_progress` is called on this thread about ten times a second and
    once at the end of each epoch. Ctrl-C (KeyboardInterrupt) and exceptions of `on_progress` end the run within a few
    milliseconds with every thread joined; the matrices then hold what was trained so far, half of a batch included. So
    does DivergedError, for a loss that is not finite. Returns the state at the end: `progress`, kept up to date all the
    time, where that is given. `first_epoch`: how many epochs went before in earlier runs, so that this one draws anew.
    `epochs`: only these of 0..config.epochs - 1, at the rates that they have among all; `progress` is to be that of the
    ones before.
    """
    run = _Run(config, corpus, inputs, outputs)
    total = run.tokens * config.epochs
    slope = (config.alpha - config.min_alpha) / total
    progress = Progress() if progress is None else progress
    progress.epochs, progress.words_total = config.epochs, total
    progress.alpha = config.alpha - slope * progress.words_done
    started = time.perf_counter() - progress.seconds

    def report() -> None:
        progress.seconds = time.perf_counter() - started
        if on_progress is not None:
            on_progress(progress)

    for epoch in range(config.epochs) if epochs is None else epochs:
        progress.epoch, progress.predictions = epoch + 1, 0
        loss = 0.0
        begun = time.perf_counter()

        def done(tokens: int, made: int, cost: float) -> None:
            nonlocal loss
            progress.predictions += made
            loss += cost
            progress.words_done += tokens
            progress.alpha = config.alpha - slope * progress.words_done
            progress.loss = loss / progress.predictions if progress.predictions else float("nan")

        run.epoch(first_epoch + epoch, config.alpha - slope * run.tokens * epoch, slope, done, report)
        seconds = time.perf_counter() - begun
        progress.history.append(
            {
                "epoch": epoch + 1,
                "predictions": progress.predictions,
                "loss": progress.loss,
                "alpha": progress.alpha,
                "words_per_second": run.tokens / seconds,
            }
        )
        report()
    return progress


def mean_loss(config: Config, corpus: Encoded, inputs: Matrix, outputs: Matrix) -> float:
    """The mean loss of a prediction over one pass that changes nothing; ValueError where no word has a neighbour.

    Windows, thinning out and noise are drawn as in training, always the same ones for a seed. The matrices are written
    to, with what stood there, and must be as train_epochs wants them.
    """
    predictions, loss = 0, 0.0

    def done(_: int, made: int, cost: float) -> None:
        nonlocal predictions, loss
        predictions, loss = predictions + made, loss + cost

    _Run(config, corpus, inputs, outputs).epoch(MEASURING_EPOCH, 0.0, 0.0, done, None)
    if not predictions:
        raise ValueError(NO_PREDICTIONS)
    return loss / predictions


def sentence_losses(config: Config, corpus: Encoded, inputs: Matrix, outputs: Matrix) -> npt.NDArray[np.float64]:
    """The summed loss of each sentence's predictions, (sentences,), in a pass that changes nothing; else as mean_loss.

    Sentences may be empty here: they, and words alone in theirs, have the loss 0.
    """
    from fastw2v import _kernels
    from fastw2v.kernels import one_blas_thread, resolve

    lengths = np.diff(corpus.offsets)
    losses = np.zeros(len(lengths), np.float64)
    if not lengths.any():
        return losses
    kernel, stop = _kernels.named(resolve(config.kernel)), np.zeros(1, np.int32)
    worker = make_workers(config, kernel, corpus, inputs, outputs, stop, int(lengths.max()), 1)[0]
    with one_blas_thread(kernel.name == "blas" or config.loss == "softmax"):
        for i in np.flatnonzero(lengths).tolist():
            start, end = int(corpus.offsets[i]), int(corpus.offsets[i + 1])
            losses[i] = worker.run(start, end, i, config.seed, MEASURING_EPOCH, 0.0, 0.0)[1]
    if not np.isfinite(losses).all():
        raise DivergedError(DIVERGED.format(losses.sum()))
    return losses
