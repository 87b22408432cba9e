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
) -> float:
    """One window step in place (`repeat` of them, for timing): rows `input_rows` of `inputs` against `output_rows` of
    `outputs`, both (n, d) with d a multiple of 16. Returns the (last) loss before the step, natural logarithm."""

def peak(kernel: Kernel, rounds: int) -> float:
    """Runs `rounds` rounds of multiply-adds in registers; returns how many floating-point operations that was.

    ValueError for "blas", which has no registers of its own."""
