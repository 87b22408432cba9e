"""The command `fastw2v encode`: texts to encoded files, and whether these are sound. Nothing is computed here."""

from __future__ import annotations

import click

from fastw2v.cli_errors import plain_errors, say

__all__ = ["encode"]


@click.command()
@click.argument("corpus", nargs=-1, required=True)
@click.option("-o", "--output", default=None, help="Where to: a name that ends in .fw2c.")
@click.option("--check", is_flag=True, help="Compares encoded files CORPUS... with their checksums instead.")
@click.option(
    "--errors",
    type=click.Choice(["strict", "replace"]),
    default="strict",
    help="What to do with bytes that are not UTF-8.",
)
@click.option("--workers", type=int, default=None, help="Threads.  [default: all cores this process may use]")
@click.option(
    "--memory-limit", default=None, help="Ids kept in memory, such as 2GB.  [default: half of the free memory]"
)
@click.option("--cache-dir", default=None, help="Where what is beyond that stands for a time.  [default: by OUTPUT]")
@click.option("-q", "--quiet", is_flag=True, help="Shows no progress.")
def encode(
    corpus: tuple[str, ...],
    output: str | None,
    check: bool,
    errors: str,
    workers: int | None,
    memory_limit: str | None,
    cache_dir: str | None,
    quiet: bool,
) -> None:
    """Reads CORPUS... once and writes its words' numbers to OUTPUT, which `fastw2v train` then opens at once, with any
    options, however large it is."""
    with plain_errors():
        if check:
            from fastw2v.encoded_files import check_encoded

            for path in corpus:
                found = check_encoded(path)
                click.echo(f"{path}: sound, {found.text.tokens:,} words, {len(found.counts):,} of them different")
            return
        if output is None:
            raise click.UsageError("name the file to write: -o FILE.fw2c")
        from fastw2v.encoding import encode as encode_to
        from fastw2v.progress import shown

        with shown(not quiet) as display:
            sizes = encode_to(
                list(corpus),
                output,
                workers=workers,
                errors=errors,
                memory_limit=memory_limit,
                cache_dir=cache_dir,
                on_progress=display.reading,
            )
        if not quiet:
            say(f"wrote {sizes.tokens:,} words, {sizes.words:,} of them different, to {output}")
