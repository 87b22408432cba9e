"""How well models of each loss predict text they were not trained on: perplexity, over the same vocabulary.

Of the text's first words every 50th line is held out.
"""

from __future__ import annotations

from fastw2v import Config, Corpus, Word2Vec

from . import harness
from .record import record
from .settings import Settings

TOKENS = 2_000_000
HELD_OUT = 50  # every so many lines
WORDS = 10_000
EPOCHS = 3
ARCHITECTURES = ["skipgram", "cbow"]
LOSSES = ["softmax", "hierarchical", "negative"]


def split(path: str) -> tuple[list[list[str]], list[list[str]]]:
    """The sentences to train on and those held out; empty lines do not count."""
    parts: tuple[list[list[str]], list[list[str]]] = [], []
    count = lines = 0
    with open(path, encoding="utf-8") as file:
        for words in filter(None, map(str.split, file)):
            lines += 1
            parts[lines % HELD_OUT == 0].append(words)
            count += len(words)
            if count >= TOKENS:
                break
    if not parts[1]:
        raise ValueError(f"{path} has {lines} lines in its first {TOKENS:,} words, but must have at least {HELD_OUT}")
    return parts


def run(settings: Settings) -> None:
    """Each loss and architecture, trained in this process."""
    sentences, others = split(settings.corpus)
    text = Corpus(sentences, max_vocab=WORDS)
    held_out = Corpus(others, vocabulary=text.vocabulary)
    harness.title(
        f"perplexity of {len(held_out):,} words held out, {len(text):,} trained on, "
        f"{len(text.vocabulary):,} different, {EPOCHS} epochs, {settings.workers} workers"
    )
    table: dict[str, list[float]] = {loss: [] for loss in LOSSES}
    for loss, row in table.items():
        for architecture in ARCHITECTURES:
            model = Word2Vec(Config(architecture=architecture, loss=loss, epochs=EPOCHS, workers=settings.workers))
            model.build_vocab(text)
            seconds = model.train(text).seconds
            row.append(model.perplexity(held_out))
            record.add(architecture=architecture, loss=loss, perplexity=row[-1], train_seconds=seconds)
            print(f"  {architecture}, {loss}: {row[-1]:,.1f}, trained in {seconds:.1f} s", flush=True)
    print(f"{'loss':14}" + "".join(f"{name:>14}" for name in ARCHITECTURES))
    for loss, row in table.items():
        print(f"{loss:14}" + "".join(f"{value:14,.1f}" for value in row), flush=True)
