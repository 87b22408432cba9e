"""The command line of the measurements: python -m benchmarks QUESTION --corpus FILE --out DIR."""

from __future__ import annotations

import contextlib
import dataclasses
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from . import (
    bandwidth,
    care,
    choices,
    cluster,
    cluster_forecast,
    cluster_quality,
    end_to_end,
    evaluation,
    kernel,
    loading,
    memory,
    objectives,
    peers,
    perplexity,
    phrases,
    quality,
    queries,
    reading,
    results,
    scaling,
    softmax,
    synthetic,
    training,
)
from .machine import command, compilers, machine, versions
from .options import Several, at_least, options
from .readme import put_into
from .readme import table as readme_table
from .record import record, recorded
from .scores import Benchmarks
from .settings import OURS, Settings

MEASURED: dict[str, tuple[Callable[[Settings], None], str]] = {
    "kernel": (kernel.run, "One step in the cache, beside the most that a core can do."),
    "read": (reading.run, "Reading, counting and encoding a text."),
    "train": (training.run, "Words of the text trained a second, each kernel and each peer."),
    "objectives": (objectives.run, "The same for fastw2v's own variants of the objectives."),
    "care": (care.run, "What checkpoints, callbacks and the held-out loss cost a run."),
    "softmax": (softmax.run, "The exact softmax beside plain matrix products and fastText."),
    "end_to_end": (end_to_end.run, "Seconds from a text file to a file of vectors."),
    "loading": (loading.run, "Seconds of reading and writing files of vectors, and the memory that it takes."),
    "queries": (queries.run, "Milliseconds of most_similar."),
    "phrases": (phrases.run, "Seconds to count phrases and to join them."),
    "evaluation": (evaluation.run, "Seconds of a whole analogy file."),
    "bandwidth": (bandwidth.run, "Training a million words of 300 floats beside the memory's speed."),
    "memory": (memory.run, "Peak memory beside what must be held."),
    "scaling": (scaling.run, "Words a second against workers, size of text and of vocabulary."),
    "cluster": (cluster.run, "Nodes of a cluster on this machine: words a second, and what they send."),
    "perplexity": (perplexity.run, "How well each loss predicts held-out words."),
}
SCORED: dict[str, tuple[Callable[[Settings, Benchmarks], None], str]] = {
    "quality": (quality.run, "Scores of vectors against seconds of training."),
    "choices": (choices.run, "Scores of the values beside each of fastw2v's defaults."),
    "cluster_quality": (cluster_quality.run, "Scores of a cluster's vectors beside those of one process."),
}
WITHOUT_TEXT = ("kernel", "loading", "queries", "evaluation", "bandwidth")
LARGER = {"vector_size": 300, "window": 10, "negative": 10}  # the second model that `all` trains


@click.group()
def main() -> None:
    """Measures fastw2v, in turn with the peers that are installed or whose programs are named."""


def asked(question: str, settings: Settings) -> None:
    """One question or all, each into its own file; where no corpus is given, a synthetic text is made for them."""
    if settings.out is not None:
        try:
            Path(settings.out).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.UsageError(f"--out {settings.out}: {error}") from error
    print(f"{command()}\n{machine()}")
    print(f"versions: {versions()}\ncompilers: {compilers()}", flush=True)
    peers.tell_missing(settings)
    with contextlib.ExitStack() as stack:
        if not settings.corpus and question not in WITHOUT_TEXT:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            print("no --corpus: a synthetic text is made, and files that ask for what it was made with", flush=True)
            given = {"corpus": str(synthetic.write(folder)), "synthetic": True}
            settings = dataclasses.replace(settings, **given, eval_folder=settings.eval_folder or str(folder))
        for name in [*MEASURED, *SCORED] if question == "all" else [question]:
            one(name, settings, needed=question != "all")
        if question == "all":
            one("train", dataclasses.replace(settings, **LARGER), needed=True)
    if settings.out is not None:
        print(results.write(settings.out), flush=True)


def one(name: str, settings: Settings, *, needed: bool) -> None:
    """Measures; a question that scores is left out where there is nothing to score on and it is not `needed`."""
    text = "synthetic" if settings.synthetic else Path(settings.corpus).name if settings.corpus else "none"
    about = {"corpus": text, "workers": settings.workers}
    about |= {"vector_size": settings.vector_size, "window": settings.window, "negative": settings.negative}
    if name in MEASURED:
        record.begin(settings.out, settings.name(name), **about)
        MEASURED[name][0](settings)
    elif settings.eval_folder is not None:
        try:
            benchmarks = Benchmarks(settings.eval_folder)
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        record.begin(settings.out, settings.name(name), **about)
        SCORED[name][0](settings, benchmarks)
    elif needed:
        raise click.UsageError(f"{name} needs --eval DIR with a --corpus")
    else:
        print(f"{name} is left out: it needs --eval DIR with a --corpus", flush=True)


def add_question(name: str, text: str) -> None:
    """A command of that name."""

    @main.command(name, help=text, context_settings={"show_default": True})
    @options
    def question(settings: Settings) -> None:
        check_only(name, settings)
        try:
            asked(name, settings)
        except (ValueError, OSError, MemoryError, RuntimeError) as error:
            # A child's standard error ends with the sentence; what led there is for those who change the benchmarks.
            raise click.ClickException(str(error).strip().splitlines()[-1] if str(error) else repr(error)) from error


def check_only(question: str, settings: Settings) -> None:
    """Each part of --only must choose a system; otherwise it is misspelt."""
    own_names = {"choices": choices.NAMES, "cluster_quality": cluster_quality.NAMES}
    names = own_names.get(question, [OURS, *peers.NAMES])
    if settings.only and question not in SCORED:
        raise click.UsageError(f"--only is for {', '.join(SCORED)}")
    for part in settings.only:
        if not any(part in name for name in names):
            raise click.UsageError(f"--only {part}: it must be part of a name among {', '.join(names)}")


for question_name, (_, told) in {**MEASURED, **SCORED}.items():
    add_question(question_name, told)
add_question("all", "All of these, and train once more with larger vectors.")


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--readme", type=click.Path(exists=True, dir_okay=False), help="A file to put the table in.")
@click.option("--page", type=click.Path(dir_okay=False), help="Where RESULTS.md goes, if not into FOLDER.")
def table(folder: str, readme: str | None, page: str | None) -> None:
    """Prints the README's table of FOLDER's results; makes RESULTS.md and the plots anew."""
    try:
        text = readme_table(folder)
        print(text)
        print(results.write(folder, page))
        if readme is not None:
            put_into(Path(readme), text)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


@main.command("cluster-model")
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option(
    "--words",
    type=click.FloatRange(min=1),
    default=cluster_forecast.Plan.words,
    show_default=True,
    help="Of one epoch.",
)
@click.option("--nodes", type=Several(at_least(2, int)), default="8,32,128", show_default=True)
@click.option("--gigabits", type=Several(at_least(0.001, float)), default="10,100", show_default=True)
@click.option("--vocabularies", type=Several(at_least(1000, int)), default="1000000,10000000", show_default=True)
@click.option("--cores", type=click.IntRange(min=1), default=cluster_forecast.Plan.cores, show_default=True)
@click.option("--communication", type=click.FloatRange(0, 0.9, min_open=True), default=0.1, show_default=True)
@click.option("--network-alone", is_flag=True, help="As if nothing but the network took time.")
@click.option("--page", type=click.Path(exists=True, dir_okay=False), help="A file to put the tables in.")
def cluster_model(folder: str, page: str | None, network_alone: bool, **asked: Any) -> None:
    """Prints what larger clusters would do, of FOLDER's results of `cluster` and `bandwidth`."""
    try:
        text = cluster_forecast.page(recorded(folder), cluster_forecast.Plan(**asked), network_alone)
        print(text)
        if page is not None:
            put_into(Path(page), text)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


@main.command()
@click.argument("folder", type=click.Path(file_okay=False))
@click.option("--words", type=click.IntRange(min=1), default=synthetic.TEXT_WORDS, show_default=True)
@click.option("--vocabulary", type=click.IntRange(min=1), default=synthetic.TEXT_VOCABULARY, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
def corpus(folder: str, words: int, vocabulary: int, seed: int) -> None:
    """Writes the synthetic text into FOLDER, and the files that ask for its structure."""
    try:
        print(synthetic.write(Path(folder), words, vocabulary, seed))
    except ValueError as error:
        raise click.UsageError(str(error)) from error


if __name__ == "__main__":  # child processes import this file
    main()
