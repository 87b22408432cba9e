"""The command `fastw2v phrases`: words that occur together become one word, from text files to a text file.

Words of the command become options of the library; nothing is computed here.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from fastw2v.cli_errors import plain_errors, say
from fastw2v.config import check_integer
from fastw2v.phrase_options import ENGLISH_CONNECTOR_WORDS, PhraseOptions

__all__ = ["phrases"]

ENGLISH, NONE = "english", "none"
DEFAULTS = PhraseOptions()
NPMI_THRESHOLD = 0.5  # the middle of what scores of related words are


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.argument("output")
@click.option("--min-count", type=int, default=DEFAULTS.min_count, help="Pairs seen fewer times are no phrases.")
@click.option(
    "--threshold",
    type=float,
    default=None,
    help=f"Phrases score more than this.  [default: {DEFAULTS.threshold:g}; with npmi {NPMI_THRESHOLD:g}]",
)
@click.option("--scoring", type=click.Choice(["default", "npmi"]), default=DEFAULTS.scoring, help="How pairs score.")
@click.option("--delimiter", default=DEFAULTS.delimiter, help="Stands between the words of a phrase.")
@click.option("--passes", type=int, default=1, help="Looks for phrases of phrases this many times in all.")
@click.option(
    "--connector-words",
    default=NONE,
    metavar="WORDS",
    help=f"May stand within a phrase: '{ENGLISH}', or words with commas between.",
)
@click.option("--phrases", "listing", metavar="FILE", help="Writes the phrases there: pass, phrase and score, by tabs.")
@click.option(
    "--save", metavar="FILE", multiple=True, help="Keeps them there for `fastw2v train --phrases`; again for each pass."
)
@click.option("--workers", type=int, default=None, help="Threads.  [default: all cores this process may use]")
@click.option(
    "--errors", type=click.Choice(["strict", "replace"]), default="strict", help="What bytes that are no UTF-8 do."
)
@click.option("-q", "--quiet", is_flag=True, help="Shows no progress.")
def phrases(
    text: tuple[str, ...],
    output: str,
    min_count: int,
    threshold: float | None,
    scoring: str,
    delimiter: str,
    passes: int,
    connector_words: str,
    listing: str | None,
    save: tuple[str, ...],
    workers: int | None,
    errors: str,
    quiet: bool,
) -> None:
    """Joins the phrases of the files TEXT... ("-": standard input), and writes the text to OUTPUT.

    The suffixes .gz, .bz2, .xz and .zst of OUTPUT compress it.
    """
    with plain_errors():
        if threshold is None:
            threshold = NPMI_THRESHOLD if scoring == "npmi" else DEFAULTS.threshold
        options = PhraseOptions.checked(min_count, threshold, scoring, delimiter, connectors(connector_words))
        check_integer("passes", passes, 1)
        if save and len(save) != passes:
            raise ValueError(f"--save names {len(save)} files, but {passes} passes are made; name one for each")
        join_and_write(text, output, options, passes, listing, save, workers=workers, errors=errors, progress=not quiet)


def connectors(text: str) -> Sequence[str] | frozenset[str]:
    """The words that an option names."""
    if text == ENGLISH:
        return ENGLISH_CONNECTOR_WORDS
    return [] if text == NONE else [word for word in text.split(",") if word]


def check_outputs(outputs: Sequence[str], texts: Sequence[str]) -> None:
    """Refuses an output that cannot be written, or is a text or another output, before any long work."""
    from fastw2v.atomic import check_writable

    for path in outputs:
        check_writable(path)
        for text in texts:
            if os.path.exists(path) and os.path.exists(text) and os.path.samefile(path, text):
                raise ValueError(f"{path}: the output is the text itself, which it would replace; give another name")
    if len({os.path.realpath(path) for path in outputs}) < len(outputs):
        raise ValueError(f"two of the outputs {', '.join(outputs)} are the same file; give one another name")


def join_and_write(
    text: Sequence[str],
    output: str,
    options: PhraseOptions,
    passes: int,
    listing: str | None,
    save: Sequence[str] = (),
    *,
    workers: int | None,
    errors: str,
    progress: bool,
) -> None:
    """Checks outputs, reads, counts pass by pass, writes; each pass is told when it ends."""
    from fastw2v.atomic import atomic_output
    from fastw2v.corpus import Corpus
    from fastw2v.frozen_phrases import FrozenPhrases
    from fastw2v.phrased import phrased, write_phrased
    from fastw2v.phrases import Phrases
    from fastw2v.progress import shown

    check_outputs([path for path in (output, listing, *save) if path is not None], text)
    with shown(progress) as display:
        corpus = Corpus(list(text), min_count=1, workers=workers, errors=errors, on_progress=display.reading)
        display.close()
        found: list[FrozenPhrases] = []
        current = corpus
        for number in range(1, passes + 1):
            if found:
                current = phrased(current, found[-1], min_count=1, workers=workers)
            counted = Phrases.of(current, options, workers=workers)
            found.append(counted.freeze())
            if progress:
                say(f"pass {number}: {counted.corpus_word_count:,} words, {len(found[-1]):,} phrases")
        write_phrased(corpus, found, output, workers=workers)
    for path, one in zip(save, found, strict=bool(save)):
        one.save(path)
    if listing is not None:
        with atomic_output(listing, "w") as file:
            for number, one in enumerate(found, 1):
                file.writelines(f"{number}\t{phrase}\t{score!r}\n" for phrase, score in one.export_phrases().items())
    if progress:
        say(f"wrote the text to {output}")
