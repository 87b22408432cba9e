"""How far a training run is, and what looks at it while it goes on.

The run itself is trainer.py's; what is shown of it, progress.py's.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Progress", "Watcher"]


@dataclass
class Progress:
    """How far a run is: `epoch` (from 1 on; 0 before the first), of which `block` of `blocks` blocks are trained.

    words_done, words_total: tokens of the text, in all epochs, those that are left out or thinned out included; or what
    else `unit` says that is counted.
    seconds: of the run, pauses included; epoch_seconds: of this epoch. loss_sum: over this epoch's `predictions` so
    far, natural log; a prediction is one input vector against one target, with its noise words or path. history: one
    dict an epoch that ended, with its number `epoch`, its `predictions` and their mean `loss`, the rate `alpha` at its
    end, and `words_per_second` (or `unit`).
    """

    epoch: int = 0
    epochs: int = 0
    block: int = 0
    blocks: int = 0
    words_done: int = 0
    words_total: int = 0
    seconds: float = 0.0
    epoch_seconds: float = 0.0
    loss_sum: float = 0.0
    predictions: float = 0
    alpha: float = float("nan")
    history: list[dict[str, float]] = field(default_factory=list)
    unit: str = "words"

    @property
    def loss(self) -> float:
        """The mean over this epoch's predictions so far."""
        return self.loss_sum / self.predictions if self.predictions else float("nan")

    @property
    def words_per_second(self) -> float:
        """Words of the text a second, those that subsampling leaves out included."""
        return self.words_done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float:
        """Estimate from the speed so far."""
        left = self.words_total - self.words_done
        speed = self.words_per_second
        return left / speed if speed else float("inf")

    @property
    def has_ended(self) -> bool:
        """Whether every block of every epoch is trained."""
        return 0 < self.epochs <= self.epoch and self.block >= self.blocks

    def as_dict(self) -> dict[str, Any]:
        """All of it as a plain dict, fit for JSON but for numbers that are not finite."""
        return asdict(self)


class Watcher:
    """What looks at a run while it goes on, always on the thread that called train_epochs. This one does nothing."""

    # The run also pauses behind every so many blocks of its epochs; None: it does not.
    pause_blocks: int | None = None

    def tick(self, progress: Progress) -> bool:
        """About ten times a second, while threads train: True asks for a pause at the next border of blocks."""
        return False

    def wants_to_break_off(self) -> bool:
        """Asked at each tick: True ends the blocks at hand in their midst."""
        return False

    def epoch_begins(self, progress: Progress) -> None:
        """Before the first block of an epoch."""

    def epoch_ends(self, progress: Progress) -> None:
        """Behind the last block of an epoch, whose entry is the last of progress.history."""

    def pause(self, progress: Progress) -> bool:
        """At a border of blocks, when one was asked for or an epoch ended; no thread trains. False ends the run."""
        return True
