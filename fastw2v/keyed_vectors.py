"""Words and their vectors, under gensim 4's names: the class that users hold, with its ways to and from files.

Look-up stands in word_table.py, changes in changing_table.py, comparisons in similarities.py, searches in queries.py,
all below; reading and writing in formats.py, above, which is imported only when a vector file is actually read or
written. Nothing here trains.
"""

from __future__ import annotations

import os

from fastw2v.changing_table import ChangingTable
from fastw2v.queries import Queries

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
