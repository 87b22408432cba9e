"""A text as training sees it: token ids and sentence borders, a stretch at a time; and the texts that memory holds.

Whatever a text comes from (files, iterables, arrays, a file of ids larger than memory), training knows only this. How
words become ids is corpus.py's business.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Encoded", "EncodedText"]


class Encoded(Protocol):
    """Token ids in text order. A token whose id is not in 0..words - 1 is a word that is left out."""

    @property
    def tokens(self) -> int:
        """How many tokens there are, those left out included."""
        ...

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """How often each word stands in the text, by id: (words,)."""
        ...

    def read(self, start: int, stop: int) -> npt.NDArray[np.int32]:
        """The ids of tokens start..stop, (stop - start,), not to be changed. Several threads may ask at once."""
        ...

    def sentences(self, start: int, stop: int) -> npt.NDArray[np.int64]:
        """The rising borders of the sentences in which tokens start..stop (at least one) lie, as positions in the text:
        the first is at most `start`, the last at least `stop`."""
        ...


class EncodedText(NamedTuple):
    """A text in memory: sentence i is ids[offsets[i]:offsets[i + 1]]."""

    ids: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]

    @property
    def tokens(self) -> int:
        return len(self.ids)

    def read(self, start: int, stop: int) -> npt.NDArray[np.int32]:
        return self.ids[start:stop]

    def sentences(self, start: int, stop: int) -> npt.NDArray[np.int64]:
        first = int(np.searchsorted(self.offsets, start, side="right")) - 1
        last = int(np.searchsorted(self.offsets, stop, side="left"))
        return self.offsets[first : last + 1]
