"""What a gensim program gives as text, checked as gensim checks it, in a form that Corpus reads fast; and the reading.

What becomes of the words is not known here.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from fastw2v.corpus import Corpus
from fastw2v.frozen_phrases import FrozenPhrases, SentenceStream
from fastw2v.line_sentences import LineSentence, PathLineSentences, Text8Corpus, TextFiles
from fastw2v.phrased import phrased
from fastw2v.short import short
from fastw2v.vocabulary import Vocabulary

__all__ = ["Text", "read_text", "text_of"]


class Joined(NamedTuple):
    """Files in whose sentences phrases are joined, pass after pass."""

    files: TextFiles
    passes: list[FrozenPhrases]


Text = str | TextFiles | Joined | Iterable[Sequence[str]]

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
    passes: list[FrozenPhrases] = []
    inner = corpus_iterable
    while isinstance(inner, SentenceStream):
        passes.insert(0, inner.phrases)
        inner = inner.sentences
    texts = _own_class(inner)
    if passes:
        plain = isinstance(texts, TextFiles) and texts.plain_paths() is not None
        return Joined(texts, passes) if plain else _Sentences(corpus_iterable)
    return texts if isinstance(texts, TextFiles) else _Sentences(corpus_iterable)


def read_text(
    text: Text,
    *,
    min_count: int = 1,
    max_vocab: int | None = None,
    vocabulary: Vocabulary | None = None,
    workers: int | None = None,
) -> Corpus:
    """The text as Corpus reads it; phrases in files are joined in numbers, which is far faster than in lists."""
    if not isinstance(text, Joined):
        return Corpus(text, min_count=min_count, max_vocab=max_vocab, vocabulary=vocabulary, workers=workers)
    files = Corpus(text.files, min_count=1, workers=workers)
    if vocabulary is not None:
        return phrased(files, text.passes, min_count=1, workers=workers).restricted(vocabulary)
    return phrased(files, text.passes, min_count=min_count, max_vocab=max_vocab, workers=workers)


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
