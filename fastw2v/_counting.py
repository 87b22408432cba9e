"""From any source to segments of word numbers and the words, counted and ranked: which kind of source it is.

Files are read in _reading.py, strings in _strings.py, token lists in _sentences.py, tables in _columns.py. Which words
stay in a vocabulary is decided in corpus.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from fastw2v._columns import cells, is_tabular
from fastw2v._joining import Remapping
from fastw2v._reading import Progress, read
from fastw2v._segments import Segments
from fastw2v._sentences import read_sentences
from fastw2v._sources import Source, examine
from fastw2v._staying_words import EmptyTextError
from fastw2v._strings import WHITE_SPACE, Tokenize, lines, read_strings, tokenized
from fastw2v._tokenizer import Tokenizer
from fastw2v.line_sentences import TextFiles
from fastw2v.origin import FILES
from fastw2v.packed_words import PackedWords
from fastw2v.short import short
from fastw2v.text_parts import TextParts
from fastw2v.vocabulary import rank_words

__all__ = ["Counted", "Given", "count_words"]

WHAT = "a path, a list of paths, an iterable of lists of words, or a table with column="


class Counted(NamedTuple):
    """What reading gives besides segments.

    words: all words of the text by rank; counts: theirs; remapping: for each table the rank of each of its words;
    sentences: how many there were, or None where those that hold a word are to be counted; origin: see origin.py.
    """

    words: PackedWords | list[str]
    counts: npt.NDArray[np.int64]
    remapping: Remapping
    sentences: int | None
    origin: dict[str, Any] | None


class Given(NamedTuple):
    """A source and how it is to be read; see corpus.Corpus."""

    source: object
    tokenize: Tokenize | str | None
    column: object
    errors: str
    workers: int


def count_words(given: Given, segments: Segments, on_progress: Progress | None) -> Counted:
    """Reads the source once, into `segments`."""
    source, tokenize, column, errors, _ = given
    if isinstance(source, TextParts):
        return _files(source.sources(), given, segments, on_progress)
    if column is not None or is_tabular(source):
        first, rest = _peeked(cells(source, column))
        if isinstance(first, str) or tokenize is not None:
            return _strings(rest, tokenize or WHITE_SPACE, segments, on_progress)
        return _sentences(cast(Iterable[Sequence[str]], rest), segments, on_progress)
    if isinstance(source, Mapping):
        keys = ", ".join(map(repr, list(source)[:10]))
        raise TypeError(f"the source is a mapping; give one of its values, which stand under {keys}")
    if tokenize is not None and not _names_files(source):
        if not isinstance(source, Iterable) or isinstance(source, (bytes, bytearray, memoryview)):
            raise TypeError(f"the source is {short(source)}; give an iterable of texts, to be split by tokenize")
        return _strings(source, tokenize, segments, on_progress)
    paths = _as_paths(source)
    if paths is None:
        return _sentences(cast(Iterable[Sequence[str]], source), segments, on_progress)
    sources = examine(paths)
    if tokenize is not None and tokenize != WHITE_SPACE:
        return _strings(lines(sources, errors), tokenize, segments, on_progress)
    return _files(sources, given, segments, on_progress)


def _names_files(source: object) -> bool:
    """Whether a source is a path, or paths, even where texts are asked for: a list of str is texts then."""
    if isinstance(source, (str, os.PathLike, TextFiles)):
        return True
    items = source if isinstance(source, (list, tuple)) else ()
    return bool(items) and all(isinstance(item, os.PathLike) for item in items)


def _peeked(items: Iterator[object]) -> tuple[object, Iterator[object]]:
    """The first item, and all of them."""
    for first in items:
        return first, chain((first,), items)
    raise EmptyTextError("the column holds nothing; give one with texts")


def _as_paths(source: object) -> list[str] | None:
    """The paths that `source` names, or None if it must be an iterable of sentences."""
    if isinstance(source, TextFiles):
        return source.plain_paths()
    if isinstance(source, (bytes, bytearray, memoryview)):
        raise TypeError(f"the source is bytes; give {WHAT}")
    items = list(source) if isinstance(source, (list, tuple)) else [source]
    if not items:
        raise EmptyTextError("the source is an empty list; give at least one path or one sentence")
    paths = [os.fsdecode(item) for item in items if isinstance(item, (str, os.PathLike))]
    if len(paths) == len(items):
        for path in paths:
            if not path or "\0" in path:
                raise ValueError(f"the source names the path {short(path)}, which no file can have; check the path")
        return paths
    if not isinstance(source, Iterable):
        raise TypeError(f"the source is {short(source)}; give {WHAT}")
    return None


def _files(sources: Sequence[Source], given: Given, segments: Segments, on_progress: Progress | None) -> Counted:
    tokenizers = read(sources, given.workers, given.errors == "replace", segments, on_progress)
    files = [source.facts for source in sources]
    origin = None if None in files else {"kind": FILES, "files": files, "errors": given.errors}
    return _ranked(tokenizers, None, origin)


def _strings(
    texts: Iterable[object], tokenize: Tokenize | str, segments: Segments, on_progress: Progress | None
) -> Counted:
    if not isinstance(tokenize, str):
        return _sentences(tokenized(texts, tokenize), segments, on_progress)
    tokenizer, count = read_strings(texts, segments, on_progress)
    return _ranked([tokenizer], count, None)


def _ranked(tokenizers: list[Tokenizer], sentences: int | None, origin: dict[str, Any] | None) -> Counted:
    merged = tokenizers[0]
    merges = []
    while len(tokenizers) > 1:
        # One at a time, each table released before the next is taken in.
        merges.append(merged.absorb(tokenizers.pop(1)))
    blob, offsets, counts, ranks = merged.rank()
    remapping = [ranks, *(ranks[numbers] for numbers in merges)]
    return Counted(PackedWords(blob, offsets), counts, remapping, sentences, origin)


def _sentences(source: Iterable[Sequence[str]], segments: Segments, on_progress: Progress | None) -> Counted:
    words, counts, sentences = read_sentences(source, segments, on_progress)
    order = rank_words(words, counts, 1, None)
    ranks = np.empty(len(words), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return Counted([words[i] for i in order.tolist()], counts[order], [ranks], sentences, None)
