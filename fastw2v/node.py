"""One node of a cluster: pieces of the text (node_text.py), a copy of the matrices, and the threads that train it.

It is told what to do, and knows no other node; what tells it is cluster_rounds.py, through Ray or MPI. Combining the
nodes' matrices is combining.py's.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v.combining import Parts, Replica
from fastw2v.config import Config
from fastw2v.exchanges import Exchange, Slice
from fastw2v.frozen_phrases import FrozenPhrases
from fastw2v.matrices import aligned_zeros
from fastw2v.node_text import NodeText
from fastw2v.piece_text import PieceText
from fastw2v.spans import Span
from fastw2v.text_parts import TextPart
from fastw2v.text_work import TextWork
from fastw2v.trainer import Run
from fastw2v.vocabulary import Vocabulary
from fastw2v.word_counts import WordCounts, merged
from fastw2v.workers import output_rows

__all__ = ["Node", "Report", "Work"]

Matrix = npt.NDArray[np.float32]


class Report(NamedTuple):
    """What a node has trained of the spans it was given: their first `blocks` blocks."""

    blocks: int
    words: int
    predictions: float
    loss: float
    seconds: float


class Work(NamedTuple):
    """Blocks to train in order, at a rate that is `alpha` at first and falls by `slope` with each token."""

    spans: Sequence[Span]
    epoch: int
    alpha: float
    slope: float


class Node:
    """parts ... phrases: see NodeText; threads: that read and train."""

    def __init__(
        self,
        parts: Sequence[TextPart],
        errors: str,
        threads: int,
        folder: str,
        memory_limit: int | str,
        phrases: Sequence[FrozenPhrases] = (),
    ) -> None:
        self._source = NodeText(parts, errors, threads, folder, memory_limit, phrases)
        self._threads = threads
        self._stop_wanted = False
        self.words_done = 0

    # The text

    def read(self, piece: int) -> int:
        """See NodeText.read."""
        return self._source.read(piece)

    def count(self, pieces: Sequence[int]) -> tuple[WordCounts, dict[int, int]]:
        """See NodeText.count."""
        return self._source.count(pieces)

    # Training

    @staticmethod
    def merge(first: WordCounts, second: WordCounts) -> WordCounts:
        """Counts of two nodes added up."""
        return merged(first, second)

    def start(
        self,
        config: Config,
        vocabulary: Vocabulary,
        room: int,
        rule: str,
        frozen: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """Makes the matrices, all zeros. room: see PieceText; rule: Replica; frozen: trainer.train_epochs."""
        config = replace(config, workers=self._threads)
        self._config, self._vocabulary = config, vocabulary
        words = len(vocabulary)
        inputs = aligned_zeros(words, config.vector_size)
        outputs = aligned_zeros(output_rows(config.loss, words), config.vector_size)
        self._text = PieceText(room, len(self._source.parts), vocabulary.counts)
        self.replica = Replica(config, vocabulary.counts, inputs, outputs, rule)
        self._run = Run(config, TextWork(config, self._text, inputs, outputs, frozen))
        self._text.pieces.update(self._source.opened_all(vocabulary))

    def rows(self, piece: Slice) -> Matrix:
        """What stands in rows of a matrix: (rows, vector_size)."""
        return self.replica.matrices[piece.matrix][piece.start : piece.stop, : self._config.vector_size].copy()

    def fill(self, piece: Slice, rows: Matrix) -> None:
        """Puts rows into a matrix."""
        self.replica.matrices[piece.matrix][piece.start : piece.stop, : self._config.vector_size] = rows

    def join(self, owner: int, owners: int) -> None:
        """See Replica.join."""
        self.replica.join(owner, owners)

    def train(self, work: Work) -> Report:
        """Ends behind the blocks at hand once `stop` is called."""
        begin = time.perf_counter()
        spans, epoch, alpha, slope = work
        self.replica.will_train(alpha)
        self._stop_wanted, self.words_done = False, 0
        size = self._run.size
        starts, ends = [], []
        for piece, first, last in spans:
            self._open(piece)
            for block in range(first, last):
                starts.append(piece * self._text.room + block * size)
                ends.append(min(starts[-1] + size, self._text.end(piece)))
        before = np.concatenate(([0], np.cumsum(np.subtract(ends, starts)))).astype(np.int64)
        sums = [0.0, 0.0]

        def block_at(job: int) -> tuple[int, int, float]:
            return starts[job], ends[job], alpha - slope * float(before[job])

        def done(words: int, predictions: float, loss: float) -> None:
            self.words_done += words
            sums[0] += predictions
            sums[1] += loss

        count = self._run.train_blocks(epoch, len(starts), block_at, slope, done, lambda: self._stop_wanted)
        if count:
            trained = zip(starts[:count], ends[:count], strict=True)
            self.replica.touches.add(np.concatenate([self._text.read(start, end) for start, end in trained]))
        return Report(count, int(before[count]), sums[0], sums[1], time.perf_counter() - begin)

    def _open(self, piece: int) -> None:
        """Makes a piece ready to be trained."""
        if piece not in self._text.pieces:
            self._text.pieces[piece] = self._source.opened(piece, self._vocabulary)

    def stop(self) -> None:
        """Ends `train` at the next border of blocks; from any thread."""
        self._stop_wanted = True

    # Combining

    def parts(self, exchange: Exchange) -> list[Parts]:
        """See Replica.parts."""
        return self.replica.parts(exchange)

    def combine(self, exchange: Exchange, *parts: Parts) -> Parts:
        """See Replica.combine."""
        return self.replica.combine(exchange, parts)

    def mean(self, *parts: Parts) -> Parts:
        """See Replica.mean."""
        return self.replica.mean(parts)

    def take(self, exchange: Exchange, *combined: Parts) -> int:
        """See Replica.take; bytes that this node has sent and got for it."""
        self.replica.take(exchange, combined)
        return self.replica.traffic()

    def drop(self) -> None:
        """See Replica.drop."""
        self.replica.drop()
