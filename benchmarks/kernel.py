"""The kernels alone, rows in cache: useful operations a second beside the most that one core does with the same
registers, in turn, and what one core moves to and from memory. These are the numbers of a roofline; checks.py proves
the steps right before."""

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
SLICE = 0.002  # seconds of one timing: the neighbours of a shared core come and go, few stay away for longer
PAIRS = 25  # of such timings in a round, a step's and the peak's
SECONDS = 0.05  # of a copy in memory
DIFFER = 3  # no row stands twice, as training knows of most windows (FW2V_INPUTS_DIFFER | FW2V_OUTPUTS_DIFFER)
COPIED = 2**28  # bytes: more than caches hold
RATE = 1e-7  # so small that rows stay what they are, however many steps are made
BANDWIDTH, PEAK = "memory bandwidth of one core", "peak of one core"


def intensity(n_in: int, n_out: int) -> float:
    """Operations for each byte of the rows, each read and written once, whatever their width."""
    return OPERATIONS * n_in * n_out / (ROW_TRAFFIC * (n_in + n_out))


def timed(call: Callable[[int], float | None], work: float, count: int, seconds: float) -> tuple[float, int]:
    """Units of work a second of `call(n)`, which does `work` for each n, or tells how much it did where `work` is 0,
    and n, which grows from `count` until a timing takes so many seconds."""
    while True:
        begin = time.perf_counter()
        done = call(count)
        took = time.perf_counter() - begin
        if took >= seconds:
            return (work * count if work else done or 0.0) / took, count
        count = int(count * max(2.0, 1.2 * seconds / max(took, 1e-9)))


def step_of(kernel: _kernels.Kernel, n_in: int, n_out: int, width: int) -> Callable[[int], None]:
    """Makes one window's step so many times."""
    rng = np.random.default_rng(0)
    X, Y = aligned_zeros(n_in, width), aligned_zeros(n_out, width)
    X[:, :width], Y[:, :width] = 0.1 * rng.normal(size=(n_in, width)), 0.1 * rng.normal(size=(n_out, width))
    labels, counts = np.eye(n_out, dtype=np.float32)[0].copy(), np.ones(n_out, np.float32)
    rows = np.arange(n_in, dtype=np.int32), np.arange(n_out, dtype=np.int32)

    def steps(count: int) -> None:
        _kernels.step(kernel, X, rows[0], Y, rows[1], labels, counts, RATE, count, differ=DIFFER)

    return steps


def pairs(kernel: _kernels.Kernel, n_in: int, n_out: int, width: int) -> tuple[list[float], list[float]]:
    """GFLOP/s of useful operations of one window's step, and of multiply-adds alone, slice by slice in turn; BLAS has
    no registers of its own, and no peak."""
    steps, work = step_of(kernel, n_in, n_out, width), OPERATIONS * n_in * n_out * width
    own, most = [], []
    count = rounds = 1000
    for _ in range(PAIRS):
        rate, count = timed(steps, work, count, SLICE)
        own.append(rate / 1e9)
        if kernel.name != "blas":
            rate, rounds = timed(lambda n: _kernels.peak(kernel, n), 0, rounds, SLICE)
            most.append(rate / 1e9)
    return own, most


def bandwidth() -> float:
    """Bytes a second that a copy in memory reads and writes; the cache lines it writes are not counted as read. Both
    sides were written before, or the time would be that of getting pages from the system."""
    source, target = np.full(COPIED, 1, np.uint8), np.full(COPIED, 2, np.uint8)

    def copy(count: int) -> None:
        for _ in range(count):
            np.copyto(target, source)

    return timed(copy, 2 * COPIED, 1, SECONDS)[0]


def run(settings: Settings) -> None:
    """Every kernel, shape and width, in turn; a share is that of the kernel's own peak, pair by pair."""
    names = kernels.available()
    cases = [(shape, width) for shape in SHAPES for width in WIDTHS]
    for name in names:
        for shape, width in cases:
            checks.step(name, *shape, width)
    found = {name: _kernels.named(name) for name in names}
    harness.title("kernels, rows in cache, one core")
    rates: dict[tuple[str, tuple[int, int], int], list[float]] = {}
    shares: dict[tuple[str, tuple[int, int], int], list[float]] = {}
    peaks: dict[str, float] = {}
    fastest = 0.0
    for number in range(settings.rounds):
        for shape, width in cases:
            for name in names:
                own, most = pairs(found[name], *shape, width)
                what = {"system": name, "shape": shape, "width": width, "intensity": intensity(*shape)}
                what |= {"round": number + 1, "value": median(own), "unit": "GFLOP/s", "best": max(own)}
                rates.setdefault((name, shape, width), []).append(median(own))
                if most:
                    what["shares"] = [rate / peak for rate, peak in zip(own, most, strict=True)]
                    what["share_of_bests"] = max(own) / max(most)
                    shares.setdefault((name, shape, width), []).extend(what["shares"])
                    peaks[name] = max(peaks.get(name, 0.0), *most)
                record.add(**what)
        fastest = max(fastest, bandwidth() / 1e9)
    print(f"{'inputs x outputs':18}{'width':>6}  " + "".join(f"{name:>22}" for name in names))
    for shape, width in cases:
        cells = []
        for name in names:
            of_peak = shares.get((name, shape, width))
            share = f" {100 * median(of_peak):3.0f}%" if of_peak else ""
            cells.append(f"{median(rates[name, shape, width]):9.1f} GFLOP/s{share}")
        print(f"{shape[0]:>8} x {shape[1]:<7}{width:>6}  " + "".join(f"{cell:>22}" for cell in cells))
    for name, peak in peaks.items():
        record.add(system=f"{PEAK}, {name}", value=peak, unit="GFLOP/s")
        print(f"{PEAK}, highest seen: {peak:.1f} GFLOP/s ({name} multiply-adds)")
    record.add(system=BANDWIDTH, value=fastest, unit="GB/s")
    print(f"{BANDWIDTH}, highest seen: {fastest:.1f} GB/s")
