"""Seconds of the whole job in a fresh process: start, read, count, train one epoch, write a text file of vectors."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import harness


def run(corpus: str, workers: int, rounds: int, gensim: bool) -> None:
    """`fastw2v train` against a gensim script that does the same."""
    harness.title(f"whole command, one epoch, {workers} workers, to a .txt file")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder, "ours.txt"), Path(folder, "theirs.txt")
        command = [sys.executable, "-m", "fastw2v", "train", corpus, "-o", str(ours)]
        command += ["--epochs", "1", "--workers", str(workers), "--quiet"]
        peer = [sys.executable, "-m", "benchmarks.one_run", "gensim", corpus, str(workers), "1", "1", str(theirs)]

        def speed(words: list[str]) -> harness.Run:
            def once() -> float:
                begin = time.perf_counter()
                subprocess.run(words, check=True, capture_output=True)
                return 60 / (time.perf_counter() - begin)

            return once

        systems = {"gensim": speed(peer)} if gensim else {}
        systems["fastw2v train"] = speed(command)
        harness.in_turn(systems, rounds, "runs a minute", base="gensim" if gensim else None)
