"""Random floats for a model's first values."""

import numpy as np
import numpy.typing as npt

def fill_uniform(rows: npt.NDArray[np.float32], half_width: float, seed: int, stream: int) -> None:
    """Fills (n, d) rows with numbers uniform in -half_width..half_width, a function of (seed, stream) and place."""
