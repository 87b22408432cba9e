"""From any source to an encoded text in a file, made once for all later runs. Opening it is encoded_files.py's."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any

from fastw2v._counting import Given, count_words
from fastw2v._placed_files import PlacedFile
from fastw2v._reading import Progress
from fastw2v._segments import Segments
from fastw2v._staying_words import EmptyTextError
from fastw2v._strings import Tokenize, check_tokenize
from fastw2v.atomic import atomic_output, check_writable
from fastw2v.config import available_cpus, check_choice, check_integer
from fastw2v.encoded_kind import SUFFIX
from fastw2v.encoded_layout import Sizes
from fastw2v.encoded_writer import Ranked, write_encoded
from fastw2v.memory_limits import cache_folder, limit_of
from fastw2v.packed_words import PackedWords

__all__ = ["check_workers", "encode", "scratch_in"]


def encode(
    source: object,
    path: str | os.PathLike[str],
    *,
    tokenize: Tokenize | str | None = None,
    column: object = None,
    workers: int | None = None,
    errors: str = "strict",
    memory_limit: int | str | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
    on_progress: Progress | None = None,
) -> Sizes:
    """Reads a text and writes all its words' ids to a file, which Corpus and train open in milliseconds, with any
    options. Returns its numbers of words, of their letters in bytes, of sentences and of tokens.

    source ... errors, on_progress: see Corpus. path: ends in .fw2c; written beside its name and renamed.
    memory_limit: bytes, or a text such as "2GB": more ids than that go to a file in `cache_dir` while reading (None:
        half of the free memory; the folder of `path`), so that twice the size of `path` is taken there for a time.

    Raises OSError, ValueError, TypeError as Corpus does.
    """
    name = os.fspath(path)
    if not name.endswith(SUFFIX):
        raise ValueError(f"{name}: the name of an encoded text must end in {SUFFIX}; give it this suffix")
    limit = limit_of(memory_limit)
    folder = cache_folder(os.path.dirname(os.path.abspath(name)) if cache_dir is None else cache_dir)
    workers, errors = check_workers(workers), check_choice("errors", errors, ("strict", "replace"))
    check_tokenize(tokenize)
    check_writable(name)
    segments = Segments(limit, scratch_in(folder))
    try:
        counted = count_words(Given(source, tokenize, column, errors, workers), segments, on_progress)
        if not len(counted.counts):
            raise EmptyTextError("the source holds no word at all; give a text with words separated by white space")
        note: dict[str, Any] = {"sentences": counted.sentences, "origin": counted.origin}
        ranked = Ranked(PackedWords.pack(counted.words), counted.counts, counted.remapping)
        with atomic_output(name) as file:
            target = PlacedFile(os.dup(file.fileno()), name, "make room, or give another path")
            tensors = write_encoded(target, segments, ranked, note, workers).tensors
    finally:
        segments.close()
    return Sizes(
        tensors["counts"].length, tensors["words.utf8"].length, tensors["offsets"].length - 1, tensors["ids"].length
    )


def check_workers(workers: int | None) -> int:
    """How many threads are asked for; None is one a core that this process may use."""
    wanted = available_cpus() if workers is None else workers
    return check_integer("workers", wanted, 1, 1024, "leave it out to use all cores this process may use")


def scratch_in(folder: str) -> Callable[[], PlacedFile]:
    """Makes files in a folder that are gone once they are closed, whatever becomes of the process."""

    def scratch() -> PlacedFile:
        with tempfile.TemporaryFile(dir=folder, prefix="fastw2v-", buffering=0) as file:
            remedy = "make room there, name another folder by cache_dir, or raise memory_limit"
            return PlacedFile(os.dup(file.fileno()), folder, remedy)

    return scratch
