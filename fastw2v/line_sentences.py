"""Files as iterables of sentences, under gensim's names: LineSentence, PathLineSentences, Text8Corpus.

They can be looped over again and again like lists of lists of words. Corpus does not loop over them where it need not:
it reads the files themselves, with the compiled tokenizer on all cores. Which words stay is not known here.
"""

from __future__ import annotations

import io
import itertools
import mmap
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from fastw2v.compressed import HEAD_BYTES, Decompressed, compression_of
from fastw2v.config import check_integer
from fastw2v.short import short

__all__ = ["LineSentence", "PathLineSentences", "Text8Corpus", "TextFiles"]

Path = str | os.PathLike[str]

MOST_WORDS = 10_000  # of a sentence, when nothing else is asked for
CHUNK_BYTES = 1 << 20
BOM = b"\xef\xbb\xbf"


class TextFiles(ABC):
    """The base of the three: texts of UTF-8, words separated by ASCII white space."""

    def __init__(self, max_sentence_length: int, limit: int | None) -> None:
        self.max_sentence_length = check_integer("max_sentence_length", max_sentence_length, 1)
        self.limit = None if limit is None else check_integer("limit", limit, 0)

    @abstractmethod
    def __iter__(self) -> Iterator[list[str]]:
        """The sentences, as lists of words."""

    def plain_paths(self) -> list[str] | None:
        """The files whose lines are these sentences; None where only looping over this object gives them: for texts
        that are open already, a `limit`, or a `max_sentence_length` of the caller's own. Else a sentence
        is a whole line, however long, since nothing needs long ones cut."""
        paths = self._paths()
        if paths is None or self.limit is not None or self.max_sentence_length != MOST_WORDS:
            return None
        return paths

    @abstractmethod
    def _paths(self) -> list[str] | None:
        """The files, or None where they have no names."""

    def _sentences(self, lines: Iterable[bytes | str]) -> Iterator[list[str]]:
        """Each line as a sentence, or as several of at most max_sentence_length words; empty lines are left out."""
        for line in itertools.islice(lines, self.limit):
            words = line.encode().split() if isinstance(line, str) else line.split()
            yield from _pieces([word.decode() for word in words], self.max_sentence_length)


class LineSentence(TextFiles):
    """The lines of a text file as sentences.

    source: a path (gzip, bzip2, xz and zstd are decompressed), or an open file that can be rewound;
    max_sentence_length: a longer line is given out in pieces, when this is looped over; limit: only so many lines
    (None: all).
    """

    def __init__(self, source: Path | IO[Any], max_sentence_length: int = MOST_WORDS, limit: int | None = None) -> None:
        super().__init__(max_sentence_length, limit)
        if not isinstance(source, (str, os.PathLike)) and not hasattr(source, "seek"):
            raise TypeError(f"source must be a path or an open file that can be rewound, not {short(source)}")
        self.source = source

    def __iter__(self) -> Iterator[list[str]]:
        if isinstance(self.source, (str, os.PathLike)):
            with _opened(self.source) as file:
                yield from self._sentences(file)
        else:
            self.source.seek(0)
            yield from self._sentences(self.source)

    def _paths(self) -> list[str] | None:
        return [os.fspath(self.source)] if isinstance(self.source, (str, os.PathLike)) else None


class PathLineSentences(TextFiles):
    """The lines of all files of a folder as sentences, file by file in the order of their names.

    source: a folder, whose own folders are left out, or one file; else as LineSentence, limit being of each file.
    input_files: the paths.
    """

    def __init__(self, source: Path, max_sentence_length: int = MOST_WORDS, limit: int | None = None) -> None:
        super().__init__(max_sentence_length, limit)
        self.source = os.fspath(source)
        if os.path.isfile(self.source):
            self.input_files = [self.source]
        elif os.path.isdir(self.source):
            paths = [os.path.join(self.source, name) for name in sorted(os.listdir(self.source))]
            self.input_files = [path for path in paths if os.path.isfile(path)]
        else:
            raise ValueError(f"{self.source}: neither a file nor a folder; check the path")

    def __iter__(self) -> Iterator[list[str]]:
        for path in self.input_files:
            with _opened(path) as file:
                yield from self._sentences(file)

    def _paths(self) -> list[str] | None:
        return self.input_files


class Text8Corpus(TextFiles):
    """A file of words without sentences, as the one called text8: given out in pieces of max_sentence_length words.

    Line ends count as any white space does. Where there are none, Corpus takes the whole file as one sentence.
    """

    def __init__(self, fname: Path, max_sentence_length: int = MOST_WORDS) -> None:
        super().__init__(max_sentence_length, None)
        self.fname = os.fspath(fname)

    def __iter__(self) -> Iterator[list[str]]:
        words: list[str] = []
        rest = b""
        with _opened(self.fname) as file:
            while chunk := file.read(CHUNK_BYTES):
                found = (rest + chunk).split()
                # The last word goes on in the next chunk, unless white space ends it.
                rest = b"" if chunk[-1:].isspace() or not found else found.pop()
                words += [word.decode() for word in found]
                whole = len(words) - len(words) % self.max_sentence_length
                yield from _pieces(words[:whole], self.max_sentence_length)
                del words[:whole]
        yield from _pieces([*words, rest.decode()] if rest else words, self.max_sentence_length)

    def _paths(self) -> list[str] | None:
        return None if _compression(self.fname) or _has_lines(self.fname) else [self.fname]


def _pieces(words: list[str], length: int) -> Iterator[list[str]]:
    for start in range(0, len(words), length):
        yield words[start : start + length]


def _compression(path: Path) -> str | None:
    """How a file is compressed, by its first bytes; nothing is opened that can be read only once."""
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        return compression_of(file.read(HEAD_BYTES))


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedIOBase]:
    """The file's text from behind a byte-order mark on, decompressed."""
    kind = _compression(path)
    with open(path, "rb", buffering=0) as raw:
        stream: io.RawIOBase = raw if kind is None else Decompressed(raw, kind, os.fspath(path))
        with io.BufferedReader(stream, CHUNK_BYTES) as file:
            if file.peek(len(BOM)).startswith(BOM):
                file.read(len(BOM))
            yield file


def _has_lines(path: str) -> bool:
    """Whether a line end stands anywhere but at the end."""
    size = os.path.getsize(path)
    if not size:
        return False
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return 0 <= data.find(b"\n") < size - 1
