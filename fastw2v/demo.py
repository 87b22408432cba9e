"""English text that every machine already has: the docstrings of the installed Python packages.

Only finds and cleans text; what is done with it is the command line's business.
"""

from __future__ import annotations

import random
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path

__all__ = ["docstring_sentences", "shuffled_docstrings"]

# A string in triple quotes that begins a line is a docstring, but for rare exceptions that are prose as well. Parsing
# the files would find exactly the docstrings and take a hundred times longer.
DOCSTRING = re.compile(r"^[ \t]*[rR]?(\"\"\"|''')(.*?)\1", re.DOTALL | re.MULTILINE)
CODE_EXAMPLE = re.compile(r"^\s*(?:>>>|\.\.\. ).*$", re.MULTILINE)
SENTENCE_END = re.compile(r"[.!?:;]\s|\n\s*\n")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
FEWEST_WORDS = 3  # shorter pieces are headings and names


def docstring_sentences() -> Iterator[list[str]]:
    """Sentences, as lists of lower-case words, of the docstrings in the standard library and installed packages.

    Files are taken in the order of their paths, so the same machine gives the same text. A docstring that stands in
    several files is given once.
    """
    seen: set[str] = set()
    for path in _python_files():
        text = path.read_text(encoding="utf-8", errors="replace")
        for _, docstring in DOCSTRING.findall(text):
            if docstring in seen:
                continue
            seen.add(docstring)
            for piece in SENTENCE_END.split(CODE_EXAMPLE.sub("", docstring).lower()):
                words = WORD.findall(piece)
                if len(words) >= FEWEST_WORDS:
                    yield words


def shuffled_docstrings() -> list[list[str]]:
    """The same sentences in a random order, always the same one.

    Files that stand together repeat one another's words: trained in order, the vectors would follow each package in
    turn, and the loss would rise again as the rate falls.
    """
    sentences = list(docstring_sentences())
    random.Random(1).shuffle(sentences)
    return sentences


def _python_files() -> Iterator[Path]:
    """Every Python file of the standard library and the installed packages, once each."""
    folders = dict.fromkeys(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    given: set[Path] = set()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if path not in given and path.is_file():
                given.add(path)
                yield path
