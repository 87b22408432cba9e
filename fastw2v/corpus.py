"""Corpus: any text source as int32 word ids, read once, with the vocabulary that numbers them.

Which words stay. What kind of source it is, and its reading, are _counting.py's; the parts are put together in
_joining.py. Options of training are not known here.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from fastw2v._counting import EmptyTextError, Given, check_reading, count_words
from fastw2v._joining import join
from fastw2v._reading import Progress
from fastw2v._segments import Segments
from fastw2v._strings import Tokenize
from fastw2v.config import available_cpus, check_choice, check_integer
from fastw2v.encoded import Encoded
from fastw2v.fingerprint import fingerprint
from fastw2v.origin import FILES, check_unchanged
from fastw2v.packed_words import PackedWords
from fastw2v.texts import MemoryText, Renumbered, Text, kept
from fastw2v.vocabulary import Vocabulary

__all__ = ["Corpus", "EmptyTextError"]


class Corpus:
    """A text in memory: 4 bytes a word, the same for any number of workers.

    Parameters
    ----------
    source: read exactly once; one of
        - a path: of a file, of a folder (all files in it and below, but hidden ones), a pattern with * ? [ or **, "-"
          for standard input, or a pipe; or a list or tuple of paths, which is what a list is whose items are all str or
          PathLike. Files hold UTF-8 text, one sentence a line, words separated by white space; the end of a file ends
          the sentence. gzip, bzip2, xz and zstd are decompressed, as their content tells. The iterables of
          line_sentences.py are read as the files that they name.
        - an iterable of sentences, each a list of words; or with `tokenize` of texts, each a sentence.
        - a column of pandas, Arrow, polars or NumPy, or a table or data set with `column`: lists of words, or texts.
    tokenize: a function from a text (of a file: a line) to its list of words, or "whitespace", which is fast and what
        files and columns of texts have by default.
    column: the name of a table's or data set's column, or what to take of each row of an iterable.
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
    vocabulary: the words kept and their counts.
    counts: int64, how often each of its words occurs in this text.
    text: what training reads (texts.Text): all words of the text, by their ranks among all, so that a number that is
        not below len(vocabulary) is a word dropped.
    raw_words: how many words the text had before any was dropped.
    raw_sentences: how many sentences it had; of files, lines that hold a word.
    origin: where the text can be read again, in a form that JSON can hold; None for iterables and streams.

    Raises
    ------
    OSError, ValueError, TypeError: bad input, with its place and the remedy. What an iterable raises passes unchanged.
    """

    vocabulary: Vocabulary
    counts: npt.NDArray[np.int64]
    text: Text
    raw_words: int
    raw_sentences: int
    origin: dict[str, Any] | None

    def __init__(
        self,
        source: object,
        *,
        min_count: int = 5,
        max_vocab: int | None = None,
        vocabulary: Vocabulary | None = None,
        tokenize: Tokenize | str | None = None,
        column: object = None,
        workers: int | None = None,
        errors: str = "strict",
        on_progress: Progress | None = None,
    ) -> None:
        min_count = check_integer("min_count", min_count, 1)
        if max_vocab is not None:
            max_vocab = check_integer("max_vocab", max_vocab, 1, remedy="leave it out to keep every word")
        workers = available_cpus() if workers is None else workers
        workers = check_integer("workers", workers, 1, 1024, "leave it out to use all cores this process may use")
        errors = check_choice("errors", errors, ("strict", "replace"))
        check_reading(tokenize)
        if on_progress is not None and not callable(on_progress):
            raise TypeError(f"on_progress must be a function of (done, total) or None, not {on_progress!r}")
        if vocabulary is not None:
            if not isinstance(vocabulary, Vocabulary):
                raise TypeError(f"vocabulary must be a Vocabulary or None, not {type(vocabulary).__name__}")
            min_count, max_vocab = 1, None

        segments = Segments()
        counted = count_words(Given(source, tokenize, column, errors, workers), segments, on_progress)
        self.vocabulary = _vocabulary_of(counted.words, counted.counts, min_count, max_vocab)
        text = MemoryText(*join(segments, counted.remapping, workers), self.vocabulary.counts)
        self.text, self.counts, self._whole, self.origin = text, self.vocabulary.counts, text, counted.origin
        self.raw_words = self.vocabulary.raw_total
        self.raw_sentences = text.sentence_count if counted.sentences is None else counted.sentences
        if vocabulary is not None:
            self._renumber(vocabulary, _numbers_in(vocabulary, self.vocabulary.index_to_key))

    @classmethod
    def reopen(
        cls,
        origin: Mapping[str, Any] | None,
        *,
        min_count: int = 5,
        max_vocab: int | None = None,
        vocabulary: Vocabulary | None = None,
        workers: int | None = None,
        on_progress: Progress | None = None,
    ) -> Corpus:
        """Reads the text of another corpus again, by its `origin`.

        OSError when a file is gone, ValueError when one has changed since, or the origin is None: an iterable, array or
        stream, which must be given again.
        """
        if origin is None:
            raise ValueError(
                "this text came from no file, so that it cannot be read again; give the same text as before"
            )
        if origin.get("kind") != FILES:
            raise ValueError(f"a text of the kind {origin.get('kind')!r} is not known here; install a newer fastw2v")
        check_unchanged(origin["files"], "give the text as it was, or begin anew")
        return cls(
            [file["path"] for file in origin["files"]],
            min_count=min_count,
            max_vocab=max_vocab,
            vocabulary=vocabulary,
            workers=workers,
            errors=origin["errors"],
            on_progress=on_progress,
        )

    def __len__(self) -> int:
        """How many words the text has that were kept."""
        return int(self.counts.sum())

    @cached_property
    def fingerprint(self) -> dict[str, int]:
        """What tells this text from another, by all its words in order: the same for any vocabulary and kind of source.

        `tokens`, `sentences` (those that hold a word) and `crc32`: of their numbers, ranked by count, and borders.
        """
        return fingerprint(self._whole)

    @property
    def ids(self) -> npt.NDArray[np.int32]:
        """int32, the ids of the words kept, in text order."""
        return self._kept[0]

    @property
    def offsets(self) -> npt.NDArray[np.int64]:
        """int64; sentence i is ids[offsets[i]:offsets[i + 1]]. Sentences left without a word are dropped."""
        return self._kept[1]

    @cached_property
    def _kept(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        return kept(self.text)

    def encoded(self, counts: npt.NDArray[np.int64] | None = None) -> Encoded:
        """The text as training reads it; counts: of the words, by id, where they are not those of this text alone."""
        return self.text if counts is None else self.text.with_counts(counts)

    def restricted(self, vocabulary: Vocabulary) -> Corpus:
        """This text in the numbers of another vocabulary, without the words that it does not have; nothing is read."""
        numbers = _numbers_in(vocabulary, self.vocabulary.index_to_key)
        other = copy.copy(self)
        other.__dict__.pop("_kept", None)
        other._renumber(vocabulary, numbers)
        return other

    def _renumber(self, vocabulary: Vocabulary, numbers: npt.NDArray[np.int32]) -> None:
        """Takes another vocabulary, in which the words of this one have these numbers."""
        found = numbers >= 0
        counts = np.zeros(len(vocabulary), np.int64)
        counts[numbers[found]] = self.counts[found]
        if not counts.any():
            raise EmptyTextError("no word of this text is in the vocabulary; give one with words of the text")
        self.text = Renumbered(self.text, numbers, vocabulary.counts)
        self.vocabulary, self.counts = vocabulary, counts

    def remade(
        self,
        ids: npt.NDArray[np.int32],
        offsets: npt.NDArray[np.int64],
        words: list[str],
        counts: npt.NDArray[np.int64],
        *,
        min_count: int,
        max_vocab: int | None,
    ) -> Corpus:
        """Another text that was made of this one, its sentences being the same ones with other words.

        words, counts: all words of the text, ranked as a vocabulary's; ids: of these, in text order; offsets: as
        `offsets`. EmptyTextError if no word is frequent enough. Its origin is None: it is in no file.
        """
        other = copy.copy(self)
        other.__dict__.pop("_kept", None)
        other.__dict__.pop("fingerprint", None)
        other.vocabulary = _vocabulary_of(words, counts, min_count, max_vocab)
        text = MemoryText(ids, offsets, other.vocabulary.counts)
        other.text, other.counts, other._whole, other.origin = text, text.counts, text, None
        other.raw_words = len(ids)
        return other

    def sentence(self, i: int) -> list[str]:
        """The words of sentence i; negative i counts from the end."""
        count = len(self.offsets) - 1
        if not -count <= i < count:
            raise IndexError(f"there is no sentence {i}; the text has {count}, numbered from 0")
        i %= count
        words = self.vocabulary.words
        return [words[k] for k in self.ids[self.offsets[i] : self.offsets[i + 1]].tolist()]

    def __repr__(self) -> str:
        return (
            f"Corpus({len(self):,} words, {len(self.vocabulary):,} of them different; "
            f"{self.raw_words:,} words in {self.raw_sentences:,} sentences read)"
        )


def _vocabulary_of(
    words: PackedWords | list[str], counts: npt.NDArray[np.int64], min_count: int, max_vocab: int | None
) -> Vocabulary:
    """Of all words of a text by rank, those that stay."""
    if not len(counts):
        raise EmptyTextError("the source holds no word at all; give a text with words separated by white space")
    # Counts fall, so that those of the words that stay stand before the others.
    stay = min(int(np.searchsorted(-counts, -min_count, side="right")), len(counts) if max_vocab is None else max_vocab)
    if not stay:
        highest = int(counts[0])
        times = "once" if highest == 1 else f"{highest} times"
        raise EmptyTextError(
            f"no word is left: min_count is {min_count}, but the most frequent word occurs only {times}; "
            f"lower min_count to {highest} or less, or give more text"
        )
    # Copies, so that the others are released.
    kept = words[:stay] if isinstance(words, list) else words.head(stay, copy=True)
    return Vocabulary(kept, counts[:stay].copy(), raw_unique=len(words), raw_total=int(counts.sum()))


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
