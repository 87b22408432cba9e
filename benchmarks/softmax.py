"""The exact softmax: its products beside SciPy's sgemm at the same sizes, and its words a second beside fastText's.

The text is made of the corpus's most frequent words alone, so that every system has the same text and vocabulary.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from fastw2v import Config, Corpus
from fastw2v.softmax_plan import softmax_plan

from . import harness, peers
from .settings import OURS, Settings, Task

WORDS = 10_000
WIDTH = 100
OUR_TOKENS, THEIR_TOKENS = 500_000, 15_000  # of text: some ten seconds and a minute
FLOAT_BYTES = 4
SECONDS = 3.0


def text_of(corpus: Corpus, tokens: int, path: Path) -> None:
    """The first sentences of a corpus up to about so many tokens, behind one line that holds every word."""
    with path.open("w", encoding="utf-8") as file:
        file.write(" ".join(corpus.vocabulary.index_to_key) + "\n")
        count = 0
        for i in range(len(corpus.offsets) - 1):
            words = corpus.sentence(i)
            file.write(" ".join(words) + "\n")
            count += len(words)
            if count >= tokens:
                return


def sgemm_of_one(batch: int) -> float:
    """Floating-point operations a second of a batch's three products, block by block, on one thread of this process."""
    from scipy.linalg.blas import sgemm
    from threadpoolctl import threadpool_limits

    plan = softmax_plan(batch, WORDS, Config().softmax_memory)
    sizes = [min(plan.block_words, WORDS - start) for start in range(0, WORDS, plan.block_words)]
    rng = np.random.default_rng(1)
    H, change = (np.asfortranarray(rng.normal(size=(WIDTH, batch)), np.float32) for _ in range(2))
    U = [np.asfortranarray(rng.normal(size=(WIDTH, wide)), np.float32) for wide in sizes]
    E = [np.asfortranarray(np.zeros((wide, batch)), np.float32) for wide in sizes]
    operations = 0.0
    with threadpool_limits(1, "blas"):
        begin = time.perf_counter()
        while time.perf_counter() - begin < SECONDS:
            for u, e in zip(U, E, strict=True):
                sgemm(1.0, u, H, trans_a=1, c=e, overwrite_c=1)
            for u, e in zip(U, E, strict=True):
                sgemm(1.0, u, e, c=change, overwrite_c=1)
                sgemm(-1e-9, H, e, trans_b=1, beta=1.0, c=u, overwrite_c=1)
            operations += 6.0 * WIDTH * batch * WORDS
        return operations / (time.perf_counter() - begin)


def sgemm_rate(workers: int, batch: int) -> float:
    """The same, of `workers` processes at once: SciPy's function keeps Python's lock, so threads would take turns."""
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        return sum(pool.map(sgemm_of_one, [batch] * workers))


def run(settings: Settings) -> None:
    """Both comparisons, in turn."""
    batch, workers = Config().softmax_batch, settings.workers
    harness.title(f"exact softmax, {WORDS} words, {WIDTH} dimensions, batches of {batch}, {workers} workers, one epoch")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder, "ours.txt"), Path(folder, "theirs.txt")
        whole = Corpus(settings.corpus, max_vocab=WORDS)
        text_of(whole, OUR_TOKENS, ours)
        text_of(whole, THEIR_TOKENS, theirs)

        def trained(name: str, text: Path, measure: Callable[[dict[str, Any]], float]) -> harness.Run:
            task = Task(str(text), vector_size=WIDTH, workers=workers, min_count=1, more={"loss": "softmax"})
            return lambda: measure(peers.train(name, task, settings))

        def operations(figures: dict[str, Any]) -> float:
            return float(6.0 * WIDTH * WORDS * figures["inputs"] / figures["train_seconds"] / 1e9)

        def speed(figures: dict[str, Any]) -> float:
            return float(figures["words_per_second"])

        systems = {"sgemm": lambda: sgemm_rate(workers, batch) / 1e9, "fastw2v": trained(OURS, ours, operations)}
        harness.in_turn(systems, settings.rounds, "GFLOP/s", ours="fastw2v")
        if "fastText" in peers.present(settings):
            systems = {"fastText": trained("fastText", theirs, speed), "fastw2v": trained(OURS, ours, speed)}
            harness.in_turn(systems, settings.rounds, "words/s", ours="fastw2v")
