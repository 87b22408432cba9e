"""FrozenPhrases: phrases and their scores, found and joined in sentences of words.

Counting and scoring are phrases.py's; texts in numbers are joined in phrased.py, compiled.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt

from fastw2v.origin import facts_of
from fastw2v.phrase_options import FROZEN, Optioned, PhraseOptions, open_phrases, written_options

__all__ = ["SHORTEST", "FrozenPhrases", "Numbered", "SentenceStream"]

Phrase = tuple[str, ...]
SHORTEST = 2  # words of a phrase


class Numbered(NamedTuple):
    """Phrases in numbers: phrase i is the words `words[k]` for k in flat[ends[i]:ends[i + 1]], spelled spellings[i]."""

    words: list[str]
    flat: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int64]
    spellings: list[str]


class FrozenPhrases(Optioned):
    """Phrases that no longer change; made by Phrases.freeze and FrozenPhrases.load.

    scores: from the words of each phrase, connectors among them, to its score: {("new", "york"): 55.0, ...}.
    phrasegrams: the same with the words joined, gensim's name. min_count, threshold, scoring, delimiter,
    connector_words: what they were found with. facts: of the file that they were loaded from, see origin.py.

    frozen[sentence] is the list of words with phrases joined. From left to right: a word that is no connector and the
    next one, with the connectors between them, become one word if they are a phrase, and the words after it begin anew;
    if not, the second word is tried with the one behind it. frozen[sentences] does so with one after the other.
    """

    def __init__(self, scores: Mapping[Phrase, float], options: PhraseOptions) -> None:
        self.scores = dict(scores)
        self.options = options
        self.facts: dict[str, Any] | None = None

    @property
    def phrasegrams(self) -> dict[str, float]:
        return self.export_phrases()

    def __len__(self) -> int:
        return len(self.scores)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({len(self):,} phrases, min_count={self.min_count}, threshold={self.threshold:g}, "
            f"scoring={self.options.scoring_name!r})"
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

    def numbered(self) -> Numbered:
        """The phrases in numbers, in the order of `scores`."""
        phrases = list(self.scores)
        ends = np.zeros(len(phrases) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, phrases), np.int64, len(phrases)), out=ends[1:])
        listed = list(chain.from_iterable(phrases))
        words = list(dict.fromkeys(listed))
        numbers = dict(zip(words, range(len(words)), strict=True))
        flat = np.fromiter(map(numbers.__getitem__, listed), np.int32, len(listed))
        return Numbered(words, flat, ends, list(map(self.delimiter.join, phrases)))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes phrases, scores and options as one safetensors file, atomically; OSError."""
        from fastw2v.container import pack_words, save_container

        words, flat, ends, _ = self.numbered()
        scores = np.array(list(self.scores.values()), np.float64)
        tensors = {**pack_words(words), "phrases.words": flat, "phrases.ends": ends, "phrases.scores": scores}
        save_container(path, tensors, written_options(self.options, FROZEN))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> FrozenPhrases:
        """What `save` wrote; ValueError if the file is damaged or holds something else, OSError."""
        from fastw2v.container import unpack_words

        tensors, options = open_phrases(path, FROZEN)
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
        frozen = cls(found, options)
        frozen.facts = facts_of(os.fspath(path), os.stat(path))
        return frozen


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
