"""A fleet of nodes that are actors of Ray: spread over the machines, called, watched and replaced by it.

Ray itself is started in ray_start.py. What the nodes are told is not known here.
"""

from __future__ import annotations

import logging
import math
import os
import shutil
import time
from collections.abc import Collection, Sequence
from importlib import import_module
from typing import Any

from fastw2v.cluster import Cluster
from fastw2v.config import available_cpus
from fastw2v.exchanges import EXCHANGE_BYTES
from fastw2v.fleet import NodeLostError, Ref
from fastw2v.frozen_phrases import FrozenPhrases
from fastw2v.node import Node
from fastw2v.ray_start import NODE, load_ray, reach_ray, start_ray
from fastw2v.text_parts import TextPart

__all__ = ["RayFleet"]

logger = logging.getLogger("fastw2v")

# What Ray says of an actor whose class could not be made.
CREATION_FAILED = "creation task"
PING_SECONDS = 20.0  # in which a node that lives answers, however busy its machine is
# A new node waits so long for a machine with free cores (one that the cloud adds, say) before it shares one.
PLACE_SECONDS = 120.0
SILENT_SECONDS = 20.0  # before it is said that it waits; a busy machine takes some seconds to start a process
FRACTIONS = 10_000  # into which Ray cuts a core
# Memory that Ray shares between the processes of this machine, which it would take a third of all for: what each node
# hands out and gets of an exchange, and what is not freed yet of the one before. Ray starts before the words are known:
# exchanges of very large matrices are larger (exchange_bytes), and what is more goes to disk.
LEAST_STORE, STORE_EXCHANGES = 256 << 20, 3


class NodeActor:
    """A node as an actor: one call after the other in its own thread, `stop` and `ping` beside them."""

    def __init__(self, *arguments: Any) -> None:
        self.node = Node(*arguments)

    def call(self, method: str, arguments: Sequence[Any]) -> Any:
        """A method of the node; more than one value as a list. References in a list come as such, and are waited for
        here: a call that has them as its own arguments would be held back, with all that are sent behind it, `ping`
        too, until they are there."""
        ray = import_module("ray")
        found = iter(ray.get([given for given in arguments if isinstance(given, ray.ObjectRef)]))
        values = [next(found) if isinstance(given, ray.ObjectRef) else given for given in arguments]
        return getattr(self.node, method)(*values)

    def stop(self) -> None:
        """Node.stop."""
        self.node.stop()

    def ping(self) -> int:
        """The process, to see that it lives."""
        return os.getpid()


class RayFleet:
    """See fleet.Fleet. parts ... phrases: of node.Node, which every machine's nodes get."""

    def __init__(
        self,
        cluster: Cluster,
        parts: Sequence[TextPart],
        errors: str,
        folder: str | None,
        memory_limit: int | str,
        phrases: Sequence[FrozenPhrases] = (),
    ) -> None:
        self._ray = ray = load_ray()
        self.places = cluster.nodes
        self._own = not ray.is_initialized()
        self._folder: str | None = None
        self._text = (list(parts), errors)
        self._reading = (folder, memory_limit, list(phrases))
        self._actors: list[Any] = []
        self._gone: set[int] = set()  # places whose nodes were killed, or did not answer: they are not asked again
        try:
            self._start(cluster)
            self._actors = self._placed(self.places)
        except BaseException:
            self.close()
            raise

    def _start(self, cluster: Cluster) -> None:
        """Ray, and what each node gets of its machine."""
        ray, threads = self._ray, cluster.workers_per_node
        if self._own and cluster.address is not None:
            reach_ray(ray, cluster.address)
        elif self._own:
            threads = threads or max(1, available_cpus() // cluster.nodes)
            store = max(LEAST_STORE, self.places * STORE_EXCHANGES * EXCHANGE_BYTES)
            self._folder = start_ray(ray, self.places * threads, store)
        cores = self._cores()
        self.threads = threads or max(1, int(cores))
        # What a node has for itself: Ray takes whole cores, or parts of one.
        self._reserved = min(self.threads, int(cores) or math.floor(cores * FRACTIONS) / FRACTIONS)
        methods = {"stop": {"concurrency_group": "beside"}, "ping": {"concurrency_group": "beside"}}
        actor = type(NODE, (NodeActor,), {
            name: ray.method(**options)(_of(NodeActor, name)) for name, options in methods.items()
        })  # fmt: skip
        self._actor = ray.remote(concurrency_groups={"beside": 2})(actor)

    def _cores(self) -> float:
        """Of the smallest machine, shared out where there are more nodes than machines."""
        machines = [node["Resources"].get("CPU", 0) for node in self._ray.nodes() if node["Alive"]]
        machines = [cores for cores in machines if cores]
        if not machines:
            raise OSError("the Ray cluster has no machine with a core; start one with ray start --num-cpus N")
        return float(min(machines)) / -(-self.places // len(machines))

    def _started(self, cores: float) -> Any:
        """A node on a machine with so many free cores, as far from the others as there are machines."""
        return self._actor.options(num_cpus=cores, scheduling_strategy="SPREAD", max_restarts=0).remote(
            *self._text, self.threads, *self._reading
        )

    def _placed(self, count: int) -> list[Any]:
        """So many new nodes, once they are there; OSError if they cannot be."""
        errors = self._ray.exceptions
        actors = [self._started(self._reserved) for _ in range(count)]
        pings = [actor.ping.remote() for actor in actors]
        begin = time.monotonic()
        if len(self._ray.wait(pings, num_returns=count, timeout=SILENT_SECONDS)[0]) < count:
            logger.warning("waiting up to %d s for %g free cores for each node", PLACE_SECONDS, self._reserved)
        for number, (actor, ping) in enumerate(zip(actors, pings, strict=True)):
            try:
                self._ray.get(ping, timeout=max(1.0, begin + PLACE_SECONDS - time.monotonic()))
            except errors.GetTimeoutError:
                logger.warning("no machine has %g free cores for a node: it shares one", self._reserved)
                self._ray.kill(actor)
                actors[number] = self._started(0)
            except errors.RayError as error:
                if CREATION_FAILED in str(error):
                    raise OSError(
                        "a node cannot be started; every machine must have the same version of fastw2v, and what it "
                        f"needs: {error}"
                    ) from error
                # Of memory, say; whoever calls it finds that it is lost.
                logger.warning("a new node was lost at once: %s", type(error).__name__)
        return actors

    def send(self, place: int, method: str, *arguments: Any, returns: int = 1) -> Any:
        return self._actors[place].call.options(num_returns=returns).remote(method, arguments)

    def share(self, value: Any) -> Ref:
        return self._ray.put(value)

    def wait(self, refs: Collection[Ref], seconds: float) -> set[Ref]:
        done, _ = self._ray.wait(list(refs), num_returns=len(refs), timeout=seconds, fetch_local=False)
        return set(done)

    def get(self, ref: Ref) -> Any:
        errors = self._ray.exceptions
        try:
            return self._ray.get(ref)
        except errors.RayTaskError as error:
            cause = error.cause
            while isinstance(cause, errors.RayTaskError):  # of another node, whose result it waited for
                cause = cause.cause
            if isinstance(cause, errors.RayError):
                raise NodeLostError(str(cause)) from error
            raise cause from None
        except errors.RayError as error:
            raise NodeLostError(str(error)) from error

    def stop(self, place: int) -> None:
        self._actors[place].stop.remote()

    def lost(self) -> set[int]:
        places = [place for place in range(self.places) if place not in self._gone]
        pings = [self._actors[place].ping.remote() for place in places]
        until = time.monotonic() + PING_SECONDS
        for place, ping in zip(places, pings, strict=True):
            try:
                self._ray.get(ping, timeout=max(0.0, until - time.monotonic()))
            except self._ray.exceptions.RayError as error:
                logger.warning("node %d does not answer: %s", place, type(error).__name__)
                self._gone.add(place)
        return set(self._gone)

    def kill(self, place: int) -> None:
        self._ray.kill(self._actors[place])
        self._gone.add(place)

    def replace(self, place: int) -> None:
        self.kill(place)
        self._actors[place] = self._placed(1)[0]
        self._gone.discard(place)

    def close(self) -> None:
        for actor in self._actors:
            self._ray.kill(actor)
        if self._own:
            self._ray.shutdown()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _of(kind: type, name: str) -> Any:
    """A method as a function of its own, so that what Ray notes on it stays off the class."""
    method = getattr(kind, name)

    def call(self: Any) -> Any:
        return method(self)

    call.__name__ = name
    return call
