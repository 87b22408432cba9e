"""Readers of the public files that word vectors are judged on, and the recognition of their kind by content.

Similarity, analogy, category and outlier files, compressed or not, become plain tuples of words and numbers. Nothing of
vectors is known here.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from fastw2v.compressed import HEAD_BYTES, Decompressed, compression_of
from fastw2v.short import short

__all__ = [
    "KINDS",
    "AnalogyFile",
    "AnyFile",
    "CategoryFile",
    "OutlierFile",
    "OutlierSet",
    "PairFile",
    "kind_of_file",
    "read_analogies",
    "read_categories",
    "read_outliers",
    "read_pairs",
]

PathLike = str | os.PathLike[str]

KINDS = ("similarity", "analogies", "categories", "outliers")
VOTING_LINES = 50  # lines by which a file's kind is recognised: a header among them is outvoted
UNNAMED_SECTION = "questions"  # of what stands before the first ": section" line
SHOWN_LETTERS = 60  # of a bad line in its error sentence


@dataclass(frozen=True)
class PairFile:
    """Pairs of words and how similar people found them."""

    name: str
    pairs: tuple[tuple[str, str], ...]
    scores: tuple[float, ...]


@dataclass(frozen=True)
class AnalogyFile:
    """Questions "a is to b as c is to d", section by section."""

    name: str
    sections: tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...]


@dataclass(frozen=True)
class CategoryFile:
    """Words, and for each of them the category that people put it in."""

    name: str
    words: tuple[str, ...]
    categories: tuple[str, ...]


@dataclass(frozen=True)
class OutlierSet:
    """Words that belong together, and words each of which does not belong to them."""

    topic: str
    members: tuple[str, ...]
    outliers: tuple[str, ...]


@dataclass(frozen=True)
class OutlierFile:
    """Several sets of one test."""

    name: str
    sets: tuple[OutlierSet, ...]


AnyFile = PairFile | AnalogyFile | CategoryFile | OutlierFile


def read_pairs(path: PathLike, *, delimiter: str | None = None, encoding: str = "utf-8") -> PairFile:
    """A similarity file: word, word and a number in each line.

    The fields are separated by `delimiter`; without one by tabs, else commas, else white space, whatever a line has.
    The number is the third field, or the fourth where the third is no number but a part of speech (SimLex-999); further
    fields are not looked at. The first line may be a header, in which no field is a number. Blank lines and lines that
    begin with # or : are skipped.

    Raises
    ------
    ValueError: a line that is not so, with its number; no pairs at all; bytes that are not in `encoding`.
    """
    name, column = os.fspath(path), 0
    pairs, scores = [], []
    header_seen = False
    for number, line in _lines(path, encoding, comments="#:"):
        fields = _fields(line, delimiter)
        column = column or _score_column(fields)
        if not column and not header_seen and len(fields) > 2 and not any(map(_is_number, fields)):
            header_seen = True
            continue
        score = _number(fields, column or 2)
        if score is None or not (fields[0] and fields[1]):
            between = "tabs, commas or spaces" if delimiter is None else repr(delimiter)
            raise _bad(name, number, line, f"must be two words and a finite number, separated by {between}")
        pairs.append((fields[0], fields[1]))
        scores.append(score)
    _refuse_empty(name, pairs, "pairs of words with a number")
    return PairFile(_short(name), tuple(pairs), tuple(scores))


def read_analogies(path: PathLike, *, encoding: str = "utf-8") -> AnalogyFile:
    """An analogy file: four words a line, separated by white space; lines that begin with : name sections.

    Blank lines and lines that begin with # are skipped. ValueError: a line that is not so, with its number; no
    questions at all; bytes that are not in `encoding`.
    """
    name = os.fspath(path)
    sections: list[tuple[str, list[tuple[str, str, str, str]]]] = []
    for number, line in _lines(path, encoding, comments="#"):
        if line.startswith(":"):
            sections.append((line.lstrip(": \t").strip(), []))
            continue
        words = line.split()
        if len(words) != 4:
            raise _bad(name, number, line, "must be four words, or a colon and the name of a section")
        if not sections:
            sections.append((UNNAMED_SECTION, []))
        sections[-1][1].append((words[0], words[1], words[2], words[3]))
    _refuse_empty(name, [words for _, questions in sections for words in questions], "questions of four words")
    return AnalogyFile(_short(name), tuple((section, tuple(questions)) for section, questions in sections))


def read_categories(path: PathLike, *, encoding: str = "utf-8") -> CategoryFile:
    """A category file: a word and its category in each line, separated by a tab, a comma or white space.

    Blank lines and lines that begin with # or : are skipped. ValueError: a line that is not so, with its number; fewer
    than two categories; bytes that are not in `encoding`.
    """
    name = os.fspath(path)
    found = []
    for number, line in _lines(path, encoding, comments="#:"):
        fields = _fields(line, None)
        if len(fields) != 2 or not all(fields):
            raise _bad(name, number, line, "must be a word and its category")
        found.append((fields[0], fields[1]))
    _refuse_empty(name, found, "words with a category")
    words, categories = zip(*found, strict=True)
    if len(set(categories)) < 2:
        raise ValueError(f"{name}: every word is of the category {short(categories[0])}; there must be two or more")
    return CategoryFile(_short(name), words, categories)


def read_outliers(path: PathLike, *, encoding: str = "utf-8") -> OutlierFile:
    """An outlier test: a file of one set, or a folder with a file (*.txt) for each set, as those of 8-8-8.

    A file has one word or phrase a line: those that belong together, a blank line, the outliers. A space within a
    phrase stands for "_". ValueError: a file that has no such two parts, or fewer than two members; bytes that are not
    in `encoding`.
    """
    name = os.fspath(path)
    files = sorted(Path(name).glob("*.txt")) if os.path.isdir(name) else [Path(name)]
    _refuse_empty(name, files, "*.txt files of outlier sets")
    return OutlierFile(_short(name), tuple(_outlier_set(file, encoding) for file in files))


def _outlier_set(path: Path, encoding: str) -> OutlierSet:
    text = _text(path, encoding).strip("\n")
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            parts[-1].append("_".join(line.split()))
        elif len(parts) == 1 and parts[0]:
            parts.append([])
    if len(parts) < 2 or len(parts[0]) < 2:
        raise ValueError(
            f"{path}: must have two or more words that belong together, a blank line and the outliers, one word a line"
        )
    return OutlierSet(path.stem, tuple(parts[0]), tuple(parts[1]))


READERS: dict[str, Callable[..., AnyFile]] = {
    "similarity": read_pairs,
    "analogies": read_analogies,
    "categories": read_categories,
    "outliers": read_outliers,
}


def kind_of_file(path: PathLike, *, encoding: str = "utf-8") -> str:
    """Which of KINDS a file's first lines show, or "outliers" for a folder; ValueError where they show none."""
    name = os.fspath(path)
    if os.path.isdir(name):
        return "outliers"
    has_sections = any(line.startswith(":") for _, line in _lines(path, encoding, comments="#"))
    votes = Counter(
        _kind_of_line(line, has_sections) for _, line in islice(_lines(path, encoding, comments="#:"), VOTING_LINES)
    )
    kind = max(KINDS, key=votes.__getitem__)
    if not votes[kind]:
        raise ValueError(f"{name}: its lines show none of the kinds {', '.join(KINDS)}; say which of them it is")
    return kind


def _kind_of_line(line: str, has_sections: bool) -> str:
    if has_sections and len(line.split()) == 4:
        return "analogies"
    fields = _fields(line, None)
    if _score_column(fields):
        return "similarity"
    return {4: "analogies", 2: "categories", 1: "outliers"}.get(len(fields), "")


# Lines and fields


def _text(path: PathLike, encoding: str) -> str:
    """A file's content, compressed or not; ValueError tells the line that is not in `encoding`."""
    with open(path, "rb", buffering=0) as file:
        kind = compression_of(file.read(HEAD_BYTES))
        file.seek(0)
        content = Decompressed(file, kind, os.fspath(path)).read() if kind else file.read()
    try:
        text = content.decode(encoding)
    except LookupError:
        raise ValueError(
            f"the encoding {short(encoding)} is not known; use one that Python has, such as utf-8"
        ) from None
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{os.fspath(path)}, line {number}: not {encoding}; convert it or name its encoding") from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _lines(path: PathLike, encoding: str, comments: str) -> Iterator[tuple[int, str]]:
    """The number and text of each line that is neither blank nor a comment, without white space around it."""
    for number, line in enumerate(_text(path, encoding).split("\n"), 1):
        text = line.strip()
        if text and text[0] not in comments:
            yield number, text


def _fields(line: str, delimiter: str | None) -> list[str]:
    if delimiter is None:
        delimiter = next((mark for mark in "\t," if mark in line), None)
    return [field.strip() for field in line.split(delimiter)]


def _score_column(fields: list[str]) -> int:
    """Where the number stands, 0 if nowhere: third, or fourth after a part of speech."""
    return next((column for column in (2, 3) if _number(fields, column) is not None), 0)


def _number(fields: list[str], column: int) -> float | None:
    try:
        number = float(fields[column])
    except (ValueError, IndexError):
        return None
    return number if math.isfinite(number) else None


def _is_number(field: str) -> bool:
    """Whether float() takes it, NaN and infinity included."""
    try:
        float(field)
    except ValueError:
        return False
    return True


def _short(name: str) -> str:
    return os.path.basename(os.path.normpath(name))


def _bad(name: str, number: int, line: str, wanted: str) -> ValueError:
    shown = line if len(line) <= SHOWN_LETTERS else line[:SHOWN_LETTERS] + "..."
    return ValueError(f"{name}, line {number}: {wanted}; it is {shown!r}")


def _refuse_empty(name: str, found: object, what: str) -> None:
    if not found:
        raise ValueError(f"{name}: holds no {what}")
