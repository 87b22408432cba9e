"""Scores of a cluster beside one process: who is trained, and which pairs are asked. Nothing is trained."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the benchmarks are not installed

from benchmarks import cluster_quality, harness, peers, tables  # noqa: E402
from benchmarks.record import record  # noqa: E402
from benchmarks.scores import Scores  # noqa: E402
from benchmarks.settings import Settings, Task  # noqa: E402


def test_systems_take_turns_and_rare_words_are_asked_for_themselves(tmp_path, monkeypatch, capsys):
    pytest.importorskip("ray")
    text = tmp_path / "text.txt"
    text.write_text("often Seldom\n" * 100 + "often seldom\n" * 8 + "often never\n" * 50)
    for name, content in (("pairs.tsv", "often\tseldom\t1\nnever\toften\t2\n"), ("questions.txt", "a b c d\n")):
        (tmp_path / name).write_text(content)
    trained, asked = [], []

    def child(module, task, given, out):
        trained.append((Task.from_json(task).seed, json.loads(given)))
        return {"train_seconds": 2.0, "words_per_second": 5.0}

    def score(self, path, order):
        asked.append((order, self.pairs["pairs"]))
        return Scores(0.1 * len(self.pairs["pairs"]), 0.5, {}, {"pairs": len(self.pairs["pairs"])}, 1)

    monkeypatch.setattr(harness, "child", child)
    monkeypatch.setattr(
        peers, "train", lambda name, task, *_: child("", task.to_json(), "{}", "") | {"train_seconds": 1.0}
    )
    monkeypatch.setattr(cluster_quality.Benchmarks, "score", score)
    record.begin(str(tmp_path), "cluster_quality")
    settings = Settings(corpus=str(text), seeds=2, epochs=(1, 3), only=("one process", "plain"))
    cluster_quality.run(settings, cluster_quality.Benchmarks(str(tmp_path)))
    assert trained == [(1, {}), (1, {"nodes": 4, "rule": "plain"}), (2, {}), (2, {"nodes": 4, "rule": "plain"})]
    # "Seldom" stands there 100 times and "seldom" 8 times: the more frequent spelling counts.
    words = ["often", "Seldom", "never", "seldom"]
    assert asked[0] == (words, [("often", "seldom", 1.0), ("never", "often", 2.0)])
    assert asked[1] == (words, [("never", "often", 2.0)])
    assert "rare 0.1000" in capsys.readouterr().out
    (table,) = tables.tables_of("cluster_quality", {"runs": record.runs})
    assert table.rows[1] == ["4 nodes, plain mean", "3", "0.2000", "0.5000", "0.1000", "2.00"]
    record.begin(None, "none")
