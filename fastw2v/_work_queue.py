"""Work for threads whose results come back in the order in which it was given. What the work is, is not known here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fastw2v.config import available_cpus

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["WorkQueue", "in_order"]

Result = TypeVar("Result")
AHEAD = 2  # tasks waiting for each worker: enough that none is idle, few enough that their results take little memory


class WorkQueue(Generic[Result]):
    """Tasks, done by threads, and their results, first come first served.

    A single task is done on the calling thread, when its result is asked for. Leaving the `with` block drops the tasks
    that were not begun and waits for the others.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or available_cpus()
        self._pool: ThreadPoolExecutor | None = None
        self._tasks: deque[Callable[[], Result]] = deque()
        self._results: deque[Future[Result]] = deque()

    def __len__(self) -> int:
        return len(self._tasks) + len(self._results)

    @property
    def is_full(self) -> bool:
        """Whether a result should be taken before more is put in."""
        return len(self) > (AHEAD * self._workers if self._workers > 1 else 0)

    def put(self, task: Callable[[], Result]) -> None:
        """Adds a task."""
        self._tasks.append(task)
        if len(self) == 1 or self._workers == 1:
            return
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(self._workers)
        while self._tasks:
            self._results.append(self._pool.submit(self._tasks.popleft()))

    def pop(self) -> Result:
        """The oldest result, or the exception that its task raised."""
        if self._results:
            return self._results.popleft().result()
        return self._tasks.popleft()()

    def __enter__(self) -> WorkQueue[Result]:
        return self

    def __exit__(self, *_: Any) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        self._tasks.clear()
        self._results.clear()


def in_order(tasks: Iterable[Callable[[], Result]], workers: int | None = None) -> Generator[Result, None, None]:
    """The results of tasks, one after the other."""
    with WorkQueue[Result](workers) as queue:
        for task in tasks:
            queue.put(task)
            while queue.is_full:
                yield queue.pop()
        while queue:
            yield queue.pop()
