"""Numbered jobs for a few threads that can be stopped, and one job beside others: the one place that starts threads.

Knows nothing of files, words or training.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

__all__ = ["TICK_SECONDS", "Background", "run_jobs"]

# How often the waiting thread reports progress; also how soon it sees an interrupt where waiting cannot be interrupted.
TICK_SECONDS = 0.1


def run_jobs(
    jobs: int,
    workers: int,
    task: Callable[[int, int, Callable[[], bool]], None],
    tick: Callable[[], object] | None = None,
    cancel: Callable[[], None] | None = None,
) -> int:
    """Calls task(worker, job, wanted) for each job 0..jobs-1 on at most `workers` threads, which take jobs in order.

    `tick` is called on this thread now and then; once it returns True, no more jobs are begun. Returns how many were
    done, which are the first ones.

    A long task asks wanted() now and then and may return early once that is false. The exception of the lowest job
    that raises one reaches the caller; jobs after it are not begun, jobs before it are finished. An exception on the
    calling thread, such as KeyboardInterrupt or one from `tick`, ends the run as well: `cancel` is called, for tasks
    that cannot ask wanted(). All threads are joined before this function returns or raises.
    """
    lock = threading.Lock()
    upcoming = 0
    limit = jobs  # jobs from here on are not wanted
    error: BaseException | None = None

    def is_wanted(job: int) -> bool:
        return job < limit

    def work(worker: int) -> None:
        begun[worker].set()
        try:
            take_jobs(worker)
        finally:
            ended[worker].set()

    def take_jobs(worker: int) -> None:
        nonlocal upcoming, limit, error
        while True:
            with lock:
                job = upcoming
                if job >= limit:
                    return
                upcoming += 1
            try:
                task(worker, job, partial(is_wanted, job))
            except BaseException as raised:  # noqa: BLE001  it is raised again on the calling thread
                with lock:
                    if job < limit:
                        limit, error = job, raised

    count = min(workers, jobs)
    begun = [threading.Event() for _ in range(count)]
    ended = [threading.Event() for _ in range(count)]
    threads = [
        threading.Thread(target=work, args=(worker,), name=f"fastw2v-{worker}", daemon=True) for worker in range(count)
    ]
    try:
        for thread in threads:
            thread.start()
        told = time.monotonic()
        # Events, not Thread.join: up to Python 3.12 an interrupted join takes a running thread for an ended one, and
        # joining it again returns at once.
        for end in ended:
            while not end.wait(TICK_SECONDS):
                if tick is not None and time.monotonic() - told >= TICK_SECONDS:
                    if tick() is True:
                        with lock:
                            limit = min(limit, upcoming)
                    told = time.monotonic()
    except BaseException:
        with lock:
            limit = -1
        if cancel is not None:
            cancel()
        raise
    finally:
        for thread, begin, end in zip(threads, begun, ended, strict=True):
            # A thread that could not be started never ends; one that begins only now finds that no job is wanted.
            if begin.is_set():
                end.wait()
                thread.join()
    if error is not None:
        raise error
    return upcoming


class Background:
    """One call on a thread of its own, begun at once."""

    def __init__(self, call: Callable[[], object], name: str) -> None:
        self._call = call
        self._error: BaseException | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._call()
        except BaseException as error:  # noqa: BLE001  it is raised again on the thread that waits
            self._error = error
        finally:
            self._ended.set()

    @property
    def has_ended(self) -> bool:
        """Whether the call returned or raised."""
        return self._ended.is_set()

    @property
    def has_failed(self) -> bool:
        """Whether the call raised."""
        return self.has_ended and self._error is not None

    def wait(self) -> None:
        """Until the call has ended; raises what it raised."""
        # An event, not Thread.join, for the reason above.
        while not self._ended.wait(TICK_SECONDS):
            pass
        self._thread.join()
        if self._error is not None:
            raise self._error
