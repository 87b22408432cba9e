"""What larger clusters would do, at the costs that were measured on one machine: the tables of docs/scaling.md.

The model is cluster_model.py's. Everything here is computed of recorded results; nothing is measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import median
from typing import Any

from fastw2v.matrices import padded_width

from . import bandwidth
from .cluster import told
from .cluster_model import NOTHING, Costs, Place, costs_of, errors_of, seconds_of
from .cluster_rows import Rows, all_bytes, rows_of, zipf_counts
from .cluster_run import Training
from .figures import summary
from .tables import Run, Table, groups, question_of, values

GIGABIT = 1e9 / 8  # bytes
ZIPF = "Zipf"  # in the name of the system of `bandwidth` whose words are as frequent as people's


@dataclass(frozen=True)
class Plan:
    """What is asked: one epoch of so many words, on nodes of so many cores. communication: Cluster's."""

    words: float = 1e11
    nodes: tuple[int, ...] = (8, 32, 128)
    gigabits: tuple[float, ...] = (10.0, 100.0)
    vocabularies: tuple[int, ...] = (1_000_000, 10_000_000)
    cores: int = 16
    communication: float = 0.1


def runs_of(found: Mapping[str, Mapping[str, Any]], question: str) -> list[Run]:
    """All runs of a question, whatever the model's size; ValueError if there are none."""
    runs = [run for name, about in found.items() if question_of(name) == question for run in about["runs"]]
    if not runs:
        raise ValueError(
            f"there are no results of {question}; make some with `python -m benchmarks {question} --out` that folder"
        )
    return runs


def core_speed(found: Mapping[str, Mapping[str, Any]]) -> float:
    """Words a second of one core, with a million words of 300 floats: `bandwidth` has measured it."""
    runs = [run for run in runs_of(found, "bandwidth") if ZIPF in run["system"]]
    row_bytes = 4 * padded_width(bandwidth.VECTOR_SIZE)
    return median(1e9 * run["value"] / (bandwidth.ROWS_USED * 2 * row_bytes) / run["workers"] for run in runs)


def measured_tables(runs: Sequence[Run], costs: Costs) -> list[Table]:
    """What was measured beside what the model says."""
    found = []
    for (title,), of in groups([run for run in runs if "rounds" in run], "title").items():
        alone = [run for run in of if run["nodes"] == 1]
        speed = 1e6 * median(values(alone)) if alone else None
        rows = []
        for (system,), own in groups([run for run in of if run["nodes"] > 1], "system").items():
            first = own[0]
            sync = seconds_of(costs, first)
            paper = ["", ""]
            if speed is not None:
                words = first["text_words"] / first["rounds"]
                train = words / first["nodes"] * first["crowd"] / speed
                paper = [f"{words / (train + sync) / 1e6:.2f}"]
                paper.append(f"{100 * sync / (train + sync):.1f}")
            told_of = [
                (summary(values(own)).told(".2f"), paper[0]),
                (summary([100 * run["communication"] for run in own]).told(".1f"), paper[1]),
                (summary([1e3 * run["sync_seconds"] for run in own]).told(".0f"), f"{1e3 * sync:.0f}"),
                (summary([run["sent_bytes"] / 1e6 for run in own]).told(".2f"), f"{first['paper_bytes'] / 1e6:.2f}"),
            ]
            cells = [cell for pair in told_of for cell in pair]
            rows.append([str(system), *cells, f"{first['all_bytes'] / 1e6:.2f}"])
        columns = ["", "M words/s", "model", "not training, %", "model", "of a round, ms", "model"]
        columns += ["MB a round and node", "model", "were all rows sent"]
        note = f"; one node {speed / 1e6:.2f} M words/s" if speed is not None else ""
        found.append(Table(title + note, columns, rows))
    return found


@cache
def zipf_rows(vocabulary: int, words: float) -> Rows:
    """Counts that fall as 1 / rank, 300 dimensions."""
    return rows_of(zipf_counts(vocabulary, words), bandwidth.VECTOR_SIZE)


def training(plan: Plan, costs: Costs, speed: float, vocabulary: int, gigabits: float, nodes: int) -> Training:
    """speed: words a second of a core."""
    rows, place = zipf_rows(vocabulary, plan.words), Place(speed * plan.cores, gigabits * GIGABIT)
    return Training(rows, plan.words, nodes, costs, place, plan.communication)


def forecast_table(plan: Plan, costs: Costs, speed: float) -> Table:
    """A row for each vocabulary, network and number of nodes."""
    rows = []
    for vocabulary in plan.vocabularies:
        for gigabits in plan.gigabits:
            for nodes in plan.nodes:
                run = training(plan, costs, speed, vocabulary, gigabits, nodes)
                longest, whole = run.longest, run.rounds * all_bytes(run.rows, nodes)
                rows.append([
                    f"{vocabulary / 1e6:g} M", f"{gigabits:g}", f"{nodes}", f"{run.seconds / 3600:,.2f}",
                    f"{100 * run.efficiency:.1f}", f"{nodes * run.efficiency:.2f}", f"{run.rounds:,.0f}",
                    f"{longest.words / 1e6:,.2f} M", f"{longest.train_seconds:,.2f}", f"{longest.sync_seconds:,.2f}",
                    f"{run.sent_bytes / 1e9:,.0f}", f"{whole / 1e9:,.0f}",
                ])  # fmt: skip
    alone = speed * plan.cores
    title = (
        f"One epoch of {plan.words:.0e} words; nodes of {plan.cores} cores, each {alone / 1e6:.1f} M words/s and alone "
        f"{plan.words / alone / 3600:.1f} hours"
    )
    columns = ["words", "Gbit/s", "nodes", "hours", "efficiency, %", "times one node", "rounds"]
    columns += ["words a node in the longest", "training, s", "combining, s", "GB a node in all", "were all rows sent"]
    return Table(title, columns, rows)


def page(found: Mapping[str, Mapping[str, Any]], plan: Plan, network_alone: bool = False) -> str:
    """Costs, measurements beside the model, and the forecast, as Markdown. network_alone: the forecast as if nothing
    but the network took time, for which no cluster need have been measured."""
    speed = core_speed(found)
    if network_alone:
        return told_table(forecast_table(plan, NOTHING, speed))
    runs = runs_of(found, "cluster")
    costs = costs_of(runs)
    misses = [100 * abs(error) for error in errors_of(costs, runs)]
    about = next(about for name, about in found.items() if question_of(name) == "cluster")
    first = (
        f"{about['machine']}; {about['corpus']}. Fitted: {', '.join(told(costs))}. Median error of a run's time of "
        f"combining: {median(misses):.0f} %, the greatest {max(misses):.0f} %."
    )
    tables = [*measured_tables(runs, costs), forecast_table(plan, costs, speed)]
    return "\n\n".join([first, *map(told_table, tables)])


def told_table(table: Table) -> str:
    """With its title."""
    return f"**{table.title}**\n\n{table.markdown()}"
