"""Words of the text trained a second by fastw2v's own variants of the objectives, in turn; `train` has the peers."""

from __future__ import annotations

from . import harness
from .settings import OURS, Settings
from .training import speed

CBOW: dict[str, object] = {"architecture": "cbow"}
TREE: dict[str, object] = {"loss": "hierarchical"}
VARIANTS: dict[str, list[dict[str, object]]] = {
    "CBOW, negative": [CBOW, {**CBOW, "cbow_batch": 1}, {**CBOW, "cbow_batch": 8}],
    "CBOW, hierarchical": [{**CBOW, **TREE}],
    "skip-gram, hierarchical": [TREE],
    "skip-gram, noise of a window and of each pair": [{"negative_sharing": of} for of in ("window", "pair")],
}


def run(settings: Settings) -> None:
    """One epoch of each, reading not counted."""
    for name, variants in VARIANTS.items():
        harness.title(f"{name}, one epoch, {settings.workers} workers, {settings.shape()}")
        systems = {
            f"{OURS} " + " ".join(map(str, options.values())): speed(OURS, settings, "skipgram", more=options)
            for options in variants
        }
        harness.in_turn(systems, settings.rounds, "M words/s", ours=next(iter(systems)))
