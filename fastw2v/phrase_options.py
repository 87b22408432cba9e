"""The options of phrases: checked once, told by whatever has them, written into files of phrases and read again.

What is done with them stands in phrases.py and frozen_phrases.py; how pairs score, in phrase_scores.py.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fastw2v.config import check_choice, check_integer, check_number
from fastw2v.inert_pickle import looks_like_pickle
from fastw2v.short import short

__all__ = [
    "COUNTED",
    "ENGLISH_CONNECTOR_WORDS",
    "FROZEN",
    "Optioned",
    "PhraseOptions",
    "Scoring",
    "open_phrases",
    "written_options",
]

ENGLISH_CONNECTOR_WORDS = frozenset(
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "without"]
)

Scoring = str | Callable[..., float]
NAMES = ("default", "npmi")
# What a function that scores pairs is called with, by name.
SCORED_BY = ("worda_count", "wordb_count", "bigram_count", "len_vocab", "min_count", "corpus_word_count")
KIND, COUNTED, FROZEN = "phrases", "counted", "frozen"  # what a file of them says it is
PICKLE_HEAD = 2  # bytes by which a pickle is known
FUNCTION = "function"  # what a file says of a scoring that no file can hold


@dataclass(frozen=True)
class PhraseOptions:
    """The options of Phrases, checked."""

    min_count: int = 5
    threshold: float = 10.0
    scoring: Scoring = "default"
    delimiter: str = "_"
    connector_words: frozenset[str] = frozenset()

    @classmethod
    def checked(
        cls, min_count: object, threshold: object, scoring: object, delimiter: object, connector_words: object
    ) -> PhraseOptions:
        """TypeError or ValueError with the value, the range and the remedy."""
        count = check_integer("min_count", min_count, 1)
        chosen = _checked_function(scoring) if callable(scoring) else check_choice("scoring", scoring, NAMES)
        if chosen == "npmi":
            score = check_number("threshold", threshold, -1.0, 1.0, 'scores of scoring="npmi" lie there; try 0.5')
        elif chosen == "default":
            score = check_number("threshold", threshold, 0.0, np.inf, "the more phrases the lower it is", above=True)
        else:
            score = check_number("threshold", threshold, -np.inf, np.inf)
        if not isinstance(delimiter, str):
            raise TypeError(f'delimiter must be a str that is not empty, such as "_", not {delimiter!r}')
        if not delimiter or not _is_text(delimiter):
            raise ValueError(f"delimiter is {delimiter!r}, but must be text of at least one character; try '_'")
        return cls(count, score, chosen, delimiter, _checked_connectors(connector_words, delimiter))

    @property
    def least_count(self) -> int:
        """How often a pair must occur to be scored: what a function says of rarer ones is not known before."""
        return 1 if callable(self.scoring) else self.min_count

    @property
    def scoring_name(self) -> str:
        """The scoring in a word."""
        return self.scoring if isinstance(self.scoring, str) else getattr(self.scoring, "__name__", FUNCTION)


class Optioned:
    """What has the options of phrases, each of them an attribute."""

    options: PhraseOptions

    @property
    def min_count(self) -> int:
        return self.options.min_count

    @property
    def threshold(self) -> float:
        return self.options.threshold

    @property
    def scoring(self) -> Scoring:
        return self.options.scoring

    @property
    def delimiter(self) -> str:
        return self.options.delimiter

    @property
    def connector_words(self) -> frozenset[str]:
        return self.options.connector_words


def _checked_function(scoring: Callable[..., object]) -> Callable[..., float]:
    """A function that takes what scores are made of."""
    try:
        inspect.signature(scoring).bind(**dict.fromkeys(SCORED_BY))
    except TypeError as error:
        raise ValueError(
            f"scoring is {short(scoring)}, but a function must take {', '.join(SCORED_BY)} by these names ({error}); "
            f"or give one of {', '.join(map(repr, NAMES))}"
        ) from None
    except ValueError:  # a builtin whose arguments nobody knows
        pass
    return scoring  # type: ignore[return-value]


def _is_text(word: str) -> bool:
    """Whether UTF-8 can hold it."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _checked_connectors(words: object, delimiter: str) -> frozenset[str]:
    if isinstance(words, (str, bytes)) or not isinstance(words, Iterable):
        raise TypeError(
            f'connector_words must be words, such as ["of", "the"] or ENGLISH_CONNECTOR_WORDS, not {words!r}'
        )
    found = list(words)
    for word in found:
        if not isinstance(word, str) or not word:
            raise TypeError(f"connector_words must be str and not empty, but {word!r} is among them; leave it out")
        if not set(delimiter).isdisjoint(word):
            raise ValueError(
                f"the connector word {word!r} holds a character of the delimiter {delimiter!r}, so that a phrase could "
                "be read in several ways; leave it out, or choose another delimiter"
            )
    return frozenset(found)


def written_options(options: PhraseOptions, kind: str) -> dict[str, str]:
    """The options for a container's metadata, and which kind of phrases they are of."""
    values = {
        "min_count": options.min_count,
        "threshold": options.threshold,
        "scoring": options.scoring if isinstance(options.scoring, str) else FUNCTION,
        "delimiter": options.delimiter,
        "connector_words": sorted(options.connector_words),
    }
    return {"kind": f"{KIND}.{kind}", "options": json.dumps(values)}


def open_phrases(
    path: str | os.PathLike[str], kind: str, function: Callable[..., float] | None = None
) -> tuple[dict[str, npt.NDArray[Any]], PhraseOptions]:
    """The arrays and options of a file of phrases of that kind; ValueError if it is no such file, OSError.

    function: what scored the pairs, if a function did; frozen phrases do not need it any more.
    """
    from fastw2v.container import load_container

    with open(path, "rb") as file:
        if looks_like_pickle(file.read(PICKLE_HEAD)):
            raise ValueError(
                f"{os.fspath(path)}: a pickle, such as gensim saves phrases in; they are not read here, but found in "
                "the text again, by fastw2v.Phrases"
            )
    tensors, metadata = load_container(path)
    found = metadata.get("kind", "")
    if found != f"{KIND}.{kind}":
        other = {f"{KIND}.{FROZEN}": "FrozenPhrases.load", f"{KIND}.{COUNTED}": "Phrases.load"}.get(found)
        remedy = f"this is a file for {other}" if other else "this is no file of phrases"
        raise ValueError(f"{os.fspath(path)}: {remedy}")
    try:
        values = json.loads(metadata["options"])
        if values["scoring"] == FUNCTION:
            values["scoring"] = function or _lost
        options = PhraseOptions.checked(**values)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{os.fspath(path)}: a damaged file of phrases ({error}); write it again") from None
    if options.scoring is _lost and kind == COUNTED:
        raise ValueError(f"{os.fspath(path)}: a function scored these pairs, which no file holds; give it as scoring")
    return tensors, options


def _lost(**_: float) -> float:
    """Stands for a function that a file could not hold."""
    raise ValueError("these phrases were scored by a function, which their file does not hold")
