"""Words and their vectors, under gensim 4's names: the class that users hold, with its ways to and from files.

Look-up stands in word_table.py, changes in changing_table.py, comparisons in similarities.py, searches in queries.py,
tests of quality in word_pairs.py and analogies.py, all below; reading and writing in formats.py, above. What not every
program needs is imported only when it is called. Nothing here trains.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastw2v.changing_table import ChangingTable
from fastw2v.queries import Queries

if TYPE_CHECKING:
    from fastw2v.correlation import Correlation

__all__ = ["KeyedVectors"]


class KeyedVectors(Queries, ChangingTable):
    """A vocabulary and one float32 row for each of its words.

    Parameters
    ----------
    words: distinct words, by custom the most frequent first; a PackedWords is decoded only when words are asked for. A
        number instead, as in gensim's KeyedVectors(vector_size): an empty table, to be filled by `add_vectors`.
    vectors: (words, vector_size) numbers; a C-contiguous float32 or float16 array is taken as it is, anything else
        becomes float32.
    counts: how often each word was seen, if known; attributes: other arrays of one value a word, by name.
    norms: the length of each vector, float32, if known.
    vector_size, dtype: of a table that begins empty.

    Norms are computed once and kept. Assigning `vectors` forgets them; after changing rows of `vectors` in place, call
    `fill_norms(force=True)`.
    """

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the vectors in the format that the suffix names: .safetensors, .txt or .vec, .bin, .npy.

        .safetensors keeps everything and opens at once; the others hold no counts.
        """
        from fastw2v.formats import save_vectors

        save_vectors(path, self.words, self._vectors, self.counts)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> KeyedVectors:
        """The vectors of a file in any of the formats of `save`, or of a whole model."""
        from fastw2v.formats import load_vectors

        return load_vectors(path)

    def save_word2vec_format(self, fname: str | os.PathLike[str], *, binary: bool = False) -> None:
        """Write word2vec's text or binary form, whatever the suffix of `fname`."""
        from fastw2v.formats import save_word2vec_binary, save_word2vec_text

        (save_word2vec_binary if binary else save_word2vec_text)(fname, self.words, self._vectors)

    @classmethod
    def load_word2vec_format(
        cls, fname: str | os.PathLike[str], *, binary: bool = False, unicode_errors: str = "strict"
    ) -> KeyedVectors:
        """The vectors of a file in word2vec's text or binary form, whatever its suffix."""
        from fastw2v.formats import load_word2vec_binary, load_word2vec_text

        return cls(*(load_word2vec_binary if binary else load_word2vec_text)(fname, errors=unicode_errors))

    # Evaluation

    def evaluate_word_pairs(
        self,
        pairs: str | os.PathLike[str],
        delimiter: str = "\t",
        encoding: str = "utf8",
        restrict_vocab: int | None = 300_000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        similarity_function: str | Callable[[str, str], float] = "similarity",
    ) -> tuple[Correlation, Correlation, float]:
        """How well cosines follow a file of pairs of words with people's scores: Pearson's r and Spearman's rho, each
        with its p-value, and how many pairs have an unknown word, in per cent.

        pairs: two words and a number a line, separated by `delimiter`; # begins a comment, the first line may be a
            header.
        restrict_vocab: words further down the vocabulary are taken as unknown; None: none are.
        case_insensitive: words are found whatever their case; of several the first.
        dummy4unknown: a pair with an unknown word counts as one of similarity 0, instead of being left out.
        similarity_function: the name of a method of these vectors, or a function of two words.

        Raises
        ------
        ValueError: a line that is not so, with its number; no pair of known words. OSError: the file cannot be read.
        """
        from fastw2v.word_pairs import as_gensim

        return as_gensim(
            self, pairs, delimiter, encoding, restrict_vocab, case_insensitive, dummy4unknown, similarity_function
        )

    def evaluate_word_analogies(
        self,
        analogies: str | os.PathLike[str],
        restrict_vocab: int | None = 300_000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        similarity_function: str | Callable[..., Any] = "most_similar",
    ) -> tuple[float, list[dict[str, Any]]]:
        """The share of a file's questions "a is to b as c is to d" that are answered, and for each section and all of
        them ("Total accuracy") a dict: its name, `section`, and the questions that were answered, `correct`, and that
        were not, `incorrect`.

        analogies: four words a line; lines that begin with ":" name sections.
        similarity_function: "most_similar" (3CosAdd), "most_similar_cosmul" (3CosMul), the name of another method of
            these vectors, or a function with the arguments positive, negative, topn and restrict_vocab.
        dummy4unknown: a question with an unknown word counts as wrong, instead of being left out.

        The other arguments and errors are those of `evaluate_word_pairs`.
        """
        from fastw2v.analogies import as_gensim

        return as_gensim(self, analogies, restrict_vocab, case_insensitive, dummy4unknown, similarity_function)

    @staticmethod
    def log_evaluate_word_pairs(
        pearson: tuple[float, float], spearman: tuple[float, float], oov: float, pairs: str
    ) -> None:
        """Tells the log what `evaluate_word_pairs` returned for the file `pairs`."""
        from fastw2v.word_pairs import log_word_pairs

        log_word_pairs(pearson, spearman, oov, pairs)

    @staticmethod
    def log_accuracy(section: dict[str, Any]) -> None:
        """Tells the log the accuracy of a section that `evaluate_word_analogies` returned."""
        from fastw2v.analogies import log_section

        log_section(section)
