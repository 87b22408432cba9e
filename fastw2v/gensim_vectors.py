"""What gensim's KeyedVectors has and a table of words here does not need, so that programs written for gensim run.

Deprecated names, calls that make room which is made by itself, and vectors taken over from a file.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from fastw2v.changing_table import ChangingTable
from fastw2v.queries import Queries
from fastw2v.short import short
from fastw2v.word_table import COUNT, Key, Vector

__all__ = ["GensimVectors"]

logger = logging.getLogger("fastw2v")


class GensimVectors(Queries, ChangingTable):
    """See keyed_vectors.KeyedVectors."""

    mapfile_path = None  # gensim's file of vectors being made; a mapped file is never written to here
    # A number a word, or one for all: words with 0 stay as they are when gensim_api trains; None: all are trained.
    vectors_lockf: ArrayLike | None = None

    def intersect_word2vec_format(
        self,
        fname: str | os.PathLike[str],
        lockf: float = 0.0,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
    ) -> None:
        """Takes over the vectors that a word2vec file has for words of this table; other words of the file are left.

        lockf: 0: these words then do not change when the model is trained by fastw2v.gensim_api, which `vectors_lockf`
        keeps; 1: they do. The other arguments and errors are those of `load_word2vec_format`; ValueError also for
        vectors of another size, and for another lockf.
        """
        from fastw2v.word2vec_format import load_with_counts

        if lockf not in (0.0, 1.0):
            raise ValueError(
                f"lockf is {lockf!r}, but must be 0 (these words stay as they are) or 1 (they are trained)"
            )
        options = {"keys": set(self.index_to_key), "encoding": encoding, "errors": unicode_errors}
        words, vectors, _ = load_with_counts(
            fname, None, binary=binary, header=True, datatype=np.float32, options=options
        )
        if vectors.shape[1] != self.vector_size:
            raise ValueError(
                f"{os.fspath(fname)}: its vectors have {vectors.shape[1]} numbers, but those here have "
                f"{self.vector_size}; train with vector_size={vectors.shape[1]}"
            )
        rows = np.array([self.get_index(word) for word in words], np.intp)
        self._writeable_vectors()[rows] = vectors
        self.forget_norms()
        locks = np.array(
            np.broadcast_to(1.0 if self.vectors_lockf is None else self.vectors_lockf, len(self)), np.float32
        )
        locks[rows] = lockf
        self.vectors_lockf = locks
        logger.info("%d of %d words have their vectors from %s", len(rows), len(self), os.fspath(fname))

    def locked_words(self) -> list[str]:
        """The words that `vectors_lockf` keeps as they are; ValueError where it is anything but zeros and ones."""
        if self.vectors_lockf is None:
            return []
        locks = np.asarray(self.vectors_lockf)
        if locks.shape not in ((1,), (len(self),)) or not np.isin(locks, (0, 1)).all():
            raise ValueError(
                f"vectors_lockf is {short(self.vectors_lockf)}, but must hold 0 (stays as it is) or 1 (is trained) for "
                f"each of {len(self)} words, or one of them for all"
            )
        locked = np.flatnonzero(np.broadcast_to(locks, len(self)) == 0)
        return [self._word(row) for row in locked.tolist()]

    # Room that is made by itself

    @property
    def next_index(self) -> int:
        """The row that the next new word gets."""
        return len(self)

    def resize_vectors(self, seed: int = 0) -> None:
        """Does nothing: each word has its row at any time."""

    def allocate_vecattrs(self, attrs: Sequence[str] | None = None, types: Sequence[Any] | None = None) -> None:
        """Makes arrays for attributes of words, of zeros and of these types, where there are none yet."""
        for name, kind in zip(attrs or (), types or (), strict=True):
            if name not in self.expandos:
                self._room_for(name, np.dtype(np.int64 if name == COUNT else kind))

    # Old names

    def word_vec(self, *args: Any, **kwargs: Any) -> Vector:
        """Another name of get_vector."""
        _deprecated("word_vec", "get_vector")
        return self.get_vector(*args, **kwargs)

    def words_closer_than(self, word1: Key, word2: Key) -> list[str]:
        """Another name of closer_than."""
        _deprecated("words_closer_than", "closer_than")
        return self.closer_than(word1, word2)

    def init_sims(self, replace: bool = False) -> None:
        """Not needed any more: norms are computed when they are. replace=True still scales all vectors to length 1."""
        _deprecated("init_sims", "fill_norms(), or get_normed_vectors() for vectors of length 1")
        if replace:
            self.unit_normalize_all()
        self.fill_norms(force=True)

    def similarity_unseen_docs(self, *args: object, **kwargs: object) -> NoReturn:
        """NotImplementedError, as in gensim: only its Doc2Vec has this."""
        raise NotImplementedError(
            "only gensim's Doc2Vec compares documents by training on them; n_similarity(words1, words2) and "
            "wmdistance(words1, words2) compare lists of words"
        )


def _deprecated(name: str, instead: str) -> None:
    warnings.warn(f"{name} is an old name; use {instead}", DeprecationWarning, stacklevel=3)
