"""Texts with phrases joined to words, in numbers: a Corpus of them, or lines of text; by several threads, compiled.

What is a phrase was decided before: phrases.py finds them, frozen_phrases.py joins them in lists of words.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from fastw2v._pairs import Middles
from fastw2v._phrases import CONNECTOR, LEFT, RIGHT, TEXT_SLACK, Joiner, as_text, find_words
from fastw2v._threads import run_jobs
from fastw2v._work_queue import in_order
from fastw2v.atomic import atomic_output
from fastw2v.compressed import compressor, split_suffix
from fastw2v.config import INT32_MAX, available_cpus, check_integer
from fastw2v.corpus import Corpus
from fastw2v.encoded import Encoded
from fastw2v.frozen_phrases import SHORTEST, FrozenPhrases
from fastw2v.packed_words import PackedWords, word_with_space
from fastw2v.pair_counts import WORD_BITS
from fastw2v.phrases import Phrases, check_complete
from fastw2v.sentence_blocks import Block, block_of, count_blocks
from fastw2v.short import short
from fastw2v.vocabulary import rank_words

__all__ = ["Given", "passes_of", "phrased", "write_phrased"]

OnePass = Phrases | FrozenPhrases | str | os.PathLike[str]
Given = OnePass | Sequence[OnePass]


def passes_of(phrases: Given) -> list[FrozenPhrases]:
    """Phrases as `phrased` takes them, pass by pass, those of files loaded; TypeError, ValueError, OSError."""
    given: list[object] = list(phrases) if isinstance(phrases, (list, tuple)) else [phrases]
    passes = []
    for one in given:
        if isinstance(one, (str, os.PathLike)):
            passes.append(FrozenPhrases.load(one))
        elif isinstance(one, (Phrases, FrozenPhrases)):
            passes.append(one.freeze() if isinstance(one, Phrases) else one)
        else:
            raise TypeError(
                "phrases must be Phrases or FrozenPhrases of fastw2v, a file of the latter, or a list of them, pass by "
                f"pass, not {short(one)}"
            )
    return passes


class _Words:
    """What the numbers of a text mean: its words, and phrases that are new words behind them."""

    def __init__(self, words: PackedWords) -> None:
        self.packed = words

    def find(self, words: PackedWords) -> npt.NDArray[np.int32]:
        """Where each of these words stands; -1 - j for one that does not, j being the first of them like it."""
        return find_words(words.blob, words.offsets, self.packed.blob, self.packed.offsets)

    def number(self, spellings: list[str]) -> npt.NDArray[np.int64]:
        """The number of each of these words, those that are new being put behind the others."""
        packed = PackedWords.pack(spellings)
        numbers = self.find(packed).astype(np.int64)
        new = np.flatnonzero(numbers == -1 - np.arange(len(numbers)))
        given = np.zeros(len(numbers), np.int64)
        given[new] = np.arange(len(self.packed), len(self.packed) + len(new))
        unknown = np.flatnonzero(numbers < 0)
        numbers[unknown] = given[-1 - numbers[unknown]]
        self._append(packed if len(new) == len(packed) else PackedWords.pack(spellings[i] for i in new.tolist()))
        return numbers

    def _append(self, words: PackedWords) -> None:
        known = self.packed
        if len(known) + len(words) > INT32_MAX:
            raise OverflowError(
                "words and phrases are more than 2**31 - 1 together; raise the threshold of the phrases"
            )
        offsets = np.concatenate((known.offsets, words.offsets[1:] + len(known.blob)))
        self.packed = PackedWords(np.concatenate((known.blob, words.blob)), offsets)


class _Pass:
    """One set of phrases in the numbers of a text's words."""

    def __init__(self, phrases: FrozenPhrases, words: _Words) -> None:
        connectors = sorted(phrases.connector_words)
        listed, flat, ends, spellings = phrases.numbered()
        numbers = words.find(PackedWords.pack([*listed, *connectors]))
        roles = np.zeros(len(words.packed), np.uint8)
        known = numbers[len(listed) :]
        roles[known[known >= 0]] = CONNECTOR
        flat = numbers[flat]
        # A phrase with a word that the text does not have is not in the text.
        rows = np.flatnonzero(np.minimum.reduceat(flat, ends[:-1]) >= 0) if len(flat) else np.zeros(0, np.int64)
        starts, stops = ends[:-1][rows], ends[1:][rows]
        left, right = flat[starts], flat[stops - 1]
        roles[left] |= LEFT
        roles[right] |= RIGHT
        middles = Middles()
        between = np.zeros(len(rows), np.uint32)
        for row in np.flatnonzero(stops - starts > SHORTEST).tolist():
            middle = 0
            for connector in flat[starts[row] + 1 : stops[row] - 1].tolist():
                middle = middles.node(middle, connector)
            between[row] = middle
        joined = words.number(spellings if len(rows) == len(spellings) else [spellings[i] for i in rows.tolist()])
        keys = left.astype(np.uint64) << np.uint64(WORD_BITS) | right.astype(np.uint64)
        self._joiner = Joiner(keys, between, joined, middles, roles)

    def join(self, block: Block) -> Block:
        """The block with phrases joined, in an array of its own, from position 0 on."""
        ids, ends = np.empty(len(block.ids), np.int32), np.empty(len(block.ends), np.int64)
        count = self._joiner.join(block.ids, block.ends, block.base, ids, ends)
        return Block(ids[:count], ends, 0)


class _Joined:
    """A text with phrases joined, pass after pass. words: what its numbers mean."""

    def __init__(self, corpus: Corpus, phrases: Given) -> None:
        passes = passes_of(phrases)
        check_complete(corpus)
        self.text: Encoded = corpus.encoded()
        words = _Words(PackedWords.pack(corpus.vocabulary.words))
        self._passes = [_Pass(one, words) for one in passes]
        self.words = words.packed

    def block(self, number: int) -> Block:
        """A block of the text, joined."""
        block = block_of(self.text, number)
        for one in self._passes:
            block = one.join(block)
        return block


def phrased(
    corpus: Corpus,
    phrases: Given,
    *,
    min_count: int = 5,
    max_vocab: int | None = None,
    workers: int | None = None,
    on_progress: Callable[[int, int], object] | None = None,
) -> Corpus:
    """The Corpus with its phrases as words: what reading the text that `write_phrased` writes would give.

    corpus: one that has all words of its text (min_count=1). phrases: one set of them, or several to join one after the
    other, the second in what the first has made, and so on; a path is what
    FrozenPhrases.save wrote. min_count, max_vocab: which words then stay.
    on_progress(done, total): words of the text joined. Nothing is read or written.

    Raises
    ------
    ValueError, TypeError: a Corpus without all its words, or an option; EmptyTextError: no word is frequent enough.
    """
    min_count = check_integer("min_count", min_count, 1)
    if max_vocab is not None:
        max_vocab = check_integer("max_vocab", max_vocab, 1, remedy="leave it out to keep every word")
    workers = check_integer("workers", available_cpus() if workers is None else workers, 1, 1024)
    joined = _Joined(corpus, phrases)
    jobs = count_blocks(joined.text)
    blocks: list[Block | None] = [None] * jobs
    counts = [np.zeros(len(joined.words), np.int64) for _ in range(workers)]
    done = [0] * workers

    def task(worker: int, job: int, _: Callable[[], bool]) -> None:
        block = joined.block(job)
        # A copy, so that the room which joining left over is free again.
        blocks[job] = block._replace(ids=block.ids.copy())
        part = np.bincount(block.ids)
        counts[worker][: len(part)] += part
        done[worker] += 1

    def tell() -> None:
        if on_progress is not None:
            on_progress(joined.text.tokens * sum(done) // max(1, jobs), joined.text.tokens)

    run_jobs(jobs, workers, task, tell)
    tell()
    return _as_corpus(corpus, joined.words, sum(counts[1:], counts[0]), blocks, min_count, max_vocab)


def write_phrased(
    corpus: Corpus,
    phrases: Given,
    path: str | os.PathLike[str],
    *,
    workers: int | None = None,
    on_progress: Callable[[int, int], object] | None = None,
) -> None:
    """Writes the text with its phrases joined: UTF-8, a sentence a line, words separated by single spaces.

    Atomically; the suffixes .gz, .bz2, .xz and .zst compress it. Otherwise as `phrased`.

    Raises
    ------
    ValueError: a word, or a delimiter, with white space in it. OSError: `path` cannot be written.
    """
    workers = check_integer("workers", available_cpus() if workers is None else workers, 1, 1024)
    joined = _Joined(corpus, phrases)
    packed = joined.words
    bad = word_with_space(packed)
    if bad is not None:
        raise ValueError(
            f"the word {bad!r} is empty or holds white space, which a text cannot tell; choose another delimiter, or "
            "leave such words out"
        )
    kind = split_suffix(path)[1]
    compress = compressor(kind)
    blob = np.concatenate((packed.blob, np.zeros(TEXT_SLACK, np.uint8)))

    def piece(number: int) -> bytes | memoryview:
        block = joined.block(number)
        text = as_text(blob, packed.offsets, block.ids, block.ends, block.base)
        return text.data if kind is None else compress(text.tobytes())

    jobs = count_blocks(joined.text)
    pieces = in_order((partial(piece, number) for number in range(jobs)), workers)
    with atomic_output(path) as file, contextlib.closing(pieces):
        for number, text in enumerate(pieces):
            file.write(text)
            if on_progress is not None:
                on_progress(joined.text.tokens * (number + 1) // jobs, joined.text.tokens)


def _as_corpus(
    corpus: Corpus,
    words: PackedWords,
    counts: npt.NDArray[np.int64],
    blocks: list[Block | None],
    min_count: int,
    max_vocab: int | None,
) -> Corpus:
    """The blocks as a Corpus, each released once it is copied."""
    listed = words.to_list()
    order = rank_words(listed, counts, 1, None)
    ranks = np.full(len(words), -1, np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    ids = np.empty(int(counts.sum()), np.int32)
    offsets = [np.zeros(1, np.int64)]
    filled = 0
    for number, block in enumerate(blocks):
        if block is not None and len(block.ids):
            np.take(ranks, block.ids, out=ids[filled : filled + len(block.ids)])
            offsets.append(block.ends + filled)
            filled += len(block.ids)
        blocks[number] = None
    ranked = [listed[i] for i in order.tolist()]
    return corpus.remade(ids, np.concatenate(offsets), ranked, counts[order], min_count=min_count, max_vocab=max_vocab)
