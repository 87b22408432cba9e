"""One training run of a model: what happens at the borders of blocks, beside training. Callbacks, measurements,
checkpoints, stopping.

The blocks and the rate are trainer.py's; which text and matrices are trained is model.py's.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from fastw2v._interrupts import HeldInterrupts
from fastw2v.checkpoints import Checkpointer, RunState
from fastw2v.early_stopping import has_stalled
from fastw2v.encoded import Encoded
from fastw2v.run_options import HELD_OUT_LOSS, SCORE, RunOptions, interval_of
from fastw2v.text_losses import mean_loss
from fastw2v.text_work import Matrix
from fastw2v.trainer import Progress, Watcher

if TYPE_CHECKING:
    from fastw2v.evaluation import Files
    from fastw2v.model import Word2Vec

__all__ = ["ModelRun", "mark_of"]

logger = logging.getLogger("fastw2v")


class _Timer:
    """Whether some seconds have passed since it last rang."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.next = time.monotonic() + seconds

    @property
    def is_due(self) -> bool:
        return time.monotonic() >= self.next

    def rewind(self) -> None:
        self.next = time.monotonic() + self.seconds


class ModelRun(Watcher):
    """The watcher of a model's run, which also decides when it ends.

    corpus: the text; state: what a checkpoint must say, its `progress` being the run's. held_out: the text for the
    held-out loss, in the model's word numbers; files: what the vectors are scored on. inputs, outputs: the matrices
    being trained.
    """

    def __init__(
        self,
        model: Word2Vec,
        corpus: Any,
        options: RunOptions,
        state: RunState,
        interrupts: HeldInterrupts,
        matrices: tuple[Matrix, Matrix],
        held_out: Encoded | None,
        files: Files | None,
    ) -> None:
        self.model, self.corpus, self.options = model, corpus, options
        self.state, self.interrupts = state, interrupts
        self.matrices, self.held_out, self.files = matrices, held_out, files
        self.checkpointer = Checkpointer(options.checkpoint) if options.checkpoint else None
        every = options.every_seconds if self.checkpointer else None
        self.checkpoint_timer = _Timer(every) if every else None
        self.pause_blocks = options.every_blocks if self.checkpointer else None
        self.blocks_seen = max(0, state.progress.epoch - 1) * state.progress.blocks + state.progress.block
        self.timers = [
            (callback, _Timer(seconds)) for callback in options.callbacks if (seconds := interval_of(callback))
        ]
        self.words_before = model.words_trained - state.progress.words_done
        self.has_stalled = self.stop_wanted = False
        self._error: Exception | None = None

    # While threads train

    def tick(self, progress: Progress) -> bool:
        self._show(progress)
        due = any(timer.is_due for _, timer in self.timers) or self._checkpoint_is_due
        if self.checkpointer is not None:
            due = due or self.checkpointer.has_failed
        return due or self.must_end or self._error is not None

    @property
    def _checkpoint_is_due(self) -> bool:
        """Whether it is time for one. Training does not wait for the last: the next then comes as soon as that ends."""
        timer, checkpointer = self.checkpoint_timer, self.checkpointer
        return timer is not None and checkpointer is not None and timer.is_due and not checkpointer.is_busy

    def wants_to_break_off(self) -> bool:
        # Who presses Ctrl-C again does not want to wait for the block, which with large windows may take long.
        return self.interrupts.noted > 1

    @property
    def must_end(self) -> bool:
        """Whether the run is to end at the next border of blocks."""
        return self.interrupts.noted > 0 or self.model.stop_wanted or self.stop_wanted or self.has_stalled

    def _show(self, progress: Progress) -> None:
        """Tells on_progress. Its exceptions end the run at the next pause, where the model is whole."""
        if self.options.on_progress is not None and self._error is None:
            try:
                self.options.on_progress(progress)
            except Exception as error:  # noqa: BLE001  it is raised again in the pause
                self._error = error

    # Between blocks

    def begin(self) -> None:
        """Before the first block."""
        progress = self.state.progress
        logger.info("training: epoch %d of %d, %d words an epoch", progress.epoch or 1, self.model.config.epochs,
                    self.model.vocabulary.total)  # fmt: skip
        self._call("on_train_begin")

    def epoch_begins(self, progress: Progress) -> None:
        self._call("on_epoch_begin")

    def epoch_ends(self, progress: Progress) -> None:
        entry = progress.history[-1]
        if self.held_out is not None:
            entry[HELD_OUT_LOSS] = mean_loss(self.model.config, self.held_out, *self.matrices)
        if self.files is not None:
            entry.update(self._scores())
        self.model.history.append({**entry, "epoch": self.state.first_epoch + entry["epoch"]})
        logger.info("epoch %d of %d: %s", progress.epoch, progress.epochs, _told(entry))
        self._show(progress)
        patience, monitor = self.options.early_stopping, self.options.monitor
        if patience is not None and monitor is not None and has_stalled(progress.history, monitor, patience):
            logger.info("%s was not better for %d epochs: the run ends", monitor, patience)
            self.has_stalled = True
        self._call("on_epoch_end")

    def _scores(self) -> dict[str, float]:
        from fastw2v.evaluation import Asking, scores

        assert self.files is not None
        self.model.wv.forget_norms()
        found = scores(self.model.wv, self.files, Asking(workers=self.model.config.workers))
        for file, score in found.items():
            if math.isnan(score):
                logger.warning("%s: no score, too few of its questions have only words of the vocabulary", file)
        return {f"{SCORE}:{file}": score for file, score in found.items()} | {SCORE: float(np.mean([*found.values()]))}

    def pause(self, progress: Progress) -> bool:
        if self._error is not None:
            raise self._error
        for callback, timer in self.timers:
            if timer.is_due:
                self._call_one(callback, "on_interval")
                timer.rewind()
        if self.checkpointer is not None:
            self.checkpointer.check()
            if self._blocks_are_due(progress) or self._checkpoint_is_due:
                self._note_state()
                self.checkpointer.write(self.model.parts())
                if self.checkpoint_timer is not None:
                    self.checkpoint_timer.rewind()
        return not self.must_end

    def _blocks_are_due(self, progress: Progress) -> bool:
        """Whether a multiple of pause_blocks was passed since the last time."""
        if self.pause_blocks is None:
            return False
        before, self.blocks_seen = self.blocks_seen, (progress.epoch - 1) * progress.blocks + progress.block
        return self.blocks_seen // self.pause_blocks > before // self.pause_blocks

    def _note_state(self) -> None:
        """Makes the model say where its run stands, so that wherever it is saved, the run can go on from there."""
        self.model.words_trained = self.words_before + self.state.progress.words_done
        if self.has_ended:
            self.model.unfinished = None
        else:
            self.state.fingerprint = mark_of(self.corpus)
            self.model.unfinished = self.state

    @property
    def has_ended(self) -> bool:
        """Whether nothing of the run is left to do."""
        return self.has_stalled or self.state.progress.has_ended

    def _call(self, moment: str) -> None:
        for callback in self.options.callbacks:
            self._call_one(callback, moment)

    def _call_one(self, callback: Any, moment: str) -> None:
        method: Callable[[Any], Any] | None = getattr(callback, moment, None)
        if method is not None:
            # The vectors changed since the last time.
            self.model.wv.forget_norms()
            self._note_state()
            if method(self.model) is False:
                logger.info("%s of %r returned False: the run ends", moment, callback)
                self.stop_wanted = True

    # The end

    def end(self) -> None:
        """Behind the last block, the model being whole: a last checkpoint, for a run that was stopped to go on from."""
        self._note_state()
        if self.checkpointer is not None:
            self.checkpointer.write_now(self.model.parts())
        self._call("on_train_end")

    def close(self) -> None:
        """Waits for a checkpoint that is being written."""
        if self.checkpointer is not None:
            self.checkpointer.wait()


def mark_of(corpus: Any) -> dict[str, Any]:
    """By what the text of a run is known again: all its words in order, and how many of them the model knows: a Corpus
    that has dropped others would be another text."""
    return {**corpus.fingerprint, "kept": len(corpus)}


def _told(entry: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.6g}" for name, value in entry.items() if name != "epoch")
