"""The command line: `fastw2v train`, `neighbors`, `info` and `demo`.

Turns words of a command into calls of the library, and its errors into one sentence and exit status 2. Nothing is
computed here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastw2v.config import Config, Kernel

if TYPE_CHECKING:
    from fastw2v.keyed_vectors import KeyedVectors
    from fastw2v.model import Word2Vec

__all__ = ["main"]

BAD_INPUT = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
DEMO_WORDS = ("array", "file", "return", "matrix", "error", "first")
DEMO_OPTIONS = {"epochs": 10, "min_count": 10}
DEFAULTS = Config(workers=1)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Bad input ends the command with one sentence, not with a traceback."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename and str(error.filename) not in str(error.strerror) else ""
        fail(f"{place}{error.strerror or error}")
    except (ValueError, TypeError, KeyError, MemoryError) as error:
        fail(str(error) or type(error).__name__)


def fail(sentence: str) -> None:
    """Says what is wrong on standard error and exits with status 2."""
    click.echo(f"fastw2v: {sentence}", err=True)
    sys.exit(BAD_INPUT)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(package_name="fastw2v")
def main() -> None:
    """Word vectors from text, trained on CPUs as fast as the arithmetic units allow."""


def training_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of Config, with its defaults; what they may be is checked there."""
    options = [
        click.option("--vector-size", type=int, default=DEFAULTS.vector_size, help="Numbers in each vector."),
        click.option("--window", type=int, default=DEFAULTS.window, help="Largest distance of a context word."),
        click.option("--negative", type=int, default=DEFAULTS.negative, help="Noise words drawn for each position."),
        click.option("--ns-exponent", type=float, default=DEFAULTS.ns_exponent, help="Noise is drawn by count**this."),
        click.option("--sample", type=float, default=DEFAULTS.sample, help="Thins out words more frequent than this."),
        click.option("--alpha", type=float, default=DEFAULTS.alpha, help="Learning rate at the start."),
        click.option("--min-alpha", type=float, default=DEFAULTS.min_alpha, help="Learning rate at the end."),
        click.option("--epochs", type=int, default=DEFAULTS.epochs, help="Passes over the text."),
        click.option("--min-count", type=int, default=DEFAULTS.min_count, help="Drops words seen fewer times."),
        click.option("--max-vocab", type=int, default=None, help="Keeps only the most frequent words.  [default: all]"),
        click.option("--workers", type=int, default=None, help="Threads.  [default: all cores this process may use]"),
        click.option("--seed", type=int, default=DEFAULTS.seed, help="Start of the random draws."),
        click.option(
            "--kernel",
            type=click.Choice([k.value for k in Kernel]),
            default=DEFAULTS.kernel,
            help="Arithmetic kernel; auto is FASTW2V_KERNEL or else the fastest that runs here.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@main.command()
@click.argument("corpus", nargs=-1, required=True)
@click.option("-o", "--output", required=True, help="Where to: .safetensors (whole model), .txt/.vec, .bin or .npy.")
@training_options
@click.option(
    "--errors",
    type=click.Choice(["strict", "replace"]),
    default="strict",
    help="What to do with bytes that are not UTF-8.",
)
@click.option("-q", "--quiet", is_flag=True, help="Shows no progress.")
def train(corpus: tuple[str, ...], output: str, errors: str, quiet: bool, **options: Any) -> None:
    """Trains on the files CORPUS... ("-": standard input) and writes the vectors to OUTPUT."""
    with plain_errors():
        source: Any = corpus[0] if len(corpus) == 1 else list(corpus)
        train_and_write(source, output, options, errors=errors, progress=not quiet)


def train_and_write(source: Any, output: str, options: dict[str, Any], *, errors: str, progress: bool) -> Word2Vec:
    """Checks options and output, reads, trains, writes; after Ctrl-C in training it writes what was trained."""
    from fastw2v.atomic import check_writable
    from fastw2v.corpus import Corpus
    from fastw2v.formats import format_of
    from fastw2v.kernels import resolve
    from fastw2v.model import Word2Vec
    from fastw2v.progress import shown

    config = Config.from_options(options)
    resolve(config.kernel)
    format_of(output)
    check_writable(output)
    interrupted = False
    with shown(progress) as display:
        try:
            text = Corpus(
                source,
                min_count=config.min_count,
                max_vocab=config.max_vocab,
                workers=config.workers,
                errors=errors,
                on_progress=display.reading,
            )
        except KeyboardInterrupt:
            display.close()
            click.echo("fastw2v: interrupted while reading; nothing was trained or written", err=True)
            sys.exit(INTERRUPTED)
        model = Word2Vec(config)
        model.build_vocab(text)
        display.read(text)
        try:
            model.train(text, display.training)
        except KeyboardInterrupt:
            interrupted = True
    write(model, output)
    if interrupted:
        share = 100 * model.words_trained / (len(text) * config.epochs)
        click.echo(f"fastw2v: interrupted after {share:.0f} % of the training; wrote that to {output}", err=True)
        sys.exit(INTERRUPTED)
    if progress:
        click.echo(f"wrote {len(model.wv):,} vectors of {config.vector_size} numbers to {output}", err=True)
    return model


def write(model: Word2Vec, output: str) -> None:
    """The whole model as safetensors, or its vectors in the other formats, by suffix."""
    from fastw2v.formats import format_of

    if format_of(output) == "safetensors":
        model.save(output)
    else:
        model.wv.save(output)


@main.command()
@click.argument("model", type=click.Path())
@click.argument("word", nargs=-1, required=True)
@click.option("-n", "--topn", type=click.IntRange(min=1), default=10, help="How many neighbours.")
def neighbors(model: str, word: tuple[str, ...], topn: int) -> None:
    """The words nearest to each WORD by cosine similarity, in the vectors of the file MODEL."""
    with plain_errors():
        from fastw2v.formats import load_vectors

        show_neighbors(load_vectors(model), word, topn)


def show_neighbors(vectors: KeyedVectors, words: tuple[str, ...], topn: int) -> None:
    """A line a word with its neighbours and their similarities."""
    for word in words:
        found = vectors.most_similar(word, topn=topn)
        click.echo(f"{word}: " + ", ".join(f"{near} {similarity:.2f}" for near, similarity in found))


@main.command()
@click.argument("model", type=click.Path())
def info(model: str) -> None:
    """What the file MODEL holds."""
    with plain_errors():
        from fastw2v.formats import format_of, load_vectors
        from fastw2v.model import Word2Vec, is_whole_model

        vectors = load_vectors(model)
        whole = Word2Vec.load(model) if is_whole_model(model) else None
        kind = "a whole model" if whole is not None else f"vectors alone ({format_of(model)})"
        click.echo(f"file         {model}, {Path(model).stat().st_size:,} bytes, {kind}")
        click.echo(f"vectors      {len(vectors):,} words x {vectors.vector_size}")
        if whole is not None:
            vocabulary = whole.vocabulary
            click.echo(f"trained on   {vocabulary.total:,} words of text, {whole.words_trained:,} with repeats")
            click.echo("options      " + ", ".join(f"{name}={value}" for name, value in whole.config.as_dict().items()))
        click.echo("first words  " + " ".join(vectors.index_to_key[:10]))


@main.command()
@click.option("-o", "--output", default="demo.safetensors", help="Where the model is left.")
@click.option("-q", "--quiet", is_flag=True, help="Shows no progress.")
def demo(output: str, quiet: bool) -> None:
    """Trains on the docstrings of the installed Python packages and shows neighbours of a few words."""
    with plain_errors():
        from fastw2v.demo import docstring_sentences

        if not quiet:
            click.echo("training on the docstrings of the Python packages installed here", err=True)
        model = train_and_write(docstring_sentences(), output, dict(DEMO_OPTIONS), errors="strict", progress=not quiet)
        show_neighbors(model.wv, tuple(word for word in DEMO_WORDS if word in model.wv), 5)
        click.echo(f"the model is in {output}; try: fastw2v neighbors {output} {DEMO_WORDS[0]}")
