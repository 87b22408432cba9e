"""Megabytes of text read, counted and encoded a second: Corpus(path), the file in the system's cache."""

from __future__ import annotations

import os
import time

from fastw2v import Corpus

from . import harness
from .settings import Settings


def run(settings: Settings) -> None:
    """With one worker, and with `workers`."""
    size = os.path.getsize(settings.corpus) / 1e6
    harness.title(f"reading, counting and encoding {size:.0f} MB")

    def system(threads: int) -> harness.Run:
        def once() -> float:
            begin = time.perf_counter()
            Corpus(settings.corpus, workers=threads)
            return size / (time.perf_counter() - begin)

        return once

    harness.in_turn({f"workers={n}": system(n) for n in sorted({1, settings.workers})}, settings.rounds, "MB/s")
