"""What a run's care for itself costs: checkpoints, callbacks and held-out loss together, beside a bare run.

All in one process, in turn, on the text read once. Seconds swing with the machine by more than the cost is, so that
where they went is counted as well: the time that threads spend outside blocks, and that of the writing thread, whose
share of the threads' time is what the machine's swings leave alone.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastw2v import Config, Corpus, Every, Word2Vec
from fastw2v.checkpoints import Checkpointer
from fastw2v.model_files import ModelParts
from fastw2v.text_work import TextWorker
from fastw2v.trainer import MEASURING_EPOCH

from . import harness
from .figures import summary
from .record import record
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
        shares: dict[str, list[float]] = {"bare": [], OURS: []}
        systems = {
            "bare": seconds(text, config, {}, shares["bare"]),
            OURS: seconds(text, config, care, shares[OURS]),
        }
        harness.in_turn(systems, settings.rounds, "s", ours=OURS, lower_is_better=True)
        harness.title("of these seconds, the part in which the threads trained no block, or another thread wrote")
        for name, values in shares.items():
            for number, value in enumerate(values):
                record.add(system=name, round=number + 1, value=value, unit="%", ours=OURS, lower_is_better=True)
            print(f"{name:28} {summary(values).told('.2f')} %", flush=True)


def seconds(text: Corpus, config: Config, care: dict[str, Any], shares: list[float]) -> Callable[[], float]:
    """What trains once, the last checkpoint included. `shares` gets the per cent of the threads' time in which they
    trained nothing, and the writing thread's CPU time in per cent of it added."""

    def once() -> float:
        model = Word2Vec(config)
        model.build_vocab(text)
        with counted_times() as times:
            begin = time.perf_counter()
            model.train(text, **care)
            took = time.perf_counter() - begin
        threads = took * (config.workers or 1)
        shares.append(100 * (1 - (times["blocks"] - times["writing"]) / threads))
        return took

    return once


@contextmanager
def counted_times() -> Iterator[dict[str, float]]:
    """Seconds that all threads together spend in `blocks` by the clock, and CPU seconds of `writing` checkpoints."""
    times, lock = {"blocks": 0.0, "writing": 0.0}, threading.Lock()
    run, save = TextWorker.run, Checkpointer.save

    def counting_run(worker: TextWorker, start: int, end: int, seed: int, epoch: int, *rate: float) -> Any:
        begin = time.perf_counter()
        result = run(worker, start, end, seed, epoch, *rate)
        if epoch != MEASURING_EPOCH:
            with lock:
                times["blocks"] += time.perf_counter() - begin
        return result

    def counting_save(checkpointer: Checkpointer, parts: ModelParts) -> None:
        begin = time.thread_time()
        save(checkpointer, parts)
        with lock:
            times["writing"] += time.thread_time() - begin

    TextWorker.run, Checkpointer.save = counting_run, counting_save  # type: ignore[method-assign]
    try:
        yield times
    finally:
        TextWorker.run, Checkpointer.save = run, save  # type: ignore[method-assign]
