"""What a round of training on a cluster takes, on paper: seconds, bytes, words a second.

Pure functions of rows (cluster_rows.py) and of the seconds that single operations take, which `fitted` finds from
measured runs. docs/scaling.md has the formulas.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np

from fastw2v import combining, curvature
from fastw2v.matrices import padded_width

from .cluster_rows import Rows, Sync, all_bytes, sent_bytes, sync_of

Run = Mapping[str, Any]
# Results that are smaller travel through the program that started the run (Ray's max_direct_call_object_size).
INLINE_BYTES = 100 << 10
EIGEN_STEPS = 10  # d**3 times this: about the operations that the eigenvectors of a d x d matrix take


class Work(NamedTuple):
    """What a round's combining takes. Of all nodes: calls that are sent, and results that are named in them; of one:
    bytes that calls carry there and away, bytes of rows looked at and moved, floats of rows that several nodes have
    touched, and operations of finding directions anew."""

    calls: float
    results: float
    carried: float
    moved: float
    shared: float
    operations: float


def finds(rounds: int) -> int:
    """How often directions are found in the first rounds of a run, as Replica has it."""
    found, at = 0, 0
    for number in range(1, rounds + 1):
        if not found or number - at > min(number // combining.KEPT_PART, combining.KEPT_MOST):
            found, at = found + 1, number
    return found


def work_of(sync: Sync, rows: Rows, nodes: int, fresh: float | None = None) -> Work:
    """A node trains, and for each exchange hands out parts, combines and takes. Rows are looked at for changes, packed,
    read by their owners, taken, and hashed when taken.

    fresh: part of the rounds in which directions are found anew; None: that of a run under way.
    """
    width, moving = rows.vector_size, float((sync.parts + sync.combined).sum())
    averaged = min(rows.words, curvature.MOST_ROWS)
    if fresh is None:
        fresh = 1.0 / (combining.KEPT_MOST + 1)
    return Work(
        calls=nodes * (1.0 + 3.0 * rows.exchanges),
        results=2.0 * nodes**2 * rows.exchanges,
        carried=2 * sent_bytes(sync, nodes, rows.row_bytes),
        moved=2 * rows.words * 4 * padded_width(width) + 2 * moving * rows.row_bytes,
        shared=sync.shared * width,
        operations=fresh * 2 * (2 * averaged * width**2 + EIGEN_STEPS * width**3),
    )


@dataclass(frozen=True)
class Costs:
    """Seconds of one call, one result named in a call, one byte carried, one byte looked at or moved, one float of a
    row that is combined, one operation."""

    call: float
    result: float
    carry: float
    move: float
    combine: float
    operation: float

    def seconds(self, work: Work, crowd: float) -> float:
        """crowd: nodes that share a core with each other; the program that sends calls has its own."""
        here = self.carry * work.carried + self.move * work.moved
        here += self.combine * work.shared + self.operation * work.operations
        return self.call * work.calls + self.result * work.results + crowd * here


NOTHING = Costs(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)  # of a node and an engine that are infinitely fast


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
    """Where nodes run, each on a machine of its own. words_per_second: of one node; bandwidth: bytes a second, in each
    direction."""

    words_per_second: float
    bandwidth: float = math.inf


def network_seconds(sync: Sync, rows: Rows, nodes: int, bandwidth: float) -> float:
    """Rows go to their owners, and then back. Where a result is small, all nodes' go through one machine."""
    sizes = np.concatenate((sync.parts, sync.combined)) * rows.row_bytes
    is_small = sizes / nodes < INLINE_BYTES
    return float((np.where(is_small, nodes, (nodes - 1) / nodes) * sizes).sum() / bandwidth)


class Round(NamedTuple):
    """Words that each node trains, seconds of training and combining, bytes that each node sends."""

    words: float
    train_seconds: float
    sync_seconds: float
    sent_bytes: float

    @property
    def communication(self) -> float:
        """The share of the time in which a node does not train."""
        return self.sync_seconds / (self.train_seconds + self.sync_seconds)


def round_of(rows: Rows, nodes: int, words: float, costs: Costs, place: Place) -> Round:
    """In which each of two or more nodes trains so many words."""
    sync = sync_of(rows, nodes, words)
    seconds = network_seconds(sync, rows, nodes, place.bandwidth) + costs.seconds(work_of(sync, rows, nodes), 1.0)
    return Round(words, words / place.words_per_second, seconds, sent_bytes(sync, nodes, rows.row_bytes))


def of_rounds(rows: Rows, nodes: int, text_words: float, rounds: int) -> tuple[Work, float, float]:
    """Of so many rounds, all as long, by round: the work, the bytes that each node sends, and those that it would send
    were all rows sent."""
    sync = sync_of(rows, nodes, text_words / (nodes * rounds))
    work = work_of(sync, rows, nodes, finds(rounds) / rounds)
    return work, sent_bytes(sync, nodes, rows.row_bytes), all_bytes(rows, nodes)


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
