"""A few of the runs of kill_runs.py."""

from __future__ import annotations

import os

import kill_runs
import pytest


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_killed_runs_end_as_undisturbed_ones(text_file, tmp_path):
    options = ["--epochs", "12", "--min-count", "1", "--vector-size", "50"]
    outcomes = kill_runs.run(text_file, tmp_path, 3, 1, 1, options)
    assert sum(outcome.kills for outcome in outcomes) > 0
    assert not any(outcome.leftovers for outcome in outcomes)
