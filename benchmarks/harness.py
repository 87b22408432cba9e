"""Taking systems in turn and telling the figures: rounds, medians, ratios pair by pair, and what machine it was.

What is measured stands in the other files, one question each.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import numpy as np

Run = Callable[[], float]


def machine() -> str:
    """Processor, cores, system and versions in one line."""
    name = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), name)
    import fastw2v

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{name}, {cores} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, fastw2v {fastw2v.__version__}"
    )


def child(module: str, *arguments: object, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Runs `python -m benchmarks.<module>` and returns the JSON of its last line."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(environment or {})})
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def in_turn(systems: Mapping[str, Run], rounds: int, unit: str, *, base: str | None = None) -> dict[str, list[float]]:
    """Runs the systems A B A B ... and prints, for each, median (lowest to highest) and its ratios to `base`.

    The ratios are taken within each round, so that a machine whose speed drifts does not spoil them.
    """
    figures: dict[str, list[float]] = {name: [] for name in systems}
    for number in range(rounds):
        for name, run in systems.items():
            figures[name].append(run())
            print(f"  round {number + 1}: {name} {figures[name][-1]:.3f} {unit}", flush=True)
    for name, values in figures.items():
        line = f"{name:28} {median(values):9.3f} {unit}  ({min(values):.3f} to {max(values):.3f})"
        if base is not None and name != base:
            ratios = [value / other for value, other in zip(values, figures[base], strict=True)]
            line += f"  ratio to {base}: {median(ratios):.2f}  ({', '.join(f'{ratio:.2f}' for ratio in ratios)})"
        print(line, flush=True)
    return figures
