"""The part of gensim 4's Word2Vec that does not train: attributes, predictions, files, and names of older versions.

gensim_built.py and gensim_word2vec.py, above, count words and train.
"""

from __future__ import annotations

import itertools
import logging
import os
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import numpy as np
import numpy.typing as npt

from fastw2v.gensim_names import MODEL, SAVING, refuse_arguments, renamed
from fastw2v.gensim_options import attributes_of, saved
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.model import Word2Vec as Model
from fastw2v.model_files import kind_of_model, load_model, save_model
from fastw2v.short import short

__all__ = ["CallbackAny2Vec", "Trained"]

logger = logging.getLogger("fastw2v.gensim_api")

Self = TypeVar("Self", bound="Trained")
Matrix = npt.NDArray[np.float32]

# A Python str, its place in a list and in a dict, for a word of usual length.
WORD_BYTES = 200
FLOAT_BYTES = 4
NOTE = "gensim"  # the name under which the attributes below stand in a model's file


class CallbackAny2Vec:
    """What is called during training, with the model: a base for classes that override some of these."""

    def on_train_begin(self, model: Any) -> None:
        """Before the first epoch."""

    def on_epoch_begin(self, model: Any) -> None:
        """Before each epoch."""

    def on_epoch_end(self, model: Any) -> None:
        """After each epoch; the model is whole and may be queried or saved."""

    def on_train_end(self, model: Any) -> None:
        """After the last epoch."""


class Trained:
    """See gensim_word2vec.Word2Vec."""

    _model: Model
    sg: int
    hs: int
    negative: int
    cbow_mean: int
    vector_size: int
    alpha: float
    running_training_loss: float

    def __str__(self) -> str:
        return f"{type(self).__name__}<vocab={len(self.wv)}, vector_size={self.vector_size}, alpha={self.alpha}>"

    def __repr__(self) -> str:
        return f"<{self}>"

    if not TYPE_CHECKING:  # else every attribute would be one

        def __getattr__(self, name: str) -> NoReturn:
            if name in ("syn1neg", "syn1"):
                other = "syn1" if name == "syn1neg" else "syn1neg"
                raise AttributeError(f"a model trained with hs={vars(self).get('hs')} has no {name}, but {other}")
            raise AttributeError(renamed(type(self).__name__, name, MODEL))

    def __getitem__(self, key: object) -> Any:
        raise TypeError(f"the model is no table of vectors; use model.wv[{short(key)}]")

    def __contains__(self, key: object) -> bool:
        raise TypeError(f"the model is no table of vectors; use {short(key)} in model.wv")

    def get_latest_training_loss(self) -> float:
        """The summed loss of all predictions since the last train() began, also without compute_loss."""
        return self.running_training_loss

    # What the model says

    def score(
        self,
        sentences: Iterable[Sequence[str]],
        total_sentences: int = 1_000_000,
        chunksize: int = 100,
        queue_factor: int = 2,
        report_delay: float = 1,
    ) -> Matrix:
        """The log probability of each sentence, (sentences,) float32: see model_measures.log_likelihoods.

        No more than total_sentences are scored. RuntimeError without hs=1. The only difference from gensim, but for its
        rounding: in CBOW a sentence of one word has the score 0, not that of a vector of zeros.
        """
        if not len(self.wv):
            raise RuntimeError("the model has no vocabulary; call build_vocab before score")
        if not self.hs:
            raise RuntimeError(
                "only a model of the hierarchical softmax gives probabilities; train with hs=1, negative=0"
            )
        given = list(itertools.islice(sentences, total_sentences + 1))
        if len(given) > total_sentences:
            logger.warning("only %d sentences are scored; raise total_sentences for more", total_sentences)
            del given[total_sentences:]
        return self._model.log_likelihoods(given).astype(np.float32)

    def predict_output_word(
        self, context_words_list: Iterable[str | int], topn: int = 10
    ) -> list[tuple[str, np.float32]] | None:
        """The `topn` most probable words beside these (words or row numbers), with their probabilities.

        From the mean of the known words' vectors (cbow_mean=0: their sum), also of skip-gram models; None, and a
        warning, where no word is known. Models of the hierarchical softmax predict, too, by their tree.
        """
        if not len(self.wv):
            raise RuntimeError("the model has no vocabulary; call build_vocab and train before predict_output_word")
        rows = [self.wv.get_index(word) for word in context_words_list if word in self.wv]
        if not rows:
            logger.warning("none of the context words is in the vocabulary")
            return None
        h = self.wv.vectors[rows].sum(axis=0)
        if self.cbow_mean:
            h /= len(rows)
        probabilities = self._model.probabilities(h)
        best = np.argsort(-probabilities, kind="stable")[: topn or 0]
        return [(self.wv.index_to_key[row], np.float32(probabilities[row])) for row in best.tolist()]

    def estimate_memory(self, vocab_size: int | None = None, report: dict[str, int] | None = None) -> dict[str, int]:
        """Bytes for so many words (None: the model's own), by part and in all; training takes the matrices twice."""
        words = vocab_size or len(self.wv)
        report = {} if report is None else report
        report["vocab"] = words * WORD_BYTES
        report["vectors"] = report["syn1" if self.hs else "syn1neg"] = words * self.vector_size * 4
        report["total"] = sum(report.values())
        return report

    def init_sims(self, replace: bool = False) -> None:
        """Not needed any more: norms are computed when they are. replace=True still scales all vectors to length 1."""
        warnings.warn(
            "init_sims is not needed any more; for vectors of length 1 use wv.get_normed_vectors()",
            DeprecationWarning,
            stacklevel=2,
        )
        if replace:
            self.wv.vectors = self.wv.get_normed_vectors()
        self.wv.fill_norms(force=True)

    # Attributes

    @property
    def wv(self) -> KeyedVectors:
        """The words and their vectors; one object as long as the vocabulary stays."""
        return self._model.wv

    @wv.setter
    def wv(self, vectors: KeyedVectors) -> None:
        if vectors.index_to_key != self._model.vocabulary.index_to_key or vectors.vector_size != self.vector_size:
            raise ValueError(
                f"wv must have the model's {len(self.wv)} words in their order and {self.vector_size} numbers for "
                "each; build another vocabulary for other words"
            )
        self._model.wv = vectors

    @property
    def layer1_size(self) -> int:
        """Another name of vector_size."""
        return self.vector_size

    @property
    def syn1neg(self) -> Matrix:
        """The vectors that words are predicted with in negative sampling, (words, vector_size)."""
        return self._outputs_of("syn1neg", 0)

    @syn1neg.setter
    def syn1neg(self, values: Matrix) -> None:
        self._put_outputs("syn1neg", values)

    @property
    def syn1(self) -> Matrix:
        """The vectors of the tree's inner nodes, (words - 1, vector_size)."""
        return self._outputs_of("syn1", 1)

    @syn1.setter
    def syn1(self, values: Matrix) -> None:
        self._put_outputs("syn1", values)

    def _outputs_of(self, name: str, hs: int) -> Matrix:
        if bool(self.hs) != bool(hs):
            raise AttributeError(name)  # __getattr__ says why
        return self._model.outputs

    def _put_outputs(self, name: str, values: Matrix) -> None:
        before = getattr(self, name)
        after = np.ascontiguousarray(values, np.float32)
        if after.shape != before.shape:
            raise ValueError(f"{name} has shape {after.shape}, but must have {before.shape}")
        self._model.outputs = after

    # Files

    def save(self, fname: str | os.PathLike[str], **gensims: object) -> None:
        """The whole model as one safetensors file, whatever its suffix; fastw2v.Word2Vec.load reads it, too.

        gensim's further arguments (separately, sep_limit, ignore, pickle_protocol) have no meaning here.
        """
        refuse_arguments({k: v for k, v in gensims.items() if k not in SAVING}, "save")
        if not isinstance(fname, (str, os.PathLike)):
            raise TypeError(f"fname must be a path, not {short(fname)}")
        parts = self._model.parts()
        parts.notes[NOTE] = saved(vars(self))
        save_model(fname, parts)

    @classmethod
    def load(cls: type[Self], fname: str | os.PathLike[str], mmap: str | None = None) -> Self:
        """A model that `save` wrote, or fastw2v's own save, or gensim's (see gensim_models.load_from_gensim).

        mmap: "r" leaves the matrices in the file, read-only, until they are trained; None reads them.
        Raises OSError when the file cannot be read, ValueError when it is no such model.
        """
        from fastw2v.formats import check_mmap
        from fastw2v.gensim_models import load_from_gensim

        check_mmap(mmap)
        if kind_of_model(fname) == "gensim":
            return cls._of(*load_from_gensim(fname, mmap is not None))
        parts = load_model(fname, NOTE)
        if mmap is None:
            parts.vectors, parts.outputs = parts.vectors.copy(), parts.outputs.copy()
        return cls._of(Model.from_parts(parts), parts.notes[NOTE])

    @classmethod
    def _of(cls: type[Self], model: Model, note: dict[str, Any]) -> Self:
        """This class around a model; note: attributes that were saved."""
        if model.config.loss == "softmax":
            raise ValueError(
                "gensim has no exact softmax, which this model was trained with; use fastw2v.Word2Vec.load"
            )
        made = cls.__new__(cls)
        vars(made).update(attributes_of(model.config, note), _model=model, hashfxn=hash, raw_vocab={})
        return made
