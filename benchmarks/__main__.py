"""The command line of the measurements: python -m benchmarks QUESTION --corpus FILE."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import click

from . import choices, end_to_end, harness, kernel, memory, objectives, perplexity, quality, reading, softmax, training
from .scores import Benchmarks

SCORED = {"quality": list(quality.SYSTEMS), "choices": choices.NAMES}  # names of the systems
QUESTIONS = ["kernel", "read", "train", "objectives", "softmax", "end_to_end", "memory", "perplexity", *SCORED, "all"]


def benchmarks_of(question: str, folder: str | None) -> Benchmarks | None:
    """The benchmark files where the question needs them, or can use them."""
    if folder is None:
        if question in SCORED:
            raise click.UsageError(f"{question} needs --eval DIR")
        return None
    try:
        return Benchmarks(folder)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def names_of(question: str, only: str | None) -> list[str]:
    """The parts of --only, each of which must choose a system."""
    if only is None:
        return []
    if question not in SCORED:
        raise click.UsageError(f"--only is for {' and '.join(SCORED)}")
    parts = only.split(",")
    for part in parts:
        if not part or not any(part in name for name in SCORED[question]):
            raise click.UsageError(f"--only {part}: it must be part of a name among {', '.join(SCORED[question])}")
    return parts


@click.command(context_settings={"show_default": True})
@click.argument("question", type=click.Choice(QUESTIONS))
@click.option("--corpus", type=click.Path(exists=True, dir_okay=False), help="A text file; all but `kernel` need it.")
@click.option("--workers", type=int, default=2, help="Threads of each system.")
@click.option("--rounds", type=click.IntRange(min=3), default=3, help="How often the systems are taken in turn.")
@click.option("--eval", "folder", type=click.Path(exists=True, file_okay=False), help="Benchmark files to score on.")
@click.option("--seeds", type=click.IntRange(min=1), default=3, help="Runs of each system that is scored.")
@click.option("--epochs", type=click.IntRange(min=1), default=5, help="Epochs of each run that is scored.")
@click.option("--only", metavar="NAME,...", help="Only systems to be scored whose names hold one of these.")
@click.option("--out", type=click.Path(file_okay=False), help="A folder for QUESTION.json, which holds every run.")
def main(
    question: str,
    corpus: str | None,
    workers: int,
    rounds: int,
    folder: str | None,
    seeds: int,
    epochs: int,
    only: str | None,
    out: str | None,
) -> None:
    """Measures fastw2v, in turn with gensim where that is installed."""
    if question != "kernel" and corpus is None:
        raise click.UsageError(f"{question} needs --corpus FILE")
    text = corpus or ""
    scored, names = benchmarks_of(question, folder), names_of(question, only)
    gensim, fasttext = (importlib.util.find_spec(name) is not None for name in ("gensim", "fasttext"))
    answers: dict[str, Callable[[], None]] = {
        "kernel": lambda: kernel.run(rounds),
        "read": lambda: reading.run(text, workers, rounds),
        "train": lambda: training.run(text, workers, rounds, gensim),
        "objectives": lambda: objectives.run(text, workers, rounds, gensim),
        "softmax": lambda: softmax.run(text, workers, rounds, fasttext),
        "end_to_end": lambda: end_to_end.run(text, workers, rounds, gensim),
        "memory": lambda: memory.run(text, workers),
        "perplexity": lambda: perplexity.run(text, workers),
    }
    if scored is not None:
        answers["quality"] = lambda: quality.run(text, scored, workers, seeds, epochs, names, gensim)
        answers["choices"] = lambda: choices.run(text, scored, workers, seeds, epochs, names)
    print(harness.machine())
    for name in answers if question == "all" else [question]:
        harness.record.begin(out, name)
        answers[name]()


if __name__ == "__main__":  # child processes import this file
    main()
