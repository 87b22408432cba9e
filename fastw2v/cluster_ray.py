"""A fleet of nodes that are actors of Ray: started, spread over the machines, called, watched and replaced by it.

Ray is an extra, `pip install 'fastw2v[cluster]'`, and loaded here only. What the nodes are told is not known here.
"""

from __future__ import annotations

import logging
import math
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from fastw2v.cluster import Cluster
from fastw2v.config import available_cpus
from fastw2v.exchanges import EXCHANGE_BYTES
from fastw2v.fleet import NodeLostError, Ref
from fastw2v.frozen_phrases import FrozenPhrases
from fastw2v.node import Node
from fastw2v.optional import optional
from fastw2v.text_parts import TextPart

__all__ = ["RayFleet"]

logger = logging.getLogger("fastw2v")

# What Ray says of an actor whose class could not be made.
CREATION_FAILED = "creation task"
PING_SECONDS = 20.0  # in which a node that lives answers, however busy its machine is
# A new node waits so long for a machine with free cores (one that the cloud adds, say) before it shares one.
PLACE_SECONDS = 120.0
ANSWER_SECONDS = 10.0
SILENT_SECONDS = 20.0  # before it is said that it waits; a busy machine takes some seconds to start a process
FRACTIONS = 10_000  # into which Ray cuts a core
# Memory that Ray shares between the processes of this machine, which it would take a third of all for: what each node
# hands out and gets of an exchange, and what is not freed yet of the one before. What is more goes to disk.
LEAST_STORE, STORE_EXCHANGES = 256 << 20, 3
LOOPBACK = ("127.0.0.1", "::1")
RAYS_FOLDER = "RAY_TMPDIR"  # the variable that names one for Ray's files
SHORT_FOLDER = "/tmp"
# The path of a socket has at most 103 bytes on some systems, and Ray makes its own of up to 78 in such a folder.
LONGEST_FOLDER = 25
# What Ray logs of results that failed and were not fetched, and where.
UNHANDLED, RAYS_ERRORS = "Unhandled error", "ray._private.worker"
QUIET: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}


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
        # Nothing is told to anybody: Ray reads this when it is imported.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        # Where it starts processes itself, they are the user's work, which need not stand back.
        os.environ.setdefault("RAY_worker_niceness", "0")
        self._ray = ray = optional("ray", "training on a cluster", "'fastw2v[cluster]'")
        self.places = cluster.nodes
        self._own = not ray.is_initialized()
        self._folder: str | None = None
        logging.getLogger(RAYS_ERRORS).addFilter(_not_of_nodes)
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
        if self._own:
            on_terminate = signal.getsignal(signal.SIGTERM)
            if cluster.address is None:
                threads = threads or max(1, available_cpus() // cluster.nodes)
                self._start_here(cluster.nodes * threads)
            else:
                _check_reachable(cluster.address)
                ray.init(address=cluster.address, **QUIET)
            if on_terminate is not None and signal.getsignal(signal.SIGTERM) is not on_terminate:
                # Ray puts its own in the place of that which writes what the run has learned.
                signal.signal(signal.SIGTERM, on_terminate)
        cores = self._cores()
        self.threads = threads or max(1, int(cores))
        # What a node has for itself: Ray takes whole cores, or parts of one.
        self._reserved = min(self.threads, int(cores) or math.floor(cores * FRACTIONS) / FRACTIONS)
        methods = {"stop": {"concurrency_group": "beside"}, "ping": {"concurrency_group": "beside"}}
        actor = type("NodeActor", (NodeActor,), {
            name: ray.method(**options)(_of(NodeActor, name)) for name, options in methods.items()
        })  # fmt: skip
        self._actor = ray.remote(concurrency_groups={"beside": 2})(actor)

    def _start_here(self, cores: int) -> None:
        """Ray on this machine, for this run alone, which nothing outside the machine can reach."""
        options = dict(QUIET)
        if not os.environ.get(RAYS_FOLDER):
            self._folder = _folder_for_ray()
        if self._folder is not None:
            options["_temp_dir"] = self._folder
        with _on_this_machine_alone():
            # "local" starts one also where another one runs.
            self._ray.init(
                address="local",
                num_cpus=cores,
                object_store_memory=max(LEAST_STORE, self.places * STORE_EXCHANGES * EXCHANGE_BYTES),
                include_dashboard=False,
                _node_ip_address=LOOPBACK[0],
                **options,
            )
        address = self._ray.nodes()[0]["NodeManagerAddress"]
        if address not in LOOPBACK:
            logger.warning("this version of Ray listens on %s, which other machines may reach", address)

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


def _check_reachable(address: str) -> None:
    """OSError at once if nothing answers at HOST:PORT, for which Ray would look for minutes."""
    host, colon, port = address.rpartition(":")
    if address == "auto" or "://" in address:
        return
    if not colon or not port.isdecimal():
        raise ValueError(f"address is {address!r}, but must be 'auto' or HOST:PORT; this machine alone needs none")
    try:
        socket.create_connection((host.strip("[]"), int(port)), ANSWER_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise ConnectionError(
            f"no Ray cluster answers at {address} ({error}); start it there (ray start --head --port={port}), or check "
            "the address"
        ) from None


def _folder_for_ray() -> str | None:
    """A new folder for what Ray writes in a run, removed with it; None: Ray's own, for want of a short path."""
    for folder in (tempfile.gettempdir(), SHORT_FOLDER):
        if len(folder.encode()) <= LONGEST_FOLDER and os.access(folder, os.W_OK):
            return tempfile.mkdtemp(prefix="fw2v-", dir=folder)
    return None


@contextmanager
def _on_this_machine_alone() -> Iterator[None]:
    """Ray that is started meanwhile listens on 127.0.0.1 alone, where its version lets it."""
    # Ray takes an address that other machines reach, whatever it is told. This is how it spares Windows and macOS that
    # (RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER, read when it is imported); all its processes then listen there alone. It is no
    # part of what Ray promises to keep: RayFleet says so where it has no effect.
    try:
        constants: Any = import_module("ray._private.ray_constants")
        before = constants.ENABLE_RAY_CLUSTER
    except (ImportError, AttributeError):
        yield
        return
    constants.ENABLE_RAY_CLUSTER = False
    try:
        yield
    finally:
        constants.ENABLE_RAY_CLUSTER = before


def _not_of_nodes(record: logging.LogRecord) -> bool:
    """Whether Ray is to print an error that nobody asked for: not one of a node, which the run has met and told."""
    message = record.getMessage()
    return not (message.startswith(UNHANDLED) and NodeActor.__name__ in message)


def _of(kind: type, name: str) -> Any:
    """A method as a function of its own, so that what Ray notes on it stays off the class."""
    method = getattr(kind, name)

    def call(self: Any) -> Any:
        return method(self)

    call.__name__ = name
    return call
