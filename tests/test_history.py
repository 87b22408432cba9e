"""Histories as files."""

from __future__ import annotations

import csv
import json
import math

import pytest

from fastw2v.history import write_history

HISTORY = [
    {"epoch": 1, "loss": 2.5, "score": math.nan},
    {"epoch": 2, "loss": 1 / 3, "score": 0.5, "held_out_loss": 3.0},
]


def test_csv_has_a_column_for_all_that_was_measured(tmp_path):
    write_history(HISTORY, tmp_path / "h.csv")
    with open(tmp_path / "h.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["epoch", "loss", "score", "held_out_loss"]
    assert [row["held_out_loss"] for row in rows] == ["", "3.0"]
    assert float(rows[1]["loss"]) == 1 / 3


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_json_has_an_object_a_line(tmp_path, suffix):
    path = tmp_path / f"h.{suffix}"
    write_history(HISTORY, path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert rows == [{"epoch": 1, "loss": 2.5, "score": None}, HISTORY[1]]


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"written as \.csv, \.jsonl, \.json"):
        write_history(HISTORY, tmp_path / "h.txt")
    assert not list(tmp_path.iterdir())
