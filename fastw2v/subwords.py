"""Rows of words that are the mean of a row of their own and the rows of their character n-grams, as in fastText.

The n-grams of a word w are those of "<w>", and each has the row that its hash names (Bojanowski et al., 2017,
"Enriching Word Vectors with Subword Information", sections 3.2 and 4.3); the hash is FNV-1a over UTF-8 bytes, each
taken as a signed number. Where the rows come from is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["mean_with_ngrams"]

FNV_START, FNV_PRIME = np.uint32(2166136261), np.uint32(16777619)
LEADS = np.array([0, 0, 0xC0, 0xE0, 0xF0], np.uint32)  # what UTF-8 adds to the first of 1 to 4 bytes
BLOCK_WORDS = 2048  # whose n-grams are found together
BLOCK_NUMBERS = 1 << 23  # in the rows that are gathered together, 32 MB


def mean_with_ngrams(
    words: Sequence[str], own: NDArray[np.float32], ngrams: NDArray[np.float32], shortest: int, longest: int
) -> NDArray[np.float32]:
    """The rows of `words`, (words, size): (own row + sum of the rows of its n-grams) / (1 + number of n-grams).

    Parameters
    ----------
    own: (words, size), a row for each word.
    ngrams: (buckets, size), at least one row; the n-gram with hash h has row h modulo buckets.
    shortest, longest: how many characters an n-gram has, "<" and ">" counted; a lone "<" or ">" is none.
    """
    rows = np.array(own, dtype=np.float32, order="C")
    step = max(1, BLOCK_NUMBERS // max(1, rows.shape[1]))
    for start in range(0, len(words), BLOCK_WORDS):
        block = rows[start : start + BLOCK_WORDS]
        numbers = np.ones(len(block), np.float32)
        for owners, buckets in _ngrams(words[start : start + BLOCK_WORDS], len(ngrams), shortest, longest):
            numbers += np.bincount(owners, minlength=len(block)).astype(np.float32)
            for first in range(0, len(owners), step):
                _add_rows(block, owners[first : first + step], ngrams[buckets[first : first + step]])
        block /= numbers[:, None]
    return rows


def _add_rows(block: NDArray[np.float32], owners: NDArray[np.intp], added: NDArray[np.float32]) -> None:
    """Add each row of `added` to its owner's row; owners ascend."""
    if len(owners):
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        block[owners[firsts]] += np.add.reduceat(added, firsts, axis=0)


def _ngrams(
    words: Sequence[str], buckets: int, shortest: int, longest: int
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """For each length in turn: the words (by position, ascending) that have n-grams of it, and the n-grams' buckets.

    An n-gram's hash is that of the n-gram a character shorter at the same place, and that character's bytes.
    """
    # Four-byte characters make the places of characters those of numbers; their UTF-8 bytes are told from them below.
    text = "".join(f"<{word}>" for word in words)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.array([len(word) + 2 for word in words], np.intp)
    owner = np.repeat(np.arange(len(words)), lengths)
    end = np.repeat(np.cumsum(lengths), lengths)
    place = np.arange(len(codes))
    hashes = np.full(len(codes), FNV_START, np.uint32)
    for length in range(1, min(longest, int(lengths.max(initial=0))) + 1):
        inside = place + length <= end
        place, hashes = place[inside], hashes[inside]
        owner, end = owner[inside], end[inside]
        hashes = _with_character(hashes, codes[place + length - 1])
        if length >= shortest:
            kept = np.ones(len(place), np.bool_)
            if length == 1:
                ends = np.cumsum(lengths)
                kept[ends - lengths] = kept[ends - 1] = False
            yield owner[kept], (hashes[kept] % np.uint32(buckets)).astype(np.intp)


def _with_character(hashes: NDArray[np.uint32], codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Each hash continued by the UTF-8 bytes of its character."""
    size = 1 + (codes >= 0x80).astype(np.uint32) + (codes >= 0x800) + (codes >= 0x10000)
    for position in range(int(size.max(initial=0))):
        here = size > position
        shift = (6 * (size - 1 - position))[here].astype(np.uint32)
        bits = codes[here] >> shift
        byte = 0x80 | (bits & 0x3F) if position else LEADS[size[here]] | bits
        signed = byte.astype(np.uint8).astype(np.int8).astype(np.int32).view(np.uint32)
        hashes[here] = (hashes[here] ^ signed) * FNV_PRIME
    return hashes
