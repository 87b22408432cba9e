"""Checkpoints: the state of a run in a model's file, written by a thread from a copy, and read again.

A checkpoint is a whole model (model_files.py) with a note of where its run stands. What a run does is model_run.py's
business.
"""

from __future__ import annotations

import copy
import logging
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fastw2v._threads import Background
from fastw2v.atomic import check_writable, remove_leftovers
from fastw2v.model_files import ModelParts, load_model, notes_of, save_model
from fastw2v.trainer import Progress

__all__ = ["RUN", "Checkpointer", "RunState", "is_unfinished", "load_checkpoint", "refuse_unfinished"]

logger = logging.getLogger("fastw2v")

RUN = "run"  # the note's name in a model's file
# Of Progress, what the rest of a checkpoint tells already, or the next run finds out.
ELSEWHERE = {"history"}

Path = str | os.PathLike[str]
Matrix = npt.NDArray[np.float32]


@dataclass
class RunState:
    """Where a run stands, beside its matrices, and what it needs to go on.

    progress: position, losses so far. first_epoch: how many epochs went before, in earlier runs. block_tokens: how the
    text is cut. origin, fingerprint: where the text came from (None: from the program), and by what it is known again.
    options: of RunOptions those that JSON can hold. frozen: rows of the word vectors that must not change.
    cluster: of a run on several machines, see cluster_training.cluster_note.
    """

    progress: Progress
    first_epoch: int
    block_tokens: int
    origin: Mapping[str, Any] | None
    fingerprint: Mapping[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    frozen: list[int] = field(default_factory=list)
    cluster: dict[str, Any] | None = None

    @property
    def files(self) -> list[str]:
        """The paths of the text, where it came from files."""
        return [file["path"] for file in (self.origin or {}).get("files", ())]

    def as_note(self) -> dict[str, Any]:
        """What JSON can hold."""
        progress = {name: value for name, value in self.progress.as_dict().items() if name not in ELSEWHERE}
        # JSON has no number for a rate that is not known yet.
        told = {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in progress.items()}
        return {**{f.name: getattr(self, f.name) for f in fields(self)}, "progress": told}

    @classmethod
    def from_note(cls, note: Mapping[str, Any], history: list[dict[str, float]]) -> RunState:
        """What as_note gave, and the model's history; KeyError or TypeError for anything else."""
        told: dict[str, Any] = {k: math.nan if v is None else v for k, v in note["progress"].items()}
        progress = Progress(**told)
        ended = progress.epoch - (progress.block < progress.blocks)
        first = int(note["first_epoch"])
        progress.history = [{**entry, "epoch": entry["epoch"] - first} for entry in history[first : first + ended]]
        return cls(**{**note, "progress": progress})


def load_checkpoint(path: Path) -> tuple[ModelParts, RunState | None]:
    """A model and where its run stands; None where it has ended. OSError or ValueError if the file is no such thing."""
    parts = load_model(path, RUN)
    note = parts.notes[RUN]
    if not note:
        return parts, None
    try:
        return parts, RunState.from_note(note, [dict(entry) for entry in parts.history])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{os.fspath(path)}: its note of an unfinished run is damaged: {error!r}") from None


def is_unfinished(path: Path) -> bool:
    """Whether the file is a model whose run has not ended."""
    return bool(notes_of(path, RUN)[RUN])


def refuse_unfinished(path: Path) -> None:
    """ValueError if a new run would write its checkpoints over those of an unfinished one, or over another file."""
    if not os.path.exists(path):
        return
    try:
        unfinished = is_unfinished(path)
    except ValueError as error:
        raise ValueError(
            f"{error}; a checkpoint would replace this file: delete it, or give another checkpoint"
        ) from None
    if unfinished:
        raise ValueError(
            f"{os.fspath(path)}: holds an unfinished run, which this one would overwrite; go on with it "
            f"(Word2Vec.resume, or fastw2v train --resume), delete it, or give another checkpoint"
        )


class Checkpointer:
    """Writes a run's checkpoints to one path, each from a copy of the matrices, on a thread of its own.

    The file is replaced as a whole: until a new one is complete and safe on the disk, the last one stays.
    """

    def __init__(self, path: Path) -> None:
        """OSError if the path cannot be written; what a killed run left half written beside it is removed."""
        check_writable(path)
        remove_leftovers(path)
        self.path = os.fspath(path)
        self._copies: list[Matrix] = []
        self._writing: Background | None = None

    @property
    def is_busy(self) -> bool:
        """Whether the last one is still being written."""
        return self._writing is not None and not self._writing.has_ended

    @property
    def has_failed(self) -> bool:
        """Whether the last one could not be written, and nobody was told."""
        return self._writing is not None and self._writing.has_failed

    def check(self) -> None:
        """Raises the error by which the last one failed, once."""
        if self.has_failed:
            self.wait()

    def write(self, parts: ModelParts) -> None:
        """Copies the matrices and writes while the caller goes on; waits first if the last one is not done."""
        self.wait()
        if not self._copies:
            self._copies = [np.empty(matrix.shape, np.float32) for matrix in (parts.vectors, parts.outputs)]
        for target, matrix in zip(self._copies, (parts.vectors, parts.outputs), strict=True):
            np.copyto(target, matrix)
        frozen = replace(
            parts,
            vectors=self._copies[0],
            outputs=self._copies[1],
            history=copy.deepcopy(list(parts.history)),
        )
        self._writing = Background(lambda: self.save(frozen), "fastw2v-checkpoint")

    def write_now(self, parts: ModelParts) -> None:
        """Writes without a copy, and returns when it is done."""
        self.wait()
        self._copies = []
        self.save(parts)

    def save(self, parts: ModelParts) -> None:
        save_model(self.path, parts)
        logger.info("checkpoint %s written", self.path)

    def wait(self) -> None:
        """Until the last one is written; raises what it failed with."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.wait()
