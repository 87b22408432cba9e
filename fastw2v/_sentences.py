"""Iterables of token lists to word numbers: each word checked once, when it is new.

Files and columns of tables are not read here; which words stay in a vocabulary is decided in corpus.py.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Sequence

import numpy as np

from fastw2v._reading import Progress
from fastw2v._segments import Segment, Segments, new_ids
from fastw2v._threads import TICK_SECONDS
from fastw2v.config import INT32_MAX
from fastw2v.short import LEAVE_OUT, is_missing, short

__all__ = ["read_sentences"]

# Tokens of an iterable kept as Python sees them before they move to an array of their own: 4 MB of numbers.
BATCH_TOKENS = 1 << 20
# How many sentences of an iterable pass between two looks at the clock.
CLOCK_EVERY = 1 << 10


class _BadToken(Exception):
    """A token that cannot be a word; carries what is wrong with it."""


class _Numbers(dict[str, int]):
    """Word to number, in the order met. Each word is checked once, when it is new."""

    def __missing__(self, word: object) -> int:
        if not isinstance(word, str):
            raise _BadToken(TypeError, f"is {short(word)}, but must be a str")
        if not word:
            raise _BadToken(ValueError, "is an empty str; leave it out (line.split() makes none, line.split(' ') does)")
        if not word.isascii():
            try:
                word.encode()
            except UnicodeEncodeError:
                raise _BadToken(
                    ValueError, f"is {short(word)}, which has a lone surrogate and no UTF-8 form; replace it"
                ) from None
        if len(self) > INT32_MAX:
            raise OverflowError("the text has more than 2**31 - 1 different words; split it")
        number = self[str(word)] = len(self)
        return number


class _Batches:
    """Ids and sentence ends, moved to the segments now and then; their words' counts."""

    def __init__(self, segments: Segments) -> None:
        self.segments = segments
        self.ids, self.ends = array("i"), array("i")
        self.counts = np.zeros(0, np.int64)
        self.done = 0
        self._moved = 0

    def flush(self, words: int) -> None:
        """Moves what there is; `words` different ones were met so far."""
        segment = Segment(new_ids(len(self.ids)), np.unique(np.array(self.ends, np.int32)), 0)
        segment.ids[:] = self.ids
        if words > len(self.counts):
            self.counts = np.concatenate((self.counts, np.zeros(max(words, len(self.counts)), np.int64)))
        part = np.bincount(segment.ids)
        self.counts[: len(part)] += part
        self.segments.add((0, self._moved), segment)
        self._moved += 1
        self.done += len(self.ids)
        del self.ids[:], self.ends[:]


def read_sentences(
    source: Iterable[Sequence[str]], segments: Segments, on_progress: Progress | None
) -> tuple[list[str], np.ndarray[tuple[int], np.dtype[np.int64]], int]:
    """Reads `source` once. Returns its words in the order met, their counts, and how many sentences there were, empty
    ones included. TypeError, ValueError: what is no sentence or no word, with its place."""
    numbers = _Numbers()
    batches = _Batches(segments)
    ids, ends = batches.ids, batches.ends
    told, count = time.monotonic(), 0
    lookup = numbers.__getitem__
    for number, sentence in enumerate(source):
        if isinstance(sentence, (str, bytes, dict)):
            raise _no_list(sentence, number)
        start = len(ids)
        try:
            ids.extend(map(lookup, sentence))
        except _BadToken as bad:
            kind, fault = bad.args
            raise kind(f"word {len(ids) - start} of sentence {number} {fault}") from None
        except TypeError as error:
            raise _explained(error, sentence, number, len(ids) - start) from None
        ends.append(len(ids))
        count = number + 1
        if len(ids) >= BATCH_TOKENS:
            batches.flush(len(numbers))
        if on_progress is not None and number % CLOCK_EVERY == 0 and time.monotonic() - told >= TICK_SECONDS:
            on_progress(batches.done + len(ids), None)
            told = time.monotonic()
    batches.flush(len(numbers))
    if on_progress is not None:
        on_progress(batches.done, None)
    return list(numbers), batches.counts[: len(numbers)], count


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _no_list(sentence: str | bytes | dict[object, object], number: int) -> TypeError:
    """For what could be iterated, but not over words."""
    remedy = "split it, as in text.split()"
    if isinstance(sentence, dict):
        remedy = f"name the column of texts by column=, which may be {', '.join(map(repr, list(sentence)[:10]))}"
    return TypeError(f"sentence {number} is {_short(sentence)}, but must be a list of words; {remedy}")


def _explained(error: TypeError, sentence: object, number: int, position: int) -> TypeError:
    """What was wrong with a sentence, or `error` itself where that came from the sentence's own code."""
    if not isinstance(sentence, Iterable):
        remedy = f"; {LEAVE_OUT}" if is_missing(sentence) else ""
        return TypeError(f"sentence {number} is {_short(sentence)}, but must be a list of words{remedy}")
    if isinstance(sentence, Sequence) and position < len(sentence) and not isinstance(sentence[position], str):
        return TypeError(f"word {position} of sentence {number} is {_short(sentence[position])}, but must be a str")
    return error
