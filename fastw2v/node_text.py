"""The text of one node of a cluster: its pieces, read or opened here, with phrases joined, and counted.

What is done with them is node.py's; how the text is cut, text_parts.py's and encoded_parts.py's.
"""

from __future__ import annotations

import errno
import os
import platform
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v.corpus import Corpus, EmptyTextError
from fastw2v.encoded import Encoded, EncodedText
from fastw2v.encoded_files import EncodedFile
from fastw2v.encoded_parts import Stretch, open_part
from fastw2v.frozen_phrases import FrozenPhrases
from fastw2v.phrased import phrased
from fastw2v.text_parts import TextPart, TextParts, check_same, fetched
from fastw2v.texts import Renumbered
from fastw2v.vocabulary import Vocabulary
from fastw2v.word_counts import WordCounts, merged

__all__ = ["NodeText"]

Counts = npt.NDArray[np.int64]

SHARED = "every machine must see it under this path, on a shared file system or as a copy"
REMEDIES = {
    errno.ENOENT: SHARED,
    errno.EACCES: "whoever runs the nodes there must be allowed to use it",
}


class _Piece(NamedTuple):
    """A text, its words by number, and how often each stands in it: none if another piece tells."""

    text: Encoded
    words: Sequence[str]
    counts: npt.NDArray[np.int64] | None


class NodeText:
    """parts: of the text, by piece. folder, memory_limit: where encoded pieces stand, see Corpus's cache_dir and
    memory_limit. phrases: joined in each piece, pass after pass."""

    def __init__(
        self,
        parts: Sequence[TextPart],
        errors: str,
        threads: int,
        folder: str,
        memory_limit: int | str,
        phrases: Sequence[FrozenPhrases] = (),
    ) -> None:
        self.parts = list(parts)
        self._errors, self._threads = errors, threads
        self._folder, self._memory_limit, self._phrases = folder, memory_limit, list(phrases)
        self._pieces: dict[int, _Piece | None] = {}
        self._encoded: EncodedFile | None = None
        self._whole: Renumbered | None = None

    def read(self, number: int) -> int:
        """Reads and encodes a piece, where it is not here yet; how many tokens it has."""
        piece = self._piece(number)
        return piece.text.tokens if piece is not None else 0

    def count(self, pieces: Sequence[int]) -> tuple[WordCounts, dict[int, int]]:
        """The words of pieces with their counts, and how many tokens each piece has."""
        tokens = {number: self.read(number) for number in pieces}
        found = map(self._piece, pieces)
        counts = (WordCounts.of(one.words, one.counts) for one in found if one is not None and one.counts is not None)
        return reduce(merged, counts, WordCounts.of([], np.empty(0, np.int64))), tokens

    def opened_all(self, vocabulary: Vocabulary) -> dict[int, Encoded]:
        """The pieces that are here and have words, as `opened` has each; their own words are kept no longer."""
        here = [number for number, piece in self._pieces.items() if piece is not None]
        numbers = {word: number for number, word in enumerate(vocabulary.words)}
        found = {number: self._opened(number, vocabulary, numbers) for number in here}
        self._pieces.clear()
        return found

    def opened(self, number: int, vocabulary: Vocabulary) -> Encoded:
        """A piece that has words, in the numbers of the whole text's vocabulary, which is the same in all calls."""
        return self._opened(number, vocabulary, {word: place for place, word in enumerate(vocabulary.words)})

    def _opened(self, number: int, vocabulary: Vocabulary, numbers: Mapping[str, int]) -> Encoded:
        part = self.parts[number]
        if part.is_encoded:
            if self._whole is None:
                self._whole = _renumbered(self._file(part).text, self._file(part).words, vocabulary.counts, numbers)
            return Stretch(self._whole, part.start, part.stop)
        piece = self._piece(number)
        assert piece is not None, "a piece without words has no blocks"
        return _renumbered(piece.text, piece.words, vocabulary.counts, numbers)

    def _piece(self, number: int) -> _Piece | None:
        """A piece, read where it is not here yet; None where it has no word at all."""
        if number not in self._pieces:
            part = self.parts[number]
            with _told_with_machine():
                found = self._stretch(part) if part.is_encoded else self._read(part)
            self._pieces[number] = found
        return self._pieces[number]

    def _stretch(self, part: TextPart) -> _Piece:
        """Of an encoded text, whose first part tells the counts of all."""
        file = self._file(part)
        return _Piece(Stretch(file.text, part.start, part.stop), file.words, None if part.start else file.counts)

    def _file(self, part: TextPart) -> EncodedFile:
        """The encoded text that all parts are of."""
        if self._encoded is None:
            self._encoded = open_part(part)
        return self._encoded

    def _read(self, part: TextPart) -> _Piece | None:
        check_same(part)
        part, copy = fetched(part, self._folder)
        try:
            corpus = Corpus(
                TextParts([part]),
                min_count=1,
                workers=self._threads,
                errors=self._errors,
                memory_limit=self._memory_limit,
                cache_dir=self._folder,
            )
        except EmptyTextError:
            return None
        finally:
            if copy is not None:
                os.unlink(copy)
        if not self._phrases:
            return _Piece(corpus.text, corpus.vocabulary.words, corpus.counts)
        joined = phrased(corpus, self._phrases, min_count=1, workers=self._threads)
        return _Piece(self._on_disk(joined), joined.vocabulary.words, joined.counts)

    def _on_disk(self, corpus: Corpus) -> EncodedText:
        """A text in memory as one in a file that is gone with it."""
        with tempfile.TemporaryFile(dir=self._folder, prefix="fastw2v-") as file:
            corpus.offsets.tofile(file)
            corpus.ids.tofile(file)
            offsets = np.memmap(file, np.int64, "r", 0, corpus.offsets.shape)
            ids = np.memmap(file, np.int32, "r", corpus.offsets.nbytes, corpus.ids.shape)
        return EncodedText(np.asarray(ids), np.asarray(offsets), corpus.counts)


def _renumbered(text: Any, words: Sequence[str], counts: Counts, numbers: Mapping[str, int]) -> Renumbered:
    return Renumbered(text, np.fromiter((numbers.get(word, -1) for word in words), np.int32, len(words)), counts)


@contextmanager
def _told_with_machine() -> Iterator[None]:
    """Errors say on which machine they were met, and what it needs."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise OSError(f"{error} (on the machine {platform.node()})") from None
        remedy = REMEDIES.get(error.errno)
        sentence = f"{error.strerror}, on the machine {platform.node()}" + (f"; {remedy}" if remedy else "")
        raise OSError(error.errno, sentence, error.filename) from None
    except ValueError as error:
        raise ValueError(f"{error} (on the machine {platform.node()})") from None
