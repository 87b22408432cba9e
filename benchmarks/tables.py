"""Markdown tables of the recorded results, question by question. The README's own stands in readme.py.

Made of the JSON files alone. Every figure of a comparison is the median, with the least and the greatest behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from .figures import Point, Summary, mean_and_range, points, ratios, reaching, summary
from .settings import OBJECTIVES, OURS

Run = Mapping[str, Any]


class Table(NamedTuple):
    """A heading, and rows of cells below a row of column names."""

    title: str
    columns: list[str]
    rows: list[list[str]]

    def markdown(self) -> str:
        """The table alone, without the heading."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def told(values: Summary) -> str:
    """With digits that suit the size of a number."""
    form = (
        ",.0f" if values.median >= 1000 else ".1f" if values.median >= 100 else ".2f" if values.median >= 1 else ".3f"
    )
    return values.told(form)


def groups(runs: Iterable[Run], *keys: str) -> dict[tuple[Any, ...], list[Run]]:
    """The runs by the values of some keys, in the order they were made."""
    found: dict[tuple[Any, ...], list[Run]] = {}
    for run in runs:
        key = tuple(tuple(run[k]) if isinstance(run.get(k), list) else run.get(k) for k in keys)
        found.setdefault(key, []).append(run)
    return found


def values(runs: Iterable[Run]) -> list[float]:
    """In the order of the rounds."""
    return [run["value"] for run in runs]


def better(runs: Sequence[Run], system: str) -> list[float]:
    """How many times better ours is than a system, round by round; nothing for ours, and rounds that were not finished
    are left out."""
    ours = runs[0].get("ours")
    if ours is None or system == ours:
        return []
    own, other = (values(run for run in runs if run["system"] == name) for name in (ours, system))
    count = min(len(own), len(other))
    return ratios(own[:count], other[:count], lower_is_better=bool(runs[0].get("lower_is_better")))


def in_turn_tables(runs: Sequence[Run]) -> list[Table]:
    """A table for each title: systems, medians and ranges, and ratios within the rounds."""
    found = []
    for (title, unit), of in groups([run for run in runs if "value" in run], "title", "unit").items():
        rows = []
        for (system,), own in groups(of, "system").items():
            ratio = better(of, system)
            cells = [str(system), *(f"{figure:,.3f}" for figure in summary(values(own)))]
            by_round = ", ".join(f"{r:.2f}" for r in ratio)
            rows.append([*cells, f"{summary(ratio).median:.2f} ({by_round})" if ratio else ""])
        columns = ["system", f"median, {unit}", "least", "greatest", f"{of[0].get('ours') or 'ours'} is times better"]
        found.append(Table(title, columns, rows))
    return found


def scaling_tables(runs: Sequence[Run]) -> list[Table]:
    """A table for each axis: its places down, systems across."""
    found = []
    for (title, axis, unit), of in groups(runs, "title", "axis", "unit").items():
        systems = list(dict.fromkeys(run["system"] for run in of))
        rows = []
        for (at,), there in groups(of, "at").items():
            cells = [values(run for run in there if run["system"] == system) for system in systems]
            rows.append([f"{at:,g}", *(told(summary(cell)) if cell else "" for cell in cells)])
        found.append(Table(f"{title}; {unit}", [str(axis), *systems], rows))
    return found


def quality_tables(runs: Sequence[Run]) -> list[Table]:
    """A table for each title: every system and number of epochs; then when ours reaches each peer's last scores."""
    found = []
    # Words that are rare are asked for themselves in cluster_quality.
    figures = [figure for figure in ("similarity", "analogies", "rare") if figure in runs[0]]
    for (title,), of in groups(runs, "title").items():
        rows = []
        for (system, epochs), own in groups(of, "system", "epochs").items():
            cells = [mean_and_range([run[figure] for run in own]).told(".4f") for figure in figures]
            rows.append([system, str(epochs), *cells, told(summary([run["train_seconds"] for run in own]))])
        found.append(Table(title, ["system", "epochs", *figures, "training, s"], rows))
        reach = [
            [peer, str(theirs.epochs), f"{theirs.seconds:.1f}", *reach_cells(own, theirs)]
            for peer, theirs, own in reaches(of)
        ]
        if reach:
            columns = ["peer", "its epochs", "its seconds", "our epochs", "our seconds", "share of its seconds"]
            found.append(Table("when fastw2v's mean scores are no lower than a peer's last", columns, reach))
    return found


def reaches(runs: Sequence[Run]) -> list[tuple[str, Point, Point | None]]:
    """Each peer, its point of the most epochs, and ours that is no worse; none without runs of ours."""
    by_system = {system: points(of) for (system,), of in groups(runs, "system").items()}
    own = by_system.pop(OURS, None)
    return [(name, of[-1], reaching(own, of[-1])) for name, of in by_system.items()] if own else []


def reach_cells(own: Point | None, theirs: Point) -> list[str]:
    """Our epochs, seconds, and their share of the peer's."""
    if own is None:
        return ["not reached", "", ""]
    return [str(own.epochs), f"{own.seconds:.1f}", f"{own.seconds / theirs.seconds:.3f}"]


def kernel_tables(runs: Sequence[Run]) -> list[Table]:
    """GFLOP/s by shape and width, kernels across, and the highest that a core can do."""
    steps = [run for run in runs if "shape" in run]
    names = list(dict.fromkeys(run["system"] for run in steps))
    rows = []
    for (shape, width), of in groups(steps, "shape", "width").items():
        cells = []
        for name in names:
            own = [run for run in of if run["system"] == name]
            shares = [share for run in own for share in run.get("shares", [])]
            cells.append(told(summary(values(own))))
            if shares:
                best = max(run["share_of_bests"] for run in own)
                cells[-1] += f"; {100 * summary(shares).median:.0f} % of its peak, {100 * best:.0f} at best"
        rows.append([f"{shape[0]} x {shape[1]}", str(width), *cells])
    limits = [[run["system"], f"{run['value']:.1f} {run['unit']}"] for run in runs if "shape" not in run]
    title = "one window's step, rows in cache, one core; GFLOP/s"
    return [
        Table(title, ["inputs x outputs", "width", *names], rows),
        Table("limits", ["what", "highest seen"], limits),
    ]


def memory_tables(runs: Sequence[Run]) -> list[Table]:
    """Peaks beside what must be held."""
    rows = [
        [
            run["system"],
            *(f"{run[figure] / 1e6:,.1f}" for figure in ("needed", "peak", "before")),
            f"{run['peak'] / run['needed']:.2f}",
        ]
        for run in runs
    ]
    columns = ["system", "must be held, MB", "peak, MB", "of it before reading, MB", "peak / must be held"]
    return [Table(runs[0]["title"], columns, rows)] if rows else []


def perplexity_tables(runs: Sequence[Run]) -> list[Table]:
    """Losses down, architectures across."""
    names = list(dict.fromkeys(run["architecture"] for run in runs))
    rows = [[loss, *(f"{run['perplexity']:,.1f}" for run in of)] for (loss,), of in groups(runs, "loss").items()]
    return [Table(runs[0]["title"], ["loss", *names], rows)] if rows else []


def cluster_tables(runs: Sequence[Run]) -> list[Table]:
    """Speeds, shares and bytes; what the model says of them stands in cluster_forecast.py."""
    found = []
    for (title,), of in groups([run for run in runs if "rounds" in run], "title").items():
        rows = []
        for (system,), own in groups(of, "system").items():
            shares = summary([100 * run["communication"] for run in own])
            sent = summary([run["sent_bytes"] / 1e6 for run in own])
            cells = [told(summary(values(own))), shares.told(".1f"), f"{own[0]['rounds']}", told(sent)]
            rows.append([str(system), *cells, *(f"{own[0][key] / 1e6:.2f}" for key in ("paper_bytes", "all_bytes"))])
        columns = ["", "M words/s", "not training, % of the time", "rounds", "MB a round and node", "on paper"]
        found.append(Table(title, [*columns, "were all rows sent"], rows))
    return found + in_turn_tables([run for run in runs if "rounds" not in run])


KINDS = {
    "cluster": cluster_tables,
    "kernel": kernel_tables,
    "memory": memory_tables,
    "perplexity": perplexity_tables,
    "scaling": scaling_tables,
    "quality": quality_tables,
    "choices": quality_tables,
    "cluster_quality": quality_tables,
}


def question_of(name: str) -> str:
    """train-300-10-10 is an answer to train."""
    return name.split("-")[0]


def tables_of(name: str, about: Mapping[str, Any]) -> list[Table]:
    """All tables of a question's file."""
    return KINDS.get(question_of(name), in_turn_tables)(about["runs"]) if about["runs"] else []


def objective_of(title: str) -> str:
    """The objective that a title tells, as the README names it."""
    return next((told_name for told_name in OBJECTIVES.values() if told_name in title), title)
