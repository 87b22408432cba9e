"""Words of the text trained a second by the other objectives, in turn with gensim's where it has them."""

from __future__ import annotations

import json

from . import harness

CBOW: dict[str, object] = {"architecture": "cbow"}
TREE: dict[str, object] = {"loss": "hierarchical"}
GENSIM = {
    "skip-gram, hierarchical": {"hs": 1, "negative": 0},
    "CBOW, negative": {"sg": 0},
    "CBOW, hierarchical": {"sg": 0, "hs": 1, "negative": 0},
}
OURS = {
    "skip-gram, hierarchical": [TREE],
    "CBOW, negative": [CBOW, {**CBOW, "cbow_batch": 1}, {**CBOW, "cbow_batch": 8}],
    "CBOW, hierarchical": [{**CBOW, **TREE}],
    "skip-gram, pairs": [{"negative_sharing": "pair"}],
}


def run(corpus: str, workers: int, rounds: int, gensim: bool) -> None:
    """One epoch of each, reading not counted."""
    print(f"other objectives, one epoch, {workers} workers, vector_size 100, window 5, min_count 5")

    def system(name: str, options: dict[str, object]) -> harness.Run:
        def once() -> float:
            figures = harness.child("one_run", name, corpus, workers, 1, 1, "-", json.dumps(options))
            return float(figures["words"] / figures["train_seconds"] / 1e6)

        return once

    for name, variants in OURS.items():
        harness.title(f"{name}, {workers} workers")
        peer = gensim and name in GENSIM
        systems = {"gensim": system("gensim", GENSIM[name])} if peer else {}
        systems |= {
            "fastw2v " + " ".join(map(str, options.values())): system("fastw2v", options) for options in variants
        }
        harness.in_turn(systems, rounds, "M words/s", base="gensim" if peer else None)
