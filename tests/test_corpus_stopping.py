"""How reading tells its progress, and stops: exceptions of the caller, interrupts."""

from __future__ import annotations

import _thread
import io
import sys
import threading
from types import SimpleNamespace

import pytest

from fastw2v import _reading, _threads
from fastw2v.corpus import Corpus

# ---- progress and stopping ---------------------------------------------------------------------------------------


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Reading waits for this event at each chunk after the first few; progress is told at every turn."""
    gate = threading.Event()
    real = _reading._read_at

    def wait(file, target, offset):
        if offset > 500:
            gate.wait(0.02)
        return real(file, target, offset)

    monkeypatch.setattr(_reading, "_read_at", wait)
    for module in (_reading, _threads):
        monkeypatch.setattr(module, "TICK_SECONDS", 0.001)
    return gate


def test_progress_rises_to_the_total(write, small_chunks, slow: threading.Event) -> None:
    path = write("some words here\n" * 200)
    told: list[tuple[int, int | None]] = []
    here = threading.get_ident()

    def progress(done: int, total: int | None) -> None:
        assert threading.get_ident() == here
        told.append((done, total))
        if len(told) == 3:
            slow.set()

    Corpus(path, workers=2, on_progress=progress)
    assert len(told) > 3
    assert told == sorted(told)
    assert told[-1] == (3200, 3200)


def test_progress_of_streams_and_iterables(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int | None]] = []
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"a b c")))
    Corpus("-", min_count=1, on_progress=lambda *x: told.append(x))
    Corpus([["a", "b"]], min_count=1, on_progress=lambda *x: told.append(x))
    assert told[-2:] == [(5, None), (2, None)]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_exception_of_the_caller_stops_the_threads(
    write, small_chunks, slow: threading.Event, no_thread_left, error: type
) -> None:
    reads: list[int] = []

    def progress(done: int, _: int | None) -> None:
        reads.append(done)
        raise error

    with pytest.raises(error):
        Corpus(write("some words here\n" * 200), workers=3, on_progress=progress)
    assert reads[0] < 3200


@pytest.fixture
def control_c(slow: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt, as a signal would bring it, once reading is under way."""
    real = _reading._read_at
    interrupts = [_thread.interrupt_main]

    def interrupted(file, target, offset):
        if offset > 500 and interrupts:
            interrupts.pop()()
        return real(file, target, offset)

    monkeypatch.setattr(_reading, "_read_at", interrupted)


def test_control_c_stops_the_threads(write, small_chunks, no_thread_left, control_c) -> None:
    with pytest.raises(KeyboardInterrupt):
        Corpus(write("some words here\n" * 2000), workers=2)


def test_control_c_stops_the_reading_of_a_word_without_end(write, small_chunks, no_thread_left, control_c) -> None:
    with pytest.raises(KeyboardInterrupt):
        Corpus(write("x" * 200_000), workers=1)
