"""The command line of the measurements: python -m benchmarks QUESTION --corpus FILE."""

from __future__ import annotations

import importlib.util

import click

from . import end_to_end, harness, kernel, memory, objectives, reading, softmax, training

QUESTIONS = ["kernel", "read", "train", "objectives", "softmax", "end_to_end", "memory", "all"]


@click.command(context_settings={"show_default": True})
@click.argument("question", type=click.Choice(QUESTIONS))
@click.option("--corpus", type=click.Path(exists=True, dir_okay=False), help="A text file; all but `kernel` need it.")
@click.option("--workers", type=int, default=2, help="Threads of each system.")
@click.option("--rounds", type=click.IntRange(min=3), default=3, help="How often the systems are taken in turn.")
def main(question: str, corpus: str | None, workers: int, rounds: int) -> None:
    """Measures fastw2v, in turn with gensim where that is installed."""
    if question != "kernel" and corpus is None:
        raise click.UsageError(f"{question} needs --corpus FILE")
    gensim = importlib.util.find_spec("gensim") is not None
    print(harness.machine())
    if question in ("kernel", "all"):
        kernel.run(rounds)
    if corpus is None:
        return
    if question in ("read", "all"):
        reading.run(corpus, workers, rounds)
    if question in ("train", "all"):
        training.run(corpus, workers, rounds, gensim)
    if question in ("objectives", "all"):
        objectives.run(corpus, workers, rounds, gensim)
    if question in ("softmax", "all"):
        softmax.run(corpus, workers, rounds, importlib.util.find_spec("fasttext") is not None)
    if question in ("end_to_end", "all"):
        end_to_end.run(corpus, workers, rounds, gensim)
    if question in ("memory", "all"):
        memory.run(corpus, workers)


if __name__ == "__main__":  # child processes import this file
    main()
