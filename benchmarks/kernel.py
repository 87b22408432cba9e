"""The kernels alone, rows in cache: useful operations a second beside the most that one core does in the same run."""

from __future__ import annotations

import time
from statistics import median

import numpy as np

from fastw2v import _kernels, kernels
from fastw2v.equations import window_loss_and_gradients
from fastw2v.matrices import aligned_zeros

from . import harness

SHAPES = [(10, 6), (6, 6), (2, 6), (10, 11)]
WIDTHS = [100, 200, 300]
OPERATIONS = 6  # of a pair and dimension: a multiply-add each for the score and the two updates
SECONDS = 0.05  # of one timing


def timed(call, work: float) -> float:
    """`work(n)` operations a second of `call(n)`, n grown until a timing takes SECONDS."""
    count = 1000
    while True:
        begin = time.perf_counter()
        done = call(count)
        seconds = time.perf_counter() - begin
        if seconds >= SECONDS:
            return (work * count if work else done) / seconds
        count = int(count * max(2.0, 1.2 * SECONDS / max(seconds, 1e-9)))


def check(kernel, n_in: int, n_out: int, width: int) -> None:
    """The step is right before it is timed."""
    rng = np.random.default_rng(0)
    X, Y = aligned_zeros(n_in, width), aligned_zeros(n_out, width)
    X[:, :width], Y[:, :width] = rng.normal(size=(n_in, width)), rng.normal(size=(n_out, width))
    labels, counts = np.eye(n_out, dtype=np.float32)[0].copy(), np.ones(n_out, np.float32)
    _, dX, dY = window_loss_and_gradients(X, Y, labels, counts)
    want = X - 0.1 * dX, Y - 0.1 * dY
    rows = np.arange(n_in, dtype=np.int32), np.arange(n_out, dtype=np.int32)
    _kernels.step(kernel, X, rows[0], Y, rows[1], labels, counts, 0.1)
    np.testing.assert_allclose(X, want[0], atol=1e-4)
    np.testing.assert_allclose(Y, want[1], atol=1e-4)


def speed(kernel, n_in: int, n_out: int, width: int) -> float:
    """Useful floating-point operations a second of one window stepped again and again."""
    rng = np.random.default_rng(0)
    X, Y = aligned_zeros(n_in, width), aligned_zeros(n_out, width)
    X[:, :width], Y[:, :width] = 0.1 * rng.normal(size=(n_in, width)), 0.1 * rng.normal(size=(n_out, width))
    labels, counts = np.eye(n_out, dtype=np.float32)[0].copy(), np.ones(n_out, np.float32)
    rows = np.arange(n_in, dtype=np.int32), np.arange(n_out, dtype=np.int32)

    def steps(count: int) -> None:
        _kernels.step(kernel, X, rows[0], Y, rows[1], labels, counts, 1e-7, count)

    return timed(steps, OPERATIONS * n_in * n_out * width)


def run(rounds: int) -> None:
    """Every kernel, shape and width, in turn; the peak is that of the widest registers this machine has."""
    names = kernels.available()
    found = {name: _kernels.named(name) for name in names}
    widest = found[names[-1]]
    best = max(timed(lambda count: _kernels.peak(widest, count), 0) for _ in range(rounds)) if len(names) > 1 else None
    if best:
        print(f"peak of one core: {best / 1e9:.1f} GFLOP/s ({names[-1]} multiply-adds)")
    figures: dict[tuple[str, tuple[int, int], int], list[float]] = {}
    for shape in SHAPES:
        for width in WIDTHS:
            for name in names:
                check(found[name], *shape, width)
    for number in range(rounds):
        for shape in SHAPES:
            for width in WIDTHS:
                for name in names:
                    rate = speed(found[name], *shape, width)
                    figures.setdefault((name, shape, width), []).append(rate)
                    harness.record.add(
                        system=name, shape=shape, width=width, round=number + 1, value=rate / 1e9, unit="GFLOP/s"
                    )
            if best:
                best = max(best, timed(lambda count: _kernels.peak(widest, count), 0))
    print(f"{'inputs x outputs':18}{'width':>6}  " + "".join(f"{name:>22}" for name in names))
    for shape in SHAPES:
        for width in WIDTHS:
            cells = []
            for name in names:
                middle = median(figures[name, shape, width]) / 1e9
                cells.append(f"{middle:9.1f} GFLOP/s" + (f" {middle * 1e11 / best:3.0f}%" if best else ""))
            print(f"{shape[0]:>8} x {shape[1]:<7}{width:>6}  " + "".join(f"{cell:>22}" for cell in cells))
    if best:
        harness.record.add(system=f"peak of one core, {names[-1]}", value=best / 1e9, unit="GFLOP/s")
        print(f"peak of one core, highest seen: {best / 1e9:.1f} GFLOP/s")
