"""gensim 4's Phrases, FrozenPhrases (Phraser) and scorers, by their constructors, methods and attributes.

Only names and conventions stand here: counting, scoring and joining are phrases.py's and frozen_phrases.py's.
"""

from __future__ import annotations

import itertools
import logging
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from math import inf, log
from typing import Any

from fastw2v import frozen_phrases, phrases
from fastw2v.corpus import EmptyTextError
from fastw2v.gensim_names import SAVING, refuse_arguments
from fastw2v.gensim_sources import read_text, text_of
from fastw2v.phrase_options import Optioned, PhraseOptions, Scoring
from fastw2v.short import short

__all__ = ["FrozenPhrases", "Phraser", "Phrases", "npmi_scorer", "original_scorer"]

logger = logging.getLogger("fastw2v.gensim_api")

MOST_WORDS = 40_000_000  # gensim's default for how many words and pairs it remembers
NOTHING = (None, None)
Candidate = tuple[str, float] | tuple[None, None]


def original_scorer(
    worda_count: float,
    wordb_count: float,
    bigram_count: float,
    len_vocab: float,
    min_count: float,
    corpus_word_count: float,
) -> float:
    """The score of a pair by scoring="default", see fastw2v.Phrases; -inf where a word does not occur."""
    both = worda_count * wordb_count
    return (bigram_count - min_count) / both * len_vocab if both else -inf


def npmi_scorer(
    worda_count: float,
    wordb_count: float,
    bigram_count: float,
    len_vocab: float,
    min_count: float,
    corpus_word_count: float,
) -> float:
    """The same by scoring="npmi"; -inf for a pair that occurs fewer than min_count times, or never."""
    if bigram_count < min_count or not (worda_count and wordb_count and 0 < bigram_count < corpus_word_count):
        return -inf
    p_a, p_b, p_ab = (count / corpus_word_count for count in (worda_count, wordb_count, bigram_count))
    return log(p_ab / (p_a * p_b)) / -log(p_ab)


NAMES = {original_scorer: "default", npmi_scorer: "npmi"}
SCORERS = {name: function for function, name in NAMES.items()}


class _Gensims(Optioned, ABC):
    """What both classes have: gensim's way to tell a sentence from sentences, and options that may be set."""

    @abstractmethod
    def _found(self) -> frozen_phrases.FrozenPhrases:
        """The phrases as they are now."""

    def _set(self, **changes: object) -> None:
        """Other options, checked; they take effect with the next sentence."""
        now = self.options
        values = {name: getattr(now, name) for name in now.__dataclass_fields__}
        self.options = PhraseOptions.checked(**{**values, **changes})

    @property
    def min_count(self) -> int:
        return self.options.min_count

    @min_count.setter
    def min_count(self, value: int) -> None:
        self._set(min_count=value)

    @property
    def threshold(self) -> float:
        return self.options.threshold

    @threshold.setter
    def threshold(self, value: float) -> None:
        self._set(threshold=value)

    @property
    def scoring(self) -> Scoring:
        """The function, as in gensim, also where it was given by its name."""
        scoring = self.options.scoring
        return SCORERS[scoring] if isinstance(scoring, str) else scoring

    @scoring.setter
    def scoring(self, value: Scoring) -> None:
        self._set(scoring=_named(value))

    def score_candidate(self, word_a: str, word_b: str, in_between: Iterable[str]) -> Candidate:
        """The phrase of two words with connectors between, and its score; (None, None) where they are none."""
        words = (word_a, *in_between, word_b)
        score = self._found().scores.get(words)
        return NOTHING if score is None else (self.delimiter.join(words), score)

    def __getitem__(self, sentence: Any) -> Any:
        """A sentence with phrases joined, or an iterable of sentences, made anew each time that it is looped over,
        unless it is an iterator, which gives its sentences once."""
        if isinstance(sentence, Iterator):
            first = list(itertools.islice(sentence, 1))
            sentence = itertools.chain(first, sentence)
            if not first or isinstance(first[0], str):
                sentence = list(sentence)
        elif isinstance(sentence, Iterable) and not isinstance(sentence, Sequence):
            sentence = list(sentence) if isinstance(next(iter(sentence), ""), str) else sentence
        return frozen_phrases.FrozenPhrases.__getitem__(self._found(), sentence)


class Phrases(_Gensims, phrases.Phrases):
    """gensim 4's Phrases: counts of words and pairs. Options have its names, order, defaults and meanings, but for:

    max_vocab_size: has no meaning, since nothing is forgotten; another value than the default gets a warning.
    progress_per: has no meaning. min_count: a whole number. connector_words: none may hold a character of `delimiter`.

    min_count, threshold and scoring may be set later. `vocab` is made anew each time that it is asked for.
    """

    def __init__(
        self,
        sentences: Iterable[Sequence[str]] | None = None,
        min_count: int = 5,
        threshold: float = 10.0,
        max_vocab_size: int = MOST_WORDS,
        delimiter: str = "_",
        progress_per: int = 10_000,
        scoring: Scoring = "default",
        connector_words: Iterable[str] = frozenset(),
        **others: object,
    ) -> None:
        refuse_arguments(others, "Phrases")
        super().__init__(
            None, min_count, threshold, scoring=_named(scoring), delimiter=delimiter, connector_words=connector_words
        )
        self.max_vocab_size, self.progress_per, self.min_reduce = max_vocab_size, progress_per, 1
        if max_vocab_size != MOST_WORDS:
            logger.warning("max_vocab_size has no meaning in fastw2v, which forgets no words, and is ignored")
        if sentences is not None:
            self.add_vocab(sentences)

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}<{self._spellings().different} vocab, min_count={self.min_count}, "
            f"threshold={self.threshold}, max_vocab_size={self.max_vocab_size}>"
        )

    # Arguments have gensim's names, which are others than fastw2v's.
    def add_vocab(self, sentences: Iterable[Sequence[str]], **others: Any) -> None:  # type: ignore[override]
        """Counts more sentences."""
        refuse_arguments(others, "add_vocab")
        try:
            corpus = read_text(text_of(sentences, None), min_count=1)
        except EmptyTextError as error:
            logger.warning("nothing was counted: %s", error)
            return
        super().add_vocab(corpus)

    def _found(self) -> frozen_phrases.FrozenPhrases:
        return self._now()

    def _set(self, **changes: object) -> None:
        super()._set(**changes)
        self._frozen = None

    def freeze(self) -> FrozenPhrases:
        """The phrases as they are now, apart from the counts."""
        return FrozenPhrases(self)

    def save(self, fname_or_handle: str | os.PathLike[str], **gensims: object) -> None:  # type: ignore[override]
        """Counts and options as one safetensors file, whatever its name."""
        super().save(_path(fname_or_handle, gensims))

    @classmethod
    def load(cls, fname: str | os.PathLike[str], mmap: str | None = None, **others: Any) -> Phrases:  # type: ignore[override]
        """What `save` wrote. ValueError for a file of gensim's: its counts tell no pairs from words that hold the
        delimiter. scoring: the function, if one scored the pairs."""
        loaded: Phrases = super().load(fname, **others)  # type: ignore[assignment]
        return loaded


class FrozenPhrases(_Gensims, frozen_phrases.FrozenPhrases):
    """gensim 4's FrozenPhrases, also called Phraser: made from a Phrases, gensim_api's or fastw2v's own."""

    def __init__(self, phrases_model: phrases.Phrases | frozen_phrases.FrozenPhrases) -> None:
        if isinstance(phrases_model, phrases.Phrases):
            frozen = phrases_model._now()
        elif isinstance(phrases_model, frozen_phrases.FrozenPhrases):
            frozen = phrases_model
        else:
            raise TypeError(f"phrases_model must be a Phrases of fastw2v.gensim_api, not {short(phrases_model)}")
        super().__init__(frozen.scores, frozen.options)

    def __str__(self) -> str:
        return f"{type(self).__name__}<{len(self)} phrases, min_count={self.min_count}, threshold={self.threshold}>"

    def _found(self) -> frozen_phrases.FrozenPhrases:
        return self

    def _set(self, **changes: object) -> None:
        """Phrases were chosen already, so that a higher threshold leaves some out, and a lower one adds none."""
        super()._set(**changes)
        self.scores = {words: score for words, score in self.scores.items() if score > self.threshold}

    def save(self, fname_or_handle: str | os.PathLike[str], **gensims: object) -> None:  # type: ignore[override]
        """Phrases, scores and options as one safetensors file, whatever its name."""
        super().save(_path(fname_or_handle, gensims))

    @classmethod
    def load(cls, fname: str | os.PathLike[str], mmap: str | None = None) -> FrozenPhrases:
        """What `save` wrote."""
        return cls(frozen_phrases.FrozenPhrases.load(fname))


Phraser = FrozenPhrases


def _named(scoring: Any) -> Scoring:
    """Our own functions by their names, which are scored compiled."""
    found: Scoring = NAMES.get(scoring, scoring) if callable(scoring) else scoring
    return found


def _path(fname: Any, gensims: dict[str, object]) -> str | os.PathLike[str]:
    refuse_arguments({name: value for name, value in gensims.items() if name not in SAVING}, "save")
    if not isinstance(fname, (str, os.PathLike)):
        raise TypeError(f"fname_or_handle must be a path, not {short(fname)}")
    return fname
