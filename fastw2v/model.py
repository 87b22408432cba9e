"""Word2Vec: the options, vocabulary and matrices of a model, and the steps from text to vectors.

Reading is corpus.py's, the run trainer.py's, lookup and queries keyed_vectors.py's, files container.py's.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v._interrupts import HeldInterrupts
from fastw2v._random import fill_uniform
from fastw2v.config import Config, check_integer
from fastw2v.corpus import Corpus
from fastw2v.huffman import huffman_tree
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.matrices import aligned_zeros, pack_rows
from fastw2v.prediction import softmax_probabilities, tree_probabilities
from fastw2v.progress import ProgressOption, shown
from fastw2v.softmax_plan import softmax_plan
from fastw2v.trainer import DivergedError, Progress, mean_loss, train_epochs
from fastw2v.vocabulary import Vocabulary
from fastw2v.workers import output_rows

__all__ = ["Word2Vec", "is_whole_model", "train"]

Source = str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | Iterable[Sequence[str]]
Matrix = npt.NDArray[np.float32]

# What a file must hold to be a whole model, not vectors alone.
TENSORS = {"vectors", "outputs", "words.utf8", "words.offsets", "words.counts"}
# The stream of a seed that initial values come from; the streams of training are numbered by epochs from 0 on.
FIRST_VALUES = 2**63
MOST_EXPONENT = 709.0  # exp of more is no float


class EncodedText(NamedTuple):
    """A corpus as the trainer reads it."""

    ids: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]


class Word2Vec:
    """A model: `config`, `vocabulary`, `wv` (the word vectors) and `outputs` (the vectors words are predicted with: one
    a word, or with loss="hierarchical" one an inner node of the tree). `history` has a dict for each epoch trained:
    `epoch` (from 1 on), mean `loss` of a prediction (natural logarithm), the rate `alpha` at its end, and
    `words_per_second`.

    Usually made by `fastw2v.train` or `Word2Vec.load`. By hand: Word2Vec(config), then build_vocab(corpus), then
    train(corpus).
    """

    def __init__(self, config: Config | None = None) -> None:
        self.config = config if config is not None else Config()
        self.vocabulary = Vocabulary([], np.empty(0, np.int64))
        self.wv = KeyedVectors([], np.empty((0, self.config.vector_size), np.float32))
        self.outputs: Matrix = np.empty((0, self.config.vector_size), np.float32)
        self.words_trained = 0
        self.history: list[dict[str, float]] = []

    def __repr__(self) -> str:
        return f"Word2Vec({len(self.wv)} words x {self.config.vector_size}, {self.words_trained} words trained)"

    def build_vocab(self, corpus: Corpus) -> None:
        """Takes the corpus's vocabulary and gives each word its initial vectors; what was trained before is gone.

        Inputs are uniform in +-0.5/vector_size, drawn from config.seed; outputs are zero (as in word2vec.c).
        """
        words, width = len(corpus.vocabulary), self.config.vector_size
        if self.config.loss == "softmax":
            softmax_plan(self.config.softmax_batch, words, self.config.softmax_memory)  # refuses what cannot fit
        vectors = np.empty((words, width), np.float32)
        fill_uniform(vectors, 0.5 / width, self.config.seed, FIRST_VALUES)
        self.vocabulary, self.words_trained, self.history = corpus.vocabulary, 0, []
        self.outputs = np.zeros((output_rows(self.config.loss, words), width), np.float32)
        self._put_vectors(vectors)

    def train(self, source: Source | Corpus, on_progress: Callable[[Progress], None] | None = None) -> Progress:
        """config.epochs passes over a text; `wv` and `outputs` then hold the result.

        Called again, it goes on from there, with a rate that falls from `alpha` anew and epochs numbered on; words that
        are not in the vocabulary are left out. A Corpus must have been made with the model's own vocabulary:
        Corpus(source, vocabulary=model.vocabulary). On Ctrl-C (KeyboardInterrupt) the model holds what was
        trained so far; so it does when the loss stops being finite (trainer.DivergedError, a ValueError).
        `on_progress`: see trainer.train_epochs.
        """
        corpus = self._corpus_of(source)
        width = self.config.vector_size
        nothing = np.empty((0, width), np.float32)
        encoded = EncodedText(corpus.ids, corpus.offsets, self.vocabulary.counts)
        progress = Progress()
        # Ctrl-C while the matrices are moved would leave a model without vectors; raised wherever the interpreter
        # stands, in a weak reference's callback say, it could be lost.
        with HeldInterrupts() as interrupts:

            def tell(progress: Progress) -> None:
                with interrupts.let_in():
                    if on_progress is not None:
                        on_progress(progress)

            # One after the other, so that no more than two matrices and a half ever stand in memory.
            inputs = _pad(self.wv.vectors)
            self._put_vectors(nothing)
            try:
                outputs = _pad(self.outputs)
                self.outputs = nothing
                try:
                    interrupts.check()
                    train_epochs(self.config, encoded, inputs, outputs, tell, progress, len(self.history))
                finally:
                    self.outputs = pack_rows(outputs, width)
            finally:
                self._put_vectors(pack_rows(inputs, width))
                self.words_trained += progress.words_done
                before = len(self.history)
                self.history += [{**entry, "epoch": before + entry["epoch"]} for entry in progress.history]
        return progress

    def evaluate_loss(self, source: Source | Corpus) -> float:
        """The mean loss of a prediction on a text, by the model's own objective: natural logarithm, nothing is trained.

        Words that the model does not know are left out; windows, thinning out and noise are drawn as in training,
        always the same ones. Losses of different objectives do not compare; perplexities do.
        """
        return self._mean_loss(source, self.config)

    def perplexity(self, source: Source | Corpus) -> float:
        """exp of the mean of -log P(target | input) on a text, P being exact: over the whole vocabulary.

        For loss="hierarchical" P is the tree's, else the softmax exp(u_o . v) / sum_w exp(u_w . v), also where negative
        sampling trained the vectors, which does not make them good at it. One figure, lower is better, that compares
        models of any objective with the same vocabulary, architecture, `sample` and `window`: len(wv) if all words are
        equally likely. Pairs are those that evaluate_loss takes, frequent words being thinned out by `sample`.
        """
        config = self.config
        if config.loss != "hierarchical":
            usual = Config()
            config = replace(
                config,
                loss="softmax",
                negative_sharing="window",
                softmax_batch=usual.softmax_batch,
                softmax_memory=usual.softmax_memory,
            )
        loss = self._mean_loss(source, config)
        return math.exp(loss) if loss < MOST_EXPONENT else math.inf

    def _mean_loss(self, source: Source | Corpus, config: Config) -> float:
        corpus = self._corpus_of(source)
        encoded = EncodedText(corpus.ids, corpus.offsets, self.vocabulary.counts)
        return mean_loss(config, encoded, _pad(self.wv.vectors), _pad(self.outputs))

    def _corpus_of(self, source: Source | Corpus) -> Corpus:
        """The text in this model's word numbers."""
        if not len(self.vocabulary):
            raise ValueError(
                "the model has no vocabulary yet; call build_vocab(corpus) first, or fastw2v.train(source)"
            )
        corpus = source if isinstance(source, Corpus) else Corpus(source, vocabulary=self.vocabulary)
        if corpus.vocabulary != self.vocabulary:
            raise ValueError(
                f"the corpus has a vocabulary of {len(corpus.vocabulary)} words that is not this model's of "
                f"{len(self.vocabulary)}; make it with Corpus(source, vocabulary=model.vocabulary)"
            )
        return corpus

    def predict(self, context_words: Sequence[str], topn: int = 10) -> list[tuple[str, float]]:
        """The `topn` most probable words beside `context_words`, with their probabilities, highest first.

        The input h is the mean of the words' vectors (for CBOW with cbow_mean=False their sum), and P(w) the softmax
        exp(u_w . h) / sum_x exp(u_x . h), or for loss="hierarchical" the product along w's path through the tree.
        KeyError names a word that the model does not know.
        """
        if isinstance(context_words, (str, bytes)) or not hasattr(context_words, "__iter__"):
            raise TypeError(f"context_words must be a list of words, not {context_words!r}")
        words = list(context_words)
        for word in words:
            if not isinstance(word, str):
                raise TypeError(f"context_words must be a list of words, but {word!r} among them is no str")
        topn = check_integer("topn", topn, 1)
        if not words:
            raise ValueError("context_words is empty; give at least one word")
        h: Matrix = np.stack([self.wv[word] for word in words]).sum(axis=0)
        if self.config.architecture != "cbow" or self.config.cbow_mean:
            h /= np.float32(len(words))
        if self.config.loss == "hierarchical":
            probabilities = tree_probabilities(h, self.outputs, huffman_tree(self.vocabulary.counts))
        else:
            probabilities = softmax_probabilities(h, self.outputs)
        if not np.isfinite(probabilities).all():
            raise ValueError("the model's training has diverged, it predicts no number; train it anew, and lower alpha")
        best = np.argsort(-probabilities, kind="stable")[:topn]
        return [(self.wv.index_to_key[i], float(probabilities[i])) for i in best.tolist()]

    def save(self, path: str | os.PathLike[str]) -> None:
        """The whole model as one safetensors file, written beside `path` and renamed, so never half there.

        Tensors: vectors (words, vector_size) and outputs, float32; words.utf8, words.offsets, words.counts. Options and
        state are JSON in the file's metadata. Raises OSError when it cannot be written, ValueError for a suffix that
        means another format.
        """
        from fastw2v.container import pack_words, save_container
        from fastw2v.formats import FORMATS

        suffix = os.path.splitext(os.fspath(path))[1].lower()
        if FORMATS.get(suffix, "safetensors") != "safetensors":
            raise ValueError(
                f"{os.fspath(path)}: a whole model is a .safetensors file, and {suffix} means another format; save the "
                "vectors alone with wv.save, or give another suffix"
            )
        tensors = {"vectors": self.wv.vectors, "outputs": self.outputs, **pack_words(self.vocabulary.index_to_key)}
        tensors["words.counts"] = self.vocabulary.counts
        state = {
            "raw_unique": self.vocabulary.raw_unique,
            "raw_total": self.vocabulary.raw_total,
            "words_trained": self.words_trained,
            # JSON has no number for the loss of a text whose words have no neighbours.
            "history": [{k: None if math.isnan(v) else v for k, v in entry.items()} for entry in self.history],
        }
        save_container(path, tensors, {"config": json.dumps(self.config.as_dict()), "state": json.dumps(state)})

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Word2Vec:
        """A model that `save` wrote, its matrices mapped from the file (read-only) and not copied.

        Raises OSError when the file cannot be read, ValueError when it is no such model.
        """
        from fastw2v.container import load_container, unpack_words

        tensors, metadata = load_container(path)
        if missing := TENSORS - set(tensors):
            raise ValueError(
                f"{os.fspath(path)}: no whole model, {', '.join(sorted(missing))} missing; read vectors alone with "
                "KeyedVectors.load"
            )
        model = cls(_config_of(path, metadata))
        state = _json_of(path, metadata, "state")
        words, vectors, outputs = unpack_words(tensors), tensors["vectors"], tensors["outputs"]
        rows = output_rows(model.config.loss, len(words))
        width = model.config.vector_size
        if vectors.shape != (len(words), width) or outputs.shape != (rows, width):
            raise ValueError(
                f"{os.fspath(path)}: {len(words)} words of {model.config.vector_size} numbers do not fit matrices of "
                f"shape {vectors.shape} and {outputs.shape}"
            )
        model.vocabulary = Vocabulary(
            words, tensors["words.counts"], raw_unique=state.get("raw_unique"), raw_total=state.get("raw_total")
        )
        model.outputs = outputs
        model.words_trained = int(state.get("words_trained", 0))
        model.history = [
            {k: math.nan if v is None else v for k, v in entry.items()} for entry in state.get("history", [])
        ]
        model._put_vectors(vectors)
        return model

    def _put_vectors(self, vectors: Matrix) -> None:
        words = self.vocabulary.index_to_key if len(vectors) else []
        counts = self.vocabulary.counts if len(vectors) else np.empty(0, np.int64)
        self.wv = KeyedVectors(words, vectors, counts)


def is_whole_model(path: str | os.PathLike[str]) -> bool:
    """Whether the file is one that Word2Vec.load reads, rather than vectors alone in any format."""
    from fastw2v.container import load_container
    from fastw2v.formats import format_of_file

    return format_of_file(path) == "safetensors" and set(load_container(path)[0]) >= TENSORS


def _pad(matrix: Matrix) -> Matrix:
    padded = aligned_zeros(*matrix.shape)
    padded[:, : matrix.shape[1]] = matrix
    return padded


def _json_of(path: str | os.PathLike[str], metadata: dict[str, str], name: str) -> dict[str, Any]:
    try:
        value = json.loads(metadata.get(name, "{}"))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ValueError(f"{os.fspath(path)}: its metadata {name!r} is no JSON object")
    return value


def _config_of(path: str | os.PathLike[str], metadata: dict[str, str]) -> Config:
    try:
        return Config.from_options(_json_of(path, metadata, "config"))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{os.fspath(path)}: its options are not valid: {error}") from error


def train(
    source: Source | Corpus,
    *,
    vector_size: int = 100,
    window: int = 5,
    architecture: str = "skipgram",
    loss: str = "negative",
    negative: int = 5,
    negative_sharing: str = "window",
    cbow_mean: bool = True,
    cbow_gradient: str = "exact",
    cbow_batch: int = 4,
    softmax_batch: int = 64,
    softmax_memory: int = 256,
    ns_exponent: float = 0.75,
    sample: float = 1e-3,
    alpha: float | None = None,
    min_alpha: float = 1e-4,
    epochs: int = 5,
    min_count: int = 5,
    max_vocab: int | None = None,
    workers: int | None = None,
    seed: int = 1,
    kernel: str = "auto",
    errors: str = "strict",
    progress: ProgressOption = "auto",
) -> Word2Vec:
    """Word vectors from text: reads `source`, counts its words, trains.

    By default skip-gram with negative sampling: for each position of the text, after frequent words are thinned out,
    every word c in its window predicts the word o there against `negative` noise words, by stochastic gradient descent
    on J = -log s(u_o . v_c) - sum_k log s(-u_k . v_c) (Mikolov et al. 2013). `architecture` and `loss` choose CBOW,
    hierarchical and exact softmax instead; fastw2v.equations has the formulas.

    Parameters
    ----------
    source: a path, a list of paths, or an iterable of token lists (read once); or a Corpus, whose own min_count and
        max_vocab then hold. Text is UTF-8, one sentence a line, words separated by ASCII white space.
    vector_size ... kernel: see Config.
    errors: "strict" (a byte that is not UTF-8 is a ValueError naming file and offset) or "replace".
    progress: "auto" (a bar if standard error is a terminal), True (a bar there, else plain lines) or False.

    Returns
    -------
    Word2Vec: `.wv.vectors` is a C-contiguous float32 array of shape (words, vector_size), row i for
    `.wv.index_to_key[i]`, most frequent first.

    Raises
    ------
    TypeError, ValueError: an option or the text is not as described; OSError: a file cannot be read; DivergedError (a
    ValueError): the loss is no longer finite, since the rate is too high, say. Exceptions of an iterable reach the
    caller as they are.
    """
    config = Config(
        vector_size=vector_size,
        window=window,
        architecture=architecture,
        loss=loss,
        negative=negative,
        negative_sharing=negative_sharing,
        cbow_mean=cbow_mean,
        cbow_gradient=cbow_gradient,
        cbow_batch=cbow_batch,
        softmax_batch=softmax_batch,
        softmax_memory=softmax_memory,
        ns_exponent=ns_exponent,
        sample=sample,
        alpha=alpha,  # type: ignore[arg-type]
        min_alpha=min_alpha,
        epochs=epochs,
        min_count=min_count,
        max_vocab=max_vocab,
        workers=workers,
        seed=seed,
        kernel=kernel,
    )
    from fastw2v.kernels import resolve

    resolve(config.kernel)
    with shown(progress) as display:
        corpus = (
            source
            if isinstance(source, Corpus)
            else Corpus(
                source,
                min_count=config.min_count,
                max_vocab=config.max_vocab,
                workers=config.workers,
                errors=errors,
                on_progress=display.reading,
            )
        )
        model = Word2Vec(config)
        model.build_vocab(corpus)
        display.read(corpus)
        try:
            model.train(corpus, display.training)
        except DivergedError as error:
            error.model = model
            raise
    return model
