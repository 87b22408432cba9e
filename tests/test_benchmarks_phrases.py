"""The benchmark of phrases: what it compares must be equal, or it stops. Nothing is timed for its figures."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the benchmarks are not installed

from benchmarks import peers, phrases  # noqa: E402
from benchmarks.settings import Settings  # noqa: E402

LINES = ["new york times", "the times of new york", "new york", "old times"] * 10
OPTIONS = {"scoring": "default", "threshold": 0.5}


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("".join(line + "\n" for line in LINES))
    return path


def test_a_text_is_cut_at_a_line(text, tmp_path, monkeypatch):
    monkeypatch.setattr(phrases, "TEXT_BYTES", 20)
    assert phrases.first_lines(str(text), tmp_path / "first").read_text() == "new york times\n"


def test_without_gensim_ours_is_measured(text, monkeypatch, capsys):
    monkeypatch.setattr(peers, "present", lambda _: [])
    phrases.run(Settings(corpus=str(text), workers=1, rounds=1))
    told = capsys.readouterr().out
    assert told.count("round 1: fastw2v") == 4
    assert "gensim" not in told


def test_both_must_find_the_same(text, tmp_path, monkeypatch):
    gensim = pytest.importorskip("gensim.models.phrases")
    for ours, theirs in (
        phrases.counting(text, OPTIONS, 1, True),
        phrases.joining(text, tmp_path, 1, True),
        phrases.counting_again(text, 1, True),
    ):
        assert ours() > 0
        assert theirs() > 0
    monkeypatch.setattr(phrases, "their_phrases", lambda text, **_: gensim.Phrases(text, min_count=1, threshold=0.01))
    with pytest.raises(AssertionError, match="the phrases differ"):
        phrases.counting(text, OPTIONS, 1, True)
    with pytest.raises(AssertionError, match="the texts differ"):
        phrases.joining(text, tmp_path, 1, True)
    with pytest.raises(AssertionError, match="the phrases differ"):
        phrases.counting_again(text, 1, True)
