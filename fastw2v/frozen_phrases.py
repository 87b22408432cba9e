"""FrozenPhrases: phrases and their scores, found and joined in sentences of words.

Counting and scoring are phrases.py's; texts in numbers are joined in phrased.py, compiled.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, overload

import numpy as np

from fastw2v.config import check_choice, check_integer, check_number

__all__ = ["ENGLISH_CONNECTOR_WORDS", "FrozenPhrases", "PhraseOptions", "SentenceStream", "read_options"]

ENGLISH_CONNECTOR_WORDS = frozenset(
    ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "without"]
)

Phrase = tuple[str, ...]
SHORTEST = 2  # words of a phrase
KIND = "phrases"  # what a file of them says it is


@dataclass(frozen=True)
class PhraseOptions:
    """The options of Phrases, checked."""

    min_count: int = 5
    threshold: float = 10.0
    scoring: str = "default"
    delimiter: str = "_"
    connector_words: frozenset[str] = frozenset()

    @classmethod
    def checked(
        cls, min_count: object, threshold: object, scoring: object, delimiter: object, connector_words: object
    ) -> PhraseOptions:
        """TypeError or ValueError with the value, the range and the remedy."""
        count = check_integer("min_count", min_count, 1)
        chosen = check_choice("scoring", scoring, ("default", "npmi"))
        if chosen == "npmi":
            score = check_number("threshold", threshold, -1.0, 1.0, 'scores of scoring="npmi" lie there; try 0.5')
        else:
            score = check_number("threshold", threshold, 0.0, np.inf, "the more phrases the lower it is", above=True)
        if not isinstance(delimiter, str):
            raise TypeError(f'delimiter must be a str that is not empty, such as "_", not {delimiter!r}')
        if not delimiter or not _is_text(delimiter):
            raise ValueError(f"delimiter is {delimiter!r}, but must be text of at least one character; try '_'")
        return cls(count, score, chosen, delimiter, _checked_connectors(connector_words, delimiter))


def _is_text(word: str) -> bool:
    """Whether UTF-8 can hold it."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _checked_connectors(words: object, delimiter: str) -> frozenset[str]:
    if isinstance(words, (str, bytes)) or not isinstance(words, Iterable):
        raise TypeError(f'connector_words must be words, such as ["of", "the"], not {words!r}')
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


class FrozenPhrases:
    """Phrases that no longer change; made by Phrases.freeze and FrozenPhrases.load.

    scores: from the words of each phrase, connectors among them, to its score: {("new", "york"): 55.0, ...}.
    phrasegrams: the same with the words joined, gensim's name. min_count, threshold, scoring, delimiter,
    connector_words: what they were found with.

    frozen[sentence] is the list of words with phrases joined. From left to right: a word that is no connector and the
    next one, with the connectors between them, become one word if they are a phrase, and the words after it begin anew;
    if not, the second word is tried with the one behind it. frozen[sentences] does so with one after the other.
    """

    def __init__(self, scores: Mapping[Phrase, float], options: PhraseOptions) -> None:
        self.scores = dict(scores)
        self.options = options

    @property
    def min_count(self) -> int:
        return self.options.min_count

    @property
    def threshold(self) -> float:
        return self.options.threshold

    @property
    def scoring(self) -> str:
        return self.options.scoring

    @property
    def delimiter(self) -> str:
        return self.options.delimiter

    @property
    def connector_words(self) -> frozenset[str]:
        return self.options.connector_words

    @property
    def phrasegrams(self) -> dict[str, float]:
        return self.export_phrases()

    def __len__(self) -> int:
        return len(self.scores)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({len(self):,} phrases, min_count={self.min_count}, threshold={self.threshold:g}, "
            f"scoring={self.scoring!r})"
        )

    def export_phrases(self) -> dict[str, float]:
        """Every phrase as one word, and its score, the best first; of two that are spelled alike, the better score."""
        found: dict[str, float] = {}
        for words, score in sorted(self.scores.items(), key=lambda item: (-item[1], item[0])):
            found.setdefault(self.delimiter.join(words), score)
        return found

    def analyze_sentence(self, sentence: Iterable[str]) -> Iterator[tuple[str, float | None]]:
        """The words of a sentence with phrases joined, each with its score; None for what is no phrase."""
        scores, connectors = self.scores, self.connector_words
        pending: Phrase = ()
        for word in sentence:
            if word in connectors:
                if pending:
                    pending = (*pending, word)
                else:
                    yield word, None
                continue
            if pending:
                phrase = (*pending, word)
                score = scores.get(phrase)
                if score is not None:
                    yield self.delimiter.join(phrase), score
                    pending = ()
                    continue
                for alone in pending:
                    yield alone, None
            pending = (word,)
        for alone in pending:
            yield alone, None

    def find_phrases(self, sentences: Iterable[Iterable[str]]) -> dict[str, float]:
        """The phrases in these sentences, and their scores, in the order in which they are met."""
        found = {}
        for sentence in sentences:
            for phrase, score in self.analyze_sentence(_checked_sentence(sentence)):
                if score is not None:
                    found[phrase] = score
        return found

    @overload
    def __getitem__(self, sentence: list[str]) -> list[str]: ...  # type: ignore[overload-overlap]
    @overload
    def __getitem__(self, sentence: Iterable[Sequence[str]]) -> SentenceStream: ...
    def __getitem__(self, sentence: Iterable[Any]) -> list[str] | SentenceStream:
        _checked_sentence(sentence)
        if isinstance(sentence, Sequence) and (not sentence or isinstance(sentence[0], str)):
            return [word for word, _ in self.analyze_sentence(sentence)]
        return SentenceStream(self, sentence)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes phrases, scores and options as one safetensors file, atomically; OSError."""
        from fastw2v.container import pack_words, save_container

        phrases = list(self.scores)
        words = sorted({word for phrase in phrases for word in phrase})
        numbers = {word: number for number, word in enumerate(words)}
        ends = np.cumsum([0, *map(len, phrases)], dtype=np.int64)
        flat = np.array([numbers[word] for phrase in phrases for word in phrase], np.int32)
        scores = np.array(list(self.scores.values()), np.float64)
        tensors = {**pack_words(words), "phrases.words": flat, "phrases.ends": ends, "phrases.scores": scores}
        save_container(path, tensors, written_options(self.options, "frozen"))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> FrozenPhrases:
        """What `save` wrote; ValueError if the file is damaged or holds something else, OSError."""
        from fastw2v.container import load_container, unpack_words

        tensors, metadata = load_container(path)
        options = read_options(path, metadata, "frozen")
        try:
            flat, ends, scores = (tensors[f"phrases.{name}"] for name in ("words", "ends", "scores"))
            words = list(unpack_words(tensors, os.fspath(path)))
            if flat.size and not 0 <= int(flat.min()) <= int(flat.max()) < len(words):
                raise ValueError("a number is not that of a word")
            if ends[0] != 0 or ends[-1] != len(flat) or (np.diff(ends) < SHORTEST).any():
                raise ValueError("words do not fit phrases")
            listed = [words[number] for number in flat.tolist()]
            phrases = [tuple(listed[start:stop]) for start, stop in pairwise(ends.tolist())]
            found = dict(zip(phrases, scores.tolist(), strict=True))
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise ValueError(f"{os.fspath(path)}: a damaged file of phrases ({error}); write it again") from None
        return cls(found, options)


class SentenceStream:
    """Sentences with phrases joined, made anew each time that this is looped over."""

    def __init__(self, phrases: FrozenPhrases, sentences: Iterable[Iterable[str]]) -> None:
        self.phrases = phrases
        self.sentences = sentences

    def __iter__(self) -> Iterator[list[str]]:
        for sentence in self.sentences:
            yield [word for word, _ in self.phrases.analyze_sentence(_checked_sentence(sentence))]


def _checked_sentence(sentence: Any) -> Any:
    if isinstance(sentence, (str, bytes)):
        raise TypeError(f"the sentence {sentence!r} must be a list of words; split it, as in text.split()")
    if not isinstance(sentence, Iterable):
        raise TypeError(f"the sentence {sentence!r} must be a list of words, or an iterable of such lists")
    return sentence


def written_options(options: PhraseOptions, kind: str) -> dict[str, str]:
    """The options for a container's metadata, and which of the two classes they are of."""
    values = {
        "min_count": options.min_count,
        "threshold": options.threshold,
        "scoring": options.scoring,
        "delimiter": options.delimiter,
        "connector_words": sorted(options.connector_words),
    }
    return {"kind": f"{KIND}.{kind}", "options": json.dumps(values)}


def read_options(path: str | os.PathLike[str], metadata: Mapping[str, str], kind: str) -> PhraseOptions:
    """The options of a file of phrases of that kind; ValueError if it is no such file."""
    found = metadata.get("kind", "")
    if found != f"{KIND}.{kind}":
        other = {f"{KIND}.frozen": "FrozenPhrases.load", f"{KIND}.counted": "Phrases.load"}.get(found)
        remedy = f"this is a file for {other}" if other else "this is no file of phrases"
        raise ValueError(f"{os.fspath(path)}: {remedy}")
    try:
        return PhraseOptions.checked(**json.loads(metadata["options"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{os.fspath(path)}: a damaged file of phrases ({error}); write it again") from None
