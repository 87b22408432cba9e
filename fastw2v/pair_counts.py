"""How often which words follow each other in a text: all pairs, counted by several threads.

Words are numbers here. Some are connectors: any number of them may stand between the two words of a pair, and belongs
to it; none begins or ends one. What counts say of phrases is not known here.

Each thread takes blocks of the text, lists their pairs and sorts them by hash into PARTS parts; part p is added to
table p under its own lock, so that every pair stands in one table, and counts are the same for any number of threads.
Memory: 21 to 43 bytes for each different pair (27 to 53 with connectors), and 20 MB a thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v._pairs import Middles, PairTable, neighbours, part_of, partition
from fastw2v._threads import run_jobs
from fastw2v.config import INT32_MAX
from fastw2v.encoded import Encoded
from fastw2v.sentence_blocks import block_of, count_blocks

__all__ = ["WORD_BITS", "PairCounts", "Pairs"]

PART_BITS = 7
PARTS = 1 << PART_BITS  # tables of some hundred KB each for the pairs of 100 MB of text: those in use stay in the cache
WORD_BITS = 32
PAIRS, PARENTS, CONNECTORS = "pairs", "middles.parents", "middles.words"  # arrays of a file

Ints = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Chosen = npt.NDArray[np.bool_]


class Pairs(NamedTuple):
    """Pairs in columns: the numbers of their left and right words, what stands between, and their counts."""

    left: Ints
    middle: npt.NDArray[np.uint32]
    right: Ints
    counts: npt.NDArray[np.int64]

    def rows(self, chosen: npt.NDArray[np.intp]) -> Pairs:
        """Some of the pairs, by their places."""
        return Pairs(self.left[chosen], self.middle[chosen], self.right[chosen], self.counts[chosen])

    def and_also(self, others: Pairs) -> Pairs:
        """These pairs and others behind them."""
        return Pairs(
            np.concatenate((self.left, others.left)),
            np.concatenate((self.middle, others.middle)),
            np.concatenate((self.right, others.right)),
            np.concatenate((self.counts, others.counts)),
        )


NO_PAIRS = Pairs(np.empty(0, np.int32), np.empty(0, np.uint32), np.empty(0, np.int32), np.empty(0, np.int64))


class PairCounts:
    """Pairs and their counts. `middles` says what the numbers between words mean; 0 is nothing."""

    def __init__(self, *, connectors: bool) -> None:
        self.middles = Middles()
        self._connectors = connectors
        self._tables = [PairTable(connectors) for _ in range(PARTS)]
        self._locks = [threading.Lock() for _ in range(PARTS)]
        self._naming = threading.Lock()

    def __len__(self) -> int:
        """How many different pairs there are."""
        return sum(map(len, self._tables))

    @property
    def nbytes(self) -> int:
        """Bytes that the tables take."""
        return sum(table.nbytes for table in self._tables)

    def add_text(
        self,
        text: Encoded,
        is_connector: npt.NDArray[np.uint8],
        workers: int,
        numbers: Ints | None = None,
        on_progress: Callable[[int, int], object] | None = None,
    ) -> Counts:
        """Adds the pairs of a text, whose words become numbers[word] first (None: they stay).

        is_connector has a 1 for each word that is one. on_progress(done, total) is told words, on this thread. Returns
        how often each word occurs. Raises MemoryError.
        """
        jobs = count_blocks(text)
        room = [(np.empty(0, np.uint64), np.empty(0, np.uint32)) for _ in range(2 * workers)]
        counts = [np.zeros(len(is_connector), np.int64) for _ in range(workers)]
        done = 0

        def take(worker: int, size: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32]]:
            if len(room[worker][0]) < size:
                between = size if self._connectors else 0
                room[worker] = np.empty(size, np.uint64), np.empty(between, np.uint32)
            return room[worker]

        def count(worker: int, job: int, _: Callable[[], bool]) -> None:
            nonlocal done
            block = block_of(text, job)
            ids = block.ids if numbers is None else numbers[block.ids]
            keys, between = take(2 * worker, len(ids))
            sorted_keys, sorted_between = take(2 * worker + 1, len(ids))
            tree = Middles() if self._connectors else None
            found = neighbours(ids, block.ends, block.base, is_connector, tree, keys, between)
            named = None if tree is None else self._named(tree)
            starts = partition(
                keys[:found],
                None if named is None else between[:found],
                named,
                None,
                PART_BITS,
                sorted_keys,
                sorted_between,
                None,
            ).tolist()
            # Threads begin at different tables, and so seldom wait for each other.
            for turn in range(PARTS):
                part = (turn + job * PARTS // max(1, workers)) % PARTS
                rows = slice(starts[part], starts[part + 1])
                with self._locks[part]:
                    self._tables[part].add(sorted_keys[rows], None if named is None else sorted_between[rows], None)
            occurring = np.bincount(ids)
            counts[worker][: len(occurring)] += occurring
            with self._naming:
                done += len(ids)

        def tell() -> None:
            if on_progress is not None:
                on_progress(done, text.tokens)

        run_jobs(jobs, workers, count, tell)
        tell()
        return sum(counts[1:], counts[0])

    def _named(self, tree: Middles) -> npt.NDArray[np.uint32]:
        """The numbers that another tree's nodes have in this one."""
        parents, words = tree.nodes()
        named = np.zeros(len(parents), np.uint32)
        with self._naming:
            for node in range(1, len(parents)):
                named[node] = self.middles.node(int(named[parents[node]]), int(words[node]))
        return named

    def add_pairs(self, pairs: Pairs, middles: Middles) -> None:
        """Adds pairs that were counted before, with middles of their own."""
        named = self._named(middles)
        keys = pairs.left.astype(np.uint64) << np.uint64(WORD_BITS) | pairs.right.astype(np.uint64)
        out_keys, out_middles, out_counts = (
            np.empty_like(keys),
            np.empty_like(pairs.middle),
            np.empty_like(pairs.counts),
        )
        starts = partition(
            keys, pairs.middle, named, pairs.counts, PART_BITS, out_keys, out_middles, out_counts
        ).tolist()
        for part, table in enumerate(self._tables):
            rows = slice(starts[part], starts[part + 1])
            table.add(out_keys[rows], out_middles[rows] if self._connectors else None, out_counts[rows])

    def at_least(self, least: int, workers: int = 1, *, among: Callable[[Pairs], Chosen] | None = None) -> Pairs:
        """The pairs that occur at least `least` times, ordered by left word, right word and what is between.

        among: which of some pairs are wanted, in any order, True for each that is; several threads ask.
        """
        listed: list[Pairs] = [NO_PAIRS] * PARTS
        low = np.uint64((1 << WORD_BITS) - 1)

        def task(_: int, part: int, __: Callable[[], bool]) -> None:
            keys, middle, counts = self._tables[part].at_least(least)
            left, right = (keys >> np.uint64(WORD_BITS)).astype(np.int32), (keys & low).astype(np.int32)
            pairs = Pairs(left, np.zeros(len(keys), np.uint32) if middle is None else middle, right, counts)
            listed[part] = pairs if among is None else pairs.rows(np.flatnonzero(among(pairs)))

        run_jobs(PARTS, workers, task)
        found = Pairs(*map(np.concatenate, zip(*listed, strict=True)))
        if self._connectors:
            return found.rows(np.lexsort((found.middle, found.right, found.left)))
        return found.rows(np.argsort(found.left.astype(np.int64) << WORD_BITS | found.right))

    def arrays(self, workers: int = 1) -> dict[str, npt.NDArray[Any]]:
        """All of it as arrays for a file."""
        pairs = self.at_least(1, workers)
        parents, connectors = self.middles.nodes()
        found: dict[str, npt.NDArray[Any]] = {f"{PAIRS}.{name}": getattr(pairs, name) for name in Pairs._fields}
        return {**found, PARENTS: parents, CONNECTORS: connectors}

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]], words: int, *, connectors: bool) -> PairCounts:
        """What `arrays` gave of a text of so many different words; KeyError, IndexError, ValueError, TypeError for
        others."""
        columns = [np.ascontiguousarray(arrays[f"{PAIRS}.{name}"]) for name in Pairs._fields]
        pairs, middles = Pairs(*columns), Middles()
        for parent, word in list(zip(arrays[PARENTS].tolist(), arrays[CONNECTORS].tolist(), strict=True))[1:]:
            middles.node(parent, word)
        between = middles.nodes()[1][1:]
        for numbers, most in (
            (pairs.left, words),
            (pairs.right, words),
            (between, words),
            (pairs.middle, len(middles)),
        ):
            if numbers.size and not 0 <= int(numbers.min()) <= int(numbers.max()) < most:
                raise ValueError("a number is not that of a word")
        if len({len(column) for column in columns}) != 1:
            raise ValueError("columns of different lengths")
        new = cls(connectors=connectors)
        new.add_pairs(pairs, middles)
        return new

    def __reduce__(self) -> tuple[Any, ...]:
        """For copies and pickles: locks and tables have none."""
        return _again, (self.arrays(), self._connectors)

    def count(self, left: int, between: Iterable[int], right: int) -> int:
        """How often a pair occurs with these connectors between."""
        middle = 0
        for connector in between:
            middle = self.middles.find(middle, connector)
            if not middle:
                return 0
        key = left << WORD_BITS | right
        return self._tables[part_of(key, middle, PART_BITS)].count(key, middle)


def _again(arrays: dict[str, npt.NDArray[Any]], connectors: bool) -> PairCounts:
    return PairCounts.of(arrays, INT32_MAX, connectors=connectors)
