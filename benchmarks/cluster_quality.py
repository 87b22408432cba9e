"""Scores of a cluster's vectors beside those of one process that trains the same words, for rare words as well; and
what the plain mean of all nodes comes to.

Nodes are processes of this machine, of one thread each; rounds are adapted, as they are unless told otherwise.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fastw2v import Corpus
from fastw2v.optional import optional

from . import harness, peers
from .figures import mean_and_range
from .record import record
from .scores import Benchmarks
from .settings import MIN_COUNT, OURS, Settings, Task

RARE = 100  # a word that stands in the text fewer times
ONE_PROCESS = "one process"
SYSTEMS: dict[str, Mapping[str, Any]] = {
    ONE_PROCESS: {},
    "1 node": {"nodes": 1},
    "2 nodes": {"nodes": 2},
    "4 nodes": {"nodes": 4},
    "4 nodes, plain mean": {"nodes": 4, "rule": "plain"},
}
NAMES = list(SYSTEMS)
FIGURES = {"similarity": ".4f", "analogies": ".4f", "rare": ".4f", "train_seconds": ".1f"}  # as printed


def rare_words(text: Corpus) -> set[str]:
    """In small letters, as scores are asked: words whose most frequent spelling is rare."""
    most: dict[str, int] = {}
    for word, count in zip(text.vocabulary.index_to_key, text.vocabulary.counts.tolist(), strict=True):
        most.setdefault(word.lower(), count)
    return {word for word, count in most.items() if count < RARE}


def trained(name: str, task: Task, settings: Settings, out: Path) -> dict[str, Any]:
    """A run of a system, its vectors left in `out`."""
    if not SYSTEMS[name]:
        return peers.train(OURS, task, settings, out)
    one_thread = replace(task, workers=1)
    return harness.child("one_cluster", one_thread.to_json(), json.dumps(SYSTEMS[name]), out)


def run(settings: Settings, benchmarks: Benchmarks) -> None:
    """Every system whose name holds one of --only, in turn, with the most of the numbers of epochs."""
    optional("ray", "measuring a cluster", "'fastw2v[cluster]'")
    text = Corpus(settings.corpus, min_count=MIN_COUNT, workers=settings.workers)
    of_rare = benchmarks.only_with(rare_words(text))
    epochs = max(settings.epochs)
    harness.title(f"quality on a cluster, {epochs} epochs, {settings.shape()}, seeds 1 to {settings.seeds}")
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in NAMES if harness.wanted(name, settings.only)}
    for seed in range(1, settings.seeds + 1):
        for name, of in runs.items():
            task = settings.task(epochs=epochs, seed=seed)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "vectors.bin")
                done = trained(name, task, settings, path)
                scores, rare = (asked.score(path, text.vocabulary.index_to_key) for asked in (benchmarks, of_rare))
            figures = {"train_seconds": done["train_seconds"], "words_per_second": done["words_per_second"]}
            of.append({**scores._asdict(), "rare": rare.similarity, "rare_pairs": sum(rare.pairs.values()), **figures})
            record.add(system=name, seed=seed, epochs=epochs, ours=OURS, **of[-1])
            told = "  ".join(f"{figure} {of[-1][figure]:{form}}" for figure, form in FIGURES.items())
            print(f"  seed {seed}: {name}  {told}", flush=True)
    for name, of in runs.items():
        line = f"{name:20}"
        for figure, form in FIGURES.items():
            line += f"  {figure} {mean_and_range([one[figure] for one in of]).told(form)}"
        print(line, flush=True)
