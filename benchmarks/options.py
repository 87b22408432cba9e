"""The options of `python -m benchmarks`, and the Settings they come to. What is measured is not known here."""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from fastw2v.config import available_cpus

from . import peers, programs
from .settings import OBJECTIVES, Settings

Number = TypeVar("Number", int, float)


class Several(click.ParamType):
    """Values separated by commas, each of them what `convert_one` makes of it."""

    name = "list"

    def __init__(self, convert_one: Callable[[str], Any]) -> None:
        self.convert_one = convert_one

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, ...]:
        if not isinstance(value, str):
            return tuple(value)
        try:
            return tuple(self.convert_one(part.strip()) for part in value.split(","))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def at_least(low: Number, kind: Callable[[str], Number]) -> Callable[[str], Number]:
    """A number that is not lower."""

    def convert(text: str) -> Number:
        try:
            number = kind(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a number") from None
        if not number >= low:
            raise ValueError(f"{text} is below {low}")
        return number

    return convert


def one_of(names: tuple[str, ...]) -> Callable[[str], str]:
    """A name among these."""

    def convert(text: str) -> str:
        if text not in names:
            raise ValueError(f"{text!r} is none of {', '.join(names)}")
        return text

    return convert


def part(text: str) -> str:
    """Some letters."""
    if not text:
        raise ValueError("an empty name")
    return text


def program_option(name: str) -> str:
    """Such as --word2vec-c for word2vec.c."""
    return {"word2vec.c": "--word2vec-c", "pWord2Vec": "--pword2vec", "w2v++": "--w2vpp"}[name]


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Those of every question, passed on as `settings`."""
    default = Settings()
    found = [
        click.option("--corpus", type=click.Path(exists=True, dir_okay=False), help="A text, a sentence a line."),
        click.option("--eval", "eval_folder", type=click.Path(exists=True, file_okay=False), help="Files to score on."),
        click.option("--analogies", type=click.Path(exists=True, dir_okay=False), help="A file for `evaluation`."),
        click.option("--out", type=click.Path(file_okay=False), help="A folder for QUESTION.json and RESULTS.md."),
        click.option("--workers", type=click.IntRange(min=1), default=available_cpus(), help="Threads of each system."),
        click.option("--rounds", type=click.IntRange(min=3), default=default.rounds, help="Turns of each system."),
        click.option("--vector-size", type=click.IntRange(min=1), default=default.vector_size),
        click.option("--window", type=click.IntRange(min=1), default=default.window),
        click.option("--negative", type=click.IntRange(min=1), default=default.negative),
        click.option("--seeds", type=click.IntRange(min=1), default=default.seeds, help="Runs of what is scored."),
        click.option("--epochs", type=Several(at_least(1, int)), default="1,2,3,5", help="Of each run to be scored."),
        click.option("--our-epochs", type=Several(at_least(1, int)), default="8", help="Of ours besides, in quality."),
        click.option(
            "--objectives", type=Several(one_of(tuple(OBJECTIVES))), default=",".join(OBJECTIVES), help="What to train."
        ),
        click.option(
            "--only", type=Several(part), default=(), help="Only scored systems whose names hold one of these."
        ),
        click.option(
            "--peers", type=Several(one_of((*peers.NAMES, "none"))), default=",".join(peers.USUAL), help="Or none."
        ),
        *(
            click.option(program_option(name), f"program_{i}", type=click.Path(), help=f"The program {name}.")
            for i, name in enumerate(programs.PROGRAMS)
        ),
        click.option("--sizes", type=Several(at_least(0.01, float)), default="1,10", help="Of texts, in M words."),
        click.option("--vocabularies", type=Several(at_least(100, int)), default="10000,100000", help="Their words."),
    ]

    @functools.wraps(command)
    def called(**given: Any) -> None:
        paths = {name: given.pop(f"program_{i}") for i, name in enumerate(programs.PROGRAMS)}
        given["programs"] = {name: executable(name, path) for name, path in paths.items() if path}
        given["peers"] = tuple(name for name in given["peers"] if name != "none")
        given |= {name: tuple(sorted(set(given[name]))) for name in ("epochs", "our_epochs")}
        command(settings=Settings(**given))

    return functools.reduce(lambda whole, option: option(whole), reversed(found), called)


def executable(name: str, path: str) -> str:
    """The program's full path; an error of the command line if it is none."""
    found = shutil.which(path) or (path if os.access(path, os.X_OK) else None)
    if found is None:
        raise click.UsageError(f"{program_option(name)} {path}: there is no such program")
    return str(Path(found).resolve())
