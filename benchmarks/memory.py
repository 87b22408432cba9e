"""Peak memory of one run beside what must be held: two matrices, 4 bytes a token, the vocabulary. And gensim's."""

from __future__ import annotations

from . import harness, peers
from .record import record
from .settings import OURS, Settings

KIB = 1024
FLOAT_BYTES = TOKEN_BYTES = 4
MATRICES = 2
MEASURED = (OURS, "gensim", "gensim-lines", "fastText")  # in a process of ours, which can tell its own peak


def run(settings: Settings) -> None:
    """The process's highest resident memory, and that of Python and its packages before anything is read."""
    harness.title(f"memory, one epoch, {settings.workers} workers, {settings.shape()}")
    ours = peers.train(OURS, settings.task(), settings)
    matrices = MATRICES * ours["vocabulary"] * settings.vector_size * FLOAT_BYTES
    tokens = TOKEN_BYTES * ours["kept"]
    needed = matrices + tokens + ours["vocabulary_bytes"]
    print(
        f"two matrices {matrices / 1e6:.1f} MB + tokens {tokens / 1e6:.1f} MB + vocabulary "
        f"{ours['vocabulary_bytes'] / 1e6:.1f} MB = {needed / 1e6:.1f} MB"
    )
    for name in MEASURED:
        if name != OURS and name not in peers.present(settings):
            continue
        done = ours if name == OURS else peers.train(name, settings.task(), settings)
        peak, before = done["peak_memory"] * KIB, done.get("memory_before", 0) * KIB
        record.add(system=name, peak=peak, before=before, needed=needed)
        told = f"{name:14} peak {peak / 1e6:,.1f} MB, {peak / needed:.2f} times what must be held"
        if before:
            told += f"; less the {before / 1e6:.1f} MB before reading: {(peak - before) / needed:.2f} times"
        print(told, flush=True)
