"""What must be right before anything is timed: each kernel's step, and that each system learns a text's structure.

A system that was called wrongly, or a build that computes nonsense, is stopped here instead of winning a race.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fastw2v import _kernels, kernels
from fastw2v.equations import window_loss_and_gradients
from fastw2v.matrices import aligned_zeros

from . import peers, synthetic
from .scores import Benchmarks
from .settings import Settings, Task

# A text small enough to be trained on in a second, and as often as the slowest learner (CBOW) needs.
WORDS, VOCABULARY, EPOCHS = 300_000, 600, 5
LEAST_RHO = 0.3  # of the planted similarities; those that learn reach 0.6 and more, an untrained matrix 0
STEP_RATE = 0.1

_learned: set[tuple[str, str, int]] = set()  # name, objective and workers of what was checked: once is enough


def step(name: str, n_in: int, n_out: int, width: int) -> None:
    """AssertionError if a kernel's step on a window is not what the equations say."""
    rng = np.random.default_rng(0)
    X, Y = aligned_zeros(n_in, width), aligned_zeros(n_out, width)
    X[:, :width], Y[:, :width] = rng.normal(size=(n_in, width)), rng.normal(size=(n_out, width))
    labels, counts = np.eye(n_out, dtype=np.float32)[0].copy(), np.ones(n_out, np.float32)
    _, dX, dY = window_loss_and_gradients(X, Y, labels, counts)
    want = X - STEP_RATE * dX, Y - STEP_RATE * dY
    rows = np.arange(n_in, dtype=np.int32), np.arange(n_out, dtype=np.int32)
    _kernels.step(_kernels.named(name), X, rows[0], Y, rows[1], labels, counts, STEP_RATE)
    np.testing.assert_allclose(X, want[0], atol=1e-4)
    np.testing.assert_allclose(Y, want[1], atol=1e-4)


def steps(settings: Settings) -> None:
    """Each kernel on a whole window of the model's size."""
    for name in kernels.available():
        step(name, 2 * settings.window, 1 + settings.negative, settings.vector_size)


def learn(settings: Settings, systems: Sequence[str], objective: str) -> None:
    """RuntimeError if a system does not learn the structure that a small text was made with."""
    systems = [name for name in systems if (name, objective, settings.workers) not in _learned]
    if not systems:
        return
    with tempfile.TemporaryDirectory() as folder:
        text = synthetic.write(Path(folder), WORDS, VOCABULARY)
        asked = Benchmarks(folder)
        order = peers.ranked(str(text))[1]
        for name in systems:
            out = Path(folder, "vectors.bin")
            task = Task(str(text), objective, epochs=EPOCHS, workers=settings.workers)
            peers.train(name, peers.scored_task(name, task), settings, out)
            rho = asked.score(out, order).similarity
            if math.isnan(rho) or rho < LEAST_RHO:
                raise RuntimeError(
                    f"{name} does not learn ({objective}): rho with planted similarities is {rho:.2f}, but must be "
                    f"{LEAST_RHO} at least; nothing was timed"
                )
            print(f"  checked: {name} learns ({objective}), rho with planted similarities {rho:.2f}", flush=True)
            out.unlink()
            _learned.add((name, objective, settings.workers))
