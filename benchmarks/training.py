"""Words of the text trained a second: every kernel and gensim on the same corpus with the same options, in turn."""

from __future__ import annotations

from fastw2v.kernels import available

from . import harness


def run(corpus: str, workers: int, rounds: int, gensim: bool) -> None:
    """Training alone, one epoch, reading not counted."""
    harness.title(
        f"training, one epoch, {workers} workers, vector_size 100, window 5, negative 5, sample 1e-3, min_count 5"
    )

    def system(name: str, kernel: str = "auto") -> harness.Run:
        def once() -> float:
            environment = {"FASTW2V_KERNEL": kernel}
            figures = harness.child("one_run", name, corpus, workers, 1, 1, "-", environment=environment)
            return float(figures["words"] / figures["train_seconds"] / 1e6)

        return once

    systems = {"gensim": system("gensim")} if gensim else {}
    systems |= {f"fastw2v {kernel}": system("fastw2v", kernel) for kernel in reversed(available())}
    harness.in_turn(systems, rounds, "M words/s", base="gensim" if gensim else None)
