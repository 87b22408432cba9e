"""Which words of a text stay in a vocabulary, and their numbers in another one. No text is read here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fastw2v.packed_words import PackedWords
from fastw2v.vocabulary import Vocabulary

__all__ = ["EmptyTextError", "check_some_stay", "numbers_in", "vocabulary_of"]


class EmptyTextError(ValueError):
    """No word is left of a text to be trained on."""


def check_some_stay(counts: npt.NDArray[np.int64], min_count: int) -> None:
    """EmptyTextError where no word of a text, with these counts in any order, is frequent enough."""
    if not len(counts):
        raise EmptyTextError("the source holds no word at all; give a text with words separated by white space")
    highest = int(counts.max())
    if highest < min_count:
        times = "once" if highest == 1 else f"{highest} times"
        raise EmptyTextError(
            f"no word is left: min_count is {min_count}, but the most frequent word occurs only {times}; "
            f"lower min_count to {highest} or less, or give more text"
        )


def vocabulary_of(
    words: PackedWords | list[str], counts: npt.NDArray[np.int64], min_count: int, max_vocab: int | None
) -> Vocabulary:
    """Of all words of a text by rank, those that stay."""
    check_some_stay(counts, min_count)
    # Counts fall, so that those of the words that stay stand before the others.
    stay = min(int(np.searchsorted(-counts, -min_count, side="right")), len(counts) if max_vocab is None else max_vocab)
    # Copies, so that the others are released.
    kept = words[:stay] if isinstance(words, list) else words.head(stay, copy=True)
    return Vocabulary(kept, counts[:stay].copy(), raw_unique=len(words), raw_total=int(counts.sum()))


def numbers_in(vocabulary: Vocabulary, words: Sequence[str]) -> npt.NDArray[np.int32]:
    """The number of each word in a vocabulary, -1 for those that it does not know."""
    mine = vocabulary.words
    if isinstance(mine, PackedWords) and isinstance(words, PackedWords) and mine.begin(words):
        # Of the same text: no word needs to be looked up.
        places = np.arange(len(words), dtype=np.int32)
        places[len(mine) :] = -1
        return places
    known = vocabulary.key_to_index
    numbers = np.array([known.get(word, -1) for word in words], np.int32)
    if (numbers < 0).all():
        raise EmptyTextError(
            f"none of the {len(words)} different words of the text is among the {len(vocabulary)} of the vocabulary; "
            "give text of the same language, written in the same way"
        )
    return numbers
