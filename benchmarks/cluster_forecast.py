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
from .cluster_model import NOTHING, Costs, Place, Round, adapted, costs_of, errors_of, round_of, seconds_of
from .cluster_rows import Rows, doubling_schedule, rows_of, zipf_counts
from .figures import summary
from .tables import Run, Table, groups, question_of, values

GIGABIT = 1e9 / 8  # bytes
ZIPF = "Zipf"  # in the name of the system of `bandwidth` whose words are as frequent as people's


@dataclass(frozen=True)
class Plan:
    """What is asked: so many words, on nodes of so many cores. round_words: of each node; None: adapted. doubling:
    rows are combined by doubling_schedule, not as the package does."""

    words: float = 1e11
    nodes: tuple[int, ...] = (8, 32, 128)
    gigabits: tuple[float, ...] = (10.0, 100.0)
    vocabularies: tuple[int, ...] = (1_000_000, 10_000_000)
    cores: int = 16
    communication: float = 0.1
    round_words: int | None = None
    doubling: bool = False


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
        columns = ["", "M words/s", "model", "combining, %", "model", "combining a round, ms", "model"]
        columns += ["MB a round and node", "model", "were all rows sent"]
        note = f"; one node {speed / 1e6:.2f} M words/s" if speed is not None else ""
        found.append(Table(title + note, columns, rows))
    return found


@cache
def zipf_rows(vocabulary: int, words: float, doubling: bool) -> Rows:
    """Counts that fall as 1 / rank, 300 dimensions."""
    schedule = doubling_schedule(vocabulary) if doubling else None
    return rows_of(zipf_counts(vocabulary, words), bandwidth.VECTOR_SIZE, schedule=schedule)


def one_round(plan: Plan, costs: Costs, speed: float, vocabulary: int, gigabits: float, nodes: int) -> Round:
    """speed: words a second of a core."""
    rows = zipf_rows(vocabulary, plan.words, plan.doubling)
    place = Place(speed * plan.cores, gigabits * GIGABIT)
    if plan.round_words is not None:
        return round_of(rows, nodes, plan.round_words, costs, place)
    return adapted(rows, nodes, costs, place, plan.communication)


def forecast_table(plan: Plan, costs: Costs, speed: float) -> Table:
    """A row for each vocabulary, network and number of nodes."""
    rows = []
    for vocabulary in plan.vocabularies:
        for gigabits in plan.gigabits:
            for nodes in plan.nodes:
                of = one_round(plan, costs, speed, vocabulary, gigabits, nodes)
                rounds = plan.words / (of.words * nodes)
                rows.append([
                    f"{vocabulary / 1e6:g} M", f"{gigabits:g}", f"{nodes}", f"{of.words:,.0f}",
                    f"{1e3 * of.train_seconds:,.0f}", f"{1e3 * of.sync_seconds:,.0f}", f"{100 * of.efficiency:.1f}",
                    f"{nodes * of.efficiency:.2f}", f"{plan.words / of.words_per_second / 3600:,.2f}",
                    f"{of.sent_bytes / 1e6:,.0f}", f"{of.all_bytes / 1e6:,.0f}", f"{rounds * of.sent_bytes / 1e9:,.0f}",
                ])  # fmt: skip
    alone = speed * plan.cores
    chosen = "adapted" if plan.round_words is None else f"of {plan.round_words:,} words a node"
    title = (
        f"{plan.words:.0e} words, nodes of {plan.cores} cores, each {alone / 1e6:.1f} M words/s and alone "
        f"{plan.words / alone / 3600:.1f} hours; rounds {chosen}"
        + ("; twice as many rows combined half as often, which the package does not do" if plan.doubling else "")
    )
    columns = ["words", "Gbit/s", "nodes", "words a round and node", "training, ms", "combining, ms", "efficiency, %"]
    columns += ["times one node", "hours", "MB a round and node", "were all rows sent", "GB a node in all"]
    return Table(title, columns, rows)


def page(found: Mapping[str, Mapping[str, Any]], plans: Sequence[Plan], network_alone: bool = False) -> str:
    """Costs, measurements beside the model, and forecasts, as Markdown. network_alone: forecasts as if nothing but the
    network took time, for which no cluster need have been measured."""
    speed = core_speed(found)
    if network_alone:
        return "\n\n".join(told_table(forecast_table(plan, NOTHING, speed)) for plan in plans)
    runs = runs_of(found, "cluster")
    costs = costs_of(runs)
    misses = [100 * abs(error) for error in errors_of(costs, runs)]
    about = next(about for name, about in found.items() if question_of(name) == "cluster")
    first = (
        f"{about['machine']}; {about['corpus']}. Fitted: {', '.join(told(costs))}. Median error of a run's time of "
        f"combining: {median(misses):.0f} %, the greatest {max(misses):.0f} %."
    )
    tables = measured_tables(runs, costs) + [forecast_table(plan, costs, speed) for plan in plans]
    return "\n\n".join([first, *map(told_table, tables)])


def told_table(table: Table) -> str:
    """With its title."""
    return f"**{table.title}**\n\n{table.markdown()}"
