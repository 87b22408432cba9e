"""Words as one block of UTF-8 bytes with offsets, the form in which they are stored and handed to compiled code.

Decoding is put off until a word is asked for. Nothing here reads or writes files.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import overload

import numpy as np
from numpy.typing import NDArray

from fastw2v.short import short

__all__ = ["PackedWords", "word_with_space"]

Lookup = tuple[NDArray[np.uint32], NDArray[np.int32]]

# What the tokenizer and every reader of word2vec files split on.
ASCII_SPACE = b" \t\n\v\f\r"
NUMBERS = 1 << 16  # numbers turned into words together


def _hash_words_python(blob: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.uint32]:
    """What the compiled `hash_words` does, for installations without the compiled part."""
    data = blob.tobytes()
    words = (data[start:stop] for start, stop in pairwise(offsets.tolist()))
    return np.fromiter(map(zlib.crc32, words), np.uint32, len(offsets) - 1)


try:
    from fastw2v._vector_rows import hash_words
except ImportError:
    hash_words = _hash_words_python


class PackedWords(Sequence[str]):
    """A read-only sequence of words, word i being `blob[offsets[i]:offsets[i + 1]]`, decoded when asked for.

    lookup: what `make_lookup` gives, so that a word can be found without decoding them all; stored with the words, or
    made when one is first looked for.
    source: the file they are read from as they are asked for, which a sentence about a damaged word names.

    Raises
    ------
    ValueError: the offsets do not ascend from 0 to the length of the blob, or the look-up does not fit them.
    """

    __slots__ = ("blob", "lookup", "offsets", "source")

    def __init__(
        self, blob: NDArray[np.uint8], offsets: NDArray[np.int64], lookup: Lookup | None = None, source: str = ""
    ) -> None:
        if blob.ndim != 1 or blob.dtype != np.uint8 or offsets.ndim != 1 or offsets.dtype != np.int64:
            raise ValueError("packed words must be bytes (uint8) and offsets (int64), each of one dimension")
        if len(offsets) == 0 or offsets[0] != 0 or offsets[-1] != len(blob) or bool((offsets[1:] < offsets[:-1]).any()):
            raise ValueError(f"the offsets of packed words must ascend from 0 to their {len(blob)} bytes")
        if lookup is not None:
            hashes, rows = lookup
            if (
                hashes.dtype != np.uint32
                or rows.dtype != np.int32
                or not hashes.shape == rows.shape == (len(offsets) - 1,)
            ):
                raise ValueError("the look-up of packed words must be a uint32 hash and an int32 row for each of them")
        self.blob = blob
        self.offsets = offsets
        self.lookup = lookup
        self.source = source

    @classmethod
    def pack(cls, words: Iterable[str]) -> PackedWords:
        """The words as UTF-8 bytes and offsets; ValueError names one that UTF-8 cannot hold (a lone surrogate)."""
        if isinstance(words, PackedWords):
            return words
        encoded = []
        for word in words:
            if not isinstance(word, str):
                raise TypeError(f"words must be str, not {short(word)}")
            try:
                encoded.append(word.encode())
            except UnicodeEncodeError:
                raise ValueError(
                    f"the word {short(word)} holds half a character and cannot be stored; rename it"
                ) from None
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), offsets)

    @classmethod
    def numbers(cls, count: int) -> PackedWords:
        """The words "0", "1", ... of so many numbers, none of them made one by one."""
        pieces, lengths = [np.empty(0, np.uint8)], np.ones(count, np.int64)
        for start in range(0, count, NUMBERS):
            values = np.arange(start, min(start + NUMBERS, count))
            digits = len(str(values[-1]))
            powers = 10 ** np.arange(digits - 1, -1, -1)
            shown = values[:, None] >= powers
            shown[:, -1] = True
            pieces.append((values[:, None] // powers % 10 + ord("0"))[shown].astype(np.uint8))
            lengths[values] = shown.sum(axis=1)
        return cls(np.concatenate(pieces), np.concatenate(([0], np.cumsum(lengths))).astype(np.int64))

    def make_lookup(self) -> Lookup:
        """The CRC-32 of each word, ascending, and the row of that word."""
        hashes = hash_words(self.blob, self.offsets)
        order = np.argsort(hashes, kind="stable")
        return hashes[order], order.astype(np.int32)

    def find(self, word: str) -> int:
        """The row of a word by `lookup`, or -1; words are compared. ValueError where the look-up names rows that are
        not there, or whose words are others."""
        if self.lookup is None:
            self.lookup = self.make_lookup()
        hashes, rows = self.lookup
        try:
            wanted = word.encode()
        except UnicodeEncodeError:
            return -1
        key = np.uint32(zlib.crc32(wanted))
        for place in range(int(np.searchsorted(hashes, key)), len(self)):
            if hashes[place] != key:
                break
            row = int(rows[place])
            found = self.blob[self.offsets[row] : self.offsets[row + 1]].tobytes() if 0 <= row < len(self) else None
            if found == wanted:
                return row
            if found is None or zlib.crc32(found) != key:
                raise ValueError(
                    f"{self._place()}the look-up of the stored words names row {row} for {short(word)}, whose word it "
                    "is not; the file is damaged"
                )
        return -1

    def same(self, other: PackedWords) -> bool:
        """Whether both are the same words, none of them being decoded."""
        return np.array_equal(self.offsets, other.offsets) and np.array_equal(self.blob, other.blob)

    def begin(self, other: PackedWords) -> bool:
        """Whether these are the first words of `other`."""
        return len(self) <= len(other) and self.same(other.head(len(self)))

    def head(self, count: int, *, copy: bool = False) -> PackedWords:
        """The first `count` words; `copy`: in memory of their own."""
        blob, offsets = self.blob[: self.offsets[count]], self.offsets[: count + 1]
        if copy:
            blob, offsets = blob.copy(), offsets.copy()
        return PackedWords(blob, offsets, source=self.source)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        position = range(len(self))[index]
        word = self.blob[self.offsets[position] : self.offsets[position + 1]].tobytes()
        return self._decode(word, position)

    def __iter__(self) -> Iterator[str]:
        return iter(self.to_list())

    def to_list(self) -> list[str]:
        """All words at once, by far faster than one after the other."""
        data, ends = self.blob.tobytes(), self.offsets.tolist()
        if data.isascii():
            text = data.decode("ascii")
            return [text[start:stop] for start, stop in pairwise(ends)]
        return [self._decode(data[start:stop], position) for position, (start, stop) in enumerate(pairwise(ends))]

    def _place(self) -> str:
        return f"{self.source}: " if self.source else ""

    def _decode(self, word: bytes, position: int) -> str:
        try:
            return word.decode()
        except UnicodeDecodeError:
            raise ValueError(
                f"{self._place()}stored word number {position} is not UTF-8: {word[:40]!r}; the file is damaged"
            ) from None


def word_with_space(words: Sequence[str]) -> str | None:
    """The first word that is empty or holds ASCII white space, and so cannot stand in a line of words; else None."""
    if not isinstance(words, PackedWords):
        return next((word for word in words if not word or any(space in word for space in ASCII_SPACE.decode())), None)
    is_space = np.zeros(256, np.bool_)
    is_space[list(ASCII_SPACE)] = True
    empty = np.flatnonzero(words.offsets[1:] == words.offsets[:-1])
    spaces = np.flatnonzero(is_space[words.blob])
    found = [int(empty[0])] if len(empty) else []
    if len(spaces):
        found.append(int(np.searchsorted(words.offsets, spaces[0], side="right")) - 1)
    return words[min(found)] if found else None
