"""From a source to its text in ranked ids: read and encoded, in memory or beyond it, or opened where it is encoded.

What kind of source it is, and its reading, are _counting.py's; the parts are put together in _joining.py and
encoded_writer.py. What is asked of the text is corpus.py's.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

from fastw2v._counting import Given, count_words
from fastw2v._joining import join
from fastw2v._placed_files import PlacedFile
from fastw2v._reading import Progress
from fastw2v._segments import Segments
from fastw2v._staying_words import vocabulary_of
from fastw2v.encoded_files import FileText, open_encoded
from fastw2v.encoded_kind import LEAST_HEADER, SUFFIX, looks_encoded
from fastw2v.encoded_writer import Ranked, write_encoded
from fastw2v.origin import ENCODED, facts_of
from fastw2v.packed_words import PackedWords
from fastw2v.texts import MemoryText, Text
from fastw2v.vocabulary import Vocabulary

__all__ = ["SourceText", "encoded_path", "opened", "read"]


class SourceText(NamedTuple):
    """A text, the words that stay, how many sentences were read (None: as many as the text has), and whence."""

    text: Text
    vocabulary: Vocabulary
    sentences: int | None
    origin: dict[str, Any] | None


def read(
    given: Given,
    limit: int,
    scratch: Callable[[], PlacedFile],
    min_count: int,
    max_vocab: int | None,
    on_progress: Progress | None,
) -> SourceText:
    """Reads a source into memory, or where its ids take more than `limit` bytes into a file of `scratch`."""
    segments = Segments(limit, scratch)
    try:
        counted = count_words(given, segments, on_progress)
        vocabulary = vocabulary_of(counted.words, counted.counts, min_count, max_vocab)
        text: Text
        if segments.in_file:
            ranked = Ranked(PackedWords.pack(counted.words), counted.counts, counted.remapping)
            file = scratch()
            text = FileText(file, write_encoded(file, segments, ranked, {}, given.workers), vocabulary.counts)
        else:
            text = MemoryText(*join(segments, counted.remapping, given.workers), vocabulary.counts)
    finally:
        segments.close()
    return SourceText(text, vocabulary, counted.sentences, counted.origin)


def encoded_path(source: object) -> str | None:
    """The path of an encoded text, if that is what the source names."""
    if isinstance(source, (list, tuple)) and len(source) == 1:
        source = source[0]
    if not isinstance(source, (str, os.PathLike)):
        return None
    path = os.fsdecode(source)
    if not os.path.isfile(path):
        return None
    if path.endswith(SUFFIX):
        return path
    try:
        with open(path, "rb", buffering=0) as file:
            return path if looks_encoded(file.read(LEAST_HEADER) or b"") else None
    except PermissionError:
        return None  # told where all files are looked at


def opened(path: str, tokenize: object, column: object, min_count: int, max_vocab: int | None) -> SourceText:
    """An encoded text, its ids mapped from the file."""
    if tokenize is not None or column is not None:
        raise ValueError(f"{path}: an encoded text is split already; leave tokenize and column out")
    found = open_encoded(path)
    vocabulary = vocabulary_of(found.words, found.counts, min_count, max_vocab)
    origin = {"kind": ENCODED, "files": [facts_of(path, os.stat(path))]}
    return SourceText(found.text.with_counts(vocabulary.counts), vocabulary, found.note.get("sentences"), origin)
