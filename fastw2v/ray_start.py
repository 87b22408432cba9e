"""Ray as a run needs it: loaded without telling anybody, and reached at an address or started here for the run alone.

The nodes that run on it are cluster_ray.py's.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from fastw2v.optional import optional

__all__ = ["NODE", "load_ray", "reach_ray", "start_ray"]

logger = logging.getLogger("fastw2v")

NODE = "NodeActor"  # what Ray calls a node
AUTO = "auto"
ANSWER_SECONDS = 10.0
LOOPBACK = ("127.0.0.1", "::1")
RAYS_FOLDER = "RAY_TMPDIR"  # the variable that names one for Ray's files
SHORT_FOLDER = "/tmp"
# The path of a socket has at most 103 bytes on some systems, and Ray makes its own of up to 78 in such a folder.
LONGEST_FOLDER = 25
# What Ray logs of results that failed and were not fetched, and where.
UNHANDLED, RAYS_ERRORS = "Unhandled error", "ray._private.worker"
QUIET: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
# What Ray reads when it is imported, unless it is set already.
VARIABLES = {
    "RAY_USAGE_STATS_ENABLED": "0",
    # Where it starts processes itself, they are the user's work, which need not stand back.
    "RAY_worker_niceness": "0",
    # A long paragraph on standard output about a node that died, which the run has met and told.
    "RAY_DEDUP_LOGS_SKIP_REGEX": "^A worker died or was killed while executing a task",
}


def load_ray() -> Any:
    """The module; ImportError with what to install."""
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value)
    ray = optional("ray", "training on a cluster", "'fastw2v[cluster]'")
    logging.getLogger(RAYS_ERRORS).addFilter(_not_of_nodes)
    return ray


def reach_ray(ray: Any, address: str) -> None:
    """Connects to the cluster there; OSError if there is none."""
    _check_reachable(address)
    with _signals_kept():
        try:
            ray.init(address=address, **QUIET)
        except ConnectionError as error:
            if address != AUTO:
                raise
            raise ConnectionError(
                "address is 'auto', but no Ray cluster runs on this machine; start one (ray start --head), or give the "
                "HOST:PORT of another machine's, or no address for nodes that are processes of this machine"
            ) from error


def start_ray(ray: Any, cores: int, store: int) -> str | None:
    """Ray on this machine, for this run alone, which nothing outside the machine can reach. store: bytes that its
    processes share. Returns the folder of its files, which is to be removed; None if it is not the run's own. OSError
    if it cannot be started."""
    options = dict(QUIET)
    folder = None if os.environ.get(RAYS_FOLDER) else _folder_for_ray()
    if folder is not None:
        options["_temp_dir"] = folder
    try:
        with _on_this_machine_alone(), _signals_kept():
            # "local" starts one also where another one runs.
            ray.init(
                address="local",
                num_cpus=cores,
                object_store_memory=store,
                include_dashboard=False,
                _node_ip_address=LOOPBACK[0],
                **options,
            )
    except BaseException as error:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if type(error) is Exception:  # Ray has nothing narrower for processes that do not start in time, say
            raise OSError(
                f"Ray cannot be started on this machine ({error}); try again when the machine is less busy, or with "
                "fewer nodes"
            ) from error
        raise
    address = ray.nodes()[0]["NodeManagerAddress"]
    if address not in LOOPBACK:
        logger.warning("this version of Ray listens on %s, which other machines may reach", address)
    return folder


def _check_reachable(address: str) -> None:
    """OSError at once if nothing answers at HOST:PORT, for which Ray would look for minutes."""
    host, colon, port = address.rpartition(":")
    if address == AUTO or "://" in address:
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
    # part of what Ray promises to keep: start_ray says so where it has no effect.
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


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray puts its own handler in the place of that which writes what the run has learned."""
    on_terminate = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if on_terminate is not None and signal.getsignal(signal.SIGTERM) is not on_terminate:
            signal.signal(signal.SIGTERM, on_terminate)


def _not_of_nodes(record: logging.LogRecord) -> bool:
    """Whether Ray is to print an error that nobody asked for: not one of a node, which the run has met and told."""
    message = record.getMessage()
    return not (message.startswith(UNHANDLED) and NODE in message)
