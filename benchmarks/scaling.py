"""Words trained a second against the number of workers, the size of the text and the size of the vocabulary.

A corpus is repeated, or cut, to be as large as is asked: its vocabulary does not grow with it. Vocabularies are those
of synthetic texts, where every word is kept.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastw2v.config import available_cpus

from . import harness, peers, synthetic
from .settings import OURS, Settings, Task

MILLION = 1_000_000
TEXT_WORDS = 5 * MILLION  # of the texts with other vocabularies
DRAWN_AT_LEAST = 20  # words of text for each of the vocabulary, or too few of its words would be seen


def run(settings: Settings) -> None:
    """One after the other; each with the peers, in turn."""
    others = peers.present(settings)
    title = f"workers, one epoch, {settings.shape()}"
    for workers in worker_counts(available_cpus()):
        measure(title, "workers", workers, settings.task(workers=workers), settings, others)
    with tempfile.TemporaryDirectory() as folder:
        title = f"size of the text in million words, one epoch, {settings.workers} workers, {settings.shape()}"
        for size in settings.sizes:
            path = repeated(settings.corpus, int(size * MILLION), Path(folder, "text.txt"))
            measure(title, "million words", size, settings.task(corpus=str(path)), settings, others)
            peers.ranked.cache_clear()  # the next text has the same name
        title = f"size of the vocabulary, one epoch, {settings.workers} workers, {settings.shape()}"
        for vocabulary in settings.vocabularies:
            path = Path(folder, "text.txt")
            synthetic.write_text(path, max(TEXT_WORDS, DRAWN_AT_LEAST * vocabulary), vocabulary)
            task = settings.task(corpus=str(path), min_count=1)
            measure(title, "vocabulary", vocabulary, task, settings, others)
            peers.ranked.cache_clear()


def worker_counts(cores: int) -> list[int]:
    """1, 2, 4, ... and all cores."""
    return sorted({2**power for power in range(cores.bit_length())} | {cores})


def measure(title: str, axis: str, at: float, task: Task, settings: Settings, others: list[str]) -> None:
    """The systems in turn at one place of an axis, such as 2 workers."""
    harness.title(title)
    print(f" {axis}: {at:g}", flush=True)

    def system(name: str) -> harness.Run:
        return lambda: peers.train(name, task, settings)["words_per_second"] / MILLION

    systems = {name: system(name) for name in (*others, OURS)}
    harness.in_turn(systems, settings.rounds, "M words/s", ours=OURS, about={"axis": axis, "at": at})


def repeated(corpus: str, words: int, path: Path) -> Path:
    """The corpus's lines, again and again, until there are so many words."""
    left = words
    with path.open("wb") as out:
        while left > 0:
            before = left
            with open(corpus, "rb") as file:
                for line in file:
                    out.write(line)
                    left -= len(line.split())
                    if left <= 0:
                        break
            if left == before:
                raise ValueError(f"{corpus} has no words")
    return path
