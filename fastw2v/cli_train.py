"""The commands that train: `fastw2v train` and `demo`, and Ctrl-C while they do.

Words of a command become options of the library. Nothing is computed here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from fastw2v.cli_errors import INTERRUPTED, plain_errors, say
from fastw2v.cli_vectors import show_neighbors
from fastw2v.config import Architecture, Config, Kernel, Loss

if TYPE_CHECKING:
    from fastw2v.model import Word2Vec

__all__ = ["demo", "train"]

DEMO_WORDS = ("array", "file", "return", "matrix", "error", "first")
DEMO_NEIGHBORS = 5
DEMO_OPTIONS = {"epochs": 10, "min_count": 10}
DEFAULTS = Config(workers=1)


def training_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of Config, with its defaults; what they may be is checked there."""
    options = [
        click.option("--vector-size", type=int, default=DEFAULTS.vector_size, help="Numbers in each vector."),
        click.option("--window", type=int, default=DEFAULTS.window, help="Largest distance of a context word."),
        click.option(
            "--shrink-windows/--whole-windows",
            default=DEFAULTS.shrink_windows,
            help="Whether each position draws a window of 1..window words.",
        ),
        click.option(
            "--architecture",
            type=click.Choice([a.value for a in Architecture]),
            default=DEFAULTS.architecture,
            help="Each word of a window with its centre, or all of them together.",
        ),
        click.option(
            "--loss",
            type=click.Choice([k.value for k in Loss]),
            default=DEFAULTS.loss,
            help="Negative sampling, softmax over a Huffman tree, or exact softmax.",
        ),
        click.option("--negative", type=int, default=DEFAULTS.negative, help="Noise words for each window (or pair)."),
        click.option(
            "--negative-sharing",
            type=click.Choice(["window", "pair"]),
            default=DEFAULTS.negative_sharing,
            help="Who meets the same noise words: all pairs of a window, or none.",
        ),
        click.option(
            "--cbow-mean/--cbow-sum", default=DEFAULTS.cbow_mean, help="CBOW's input: mean or sum of the context."
        ),
        click.option(
            "--cbow-gradient",
            type=click.Choice(["exact", "word2vec"]),
            default=DEFAULTS.cbow_gradient,
            help="Whether a context vector gets its share of the mean's gradient, or all of it.",
        ),
        click.option("--cbow-batch", type=int, default=DEFAULTS.cbow_batch, help="CBOW: centres that share noise."),
        click.option("--softmax-batch", type=int, default=DEFAULTS.softmax_batch, help="Softmax: centres at once."),
        click.option(
            "--softmax-memory", type=int, default=DEFAULTS.softmax_memory, help="MB a worker's scores may take."
        ),
        click.option("--ns-exponent", type=float, default=DEFAULTS.ns_exponent, help="Noise is drawn by count**this."),
        click.option("--sample", type=float, default=DEFAULTS.sample, help="Thins out words more frequent than this."),
        click.option(
            "--alpha",
            type=float,
            default=None,
            help="Learning rate at the start.  [default: what suits the objective, 0.02 to 0.1]",
        ),
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


@click.command()
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
        train_and_write(list(corpus), output, options, errors=errors, progress=not quiet)


def train_and_write(
    source: list[str] | Iterator[list[str]], output: str, options: dict[str, Any], *, errors: str, progress: bool
) -> Word2Vec:
    """Checks options and output, reads, trains, writes; after Ctrl-C in training it writes what was trained."""
    from fastw2v._interrupts import HeldInterrupts
    from fastw2v.corpus import Corpus
    from fastw2v.kernels import resolve
    from fastw2v.model import Word2Vec
    from fastw2v.progress import shown
    from fastw2v.trainer import DivergedError

    config = Config.from_options(options)
    resolve(config.kernel)
    check_output(output, source if isinstance(source, list) else [])
    interrupted = False
    # Ctrl-C outside reading and training waits until the file is written; a second one does not.
    with shown(progress) as display, HeldInterrupts(patience=1) as interrupts:
        try:
            with interrupts.let_in():
                text = Corpus(
                    source,
                    min_count=config.min_count,
                    max_vocab=config.max_vocab,
                    workers=config.workers,
                    errors=errors,
                    on_progress=display.reading,
                )
                display.read(text)
        except KeyboardInterrupt:
            display.close()
            say("interrupted while reading; nothing was trained or written")
            sys.exit(INTERRUPTED)
        model = Word2Vec(config)
        model.build_vocab(text)
        try:
            with interrupts.let_in():
                model.train(text, display.training)
        except KeyboardInterrupt:
            interrupted = True
        except DivergedError as error:
            raise DivergedError(f"{error}; nothing was written") from error
        display.close()
        if not model.words_trained:
            say("interrupted before anything was trained; nothing was written")
            sys.exit(INTERRUPTED)
        write(model, output)
        if interrupts.take() or interrupted:
            share = 100 * model.words_trained / (text.text.tokens * config.epochs)
            say(f"interrupted after {share:.0f} % of the training; wrote that to {output}")
            sys.exit(INTERRUPTED)
    if progress:
        say(f"wrote {len(model.wv):,} vectors of {config.vector_size} numbers to {output}")
    return model


def check_output(output: str, texts: Iterable[str]) -> None:
    """Refuses an output that has no known format, cannot be written, or is the text itself, before any long work."""
    from fastw2v.atomic import check_writable
    from fastw2v.formats import files_of

    for path in files_of(output):
        check_writable(path)
        for text in texts:
            if os.path.exists(path) and os.path.exists(text) and os.path.samefile(path, text):
                raise ValueError(f"{path}: the output is the text itself, which it would replace; give another name")


def write(model: Word2Vec, output: str) -> None:
    """The whole model as safetensors, or its vectors in the other formats, by suffix."""
    from fastw2v.formats import format_of

    if format_of(output) == "safetensors":
        model.save(output)
    else:
        model.wv.save(output)


@click.command()
@click.option("-o", "--output", default="demo.safetensors", help="Where the model is left.")
@click.option("-q", "--quiet", is_flag=True, help="Shows no progress.")
def demo(output: str, quiet: bool) -> None:
    """Trains on the docstrings of the installed Python packages and shows neighbours of a few words."""
    with plain_errors():
        from fastw2v.demo import shuffled_docstrings

        if not quiet:
            say("training on the docstrings of the Python packages installed here")
        model = train_and_write(
            iter(shuffled_docstrings()), output, dict(DEMO_OPTIONS), errors="strict", progress=not quiet
        )
        show_neighbors(model.wv, [[word] for word in DEMO_WORDS if word in model.wv], DEMO_NEIGHBORS)
        click.echo(f"the model is in {output}; try: fastw2v neighbors {output} {DEMO_WORDS[0]}")
