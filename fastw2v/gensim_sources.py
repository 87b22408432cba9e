"""What a gensim program gives as text, checked as gensim checks it, and in a form that Corpus reads fast.

Nothing is read here.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fastw2v.line_sentences import LineSentence, PathLineSentences, Text8Corpus, TextFiles
from fastw2v.short import short

__all__ = ["Text", "text_of"]

Text = str | TextFiles | Iterable[Sequence[str]]

GENSIM_MODULE = "gensim.models.word2vec"
logger = logging.getLogger("fastw2v.gensim_api")

COMPRESSED = (".gz", ".bz2", ".xz", ".zst")


class _Sentences:
    """Any iterable of sentences: unlike a list, it is never taken for a list of paths. Empty words in lists and tuples,
    which `line.split(" ")` makes, are left out, and the log is told how many they were."""

    def __init__(self, sentences: Iterable[Sequence[str]]) -> None:
        self.sentences = sentences

    def __iter__(self) -> Iterator[Sequence[str]]:
        empty = 0
        for sentence in self.sentences:
            if isinstance(sentence, (list, tuple)) and "" in sentence:
                words = [word for word in sentence if word != ""]
                empty += len(sentence) - len(words)
                yield words
            else:
                yield sentence
        if empty:
            logger.warning("%d empty words were left out; line.split() makes none, line.split(' ') does", empty)


def text_of(corpus_iterable: Any, corpus_file: Any) -> Text:
    """The one of the two that is given; TypeError if it is none or both, or not what it must be."""
    if corpus_iterable is None and corpus_file is None:
        raise TypeError("there is no text; give sentences (lists of words) or a corpus_file (a path)")
    if corpus_iterable is not None and corpus_file is not None:
        raise TypeError("both sentences and a corpus_file are given; give one of them")
    if corpus_file is not None:
        return _file(corpus_file)
    if isinstance(corpus_iterable, (str, bytes, os.PathLike)):
        raise TypeError(
            f"sentences is {short(corpus_iterable)}, but must be an iterable of lists of words; a path is a "
            "corpus_file, and a text is split by [line.split() for line in text.splitlines()]"
        )
    if not isinstance(corpus_iterable, Iterable):
        raise TypeError(f"sentences is {short(corpus_iterable)}, but must be an iterable of lists of words")
    texts = _own_class(corpus_iterable)
    return texts if isinstance(texts, TextFiles) else _Sentences(corpus_iterable)


def _file(path: Any) -> str:
    if not isinstance(path, (str, os.PathLike)) or not os.path.isfile(path):
        raise TypeError(f"corpus_file is {short(path)}, but must be the path of a file that exists")
    name = os.fsdecode(path)
    if name.lower().endswith(COMPRESSED):
        raise TypeError(f"corpus_file is {name}, which is compressed; give sentences=LineSentence({name!r}) instead")
    return name


def _own_class(sentences: Any) -> Any:
    """gensim's own readers of files as ours, which are read with the compiled tokenizer; anything else as it is."""
    kind = type(sentences)
    if kind.__module__ != GENSIM_MODULE:
        return sentences
    if kind.__name__ == "LineSentence":
        return LineSentence(sentences.source, sentences.max_sentence_length, sentences.limit)
    if kind.__name__ == "PathLineSentences":
        return PathLineSentences(sentences.source, sentences.max_sentence_length, sentences.limit)
    if kind.__name__ == "Text8Corpus":
        return Text8Corpus(sentences.fname, sentences.max_sentence_length)
    return sentences
