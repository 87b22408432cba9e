"""The command line: `fastw2v train`, `neighbors`, `info` and `demo`.

Turns words of a command into calls of the library, and its errors into one sentence and exit status 2. Nothing is
computed here.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastw2v.config import Architecture, Config, Kernel, Loss

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
    """Bad input ends the command with one sentence, not with a traceback; a warning is a sentence, too."""

    def tell(message: Warning | str, *_: object, **__: object) -> None:
        say(f"warning: {message}")

    try:
        with warnings.catch_warnings():
            warnings.showwarning = tell
            yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        say("interrupted; nothing was written")
        sys.exit(INTERRUPTED)
    except OSError as error:
        sentence = str(error.strerror or error)
        named = error.filename is None or sentence.startswith(f"{error.filename}: ")
        fail(sentence if named else f"{error.filename}: {sentence}")
    except (ValueError, TypeError, KeyError, MemoryError) as error:
        fail(str(error) or type(error).__name__)
    finally:
        give_up_standard_error_that_is_full()


def give_up_standard_error_that_is_full() -> None:
    """What could not be written there would be tried again when Python ends, and cost the command its exit status."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def say(sentence: str) -> None:
    """One line on standard error; a standard error that cannot be written does not undo what was done."""
    with suppress(OSError, ValueError):
        click.echo(f"fastw2v: {sentence}", err=True)


def fail(sentence: str) -> None:
    """Says what is wrong and exits with status 2."""
    say(sentence)
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
            share = 100 * model.words_trained / (len(text) * config.epochs)
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
        from fastw2v.formats import format_of_file, load_vectors
        from fastw2v.model import Word2Vec
        from fastw2v.model_files import is_whole_model

        vectors = load_vectors(model)
        whole = Word2Vec.load(model) if is_whole_model(model) else None
        kind = "a whole model" if whole is not None else f"vectors alone ({format_of_file(model)})"
        click.echo(f"file         {model}, {Path(model).stat().st_size:,} bytes, {kind}")
        click.echo(f"vectors      {len(vectors):,} words x {vectors.vector_size}")
        if whole is not None:
            vocabulary = whole.vocabulary
            click.echo(f"trained on   {vocabulary.total:,} words of text, {whole.words_trained:,} with repeats")
            click.echo("options      " + ", ".join(f"{name}={value}" for name, value in whole.config.as_dict().items()))
            if whole.history:
                last = whole.history[-1]
                click.echo(f"loss         {last['loss']:.4f} in epoch {last['epoch']}")
        click.echo("first words  " + " ".join(vectors.index_to_key[:10]))


@main.command()
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
        show_neighbors(model.wv, tuple(word for word in DEMO_WORDS if word in model.wv), 5)
        click.echo(f"the model is in {output}; try: fastw2v neighbors {output} {DEMO_WORDS[0]}")
