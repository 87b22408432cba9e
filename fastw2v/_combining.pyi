"""Rows of several nodes made one, by a kernel's combine_row, whose formula stands in src_c/fw2v.h."""

from typing import Final

import numpy as np
import numpy.typing as npt

from fastw2v._kernels import Kernel

DIRECTIONS: Final[int]
SHARES: Final[int]

def pick_rows(matrix: npt.NDArray[np.float32], rows: npt.NDArray[np.int32], width: int) -> npt.NDArray[np.float32]:
    """The first `width` numbers of these rows: (rows, width). IndexError for rows that are not there."""

def put_rows(matrix: npt.NDArray[np.float32], rows: npt.NDArray[np.int32], values: npt.NDArray[np.float32]) -> None:
    """Puts values, (rows, width), into the first `width` numbers of these rows. IndexError as above."""

def combine_parts(
    kernel: Kernel,
    rows: list[npt.NDArray[np.int32]],
    touches: list[npt.NDArray[np.float32]],
    values: list[npt.NDArray[np.float32]],
    common: npt.NDArray[np.float32],
    group: int,
    owner: int,
    owners: int,
    basis: npt.NDArray[np.float32],
    shares: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """All rows that are in some part, ascending; where each stands in `common`; its touches by all; what it becomes.

    rows: of each part, ascending, each once; touches: (n,); values: (n, width). Rows go round the owners in groups of
    `group`; common: this owner's rows before, (rows, width). basis: (DIRECTIONS, padded width); shares: (SHARES,). A row
    that is in one part only becomes what it is there, to the bit. IndexError for a row of another owner's.
    """
