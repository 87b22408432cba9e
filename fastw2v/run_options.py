"""What a training run does beside training: checkpoints, callbacks, measurements, when to stop. Checked once, here.

What is trained, and how, is config.py's. Nothing is done here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from fastw2v.atomic import check_writable
from fastw2v.callbacks import Callback
from fastw2v.config import Config, check_choice, check_integer
from fastw2v.gensim_names import RUN_ARGUMENTS

if TYPE_CHECKING:
    from fastw2v.trainer import Progress

from fastw2v.short import short

__all__ = ["HELD_OUT_LOSS", "INIT_VECTORS", "SCORE", "RunOptions", "parse_every"]

HELD_OUT_LOSS, SCORE = "held_out_loss", "score"  # names in history
INIT_VECTORS = "init_vectors"  # what `freeze` may be instead of words
UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0}
EVERY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.ASCII)
# What Corpus is told of how a text is read.
READING = ("tokenize", "column", "errors", "memory_limit", "cache_dir")
USUAL_EVERY = "10min"
EVERY_FORMS = 'a time such as "30s", "10min" or "2h", or a whole number of blocks'


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """All of it. An instance is always valid.

    Parameters
    ----------
    checkpoint: a file to which the state of the run is written while it goes on, and from which Word2Vec.resume goes
        on (None: none). It is a whole model, replaced as a whole each time.
    checkpoint_every: how often: "30s", "10min", "2h", or a number of blocks of about 8192 words.
    callbacks: objects such as fastw2v.Callback, called on the calling thread while no other thread trains.
    held_out: a text that is not trained on: after each epoch its mean loss is noted in the history.
    evaluate: files of similarities or analogies: after each epoch their scores are noted, and the mean as `score`.
    early_stopping: end the run once `monitor` was not better for so many epochs in a row (None: never).
    monitor: "held_out_loss" or "score" (None: that of the two which is measured, the loss if both are).
    freeze: words whose vectors must not change; or "init_vectors", for all that began with a vector given as such.
    on_progress: called about ten times a second and at the end of each epoch with a trainer.Progress.

    Raises
    ------
    TypeError, ValueError: with the value, what is allowed and the remedy.
    """

    checkpoint: str | None = None
    checkpoint_every: str | int = USUAL_EVERY
    callbacks: tuple[Any, ...] = ()
    held_out: Any = None
    evaluate: tuple[str, ...] = ()
    early_stopping: int | None = None
    monitor: str | None = None
    freeze: tuple[str, ...] | str = ()
    on_progress: Callable[[Progress], object] | None = None

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        if self.checkpoint is not None:
            put("checkpoint", _path("checkpoint", self.checkpoint))
        parse_every("checkpoint_every", self.checkpoint_every)
        if self.checkpoint is None and self.checkpoint_every != USUAL_EVERY:
            raise ValueError(f"checkpoint_every is {short(self.checkpoint_every)}, but no checkpoint is; give its file")
        put("callbacks", _callbacks(self.callbacks))
        put("evaluate", _paths("evaluate", self.evaluate))
        if not (isinstance(self.freeze, str) and self.freeze == INIT_VECTORS):
            put("freeze", _words("freeze", self.freeze))
        if self.on_progress is not None and not callable(self.on_progress):
            raise TypeError(f"on_progress must be a function of a Progress or None, not {short(self.on_progress)}")
        measured = [HELD_OUT_LOSS] * (self.held_out is not None) + [SCORE] * bool(self.evaluate)
        if self.monitor is not None:
            put("monitor", check_choice("monitor", self.monitor, (HELD_OUT_LOSS, SCORE)))
            if self.monitor not in measured:
                needed = "held_out" if self.monitor == HELD_OUT_LOSS else "evaluate"
                raise ValueError(f"monitor is {short(self.monitor)}, which is not measured; give {needed} as well")
        if self.early_stopping is not None:
            put("early_stopping", check_integer("early_stopping", self.early_stopping, 1, remedy="it counts epochs"))
            if not measured:
                raise ValueError(
                    f"early_stopping is {self.early_stopping}, but nothing is measured; give held_out (a text) or "
                    "evaluate (files)"
                )
        if self.monitor is None and measured:
            put("monitor", measured[0])

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> RunOptions:
        """From keyword arguments; TypeError for one that is none of a run, with where it belongs."""
        known = [f.name for f in fields(cls)]
        for name in options:
            if name not in known:
                raise TypeError(f"a run has no option {short(name)}; {_place_of(name, known)}")
        return cls(**options)

    def refuse_checkpoint(self) -> None:
        """OSError or ValueError, before any long work, if checkpoints cannot be written or hold another run."""
        if self.checkpoint is not None:
            from fastw2v.checkpoints import refuse_unfinished

            check_writable(self.checkpoint)
            refuse_unfinished(self.checkpoint)

    @property
    def every_seconds(self) -> float | None:
        """Seconds between two checkpoints, or None where blocks are counted."""
        return parse_every("checkpoint_every", self.checkpoint_every)[0]

    @property
    def every_blocks(self) -> int | None:
        """Blocks between two checkpoints, or None where time is."""
        return parse_every("checkpoint_every", self.checkpoint_every)[1]


def parse_every(name: str, value: object) -> tuple[float | None, int | None]:
    """(seconds, None) or (None, blocks)."""
    if not isinstance(value, str):
        return None, check_integer(name, value, 1, remedy=f"give {EVERY_FORMS}")
    found = EVERY.fullmatch(value)
    if not found or found[2] not in UNITS or (not found[2] and "." in found[1]):
        raise ValueError(f"{name} is {short(value)}, but must be {EVERY_FORMS}")
    if not found[2]:
        return None, check_integer(name, int(found[1]), 1, remedy=f"give {EVERY_FORMS}")
    return float(found[1]) * UNITS[found[2]], None


def _place_of(name: str, known: Sequence[str]) -> str:
    """Where an option belongs that is none of a run."""
    if name in (f.name for f in fields(Config)):
        return (
            f"set it in the model before: model.config = dataclasses.replace(model.config, {name}=...); one that goes "
            "on keeps what it began with"
        )
    if name in READING:
        return f"give the text as a Corpus: Corpus(text, vocabulary=model.vocabulary, {name}=...)"
    if name == "phrases":
        return "join them before: phrased(Corpus(text, min_count=1), phrases, min_count=1).restricted(model.vocabulary)"
    if name == "cluster":
        return "a model is trained on by one machine; fastw2v.train(source, cluster=...) makes a new one on several"
    if name == "progress":
        return "give on_progress, a function, or callbacks"
    if name in RUN_ARGUMENTS:
        return f"{RUN_ARGUMENTS[name]}; fastw2v.gensim_api.Word2Vec takes gensim's arguments"
    import difflib

    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]}?" if near else f"the options are {', '.join(known)}"


def _path(name: str, value: object) -> str:
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name} must be a path, not {short(value)}")
    path = os.fsdecode(value)
    if not path:
        raise ValueError(f"{name} is an empty path; give a file name")
    return path


def _paths(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, (str, os.PathLike)):
        return (_path(name, value),)
    if not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a path or a list of paths, not {short(value)}")
    return tuple(_path(name, item) for item in value)


def _words(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a list of words or {INIT_VECTORS!r}, not {short(value)}")
    words = tuple(value)
    for word in words:
        if not isinstance(word, str):
            raise TypeError(f"{name} must be a list of words, but {short(word)} among them is no str")
    return words


def _callbacks(value: object) -> tuple[Any, ...]:
    if not isinstance(value, Sequence) or isinstance(value, (str, bytes)):
        raise TypeError(f"callbacks must be a list of objects such as fastw2v.Callback, not {short(value)}")
    for callback in value:
        if isinstance(callback, type) or not any(callable(getattr(callback, name, None)) for name in Callback.MOMENTS):
            raise TypeError(
                f"{short(callback)} is no callback; give an object with a method {', '.join(Callback.MOMENTS[:-1])} or "
                f"{Callback.MOMENTS[-1]}, such as fastw2v.Callback or fastw2v.Every(seconds, function)"
            )
        _ = interval_of(callback)
    return tuple(value)


def interval_of(callback: Any) -> float | None:
    """Seconds between two calls of a callback's on_interval, or None where it wants none."""
    if not callable(getattr(callback, "on_interval", None)):
        return None
    seconds = getattr(callback, "interval", None)
    if seconds is None:
        if getattr(type(callback), "on_interval", None) is Callback.on_interval:
            return None
        raise ValueError(f"{short(callback)} has on_interval, but no interval; set it to a number of seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0:
        raise ValueError(
            f"the interval of {short(callback)} is {short(seconds)}, but must be a number of seconds above 0"
        )
    return float(seconds)
