"""Taking systems in turn and telling the figures: rounds, medians, ratios pair by pair; and runs in child processes.

What is measured stands in the other files, one question each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from .figures import ratios, summary
from .record import record

Run = Callable[[], float]


def title(text: str) -> None:
    """Prints what is measured next; the runs recorded from here on carry it."""
    record.title = text
    print(f"\n{text}", flush=True)


def wanted(name: str, only: Sequence[str]) -> bool:
    """Whether a system's name holds one of `only`, or `only` is empty."""
    return not only or any(part in name for part in only)


def child(module: str, *arguments: object, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Runs `python -m benchmarks.<module>` and returns the JSON of its last line."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(environment or {})})
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def in_turn(
    systems: Mapping[str, Run],
    rounds: int,
    unit: str,
    *,
    ours: str | None = None,
    lower_is_better: bool = False,
    about: Mapping[str, object] = MappingProxyType({}),
) -> dict[str, list[float]]:
    """Runs the systems A B A B ... and prints, for each, median (lowest to highest), and how many times better than it
    the system `ours` is. `about` is recorded with each run.

    The ratios are taken within each round, so that a machine whose speed drifts does not spoil them.
    """
    figures: dict[str, list[float]] = {name: [] for name in systems}
    for number in range(rounds):
        for name, run in systems.items():
            figures[name].append(run())
            what = {"system": name, "round": number + 1, "value": figures[name][-1], "unit": unit}
            record.add(**what, ours=ours, lower_is_better=lower_is_better, **about)
            print(f"  round {number + 1}: {name} {figures[name][-1]:.3f} {unit}", flush=True)
    for name, values in figures.items():
        line = f"{name:28} {summary(values).told('.3f')} {unit}"
        if ours is not None and name != ours:
            found = ratios(figures[ours], values, lower_is_better=lower_is_better)
            line += (
                f"; {ours} {summary(found).told('.2f')} times better, by round {', '.join(f'{r:.2f}' for r in found)}"
            )
        print(line, flush=True)
    return figures
