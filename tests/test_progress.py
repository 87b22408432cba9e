"""What is shown while a run goes on: a bar on a terminal, lines in a log, or nothing."""

from __future__ import annotations

import io

import pytest

from fastw2v import progress
from fastw2v.trainer import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def state(done, epoch=1, epochs=2, total=200):
    return Progress(
        epoch=epoch, epochs=epochs, words_done=done, words_total=total, seconds=2.0, loss_sum=2.5, predictions=2,
        alpha=0.01,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("option", "terminal", "kind"),
    [
        ("auto", True, progress.Bar),
        ("auto", False, progress.Display),
        (True, True, progress.Bar),
        (True, False, progress.Lines),
        (False, True, progress.Display),
        (False, False, progress.Display),
    ],
)
def test_which_display(monkeypatch, option, terminal, kind):
    monkeypatch.setattr("sys.stderr", Terminal() if terminal else io.StringIO())
    with progress.shown(option) as display:
        assert type(display) is kind


def test_a_notebook_has_a_bar(monkeypatch):
    class OutStream(io.StringIO):
        """What a notebook's kernel has as standard error: no terminal, but a line can be overwritten."""

    OutStream.__module__ = "ipykernel.iostream"
    monkeypatch.setattr("sys.stderr", OutStream())
    with progress.shown("auto") as display:
        assert type(display) is progress.Bar
        display.training(state(100))
    assert "epoch 1/2" in display.stream.getvalue()


def test_lines_come_at_the_end_of_each_epoch_and_every_few_seconds(monkeypatch):
    stream = io.StringIO()
    lines = progress.Lines(stream)
    for done, epoch in ((10, 1), (100, 1), (100, 1), (150, 2), (200, 2)):
        lines.training(state(done, epoch))
    assert stream.getvalue().splitlines() == [
        "epoch 1/2: 50 %, loss 1.2500, 50 words/s, 2 s left",
        "epoch 2/2: 100 %, loss 1.2500, 100 words/s, 0 s left",
    ]
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    lines.training(state(20))
    lines.reading(5, 10)
    lines.reading(5, None)
    assert stream.getvalue().splitlines()[2:] == [
        "epoch 1/2: 10 %, loss 1.2500, 10 words/s, 18 s left",
        "reading: 5 of 10 bytes",
        "reading: 5 words",
    ]


def test_a_bar_shows_speed_loss_and_time_left_and_closes():
    stream = Terminal()
    bar = progress.Bar(stream)
    bar.reading(5, 10)
    bar.reading(10, 10)
    bar.training(state(50))
    shown = stream.getvalue()
    for part in ("reading", "epoch 1/2", "loss 1.2500", "words/s", "left"):
        assert part in shown
    bar.training(state(200, epoch=2))
    assert stream.getvalue().splitlines()[-1].endswith("trained 2 epochs in 2.0 s: loss 1.2500, 100 words/s")
    assert bar.bar is None


def test_the_bar_of_reading_reckons_from_the_start(monkeypatch):
    stream = Terminal()
    bar = progress.Bar(stream)
    bar.started -= 10
    bar.reading(50_000_000, 100_000_000)
    assert "5 MB/s" in stream.getvalue()


@pytest.mark.parametrize("kind", [progress.Lines, progress.Bar])
def test_a_stream_that_fails_does_not_end_the_run(monkeypatch, kind):
    class Full(Terminal):
        def write(self, text):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    display = kind(Full())
    display.reading(5, 10)
    display.training(state(200, epoch=2))
    display.close()


def test_a_progress_without_words_yet_has_no_speed():
    start = Progress(epochs=1, words_total=10)
    assert start.words_per_second == 0
    assert start.seconds_left == float("inf")
    # Words may be there before the clock was looked at.
    assert Progress(words_done=5, words_total=10).seconds_left == float("inf")


def test_speed_is_told_in_what_suits_it():
    state = Progress(words_done=3_000_000, seconds=2.0, loss_sum=1.0, predictions=1)
    assert progress.figures(state) == "loss 1.0000, 1.50 M words/s"
    state.words_done = 3_000
    assert progress.figures(state) == "loss 1.0000, 1,500 words/s"
    assert progress.figures(Progress(epochs=1, words_total=10)) == "nothing trained yet"
