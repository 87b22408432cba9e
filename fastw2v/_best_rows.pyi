import numpy as np
from numpy.typing import NDArray

def keep_best(
    products: NDArray[np.float32],
    scales: NDArray[np.float32],
    first: int,
    scores: NDArray[np.float32],
    rows: NDArray[np.int64],
) -> None: ...
