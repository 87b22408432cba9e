"""What fastw2v's defaults were chosen by: scores and words a second of the values beside each default, in turn."""

from __future__ import annotations

from . import harness
from .objectives import CBOW
from .quality import compare
from .scores import Benchmarks
from .settings import OURS, Settings

RATES = [("exact", 0.05), ("exact", 0.1), ("exact", 0.2), ("word2vec", 0.025), ("word2vec", 0.05), ("word2vec", 0.1)]
CHOICES: dict[str, list[dict[str, object]]] = {
    "CBOW's gradient and its rate": [{**CBOW, "cbow_gradient": gradient, "alpha": rate} for gradient, rate in RATES],
    "centres that meet the same noise words in CBOW": [{**CBOW, "cbow_batch": count} for count in (1, 2, 4, 8)],
    "noise words of a window or of each pair in skip-gram": [{"negative_sharing": of} for of in ("window", "pair")],
}


def name_of(options: dict[str, object]) -> str:
    """Such as "cbow_gradient=exact alpha=0.1"."""
    return " ".join(f"{option}={value}" for option, value in options.items() if option != "architecture")


NAMES = [name_of(options) for variants in CHOICES.values() for options in variants]


def run(settings: Settings, benchmarks: Benchmarks) -> None:
    """Every choice whose name holds one of --only, with the most of the numbers of epochs."""
    epochs = max(settings.epochs)
    for title, variants in CHOICES.items():
        systems = {name_of(options): (OURS, options) for options in variants}
        systems = {name: what for name, what in systems.items() if harness.wanted(name, settings.only)}
        if systems:
            harness.title(f"{title}, {epochs} epochs, {settings.workers} workers, seeds 1 to {settings.seeds}")
            compare(systems, "skipgram", [epochs], settings, benchmarks)
