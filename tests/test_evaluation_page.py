"""docs/evaluation.md: its Python runs, and it tells of every kind of file and every figure."""

from __future__ import annotations

import re
from pathlib import Path

from evaluation_models import random_model

from fastw2v.evaluation_files import KINDS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "evaluation.md"


def test_the_pages_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    model = random_model(words=50)
    pairs = "".join(f"w{i}\tw{i + 1}\t{i}\n" for i in range(20))
    for name in ("wordsim353.tsv", "simlex999.tsv"):
        Path(name).write_text(pairs)
    Path("questions-words.txt").write_text(": s\nw1 w2 w3 w4\n")
    names = {"wv": model, "first": model, "second": random_model(words=50, seed=1)}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(block, names)
    assert '"kind": "similarity"' in capsys.readouterr().out
    assert names["unknown_percent"] == 0.0
    assert len(names["sections"]) == 2


def test_every_kind_and_figure_is_told():
    text = PAGE.read_text(encoding="utf-8")
    for name in (*KINDS, "spearman", "pearson", "3CosAdd", "3CosMul", "purity", "accuracy", "opp"):
        assert f"`{name}`" in text
