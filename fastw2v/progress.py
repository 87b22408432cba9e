"""How reading and training tell where they are: a bar on a terminal, plain lines in a log, or nothing.

Only shows; the figures are the trainer's and the reader's.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TextIO

from fastw2v.config import check_choice

if TYPE_CHECKING:
    from typing import NoReturn

    from tqdm import tqdm

    from fastw2v.corpus import Corpus
    from fastw2v.trainer import Progress

__all__ = ["Display", "ProgressOption", "shown"]

ProgressOption = bool | Literal["auto"]

LINE_SECONDS = 5.0  # between two lines of a log
MEGABYTE = 1e6


class Display:
    """Shows nothing; the base of those that do."""

    def reading(self, done: int, total: int | None) -> None:
        """So many bytes (of files) or words (of an iterable) are read."""

    def read(self, corpus: Corpus) -> None:
        """The text is read, its vocabulary known."""

    def training(self, progress: Progress) -> None:
        """The state of the run."""

    def close(self) -> None:
        """Nothing more will be shown."""


def summary(corpus: Corpus) -> str:
    """What was read, in one line."""
    return f"read {corpus.raw_words:,} words; {len(corpus.vocabulary):,} different ones kept, {len(corpus):,} in all"


def figures(progress: Progress) -> str:
    """Loss and speed of a run, in few characters."""
    return f"loss {progress.loss:.4f}, {progress.words_per_second / MEGABYTE:.2f} M words/s"


class Lines(Display):
    """One line every few seconds and at the end of each epoch."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.told = time.monotonic()
        self.epoch_ended = 0

    def _say(self, line: str) -> None:
        print(line, file=self.stream, flush=True)
        self.told = time.monotonic()

    def reading(self, done: int, total: int | None) -> None:
        if time.monotonic() - self.told >= LINE_SECONDS:
            self._say(f"reading: {done:,} of {total:,} bytes" if total else f"reading: {done:,}")

    def read(self, corpus: Corpus) -> None:
        self._say(summary(corpus))

    def training(self, progress: Progress) -> None:
        ended = progress.words_done * progress.epochs >= progress.words_total * progress.epoch
        if ended and progress.epoch > self.epoch_ended:
            self.epoch_ended = progress.epoch
        elif time.monotonic() - self.told < LINE_SECONDS:
            return
        share = 100 * progress.words_done / progress.words_total
        self._say(
            f"epoch {progress.epoch}/{progress.epochs}: {share:.0f} %, {figures(progress)}, "
            f"{progress.seconds_left:.0f} s left"
        )


class Bar(Display):
    """tqdm's bar, which also works in notebooks' terminals: one for reading, one for training."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.bar: tqdm[NoReturn] | None = None
        self.shows = ""

    def _bar(self, shows: str, total: int | None, form: str, unit: str) -> tqdm[NoReturn]:
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
                unit=unit,
                unit_scale=True,
                leave=False,
                dynamic_ncols=True,
                mininterval=0,
            )
        return self.bar

    def reading(self, done: int, total: int | None) -> None:
        form = "reading |{bar}| {percentage:3.0f} % {rate_fmt}" if total else "reading {n_fmt} {rate_fmt}"
        bar = self._bar("reading", total, form, "B" if total else "")
        bar.update(done - bar.n)

    def read(self, corpus: Corpus) -> None:
        self.close()
        print(summary(corpus), file=self.stream, flush=True)

    def training(self, progress: Progress) -> None:
        form = "{desc} |{bar}| {percentage:3.0f} %{postfix}, {remaining} left"
        bar = self._bar("training", progress.words_total, form, "")
        bar.set_description_str(f"epoch {progress.epoch}/{progress.epochs}", refresh=False)
        bar.set_postfix_str(figures(progress), refresh=False)
        bar.update(progress.words_done - bar.n)
        if progress.words_done >= progress.words_total:
            self.close()
            done = f"trained {progress.epochs} epochs in {progress.seconds:.1f} s: {figures(progress)}"
            print(done, file=self.stream, flush=True)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
            self.bar = None


@contextmanager
def shown(option: ProgressOption) -> Iterator[Display]:
    """The display for `progress=option`, on standard error, closed at the end.

    "auto": a bar if that is a terminal, else nothing; True: a bar there, else plain lines; False: nothing.
    """
    if not isinstance(option, bool):
        check_choice("progress", option, ("auto",))
    stream = sys.stderr
    terminal = stream is not None and stream.isatty()
    display: Display
    if option is False or stream is None or (option == "auto" and not terminal):
        display = Display()
    else:
        display = Bar(stream) if terminal else Lines(stream)
    try:
        yield display
    finally:
        display.close()
