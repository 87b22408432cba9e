"""Training where no cache helps: a million words of 300 floats, in turn with the machine's own speed of changing random
rows of such a matrix.

The text is random ids, so that no file is needed and reading is not measured.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

from fastw2v import Config, _kernels, kernels
from fastw2v.matrices import aligned_zeros
from fastw2v.trainer import train_epochs

from . import harness
from .figures import summary
from .settings import Settings

WORDS = 1_000_000
TOKENS = 2_000_000
VECTOR_SIZE = 300
NEGATIVE = 5
FILLED = 1 << 16  # rows that get their first values at a time
# How many rows ahead a row is asked of the caches, and whether of the first (near) or the second.
AHEAD = [(1, True), (2, True), (4, True), (4, False), (8, False), (16, False), (32, False)]
ROWS_PROBED = 300_000  # by each thread
SENTENCE = 1000
# Rows that come from memory for each centre: its own as the newest input, its own as the target, and its noise words. A
# group of noise words serves eight windows (fastw2v/_objectives.pyx), for which a second-level cache holds it.
ROWS_USED = 2 + NEGATIVE
ROWS_MOVED = 2 + NEGATIVE / 8

Matrix = npt.NDArray[np.float32]


@dataclass
class Text:
    """Random ids in the form of an encoded text."""

    ids: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]


def text_of(shares: npt.NDArray[np.float64], tokens: int) -> Text:
    """So many tokens, word i of the given share of them."""
    places = np.random.default_rng(1).random(tokens)
    ids = np.searchsorted(np.cumsum(shares) / shares.sum(), places).clip(max=len(shares) - 1).astype(np.int32)
    offsets = np.append(np.arange(0, tokens, SENTENCE), tokens)
    return Text(ids, offsets, np.maximum(1, shares / shares.sum() * tokens).astype(np.int64))


def probe(matrix: Matrix, workers: int, ahead: int, near: bool) -> float:
    """GB/s, reading and writing counted, of threads that each add to random rows one after the other."""
    kernel = _kernels.named(kernels.resolve("auto"))
    change = np.zeros(matrix.shape[1], np.float32)
    rows = [
        np.random.default_rng(worker).integers(0, len(matrix), ROWS_PROBED, dtype=np.int32) for worker in range(workers)
    ]
    threads = [
        threading.Thread(target=_kernels.add_ahead, args=(kernel, change, 1.0, matrix, of_one, ahead, near))
        for of_one in rows
    ]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return workers * ROWS_PROBED * 2 * matrix.strides[0] / (time.perf_counter() - begin) / 1e9


def huge_share(matrices: list[Matrix]) -> float | None:
    """This process's bytes in huge pages, as a part of the matrices' bytes; None where the system does not tell."""
    if not os.path.exists("/proc/self/smaps_rollup"):
        return None
    with open("/proc/self/smaps_rollup", encoding="utf-8") as file:
        huge = sum(int(line.split()[1]) * 1024 for line in file if line.startswith("AnonHugePages"))
    return huge / sum(matrix.nbytes for matrix in matrices)


def run(settings: Settings) -> None:
    """The bound, and training with all words equally frequent and with frequencies that fall as 1 / rank, in turn."""
    workers = settings.workers
    inputs, outputs = (aligned_zeros(WORDS, VECTOR_SIZE) for _ in range(2))
    start = np.random.default_rng(1)
    for row in range(0, WORDS, FILLED):
        part = inputs[row : row + FILLED, :VECTOR_SIZE]
        part[:] = (start.random(part.shape, np.float32) - 0.5) / VECTOR_SIZE
    outputs.fill(0)
    row_bytes = inputs.strides[0]
    uniform, zipf = text_of(np.ones(WORDS), TOKENS), text_of(1 / np.arange(1, WORDS + 1), TOKENS)
    config = Config(vector_size=VECTOR_SIZE, negative=NEGATIVE, sample=0, min_count=1, epochs=1, workers=workers)
    share = huge_share([inputs, outputs])
    if share is not None:
        print(f"huge pages hold {100 * share:.0f} % of the matrices' bytes")

    def bound() -> float:
        return max(probe(inputs, workers, ahead, near) for ahead, near in AHEAD)

    def train(text: Text, rows: float) -> harness.Run:
        return lambda: TOKENS / train_epochs(config, text, inputs, outputs).seconds * rows * 2 * row_bytes / 1e9

    harness.title(
        f"random rows of two matrices of {WORDS:,} x {VECTOR_SIZE}, {workers} workers, {row_bytes} bytes a row, read "
        f"and written; skip-gram, window {config.window}, negative {NEGATIVE}, sample 0, {TOKENS:,} tokens"
    )
    systems = {
        "the machine": bound,
        f"equal frequencies, {ROWS_USED} rows used a word": train(uniform, ROWS_USED),
        f"Zipf's frequencies, {ROWS_USED} rows used a word": train(zipf, ROWS_USED),
    }
    figures = harness.in_turn(systems, settings.rounds, "GB/s", ours="the machine", about={"workers": workers})
    for name, values in figures.items():
        if name != "the machine":
            shares = [100 * value / most for value, most in zip(values, figures["the machine"], strict=True)]
            speed = 1e3 * median(values) / (ROWS_USED * 2 * row_bytes)
            print(f"{name}: {summary(shares).told('.0f')} % of the machine's, {speed:.3f} M words/s")
    print(f"a cache that holds the noise words leaves {ROWS_MOVED:g} of {ROWS_USED} rows to come from memory")
