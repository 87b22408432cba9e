"""One training run: worker threads that take blocks in order, the falling rate, and pauses.

What a block is, text or not, is text_work.py's. Matrices come from the caller and are changed in place. Reading text,
saving, and what is done in a pause are others' business.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from fastw2v._threads import run_jobs
from fastw2v.config import Config
from fastw2v.encoded import Encoded
from fastw2v.text_work import Flags, Matrix, TextWork, Work
from fastw2v.watching import Progress, Watcher

__all__ = ["DivergedError", "Progress", "Run", "Watcher", "train_epochs", "train_work"]

# Draws of a measurement come from an epoch that no training reaches, so that they are the same at any time.
MEASURING_EPOCH = 2**62

NO_PREDICTIONS = (
    "no word of the text has a neighbour to be predicted from; give sentences of more than one known word, or lower "
    "min_count, or set sample=0 where all words are frequent ones that it thins out"
)

DIVERGED = "the model's loss on this text is {}: it has diverged; train it anew, and lower alpha"


class DivergedError(ValueError):
    """The loss is no longer finite.

    The matrices hold the state before the step that it comes from, all of it finite numbers. They were most likely
    growing for some time before that, so the remedy is to train anew with a lower `alpha`. `model`: the model in that
    state, where `fastw2v.train` raised it.
    """

    model: Any = None


class Run:
    """Work in blocks, and the workers that take them."""

    def __init__(self, config: Config, work: Work) -> None:
        # The compiled part is loaded only when something is trained, so that importing the package stays light.
        from fastw2v import _kernels
        from fastw2v.kernels import resolve

        self.config, self.work, self.total, self.size = config, work, work.total, work.size
        self.blocks = -(-self.total // self.size)
        self.stop = np.zeros(1, np.int32)
        self.count = min(config.workers or 1, self.blocks)
        kernel = _kernels.named(resolve(config.kernel))
        self.workers = work.workers(kernel, self.stop, self.count)
        # Only these call BLAS in a worker, which is one thread's work already.
        self.uses_blas = kernel.name == "blas" or config.loss == "softmax"

    def train(
        self,
        epoch: int,
        first: int,
        last: int,
        alpha: float,
        slope: float,
        done: Callable[[int, float, float], None],
        tick: Callable[[], object] | None,
    ) -> int:
        """Blocks first..last of an epoch, at a rate that is `alpha` at its first token and falls by `slope` a token.

        `done` gets the tokens, predictions and summed loss of each block, one call at a time. Returns the block after
        the last that was trained: less than `last` where `tick` returned True.
        """

        def block(job: int) -> tuple[int, int, float]:
            start = (first + job) * self.size
            return start, min(start + self.size, self.total), alpha - slope * start

        return first + self.train_blocks(epoch, last - first, block, slope, done, tick)

    def train_blocks(
        self,
        epoch: int,
        jobs: int,
        block: Callable[[int], tuple[int, int, float]],
        slope: float,
        done: Callable[[int, float, float], None],
        tick: Callable[[], object] | None,
    ) -> int:
        """The same for any blocks: block(job) is where one starts and ends, and the rate at its first token.

        Returns how many were trained, which are the first ones.
        """
        from fastw2v.kernels import one_blas_thread

        lock = threading.Lock()

        def train_block(worker: int, job: int, _wanted: Callable[[], bool]) -> None:
            start, end, rate = block(job)
            made, cost = self.workers[worker].run(start, end, self.config.seed, epoch, rate, slope)
            if not math.isfinite(cost):
                if epoch == MEASURING_EPOCH:
                    raise DivergedError(DIVERGED.format(cost))
                remedy = "lower alpha or softmax_batch" if self.config.loss == "softmax" else "lower alpha"
                raise DivergedError(
                    f"the loss is {cost} in epoch {epoch + 1}, block {start // self.size} ({self.work.place} {start} "
                    f"to {end}), at a learning rate of {rate:g}; {remedy}"
                )
            if not self.stop[0]:  # else the block may have ended early
                with lock:
                    done(end - start, made, cost)

        def cancel() -> None:
            self.stop[0] = 1

        try:
            with one_blas_thread(self.uses_blas):
                return run_jobs(jobs, self.count, train_block, tick, cancel)
        finally:
            for worker in self.workers:
                worker.finish()


def train_epochs(
    config: Config,
    text: Encoded,
    inputs: Matrix,
    outputs: Matrix,
    watcher: Watcher | None = None,
    progress: Progress | None = None,
    first_epoch: int = 0,
    last_epoch: int | None = None,
    frozen: Flags | None = None,
) -> Progress:
    """config.epochs passes over the text, in place, from where `progress` stands (None: from the start).

    inputs, outputs: float32 with rows padded as matrices.py lays them out; inputs one row a word, outputs
    workers.output_rows(config.loss, words) rows. The `watcher` may end the run between two blocks, with every thread
    joined. Ctrl-C (KeyboardInterrupt), where the watcher leaves it to Python, and other exceptions of its `tick` end it
    within a few milliseconds; the matrices then hold what was trained so far, half of a batch included. So does
    DivergedError, for a loss that is not finite. Returns the state at the end: `progress`, kept up to date all the
    time, where that is given. `first_epoch`: how many epochs went before in earlier runs, so that this one draws anew.
    `last_epoch`: end behind this one of 1..config.epochs (None: the last), the rate being that of a run of all.
    `frozen`: (words,), true for the rows of `inputs` that must not change (None: none).
    """
    work = TextWork(config, text, inputs, outputs, frozen)
    return train_work(config, work, watcher, progress, first_epoch, last_epoch)


def train_work(
    config: Config,
    work: Work,
    watcher: Watcher | None = None,
    progress: Progress | None = None,
    first_epoch: int = 0,
    last_epoch: int | None = None,
) -> Progress:
    """train_epochs for any work, whose own matters the matrices are."""
    run, watcher = Run(config, work), watcher or Watcher()
    total = run.total * config.epochs
    slope = (config.alpha - config.min_alpha) / total
    progress = Progress() if progress is None else progress
    progress.epochs, progress.words_total, progress.blocks = config.epochs, total, run.blocks
    progress.unit = work.unit
    progress.alpha = config.alpha - slope * progress.words_done
    run_clock, epoch_clock = _Clock(progress.seconds), _Clock(progress.epoch_seconds)

    def note_time() -> None:
        progress.seconds, progress.epoch_seconds = run_clock.seconds(), epoch_clock.seconds()

    def tick() -> bool:
        note_time()
        if watcher.wants_to_break_off():
            run.stop[0] = 1
        return watcher.tick(progress)

    def done(tokens: int, made: float, cost: float) -> None:
        progress.predictions += made
        progress.loss_sum += cost
        progress.words_done += tokens
        progress.alpha = config.alpha - slope * progress.words_done

    while True:
        if progress.block >= run.blocks or not progress.epoch:
            if progress.epoch >= (config.epochs if last_epoch is None else last_epoch):
                return progress
            progress.epoch, progress.block = progress.epoch + 1, 0
            progress.predictions, progress.loss_sum, progress.epoch_seconds = 0, 0.0, 0.0
            epoch_clock = _Clock(0.0)
            watcher.epoch_begins(progress)
        last = run.blocks
        if watcher.pause_blocks:
            trained = (progress.epoch - 1) * run.blocks + progress.block
            last = min(last, progress.block + watcher.pause_blocks - trained % watcher.pause_blocks)
        alpha = config.alpha - slope * run.total * (progress.epoch - 1)
        progress.block = run.train(first_epoch + progress.epoch - 1, progress.block, last, alpha, slope, done, tick)
        note_time()
        if progress.block >= run.blocks:
            progress.history.append(
                {
                    "epoch": progress.epoch,
                    "predictions": progress.predictions,
                    "loss": progress.loss,
                    "alpha": progress.alpha,
                    f"{work.unit}_per_second": run.total / progress.epoch_seconds,
                }
            )
            watcher.epoch_ends(progress)
        if not watcher.pause(progress):
            return progress


class _Clock:
    """Seconds from now on, and those before."""

    def __init__(self, before: float) -> None:
        self.start = time.perf_counter() - before

    def seconds(self) -> float:
        return time.perf_counter() - self.start
