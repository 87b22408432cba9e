"""The README's table: which figures of train, quality, end_to_end, queries, memory and softmax it shows, and how it
gets into the file. The tables of single questions stand in tables.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from .figures import points, reaching, summary
from .record import recorded
from .settings import OURS, Task
from .tables import Run, Table, better, groups, objective_of, question_of, told, values

PEERS = ("gensim", "fasttext")  # packages whose versions are told beside the machine's
BEGIN, END = "<!-- benchmarks -->", "<!-- end -->"


class Row(NamedTuple):
    """What was measured, and a cell for each system that was."""

    what: str
    cells: dict[str, str]


def in_turn_row(what: str, runs: Sequence[Run]) -> Row:
    """Medians and ranges; the peers' with how many times better ours is. Of ours, only the system compared with."""
    cells = {}
    ours = runs[0].get("ours")
    for (system,), own in groups(runs, "system").items():
        cell = told(summary(values(own)))
        if system == ours:
            cells[OURS] = f"**{cell}**"
        elif not str(system).startswith(OURS):
            ratio = better(runs, str(system))
            cells[str(system)] = f"{cell}, x{median(ratio):.3g}" if ratio else cell
    return Row(what, cells)


def size_of(about: Mapping[str, Any]) -> str:
    """The model's size, where it is not the usual one."""
    if about.get("vector_size", Task.vector_size) == Task.vector_size:
        return ""
    return f", {about['vector_size']} dimensions, window {about['window']}, {about['negative']} negatives"


def speed_rows(about: Mapping[str, Any]) -> list[Row]:
    """A row for each title of training or of the whole process."""
    rows = []
    for (title, unit), of in groups(about["runs"], "title", "unit").items():
        what = "whole process" if unit == "s" else "training"
        rows.append(in_turn_row(f"{what}, {objective_of(title)}{size_of(about)}, {unit}", of))
    return rows


def quality_rows(about: Mapping[str, Any]) -> list[Row]:
    """Scores after the most epochs that all had, and the share of a peer's seconds in which ours are no lower."""
    rows = []
    for (title,), of in groups(about["runs"], "title").items():
        by_system = {system: points(runs) for (system,), runs in groups(of, "system").items()}
        scores, shares = {}, {}
        epochs = max(set.intersection(*({point.epochs for point in its} for its in by_system.values())), default=None)
        for system, its in by_system.items():
            last = its[-1]
            same = next((point for point in its if point.epochs == epochs), None)
            if same is not None:
                scores[system] = f"{same.similarity:.3f}, {same.analogies:.3f}"
            own = reaching(by_system.get(OURS, []), last)
            if system != OURS and OURS in by_system:
                shares[system] = f"{100 * own.seconds / last.seconds:.1f} %" if own else "not reached"
        objective = objective_of(title) + size_of(about)
        if scores:
            rows.append(Row(f"similarity, analogies after {epochs} epochs, {objective}", scores))
        if shares:
            rows.append(Row(f"share of a peer's seconds in which fastw2v's scores are no lower, {objective}", shares))
    return rows


def titled_rows(about: Mapping[str, Any]) -> list[Row]:
    """A row for each title and unit, as it is."""
    return [in_turn_row(f"{title}, {unit}", of) for (title, unit), of in groups(about["runs"], "title", "unit").items()]


def softmax_rows(about: Mapping[str, Any]) -> list[Row]:
    """What is compared with fastText."""
    return [row for row in titled_rows(about) if row.what.endswith("words/s")]


def memory_rows(about: Mapping[str, Any]) -> list[Row]:
    """Peak over what must be held."""
    cells = {run["system"]: f"{run['peak'] / run['needed']:.2f}" for run in about["runs"]}
    return [Row("peak memory / what must be held", cells)] if cells else []


ROWS = {
    "train": speed_rows,
    "end_to_end": speed_rows,
    "quality": quality_rows,
    "loading": titled_rows,
    "queries": titled_rows,
    "phrases": titled_rows,
    "memory": memory_rows,
    "softmax": softmax_rows,
}


def table(folder: str | Path) -> str:
    """The README's table: a row a figure, fastw2v beside each peer, and how many times better it is than that peer."""
    found = recorded(folder)
    rows = [
        row for kind in ROWS for name, about in found.items() if question_of(name) == kind for row in ROWS[kind](about)
    ]
    if not rows:
        raise ValueError(f"{folder} holds no results for the README: it shows those of train, quality, end_to_end, ...")
    systems = list(dict.fromkeys(system for row in rows for system in row.cells if system != OURS))
    lines = [[row.what, row.cells.get(OURS, ""), *(row.cells.get(system, "") for system in systems)] for row in rows]
    last = next(about for name, about in found.items() if question_of(name) in ROWS)
    usual = f"{Task.vector_size} dimensions, window {Task.window}, {Task.negative} negatives"
    shown = {system.lower() for system in systems} & last["versions"].keys()
    versions = ", ".join(f"{name} {last['versions'][name]}" for name in PEERS if name in shown)
    note = (
        "Medians, least and greatest of runs in turn, scores the means of seeds; x12 means that fastw2v is 12 times "
        "better, by the median of the ratios within rounds. "
        f"{usual} and {last.get('workers', '?')} workers unless told. Corpus: {last.get('corpus', '?')}; "
        f"{last['machine']}, {last['compilers'].get('extensions_version') or 'compiler unknown'}"
        + (f"; {versions}." if versions else ".")
    )
    return Table("", ["", OURS, *systems], lines).markdown() + "\n\n" + note


def put_into(path: Path, text: str) -> None:
    """Replaces what stands between the two markers of a file; ValueError if it does not have both."""
    whole = path.read_text(encoding="utf-8")
    start, end = whole.find(BEGIN), whole.find(END)
    if start < 0 or end < start:
        raise ValueError(f"{path} must hold the lines {BEGIN} and {END}, in this order; the table goes between them")
    path.write_text(whole[: start + len(BEGIN)] + "\n" + text + "\n" + whole[end:], encoding="utf-8")
