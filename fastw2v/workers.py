"""Which compiled worker trains what the options ask for, and the tables that it draws from.

A worker is one thread's scratch; blocks, threads and the rate are the trainer's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config
from fastw2v.encoded import Encoded
from fastw2v.huffman import huffman_tree
from fastw2v.noise import alias_table, keep_probabilities, keep_thresholds, noise_probabilities
from fastw2v.own_rows import tiers
from fastw2v.softmax_plan import softmax_plan

if TYPE_CHECKING:
    from fastw2v._kernels import Kernel
    from fastw2v._objectives import Objective
    from fastw2v._worker import Worker

__all__ = ["make_workers", "objectives_for", "output_rows"]

Matrix = npt.NDArray[np.float32]


def output_rows(loss: str, words: int) -> int:
    """Rows of the output matrix: one a word, or one an inner node of the tree."""
    return max(0, words - 1) if loss == "hierarchical" else words


def make_workers(
    config: Config,
    kernel: Kernel,
    text: Encoded,
    inputs: Matrix,
    outputs: Matrix,
    stop: npt.NDArray[np.int32],
    block: int,
    workers: int,
    frozen: npt.NDArray[np.bool_] | None = None,
) -> list[Worker]:
    """`workers` workers for blocks of at most `block` tokens; all of them change the same two matrices, but for the
    rows of `inputs` that are `frozen` (None: none is).

    ValueError when the options do not fit the vocabulary.
    """
    keep = keep_thresholds(keep_probabilities(text.counts, config.sample))
    least = 1 if config.shrink_windows else config.window
    still = None if frozen is None else frozen.view(np.uint8)
    common = (kernel, keep, still, stop, config.window, least, block)
    cbow = config.architecture == "cbow"
    shares = (config.cbow_mean, config.cbow_mean and config.cbow_gradient == "exact")
    make: Callable[[], Worker]
    if config.loss == "softmax":
        from fastw2v import _softmax

        plan = softmax_plan(config.softmax_batch, len(text.counts), config.softmax_memory)

        def make() -> Worker:
            return _softmax.Softmax(
                inputs, outputs, *common, config.softmax_batch, config.vector_size, *plan, cbow, *shares
            )
    else:
        from fastw2v import _train

        objectives = objectives_for(config, text.counts, outputs, workers)
        alone = config.loss != "negative" or config.negative_sharing == "pair"

        def make() -> Worker:
            objective = next(objectives)
            if cbow:
                return _train.Cbow(inputs, objective, *common, 1 if alone else config.cbow_batch, *shares)
            if config.negative_sharing == "pair":
                return _train.PairSkipGram(inputs, objective, *common)
            return _train.SkipGram(inputs, objective, *common)

    return [make() for _ in range(workers)]


def objectives_for(config: Config, counts: npt.NDArray[np.int64], outputs: Matrix, workers: int) -> Iterator[Objective]:
    """An objective for each worker, without end; counts: of the targets, in whose order the outputs stand."""
    from fastw2v import _objectives
    from fastw2v._own_rows import OwnRows

    kept = counts * keep_probabilities(counts, config.sample)
    targets = kept / kept.sum()
    if config.loss == "hierarchical":
        tree = huffman_tree(counts)
        lengths = np.diff(tree.offsets)
        touches = np.bincount(tree.nodes, np.repeat(targets, lengths), len(outputs)).astype(np.float64)
    else:
        noise = noise_probabilities(counts, config.ns_exponent)
        table, touches = alias_table(noise), targets + config.negative * noise
    # How many targets meet the same noise words.
    sharing = config.cbow_batch if config.architecture == "cbow" and config.negative_sharing == "window" else 1
    # One worker alone has nobody to keep its rows from.
    busy = touches if workers > 1 else touches[:0]
    # A path shares its turns with all words: copies of its nodes may differ more before it is seen in the loss.
    ends, periods = tiers(busy, outputs.strides[0], 0.0 if config.loss == "hierarchical" else config.alpha)
    while True:
        rows = OwnRows(outputs, ends, periods)
        if config.loss == "hierarchical":
            yield _objectives.HierarchicalSoftmax(rows, tree.offsets, tree.nodes, tree.codes)
        else:
            yield _objectives.NegativeSampling(rows, table, config.negative, sharing)
