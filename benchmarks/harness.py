"""Taking systems in turn and telling the figures: rounds, medians, ratios pair by pair, what machine it was, and a file
of all that for --out.

What is measured stands in the other files, one question each.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

Run = Callable[[], float]

PACKAGES = ["fastw2v", "gensim", "fasttext", "numpy", "scipy"]


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


class Record:
    """The runs of the question being asked; `begin` names its file, written anew with each run."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.about: dict[str, Any] = {}
        self.title = ""
        self.runs: list[dict[str, Any]] = []

    def begin(self, folder: str | None, question: str) -> None:
        """A question without runs, to be written into `folder` if there is one."""
        self.path = Path(folder, f"{question}.json") if folder is not None else None
        self.about = {"question": question, "command": shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])}
        self.about |= {"machine": machine(), "versions": versions(), "compilers": compilers()}
        self.title, self.runs = "", []

    def add(self, **run: object) -> None:
        """One run's figures, under the title printed last."""
        self.runs.append({"title": self.title, **run})
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps({**self.about, "runs": self.runs}, indent=1) + "\n", encoding="utf-8")


record = Record()


def title(text: str) -> None:
    """Prints what is measured next; the runs recorded from here on carry it."""
    record.title = text
    print(text, flush=True)


def versions() -> dict[str, str]:
    """Those of the packages that are installed."""
    found = {}
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def compilers() -> dict[str, str | None]:
    """The command that builds extensions here, and what Python itself was built with."""
    return {"extensions": sysconfig.get_config_var("CC"), "python": platform.python_compiler()}


def wanted(name: str, only: list[str]) -> bool:
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


def in_turn(systems: Mapping[str, Run], rounds: int, unit: str, *, base: str | None = None) -> dict[str, list[float]]:
    """Runs the systems A B A B ... and prints, for each, median (lowest to highest) and its ratios to `base`.

    The ratios are taken within each round, so that a machine whose speed drifts does not spoil them.
    """
    figures: dict[str, list[float]] = {name: [] for name in systems}
    for number in range(rounds):
        for name, run in systems.items():
            figures[name].append(run())
            record.add(system=name, round=number + 1, value=figures[name][-1], unit=unit)
            print(f"  round {number + 1}: {name} {figures[name][-1]:.3f} {unit}", flush=True)
    for name, values in figures.items():
        line = f"{name:28} {median(values):9.3f} {unit}  ({min(values):.3f} to {max(values):.3f})"
        if base is not None and name != base:
            ratios = [value / other for value, other in zip(values, figures[base], strict=True)]
            line += f"  ratio to {base}: {median(ratios):.2f}  ({', '.join(f'{ratio:.2f}' for ratio in ratios)})"
        print(line, flush=True)
    return figures
