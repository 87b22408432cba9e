"""Ctrl-C held back and let in."""

from __future__ import annotations

import signal
import threading

import pytest

from fastw2v._interrupts import HeldInterrupts


def interrupt():
    signal.raise_signal(signal.SIGINT)


def test_it_comes_at_the_end_of_the_block():
    steps = []

    def work():
        with HeldInterrupts():
            interrupt()
            interrupt()
            steps.append("finished")

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["finished"]
    assert signal.getsignal(signal.SIGINT) is before


def test_it_is_let_in_once_and_clearing_up_is_not_disturbed():
    steps = []

    def work():
        with HeldInterrupts() as interrupts:
            try:
                with interrupts.let_in():
                    interrupt()
                    steps.append("never")
            finally:
                interrupt()
                steps.append("cleared up")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["cleared up"]


def test_one_noted_before_is_let_in_first():
    steps = []

    def work():
        with HeldInterrupts() as interrupts:
            interrupt()
            with interrupts.let_in():
                steps.append("never")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert steps == []


def test_a_check_lets_in_what_was_noted():
    steps = []

    def work():
        with HeldInterrupts() as interrupts:
            interrupts.check()
            interrupt()
            steps.append("not yet")
            interrupts.check()
            steps.append("never")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert steps == ["not yet"]


def test_patience_ends():
    with HeldInterrupts(patience=1) as interrupts:
        interrupt()
        with pytest.raises(KeyboardInterrupt):
            interrupt()
        assert interrupts.take()
        assert not interrupts.take()


def test_one_inside_another_comes_out_of_both():
    with (
        pytest.raises(KeyboardInterrupt),
        HeldInterrupts(patience=1) as outer,
        outer.let_in(),
        HeldInterrupts() as inner,
        inner.let_in(),
    ):
        interrupt()


def test_other_threads_and_ignored_signals_change_nothing():
    def work():
        with HeldInterrupts() as interrupts, interrupts.let_in():
            pass

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with HeldInterrupts() as interrupts, interrupts.let_in():
            interrupt()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
