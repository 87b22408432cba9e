"""The history of a training as a table in a file: CSV, or a JSON object a line."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Mapping, Sequence

from fastw2v.atomic import atomic_output

__all__ = ["check_history_path", "write_history"]

KINDS = {".csv": "csv", ".jsonl": "json", ".json": "json"}


def check_history_path(path: str | os.PathLike[str]) -> str:
    """ "csv" or "json", by suffix; ValueError for another one."""
    suffix = os.path.splitext(os.fspath(path))[1].lower()
    if suffix not in KINDS:
        raise ValueError(f"{os.fspath(path)}: a history is written as {', '.join(KINDS)}; give one of these suffixes")
    return KINDS[suffix]


def write_history(history: Sequence[Mapping[str, float]], path: str | os.PathLike[str]) -> None:
    """Writes model.history to a .csv (a row an epoch, a column for each thing that was measured in any of them) or to a
    .jsonl or .json (an object an epoch, one a line). What is no number is empty, or null.

    Raises ValueError for another suffix, OSError if the file cannot be written.
    """
    rows = [{k: None if math.isnan(v) else v for k, v in entry.items()} for entry in history]
    kind = check_history_path(path)
    with atomic_output(path, "w") as file:
        if kind == "csv":
            table = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)), lineterminator="\n")
            table.writeheader()
            table.writerows(rows)
        else:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
