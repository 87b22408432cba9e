"""Some pieces of a text that is cut into many, under positions that mean the same on every machine.

Piece p begins at position p * room. Draws are keyed by positions, so that a block is trained alike wherever that is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastw2v.encoded import Encoded

__all__ = ["PieceText"]


class PieceText:
    """The pieces that are here; only they can be read. room: tokens between the beginnings of two pieces, at least as
    many as the longest has, and whole blocks. count: of all pieces, wherever they are. counts: of the words."""

    def __init__(self, room: int, count: int, counts: npt.NDArray[np.int64]) -> None:
        self.room, self.count, self.counts = room, count, counts
        self.pieces: dict[int, Encoded] = {}

    @property
    def tokens(self) -> int:
        """How far positions reach; most of them may be empty."""
        return self.room * self.count

    def end(self, piece: int) -> int:
        """The position behind the last token of a piece."""
        return piece * self.room + self.pieces[piece].tokens

    def read(self, start: int, stop: int) -> npt.NDArray[np.int32]:
        """As Encoded.read, within a piece."""
        piece, first = divmod(start, self.room)
        return self.pieces[piece].read(first, first + stop - start)

    def sentences(self, start: int, stop: int) -> npt.NDArray[np.int64]:
        """As Encoded.sentences, within a piece."""
        piece, first = divmod(start, self.room)
        return self.pieces[piece].sentences(first, first + stop - start) + piece * self.room
