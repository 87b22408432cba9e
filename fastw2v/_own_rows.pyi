"""A thread's copies of the rows that all threads change most, merged with the shared ones now and then."""

import numpy as np
import numpy.typing as npt

class OwnRows:
    """A matrix whose first rows one thread changes in copies of its own. One object a thread."""

    def __new__(
        cls, matrix: npt.NDArray[np.float32], ends: npt.NDArray[np.int64], periods: npt.NDArray[np.int64]
    ) -> OwnRows:
        """matrix: (rows, stride), shared by all threads; ends, periods: as own_rows.tiers gives them."""

    @property
    def shape(self) -> tuple[int, int]:
        """Of the matrix."""

    @property
    def address(self) -> int:
        """Of the first copy, which begins on a cache line as rows do."""

    def give_back(self) -> None:
        """Adds what was changed since the last merge to the matrix; the copies are made anew when rows are next used."""
