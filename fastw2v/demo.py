"""English text that every machine already has: the docstrings of the installed Python packages.

Only finds and cleans text; what is done with it is the command line's business.
"""

from __future__ import annotations

import ast
import re
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

__all__ = ["docstring_sentences"]

SENTENCE_END = re.compile(r"[.!?:;]\s|\n\s*\n|>>>.*")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
# Files larger than this are generated tables, not prose.
MOST_BYTES = 1_000_000
FEWEST_WORDS = 3


def docstring_sentences() -> Iterator[list[str]]:
    """Sentences, as lists of lower-case words, of the docstrings in the standard library and installed packages.

    Files are taken in the order of their paths, so the same machine gives the same text. A docstring that stands
    in several files is given once. Files that cannot be read or parsed are passed over.
    """
    seen: set[int] = set()
    for path in _python_files():
        try:
            tree = ast.parse(path.read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # somebody's broken or foreign file is no reason to stop
        for node in ast.walk(tree):
            if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            text = ast.get_docstring(node, clean=False)
            if text is None or hash(text) in seen:
                continue
            seen.add(hash(text))
            for piece in SENTENCE_END.split(text.lower()):
                words = WORD.findall(piece)
                if len(words) >= FEWEST_WORDS:
                    yield words


def _python_files() -> Iterator[Path]:
    folders = dict.fromkeys(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    given: set[Path] = set()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if path in given or path.stat().st_size > MOST_BYTES:
                continue
            given.add(path)
            yield path
    sys.stderr.flush()
