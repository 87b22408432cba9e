"""Jobs on threads: order, errors, and that nothing goes on running after the call, whatever ended it."""

from __future__ import annotations

import _thread
import threading
import time
from collections.abc import Iterator

import pytest

from fastw2v import _threads
from fastw2v._threads import run_jobs


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.mark.parametrize("workers", [1, 2, 5, 50])
def test_each_job_runs_once(workers: int) -> None:
    done: list[int] = []
    seen: set[int] = set()

    def task(worker, job, wanted):
        assert wanted()
        seen.add(worker)
        done.append(job)

    run_jobs(20, workers, task)
    assert sorted(done) == list(range(20))
    assert seen <= set(range(min(workers, 20)))
    run_jobs(0, workers, task)


def test_the_error_of_the_lowest_job_wins() -> None:
    late = threading.Event()
    done: list[int] = []

    def task(_, job, wanted):
        if job == 3:
            assert late.wait(5)
            raise ValueError("three")
        if job == 4:
            late.set()
            raise ValueError("four")
        done.append(job)

    with pytest.raises(ValueError, match="three"):
        run_jobs(100, 2, task)
    assert done == [0, 1, 2]


def test_tasks_learn_that_they_are_not_wanted() -> None:
    begun = threading.Event()

    def task(_, job, wanted):
        if job == 0:
            assert begun.wait(5)
            raise ValueError("stop")
        begun.set()
        while wanted():
            time.sleep(0.001)

    with pytest.raises(ValueError, match="stop"):
        run_jobs(2, 2, task)


def test_an_interrupt_waits_for_threads_that_are_still_at_work() -> None:
    state: list[str] = []

    def task(_, job, wanted):
        _thread.interrupt_main()
        while wanted():
            time.sleep(0.001)
        time.sleep(0.05)
        state.append("ended")

    with pytest.raises(KeyboardInterrupt):
        run_jobs(3, 1, task)
    assert state == ["ended"]


def test_an_error_of_tick_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_threads, "TICK_SECONDS", 0.001)

    def tick() -> None:
        raise RuntimeError("mine")

    def task(_, job, wanted):
        while wanted():
            time.sleep(0.001)

    with pytest.raises(RuntimeError, match="mine"):
        run_jobs(9, 3, task, tick)


def test_a_thread_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    real = threading.Thread.start
    started: list[threading.Thread] = []

    def start(self):
        if started:
            raise RuntimeError("can't start new thread")
        started.append(self)
        real(self)

    def task(_, job, wanted):
        while wanted():
            time.sleep(0.001)

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        with pytest.raises(RuntimeError, match="can't start"):
            run_jobs(9, 3, task)
