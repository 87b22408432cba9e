"""Seconds to count and to join phrases, from a text file and to one, beside gensim's, after both gave the same phrases,
scores and texts: the first megabytes of the text, by each scoring, in one pass and over the joined text again."""

from __future__ import annotations

import filecmp
import tempfile
import time
from pathlib import Path
from typing import Any

from fastw2v import Corpus, FrozenPhrases, Phrases
from fastw2v.phrased import phrased, write_phrased

from . import harness, peers
from .settings import OURS, Settings

TEXT_BYTES = 25_000_000  # of the corpus: half a minute of gensim's time a round
SCORINGS: dict[str, dict[str, Any]] = {
    "default": {"scoring": "default", "threshold": 10.0},
    "npmi": {"scoring": "npmi", "threshold": 0.5},
}


def run(settings: Settings) -> None:
    """Counting by each scoring, joining, and counting in the joined text."""
    gensim = "gensim" in peers.present(settings)
    with tempfile.TemporaryDirectory() as folder:
        text = first_lines(settings.corpus, Path(folder) / "text.txt")
        size = text.stat().st_size / 1e6
        for name, options in SCORINGS.items():
            harness.title(f"phrases counted and scored, {name} scoring, {size:.0f} MB")
            in_turn(settings, *counting(text, options, settings.workers, gensim))
        harness.title(f"phrases joined, from file to file, {size:.0f} MB")
        in_turn(settings, *joining(text, Path(folder), settings.workers, gensim))
        harness.title(f"phrases of phrases counted and scored, {size:.0f} MB")
        in_turn(settings, *counting_again(text, settings.workers, gensim))


def in_turn(settings: Settings, ours: harness.Run, theirs: harness.Run | None) -> None:
    """Seconds of both, or of ours alone."""
    systems = {**({"gensim": theirs} if theirs is not None else {}), OURS: ours}
    harness.in_turn(systems, settings.rounds, "s", ours=OURS, lower_is_better=True)


def first_lines(corpus: str, path: Path) -> Path:
    """The first TEXT_BYTES of a text, in whole lines."""
    with open(corpus, "rb") as source:
        text = source.read(TEXT_BYTES)
    path.write_bytes(text[: text.rfind(b"\n") + 1] or text)
    return path


def lines(path: Path) -> Any:
    """A file's sentences, as gensim reads them."""
    from gensim.models.word2vec import LineSentence

    return LineSentence(str(path))


def their_phrases(sentences: Any, **options: Any) -> Any:
    """gensim's."""
    from gensim.models.phrases import Phrases as Theirs

    return Theirs(sentences, **options)


def seconds(run: Any) -> float:
    """How long a call takes."""
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def counting(text: Path, options: dict[str, Any], workers: int, gensim: bool) -> tuple[harness.Run, harness.Run | None]:
    """From a file to a dict of phrases and scores; AssertionError unless both give the same."""

    def ours() -> dict[str, float]:
        return Phrases(text, **options, workers=workers).export_phrases()

    def theirs() -> dict[str, float]:
        found: dict[str, float] = their_phrases(lines(text), **options).export_phrases()
        return found

    if not gensim:
        return lambda: seconds(ours), None
    assert ours() == theirs(), "the phrases differ"
    return lambda: seconds(ours), lambda: seconds(theirs)


def joining(text: Path, folder: Path, workers: int, gensim: bool) -> tuple[harness.Run, harness.Run | None]:
    """From a file to a file of joined text, phrases being known; AssertionError unless both write the same."""
    frozen = Phrases(text, workers=workers).freeze()

    def ours() -> None:
        write_phrased(Corpus(text, min_count=1, workers=workers), frozen, folder / "ours.txt", workers=workers)

    if not gensim:
        return lambda: seconds(ours), None
    known = their_phrases(lines(text)).freeze()

    def theirs() -> None:
        with open(folder / "gensim.txt", "w", encoding="utf-8") as file:
            for sentence in known[lines(text)]:
                file.write(" ".join(sentence) + "\n")

    ours()
    theirs()
    assert filecmp.cmp(folder / "ours.txt", folder / "gensim.txt", shallow=False), "the texts differ"
    return lambda: seconds(ours), lambda: seconds(theirs)


def counting_again(text: Path, workers: int, gensim: bool) -> tuple[harness.Run, harness.Run | None]:
    """Phrases in the joined text, known phrases being joined on the way."""
    frozen = Phrases(text, workers=workers).freeze()

    def ours() -> FrozenPhrases:
        corpus = Corpus(text, min_count=1, workers=workers)
        return Phrases(phrased(corpus, frozen, min_count=1, workers=workers), workers=workers).freeze()

    if not gensim:
        return lambda: seconds(ours), None
    known = their_phrases(lines(text)).freeze()

    def theirs() -> Any:
        return their_phrases(known[lines(text)])

    # gensim's export of a second pass scores other words than it counted: what it finds in sentences is compared.
    first, second = ours(), theirs()
    for sentence in known[lines(text)]:
        assert first[sentence] == second[sentence], "the phrases differ"
    return lambda: seconds(ours), lambda: seconds(theirs)
