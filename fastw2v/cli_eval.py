"""The command that judges vectors by files of what people think of words: `fastw2v eval`.

Words of a command become an Asking; the results become a table, JSON or CSV. Nothing is computed here.
"""

from __future__ import annotations

import click

from fastw2v.bootstrap import Resampling
from fastw2v.cli_errors import plain_errors
from fastw2v.cli_vectors import METHODS, Reading, load, model_argument, reading_options
from fastw2v.evaluation_files import KINDS
from fastw2v.evaluation_reports import FORMATS, report
from fastw2v.evaluation_words import RESTRICT_VOCAB

__all__ = ["evaluate_files"]

DEFAULTS = Resampling()


@click.command("eval")
@model_argument
@click.argument("file", nargs=-1, required=True, type=click.Path())
@click.option(
    "--compare", type=click.Path(), metavar="MODEL2", help="Asks MODEL2 the same: how much higher does it score?"
)
@click.option("--kind", type=click.Choice(KINDS), help="Of every FILE.  [default: by its content]")
@click.option("--method", type=click.Choice(list(METHODS)), default="add", help="Of analogies: 3CosAdd or 3CosMul.")
@click.option(
    "--restrict-vocab", type=click.IntRange(min=1), default=RESTRICT_VOCAB, help="Words from the top that are known."
)
@click.option("--case-sensitive", is_flag=True, help="Words of another case are other words.")
@click.option("--count-unknown", is_flag=True, help="What has unknown words is counted as wrong, not left out.")
@click.option("--sections", is_flag=True, help="Each section of an analogy file has a row of its own.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table")
@click.option("--confidence", type=float, default=DEFAULTS.confidence, help="Share of resamples within an interval.")
@click.option("--resamples", type=int, default=DEFAULTS.resamples, help="Of the bootstrap that gives the intervals.")
@click.option("--seed", type=int, default=DEFAULTS.seed, help="Start of the random draws.")
@click.option("--encoding", default="utf-8", help="Of every FILE.")
@reading_options
def evaluate_files(
    model: str,
    file: tuple[str, ...],
    compare: str | None,
    kind: str | None,
    method: str,
    restrict_vocab: int,
    case_sensitive: bool,
    count_unknown: bool,
    sections: bool,
    form: str,
    confidence: float,
    resamples: int,
    seed: int,
    encoding: str,
    reading: Reading,
) -> None:
    """Scores the vectors of the file MODEL on each FILE: similarities, analogies, categories or outliers."""
    with plain_errors():
        from fastw2v import evaluation

        asking = evaluation.Asking(
            kind=kind,
            restrict_vocab=restrict_vocab,
            case_insensitive=not case_sensitive,
            dummy4unknown=count_unknown,
            search=METHODS[method],
            resampling=Resampling(resamples, confidence, seed),
            encoding=encoding,
        )
        files = asking.read(file)  # before the model, which may take long
        results = (
            evaluation.evaluate(load(model, restrict_vocab, **reading), files, asking)
            if compare is None
            else evaluation.compare(
                load(model, restrict_vocab, **reading), load(compare, restrict_vocab, **reading), files, asking
            )
        )
        click.echo(report(results, form, sections=sections, confidence=confidence))
