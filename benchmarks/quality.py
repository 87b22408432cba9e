"""Scores of vectors on public benchmark files, those of fastw2v and gensim in turn, each at its own defaults.

Scores differ from seed to seed, so that each system is run with several.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import mean

from . import harness
from .objectives import CBOW, GENSIM, TREE
from .scores import Benchmarks

Systems = Mapping[str, tuple[str, Mapping[str, object]]]  # name: one_run's system and options

SYSTEMS: Systems = {
    "gensim skipgram-negative": ("gensim", {}),
    "fastw2v skipgram-negative": ("fastw2v", {}),
    "gensim skipgram-hierarchical": ("gensim", GENSIM["skip-gram, hierarchical"]),
    "fastw2v skipgram-hierarchical": ("fastw2v", TREE),
    "gensim cbow-negative": ("gensim", GENSIM["CBOW, negative"]),
    "fastw2v cbow-negative": ("fastw2v", CBOW),
}
FIGURES = {"similarity": ".4f", "analogies": ".4f", "train_seconds": ".2f", "words_per_second": ",.0f"}  # as printed


def compare(systems: Systems, corpus: str, benchmarks: Benchmarks, workers: int, seeds: int, epochs: int) -> None:
    """Trains the systems A B A B ..., a seed each time; prints every run, and of each system mean (lowest to highest).

    Words a second are those of the text, all epochs together.
    """
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in systems}
    for seed in range(1, seeds + 1):
        for name, (system, options) in systems.items():
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "vectors.bin")
                done = harness.child("one_run", system, corpus, workers, epochs, seed, path, json.dumps(options))
                scores = benchmarks.score(path)
            speed = done["words"] * epochs / done["train_seconds"]
            run = {**scores._asdict(), "train_seconds": done["train_seconds"], "words_per_second": speed}
            runs[name].append(run)
            harness.record.add(system=name, options=options, seed=seed, epochs=epochs, workers=workers, **run)
            told = "  ".join(f"{figure} {run[figure]:{form}}" for figure, form in FIGURES.items())
            print(f"  seed {seed}: {name}  {told}", flush=True)
    for name, of_name in runs.items():
        line = f"{name:38}"
        for figure, form in FIGURES.items():
            values = [run[figure] for run in of_name]
            line += f"  {figure} {mean(values):{form}} ({min(values):{form}} to {max(values):{form}})"
        print(line, flush=True)


def run(
    corpus: str, benchmarks: Benchmarks, workers: int, seeds: int, epochs: int, only: list[str], gensim: bool
) -> None:
    """The systems whose names hold one of `only`."""
    systems = {name: what for name, what in SYSTEMS.items() if harness.wanted(name, only)}
    if not gensim:
        systems = {name: what for name, what in systems.items() if what[0] != "gensim"}
    harness.title(f"quality, {epochs} epochs, {workers} workers, seeds 1 to {seeds}")
    compare(systems, corpus, benchmarks, workers, seeds, epochs)
