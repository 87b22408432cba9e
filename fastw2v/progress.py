"""How reading and training tell where they are: a bar on a terminal, plain lines in a log, or nothing.

Only shows; the figures are the trainer's and the reader's.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TextIO, cast

from fastw2v._threads import TICK_SECONDS

if TYPE_CHECKING:
    from typing import NoReturn

    from tqdm import tqdm

    from fastw2v.cluster_text import ClusterText
    from fastw2v.corpus import Corpus
    from fastw2v.trainer import Progress

from fastw2v.short import short

__all__ = ["Display", "ProgressOption", "shown"]

ProgressOption = bool | Literal["auto"]

LINE_SECONDS = 5.0  # between two lines of a log
MEGABYTE = 1e6
FAST = 1e5  # words a second that are told in millions


class _Patient:
    """A stream to show progress on that never costs the run: when it can no longer be written, nothing more is."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._broken = False

    def write(self, text: str) -> int:
        if not self._broken:
            try:
                self._stream.write(text)
            except (OSError, ValueError):  # a full disk, a reader that left, a closed file
                self._broken = True
        return len(text)

    def flush(self) -> None:
        if not self._broken:
            try:
                self._stream.flush()
            except (OSError, ValueError):
                self._broken = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Display:
    """Shows nothing; the base of those that do."""

    def reading(self, done: int, total: int | None) -> None:
        """So many bytes (of files) or words (of an iterable) are read."""

    def read(self, corpus: Corpus | ClusterText) -> None:
        """The text is read, its vocabulary known."""

    def training(self, progress: Progress) -> None:
        """The state of the run."""

    def close(self) -> None:
        """Nothing more will be shown."""


def summary(corpus: Corpus | ClusterText) -> str:
    """What was read, in one line."""
    return f"read {corpus.raw_words:,} words; {len(corpus.vocabulary):,} different ones kept, {len(corpus):,} in all"


def figures(progress: Progress) -> str:
    """Loss and speed of a run, in few characters."""
    if not progress.words_done:
        return "nothing trained yet"
    speed = progress.words_per_second
    shown = f"{speed / MEGABYTE:.2f} M" if speed >= FAST else f"{speed:,.0f}"
    return f"loss {progress.loss:.4f}, {shown} {progress.unit}/s"


class Lines(Display):
    """One line every few seconds and at the end of each epoch."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = cast(TextIO, _Patient(stream))
        self.told = time.monotonic()
        self.epoch_ended = 0

    def _say(self, line: str) -> None:
        print(line, file=self.stream, flush=True)
        self.told = time.monotonic()

    def reading(self, done: int, total: int | None) -> None:
        if time.monotonic() - self.told >= LINE_SECONDS:
            self._say(f"reading: {done:,} of {total:,} bytes" if total else f"reading: {done:,} words")

    def read(self, corpus: Corpus | ClusterText) -> None:
        self._say(summary(corpus))

    def training(self, progress: Progress) -> None:
        ended = progress.words_done * progress.epochs >= progress.words_total * progress.epoch
        if ended and progress.epoch > self.epoch_ended:
            self.epoch_ended = progress.epoch
        elif time.monotonic() - self.told < LINE_SECONDS:
            return
        share = 100 * progress.words_done / progress.words_total
        left = f"{progress.seconds_left:.0f}" if progress.words_done else "?"
        self._say(f"epoch {progress.epoch}/{progress.epochs}: {share:.0f} %, {figures(progress)}, {left} s left")


class Bar(Display):
    """tqdm's bar, which also works below a notebook's cell: one for reading, one for training."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = cast(TextIO, _Patient(stream))
        self.started = time.monotonic()
        self.bar: tqdm[NoReturn] | None = None
        self.shows = ""

    def _bar(self, shows: str, total: int | None, form: str) -> tqdm[NoReturn]:
        """The bar for reading or for training; the one before it is closed."""
        if self.bar is None or self.shows != shows:
            from tqdm import tqdm

            self.close()
            self.shows = shows
            # mininterval=0: who calls this already waits between two calls.
            self.bar = tqdm(
                total=total,
                file=self.stream,
                bar_format=form,
                leave=False,
                dynamic_ncols=True,
                mininterval=0,
            )
        return self.bar

    def reading(self, done: int, total: int | None) -> None:
        form = "reading |{bar}| {percentage:3.0f} %{postfix}" if total else "reading{postfix}"
        bar = self._bar("reading", total, form)
        # tqdm would reckon from the first call on, when much is read already.
        rate = done / max(time.monotonic() - self.started, TICK_SECONDS) / MEGABYTE
        speed = f"{rate:.0f} MB/s" if total else f"{done:,} words, {rate:.2f} M words/s"
        bar.set_postfix_str(speed, refresh=False)
        bar.update(done - bar.n)

    def read(self, corpus: Corpus | ClusterText) -> None:
        self.close()
        print(summary(corpus), file=self.stream, flush=True)

    def training(self, progress: Progress) -> None:
        form = "{desc} |{bar}| {percentage:3.0f} %{postfix}"
        bar = self._bar("training", progress.words_total, form)
        bar.set_description_str(f"epoch {progress.epoch}/{progress.epochs}", refresh=False)
        left = bar.format_interval(progress.seconds_left) if progress.words_done else "?"
        bar.set_postfix_str(f"{figures(progress)}, {left} left", refresh=False)
        bar.update(progress.words_done - bar.n)
        if progress.words_done >= progress.words_total:
            self.close()
            done = f"trained {progress.epochs} epochs in {progress.seconds:.1f} s: {figures(progress)}"
            print(done, file=self.stream, flush=True)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
            self.bar = None


def _is_notebook(stream: TextIO) -> bool:
    """Whether it is shown below a notebook's cell, where a line can be overwritten as on a terminal."""
    return type(stream).__module__.split(".")[0] == "ipykernel"


@contextmanager
def shown(option: ProgressOption) -> Iterator[Display]:
    """The display for `progress=option`, on standard error, closed at the end.

    "auto": a bar if that is a terminal or a notebook's, else nothing; True: a bar there, else plain lines; False:
    nothing.
    """
    if not isinstance(option, bool) and option != "auto":
        raise ValueError(f"progress is {short(option)}, but must be 'auto', True or False")
    stream = sys.stderr
    terminal = stream is not None and (stream.isatty() or _is_notebook(stream))
    display: Display
    if option is False or stream is None or (option == "auto" and not terminal):
        display = Display()
    else:
        display = Bar(stream) if terminal else Lines(stream)
    try:
        yield display
    finally:
        display.close()
