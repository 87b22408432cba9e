"""Words and their vectors, under gensim 4's names: the class that users hold, with its ways to and from files.

Look-up stands in word_table.py, changes in changing_table.py, comparisons in similarities.py, searches in queries.py,
what is there for gensim's sake in gensim_vectors.py, tests of quality in word_pairs.py and analogies.py, all below;
reading and writing in formats.py, above. What not every
program needs is imported only when it is called. Nothing here trains.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from fastw2v.gensim_names import SAVING, refuse_arguments
from fastw2v.gensim_vectors import GensimVectors
from fastw2v.word_table import COUNT

if TYPE_CHECKING:
    from fastw2v.correlation import Correlation

__all__ = ["KeyedVectors"]


class KeyedVectors(GensimVectors):
    """A vocabulary and one float32 row for each of its words.

    Parameters
    ----------
    words: distinct words, by custom the most frequent first; a PackedWords is decoded only when words are asked for. A
        number instead, as in gensim's KeyedVectors(vector_size): an empty table, to be filled by `add_vectors`.
    vectors: (words, vector_size) numbers; a C-contiguous float32 or float16 array is taken as it is, anything else
        becomes float32.
    counts: how often each word was seen, if known; attributes: other arrays of one value a word, by name.
    norms: the length of each vector, float32, if known.
    vector_size, dtype: of a table that begins empty; count, mapfile_path: gensim's, for room that is made by itself
        here.

    Norms are computed once and kept. Assigning `vectors` forgets them; after changing rows of `vectors` in place, call
    `fill_norms(force=True)`.
    """

    # Files

    def save(self, path: str | os.PathLike[str], dtype: DTypeLike | None = None, **gensims: object) -> None:
        """Write the vectors in the format that the suffix names: .safetensors (also without a suffix, and for gensim's
        .kv, .wordvectors and .model), .txt or .vec, .bin, .npy.

        .safetensors keeps everything, norms and numeric attributes too, and opens at once; the others hold no counts.
        `dtype`: "float16" halves the file, for .safetensors and .npy. The suffixes .gz, .bz2, .xz and .zst after .txt,
        .vec and .bin compress it. gensim's further arguments (separately, sep_limit, ignore, pickle_protocol) have no
        meaning here. Errors: see formats.save_vectors.
        """
        from fastw2v.formats import save_vectors

        refuse_arguments({k: v for k, v in gensims.items() if k not in SAVING}, "save")
        attributes = {name: values for name, values in self.expandos.items() if name != COUNT}
        save_vectors(
            path,
            self.words,
            self._vectors,
            self.counts,
            norms=self.known_norms,
            attributes=attributes,
            dtype=dtype,
        )

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        mmap: str | None = "r",
        *,
        limit: int | None = None,
        keys: Iterable[str] | None = None,
        encoding: str = "utf-8",
        errors: str = "strict",
        allow_nan: bool = False,
        workers: int | None = None,
    ) -> KeyedVectors:
        """The vectors of a file in any format, as fastw2v.load_vectors gives them.

        Formats: those of `save`, GloVe's text without a header, fastText's .vec, gensim's .kv and .model, and whole
        models of this package. Content decides, then the suffix.

        Parameters
        ----------
        mmap: "r" maps the vectors of .safetensors, .npy and gensim's into memory, shared with other processes and
            read-only; None copies them, for vectors that are to be changed in place.
        limit: only this many rows from the top.
        keys: only these words, in the file's order; those that the file has not are left out.
        encoding, errors: of the words; errors="replace" or another handler of bytes.decode takes what is not UTF-8.
        allow_nan: take NaN and infinite numbers as they are. In .safetensors they are not looked for: nothing is read.
        workers: threads that read; all cores if None.

        Raises
        ------
        ValueError: a malformed file, with its place, or no format that is known. OSError: the file cannot be read.
        ImportError: a compression that needs another library.
        """
        from fastw2v.formats import load_vectors

        return load_vectors(
            path, limit, keys, mmap, encoding=encoding, errors=errors, allow_nan=allow_nan, workers=workers
        )

    def save_word2vec_format(
        self,
        fname: str | os.PathLike[str],
        fvocab: str | os.PathLike[str] | None = None,
        binary: bool = False,
        total_vec: int | None = None,
        write_header: bool = True,
        prefix: str = "",
        append: bool = False,
        sort_attr: str = COUNT,
    ) -> None:
        """Write word2vec's text or binary form, whatever the suffix of `fname`, unless that compresses it.

        Parameters
        ----------
        fvocab: a file to write lines "word value" to, the value being that of `sort_attr`.
        binary: the binary form, with a newline after each row.
        total_vec: the number of rows that the header tells, if more are to be appended.
        write_header: False leaves the header out, as GloVe does.
        prefix: stands before each word.
        append: go on with a file that may be there; not atomic.
        sort_attr: rows go by falling value of this attribute, or as they are where words have none.

        Raises
        ------
        ValueError: a word that is empty or holds white space, which no reader would find again; `fvocab` without such
        an attribute. OSError: a file cannot be written.
        """
        from fastw2v.word2vec_format import save_with_counts
        from fastw2v.word2vec_writers import Layout

        layout = Layout(write_header, total_vec, None, prefix, append)
        values = self.expandos.get(sort_attr)
        save_with_counts(fname, fvocab, self.words, self._vectors, values, layout, binary=binary)

    @classmethod
    def load_word2vec_format(
        cls,
        fname: str | os.PathLike[str],
        fvocab: str | os.PathLike[str] | None = None,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
        limit: int | None = None,
        datatype: DTypeLike = np.float32,
        no_header: bool = False,
        *,
        keys: Iterable[str] | None = None,
        allow_nan: bool = False,
    ) -> KeyedVectors:
        """The vectors of a file in word2vec's text or binary form, whatever its suffix, compressed or not.

        Parameters
        ----------
        fvocab: a file of lines "word count". Without one the words have no counts; gensim makes some up.
        binary: the binary form, with or without newlines after rows.
        encoding, unicode_errors: of the words.
        limit: only this many rows from the top; None or 0: all.
        datatype: numpy.float32, or numpy.float16 to keep them in half the memory.
        no_header: text that begins with its first row, as GloVe's does.
        keys, allow_nan: see `load`.

        Raises
        ------
        ValueError: a malformed file, with its place; a word that stands twice (gensim drops it). OSError: a file cannot
        be read.
        """
        from fastw2v.word2vec_format import load_with_counts

        options = {"limit": limit or None, "keys": keys, "encoding": encoding, "errors": unicode_errors}
        options["allow_nan"] = allow_nan
        return cls(
            *load_with_counts(fname, fvocab, binary=binary, header=not no_header, datatype=datatype, options=options)
        )

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
