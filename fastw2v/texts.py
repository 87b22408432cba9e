"""Encoded texts as a corpus has them: in memory, or seen through another vocabulary's numbers.

Ids are ranked over all words of a text, so that a vocabulary is a threshold: training leaves out a token whose id is
not below its number of words. Nothing is read from files here.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from fastw2v.encoded import Encoded, EncodedText

__all__ = ["Borders", "Counts", "Ids", "MemoryText", "Renumbered", "Text", "kept"]

Ids = npt.NDArray[np.int32]
Borders = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]


class Text(Encoded, Protocol):
    """What training reads of a text, and what else a corpus asks of it."""

    @property
    def sentence_count(self) -> int:
        """How many sentences there are; none is empty."""
        ...

    def borders(self, first: int, last: int) -> Borders:
        """Borders first..last of sentence_count + 1: sentence i reaches from border i to border i + 1."""
        ...

    def with_counts(self, counts: Counts) -> Text:
        """The same text with these counts of its words."""
        ...


class MemoryText(EncodedText):
    """A text as two arrays; no sentence is empty."""

    __slots__ = ()

    @property
    def sentence_count(self) -> int:
        return len(self.offsets) - 1

    def borders(self, first: int, last: int) -> Borders:
        return self.offsets[first:last]

    def with_counts(self, counts: Counts) -> MemoryText:
        return self._replace(counts=counts)


class Renumbered:
    """A text in the numbers of another vocabulary. numbers: for each id of `text`, its number there, or -1 for none;
    counts: of the other vocabulary's words."""

    def __init__(self, text: Text, numbers: Ids, counts: Counts) -> None:
        self.text, self.counts, self.numbers = text, counts, numbers
        # The last one stands for all ids that are no word.
        self._numbers = np.append(numbers, np.int32(-1))

    @property
    def tokens(self) -> int:
        return self.text.tokens

    @property
    def sentence_count(self) -> int:
        return self.text.sentence_count

    def read(self, start: int, stop: int) -> Ids:
        ids = self.text.read(start, stop).view(np.uint32)
        return self._numbers[np.minimum(ids, np.uint32(len(self._numbers) - 1))]

    def sentences(self, start: int, stop: int) -> Borders:
        return self.text.sentences(start, stop)

    def borders(self, first: int, last: int) -> Borders:
        return self.text.borders(first, last)

    def with_counts(self, counts: Counts) -> Renumbered:
        return Renumbered(self.text, self.numbers, counts)


def kept(text: Text) -> tuple[Ids, Borders]:
    """The text in memory without the tokens that are left out, and without the sentences that are then empty."""
    ids, offsets = text.read(0, text.tokens), text.borders(0, text.sentence_count + 1)
    stays = ids.view(np.uint32) < len(text.counts)
    if stays.all():
        return ids, offsets
    # No sentence is empty, so that each has a sum of its own.
    lengths = np.add.reduceat(stays, offsets[:-1], dtype=np.int64)
    return ids[stays], np.concatenate(([0], np.cumsum(lengths[lengths > 0])))
