import numpy as np
from numpy.typing import NDArray

def keep_answers(
    values: NDArray[np.float32],
    questions: NDArray[np.int64],
    spellings: NDArray[np.int64],
    asked: NDArray[np.int64],
    first: int,
    floor: float | None,
    scores: NDArray[np.float32],
    rows: NDArray[np.int64],
) -> None: ...
