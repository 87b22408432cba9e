"""The options of `fastw2v train`: those of Config and of RunOptions, with their defaults. What they may be is checked
there.
"""

from __future__ import annotations

from collections.abc import Callable

import click

from fastw2v.config import Architecture, Config, Kernel, Loss
from fastw2v.run_options import HELD_OUT_LOSS, SCORE

__all__ = [
    "CLUSTER_OPTIONS",
    "RUN_OPTIONS",
    "cluster_options",
    "phrase_option",
    "run_options",
    "start_options",
    "training_options",
]

RUN_OPTIONS = ("checkpoint", "checkpoint_every", "held_out", "evaluate", "early_stopping", "monitor")
CLUSTER_OPTIONS = ("nodes", "address", "sync_every")
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


def phrase_option(command: Callable[..., None]) -> Callable[..., None]:
    """Phrases that are joined in a run's texts."""
    return click.option(
        "--phrases",
        metavar="FILE",
        multiple=True,
        help="Joins phrases, that `fastw2v phrases --save` wrote; again for each pass.",
    )(command)


def start_options(command: Callable[..., None]) -> Callable[..., None]:
    """Where a run starts from, beside its text."""
    options = [
        click.option("--init-vectors", metavar="FILE", help="Vectors that words begin with, in any format."),
        click.option("--freeze-init", is_flag=True, help="Vectors of --init-vectors do not change."),
        click.option("--freeze", metavar="FILE", help="Words whose vectors do not change, one a line."),
        click.option("--from", "from_model", metavar="MODEL", help="Trains this model on, instead of a new one."),
        click.option("--grow-vocabulary", is_flag=True, help="With --from: words that are new in the text join."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def cluster_options(command: Callable[..., None]) -> Callable[..., None]:
    """Those of Cluster."""
    options = [
        click.option("--nodes", type=int, help="Machines, or processes here, that share the text; needs Ray."),
        click.option("--address", help='Their Ray cluster: "auto" or HOST:PORT.  [default: started here]'),
        click.option("--sync-every", type=int, help="Words a node trains between combinings.  [default: adapted]"),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def run_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of RunOptions that a command line can give."""
    options = [
        click.option("--checkpoint", metavar="FILE", help="Writes the state of the run there, to go on from."),
        click.option("--checkpoint-every", default="10min", show_default=True, help='"30s", "10min", or blocks.'),
        click.option("--held-out", metavar="FILE", help="A text whose loss is measured after each epoch."),
        click.option("--evaluate", metavar="FILE", multiple=True, help="Similarities or analogies, scored each epoch."),
        click.option("--early-stopping", type=int, help="Ends after so many epochs that were not better."),
        click.option(
            "--monitor", type=click.Choice([HELD_OUT_LOSS, SCORE]), help="What that is judged by.  [default: the loss]"
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command
