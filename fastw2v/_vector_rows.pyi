import numpy as np
from numpy.typing import NDArray

GOOD: int
TOO_FEW: int
TOO_MANY: int
NO_NUMBER: int
NOT_FINITE: int

def find_lines(
    text: NDArray[np.uint8], begin: int, most: int, at_end: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], int]: ...
def extend_words(
    text: NDArray[np.uint8], ends: NDArray[np.int64], stops: NDArray[np.int64], width: int
) -> NDArray[np.int64]: ...
def find_rows(
    data: NDArray[np.uint8], begin: int, most: int, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]: ...
def gather_words(
    data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64], int]: ...
def parse_rows(
    text: NDArray[np.uint8],
    ends: NDArray[np.int64],
    stops: NDArray[np.int64],
    out: NDArray[np.float32],
    allow_nan: bool,
) -> tuple[int, int]: ...
def copy_rows(data: NDArray[np.uint8], ends: NDArray[np.int64], out: NDArray[np.float32], allow_nan: bool) -> int: ...
def hash_words(blob: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint32]: ...
def find_repeat(blob: NDArray[np.uint8], offsets: NDArray[np.int64]) -> tuple[int, int]: ...
