"""Which words stay in a vocabulary, and in which order, by gensim's options: trim rules, caps, order of appearance.

Words and counts come in, a Vocabulary goes out; texts and vectors are others' business.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fastw2v.vocabulary import Vocabulary, rank_words

__all__ = ["RULE_DEFAULT", "RULE_DISCARD", "RULE_KEEP", "Selection", "TrimRule", "chosen", "first_places"]

Counts = npt.NDArray[np.int64]

# What a trim rule may answer: by the number of times, never, in any case.
RULE_DEFAULT = 0
RULE_DISCARD = 1
RULE_KEEP = 2

TrimRule = Callable[[str, int, int], int]


@dataclass(frozen=True)
class Selection:
    """What gensim's options say of words.

    min_count: words seen fewer times are left out. max_final_vocab: min_count is raised so far that at most so many
    words reach it; words as frequent as the first one left out go with it. max_vocab_size: at most so many words, the
    most frequent ones. trim_rule(word, count, min_count) overrules both for a word by RULE_KEEP or RULE_DISCARD.
    """

    min_count: int
    max_final_vocab: int | None = None
    max_vocab_size: int | None = None
    trim_rule: TrimRule | None = None

    @property
    def is_simple(self) -> bool:
        """Whether the counts and two numbers decide, so that no word needs to be looked at."""
        return self.max_final_vocab is None and self.trim_rule is None

    def effective_min_count(self, counts: Counts) -> int:
        """min_count, raised as max_final_vocab asks."""
        most = self.max_final_vocab
        if most is None or most >= len(counts):
            return self.min_count
        return max(self.min_count, int(np.partition(counts, len(counts) - 1 - most)[len(counts) - 1 - most]) + 1)

    def of(self, words: Sequence[str], counts: Counts) -> npt.NDArray[np.int64]:
        """Where the words that stay stand in `words`, in a vocabulary's order."""
        least = self.effective_min_count(counts)
        stays, forced = counts >= least, np.zeros(len(counts), bool)
        if self.trim_rule is not None:
            for i, (word, count) in enumerate(zip(words, counts.tolist(), strict=True)):
                answer = self.trim_rule(word, count, least)
                forced[i] = answer == RULE_KEEP
                stays[i] = forced[i] or (stays[i] and answer != RULE_DISCARD)
        order = rank_words(words, np.where(stays, counts, -1), 0, None)
        if self.max_vocab_size is None:
            return order
        room = max(0, self.max_vocab_size - int(forced.sum()))
        return order[forced[order] | (np.cumsum(~forced[order]) <= room)]


def chosen(words: Sequence[str], counts: Counts, rows: npt.NDArray[np.int64]) -> Vocabulary:
    """The vocabulary of the words that stand in these rows, in their order."""
    kept = [words[row] for row in rows.tolist()]
    return Vocabulary(kept, counts[rows], raw_unique=len(words), raw_total=int(counts.sum()))


def first_places(ids: npt.NDArray[np.int32], words: int) -> npt.NDArray[np.int64]:
    """Where each of `words` words stands first in a text."""
    places = np.full(words, len(ids), np.int64)
    # Of places written twice the last one written stays.
    places[ids[::-1]] = np.arange(len(ids) - 1, -1, -1)
    return places
