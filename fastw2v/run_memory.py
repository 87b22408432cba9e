"""How many bytes a training run holds, reckoned from its options and its words' counts before anything is allocated.

Nothing is measured here, and nothing trained.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config, Loss
from fastw2v.huffman import huffman_tree
from fastw2v.matrices import padded_width
from fastw2v.own_rows import MOST_BYTES
from fastw2v.packed_words import PackedWords
from fastw2v.softmax_plan import FLOAT_BYTES, softmax_plan
from fastw2v.workers import output_rows

__all__ = ["RunMemory", "matrix_bytes", "reckon", "text_bytes"]

# What a worker lists for each token of a block: the word, where its sentence begins and ends, its row, and a flag.
LISTED_BYTES = 4 + 4 + 4 + 8 + 1
# Groups of noise words that stand ready, and a window's factors: less than this unless windows are enormous.
GROUPS_BYTES = 128 * 1024
# Tables that all workers read, for each word: what noise is drawn by, and how often a word is kept.
NOISE_BYTES, KEEP_BYTES = 8, 4
OFFSET_BYTES, COUNT_BYTES, POINTER_BYTES = 8, 8, 8
# A hash and a row for each word, by which it is found in a file; and a header of some hundred bytes.
LOOKUP_BYTES = 8
LISTS = 2  # the vocabulary and the vectors each have a list of the words and a dictionary


@dataclass(frozen=True)
class RunMemory:
    """Bytes. text: word numbers and borders of sentences; words: the vocabulary, and its words as Python has them;
    matrices: both, while they are trained; workers: the scratch of all threads and the tables that they share, at most;
    peak: the most that is held at once in training, without Python and its libraries (some 35 MB); file: the whole
    model in a file."""

    text: int
    words: int
    matrices: int
    workers: int
    peak: int
    file: int


def text_bytes(tokens: int, sentences: int) -> int:
    """Of a text in memory."""
    return 4 * tokens + OFFSET_BYTES * (sentences + 1)


def matrix_bytes(config: Config, words: int) -> int:
    """Of both matrices while they are trained, their rows padded to whole cache lines."""
    return FLOAT_BYTES * padded_width(config.vector_size) * (words + output_rows(config.loss, words))


def reckon(
    config: Config, words: PackedWords | list[str], counts: npt.NDArray[np.int64], text: int, block: int
) -> RunMemory:
    """Of a run with these words. text: bytes of the text; block: tokens in a block."""
    count = len(counts)
    packed = PackedWords.pack(words)
    letters = len(packed.blob) + OFFSET_BYTES * (count + 1)
    table = sys.getsizeof(dict.fromkeys(range(count)))
    listed = len(packed.blob) + count * sys.getsizeof("") + LISTS * (POINTER_BYTES * count + table)
    held = letters + COUNT_BYTES * count + listed
    matrices = matrix_bytes(config, count)
    workers = _workers(config, counts, block)
    vectors = FLOAT_BYTES * config.vector_size * count
    outputs = FLOAT_BYTES * config.vector_size * output_rows(config.loss, count)
    # Before the first block the vectors are copied to padded rows; outputs that are still zeros take no memory.
    copying = vectors + FLOAT_BYTES * padded_width(config.vector_size) * count
    peak = text + held + max(copying, matrices + workers)
    file = vectors + outputs + letters + (COUNT_BYTES + LOOKUP_BYTES) * count
    return RunMemory(text, held, matrices, workers, peak, file)


def _workers(config: Config, counts: npt.NDArray[np.int64], block: int) -> int:
    words, threads = len(counts), config.workers or 1
    each = LISTED_BYTES * (block + 2 * config.window) + GROUPS_BYTES
    shared = KEEP_BYTES * words
    row = FLOAT_BYTES * padded_width(config.vector_size)
    if config.loss == Loss.SOFTMAX:
        plan = softmax_plan(config.softmax_batch, words, config.softmax_memory)
        blocks = plan.blocks if plan.keep_scores else 1
        each += FLOAT_BYTES * config.softmax_batch * (blocks * plan.block_words + plan.blocks)
        each += 4 * row * config.softmax_batch  # a batch's inputs, these scaled, their changes and a part of those
    else:
        if threads > 1:
            rows = output_rows(config.loss, words)
            each += 2 * min(MOST_BYTES, rows * row)  # busy rows, as they are and as they were
        if config.loss == Loss.HIERARCHICAL:
            shared += sum(part.nbytes for part in huffman_tree(counts))
        else:
            shared += NOISE_BYTES * words
    return threads * each + shared
