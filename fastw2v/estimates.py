"""estimate(): what a run will take, before it is begun: vocabulary, memory, words an epoch, time.

Memory is reckoned in run_memory.py, speed measured in trial.py.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fastw2v._staying_words import vocabulary_of
from fastw2v.cluster import Cluster
from fastw2v.config import Config, check_number
from fastw2v.corpus import Corpus
from fastw2v.encoded import Encoded, EncodedText
from fastw2v.encoded_files import FileText
from fastw2v.exchanges import exchange_bytes
from fastw2v.id_arrays import ArrayText
from fastw2v.noise import keep_probabilities
from fastw2v.phrased import Given, passes_of, phrased
from fastw2v.progress import ProgressOption, shown
from fastw2v.run_memory import RunMemory, matrix_bytes, reckon, text_bytes
from fastw2v.text_parts import is_url
from fastw2v.text_work import block_tokens
from fastw2v.texts import MemoryText, Renumbered
from fastw2v.trial import try_out
from fastw2v.vocabulary import Vocabulary
from fastw2v.workers import output_rows

__all__ = ["Estimate", "VocabularySize", "estimate"]

MIN_COUNTS = (1, 2, 5, 10, 20, 50, 100)
# A text drawn from counts: as long as a trial may need, in sentences of a usual length.
DRAWN_TOKENS = 2_000_000
DRAWN_SENTENCE = 20
IN_HAND = 3  # of rows that a node has in hand while it combines: its own, those of others, and what they became
MEGABYTE, GIGABYTE, MEGA = 1e6, 1e9, 1e6
FAST = 1e5  # words a second that are told in millions
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True)
class VocabularySize:
    """With `min_count` so many `words` would stay, which stand `tokens` times in the text; both matrices would take
    `matrices` bytes then."""

    min_count: int
    words: int
    tokens: int
    matrices: int


@dataclass(frozen=True)
class Estimate:
    """What a run will take.

    words: of the vocabulary. tokens: words of the text, an epoch; tokens_kept: of these, words of the vocabulary;
    tokens_trained: of these, those that subsampling keeps, on average. epochs, workers: of the run. sizes: for other
    values of min_count; those below what a vocabulary was pruned by are not known and not there. memory: bytes, see
    run_memory.RunMemory. words_per_second: of the text, measured for `measured_seconds`; None if nothing was measured.
    reading_seconds: what reading the text took here; None where a Corpus or Vocabulary was given. options: all of
    Config. nodes: of the cluster that was asked for, on which `node_memory` is what each takes, in bytes, and all else
    is what one machine alone would take; None without one. one_machine: whether all of them stand on this one.
    """

    words: int
    tokens: int
    tokens_kept: int
    tokens_trained: float
    epochs: int
    workers: int
    sizes: tuple[VocabularySize, ...]
    memory: RunMemory
    words_per_second: float | None
    measured_seconds: float
    reading_seconds: float | None
    options: dict[str, Any]
    nodes: int | None = None
    one_machine: bool = True

    @property
    def node_memory(self) -> int | None:
        """Bytes that each node takes at most, its share of the text being on its disk."""
        if self.nodes is None:
            return None
        memory = self.memory
        rows = (self.words, output_rows(self.options["loss"], self.words))
        in_hand = IN_HAND * exchange_bytes(rows, self.options["vector_size"])
        return memory.peak - memory.text + self.common_bytes + in_hand

    @property
    def common_bytes(self) -> int:
        """Of these, the share of the matrices that a node keeps as they were combined last."""
        return self.memory.matrices // (self.nodes or 1)

    @property
    def epoch_seconds(self) -> float | None:
        """Seconds an epoch will take."""
        return None if self.words_per_second is None else self.tokens / self.words_per_second

    @property
    def seconds(self) -> float | None:
        """Seconds the training will take, all epochs, without reading and writing."""
        return None if self.epoch_seconds is None else self.epochs * self.epoch_seconds

    def as_dict(self) -> dict[str, Any]:
        """All of it as a plain dict, fit for JSON."""
        more = {name: getattr(self, name) for name in ("epoch_seconds", "seconds", "node_memory")}
        return {**asdict(self), **more}

    def __str__(self) -> str:
        memory = self.memory
        lines = ["min_count       words   of the text    matrices"]
        for size in self.sizes:
            mark = "  *" if size.words == self.words else ""
            share = size.tokens / max(1, self.tokens)
            lines.append(f"{size.min_count:9d}  {size.words:10,d}   {share:10.2%}   {_bytes(size.matrices):>9}{mark}")
        lines += [
            "",
            f"vocabulary   {self.words:,} words",
            f"an epoch     {self.tokens:,} words, {self.tokens_kept:,} of them in the vocabulary, about "
            f"{self.tokens_trained:,.0f} after subsampling",
            f"memory       {_bytes(memory.peak)} at most: matrices {_bytes(memory.matrices)}, text "
            f"{_bytes(memory.text)}, words {_bytes(memory.words)}, workers {_bytes(memory.workers)}",
            f"output       {_bytes(memory.file)} as a whole model",
        ]
        if self.words_per_second is not None and self.epoch_seconds is not None and self.seconds is not None:
            threads = f"{self.workers} worker" + "s" * (self.workers != 1)
            lines.append(
                f"time         {_time(self.seconds)} for {self.epochs} epochs of {_time(self.epoch_seconds)}, by "
                f"{_rate(self.words_per_second)} words/s of {threads} in {self.measured_seconds:.1f} s"
            )
        if self.reading_seconds is not None:
            lines.append(f"reading      {_time(self.reading_seconds)}")
        if self.nodes is not None:
            lines += self._cluster_lines()
        return "\n".join(lines)

    def _cluster_lines(self) -> list[str]:
        assert self.nodes is not None
        each = self.node_memory or 0
        text = text_bytes(self.tokens, 0) // self.nodes
        lines = [
            "",
            "All of that is what one machine takes alone.",
            f"a node       {_bytes(each)} at most: both matrices, and {_bytes(self.common_bytes)} of them as combined "
            f"last; on its disk {_bytes(text)} of the text",
        ]
        if self.one_machine:
            lines.append(f"{self.nodes} nodes".ljust(13) + f"{_bytes(self.nodes * each)} of this machine, whose cores "
                         "they share: no faster than one process")  # fmt: skip
        elif self.seconds is not None:
            lines.append(f"{self.nodes} nodes".ljust(13) + f"{_time(self.seconds / self.nodes)} at best, on machines "
                         "like this one; what combining takes comes to it (docs/scaling.md)")  # fmt: skip
        return lines


def estimate(
    source: object,
    *,
    seconds: float = 2.0,
    tokenize: Callable[[str], Sequence[str]] | str | None = None,
    column: object = None,
    phrases: Given | None = None,
    errors: str = "strict",
    memory_limit: int | str | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
    progress: ProgressOption = "auto",
    cluster: Cluster | int | None = None,
    **options: Any,
) -> Estimate:
    """What fastw2v.train(source, **options) will take: sizes of the vocabulary, memory, words an epoch, and time.

    The text is read once and its words are counted; then blocks from all over it are trained for about `seconds` on
    matrices of the real size, which are thrown away. What else the machine does slows that down as it would the run.

    Parameters
    ----------
    source: as for `train` (an iterator is used up); or a Corpus or Vocabulary, whose own words then hold: min_count and
        max_vocab must not be given. A Vocabulary tells no more of a text than counts: one of words drawn by them, in
        sentences of 20, is trained on.
    seconds: of the measurement; 0: nothing is measured.
    tokenize, column, phrases, errors, memory_limit, cache_dir, progress: as for `train`. options: those of Config.
    cluster: a Cluster, or a number of nodes: what each of them takes is told as well. The text is read on this machine.

    Raises
    ------
    What `train` raises for such options and texts.
    """
    seconds = check_number("seconds", seconds, 0.0, HOUR, "2 is usual, 0 measures nothing")
    if isinstance(source, (Corpus, Vocabulary)):
        for name in ("min_count", "max_vocab"):
            if options.get(name) is not None:
                raise ValueError(
                    f"{name} is {options[name]}, but a {type(source).__name__} has its words already; leave it out"
                )
    nodes = None if cluster is None else Cluster.of(cluster)
    if nodes is not None:
        _refuse_urls(source)
    config = Config.from_options(options)
    passes = None if phrases is None else passes_of(phrases)
    from fastw2v.kernels import resolve

    resolve(config.kernel)
    reading = None
    text: Encoded | None = None
    if isinstance(source, Vocabulary):
        whole = vocabulary = source
        tokens = source.raw_total
        held = text_bytes(tokens, -(-tokens // DRAWN_SENTENCE))
        text = _drawn(source, config.seed) if seconds else None
    else:
        corpus = source
        if not isinstance(corpus, Corpus):
            start = time.perf_counter()
            with shown(progress) as display:
                # Every word, so that other values of min_count are known.
                corpus = Corpus(
                    source,
                    min_count=1,
                    workers=config.workers,
                    tokenize=tokenize,
                    column=column,
                    errors=errors,
                    memory_limit=memory_limit,
                    cache_dir=cache_dir,
                    on_progress=display.reading,
                )
                if passes is not None:
                    corpus = phrased(corpus, passes, min_count=1, max_vocab=None, workers=config.workers)
            reading = time.perf_counter() - start
        whole = vocabulary = corpus.vocabulary
        if corpus is not source:
            vocabulary = vocabulary_of(whole.words, whole.counts, config.min_count, config.max_vocab)
        text = corpus.encoded(vocabulary.counts)
        tokens, held = text.tokens, _held_bytes(text)
    counts = vocabulary.counts
    trial = try_out(config, text, seconds) if text is not None and seconds else None
    return Estimate(
        words=len(counts),
        tokens=tokens,
        tokens_kept=vocabulary.total,
        tokens_trained=float((counts * keep_probabilities(counts, config.sample)).sum()),
        epochs=config.epochs,
        workers=config.workers or 1,
        sizes=_sizes(config, whole, None if isinstance(source, (Corpus, Vocabulary)) else config.min_count),
        memory=reckon(config, vocabulary.words, counts, held, block_tokens(config)),
        words_per_second=trial.tokens_per_second if trial else None,
        measured_seconds=trial.seconds if trial else 0.0,
        reading_seconds=reading,
        options=config.as_dict(),
        nodes=None if nodes is None else nodes.nodes,
        one_machine=nodes is None or nodes.address is None,
    )


def _refuse_urls(source: object) -> None:
    for path in source if isinstance(source, list) else [source]:
        if isinstance(path, str) and is_url(path):
            raise ValueError(f"{path}: an estimate reads files of this machine; fetch a part of the text into one")


def _sizes(config: Config, vocabulary: Vocabulary, asked: int | None) -> tuple[VocabularySize, ...]:
    """For MIN_COUNTS and the value `asked` for, as far as the vocabulary knows."""
    counts = np.sort(vocabulary.counts)[::-1]
    sums = np.concatenate(([0], np.cumsum(counts)))
    # A vocabulary that was pruned knows how many words there were in all, and nothing of those between.
    pruned = len(counts) < vocabulary.raw_unique
    sizes = []
    for min_count in sorted({*MIN_COUNTS, *([] if asked is None else [asked])}):
        words = int(np.searchsorted(-counts, -min_count, side="right"))
        if pruned and words == len(counts):
            if min_count > 1 and (not words or counts[-1] > min_count):
                continue
            if min_count == 1:
                words_in_all, total = vocabulary.raw_unique, vocabulary.raw_total
                sizes.append(VocabularySize(1, words_in_all, total, matrix_bytes(config, words_in_all)))
                continue
        if config.max_vocab is not None:
            words = min(words, config.max_vocab)
        sizes.append(VocabularySize(min_count, words, int(sums[words]), matrix_bytes(config, words)))
    return tuple(sizes)


def _held_bytes(text: object) -> int:
    """What a text takes of memory; one that stands in a file takes none."""
    if isinstance(text, Renumbered):
        return _held_bytes(text.text)
    if isinstance(text, FileText):
        return 0
    assert isinstance(text, (MemoryText, ArrayText))
    return text.ids.nbytes + (0 if text.offsets is None else text.offsets.nbytes)


def _drawn(vocabulary: Vocabulary, seed: int) -> EncodedText:
    """A text of words drawn by the counts of a vocabulary, those that it dropped among them."""
    tokens = min(DRAWN_TOKENS, max(1, vocabulary.raw_total))
    ends = np.cumsum(vocabulary.counts)
    # The numbers behind the last word are those of words that were dropped: no words of the vocabulary.
    places = np.random.default_rng(seed).integers(0, max(1, vocabulary.raw_total), tokens)
    ids = np.searchsorted(ends, places, side="right").astype(np.int32)
    offsets = np.minimum(np.arange(0, tokens + DRAWN_SENTENCE, DRAWN_SENTENCE, dtype=np.int64), tokens)
    return EncodedText(ids, offsets, vocabulary.counts)


def _bytes(number: int) -> str:
    return f"{number / GIGABYTE:.2f} GB" if number >= GIGABYTE else f"{number / MEGABYTE:.1f} MB"


def _rate(number: float) -> str:
    return f"{number / MEGA:.2f} M" if number >= FAST else f"{number:,.0f}"


def _time(seconds: float) -> str:
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.1f} min"
    return f"{seconds / HOUR:.1f} h" if seconds < DAY else f"{seconds / DAY:.1f} days"
