"""Texts given as strings to words: by the compiled tokenizer at white space, or by a function of the caller's.

Each string is one sentence; so is each line of a file. Where strings come from is not known here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from fastw2v._reading import CHUNK_BYTES, Progress
from fastw2v._segments import Segments, take
from fastw2v._sources import Source
from fastw2v._streams import TextStream
from fastw2v._threads import TICK_SECONDS
from fastw2v._tokenizer import Tokenizer
from fastw2v.short import LEAVE_OUT, is_missing

__all__ = ["WHITE_SPACE", "Tokenize", "check_tokenize", "lines", "read_strings", "tokenized"]

WHITE_SPACE = "whitespace"  # names the compiled tokenizer
CLOCK_EVERY = 1 << 10  # strings that pass between two looks at the clock

Tokenize = Callable[[str], Sequence[str]]


def check_tokenize(tokenize: object) -> None:
    """TypeError if it is no way to split texts."""
    if tokenize is not None and tokenize != WHITE_SPACE and not callable(tokenize):
        raise TypeError(
            f"tokenize is {tokenize!r}, but must be a function from a str to a list of words, such as str.split, or "
            f"{WHITE_SPACE!r}"
        )


def read_strings(texts: Iterable[object], segments: Segments, on_progress: Progress | None) -> tuple[Tokenizer, int]:
    """Reads `texts` once, splitting each at ASCII white space. Returns what counted their words, and how many texts
    there were. TypeError, ValueError: what is no text, with its place."""
    tokenizer = Tokenizer()
    batch: list[str] = []
    held, words, moved, count, told = 0, 0, 0, 0, time.monotonic()

    def flush() -> None:
        nonlocal held, words, moved
        data = "\n".join(batch).encode()
        tokenizer.feed(data, 0, len(data), len(data), True)
        tokenizer.end_sentence()
        segment = take(tokenizer, 0)
        segments.add((0, moved), segment)
        words, moved, held = words + len(segment.ids), moved + 1, 0
        batch.clear()

    for text in _checked(texts):
        # White space like any other: a text is one sentence.
        batch.append(text.replace("\n", " "))
        held += len(text)
        count += 1
        if held >= CHUNK_BYTES:
            flush()
        if on_progress is not None and count % CLOCK_EVERY == 0 and time.monotonic() - told >= TICK_SECONDS:
            on_progress(words, None)
            told = time.monotonic()
    flush()
    tokenizer.release()
    if on_progress is not None:
        on_progress(words, None)
    return tokenizer, count


def tokenized(texts: Iterable[object], tokenize: Tokenize) -> Iterator[Sequence[str]]:
    """The words of each text, by the caller's function."""
    return (tokenize(text) for text in _checked(texts))


def _checked(texts: Iterable[object]) -> Iterator[str]:
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            remedy = LEAVE_OUT if is_missing(text) else "give texts alone"
            raise TypeError(f"text {number} is {_short(text)}, but must be a str; {remedy}")
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise ValueError(f"text {number} has a lone surrogate and no UTF-8 form; replace it") from None
        yield text


def lines(sources: Sequence[Source], errors: str) -> Iterator[str]:
    """The lines of files and streams, decompressed, without their ends; those of white space alone are left out."""
    for source in sources:
        stream = TextStream(source, lambda _: None)
        try:
            yield from _lines_of(stream, errors)
        finally:
            stream.close()


def _lines_of(stream: TextStream, errors: str) -> Iterator[str]:
    rest, number, last = b"", 0, False
    while not last:
        chunk = stream.next(np.empty(CHUNK_BYTES, np.uint8))
        last = chunk.last
        whole = (rest + chunk.data[chunk.begin : chunk.stop].tobytes()).split(b"\n")
        rest = b"" if last else whole.pop()
        for line in whole:
            number += 1
            try:
                text = line.decode(errors=errors)
            except UnicodeDecodeError as error:
                raise ValueError(
                    f"{stream.name}: byte {error.start} of line {number} is not valid UTF-8; convert the file to "
                    'UTF-8, or read such bytes as U+FFFD with errors="replace"'
                ) from None
            if text.strip():
                yield text.removesuffix("\r")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
