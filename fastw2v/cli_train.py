"""The commands that train: `fastw2v train` and `demo`.

Words of a command become options of the library. What is done with them is cli_run.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from fastw2v.cli_errors import plain_errors, say
from fastw2v.cli_options import (
    CLUSTER_OPTIONS,
    RUN_OPTIONS,
    cluster_options,
    phrase_option,
    run_options,
    start_options,
    training_options,
)
from fastw2v.cli_run import Task, continue_and_write, read_words, resume_and_write, train_and_write
from fastw2v.cli_vectors import show_neighbors
from fastw2v.run_options import INIT_VECTORS

if TYPE_CHECKING:
    from fastw2v.cluster import Cluster
    from fastw2v.frozen_phrases import FrozenPhrases

__all__ = ["demo", "train"]

DEMO_WORDS = ("array", "file", "return", "matrix", "error", "first")
DEMO_NEIGHBORS = 5
DEMO_OPTIONS = {"epochs": 10, "min_count": 10}
# What a run that goes on may be given anew.
READING_OPTIONS = {"errors", "memory_limit", "cache_dir"}
WITH_RESUME = {
    *RUN_OPTIONS,
    *READING_OPTIONS,
    *CLUSTER_OPTIONS,
    "corpus",
    "output",
    "resume",
    "history",
    "phrases",
    "workers",
    "quiet",
}
# What a model keeps that is trained on.
FIXED_BY_MODEL = {"vector_size", "architecture", "loss", "init_vectors", "freeze_init"}


@click.command()
@click.argument("corpus", nargs=-1)
@click.option("-o", "--output", help="Where to: .safetensors (whole model), .txt/.vec, .bin or .npy.")
@click.option("--dry-run", is_flag=True, help="Only tells what the run would take: vocabulary, memory, time.")
@click.option("--resume", metavar="FILE", help="Goes on with the run of a checkpoint, or of a model that was stopped.")
@phrase_option
@start_options
@training_options
@run_options
@cluster_options
@click.option("--history", metavar="FILE", help="Writes a table of the epochs: .csv or .jsonl.")
@click.option(
    "--errors",
    type=click.Choice(["strict", "replace"]),
    default="strict",
    help="What to do with bytes that are not UTF-8.",
)
@click.option("--memory-limit", help="Memory for the words' numbers, such as 2GB.  [default: half of what is free]")
@click.option("--cache-dir", help="Folder for the numbers beyond that.  [default: for temporary files that last]")
@click.option("-q", "--quiet", is_flag=True, help="Shows no progress.")
@click.pass_context
def train(
    context: click.Context,
    /,
    corpus: tuple[str, ...],
    output: str | None,
    dry_run: bool,
    resume: str | None,
    phrases: tuple[str, ...],
    init_vectors: str | None,
    freeze_init: bool,
    freeze: str | None,
    from_model: str | None,
    grow_vocabulary: bool,
    history: str | None,
    errors: str,
    memory_limit: str | None,
    cache_dir: str | None,
    quiet: bool,
    **options: Any,
) -> None:
    """Trains on CORPUS... and writes the vectors to OUTPUT: files, compressed ones among them, folders, patterns in
    quotes, or "-" for standard input."""
    with plain_errors():
        run = {name: options.pop(name) for name in RUN_OPTIONS}
        cluster = cluster_of(context, {name: options.pop(name) for name in CLUSTER_OPTIONS}, options["workers"])
        if resume is None:
            if not corpus:
                raise click.UsageError("name a text, or --resume FILE")
            if dry_run:
                if from_model is not None:
                    raise click.UsageError("--dry-run tells of new models; leave out --from")
                options["phrases"] = phrases or None
                tell_estimate(list(corpus), options, run, cluster, errors=errors, progress=not quiet)
                return
        if output is None:
            raise click.UsageError("say where the vectors go, with -o FILE, or ask for a --dry-run")
        if phrases and resume is not None and not corpus:
            raise click.UsageError(
                "--phrases: name the text as well, since the run does not tell where its words came from; one on a "
                "cluster does, and knows its phrases: leave both out there"
            )
        task = Task(output, history, errors, not quiet, memory_limit, cache_dir, load_phrases(phrases))
        given = {name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
        if resume is not None:
            _refuse(context, given - WITH_RESUME, "a run that goes on has the options that it began with")
            changes = {name: value for name, value in run.items() if name in given}
            resume_and_write(resume, list(corpus), task, options["workers"], changes, cluster)
            return
        if freeze is not None:
            run["freeze"] = read_words(freeze)
        if from_model is not None:
            of_one = "a model is trained on by one machine; leave it out, or train a new model without --from"
            _refuse(context, given & {"nodes"}, of_one)
            _refuse(context, given & FIXED_BY_MODEL, "a model that is trained on keeps what it began with")
            changes = {name: value for name, value in options.items() if name in given}
            continue_and_write(from_model, list(corpus), task, changes, run, grow_vocabulary)
            return
        if grow_vocabulary:
            raise click.UsageError("--grow-vocabulary: a new model takes all words; give --from MODEL to go on")
        if freeze_init:
            if init_vectors is None or freeze is not None:
                raise click.UsageError("--freeze-init goes with --init-vectors FILE, and without --freeze")
            run["freeze"] = INIT_VECTORS
        train_and_write(list(corpus), task, options, run, init_vectors, cluster)


def cluster_of(context: click.Context, given: dict[str, Any], workers: int | None) -> Cluster | None:
    """The cluster that is asked for; UsageError for options of one where there is none."""
    if given["nodes"] is None:
        _refuse(context, {name for name, value in given.items() if value is not None}, "give --nodes N as well")
        return None
    from fastw2v.cluster import Cluster

    return Cluster(**given, workers_per_node=workers)


def load_phrases(paths: Sequence[str]) -> list[FrozenPhrases]:
    """The phrases of files, pass by pass."""
    if not paths:
        return []
    from fastw2v.phrased import passes_of

    return passes_of(paths)


def _refuse(context: click.Context, names: set[str], why: str) -> None:
    """UsageError if there are any names, of parameters."""
    if names:
        options = sorted(parameter.opts[0] for parameter in context.command.params if parameter.name in names)
        raise click.UsageError(f"{', '.join(options)}: {why}")


def tell_estimate(
    source: list[str],
    options: dict[str, Any],
    run: dict[str, Any],
    cluster: Cluster | None,
    *,
    errors: str,
    progress: bool,
) -> None:
    """The dry run: every option is checked as in a real one, and nothing is written."""
    from fastw2v.estimates import estimate
    from fastw2v.run_options import RunOptions

    RunOptions(**run)
    click.echo(str(estimate(source, errors=errors, progress=progress, cluster=cluster, **options)))


@click.command()
@click.option("-o", "--output", default="demo.safetensors", help="Where the model is left.")
@click.option("-q", "--quiet", is_flag=True, help="Shows no progress.")
def demo(output: str, quiet: bool) -> None:
    """Trains on the docstrings of the installed Python packages and shows neighbours of a few words."""
    with plain_errors():
        from fastw2v.demo import shuffled_docstrings

        if not quiet:
            say("training on the docstrings of the Python packages installed here")
        task = Task(output, progress=not quiet)
        model = train_and_write(iter(shuffled_docstrings()), task, dict(DEMO_OPTIONS))
        show_neighbors(model.wv, [[word] for word in DEMO_WORDS if word in model.wv], DEMO_NEIGHBORS)
        click.echo(f"the model is in {output}; try: fastw2v neighbors {output} {DEMO_WORDS[0]}")
