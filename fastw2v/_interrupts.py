"""Ctrl-C and SIGTERM held back where stopping half-way would lose work, and let in where they may stop things.

Knows nothing of what the work is.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, NoReturn

__all__ = ["HeldInterrupts"]

Handler = Callable[[int, "FrameType | None"], Any]

# What a shell calls the end by a signal: this and the signal's number.
SIGNALLED = 128


class HeldInterrupts:
    """In a `with` block, Ctrl-C and SIGTERM are noted and come at the block's end; `let_in` lets them through at once.

    Only the first `patience` ones are held (None: all); the one after them comes at once. SIGTERM comes as SystemExit
    where the program leaves it to the system, so that what is open is closed. On threads that get no signals, and where
    the program ignores a signal or leaves Ctrl-C to the system, nothing changes.
    """

    def __init__(self, patience: int | None = None) -> None:
        self.patience = patience
        self.noted = 0
        self._open = False
        self._last: int = signal.SIGINT
        self._previous: dict[int, Any] = {}
        self._handlers: dict[int, Handler] = {}

    def __enter__(self) -> HeldInterrupts:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                previous = signal.getsignal(number)
                if callable(previous) and not isinstance(previous, signal.Handlers):
                    self._handlers[number] = previous
                elif number == signal.SIGTERM and previous == signal.SIG_DFL:
                    self._handlers[number] = _exit
                else:
                    continue
                self._previous[number] = previous
                signal.signal(number, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, previous in self._previous.items():
            signal.signal(number, previous)
        if self.take() and kind is None:
            self._handlers[self._last](self._last, None)

    def take(self) -> bool:
        """Whether a signal was noted; it is forgotten then."""
        noted, self.noted = self.noted > 0, 0
        return noted

    def check(self) -> None:
        """A signal that was noted comes now: for work that must stop at places of its own choice only."""
        with self.let_in():
            pass

    @contextmanager
    def let_in(self) -> Iterator[None]:
        """Lets signals through, once: what clears up behind one is not disturbed by a second one."""
        self._open = True
        try:
            if self._handlers and self.take():
                self._handle(self._last, None)
            yield
        finally:
            self._open = False

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._open or (self.patience is not None and self.noted >= self.patience):
            self._open = False
            self._handlers[number](number, frame)
        else:
            self.noted += 1
            self._last = number


def _exit(number: int, _: FrameType | None) -> NoReturn:
    sys.exit(SIGNALLED + number)
