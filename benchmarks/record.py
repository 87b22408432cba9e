"""The file of a question's runs for --out: every run, with machine, command, versions and compilers, as JSON.

Tables and plots are made of these files alone, so that they can be made again without measuring again.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .machine import command, compilers, machine, versions


class Record:
    """The runs of the question being asked; `begin` names its file, written anew with each run."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.about: dict[str, Any] = {}
        self.title = ""
        self.runs: list[dict[str, Any]] = []

    def begin(self, folder: str | None, name: str, **about: object) -> None:
        """A question without runs, to be written to NAME.json in `folder` if there is one."""
        self.path = Path(folder, f"{name}.json") if folder is not None else None
        self.about = {"question": name, "command": command()}
        self.about |= {"machine": machine(), "versions": versions(), "compilers": compilers(), **about}
        self.title, self.runs = "", []

    def add(self, **run: object) -> None:
        """One run's figures, under the title printed last. What is interrupted leaves what was measured."""
        self.runs.append({"title": self.title, **run})
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            new = self.path.with_suffix(".new")
            new.write_text(json.dumps({**self.about, "runs": self.runs}, indent=1) + "\n", encoding="utf-8")
            os.replace(new, self.path)  # at once, so that an interrupt leaves the old file or the new


record = Record()


def recorded(folder: str | Path) -> dict[str, dict[str, Any]]:
    """What the questions of a folder came to, by the names of their files; ValueError if it holds none."""
    found = {}
    for path in sorted(Path(folder).glob("*.json"), key=lambda path: path.stem):
        try:
            found[path.stem] = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{path} is no JSON file ({error}); delete it or measure it again") from error
    found = {name: about for name, about in found.items() if isinstance(about, dict) and "runs" in about}
    if not found:
        raise ValueError(f"{folder} holds no results; make some with `python -m benchmarks QUESTION --out {folder}`")
    return found
