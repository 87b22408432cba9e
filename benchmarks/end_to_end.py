"""Seconds of the whole job in a fresh process: start, read, count, train one epoch, write a .bin file of vectors.

That is the only form that every system writes. Ours is the command `fastw2v train`; gensim and fastText are scripts.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import checks, harness, peers
from .settings import OBJECTIVES, OURS, Settings

COMMAND = "fastw2v train"
FLAGS = {"skipgram": [], "cbow": ["--architecture", "cbow"], "hierarchical": ["--loss", "hierarchical"]}


def command(settings: Settings, objective: str, out: Path) -> list[str]:
    """Ours, with every option that the others are given."""
    options = {name: getattr(settings, name) for name in ("vector_size", "window", "negative", "workers")}
    words = [sys.executable, "-m", "fastw2v", "train", settings.corpus, "-o", str(out), "--epochs", "1", "--quiet"]
    return [*words, *(f"--{name.replace('_', '-')}={value}" for name, value in options.items()), *FLAGS[objective]]


def run(settings: Settings) -> None:
    """All systems that can, for each objective; each file is looked at before the next run replaces it."""
    for objective in settings.objectives:
        others = peers.present(settings, objective)
        checks.learn(settings, [OURS, *others], objective)
        harness.title(f"whole process, {OBJECTIVES[objective]}, one epoch, {settings.workers} workers, to a .bin file")
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder, "vectors.bin")

            def ours(objective: str = objective, out: Path = out) -> float:
                begin = time.perf_counter()
                done = subprocess.run(command(settings, objective, out), capture_output=True, text=True)
                if done.returncode:
                    raise RuntimeError(f"{COMMAND} failed:\n{done.stderr}")
                return written(out, time.perf_counter() - begin)

            def peer(name: str, objective: str = objective, out: Path = out) -> harness.Run:
                task = settings.task(objective=objective)
                return lambda: written(out, float(peers.train(name, task, settings, out)["seconds"]))

            harness.in_turn(
                {**{name: peer(name) for name in others}, COMMAND: ours},
                settings.rounds,
                "s",
                ours=COMMAND,
                lower_is_better=True,
            )


def written(out: Path, seconds: float) -> float:
    """The seconds, if the file was written; it is deleted."""
    if not out.stat().st_size:
        raise RuntimeError(f"{out} is empty")
    out.unlink()
    return seconds
