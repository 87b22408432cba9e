"""Peak memory of one run beside what must be held: two matrices, 4 bytes a token, the vocabulary."""

from __future__ import annotations

from . import harness

VECTOR_SIZE = 100
KIB = 1024


def run(corpus: str, workers: int) -> None:
    """The process's highest resident memory, and that of Python and NumPy alone."""
    figures = harness.child("one_run", "fastw2v", corpus, workers, 1, 1, "-")
    matrices = 2 * figures["vocabulary"] * VECTOR_SIZE * 4
    tokens = 4 * figures["kept"]
    peak, before = figures["peak_memory"] * KIB, figures["memory_before"] * KIB
    vocabulary = figures["vocabulary_bytes"]
    needed = matrices + tokens + vocabulary
    harness.record.add(system="fastw2v", peak=peak, before=before, needed=needed)
    print(
        f"two matrices {matrices / 1e6:.1f} MB + tokens {tokens / 1e6:.1f} MB + vocabulary {vocabulary / 1e6:.1f} MB "
        f"= {needed / 1e6:.1f} MB"
    )
    print(f"peak {peak / 1e6:.1f} MB, of which {before / 1e6:.1f} MB before reading (Python, NumPy)")
    print(f"peak less that: {(peak - before) / needed:.2f} times what is needed; peak: {peak / needed:.2f}")
