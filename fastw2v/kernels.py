"""Which kernel a run uses: the option, the environment variable FASTW2V_KERNEL, or the fastest that runs here.

The kernels themselves are compiled (_kernels, _kernel_blas); only their choice is made here.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext

from fastw2v.config import KERNEL_VARIABLE, Kernel, check_choice

__all__ = ["available", "one_blas_thread", "resolve"]


def available() -> list[str]:
    """Names of the kernels this machine runs, slowest first; "blas" is always among them."""
    from fastw2v import _kernels

    return _kernels.supported()


def resolve(name: str = "auto") -> str:
    """The kernel that the option `name` stands for on this machine.

    "auto" is what FASTW2V_KERNEL says where that is set, else the fastest. ValueError names the kernels that run here
    if the one asked for does not.
    """
    runs = available()
    source = "kernel"
    if name == "auto" and os.environ.get(KERNEL_VARIABLE):
        source = KERNEL_VARIABLE
        name = check_choice(source, os.environ[source], tuple(k.value for k in Kernel))
    if name == "auto":
        return runs[-1]
    if name not in runs:
        raise ValueError(f"{source} is {name!r}, but this machine runs only {', '.join(runs)}; choose one or 'auto'")
    return name


def one_blas_thread(used: bool) -> AbstractContextManager[object]:
    """While workers call BLAS, BLAS starts no threads of its own; nothing is held where it is not `used`."""
    if not used:
        return nullcontext()
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[object] = threadpool_limits(1, "blas")
    return limits
