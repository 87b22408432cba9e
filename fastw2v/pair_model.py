"""Vectors trained on explicit pairs: contexts that are no windows, such as dependencies, or items beside items.

How pairs become ids is pairs.py's, the run trainer.py's, one block _pair_worker.pyx's, files pair_files.py's.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fastw2v._interrupts import HeldInterrupts
from fastw2v._random import fill_uniform
from fastw2v.config import Config, Loss, check_truth, unknown_option
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.matrices import pack_rows, pad_rows
from fastw2v.noise import keep_probabilities, keep_thresholds
from fastw2v.pair_files import PairParts, load_pair_model, save_pair_model
from fastw2v.pairs import Pairs
from fastw2v.progress import ProgressOption, shown
from fastw2v.trainer import DivergedError, train_work
from fastw2v.vocabulary import Vocabulary
from fastw2v.watching import Progress, Watcher
from fastw2v.workers import objectives_for, output_rows

if TYPE_CHECKING:
    from fastw2v._kernels import Kernel
    from fastw2v._pair_worker import PairWorker

__all__ = ["PairModel", "train_pairs"]

Matrix = npt.NDArray[np.float32]
Side = Iterable[str] | npt.NDArray[np.integer[Any]]

# A block is some milliseconds of work, as text_work.BLOCK_TOKENS.
BLOCK_PAIRS = 16_384
# The stream of a seed that initial values come from; the streams of training are numbered by epochs from 0 on.
FIRST_VALUES = 2**63
ALL_THINNED_OUT = "every pair was thinned out; raise sample, or leave it out to keep every pair"
# Options of Config that say how a text is cut into windows, or what stands in them.
OF_WINDOWS = {
    "window", "shrink_windows", "architecture", "negative_sharing", "cbow_mean", "cbow_gradient", "cbow_batch",
    "softmax_batch", "softmax_memory",
}  # fmt: skip


class PairModel:
    """A model of pairs: `config`; `vocabulary` and `wv`, the words of the inputs and their vectors; `output_vocabulary`
    and `outputs`, the words of the targets and what predicts them (with loss="negative" a vector each, which
    `output_wv` has by word; with loss="hierarchical" one for each inner node of a tree). `shared`: both sides have one
    vocabulary. `history` has a dict for each epoch: see trainer.Progress.

    Made by `fastw2v.train_pairs` or `PairModel.load`.
    """

    def __init__(
        self, config: Config, vocabulary: Vocabulary, output_vocabulary: Vocabulary, *, shuffle: bool = True
    ) -> None:
        self.config, self.shuffle = config, shuffle
        self.vocabulary, self.output_vocabulary = vocabulary, output_vocabulary
        vectors = np.empty((len(vocabulary), config.vector_size), np.float32)
        fill_uniform(vectors, 0.5 / config.vector_size, config.seed, FIRST_VALUES)
        self.wv = KeyedVectors(vocabulary.index_to_key, vectors, vocabulary.counts)
        rows = output_rows(config.loss, len(output_vocabulary))
        self.outputs: Matrix = np.zeros((rows, config.vector_size), np.float32)
        self.history: list[dict[str, float]] = []
        self.pairs_trained = 0

    def __repr__(self) -> str:
        return (
            f"PairModel({len(self.vocabulary)} inputs, {len(self.output_vocabulary)} targets x "
            f"{self.config.vector_size}, {self.pairs_trained} pairs trained)"
        )

    @property
    def shared(self) -> bool:
        """Whether inputs and targets have one vocabulary."""
        return self.output_vocabulary is self.vocabulary

    @property
    def output_wv(self) -> KeyedVectors:
        """The vectors of the targets by their words; ValueError for loss="hierarchical", which has none."""
        if self.config.loss != Loss.NEGATIVE:
            raise ValueError(
                f"loss={self.config.loss!r} predicts targets by the inner nodes of a tree, which are no words; train "
                "with loss='negative' to have a vector for each target"
            )
        return KeyedVectors(self.output_vocabulary.index_to_key, self.outputs, self.output_vocabulary.counts)

    def train(
        self,
        inputs: Side,
        targets: Side,
        weights: Iterable[float] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
    ) -> Progress:
        """config.epochs passes over more pairs, at a rate that falls from `alpha` anew; epochs are numbered on.

        Pairs with a word that the model does not know are left out. Arguments and errors: see train_pairs. On Ctrl-C
        (KeyboardInterrupt) or DivergedError the model holds what was trained so far.
        """
        return self.train_on(
            Pairs.known(inputs, targets, weights, self.vocabulary, self.output_vocabulary), on_progress
        )

    def train_on(self, pairs: Pairs, on_progress: Callable[[Progress], object] | None = None) -> Progress:
        """`train` on pairs that are in this model's numbers."""
        width, progress = self.config.vector_size, Progress()
        # Ctrl-C while the matrices are moved would leave a model without vectors.
        with HeldInterrupts() as interrupts:
            # One after the other, so that no more than two matrices and a half ever stand in memory.
            inputs = pad_rows(self.wv.vectors)
            self.wv.vectors = np.empty((len(self.wv), 0), np.float32)
            outputs = pad_rows(self.outputs)
            self.outputs = np.empty((0, width), np.float32)
            try:
                interrupts.check()
                work = _PairWork(self.config, pairs, inputs, outputs, self.shuffle)
                train_work(self.config, work, _Watcher(interrupts, on_progress), progress, len(self.history))
            finally:
                self.wv.vectors, self.outputs = pack_rows(inputs, width), pack_rows(outputs, width)
                self.pairs_trained += progress.words_done
                before = len(self.history)
                self.history += [{**entry, "epoch": before + entry["epoch"]} for entry in progress.history]
        if progress.history and not any(entry["predictions"] for entry in progress.history):
            warnings.warn(f"nothing was learnt: {ALL_THINNED_OUT}", stacklevel=3)
        return progress

    def save(self, path: str | os.PathLike[str]) -> None:
        """The model as one safetensors file, of which fastw2v.load_vectors reads `wv`.

        Raises OSError when it cannot be written, ValueError for a suffix that means another format.
        """
        save_pair_model(
            path,
            PairParts(
                self.config, self.shuffle, self.vocabulary, self.output_vocabulary, self.wv.vectors, self.outputs,
                self.pairs_trained, self.history,
            ),
        )  # fmt: skip

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> PairModel:
        """A model that `save` wrote, its matrices mapped from the file (read-only) and not copied.

        Raises OSError when the file cannot be read, ValueError when it is no such model.
        """
        parts = load_pair_model(path)
        nothing = Vocabulary([], np.empty(0, np.int64))
        model = cls(parts.config, nothing, nothing, shuffle=parts.shuffle)
        model.vocabulary, model.output_vocabulary = parts.vocabulary, parts.output_vocabulary
        model.wv = KeyedVectors(parts.vocabulary.index_to_key, parts.vectors, parts.vocabulary.counts)
        model.outputs, model.pairs_trained = parts.outputs, parts.pairs_trained
        model.history = [dict(entry) for entry in parts.history]
        return model


class _PairWork:
    """Pairs, cut into blocks: text_work.Work."""

    unit = place = "pairs"
    size = BLOCK_PAIRS

    def __init__(self, config: Config, pairs: Pairs, inputs: Matrix, outputs: Matrix, shuffle: bool) -> None:
        self.config, self.pairs, self.inputs, self.outputs = config, pairs, inputs, outputs
        self.shuffle, self.total = shuffle, len(pairs)

    def workers(self, kernel: Kernel, stop: npt.NDArray[np.int32], count: int) -> Sequence[PairWorker]:
        from fastw2v._pair_worker import PairWorker

        config, pairs = self.config, self.pairs
        target_counts = pairs.output_vocabulary.counts
        keep_inputs = keep_thresholds(keep_probabilities(pairs.vocabulary.counts, config.sample))
        keep_targets = keep_thresholds(keep_probabilities(target_counts, config.sample))
        objectives = objectives_for(config, target_counts, self.outputs, count)
        return [
            PairWorker(
                self.inputs, next(objectives), kernel, pairs.inputs, pairs.targets, pairs.weights, pairs.input_rows,
                pairs.target_rows, keep_inputs, keep_targets, stop, self.shuffle, self.size,
            )
            for _ in range(count)
        ]  # fmt: skip


class _Watcher(Watcher):
    """Tells a function of the progress, and lets Ctrl-C in meanwhile."""

    def __init__(self, interrupts: HeldInterrupts, on_progress: Callable[[Progress], object] | None) -> None:
        self.interrupts, self.on_progress = interrupts, on_progress

    def tick(self, progress: Progress) -> bool:
        with self.interrupts.let_in():
            if self.on_progress is not None:
                self.on_progress(progress)
        return False

    def epoch_ends(self, progress: Progress) -> None:
        self.tick(progress)


def train_pairs(
    inputs: Side,
    targets: Side,
    weights: Iterable[float] | None = None,
    *,
    shared: bool = False,
    shuffle: bool = True,
    vector_size: int = 100,
    loss: str = "negative",
    negative: int = 5,
    ns_exponent: float = 0.75,
    sample: float = 0.0,
    alpha: float | None = None,
    min_alpha: float = 1e-4,
    epochs: int = 5,
    min_count: int = 5,
    max_vocab: int | None = None,
    workers: int | None = None,
    seed: int = 1,
    kernel: str = "auto",
    progress: ProgressOption = "auto",
    **others: object,
) -> PairModel:
    """Vectors from pairs (input, target) that the caller made: each input predicts its target, as in skip-gram a word
    predicts another one in its window (word2vecf: Levy and Goldberg 2014, "Dependency-Based Word Embeddings").

    With negative sampling, by stochastic gradient descent on J = w (-log s(u_t . v_i) - sum_k log s(-u_k . v_i)) for a
    pair (i, t) of the weight w, the noise words k being drawn among the targets for each pair.

    Parameters
    ----------
    inputs, targets: as many words (str) or whole numbers each; pair i is inputs[i] and targets[i]. Arrays of int32
        (mapped files too) are not copied. A number n is the word str(n) of the model.
    weights: a finite number from 0 on for each pair (None: 1 each): its gradient and loss count so many times. A weight
        multiplies the rate, so that those much above 1 / alpha are too large a step: scale them down, or repeat pairs.
    shared: one vocabulary for both sides, as for items beside items: a word has the same place in `wv` and
        `output_wv`, and its counts on both sides are added. Else each side has its own, as in word2vecf.
    shuffle: take the pairs in an order drawn anew each epoch. False: as they stand, which is faster where the arrays
        are mapped from a file larger than memory, and right only if they are in no order already.
    sample: thins out the pairs of words more frequent than about this share of a side: a pair stays if its input does
        and its target does, each by the rule for texts. 0, the default, keeps every pair: pairs are what the caller
        counted, not what happened to stand near each other.
    min_count, max_vocab: of each side; a word's count is the sum of its pairs' weights, to the nearest whole number.
    loss: "negative" or "hierarchical".
    vector_size, negative, ns_exponent, alpha, min_alpha, epochs, workers, seed, kernel: see Config. With `workers=1`
        and one kernel a run is reproducible to the byte.
    progress: "auto" (a bar if standard error is a terminal), True (a bar there, else plain lines) or False.

    Returns
    -------
    PairModel: `.wv` has the vectors of the inputs, `.output_wv` those of the targets.

    Raises
    ------
    TypeError, ValueError: an option, a word or a weight is not as described, or no pair is left; DivergedError (a
    ValueError): the loss is no longer finite; its `model` holds the state before.
    """
    for name in others:
        if name in OF_WINDOWS:
            raise TypeError(f"{name} means nothing for pairs, which are given as they are; leave it out")
        raise unknown_option(name)
    if loss == Loss.SOFTMAX:
        raise ValueError(
            "loss is 'softmax', but pairs are trained one at a time, and each would cost a product with every target; "
            "choose loss='negative' or 'hierarchical'"
        )
    shared = check_truth("shared", shared, "True (one vocabulary) or False (one for each side)")
    shuffle = check_truth("shuffle", shuffle, "True (an order drawn for each epoch) or False (as the pairs stand)")
    config = Config(
        vector_size=vector_size,
        loss=loss,
        negative=negative,
        ns_exponent=ns_exponent,
        sample=sample,
        alpha=alpha,  # type: ignore[arg-type]
        min_alpha=min_alpha,
        epochs=epochs,
        min_count=min_count,
        max_vocab=max_vocab,
        workers=workers,
        seed=seed,
        kernel=kernel,
    )
    if config.loss == Loss.NEGATIVE:
        config = replace(config, negative_sharing="pair")
    from fastw2v.kernels import resolve

    resolve(config.kernel)
    with shown(progress) as display:
        pairs = Pairs.counted(
            inputs, targets, weights, shared=shared, min_count=config.min_count, max_vocab=config.max_vocab
        )
        model = PairModel(config, pairs.vocabulary, pairs.output_vocabulary, shuffle=shuffle)
        try:
            model.train_on(pairs, display.training)
        except DivergedError as error:
            error.model = model
            raise
    return model
