"""RESULTS.md: one page of every recorded result, with its command, machine, tables and pictures.

What a table looks like stands in tables.py, what a picture looks like in plots.py.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import plots
from .record import recorded
from .tables import tables_of

PAGE = "RESULTS.md"


def page(found: Mapping[str, Mapping[str, Any]], drawn: list[str], pictures: str = "") -> str:
    """The whole page; `pictures` is where they stand from there, ending in / if it is not empty."""
    parts = [
        "# Results\n\nEach comparison ran its systems in turn; ratios are taken within each round. A kernel's share at "
        "best is its best slice of time over the best of the peak; the other is the median of pairs. "
        "`benchmarks/README.md` says how each system is called and timed."
    ]
    if not plots.available():
        parts.append(plots.MISSING[0].upper() + plots.MISSING[1:] + ".")
    for name, about in found.items():
        compilers = about.get("compilers", {})
        built = compilers.get("extensions_version") or compilers.get("extensions") or "unknown"
        versions = ", ".join(f"{package} {version}" for package, version in about.get("versions", {}).items())
        parts.append(f"## {name}\n\n`{about['command']}`\n\n{about['machine']}. Compiler: {built}. {versions}.")
        if f"{name}.svg" in drawn:
            parts.append(f"![{name}]({pictures}{name}.svg)")
        parts += [f"### {table.title}\n\n{table.markdown()}" for table in tables_of(name, about)]
    return "\n\n".join(parts) + "\n"


def write(folder: str | Path, path: str | Path | None = None) -> str:
    """The page, RESULTS.md in `folder` unless `path` says otherwise, and the pictures in `folder`, of all results
    there; a sentence that says so."""
    found = recorded(folder)
    drawn = plots.draw(Path(folder), found) if plots.available() else []
    path = Path(folder, PAGE) if path is None else Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    away = os.path.relpath(folder, path.parent)
    path.write_text(page(found, drawn, "" if away == "." else f"{away}/"), encoding="utf-8")
    return f"{path}: {len(found)} questions; " + (f"{len(drawn)} plots" if plots.available() else plots.MISSING)
