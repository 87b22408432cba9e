"""Losses of a text under matrices that are as they are: the mean, and that of each sentence. Nothing is learned.

Training is trainer.py's; which text and model it is, model_measures.py's and model_run.py's.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config
from fastw2v.encoded import Encoded, EncodedText
from fastw2v.text_work import Matrix, TextWork
from fastw2v.trainer import DIVERGED, MEASURING_EPOCH, NO_PREDICTIONS, DivergedError, Run
from fastw2v.workers import make_workers

__all__ = ["mean_loss", "sentence_losses"]


def mean_loss(config: Config, text: Encoded, inputs: Matrix, outputs: Matrix) -> float:
    """The mean loss of a prediction over one pass that changes nothing; ValueError where no word has a neighbour.

    Windows, thinning out and noise are drawn as in training, always the same ones for a seed. The matrices are written
    to, with what stood there, and must be as train_epochs wants them.
    """
    predictions, loss = 0.0, 0.0

    def done(_: int, made: float, cost: float) -> None:
        nonlocal predictions, loss
        predictions, loss = predictions + made, loss + cost

    run = Run(config, TextWork(config, text, inputs, outputs))
    run.train(MEASURING_EPOCH, 0, run.blocks, 0.0, 0.0, done, None)
    if not predictions:
        raise ValueError(NO_PREDICTIONS)
    return loss / predictions


def sentence_losses(config: Config, text: EncodedText, inputs: Matrix, outputs: Matrix) -> npt.NDArray[np.float64]:
    """The summed loss of each sentence's predictions, (sentences,), in a pass that changes nothing; else as mean_loss.

    Sentences may be empty here: they, and words alone in theirs, have the loss 0.
    """
    from fastw2v import _kernels
    from fastw2v.kernels import one_blas_thread, resolve

    lengths = np.diff(text.offsets)
    losses = np.zeros(len(lengths), np.float64)
    if not lengths.any():
        return losses
    kernel, stop = _kernels.named(resolve(config.kernel)), np.zeros(1, np.int32)
    worker = make_workers(config, kernel, text, inputs, outputs, stop, int(lengths.max()), 1)[0]
    with one_blas_thread(kernel.name == "blas" or config.loss == "softmax"):
        for i in np.flatnonzero(lengths).tolist():
            start, end = text.offsets[i : i + 2].tolist()
            borders = text.offsets[i : i + 2]
            losses[i] = worker.run(
                text.ids[start:end], start, borders, start, end, config.seed, MEASURING_EPOCH, 0.0, 0.0
            )[1]
    if not np.isfinite(losses).all():
        raise DivergedError(DIVERGED.format(losses.sum()))
    return losses
