"""What training on a cluster takes, on paper: seconds of a round, words a second.

Pure functions of rows (cluster_rows.py) and of the seconds that single operations take, which `fitted` finds from
measured runs. docs/scaling.md has the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np

from fastw2v import cluster_rounds, curvature
from fastw2v.matrices import padded_width

from .cluster_rows import Rows, Sync, all_rows, sent_bytes, sync_of

Run = Mapping[str, Any]
# Results that are smaller travel through the program that started the run (Ray's max_direct_call_object_size).
INLINE_BYTES = 100 << 10
EIGEN_STEPS = 10  # d**3 times this: about the operations that the eigenvectors of a d x d matrix take
MOST_STEPS = 200  # of the rule that adapts the words of a round, until it stays where it is


class Work(NamedTuple):
    """What combining once takes. Of all nodes: calls that are sent, and results that are named in them; of one: bytes
    that calls carry there and away, bytes looked at for changes, bytes moved, floats of rows that several nodes have
    touched, and operations of matrix products."""

    calls: float
    results: float
    carried: float
    scanned: float
    moved: float
    shared: float
    operations: float


def work_of(sync: Sync, rows: Rows, nodes: int) -> Work:
    """A node packs its rows, unpacks as many of others as their owner, and takes all that were combined. Rows that
    several nodes touch are turned into the directions of curvature.py and back, which a round finds anew."""
    width = rows.vector_size
    averaged = 2 * min(rows.number.sum(), curvature.MOST_ROWS)
    operations = 2 * averaged * width**2 + 2 * EIGEN_STEPS * width**3 + 4 * sync.shared * width**2
    return Work(
        calls=4.0 * nodes * sync.slices,
        results=2.0 * nodes**2 * sync.slices,
        carried=2 * sent_bytes(sync, nodes, rows.row_bytes),
        scanned=sync.rows * 4 * padded_width(width),
        moved=(2 * sync.parts + sync.combined) * rows.row_bytes,
        shared=sync.shared * width,
        operations=operations,
    )


@dataclass(frozen=True)
class Costs:
    """Seconds of one call, one result named in a call, one byte carried, one byte looked at, one byte moved, one float
    combined by curvature, one operation."""

    call: float
    result: float
    carry: float
    scan: float
    move: float
    combine: float
    operation: float

    def seconds(self, work: Work, crowd: float) -> float:
        """crowd: nodes that share a core with each other; the program that sends calls has its own."""
        here = self.carry * work.carried + self.scan * work.scanned + self.move * work.moved
        here += self.combine * work.shared + self.operation * work.operations
        return self.call * work.calls + self.result * work.results + crowd * here


NOTHING = Costs(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)  # of a node and an engine that are infinitely fast


def fitted(works: Sequence[Work], crowds: Sequence[float], seconds: Sequence[float]) -> Costs:
    """The costs, none below 0, whose relative errors over measured rounds have the least sum of squares."""
    from scipy.optimize import nnls

    measured = np.asarray(seconds, np.float64)
    if len(measured) < len(fields(Costs)) or not (measured > 0).all():
        raise ValueError(
            f"{len(measured)} rounds cannot be fitted: {len(fields(Costs))} or more are needed, each of them longer "
            "than 0 s"
        )
    table = np.asarray(works, np.float64)
    table[:, 2:] *= np.asarray(crowds)[:, None]
    # Columns differ by ten orders of magnitude: brought to the same size, so that rounding spoils none.
    table /= measured[:, None]
    sizes = np.maximum(table.max(axis=0), np.finfo(np.float64).tiny)
    found, _ = nnls(table / sizes, np.ones(len(measured)))
    return Costs(*(found / sizes))


@dataclass(frozen=True)
class Place:
    """Where nodes run. words_per_second: of one node that has all its cores to itself; bandwidth: bytes a second, in
    each direction; crowd: see Costs.seconds, of training and combining."""

    words_per_second: float
    bandwidth: float = math.inf
    crowd: float = 1.0


def network_seconds(sync: Sync, rows: Rows, nodes: int, bandwidth: float) -> float:
    """Rows go to their owners, and then back. Where a result is small, all nodes' go through one machine."""
    total = 0.0
    for count in (sync.parts, sync.combined):
        size = count * rows.row_bytes
        is_small = size / (nodes * sync.slices) < INLINE_BYTES
        total += (nodes if is_small else (nodes - 1) / nodes) * size / bandwidth
    return total


@dataclass(frozen=True)
class Round:
    """A round, as the mean of many: words that each node trains, seconds of training and combining, and bytes
    that each node sends, and would send were all rows sent."""

    nodes: int
    words: float
    train_seconds: float
    sync_seconds: float
    sent_bytes: float
    all_bytes: float

    @property
    def communication(self) -> float:
        """The share of the time in which rows are combined."""
        return self.sync_seconds / (self.train_seconds + self.sync_seconds)

    @property
    def efficiency(self) -> float:
        """Words a second, as a part of what the nodes would train if they had not to be combined."""
        return 1.0 - self.communication

    @property
    def words_per_second(self) -> float:
        """Of all nodes."""
        return self.nodes * self.words / (self.train_seconds + self.sync_seconds)


def of_run(rows: Rows, nodes: int, text_words: float, rounds: int) -> tuple[Work, float, float]:
    """Of a run of one epoch in so many rounds, as the package has it: a round's mean work, and the bytes that each node
    sends a round, and would send were all rows sent. Rows that the last rounds have left are sent in the end, beside
    the rounds."""
    words = text_words / (nodes * rounds)
    every = cluster_rounds.WHOLE_EVERY
    wholes, left = divmod(rounds, every)
    hot, whole = (sync_of(rows, nodes, words, period) for period in (1, every))
    counts = np.array([rounds - wholes, wholes])
    works = np.array([work_of(sync, rows, nodes) for sync in (hot, whole)])
    # Hot rows are the same everywhere already.
    rest = replace(rows, every=np.where(rows.every > 1, left, 0.0))
    bytes_of = [
        counts @ [sent_bytes(change(sync), nodes, rows.row_bytes) for sync in (hot, whole)]
        + (sent_bytes(change(sync_of(rest, nodes, words, every)), nodes, rows.row_bytes) if left else 0.0)
        for change in (lambda sync: sync, all_rows)
    ]
    return Work(*(counts @ works / rounds).tolist()), bytes_of[0] / rounds, bytes_of[1] / rounds


def round_of(rows: Rows, nodes: int, words: float, costs: Costs, place: Place) -> Round:
    """Rounds of so many words a node."""
    train = words * place.crowd / place.words_per_second
    if nodes == 1:
        return Round(1, words, train, 0.0, 0.0, 0.0)
    seconds = sent = everything = 0.0
    for every, share in rows.shares.items():
        sync = sync_of(rows, nodes, words, every)
        seconds += share * network_seconds(sync, rows, nodes, place.bandwidth)
        seconds += share * costs.seconds(work_of(sync, rows, nodes), place.crowd)
        sent += share * sent_bytes(sync, nodes, rows.row_bytes)
        everything += share * sent_bytes(all_rows(sync), nodes, rows.row_bytes)
    return Round(nodes, words, train, seconds, sent, everything)


def adapted(rows: Rows, nodes: int, costs: Costs, place: Place, share: float) -> Round:
    """The round at which `Rounds._adapt` stays: combining takes `share` of the time, if the words that it may choose
    from allow it."""
    words = float(cluster_rounds.LEAST_WORDS)
    for _ in range(MOST_STEPS):
        found = round_of(rows, nodes, words, costs, place)
        factor = min(cluster_rounds.GROWTH, max(1 / cluster_rounds.GROWTH, found.communication / share))
        before, words = words, min(cluster_rounds.MOST_WORDS, max(cluster_rounds.LEAST_WORDS, words * factor))
        if abs(words - before) < 1e-3 * before:
            break
    return round_of(rows, nodes, words, costs, place)


def best_of(runs: Sequence[Run]) -> list[Run]:
    """Of each system of several nodes the run whose combining took least: the others were disturbed more."""
    best: dict[tuple[Any, ...], Run] = {}
    for run in runs:
        key = (run["title"], run["system"])
        if run["nodes"] > 1 and (key not in best or run["sync_seconds"] < best[key]["sync_seconds"]):
            best[key] = run
    return list(best.values())


def seconds_of(costs: Costs, run: Run) -> float:
    """What the model says of a run's combining, a round."""
    return costs.seconds(Work(*run["work"]), run["crowd"])


def costs_of(runs: Sequence[Run]) -> Costs:
    """From runs as cluster.py records them."""
    best = best_of(runs)
    works = [Work(*run["work"]) for run in best]
    return fitted(works, [run["crowd"] for run in best], [run["sync_seconds"] for run in best])


def errors_of(costs: Costs, runs: Sequence[Run]) -> list[float]:
    """By how much of itself the time of combining is missed, for each system that trained in rounds."""
    return [seconds_of(costs, run) / run["sync_seconds"] - 1 for run in best_of(runs) if "rounds" in run]
