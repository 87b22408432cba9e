"""The error for a word that is not in the vocabulary, with the nearest known spellings in its sentence.

Spellings are looked for only when the sentence is read: a program that asks for many words and catches the error pays
nothing for them.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from itertools import islice

from fastw2v.short import short

__all__ = ["UnknownWordError", "nearest_spellings"]

# Bounds that keep the search within some tens of milliseconds whatever the vocabulary.
SCANNED_WORDS = 100_000  # only the most frequent words are looked at
COMPARED_WORDS = 1_000  # and only this many of those that pass the cheap test are compared letter by letter
LONGEST_WORD = 64  # comparing is quadratic in the length
LENGTH_SLACK = 2  # a misspelling rarely adds or drops more letters
CUTOFF = 0.7  # difflib's ratio below which a word no longer looks like a misspelling


def nearest_spellings(word: str, known: Collection[str], count: int = 3) -> list[str]:
    """Up to `count` words of `known` (most frequent first) spelled most like `word`, nearest first."""
    if not word or len(word) > LONGEST_WORD:
        return []
    folded = word.casefold()
    near: dict[str, None] = {}
    compared: list[str] = []
    for other in islice(known, SCANNED_WORDS):
        if abs(len(other) - len(word)) > LENGTH_SLACK or not other:
            continue
        other_folded = other.casefold()
        if other_folded == folded:
            near[other] = None
        elif (other_folded[0] == folded[0] or other_folded[-1] == folded[-1]) and len(compared) < COMPARED_WORDS:
            compared.append(other)
    near.update(dict.fromkeys(difflib.get_close_matches(word, compared, count, CUTOFF)))
    return list(near)[:count]


class UnknownWordError(KeyError):
    """A KeyError whose text names the word and the nearest known spellings."""

    def __init__(self, word: object, known: Collection[str] = ()) -> None:
        super().__init__(word)
        self.word = word
        self._known = known

    def __str__(self) -> str:
        near = nearest_spellings(self.word, self._known) if isinstance(self.word, str) else []
        names = " or ".join(map(short, near))
        hint = f"did you mean {names}?" if near else f"none of the {len(self._known)} known words is spelled like it"
        return f"the word {short(self.word)} is not in the vocabulary; {hint}"

    def __reduce__(self) -> tuple[type[KeyError], tuple[str]]:
        # Sent to another process, the error takes its sentence along instead of the whole vocabulary.
        return KeyError, (str(self),)
