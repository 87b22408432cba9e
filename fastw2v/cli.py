"""The command line: what `fastw2v` and `python -m fastw2v` run.

The commands stand in cli_train.py, cli_encode.py, cli_phrases.py, cli_vectors.py and cli_eval.py; how they end with an
error, in cli_errors.py.
"""

from __future__ import annotations

import click

from fastw2v.cli_encode import encode
from fastw2v.cli_eval import evaluate_files
from fastw2v.cli_phrases import phrases
from fastw2v.cli_train import demo, train
from fastw2v.cli_vectors import analogy, convert, info, neighbors, similarity

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(package_name="fastw2v")
def main() -> None:
    """Word vectors from text, trained on CPUs as fast as the arithmetic units allow."""


for command in (train, encode, phrases, neighbors, analogy, similarity, evaluate_files, convert, info, demo):
    main.add_command(command)
