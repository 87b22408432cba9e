import numpy as np
from numpy.typing import NDArray

def format_rows(
    blob: NDArray[np.uint8], offsets: NDArray[np.int64], vectors: NDArray[np.float32], start: int, stop: int
) -> bytes: ...
