"""Corpus: any text source as int32 word ids, read once, with the vocabulary that numbers them.

What is asked of it, and other vocabularies. From a source to a text is source_texts.py's. Options of training are not
known here.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from fastw2v._counting import Given
from fastw2v._reading import Progress
from fastw2v._staying_words import EmptyTextError, numbers_in, vocabulary_of
from fastw2v._strings import Tokenize, check_tokenize
from fastw2v.config import INT32_MAX, check_choice, check_integer
from fastw2v.encoded import Encoded
from fastw2v.encoded_files import FileText
from fastw2v.encoding import check_workers, scratch_in
from fastw2v.fingerprint import fingerprint
from fastw2v.id_arrays import ArrayText, array_of, counts_of
from fastw2v.memory_limits import cache_folder, limit_of
from fastw2v.origin import ENCODED, FILES, check_unchanged
from fastw2v.packed_words import PackedWords
from fastw2v.source_texts import encoded_path, opened, read
from fastw2v.texts import MemoryText, Renumbered, Text, kept
from fastw2v.vocabulary import Vocabulary

__all__ = ["Corpus", "EmptyTextError"]


class Corpus:
    """A text as numbers, 4 bytes a word in memory or in a file, the same for any number of workers.

    Parameters
    ----------
    source: read exactly once; one of
        - a path: of a file, of a folder (all files in it and below, but hidden ones), a pattern with * ? [ or **, "-"
          for standard input, or a pipe; or a list or tuple of paths, which is what a list is whose items are all str or
          PathLike. Files hold UTF-8 text, one sentence a line, words separated by white space; the end of a file ends
          the sentence. gzip, bzip2, xz and zstd are decompressed, as their content tells. The iterables of
          line_sentences.py are read as the files that they name.
        - an iterable of sentences, each a list of words; or with `tokenize` of texts, each a sentence.
        - a file that fastw2v.encode or `fastw2v encode` wrote.
        - a column of pandas, Arrow, polars or NumPy, or a table or data set with `column`: lists of words, or texts.
    tokenize: a function from a text (of a file: a line) to its list of words, or "whitespace", which is fast and what
        files and columns of texts have by default.
    column: the name of a table's or data set's column, or what to take of each row of an iterable.
    min_count: words seen fewer times are dropped from the text.
    max_vocab: keep only this many of the most frequent words (None: all).
    vocabulary: number the words as this vocabulary does and drop those it does not know, instead of counting words;
        min_count and max_vocab then do not matter.
    memory_limit: bytes, or a text such as "2GB": where the ids of a text take more, they stand in a file of
        `cache_dir`, which is gone with the Corpus (None: half of the free memory). For a time it takes 8 bytes a word
        of the text.
    cache_dir: a folder; None: TMPDIR if that is set, else the system's for lasting temporary files.
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
        memory_limit: int | str | None = None,
        cache_dir: str | os.PathLike[str] | None = None,
        on_progress: Progress | None = None,
    ) -> None:
        min_count = check_integer("min_count", min_count, 1)
        if max_vocab is not None:
            max_vocab = check_integer("max_vocab", max_vocab, 1, remedy="leave it out to keep every word")
        workers = check_workers(workers)
        errors = check_choice("errors", errors, ("strict", "replace"))
        check_tokenize(tokenize)
        limit, folder = limit_of(memory_limit), cache_folder(cache_dir)
        if on_progress is not None and not callable(on_progress):
            raise TypeError(f"on_progress must be a function of (done, total) or None, not {on_progress!r}")
        if vocabulary is not None:
            if not isinstance(vocabulary, Vocabulary):
                raise TypeError(f"vocabulary must be a Vocabulary or None, not {type(vocabulary).__name__}")
            min_count, max_vocab = 1, None

        path = encoded_path(source)
        if path is not None:
            found = opened(path, tokenize, column, min_count, max_vocab)
        else:
            given = Given(source, tokenize, column, errors, workers)
            found = read(given, limit, scratch_in(folder), min_count, max_vocab, on_progress)
        self._take(*found)
        if vocabulary is not None:
            self._renumber(vocabulary, numbers_in(vocabulary, self.vocabulary.words))

    def _take(
        self,
        text: Text,
        vocabulary: Vocabulary,
        sentences: int | None,
        origin: dict[str, Any] | None,
    ) -> None:
        self.text, self.vocabulary, self.counts, self.origin = text, vocabulary, vocabulary.counts, origin
        self._whole = text
        self.raw_words = vocabulary.raw_total
        self.raw_sentences = text.sentence_count if sentences is None else sentences

    @classmethod
    def from_ids(
        cls,
        ids: object,
        offsets: object = None,
        *,
        words: Sequence[str] | None = None,
        size: int | None = None,
        padding: int | None = None,
    ) -> Corpus:
        """A text of numbers, such as walks over a graph, items or k-mers; row i of the vectors is that of id i.

        Parameters
        ----------
        ids: whole numbers of any type: of two dimensions, each row a sentence; or of one, with `offsets`; or a list of
            lists. An array is not copied but converted a block at a time, and must not be changed until training ends.
        offsets: sentence i is ids[offsets[i]:offsets[i + 1]]; None for one dimension: all is one sentence.
        words: the names of ids 0, 1, ...; None: the numbers as words, "0", "1", ...
        size: how many ids there are (None: as many as there are words, or one more than the highest). All have a
            vector, those that never occur included.
        padding: this id is left out, as negative ones always are, so that walks may be shorter than their row.

        Raises TypeError, ValueError: what is no such array, or an id that is too high.
        """
        array, borders = array_of(ids, offsets)
        if padding is not None:
            padding = check_integer("padding", padding, -INT32_MAX)
        if size is not None:
            size = check_integer("size", size, 1)
        if words is not None and size is not None and size != len(words):
            raise ValueError(f"size is {size}, but there are {len(words)} words; leave size out")
        counts = counts_of(array, len(words) if words is not None else size, padding)
        if not counts.any():
            raise EmptyTextError("there is no id in the text; give some that are at least 0")
        if words is not None:
            vocabulary = Vocabulary.in_order(words, counts)
        else:
            vocabulary = Vocabulary(PackedWords.numbers(len(counts)), counts)
        corpus = cls.__new__(cls)
        corpus._take(ArrayText(array, borders, counts, padding), vocabulary, None, None)
        return corpus

    @classmethod
    def reopen(
        cls,
        origin: Mapping[str, Any] | None,
        *,
        min_count: int = 5,
        max_vocab: int | None = None,
        vocabulary: Vocabulary | None = None,
        workers: int | None = None,
        memory_limit: int | str | None = None,
        cache_dir: str | os.PathLike[str] | None = None,
        on_progress: Progress | None = None,
    ) -> Corpus:
        """Reads the text of another corpus again, by its `origin`.

        OSError when a file is gone, ValueError when one has changed since, or the origin is None: an iterable, array or
        stream, which must be given again.
        """
        if origin is None:
            raise ValueError(
                "this text came from no file, or was split by a function or joined to phrases, so that it cannot be "
                "read again; give the same text as before, as a Corpus made in the same way"
            )
        if origin.get("kind") not in (FILES, ENCODED):
            raise ValueError(f"a text of the kind {origin.get('kind')!r} is not known here; install a newer fastw2v")
        remedy = "give the text as it was (name a copy of it: resume(path, text), --resume FILE TEXT), or begin anew"
        check_unchanged(origin["files"], remedy)
        return cls(
            [file["path"] for file in origin["files"]],
            min_count=min_count,
            max_vocab=max_vocab,
            vocabulary=vocabulary,
            workers=workers,
            errors=origin.get("errors", "strict"),
            memory_limit=memory_limit,
            cache_dir=cache_dir,
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
        whole = self._whole
        return fingerprint(whole, whole.known_checksums() if isinstance(whole, FileText) else None)

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
        numbers = numbers_in(vocabulary, self.vocabulary.words)
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
        other.vocabulary = vocabulary_of(words, counts, min_count, max_vocab)
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
