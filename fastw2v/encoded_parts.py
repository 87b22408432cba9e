"""An encoded text in parts, so that several machines can read one file of it.

A part is a stretch of its tokens; which machine reads which is not known here.
"""

from __future__ import annotations

import os
from itertools import pairwise
from typing import Any

import numpy as np

from fastw2v.encoded_files import EncodedFile, open_encoded
from fastw2v.origin import facts_of
from fastw2v.text_parts import TOKENS, TextPart
from fastw2v.texts import Borders, Counts, Ids, Text

__all__ = ["Stretch", "cut_encoded", "open_part"]

# Sentences that reach farther than so many tokens beyond the end of a part are cut there.
LONGEST_SENTENCE = 1 << 20


class Stretch:
    """Tokens first..last of a text as a text of their own."""

    def __init__(self, text: Text, first: int, last: int) -> None:
        self.text, self.first, self.tokens = text, first, last - first

    @property
    def counts(self) -> Counts:
        return self.text.counts

    def read(self, start: int, stop: int) -> Ids:
        return self.text.read(self.first + start, self.first + stop)

    def sentences(self, start: int, stop: int) -> Borders:
        borders = self.text.sentences(self.first + start, self.first + stop) - self.first
        return np.clip(borders, 0, self.tokens)


def cut_encoded(path: str, parts: int) -> tuple[list[TextPart], list[dict[str, Any]]]:
    """An encoded text in about `parts` parts of as many tokens, at the ends of sentences; and the facts of its file."""
    file = open_encoded(path)
    text, cuts = file.text, [0]
    for number in range(1, parts):
        wanted = text.tokens * number // parts
        if wanted > cuts[-1]:
            end = int(text.sentences(wanted - 1, wanted)[-1])
            cuts.append(end if end - wanted < LONGEST_SENTENCE else wanted)
    borders = sorted({*cuts, text.tokens})
    whole = os.path.abspath(path)
    found = [TextPart(whole, start, stop, TOKENS, _mark_of(file)) for start, stop in pairwise(borders)]
    return found, [facts_of(path, os.stat(path))]


def open_part(part: TextPart) -> EncodedFile:
    """The file of a part; ValueError if it is another one than was cut."""
    file = open_encoded(part.path, stale=True)
    if part.mark != _mark_of(file):
        raise ValueError(f"{part.path}: this is another text than where the run was begun")
    return file


def _mark_of(file: EncodedFile) -> int:
    """The checksum of all its checksums."""
    return int(file.sums[-1])
