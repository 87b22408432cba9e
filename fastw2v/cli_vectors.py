"""The commands that ask vectors of any file format: `fastw2v neighbors`, `analogy`, `similarity`, `info`, `convert`.

Words of a command become calls of the library, and what these return becomes lines or JSON. Nothing is computed here.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastw2v.cli_errors import plain_errors

if TYPE_CHECKING:
    from fastw2v.keyed_vectors import KeyedVectors

__all__ = ["analogy", "convert", "info", "neighbors", "reading_options", "show_neighbors", "similarity"]

Found = list[tuple[str, float]]
Reading = dict[str, Any]

MOST_WORDS = 100  # down and across
METHODS = {"add": "most_similar", "mul": "most_similar_cosmul"}

model_argument = click.argument("model", type=click.Path())
json_option = click.option("--json", "as_json", is_flag=True, help="Writes JSON, with all digits.")


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """How a file of vectors is read, handed to the command as the dict `reading`."""

    @functools.wraps(command)
    def with_reading(errors: str, allow_nan: bool, **options: Any) -> None:
        command(reading={"errors": errors, "allow_nan": allow_nan}, **options)

    errors = click.option("--errors", default="strict", help="Of words that are not UTF-8; 'replace' takes them.")
    allow_nan = click.option("--allow-nan", is_flag=True, help="Takes vectors with NaN and infinity as they are.")
    return errors(allow_nan(with_reading))


def topn_option(default: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """How many words are answered."""
    return click.option("-n", "--topn", type=click.IntRange(min=1), default=default, help="How many words.")


@click.command()
@model_argument
@click.argument("word", nargs=-1, required=True)
@topn_option(10)
@click.option("--together", is_flag=True, help="One list for all words: those nearest to the mean of their directions.")
@click.option("--negative", multiple=True, metavar="WORD", help="As --together, and away from this word; repeatable.")
@json_option
@reading_options
def neighbors(
    model: str,
    word: tuple[str, ...],
    topn: int,
    together: bool,
    negative: tuple[str, ...],
    as_json: bool,
    reading: Reading,
) -> None:
    """The words nearest to each WORD by cosine similarity, in the vectors of the file MODEL."""
    with plain_errors():
        vectors = load(model, **reading)
        queries = [list(word)] if together or negative else [[one] for one in word]
        if as_json:
            answers = ask(vectors, queries, list(negative), topn)
            asked = [{"positive": query, "negative": list(negative)} for query in queries]
            as_objects = [{**query, "neighbors": objects(found)} for query, found in zip(asked, answers, strict=True)]
            click.echo(as_text(as_objects))
        else:
            show_neighbors(vectors, queries, topn, list(negative))


def load(path: str, limit: int | None = None, **reading: Any) -> KeyedVectors:
    """The vectors of a file in any format, or only so many from the top."""
    from fastw2v.formats import load_vectors

    return load_vectors(path, limit=limit, **reading)


def ask(vectors: KeyedVectors, queries: list[list[str]], negative: list[str], topn: int) -> list[Found]:
    """The words nearest to each query, and away from `negative`."""
    return vectors.most_similar_batch([{"positive": query, "negative": negative} for query in queries], topn)


def show_neighbors(vectors: KeyedVectors, queries: list[list[str]], topn: int, negative: Sequence[str] = ()) -> None:
    """A line for each list of words with their neighbours and similarities."""
    for query, found in zip(queries, ask(vectors, queries, list(negative), topn), strict=True):
        name = " - ".join([" + ".join(query), *negative])
        click.echo(f"{name}: {in_words(found)}")


def in_words(found: Found) -> str:
    """Words and scores in a line."""
    return ", ".join(f"{word} {score:.2f}" for word, score in found)


def objects(found: Found) -> list[dict[str, Any]]:
    """Words and scores for JSON."""
    return [{"word": word, "similarity": score} for word, score in found]


def as_text(value: Any) -> str:
    """JSON for people to read, too."""
    return json.dumps(value, indent=2, ensure_ascii=False)


@click.command()
@model_argument
@click.argument("a")
@click.argument("b")
@click.argument("c")
@topn_option(5)
@click.option(
    "--method",
    type=click.Choice(list(METHODS)),
    default="add",
    help="3CosAdd, the word nearest to B - A + C, or 3CosMul, which lets no single similarity decide.",
)
@json_option
@reading_options
def analogy(model: str, a: str, b: str, c: str, topn: int, method: str, as_json: bool, reading: Reading) -> None:
    """What is to C as B is to A, in the vectors of the file MODEL: man king woman finds "queen"."""
    with plain_errors():
        found = getattr(load(model, **reading), METHODS[method])(positive=[b, c], negative=[a], topn=topn)
        if as_json:
            click.echo(as_text({"a": a, "b": b, "c": c, "method": method, "answers": objects(found)}))
        else:
            click.echo(f"{a} is to {b} as {c} is to: {in_words(found)}")


@click.command()
@model_argument
@click.argument("word", nargs=-1, required=True)
@click.option("--pairs", is_flag=True, help="Takes the words two by two, instead of each with each.")
@json_option
@reading_options
def similarity(model: str, word: tuple[str, ...], pairs: bool, as_json: bool, reading: Reading) -> None:
    """Cosine similarities of WORDs, in the vectors of the file MODEL: of two words a number, of more a table."""
    with plain_errors():
        if len(word) < 2 or (pairs and len(word) % 2):
            raise ValueError(f"{len(word)} words make no {'pairs' if pairs else 'pair'}; give two, or more")
        if not pairs and len(word) > MOST_WORDS:
            raise ValueError(f"{len(word)} words make too large a table; give at most {MOST_WORDS}, or --pairs")
        vectors = load(model, **reading)
        if pairs:
            sides = [word[::2], word[1::2]]
            told = [(one, other, vectors.similarity(one, other)) for one, other in zip(*sides, strict=True)]
            keys = ("first", "second", "similarity")
            lines = [f"{one}  {other}  {score:.4f}" for one, other, score in told]
            whole: Any = [dict(zip(keys, each, strict=True)) for each in told]
        else:
            scores = [[vectors.similarity(one, other) for other in word] for one in word]
            whole = {"words": word, "similarities": scores}
            lines = [f"{scores[0][1]:.4f}"] if len(word) == 2 else table(word, scores)
        click.echo(as_text(whole) if as_json else "\n".join(lines))


def table(words: Sequence[str], scores: list[list[float]]) -> list[str]:
    """Words down and across."""
    names = max(map(len, words))
    widths = [max(len(word), len("-0.0000")) for word in words]
    heading = " " * names + "".join(f"  {word:>{width}}" for word, width in zip(words, widths, strict=True))
    rows = [
        f"{word:{names}}" + "".join(f"  {score:>{width}.4f}" for score, width in zip(row, widths, strict=True))
        for word, row in zip(words, scores, strict=True)
    ]
    return [heading, *rows]


@click.command()
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("output", metavar="OUT", type=click.Path())
@click.option("--limit", type=click.IntRange(min=1), help="Only so many words from the top.  [default: all]")
@click.option("--dtype", type=click.Choice(["float32", "float16"]), help="How numbers are kept.  [default: as in IN]")
@reading_options
def convert(source: str, output: str, limit: int | None, dtype: str | None, reading: Reading) -> None:
    """Writes the vectors of the file IN to OUT, in the format that OUT's suffix names."""
    with plain_errors():
        from fastw2v.atomic import check_writable
        from fastw2v.formats import files_of

        for path in files_of(output):
            check_writable(path)
            if os.path.exists(path) and os.path.exists(source) and os.path.samefile(path, source):
                raise ValueError(f"{path}: the output is the input itself, which it would replace; give another name")
        load(source, limit, **reading).save(output, dtype)


@click.command()
@model_argument
@reading_options
def info(model: str, reading: Reading) -> None:
    """What the file MODEL holds."""
    with plain_errors():
        from fastw2v.formats import format_of_file
        from fastw2v.model import Word2Vec
        from fastw2v.model_files import is_whole_model

        vectors = load(model, **reading)
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
