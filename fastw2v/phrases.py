"""Phrases: pairs of words that occur together so often that they are one word, found in a text by counting.

Scores and options have gensim 4's names and meanings. Pairs are counted in pair_counts.py, spellings told apart in
phrase_spellings.py; joining is frozen_phrases.py's and phrased.py's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fastw2v._pairs import Middles
from fastw2v.config import available_cpus, check_integer
from fastw2v.corpus import Corpus
from fastw2v.frozen_phrases import FrozenPhrases, SentenceStream
from fastw2v.gensim_names import PHRASES
from fastw2v.pair_counts import PairCounts, Pairs
from fastw2v.phrase_options import COUNTED, Optioned, PhraseOptions, Scoring, open_phrases, written_options
from fastw2v.phrase_scores import scores_of
from fastw2v.phrase_spellings import MOST_CUTS, Spellings, cuts

__all__ = ["Phrases", "check_complete"]

Source = str | os.PathLike[str] | Iterable[Sequence[str]] | Sequence[str | os.PathLike[str]] | Corpus
Progress = Callable[[int, "int | None"], object]


class Phrases(Optioned):
    """Counts of all words and pairs of a text, and the phrases among them.

    A pair is two words that follow each other in a sentence, with any number of connector words between. Its score is
    (n_ab - min_count) / (n_a n_b) V with scoring="default" (Mikolov et al. 2013), n being counts and V the number of
    different words and pairs, connectors left out; or, with scoring="npmi", the normalized pointwise mutual information
    ln(p_ab / (p_a p_b)) / -ln p_ab (Bouma 2009), p being counts divided by the number of words; or what a function
    gives, called for one pair after the other with the whole numbers worda_count, wordb_count, bigram_count (n_a, n_b,
    n_ab), len_vocab (V), min_count and corpus_word_count by these names. Pairs that score more than `threshold` are
    phrases.

    Parameters
    ----------
    corpus: a path, a list of paths, an iterable of lists of words, or a Corpus that has all words of its text
        (min_count=1); None: nothing is counted yet. It is read once.
    min_count: pairs that occur fewer times are no phrases; a function decides on them itself. threshold: above 0; from
        -1 to 1 for "npmi"; any number for a function.
    scoring: "default", "npmi", or a function, which takes far longer and which no file holds.
    delimiter: what stands between the words of a phrase that has become one word.
    connector_words: words such as "of", which neither begin nor end a phrase, and may stand within it.
    workers: threads (None: all cores this process may use). errors: as Corpus's.
    on_progress: called on this thread about ten times a second as on_progress(done, total): what Corpus tells while it
        reads, then words counted.

    What is spelled alike is one: the pair (new, york) and a word new_york of the text have one count, the sum. So it is
    in gensim, and so it must be where phrases are looked for in a text that has some already.

    Attributes: the options; corpus_word_count, how many words were counted, connectors among them.

    Raises
    ------
    TypeError, ValueError: an option or the text is not as described. OSError: a file cannot be read. MemoryError.
    """

    def __init__(
        self,
        corpus: Source | None = None,
        min_count: int = 5,
        threshold: float = 10.0,
        *,
        scoring: Scoring = "default",
        delimiter: str = "_",
        connector_words: Iterable[str] = frozenset(),
        workers: int | None = None,
        errors: str = "strict",
        on_progress: Progress | None = None,
        **others: object,
    ) -> None:
        for name in others:
            raise TypeError(f"Phrases has no option {name!r}{PHRASES.get(name, '')}")
        self.options = PhraseOptions.checked(min_count, threshold, scoring, delimiter, connector_words)
        self.corpus_word_count = 0
        self._words: list[str] = []
        self._numbers: dict[str, int] = {}
        self._counts = np.zeros(0, np.int64)
        self._pairs = PairCounts(connectors=bool(self.connector_words))
        self._spelled: Spellings | None = None
        self._frozen: FrozenPhrases | None = None
        if corpus is not None:
            self.add_vocab(corpus, workers=workers, errors=errors, on_progress=on_progress)

    @classmethod
    def of(cls, corpus: Source, options: PhraseOptions, *, workers: int | None = None) -> Phrases:
        """Phrases of a text by options that were checked before."""
        new = cls()
        new.options = options
        new._pairs = PairCounts(connectors=bool(options.connector_words))
        new.add_vocab(corpus, workers=workers)
        return new

    def __repr__(self) -> str:
        return (
            f"Phrases({len(self._words):,} words, {len(self._pairs):,} pairs, min_count={self.min_count}, "
            f"threshold={self.threshold:g}, scoring={self.options.scoring_name!r})"
        )

    def __getstate__(self) -> dict[str, Any]:
        # What follows from the counts is found again.
        return {**vars(self), "_spelled": None, "_frozen": None}

    def add_vocab(
        self,
        corpus: Source,
        *,
        workers: int | None = None,
        errors: str = "strict",
        on_progress: Progress | None = None,
    ) -> None:
        """Counts another text as well. If that fails, or is interrupted, nothing was added."""
        workers = check_integer("workers", available_cpus() if workers is None else workers, 1, 1024)
        if not isinstance(corpus, Corpus):
            corpus = Corpus(corpus, min_count=1, workers=workers, errors=errors, on_progress=on_progress)
        check_complete(corpus)
        vocabulary = corpus.vocabulary
        first = not self._words
        words, numbers = (vocabulary.index_to_key, vocabulary.key_to_index) if first else self._with(vocabulary)
        renumbered = None if first else np.array([numbers[word] for word in vocabulary.index_to_key], np.int32)
        is_connector = np.zeros(len(words), np.uint8)
        is_connector[[numbers[word] for word in self.connector_words if word in numbers]] = 1
        pairs = PairCounts(connectors=bool(self.connector_words))
        counts = pairs.add_text(corpus.encoded(), is_connector, workers, renumbered, on_progress)
        counts[: len(self._counts)] += self._counts
        if len(self._pairs):
            pairs.add_pairs(self._pairs.at_least(1, workers), self._pairs.middles)
        self.corpus_word_count += len(corpus)
        self._words, self._numbers, self._counts, self._pairs = words, numbers, counts, pairs
        self._spelled = self._frozen = None

    def _with(self, vocabulary: Any) -> tuple[list[str], dict[str, int]]:
        """The words counted so far and those of a vocabulary behind them, and their numbers."""
        words = [*self._words, *(word for word in vocabulary.index_to_key if word not in self._numbers)]
        return words, {word: number for number, word in enumerate(words)}

    @property
    def vocab(self) -> dict[str, int]:
        """How often each word and each pair, joined, occurs; made anew each time, and large."""
        spelled = self._spellings()
        counts = spelled.word_counts()
        found = {
            word: int(count)
            for word, count in zip(self._words, counts.tolist(), strict=True)
            if word not in self.connector_words
        }
        for phrase, count in self._read(spelled.pairs_at_least(1, available_cpus())):
            found[self.delimiter.join(phrase)] = count
        return found

    def _spellings(self) -> Spellings:
        if self._spelled is None:
            self._spelled = Spellings(
                self._words,
                self._counts,
                self._numbers,
                self._pairs,
                self.delimiter,
                self.connector_words,
                available_cpus(),
            )
        return self._spelled

    def _read(self, pairs: Pairs) -> Iterator[tuple[tuple[str, ...], int]]:
        """The words of pairs, and their counts."""
        words = self._words
        between = _connectors(self._pairs.middles, words)
        for left, middle, right, count in zip(*(column.tolist() for column in pairs), strict=True):
            yield (words[left], *between[middle], words[right]), count

    def freeze(self) -> FrozenPhrases:
        """The phrases as they are now, apart from the counts, which take far more memory."""
        return self._now()

    def _now(self) -> FrozenPhrases:
        if self._frozen is None:
            spelled = self._spellings()
            pairs = spelled.pairs_at_least(self.options.least_count, available_cpus())
            counts = spelled.word_counts()
            scores = scores_of(
                self.options,
                counts[pairs.left],
                counts[pairs.right],
                pairs.counts,
                spelled.different,
                self.corpus_word_count,
            )
            good = np.flatnonzero(scores > self.threshold)
            phrases = [words for words, _ in self._read(pairs.rows(good))]
            found = dict(zip(phrases, scores[good].tolist(), strict=True))
            if spelled.mixed:
                found |= self._other_ways(spelled, pairs)
            self._frozen = FrozenPhrases(found, self.options)
        return self._frozen

    def _other_ways(self, spelled: Spellings, pairs: Pairs) -> dict[tuple[str, ...], float]:
        """Phrases that the text does not have, but that are spelled as words or pairs that it has."""
        delimiter = self.delimiter
        mixed = np.zeros(len(self._words), np.bool_)
        mixed[spelled.mixed] = True
        # Of two words without delimiters, and nothing between, there is no other way.
        rows = np.flatnonzero(mixed[pairs.left] | mixed[pairs.right] | (pairs.middle > 0))
        seen = dict(self._read(pairs.rows(rows)))
        spellings = {delimiter.join(words): count for words, count in seen.items()}
        for number in spelled.mixed:
            spellings[self._words[number]] = spelled.word_totals.get(number, int(self._counts[number]))
        ways, counts = [], []
        for spelling, count in spellings.items():
            if count < self.options.least_count or spelling.count(delimiter) > MOST_CUTS:
                continue
            for left, between, right in cuts(spelling, delimiter, self.connector_words):
                if (
                    (left, *between, right) not in seen
                    and (first := spelled.count(left))
                    and (last := spelled.count(right))
                ):
                    ways.append((left, *between, right))
                    counts.append((first, last, count))
        lefts, rights, both = np.array(counts, np.int64).reshape(-1, 3).T.copy()
        scores = scores_of(self.options, lefts, rights, both, spelled.different, self.corpus_word_count)
        return {way: score for way, score in zip(ways, scores.tolist(), strict=True) if score > self.threshold}

    def export_phrases(self) -> dict[str, float]:
        """Every phrase of the text as one word, and its score, the best first.

        gensim cuts each word that holds the delimiter at it, and scores its first and last part. Where the text has
        such words, as a second pass has, that are other words than those that were counted; here they are not.
        """
        return self._now().export_phrases()

    def find_phrases(self, sentences: Iterable[Iterable[str]]) -> dict[str, float]:
        """The phrases in these sentences, and their scores, in the order in which they are met."""
        return self._now().find_phrases(sentences)

    def analyze_sentence(self, sentence: Iterable[str]) -> Iterator[tuple[str, float | None]]:
        """The words of a sentence with phrases joined, each with its score; None for what is no phrase."""
        return self._now().analyze_sentence(sentence)

    def __getitem__(self, sentence: Iterable[Any]) -> list[str] | SentenceStream:
        """A sentence, or sentences one after the other, with phrases joined: see FrozenPhrases."""
        return self._now()[sentence]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes counts and options as one safetensors file, atomically; OSError."""
        from fastw2v.container import pack_words, save_container

        tensors: dict[str, npt.NDArray[Any]] = {**pack_words(self._words), "counts": self._counts}
        tensors |= self._pairs.arrays(available_cpus())
        tensors["total"] = np.array([self.corpus_word_count], np.int64)
        save_container(path, tensors, written_options(self.options, COUNTED))

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, scoring: Callable[..., float] | None = None) -> Phrases:
        """What `save` wrote; ValueError if the file is damaged or holds something else, OSError.

        scoring: the function that scored pairs, if one did.
        """
        from fastw2v.container import unpack_words

        tensors, options = open_phrases(path, COUNTED, scoring)
        new = cls()
        new.options = options
        try:
            words = list(unpack_words(tensors, os.fspath(path)))
            new._words, new._numbers = words, {word: number for number, word in enumerate(words)}
            new._counts = tensors["counts"].astype(np.int64)
            new.corpus_word_count = int(tensors["total"][0])
            if len(new._counts) != len(words):
                raise ValueError("columns of different lengths")
            new._pairs = PairCounts.of(tensors, len(words), connectors=bool(options.connector_words))
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise ValueError(f"{os.fspath(path)}: a damaged file of phrases ({error}); write it again") from None
        return new


def check_complete(corpus: Corpus) -> None:
    """ValueError unless a corpus has all words of its text: without some, others seem to follow each other."""
    if len(corpus) < corpus.raw_words:
        raise ValueError(
            f"the Corpus has dropped {corpus.raw_words - len(corpus)} of the {corpus.raw_words} words of its text, so "
            "that others seem to follow each other; give the text itself, or a Corpus made with min_count=1"
        )


def _connectors(middles: Middles, words: Sequence[str]) -> list[tuple[str, ...]]:
    """The connectors of each node."""
    parents, connectors = middles.nodes()
    found: list[tuple[str, ...]] = [()]
    for parent, connector in zip(parents[1:].tolist(), connectors[1:].tolist(), strict=True):
        found.append((*found[parent], words[connector]))
    return found
