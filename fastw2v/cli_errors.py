"""How a command ends that could not do what it was asked: one sentence on standard error, and an exit status.

The commands stand in cli_train.py, cli_vectors.py and cli_eval.py.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

import click

__all__ = ["BAD_INPUT", "INTERRUPTED", "fail", "plain_errors", "say"]

BAD_INPUT = 2
SIGNALLED = 128  # what shells add to a signal's number
INTERRUPTED = SIGNALLED + signal.SIGINT


@contextmanager
def plain_errors() -> Iterator[None]:
    """Bad input ends the command with one sentence, not with a traceback; a warning is a sentence, too."""

    def tell(message: Warning | str, *_: object, **__: object) -> None:
        say(f"warning: {message}")

    try:
        with warnings.catch_warnings(), terminated_like_interrupted():
            warnings.showwarning = tell
            yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        say("interrupted; nothing was written")
        sys.exit(INTERRUPTED)
    except OSError as error:
        sentence = str(error.strerror or error)
        named = error.filename is None or sentence.startswith(f"{error.filename}: ")
        fail(sentence if named else f"{error.filename}: {sentence}")
    except (ValueError, TypeError, KeyError, MemoryError, ImportError) as error:
        fail(str(error) or type(error).__name__)
    finally:
        give_up_standard_error_that_is_full()


@contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM, which batch systems send, ends a command as an exception does, so that what is half written goes."""

    def leave(number: int, _: FrameType | None) -> NoReturn:
        sys.exit(SIGNALLED + number)

    handled = (
        threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    )
    if handled:
        signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        if handled:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def give_up_standard_error_that_is_full() -> None:
    """What could not be written there would be tried again when Python ends, and cost the command its exit status."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def say(sentence: str) -> None:
    """One line on standard error; a standard error that cannot be written does not undo what was done."""
    with suppress(OSError, ValueError):
        click.echo(f"fastw2v: {sentence}", err=True)


def fail(sentence: str) -> None:
    """Says what is wrong and exits with status 2."""
    say(sentence)
    sys.exit(BAD_INPUT)
