"""The kernels alone, rows in cache: useful operations a second beside the most that one core does in the same run, and
what one core moves to and from memory. These are the numbers of a roofline; checks.py proves the steps right before."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from fastw2v import _kernels, kernels
from fastw2v.matrices import aligned_zeros

from . import checks, harness
from .record import record
from .settings import Settings

SHAPES = [(10, 6), (6, 6), (2, 6), (10, 11)]  # inputs and outputs: windows of 5, their mean, their least, 10 negatives
WIDTHS = [100, 200, 300]
OPERATIONS = 6  # of a pair and dimension: a multiply-add each for the score and the two updates
ROW_TRAFFIC = 8  # bytes of a row's float: it is read and written
SECONDS = 0.05  # of one timing
COPIED = 2**28  # bytes: more than caches hold
RATE = 1e-7  # so small that rows stay what they are, however many steps are made
BANDWIDTH, PEAK = "memory bandwidth of one core", "peak of one core"


def intensity(n_in: int, n_out: int) -> float:
    """Operations for each byte of the rows, each read and written once, whatever their width."""
    return OPERATIONS * n_in * n_out / (ROW_TRAFFIC * (n_in + n_out))


def timed(call: Callable[[int], float | None], work: float, count: int = 1000) -> float:
    """Units of work a second of `call(n)`, which does `work` for each n, or tells how much it did where `work` is 0; n
    grows from `count` until a timing takes SECONDS."""
    while True:
        begin = time.perf_counter()
        done = call(count)
        seconds = time.perf_counter() - begin
        if seconds >= SECONDS:
            return (work * count if work else done or 0.0) / seconds
        count = int(count * max(2.0, 1.2 * SECONDS / max(seconds, 1e-9)))


def speed(kernel: _kernels.Kernel, n_in: int, n_out: int, width: int) -> float:
    """Useful floating-point operations a second of one window stepped again and again."""
    rng = np.random.default_rng(0)
    X, Y = aligned_zeros(n_in, width), aligned_zeros(n_out, width)
    X[:, :width], Y[:, :width] = 0.1 * rng.normal(size=(n_in, width)), 0.1 * rng.normal(size=(n_out, width))
    labels, counts = np.eye(n_out, dtype=np.float32)[0].copy(), np.ones(n_out, np.float32)
    rows = np.arange(n_in, dtype=np.int32), np.arange(n_out, dtype=np.int32)

    def steps(count: int) -> None:
        _kernels.step(kernel, X, rows[0], Y, rows[1], labels, counts, RATE, count)

    return timed(steps, OPERATIONS * n_in * n_out * width)


def bandwidth() -> float:
    """Bytes a second that a copy in memory reads and writes; the cache lines it writes are not counted as read. Both
    sides were written before, or the time would be that of getting pages from the system."""
    source, target = np.full(COPIED, 1, np.uint8), np.full(COPIED, 2, np.uint8)

    def copy(count: int) -> None:
        for _ in range(count):
            np.copyto(target, source)

    return timed(copy, 2 * COPIED, count=1)


def run(settings: Settings) -> None:
    """Every kernel, shape and width, in turn; the peak is that of the widest registers this machine has."""
    names = kernels.available()
    cases = [(shape, width) for shape in SHAPES for width in WIDTHS]
    for name in names:
        for shape, width in cases:
            checks.step(name, *shape, width)
    found = {name: _kernels.named(name) for name in names}
    widest = found[names[-1]]
    harness.title("kernels, rows in cache, one core")
    figures: dict[tuple[str, tuple[int, int], int], list[float]] = {}
    best = fastest = 0.0
    for number in range(settings.rounds):
        for shape, width in cases:
            for name in names:
                rate = speed(found[name], *shape, width) / 1e9
                figures.setdefault((name, shape, width), []).append(rate)
                what = {"system": name, "shape": shape, "width": width, "intensity": intensity(*shape)}
                record.add(**what, round=number + 1, value=rate, unit="GFLOP/s")
        if len(names) > 1:  # BLAS alone tells no peak
            best = max(best, timed(lambda count: _kernels.peak(widest, count), 0) / 1e9)
        fastest = max(fastest, bandwidth() / 1e9)
    print(f"{'inputs x outputs':18}{'width':>6}  " + "".join(f"{name:>22}" for name in names))
    for shape, width in cases:
        cells = []
        for name in names:
            middle = median(figures[name, shape, width])
            cells.append(f"{middle:9.1f} GFLOP/s" + (f" {100 * middle / best:3.0f}%" if best else ""))
        print(f"{shape[0]:>8} x {shape[1]:<7}{width:>6}  " + "".join(f"{cell:>22}" for cell in cells))
    if best:
        record.add(system=PEAK, kernel=names[-1], value=best, unit="GFLOP/s")
        print(f"{PEAK}, highest seen: {best:.1f} GFLOP/s ({names[-1]} multiply-adds)")
    record.add(system=BANDWIDTH, value=fastest, unit="GB/s")
    print(f"{BANDWIDTH}, highest seen: {fastest:.1f} GB/s")
