"""Where a run is to go that one machine is too small for, and how its machines keep together. Checked once, here.

What happens there is cluster_training.py's.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from fastw2v.combining import RULES
from fastw2v.config import check_choice, check_integer, check_number
from fastw2v.short import short

__all__ = ["Cluster"]

MOST_SECONDS = 86_400.0  # a day, which nobody waits for
ROUNDS_REMEDY = "give the words that a node trains in a round, or leave it out to have them adapted"


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A number of machines, or of processes on one.

    Parameters
    ----------
    nodes: how many. Each has a copy of the matrices, and trains its share of the text with all its threads.
    address: of a Ray cluster: "auto" for the one that this machine belongs to, or "host:port"; None: Ray is started on
        this machine, for the time of the run, so that the same line works on a laptop.
    workers_per_node: threads of each (None: as many as its machine has cores; on one machine they are shared out).
    sync_every: words that each node trains between two times that rows are combined (None: adapted: as few as keep
        combining at `communication` of the time, but of all nodes together no more than a fifth of the words that are
        trained already, unless that is below 50,000 a node: scores suffer from more).
    communication: that share, where sync_every is None.
    patience: seconds that a round waits, once half of the nodes are done, for the others: they then end it where they
        are, and what is left of their share others train; who does not answer for as long again is replaced.
    rule: how rows are combined: see combining.Replica.
    """

    nodes: int
    address: str | None = None
    workers_per_node: int | None = None
    sync_every: int | None = None
    communication: float = 0.1
    patience: float = 10.0
    rule: str = RULES[0]

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        put("nodes", check_integer("nodes", self.nodes, 1))
        if self.address is not None and (not isinstance(self.address, str) or not self.address):
            raise TypeError(f"address must be a text such as 'auto' or 'host:6379', or None, not {short(self.address)}")
        for name, remedy in (("workers_per_node", "leave it out for all cores"), ("sync_every", ROUNDS_REMEDY)):
            if getattr(self, name) is not None:
                put(name, check_integer(name, getattr(self, name), 1, remedy=remedy))
        for name, limit in (("communication", 0.9), ("patience", MOST_SECONDS)):
            put(name, check_number(name, getattr(self, name), 0, limit, above=True))
        put("rule", check_choice("rule", self.rule, RULES))

    @classmethod
    def of(cls, given: object) -> Cluster:
        """A Cluster, or one of so many nodes. TypeError for anything else."""
        if isinstance(given, cls):
            return given
        if isinstance(given, int) and not isinstance(given, bool):
            return cls(nodes=given)
        raise TypeError(f"cluster must be a Cluster, a number of nodes or 'mpi', not {short(given)}")

    def as_note(self) -> dict[str, Any]:
        """What JSON can hold."""
        return asdict(self)
