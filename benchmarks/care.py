"""Seconds that a run's care for itself costs: checkpoints, callbacks and held-out loss together, beside a bare run.

All in one process, in turn, on the text read once.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastw2v import Config, Corpus, Every, Word2Vec

from . import harness
from .settings import OURS, Settings

CHECKPOINT_EVERY = "10s"
CALLBACK_SECONDS = 1.0
EPOCHS = 5
HELD_OUT_SHARE = 100  # of the text's bytes, one in so many


def run(settings: Settings) -> None:
    """EPOCHS epochs with nothing and with all of it; every callback looks up neighbours."""
    with tempfile.TemporaryDirectory() as folder:
        text = Corpus(settings.corpus, workers=settings.workers)
        held_out = Path(folder, "held-out.txt")
        with open(settings.corpus, "rb") as file:
            held_out.write_bytes(file.read(os.path.getsize(settings.corpus) // HELD_OUT_SHARE))
        config = Config(epochs=EPOCHS, workers=settings.workers, vector_size=settings.vector_size)
        word = text.vocabulary.index_to_key[0]

        def look(model: Any) -> None:
            model.wv.most_similar(word)

        care = {
            "checkpoint": Path(folder, "checkpoint"),
            "checkpoint_every": CHECKPOINT_EVERY,
            "callbacks": [Every(CALLBACK_SECONDS, look)],
            "held_out": held_out,
        }
        harness.title(
            f"checkpoints every {CHECKPOINT_EVERY}, a callback every {CALLBACK_SECONDS:g} s, held-out loss each of "
            f"{EPOCHS} epochs, {settings.workers} workers, {settings.shape()}"
        )
        systems = {"bare": seconds(text, config, {}), OURS: seconds(text, config, care)}
        harness.in_turn(systems, settings.rounds, "s", ours=OURS, lower_is_better=True)


def seconds(text: Corpus, config: Config, care: dict[str, Any]) -> Callable[[], float]:
    """What trains once, the last checkpoint included."""

    def once() -> float:
        model = Word2Vec(config)
        model.build_vocab(text)
        begin = time.perf_counter()
        model.train(text, **care)
        return time.perf_counter() - begin

    return once
