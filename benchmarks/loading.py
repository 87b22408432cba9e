"""Seconds of reading and writing vectors as word2vec's text and binary, beside gensim; and ours alone with a million
words: the memory that reading takes, and how soon a .safetensors file is open and its first word found."""

from __future__ import annotations

import tempfile
from pathlib import Path

from . import harness, peers
from .record import record
from .settings import OURS, Settings

COMPARED, ALONE = 100_000, 1_000_000  # words; a million of gensim's take minutes to read as text
WIDTH = 300
NAMES = {"text": "vectors.txt", "binary": "vectors.bin", "own": "vectors.safetensors"}
MILLI = 1e3


def run(settings: Settings) -> None:
    """Writing, then reading what was written: first both systems, then ours."""
    both = [OURS, *(["gensim"] if "gensim" in peers.present(settings) else [])]
    compare(settings, both, COMPARED)
    alone(settings, ALONE)


def compare(settings: Settings, systems: list[str], count: int) -> None:
    """Both forms, written and read by each; both must read the same vector."""
    with tempfile.TemporaryDirectory() as folder:
        for form in ("binary", "text"):
            path = Path(folder, NAMES[form])
            for action in (f"write {form}", f"read {form}"):
                harness.title(f"{action}, {count:,} words x {WIDTH}")
                norms: set[float] = set()
                runs = {name: seconds(name, action, path, count, norms) for name in systems}
                harness.in_turn(runs, settings.rounds, "s", ours=OURS, lower_is_better=True)
                if len(norms) > 1:
                    raise RuntimeError(f"{action}: the systems read different vectors, of lengths {sorted(norms)}")


def seconds(system: str, action: str, path: Path, count: int, norms: set[float]) -> harness.Run:
    """What runs the action in a child process."""

    def once() -> float:
        found = harness.child("one_load", system, action, path, count, WIDTH)
        if "norm" in found:
            norms.add(round(found["norm"], 4))
        return float(found["seconds"])

    return once


def alone(settings: Settings, count: int) -> None:
    """Ours with more words: seconds, memory over the matrix, milliseconds to open."""
    with tempfile.TemporaryDirectory() as folder:
        for form, name in NAMES.items():
            path = Path(folder, name)
            harness.title(f"write {form}, {count:,} words x {WIDTH}")
            harness.in_turn({OURS: seconds(OURS, f"write {form}", path, count, set())}, 1, "s", lower_is_better=True)
            action = f"open {form}" if form == "own" else f"read {form}"
            harness.title(f"{action}, {count:,} words x {WIDTH}")
            shares = []

            def once(action: str = action, path: Path = path, shares: list[float] = shares) -> float:
                found = harness.child("one_load", OURS, action, path, count, WIDTH)
                shares.append(found["taken"] / found["matrix"])
                return float(found["seconds"]) * (MILLI if action == "open own" else 1)

            unit = "ms" if form == "own" else "s"
            harness.in_turn({OURS: once}, settings.rounds, unit, lower_is_better=True)
            harness.title(f"most memory that it takes, {count:,} words x {WIDTH}: {action}")
            print(f"  {max(shares):.3f} times the matrix", flush=True)
            what = {"system": OURS, "value": max(shares), "unit": "times the matrix"}
            record.add(**what, round=1, ours=None, lower_is_better=True)
            path.unlink()
