"""How pairs of words are spelled, and what is spelled alike: a phrase is the word that it becomes.

Joined with "_", the pair (new, york) is spelled as the word new_york is, and (new_york, times) as (new, york_times).
What is spelled alike is the same phrase, and has one count: that of all the pairs and words spelled so together. Only
words in which characters of the delimiter occur make that possible; where there are none, nothing is looked at.

Counting is pair_counts.py's; scores are phrases.py's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from fastw2v._phrases import spelling_hashes
from fastw2v.packed_words import PackedWords
from fastw2v.pair_counts import PairCounts, Pairs

__all__ = ["Spellings", "cuts"]

# A spelling with more delimiters than this, as a row of them that someone drew, is only cut in ways that were counted.
MOST_CUTS = 64
ALONE = -1  # the right word of what is no pair, but a word

Pair = tuple[int, tuple[int, ...], int]
Way = tuple[str, tuple[str, ...], str]


def cuts(spelling: str, delimiter: str, connectors: frozenset[str]) -> Iterator[Way]:
    """Every way in which two words, with connectors between them or none, are joined to this spelling."""
    at = spelling.find(delimiter, 1)
    while at >= 0:
        left, rest = spelling[:at], spelling[at + len(delimiter) :]
        between: tuple[str, ...] = ()
        while rest and left not in connectors:
            if rest not in connectors:
                yield left, between, rest
            piece, _, after = rest.partition(delimiter)
            if piece not in connectors:
                break
            between, rest = (*between, piece), after
        at = spelling.find(delimiter, at + 1)


class Spellings:
    """The words and pairs of a text by how they are spelled.

    words, counts: each word and how often it occurs; numbers: from a word to its place there. connectors are words that
    stand between; none holds a character of the delimiter. different: how many spellings there are, without connectors.
    """

    def __init__(
        self,
        words: Sequence[str],
        counts: npt.NDArray[np.int64],
        numbers: dict[str, int],
        pairs: PairCounts,
        delimiter: str,
        connectors: frozenset[str],
        workers: int = 1,
    ) -> None:
        self.words, self.counts, self.numbers, self.pairs = words, counts, numbers, pairs
        self.delimiter, self.connectors = delimiter, connectors
        self.word_totals: dict[int, int] = {}
        self.pair_totals: dict[tuple[int, int, int], int] = {}
        characters = set(delimiter)
        if len(characters) == 1:
            (character,) = characters
            self.mixed = [number for number, word in enumerate(words) if character in word]
        else:
            self.mixed = [number for number, word in enumerate(words) if not characters.isdisjoint(word)]
        self.different = len(words) - sum(word in numbers for word in connectors) + len(pairs)
        if self.mixed:
            self._unite(workers)

    def of(self, left: int, middle: Iterable[int], right: int) -> str:
        """How a pair is spelled."""
        return self.delimiter.join([self.words[number] for number in (left, *middle, right)])

    def word_counts(self) -> npt.NDArray[np.int64]:
        """How often what is spelled as each word occurs."""
        counts = self.counts
        if self.word_totals:
            counts = counts.copy()
            counts[list(self.word_totals)] = list(self.word_totals.values())
        return counts

    def pairs_at_least(self, least: int, workers: int) -> Pairs:
        """The pairs whose spelling occurs at least `least` times, with these counts."""
        found = self.pairs.at_least(least, workers)
        united = [(*key, total) for key, total in self.pair_totals.items() if total >= least]
        if not united:
            return found
        columns = np.array(united, np.int64).T
        more = Pairs(columns[0].astype(np.int32), columns[1].astype(np.uint32), columns[2].astype(np.int32), columns[3])
        both = found.and_also(more)
        # Ordered stably, so that of a pair that stands there twice the one with its spelling's count comes last.
        order = np.lexsort((both.middle, both.right, both.left))
        both = both.rows(order)
        differs = np.ones(len(order), np.bool_)
        for column in (both.left, both.middle, both.right):
            differs[:-1] &= column[1:] == column[:-1]
        differs[:-1] = ~differs[:-1]
        return both.rows(np.flatnonzero(differs))

    def count(self, spelling: str) -> int:
        """How often a spelling occurs, as a word and as pairs; 0 if it does not."""
        number = self.numbers.get(spelling)
        if number is not None:
            if spelling in self.connectors:
                return 0
            return self.word_totals.get(number, int(self.counts[number]))
        if spelling.count(self.delimiter) <= MOST_CUTS:
            for way in cuts(spelling, self.delimiter, self.connectors):
                pair = self._numbered(way)
                if pair is not None and (count := self.pairs.count(*pair)):
                    left, between, right = pair
                    middle = 0
                    for connector in between:
                        middle = self.pairs.middles.find(middle, connector)
                    return self.pair_totals.get((left, middle, right), count)
        return 0

    def _numbered(self, way: Way) -> Pair | None:
        """The pair in numbers; None if the text does not have all its words."""
        left, between, right = way
        found = [self.numbers.get(word) for word in (left, *between, right)]
        known = [number for number in found if number is not None]
        return (known[0], tuple(known[1:-1]), known[-1]) if len(known) == len(found) else None

    def _unite(self, workers: int) -> None:
        """Finds what is spelled alike, and adds up its counts."""
        items = self._candidates(workers)
        packed = PackedWords.pack(self.words)
        hashes = spelling_hashes(
            packed.blob,
            packed.offsets,
            self.pairs.middles,
            self.delimiter.encode(),
            items.left,
            items.middle,
            items.right,
        )
        order = np.argsort(hashes, kind="stable")
        same = hashes[order][1:] == hashes[order][:-1]
        groups: dict[str, list[int]] = {}
        parents, connectors = self.pairs.middles.nodes()
        for row in np.unique(np.concatenate((order[:-1][same], order[1:][same]))).tolist():
            left, middle, right = int(items.left[row]), int(items.middle[row]), int(items.right[row])
            between: list[int] = []
            while middle:
                between.append(int(connectors[middle]))
                middle = int(parents[middle])
            text = self.words[left] if right == ALONE else self.of(left, reversed(between), right)
            groups.setdefault(text, []).append(row)
        for rows in groups.values():
            total = int(items.counts[rows].sum())
            self.different -= len(rows) - 1
            for row in rows:
                left, middle, right = int(items.left[row]), int(items.middle[row]), int(items.right[row])
                if right == ALONE:
                    self.word_totals[left] = total
                else:
                    self.pair_totals[left, middle, right] = total

    def _candidates(self, workers: int) -> Pairs:
        """All words and pairs that may be spelled as another one is.

        A pair of words without characters of the delimiter is spelled only as a word is that has them, or, with
        connectors between, as a pair of which one word ends or begins with connectors: those are looked for.
        """
        mixed = np.zeros(len(self.words), np.bool_)
        mixed[self.mixed] = True
        begins, ends = np.zeros((2, len(self.words)), np.bool_)
        alike: list[Pair] = []
        for number in self.mixed:
            pieces = self.words[number].split(self.delimiter)
            if len(pieces) < 2 or not all(piece in self.connectors for piece in pieces[1:-1]):
                continue
            first, last = (self.numbers.get(piece, ALONE) for piece in (pieces[0], pieces[-1]))
            if pieces[-1] in self.connectors and first != ALONE:
                begins[first] = True
            elif pieces[0] in self.connectors and last != ALONE:
                ends[last] = True
            pair = self._numbered((pieces[0], tuple(pieces[1:-1]), pieces[-1]))
            if pair is not None and not (mixed[pair[0]] or mixed[pair[2]]) and self.pairs.count(*pair):
                alike.append(pair)

        def wanted(pairs: Pairs) -> npt.NDArray[np.bool_]:
            some: npt.NDArray[np.bool_] = mixed[pairs.left] | mixed[pairs.right]
            if over:
                some |= (begins[pairs.left] | ends[pairs.right]) & (pairs.middle > 0)
            return some

        over = bool(begins.any() or ends.any())
        chosen = self.pairs.at_least(1, workers, among=wanted)
        plain = chosen.rows(np.flatnonzero(~(mixed[chosen.left] | mixed[chosen.right])))
        listed = set(zip(plain.left.tolist(), plain.middle.tolist(), plain.right.tolist(), strict=True))
        columns = [(number, 0, ALONE, int(self.counts[number])) for number in self.mixed]
        for left, between, right in alike:
            middle = 0
            for connector in between:
                middle = self.pairs.middles.find(middle, connector)
            if (left, middle, right) not in listed:
                columns.append((left, middle, right, self.pairs.count(left, between, right)))
        table = np.array(columns, np.int64).reshape(-1, 4).T
        words = Pairs(table[0].astype(np.int32), table[1].astype(np.uint32), table[2].astype(np.int32), table[3])
        return chosen.and_also(words)
