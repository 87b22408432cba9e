"""Ctrl-C held back where stopping half-way would lose work, and let in where it may stop things.

Knows nothing of what the work is.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

__all__ = ["HeldInterrupts"]


class HeldInterrupts:
    """In a `with` block, Ctrl-C is noted and comes at the block's end; `let_in` lets it through at once.

    Only the first `patience` ones are held (None: all); the one after them comes at once. On threads that get no
    signals, and where the program ignores Ctrl-C or leaves it to the system, nothing changes.
    """

    def __init__(self, patience: int | None = None) -> None:
        self.patience = patience
        self.noted = 0
        self._open = False
        self._previous: Callable[[int, FrameType | None], Any] | None = None

    def __enter__(self) -> HeldInterrupts:
        if threading.current_thread() is threading.main_thread():
            previous = signal.getsignal(signal.SIGINT)
            if callable(previous):
                self._previous = previous
                signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._previous is None:
            return
        signal.signal(signal.SIGINT, self._previous)
        if self.take() and kind is None:
            self._previous(signal.SIGINT, None)

    def take(self) -> bool:
        """Whether Ctrl-C was noted; it is forgotten then."""
        noted, self.noted = self.noted > 0, 0
        return noted

    def check(self) -> None:
        """Ctrl-C that was noted comes now: for work that must stop at places of its own choice only."""
        with self.let_in():
            pass

    @contextmanager
    def let_in(self) -> Iterator[None]:
        """Lets Ctrl-C through, once: what clears up behind it is not disturbed by a second one."""
        self._open = True
        try:
            if self._previous is not None and self.take():
                self._handle(signal.SIGINT, None)
            yield
        finally:
            self._open = False

    def _handle(self, number: int, frame: FrameType | None) -> None:
        assert self._previous is not None
        if self._open or (self.patience is not None and self.noted >= self.patience):
            self._open = False
            self._previous(number, frame)
        else:
            self.noted += 1
