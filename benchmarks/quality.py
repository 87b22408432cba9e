"""Scores of vectors against seconds of training, for growing numbers of epochs: the honest figure, as speed is easily
had for worse vectors. Each system runs at its own learning rates, which each run lowers to their end.

Scores differ from seed to seed, so that each system is run with several. Programs take no seed, but differ as
threads do.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import checks, harness, peers
from .figures import mean_and_range, points, reaching
from .record import record
from .scores import Benchmarks
from .settings import OBJECTIVES, OURS, Settings

Systems = Mapping[str, tuple[str, Mapping[str, Any]]]  # printed name: name in peers.py, and fastw2v's own options
FIGURES = {"similarity": ".4f", "analogies": ".4f", "train_seconds": ".2f", "words_per_second": ",.0f"}  # as printed


def compare(
    systems: Systems,
    objective: str,
    epochs: Sequence[int],
    settings: Settings,
    benchmarks: Benchmarks,
    our_epochs: Sequence[int] = (),
) -> dict[str, list[dict[str, Any]]]:
    """Trains the systems A B A B ..., for each seed and number of epochs, ours for some more; prints every run, and of
    each system mean (lowest to highest).

    Words a second are those of the text, all epochs together.
    """
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in systems}
    order = peers.ranked(settings.corpus)[1]
    for seed in range(1, settings.seeds + 1):
        for passes in sorted({*epochs, *our_epochs}):
            for name, (system, options) in systems.items():
                if passes not in epochs and system != OURS:
                    continue
                task = settings.task(objective=objective, epochs=passes, seed=seed, more=options)
                with tempfile.TemporaryDirectory() as folder:
                    path = Path(folder, "vectors.bin")
                    done = peers.train(system, peers.scored_task(system, task), settings, path)
                    scores = benchmarks.score(path, order)
                run = {**scores._asdict(), **{figure: done[figure] for figure in ("train_seconds", "words_per_second")}}
                threads = int(done.get("threads", settings.workers))
                runs[name].append({**run, "epochs": passes})
                record.add(system=name, objective=objective, seed=seed, epochs=passes, threads=threads, **run)
                told = "  ".join(f"{figure} {run[figure]:{form}}" for figure, form in FIGURES.items())
                print(f"  seed {seed}, {passes} epochs: {name}  {told}", flush=True)
    for name, of_name in runs.items():
        for passes in sorted({run["epochs"] for run in of_name}):
            of = [run for run in of_name if run["epochs"] == passes]
            told = f"{name:24} {passes} epochs"
            for figure, form in FIGURES.items():
                told += f"  {figure} {mean_and_range([run[figure] for run in of]).told(form)}"
            print(told, flush=True)
    return runs


def reached(peer: str, ours: Sequence[Mapping[str, float]], theirs: Sequence[Mapping[str, float]]) -> str:
    """A sentence: after how many seconds we have the scores of the peer's most epochs, by our fewest epochs whose two
    mean scores are no lower."""
    target = points(theirs)[-1]
    own = reaching(points(ours), target)
    scores = f"{peer}'s scores after {target.epochs} epochs ({target.similarity:.3f}, {target.analogies:.3f})"
    if own is None:
        return f"{scores} are not reached by us in {points(ours)[-1].epochs} epochs"
    return (
        f"{scores} are reached by us in {own.epochs} epochs, after {own.seconds:.1f} s, "
        f"{own.seconds / target.seconds:.3f} of its {target.seconds:.1f} s"
    )


def run(settings: Settings, benchmarks: Benchmarks) -> None:
    """Each objective; only systems whose names hold one of --only."""
    for objective in settings.objectives:
        names = [*peers.present(settings, objective), OURS]
        names = [name for name in names if harness.wanted(name, settings.only)]
        if not names:
            continue
        checks.learn(settings, names, objective)
        harness.title(
            f"quality, {OBJECTIVES[objective]}, {settings.workers} workers, {settings.shape()}, seeds 1 to "
            f"{settings.seeds}"
        )
        systems = {name: (name, {}) for name in names}
        # Ours may take more epochs than a peer to be no worse, and still take less time.
        more = settings.our_epochs if len(names) > 1 else ()
        runs = compare(systems, objective, settings.epochs, settings, benchmarks, more)
        if OURS in runs:
            for name, of_name in runs.items():
                if name != OURS:
                    print(reached(name, runs[OURS], of_name), flush=True)
