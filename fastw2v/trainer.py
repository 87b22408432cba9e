"""One training run: an encoded corpus cut into blocks, worker threads that take them in order, the falling rate.

Matrices come from the caller and are changed in place; reading text, saving and drawing pictures are others' business.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from fastw2v._threads import run_jobs
from fastw2v.config import Config
from fastw2v.noise import alias_table, keep_probabilities, keep_thresholds, noise_probabilities

__all__ = ["BLOCK_TOKENS", "Encoded", "Progress", "train_epochs"]

# A block is some milliseconds of work: short enough to share out evenly and to stop quickly, long enough that taking
# one costs nothing. It does not depend on the number of workers, so that the draws do not either.
BLOCK_TOKENS = 8192


class Encoded(Protocol):
    """What training needs of a corpus: token ids, where sentences start (with the end appended), counts by id."""

    @property
    def ids(self) -> npt.NDArray[np.int32]: ...
    @property
    def offsets(self) -> npt.NDArray[np.int64]: ...
    @property
    def counts(self) -> npt.NDArray[np.int64]: ...


@dataclass
class Progress:
    """How far a run is. `loss` is the mean over this epoch's predictions so far: natural log, one (input, target)
    pair with its noise words being one prediction."""

    epoch: int = 0
    epochs: int = 0
    words_done: int = 0
    words_total: int = 0
    seconds: float = 0.0
    loss: float = float("nan")
    alpha: float = float("nan")

    @property
    def words_per_second(self) -> float:
        """Words of the text a second, those that subsampling leaves out included."""
        return self.words_done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float:
        """Estimate from the speed so far."""
        left = self.words_total - self.words_done
        return left / self.words_per_second if self.words_done else float("inf")


def train_epochs(
    config: Config,
    corpus: Encoded,
    inputs: npt.NDArray[np.float32],
    outputs: npt.NDArray[np.float32],
    on_progress: Callable[[Progress], None] | None = None,
    progress: Progress | None = None,
) -> Progress:
    """Trains skip-gram with negative sampling for config.epochs passes over the corpus, in place.

    inputs, outputs: (words, stride) float32 with rows padded as matrices.py lays them out. `on_progress` is called on
    this thread about ten times a second and once at the end of each epoch. Ctrl-C (KeyboardInterrupt) and exceptions
    of `on_progress` end the run within a few milliseconds with every thread joined; the matrices then hold what was
    trained so far. Returns the state at the end, which is `progress`, kept up to date all the time, where it is given.
    """
    # The compiled part is loaded only when something is trained, so that importing the package stays light.
    from fastw2v import _kernels, _objectives, _train
    from fastw2v.kernels import one_blas_thread, resolve

    kernel = _kernels.named(resolve(config.kernel))
    noise = alias_table(noise_probabilities(corpus.counts, config.ns_exponent))
    keep = keep_thresholds(keep_probabilities(corpus.counts, config.sample))
    objective = _objectives.NegativeSampling(outputs, noise, config.negative)
    stop = np.zeros(1, np.int32)

    starts = np.arange(0, len(corpus.ids), BLOCK_TOKENS)
    ends = np.minimum(starts + BLOCK_TOKENS, len(corpus.ids))
    sentences = np.searchsorted(corpus.offsets, starts, side="right") - 1
    workers = min(config.workers or 1, len(starts))
    makers = [
        _train.Worker(inputs, objective, kernel, corpus.ids, corpus.offsets, keep, stop, config.window, BLOCK_TOKENS)
        for _ in range(workers)
    ]
    total = len(corpus.ids) * config.epochs
    slope = (config.alpha - config.min_alpha) / total
    progress = Progress() if progress is None else progress
    progress.epochs, progress.words_total, progress.alpha = config.epochs, total, config.alpha
    lock = threading.Lock()
    started = time.perf_counter()

    def report() -> None:
        progress.seconds = time.perf_counter() - started
        if on_progress is not None:
            on_progress(progress)

    def cancel() -> None:
        stop[0] = 1

    for epoch in range(config.epochs):
        progress.epoch = epoch + 1
        predictions, loss = 0, 0.0
        before = epoch * len(corpus.ids)

        def train_block(
            worker: int, block: int, _wanted: Callable[[], bool], *, epoch: int = epoch, before: int = before
        ) -> None:
            nonlocal predictions, loss
            start, end = int(starts[block]), int(ends[block])
            alpha = config.alpha - slope * (before + start)
            made, cost = makers[worker].run(start, end, int(sentences[block]), config.seed, epoch, alpha, slope)
            with lock:
                predictions, loss = predictions + made, loss + cost
                progress.words_done += end - start
                progress.alpha = config.alpha - slope * progress.words_done
                progress.loss = loss / predictions if predictions else float("nan")

        with one_blas_thread(kernel.name):
            run_jobs(len(starts), workers, train_block, report, cancel)
        report()
    return progress
