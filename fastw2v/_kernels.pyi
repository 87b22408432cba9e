"""The window kernels as Python objects. The formula and contract of a step stand in src_c/fw2v.h."""

import numpy as np
import numpy.typing as npt

class Kernel:
    """One implementation of the window step, made by `named`."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """TypeError: kernels are made by `named`."""

    @property
    def name(self) -> str: ...
    @property
    def lanes(self) -> int:
        """Floats in a vector register; 1 for the BLAS reference."""

def supported() -> list[str]:
    """Names of the kernels this machine runs, slowest first."""

def named(name: str) -> Kernel:
    """The kernel of that name; ValueError naming those that run here otherwise."""

def step(
    kernel: Kernel,
    inputs: npt.NDArray[np.float32],
    input_rows: npt.NDArray[np.int32],
    outputs: npt.NDArray[np.float32],
    output_rows: npt.NDArray[np.int32],
    labels: npt.NDArray[np.float32],
    counts: npt.NDArray[np.float32],
    rate: float,
    repeat: int = 1,
    changed: npt.NDArray[np.float32] | None = None,
    differ: int = 0,
) -> float:
    """One window step in place (`repeat` of them, for timing): rows `input_rows` of `inputs` against `output_rows` of
    `outputs`, both (n, d) with d a multiple of 16. Returns the (last) loss before the step, natural logarithm.
    The inputs' changes go to `changed` (inputs of the window, d), where it is given. differ: as in fw2v.h."""

def readable(numbers: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The numbers with as much behind them as kernels read."""

def step_pairs(
    kernel: Kernel,
    inputs: npt.NDArray[np.float32],
    changed: npt.NDArray[np.float32],
    outputs: npt.NDArray[np.float32],
    labels: npt.NDArray[np.float32],
    counts: npt.NDArray[np.float32],
    rate: float,
) -> float:
    """Row i of `inputs` against row i of `outputs`, all (n, d) with d a multiple of 16: n windows of one pair each. The
    inputs' changes are added to `changed`, which may be `inputs` itself. Returns the summed loss before the step."""

def sum_rows(
    kernel: Kernel,
    matrix: npt.NDArray[np.float32],
    rows: npt.NDArray[np.int32],
    factor: float,
    out: npt.NDArray[np.float32],
) -> None:
    """out = factor * the sum of the rows; d a multiple of 16."""

def add_to_rows(
    kernel: Kernel,
    change: npt.NDArray[np.float32],
    factor: float,
    matrix: npt.NDArray[np.float32],
    rows: npt.NDArray[np.int32],
) -> None:
    """Each of the rows gets factor * change, once for each time it stands among `rows`; d a multiple of 16."""

def add_ahead(
    kernel: Kernel,
    change: npt.NDArray[np.float32],
    factor: float,
    matrix: npt.NDArray[np.float32],
    rows: npt.NDArray[np.int32],
    ahead: int,
    near: bool,
) -> None:
    """As add_to_rows, but row after row, without the GIL, each row asked of the caches (`near`: the first, else the
    second) so many rows ahead; 0: not at all. For measuring how fast this machine changes rows in memory."""

def exp_row(kernel: Kernel, scores: npt.NDArray[np.float32]) -> tuple[float, float]:
    """scores = exp(scores - their greatest) in place; returns (the greatest, the sum of the new ones)."""

def peak(kernel: Kernel, rounds: int) -> float:
    """Runs `rounds` rounds of multiply-adds in registers; returns how many floating-point operations that was.

    ValueError for "blas", which has no registers of its own."""
