"""Runs of the command line that are killed at random moments, in writing too, and resumed until they end.

    python tests/kill_runs.py TEXT FOLDER [--runs 200] [--first 0] [--seed 1] [--workers 1]

Each run must end with the file of a run that was never disturbed (with one worker), and whatever checkpoint a kill
leaves must load. test_kill_runs.py does it a few times; run it by hand, with some MB of text, after what writes or
resumes checkpoints was changed.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fastw2v import Word2Vec

MOST_KILLS = 100  # of one run: more, and it does not get on


@dataclass
class Outcome:
    """kills: of processes; resumed: how many of those that followed found a checkpoint; leftovers: temporary files that
    stayed when the run had ended."""

    kills: int = 0
    resumed: int = 0
    leftovers: int = 0


def command(text: Path, out: Path, checkpoint: Path, options: Sequence[str], resume: bool) -> list[str]:
    """What begins a run, or goes on with it."""
    begin = [sys.executable, "-m", "fastw2v", "train", "-q", "-o", str(out)]
    if resume:
        return [*begin, "--resume", str(checkpoint), "--checkpoint-every", "1"]
    return [*begin, str(text), "--checkpoint", str(checkpoint), "--checkpoint-every", "1", *options]


def killed_run(
    text: Path, folder: Path, options: Sequence[str], seconds: float, chance: random.Random
) -> tuple[Path, Outcome]:
    """One run to its end; each of its processes is killed after a random part of `seconds`, if it had not ended."""
    out, checkpoint, outcome = folder / "out.safetensors", folder / "checkpoint.safetensors", Outcome()
    for path in (out, checkpoint):
        path.unlink(missing_ok=True)
    while True:
        resume = checkpoint.exists()
        if resume:
            model = Word2Vec.load(checkpoint)
            assert np.isfinite(model.wv.vectors).all(), "a checkpoint holds what is no number"
            outcome.resumed += 1
        process = subprocess.Popen(command(text, out, checkpoint, options, resume), stderr=subprocess.PIPE)
        try:
            _, said = process.communicate(timeout=chance.uniform(0.0, seconds))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            outcome.kills += 1
            if outcome.kills > MOST_KILLS:
                raise RuntimeError(f"killed {outcome.kills} times, and the run has not ended") from None
            continue
        if process.returncode:
            raise RuntimeError(f"exit status {process.returncode}: {said.decode()}")
        outcome.leftovers = len(list(folder.glob(".fastw2v-*")))
        return out, outcome


def run(
    text: Path,
    folder: Path,
    runs: int,
    seed: int,
    workers: int,
    options: Sequence[str] = (),
    first: int = 0,
    tell: Callable[[int, Outcome], None] = lambda number, outcome: None,
) -> list[Outcome]:
    """So many runs, numbered from `first` on, each told when it ended; AssertionError or RuntimeError for the first
    that does not end as it should."""
    options = ["--workers", str(workers), *options]
    whole = folder / "whole.safetensors"
    started = time.perf_counter()
    subprocess.run(command(text, whole, folder / "none.safetensors", options, False), check=True)
    seconds = time.perf_counter() - started
    wanted = whole.read_bytes()
    outcomes = []
    for number in range(first, first + runs):
        out, outcome = killed_run(text, folder, options, seconds, random.Random(f"{seed} {number}"))
        if workers == 1:
            assert out.read_bytes() == wanted, f"run {number} ended with another file"
        else:
            assert Word2Vec.load(out).words_trained == Word2Vec.load(whole).words_trained
        outcomes.append(outcome)
        tell(number, outcome)
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    given, options = parser.parse_known_args()
    given.folder.mkdir(parents=True, exist_ok=True)

    def tell(number: int, outcome: Outcome) -> None:
        print(f"run {number}: {outcome}", flush=True)

    outcomes = run(given.text, given.folder, given.runs, given.seed, given.workers, options, given.first, tell)
    kills, resumed = sum(o.kills for o in outcomes), sum(o.resumed for o in outcomes)
    left = sum(o.leftovers for o in outcomes)
    print(f"{len(outcomes)} runs, {kills} kills, {resumed} times from a checkpoint, {left} temporary files left")


if __name__ == "__main__":
    main()
