"""How a command ends: also by SIGTERM, which batch systems send."""

from __future__ import annotations

import signal

import pytest

from fastw2v.atomic import atomic_output
from fastw2v.cli_errors import plain_errors


def test_sigterm_leaves_nothing_half_written(tmp_path):
    def command():
        with plain_errors(), atomic_output(tmp_path / "out") as file:
            file.write(b"half of it")
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(SystemExit) as ended:
        command()
    assert ended.value.code == 128 + signal.SIGTERM
    assert not list(tmp_path.iterdir())
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_handler_of_the_programs_own_stays():
    noted = []
    previous = signal.signal(signal.SIGTERM, lambda number, _: noted.append(number))
    try:
        with plain_errors():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, previous)
    assert noted == [signal.SIGTERM]
