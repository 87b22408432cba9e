"""What a measurement is asked to do: the options of the command, and the task that each system gets.

Nothing here runs anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

# What all comparisons share. Every system has these options, at other defaults: fastText's sample is 1e-4.
SAMPLE = 1e-3
MIN_COUNT = 5
OURS = "fastw2v"
OBJECTIVES = {
    "skipgram": "skip-gram, negative sampling",
    "cbow": "CBOW, negative sampling",
    "hierarchical": "skip-gram, hierarchical softmax",
}


@dataclass(frozen=True)
class Task:
    """One training run, as any system can be asked for it. `more` are fastw2v's own options."""

    corpus: str
    objective: str = "skipgram"
    vector_size: int = 100
    window: int = 5
    negative: int = 5
    epochs: int = 1
    workers: int = 2
    seed: int = 1
    min_count: int = MIN_COUNT
    sample: float = SAMPLE
    more: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """For the command line of a child process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Task:
        """What `to_json` wrote."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Settings:
    """The options of the command, checked; `python -m benchmarks train --help` says what they are."""

    corpus: str = ""
    eval_folder: str | None = None
    analogies: str | None = None
    out: str | None = None
    workers: int = 2
    rounds: int = 3
    vector_size: int = 100
    window: int = 5
    negative: int = 5
    seeds: int = 3
    epochs: tuple[int, ...] = (1, 2, 3, 5)
    our_epochs: tuple[int, ...] = (8,)  # of ours besides, in quality
    objectives: tuple[str, ...] = tuple(OBJECTIVES)
    only: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    programs: Mapping[str, str] = field(default_factory=dict)  # path of each peer that is a program, by its name
    sizes: tuple[float, ...] = (1.0, 10.0)
    vocabularies: tuple[int, ...] = (10_000, 100_000)
    synthetic: bool = False  # whether the corpus was made on the spot

    def task(self, **changes: Any) -> Task:
        """A run at these settings, but for what is named."""
        same = {name: getattr(self, name) for name in ("corpus", "vector_size", "window", "negative", "workers")}
        return Task(**{**same, **changes})

    def shape(self) -> str:
        """The model's size in words."""
        return f"{self.vector_size} dimensions, window {self.window}, {self.negative} negatives"

    def name(self, question: str) -> str:
        """The question's file: with the model's size where it is not the usual one, so that both can be kept."""
        usual = (Task.vector_size, Task.window, Task.negative)
        sizes = (self.vector_size, self.window, self.negative)
        return question if sizes == usual else "-".join(map(str, (question, *sizes)))
