"""What a cluster's nodes train and send, on this machine: 1, 2 and 4 nodes of one thread each, rounds of several
lengths, beside what cluster_model.py says of them; and up to 8 nodes with a small vocabulary, for the seconds of calls
alone.

All nodes share this machine's cores and memory, and no network is between them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from fastw2v.config import available_cpus
from fastw2v.optional import optional

from . import cluster_model, cluster_rows, harness
from .one_combining import ROWS
from .phrases import first_lines
from .record import record
from .settings import OURS, Settings, Task

MILLION = 1_000_000
NODES = (1, 2, 4)
WORDS = (50_000, 200_000, 800_000)  # of a round, for each node
CHANGED = (0.1, 0.5, 1.0)  # by each node, of the rows that are combined in one process
# Rows so few and short that combining them is all calls.
CALL_NODES, CALL_WORDS, CALL_VOCABULARY, CALL_WIDTH = (2, 4, 8), 50_000, 500, 16


def run(settings: Settings) -> None:
    """Each part's systems in turn, and in the end the costs that fit both best."""
    optional("ray", "measuring a cluster", "'fastw2v[cluster]'")
    task = settings.task(workers=1)
    systems = [(nodes, words) for nodes in NODES for words in (WORDS if nodes > 1 else WORDS[-1:])]
    in_turn(f"nodes of one thread on this machine, one epoch, {settings.shape()}", task, systems, settings.rounds)
    with tempfile.TemporaryDirectory() as folder:
        small = str(first_lines(settings.corpus, Path(folder) / "text.txt"))
        task = settings.task(corpus=small, workers=1, vector_size=CALL_WIDTH, more={"max_vocab": CALL_VOCABULARY})
        systems = [(nodes, CALL_WORDS) for nodes in CALL_NODES]
        in_turn(f"calls alone: {CALL_VOCABULARY} words of {CALL_WIDTH} dimensions", task, systems, settings.rounds)
    harness.title(f"combining without calls, {ROWS:,} rows, {settings.vector_size} dimensions")
    for number in range(settings.rounds):
        for nodes in NODES[1:]:
            for share in CHANGED:
                alone(settings.vector_size, nodes, share, number + 1)
    print("seconds that fit best: " + ", ".join(told(cluster_model.costs_of(record.runs))))


def in_turn(title: str, task: Task, systems: Sequence[tuple[int, int]], rounds: int) -> None:
    """systems: nodes, and words of a round."""
    harness.title(title)
    for number in range(rounds):
        for nodes, words in systems:
            one(task, nodes, words, number + 1)


def one(task: Task, nodes: int, words: int, number: int) -> None:
    """A run, recorded with what the model says of its rows."""
    found = harness.child("one_cluster", task.to_json(), json.dumps({"nodes": nodes, "sync_every": words}), "-")
    rows = rows_of(tuple(found.pop("counts")), task.vector_size, found["text_words"])
    paper = predicted(rows, nodes, found["text_words"], found["rounds"])
    name = f"{nodes} node{'s' if nodes > 1 else ''}, {words:,} words a round"
    speed = found.pop("words_per_second") / MILLION
    record.add(system=name, round=number, value=speed, unit="M words/s", ours=OURS, words=words, **found, **paper)
    print(
        f"  round {number}: {name}: {speed:.3f} M words/s, {100 * found['communication']:.1f} % not training, "
        f"{found['sent_bytes'] / 1e6:.2f} MB a round and node (on paper {paper['paper_bytes'] / 1e6:.2f}, all rows "
        f"{paper['all_bytes'] / 1e6:.2f}), {found['rounds']} rounds",
        flush=True,
    )


def alone(width: int, nodes: int, share: float, number: int) -> None:
    """Combining in one process, recorded in the form of a run."""
    found = harness.child("one_combining", width, nodes, share, environment={"OPENBLAS_NUM_THREADS": "1"})
    name = f"{nodes} nodes, {100 * share:.0f} % of the rows changed"
    seconds = found["seconds"]
    record.add(
        system=name, round=number, value=1e3 * seconds, unit="ms", nodes=nodes, sync_seconds=seconds,
        work=found["work"], crowd=1.0, vector_size=width,
    )  # fmt: skip
    print(f"  round {number}: {name}: {1e3 * seconds:.1f} ms of one node's processor", flush=True)


@cache
def rows_of(counts: tuple[int, ...], vector_size: int, words: int) -> cluster_rows.Rows:
    """The same text has the same counts."""
    return cluster_rows.rows_of(np.asarray(counts, np.int64), vector_size, words)


def predicted(rows: cluster_rows.Rows, nodes: int, text_words: int, rounds: int) -> dict[str, Any]:
    """What is told of a run before the costs are known."""
    work, sent, everything = cluster_model.of_rounds(rows, nodes, text_words, rounds)
    return {
        "nodes": nodes,
        "vector_size": rows.vector_size,
        "paper_bytes": sent,
        "all_bytes": everything,
        "work": list(work),
        "crowd": max(1.0, nodes / available_cpus()),
    }


def told(costs: cluster_model.Costs) -> list[str]:
    """Seconds in units that suit them."""
    return [
        f"a call {1e6 * costs.call:.0f} µs",
        f"a result named in a call {1e6 * costs.result:.0f} µs",
        f"carrying {1e9 * costs.carry:.2f} s a GB",
        f"looking at rows and moving them {1e9 * costs.move:.2f} s a GB",
        f"combining {1e9 * costs.combine:.2f} s for 10⁹ floats",
        f"finding directions {1e9 * costs.operation:.3f} s a GFLOP",
    ]
