"""What a program may have called while a model trains: the moments, and two ways to say what is to be done.

When these moments come is model_run.py's business.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from fastw2v.model import Word2Vec

from fastw2v.short import short

__all__ = ["Callback", "Every"]


class Callback:
    """A base for objects that are called during training; override some of these. Any object with some of these methods
    will do, gensim's CallbackAny2Vec among them.

    They are called on the thread that called `train`, while no thread trains: `model` is whole and may be queried,
    measured and saved. Its `wv.vectors` are those being trained: copy what is to be kept. `model.progress` tells how
    far the run is, `model.history` has the epochs that ended. Returning False (not None) ends the run there, as
    model.stop() does; an exception ends it too and reaches the caller of `train`.
    """

    MOMENTS: ClassVar[tuple[str, ...]] = (
        "on_train_begin",
        "on_train_end",
        "on_epoch_begin",
        "on_epoch_end",
        "on_interval",
    )
    # Seconds from one call of on_interval to the next; None: it is not called.
    interval: float | None = None

    def on_train_begin(self, model: Word2Vec) -> bool | None:
        """Before the first block, also of a run that is resumed."""
        return None

    def on_epoch_begin(self, model: Word2Vec) -> bool | None:
        """Before the first block of each epoch."""
        return None

    def on_interval(self, model: Word2Vec) -> bool | None:
        """About every `interval` seconds, between two blocks."""
        return None

    def on_epoch_end(self, model: Word2Vec) -> bool | None:
        """Behind the last block of each epoch, whose entry is the last of model.history."""
        return None

    def on_train_end(self, model: Word2Vec) -> bool | None:
        """When training ended, whether all of it was done or it was stopped; not after an exception."""
        return None


class Every(Callback):
    """Calls function(model) about every `seconds`; it may return False to end the run."""

    def __init__(self, seconds: float, function: Callable[[Any], bool | None]) -> None:
        if not callable(function):
            raise TypeError(f"function must be callable with a model, not {short(function)}")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0:
            raise ValueError(f"seconds is {short(seconds)}, but must be a number above 0")
        self.interval = seconds
        self.function = function

    def on_interval(self, model: Word2Vec) -> bool | None:
        return self.function(model)

    def __repr__(self) -> str:
        return f"Every({self.interval!r}, {self.function!r})"
