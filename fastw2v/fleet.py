"""What carries calls to the nodes of a cluster and their results back: the protocol. Ray's is cluster_ray.py.

A place is a number 0..places - 1 at which a node stands; when that is lost, another one takes its place.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

__all__ = ["Fleet", "NodeLostError"]

Ref = Any  # a result that may not be there yet


class NodeLostError(RuntimeError):
    """A node, or a result that it held, is gone."""


class Fleet(Protocol):
    """Nodes (node.Node), one at each place. A node does what it is sent in order, one call after the other."""

    places: int

    def send(self, place: int, method: str, *arguments: Any, returns: int = 1) -> Any:
        """Calls a method of a node; arguments may be Refs. Returns a Ref at once, or with `returns` above 1 a list of
        them, for a method that returns so many values."""
        ...

    def share(self, value: Any) -> Ref:
        """A value that several calls will get, as a Ref."""
        ...

    def wait(self, refs: Collection[Ref], seconds: float) -> set[Ref]:
        """Those that are there, or failed, after at most so many seconds, or sooner when all are."""
        ...

    def get(self, ref: Ref) -> Any:
        """The value, when it is there; NodeLostError, or what the method raised."""
        ...

    def stop(self, place: int) -> None:
        """Calls the node's `stop`, beside what it does."""
        ...

    def lost(self) -> set[int]:
        """The places whose nodes are gone."""
        ...

    def kill(self, place: int) -> None:
        """Ends the node of a place, which is lost then."""
        ...

    def replace(self, place: int) -> None:
        """Ends the node of a place, if it is still there, and puts a new one into it."""
        ...

    def close(self) -> None:
        """Ends all nodes, and what was started for them."""
        ...
