"""Megabytes of text read, counted and encoded a second: Corpus(path), the file in the system's cache."""

from __future__ import annotations

import os
import time

from fastw2v import Corpus

from . import harness


def run(corpus: str, workers: int, rounds: int) -> None:
    """With one worker, and with `workers`."""
    size = os.path.getsize(corpus) / 1e6
    harness.title(f"reading, counting and encoding {size:.0f} MB")

    def system(threads: int) -> harness.Run:
        def once() -> float:
            begin = time.perf_counter()
            Corpus(corpus, workers=threads)
            return size / (time.perf_counter() - begin)

        return once

    harness.in_turn({f"workers={n}": system(n) for n in sorted({1, workers})}, rounds, "MB/s")
