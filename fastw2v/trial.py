"""How fast a run will be: blocks from all over a text trained for a moment, on matrices that are thrown away.

What else is known before a run is estimates.py's.
"""

from __future__ import annotations

import time
from typing import NamedTuple

from fastw2v._random import fill_uniform
from fastw2v.config import Config
from fastw2v.encoded import Encoded
from fastw2v.matrices import aligned_zeros
from fastw2v.text_work import TextWork
from fastw2v.trainer import Run
from fastw2v.workers import output_rows

__all__ = ["Trial", "try_out"]

# Stretches of blocks are begun at multiples of this share of the text, which never come close to each other.
GOLDEN_SHARE = 0.6180339887498949
# A stretch takes about this long: many of them fit into a trial, and starting threads costs little of it.
STRETCH_SECONDS = 0.2
MOST_GROWTH = 8  # from one stretch to the next, while its length is not known


class Trial(NamedTuple):
    """So many tokens were trained in so many seconds."""

    tokens: int
    seconds: float

    @property
    def tokens_per_second(self) -> float:
        return self.tokens / self.seconds


def try_out(config: Config, text: Encoded, seconds: float) -> Trial:
    """Trains for about `seconds`, but no more than the run itself would; with the options and threads of the run.

    The first stretch, in which memory comes into the caches and clocks settle, does not count unless it is all.
    """
    words, width = len(text.counts), config.vector_size
    inputs, outputs = aligned_zeros(words, width), aligned_zeros(output_rows(config.loss, words), width)
    fill_uniform(inputs, 0.5 / width, config.seed, 0)
    inputs[:, width:] = 0
    outputs[:] = 0  # a run has written them before
    run = Run(config, TextWork(config, text, inputs, outputs))
    length, place, blocks_left = run.count, 0.0, run.blocks * config.epochs
    tokens, spent, warmed = 0, 0.0, False
    while blocks_left > 0 and spent < seconds:
        first = int(place * run.blocks)
        last = min(first + length, run.blocks)
        trained = 0

        def done(count: int, made: float, cost: float) -> None:
            nonlocal trained
            trained += count

        start = time.perf_counter()
        run.train(0, first, last, config.alpha, 0.0, done, None)
        took = time.perf_counter() - start
        blocks_left -= last - first
        if not warmed and blocks_left > 0:
            # Only the length of the next stretch is learnt from it.
            warmed = True
        else:
            tokens, spent = tokens + trained, spent + took
        wanted = int((last - first) * STRETCH_SECONDS / max(took, 1e-9))
        length = max(run.count, min(wanted, MOST_GROWTH * length))
        place = (place + GOLDEN_SHARE) % 1.0
    return Trial(tokens, spent)
