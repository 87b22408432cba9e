"""Corpus: any text source as int32 word ids in memory, read once, with the vocabulary that numbers them.

Which kind of source it is, which words stay, and how the parts read become one array. Files are opened and cut in
_reading.py, options of training are not known here.
"""

from __future__ import annotations

import copy
import os
import time
from array import array
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from fastw2v._reading import Progress, Segment, new_ids, read
from fastw2v._sources import examine
from fastw2v._threads import TICK_SECONDS, run_jobs
from fastw2v._tokenizer import renumber
from fastw2v.config import INT32_MAX, available_cpus, check_choice, check_integer
from fastw2v.encoded import Encoded, EncodedText
from fastw2v.line_sentences import TextFiles
from fastw2v.vocabulary import Vocabulary, rank_words

__all__ = ["Corpus", "EmptyTextError"]

# Tokens of an iterable kept as Python sees them before they move to an array of their own: 4 MB of numbers.
BATCH_TOKENS = 1 << 20
# How many sentences of an iterable pass between two looks at the clock.
CLOCK_EVERY = 1 << 10

Remapping = Sequence[npt.NDArray[np.int32]]


class EmptyTextError(ValueError):
    """No word is left of a text to be trained on."""


class Corpus:
    """A text in memory: 4 bytes a word, the same for any number of workers.

    Parameters
    ----------
    source: a path ("-": standard input; pipes are fine), a list or tuple of paths, or any iterable of sentences, each a
        list of words. It is read exactly once. A list whose items are all str or PathLike is a list of paths. Files
        hold UTF-8 text, one sentence a line, words separated by white space; the end of a file ends the sentence.
        The iterables of line_sentences.py are read as the files that they name.
    min_count: words seen fewer times are dropped from the text.
    max_vocab: keep only this many of the most frequent words (None: all).
    vocabulary: number the words as this vocabulary does and drop those it does not know, instead of counting words;
        min_count and max_vocab then do not matter.
    workers: threads that read files (None: all cores this process may use).
    errors: "strict" refuses bytes that are not UTF-8, "replace" reads them as U+FFFD.
    on_progress: called on this thread about ten times a second as on_progress(done, total): bytes of files (total is
        None if a stream is among them), or (words, None) for an iterable.

    Attributes
    ----------
    ids: int32, the ids of the words kept, in text order.
    offsets: int64; sentence i is ids[offsets[i]:offsets[i + 1]]. Sentences left without a word are dropped.
    vocabulary: the words kept and their counts.
    raw_words: how many words the text had before any was dropped.
    raw_sentences: how many sentences it had; of files, lines that hold a word.

    Raises
    ------
    OSError, ValueError, TypeError: bad input, with its place and the remedy. What an iterable raises passes unchanged.
    """

    ids: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    vocabulary: Vocabulary
    raw_words: int
    raw_sentences: int

    def __init__(
        self,
        source: str | os.PathLike[str] | Iterable[Sequence[str]] | Sequence[str | os.PathLike[str]],
        *,
        min_count: int = 5,
        max_vocab: int | None = None,
        vocabulary: Vocabulary | None = None,
        workers: int | None = None,
        errors: str = "strict",
        on_progress: Progress | None = None,
    ) -> None:
        min_count = check_integer("min_count", min_count, 1)
        if max_vocab is not None:
            max_vocab = check_integer("max_vocab", max_vocab, 1, remedy="leave it out to keep every word")
        workers = available_cpus() if workers is None else workers
        workers = check_integer("workers", workers, 1, 1024, "leave it out to use all cores this process may use")
        replace = check_choice("errors", errors, ("strict", "replace")) == "replace"
        if on_progress is not None and not callable(on_progress):
            raise TypeError(f"on_progress must be a function of (done, total) or None, not {on_progress!r}")

        if vocabulary is not None:
            if not isinstance(vocabulary, Vocabulary):
                raise TypeError(f"vocabulary must be a Vocabulary or None, not {type(vocabulary).__name__}")
            min_count, max_vocab = 1, None

        paths = _as_paths(source)
        if paths is not None:
            counted, remapping, segments = _read_paths(paths, min_count, max_vocab, workers, replace, on_progress)
        else:
            counted, remapping, segments = _read_sentences(source, min_count, max_vocab, on_progress)
        self.raw_words, self.raw_sentences = counted.raw_total, _count_sentences(segments, paths is not None)
        if vocabulary is not None:
            remapping = _renumbered(remapping, counted, vocabulary)
        self.vocabulary = counted if vocabulary is None else vocabulary
        self.ids, self.offsets = _join(segments, remapping, workers)

    def __len__(self) -> int:
        """How many words the text has that were kept."""
        return len(self.ids)

    def encoded(self, counts: npt.NDArray[np.int64] | None = None) -> Encoded:
        """The text as training reads it; counts: of the words, by id, where they are not those of this text alone."""
        return EncodedText(self.ids, self.offsets, self.vocabulary.counts if counts is None else counts)

    def restricted(self, vocabulary: Vocabulary) -> Corpus:
        """This text in the numbers of another vocabulary, without the words that it does not have; nothing is read."""
        numbers = _numbers_in(vocabulary, self.vocabulary.index_to_key)
        other = copy.copy(self)
        other.vocabulary = vocabulary
        found = numbers[self.ids]
        kept = found >= 0
        other.ids = found[kept]
        if not len(other.ids):
            raise EmptyTextError("no word of this text is in the vocabulary; give one with words of the text")
        # No sentence of a corpus is empty, so that each has a sum of its own.
        lengths = np.add.reduceat(kept, self.offsets[:-1], dtype=np.int64)
        other.offsets = np.concatenate(([0], np.cumsum(lengths[lengths > 0])))
        return other

    def sentence(self, i: int) -> list[str]:
        """The words of sentence i; negative i counts from the end."""
        count = len(self.offsets) - 1
        if not -count <= i < count:
            raise IndexError(f"there is no sentence {i}; the text has {count}, numbered from 0")
        i %= count
        words = self.vocabulary.index_to_key
        return [words[k] for k in self.ids[self.offsets[i] : self.offsets[i + 1]].tolist()]

    def __repr__(self) -> str:
        return (
            f"Corpus({len(self):,} words in {len(self.offsets) - 1:,} sentences, "
            f"{len(self.vocabulary):,} of them different; {self.raw_words:,} words read)"
        )


def _as_paths(source: object) -> list[str] | None:
    """The paths that `source` names, or None if it must be an iterable of sentences."""
    if isinstance(source, TextFiles):
        return source.plain_paths()
    if isinstance(source, (bytes, bytearray, memoryview)):
        raise TypeError("the source is bytes; give a path, a list of paths, or an iterable of lists of words")
    items = list(source) if isinstance(source, (list, tuple)) else [source]
    if not items:
        raise EmptyTextError("the source is an empty list; give at least one path or one sentence")
    paths = [os.fsdecode(item) for item in items if isinstance(item, (str, os.PathLike))]
    if len(paths) == len(items):
        for path in paths:
            if not path or "\0" in path:
                raise ValueError(f"the source names the path {path!r}, which no file can have; check the path")
        return paths
    if not isinstance(source, Iterable):
        raise TypeError(f"the source is {source!r}; give a path, a list of paths, or an iterable of lists of words")
    return None


def _refuse_empty(words: int, kept: int, highest: int, min_count: int) -> None:
    if not words:
        raise EmptyTextError("the source holds no word at all; give a text with words separated by white space")
    if not kept:
        times = "once" if highest == 1 else f"{highest} times"
        raise EmptyTextError(
            f"no word is left: min_count is {min_count}, but the most frequent word occurs only {times}; "
            f"lower min_count to {highest} or less, or give more text"
        )


def _renumbered(remapping: Remapping, counted: Vocabulary, vocabulary: Vocabulary) -> Remapping:
    """To the numbers of `vocabulary` instead of those of the words counted, -1 for words that it does not know."""
    numbers = _numbers_in(vocabulary, counted.index_to_key)
    return [np.where(part >= 0, numbers[part], -1).astype(np.int32) for part in remapping]


def _numbers_in(vocabulary: Vocabulary, words: Sequence[str]) -> npt.NDArray[np.int32]:
    """The number of each word in a vocabulary, -1 for those that it does not know."""
    known = vocabulary.key_to_index
    numbers = np.array([known.get(word, -1) for word in words], np.int32)
    if (numbers < 0).all():
        raise EmptyTextError(
            f"none of the {len(words)} different words of the text is among the {len(vocabulary)} of the vocabulary; "
            "give text of the same language, written in the same way"
        )
    return numbers


def _count_sentences(segments: Sequence[Segment], from_files: bool) -> int:
    """How many sentences were read; those of files are never empty, but one may end again where a segment begins."""
    count, tokens, last = 0, 0, -1
    for segment in segments:
        ends = segment.ends
        if len(ends):
            repeated = from_files and tokens + int(ends[0]) == max(last, 0)
            count += len(ends) - repeated
            last = tokens + int(ends[-1])
        tokens += len(segment.ids)
    return count


def _read_paths(
    paths: Sequence[str],
    min_count: int,
    max_vocab: int | None,
    workers: int,
    replace: bool,
    on_progress: Progress | None,
) -> tuple[Vocabulary, Remapping, list[Segment]]:
    tokenizers, segments = read(examine(paths), workers, replace, on_progress)
    merged = tokenizers[0]
    merges = []
    while len(tokenizers) > 1:
        # One at a time, each table released before the next is taken in.
        merges.append(merged.absorb(tokenizers.pop(1)))
    raw_words, highest = merged.totals()
    words, counts, final = merged.rank(min_count, INT32_MAX if max_vocab is None else max_vocab)
    _refuse_empty(raw_words, len(words), highest, min_count)
    vocabulary = Vocabulary(words, counts, raw_unique=len(merged), raw_total=raw_words)
    return vocabulary, [final, *(final[numbers] for numbers in merges)], segments


class _BadToken(Exception):
    """A token that cannot be a word; carries what is wrong with it."""


class _Numbers(dict[str, int]):
    """Word to number, in the order met. Each word is checked once, when it is new."""

    def __missing__(self, word: object) -> int:
        if not isinstance(word, str):
            raise _BadToken(TypeError, f"is {word!r}, but must be a str")
        if not word:
            raise _BadToken(ValueError, "is an empty str; leave it out")
        if not word.isascii():
            try:
                word.encode()
            except UnicodeEncodeError:
                raise _BadToken(
                    ValueError, f"is {word!r}, which has a lone surrogate and no UTF-8 form; replace it"
                ) from None
        if len(self) > INT32_MAX:
            raise OverflowError("the text has more than 2**31 - 1 different words; split it")
        number = self[str(word)] = len(self)
        return number


def _read_sentences(
    source: object, min_count: int, max_vocab: int | None, on_progress: Progress | None
) -> tuple[Vocabulary, Remapping, list[Segment]]:
    numbers = _Numbers()
    segments: list[Segment] = []
    done, told = 0, time.monotonic()
    ids, ends = array("i"), array("i")
    lookup = numbers.__getitem__

    def flush() -> None:
        nonlocal done
        segment = Segment(new_ids(len(ids)), new_ids(len(ends)), 0)
        segment.ids[:] = ids
        segment.ends[:] = ends
        segments.append(segment)
        done += len(ids)
        del ids[:], ends[:]

    assert isinstance(source, Iterable)
    for number, sentence in enumerate(source):
        if isinstance(sentence, (str, bytes)):
            raise TypeError(
                f"sentence {number} is {_short(sentence)}, but must be a list of words; split it, as in text.split()"
            )
        start = len(ids)
        try:
            ids.extend(map(lookup, sentence))
        except _BadToken as bad:
            kind, fault = bad.args
            raise kind(f"word {len(ids) - start} of sentence {number} {fault}") from None
        except TypeError as error:
            raise _explained(error, sentence, number, len(ids) - start) from None
        ends.append(len(ids))
        if len(ids) >= BATCH_TOKENS:
            flush()
        if on_progress is not None and number % CLOCK_EVERY == 0 and time.monotonic() - told >= TICK_SECONDS:
            on_progress(done + len(ids), None)
            told = time.monotonic()
    flush()
    if on_progress is not None:
        on_progress(done, None)
    counts = np.zeros(len(numbers), np.int64)
    for segment in segments:
        part = np.bincount(segment.ids)
        counts[: len(part)] += part
    words = list(numbers)
    order = rank_words(words, counts, min_count, max_vocab)
    _refuse_empty(done, len(order), int(counts.max(initial=0)), min_count)
    final = np.full(len(words), -1, np.int32)
    final[order] = np.arange(len(order), dtype=np.int32)
    kept = [words[i] for i in order.tolist()]
    return Vocabulary(kept, counts[order], raw_unique=len(words), raw_total=done), [final], segments


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _explained(error: TypeError, sentence: object, number: int, position: int) -> TypeError:
    """What was wrong with a sentence, or `error` itself where that came from the sentence's own code."""
    if not isinstance(sentence, Iterable):
        return TypeError(f"sentence {number} is {_short(sentence)}, but must be a list of words")
    if isinstance(sentence, Sequence) and position < len(sentence) and not isinstance(sentence[position], str):
        return TypeError(f"word {position} of sentence {number} is {_short(sentence[position])}, but must be a str")
    return error


def _join(
    segments: list[Segment], remapping: Remapping, workers: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """The segments, renumbered, as one array of ids and one of offsets; each segment is released once copied."""

    def shrink(_: int, job: int, __: Callable[[], bool]) -> None:
        segment = segments[job]
        kept, lines = renumber(segment.ids, segment.ends, remapping[segment.table])
        segment.ids, segment.ends = segment.ids[:kept], segment.ends[:lines]

    run_jobs(len(segments), workers, shrink)

    # A segment's first end may repeat the last one before it: the sentence between them is empty.
    firsts, starts, lines = [], [0], [1]
    last = 0
    for segment in segments:
        ends = segment.ends
        firsts.append(int(len(ends) > 0 and starts[-1] + int(ends[0]) == last))
        if len(ends):
            last = starts[-1] + int(ends[-1])
        lines.append(lines[-1] + len(ends) - firsts[-1])
        starts.append(starts[-1] + len(segment.ids))
    ids = np.empty(starts[-1], np.int32)
    offsets = np.empty(lines[-1], np.int64)
    offsets[0] = 0

    def place(_: int, job: int, __: Callable[[], bool]) -> None:
        segment = segments[job]
        ids[starts[job] : starts[job + 1]] = segment.ids
        np.add(segment.ends[firsts[job] :], starts[job], out=offsets[lines[job] : lines[job + 1]], dtype=np.int64)
        segment.ids = segment.ends = ids[:0]

    run_jobs(len(segments), workers, place)
    return ids, offsets
