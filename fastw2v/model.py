"""Word2Vec: the options, vocabulary and matrices of a model, and the steps from text to vectors.

Reading is corpus.py's, the run trainer.py's, lookup and queries keyed_vectors.py's, files model_files.py's,
what a trained model says of texts model_measures.py's.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from fastw2v._interrupts import HeldInterrupts
from fastw2v._random import fill_uniform
from fastw2v.config import Config, unknown_option
from fastw2v.corpus import Corpus
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.matrices import pack_rows, pad_rows
from fastw2v.model_files import ModelParts, load_model, save_model
from fastw2v.model_measures import Measures, Source
from fastw2v.progress import ProgressOption, shown
from fastw2v.softmax_plan import softmax_plan
from fastw2v.trainer import NO_PREDICTIONS, DivergedError, Progress, Watcher, train_epochs
from fastw2v.vocabulary import Vocabulary
from fastw2v.workers import output_rows

__all__ = ["Word2Vec", "train"]

Matrix = npt.NDArray[np.float32]

# The stream of a seed that initial values come from; the streams of training are numbered by epochs from 0 on.
FIRST_VALUES = 2**63


class Word2Vec(Measures):
    """A model: `config`, `vocabulary`, `wv` (the word vectors) and `outputs` (the vectors words are predicted with: one
    a word, or with loss="hierarchical" one an inner node of the tree). `history` has a dict for each epoch trained:
    `epoch` (from 1 on), how many `predictions` it made, their mean `loss` (natural logarithm), the rate `alpha` at its
    end, and `words_per_second`.

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

    def build_vocab(self, corpus: Corpus | Vocabulary) -> None:
        """Takes the corpus's vocabulary and gives each word its initial vectors; what was trained before is gone.

        Inputs are uniform in +-0.5/vector_size, drawn from config.seed; outputs are zero (as in word2vec.c).
        """
        vocabulary = corpus.vocabulary if isinstance(corpus, Corpus) else corpus
        words = len(vocabulary)
        if self.config.loss == "softmax":
            softmax_plan(self.config.softmax_batch, words, self.config.softmax_memory)  # refuses what cannot fit
        vectors = self._first_vectors(words, FIRST_VALUES)
        self.vocabulary, self.words_trained, self.history = vocabulary, 0, []
        self.outputs = np.zeros((output_rows(self.config.loss, words), self.config.vector_size), np.float32)
        self.wv = KeyedVectors(vocabulary.words, vectors, vocabulary.counts)

    def extend_vocab(self, corpus: Corpus | Vocabulary) -> int:
        """Adds what the corpus's vocabulary has: the words that are new behind those known, with vectors as build_vocab
        gives them, and the counts. What was trained stays. Returns how many words are new.

        ValueError for loss="hierarchical", whose tree would be another one.
        """
        added = corpus.vocabulary if isinstance(corpus, Corpus) else corpus
        if self.config.loss == "hierarchical":
            raise ValueError(
                "new counts would make another tree, and the vectors of its nodes would mean nothing; train a new "
                "model, or use loss='negative', whose vocabulary can grow"
            )
        known = self.vocabulary.key_to_index
        new = [word for word in added.index_to_key if word not in known]
        counts = np.concatenate((self.vocabulary.counts, np.zeros(len(new), np.int64)))
        places = {word: len(known) + i for i, word in enumerate(new)}
        rows = [places[word] if word in places else known[word] for word in added.index_to_key]
        counts[np.array(rows, np.intp)] += added.counts
        self._check_table()
        vectors = np.concatenate((self.wv.vectors, self._first_vectors(len(new), FIRST_VALUES + len(known))))
        outputs = np.zeros((len(vectors), self.config.vector_size), np.float32)
        outputs[: len(self.outputs)] = self.outputs
        words = [*self.vocabulary.index_to_key, *new]
        raw_total = self.vocabulary.raw_total + added.raw_total
        self.vocabulary, self.outputs = Vocabulary(words, counts, raw_total=raw_total), outputs
        self.wv = KeyedVectors(words, vectors, counts)
        return len(new)

    def _first_vectors(self, words: int, stream: int) -> Matrix:
        vectors = np.empty((words, self.config.vector_size), np.float32)
        fill_uniform(vectors, 0.5 / self.config.vector_size, self.config.seed, stream)
        return vectors

    def train(self, source: Source | Corpus, on_progress: Callable[[Progress], None] | None = None) -> Progress:
        """config.epochs passes over a text; `wv` and `outputs` then hold the result.

        Called again, it goes on from there, with a rate that falls from `alpha` anew and epochs numbered on; words that
        are not in the vocabulary are left out. A Corpus must have been made with the model's own vocabulary:
        Corpus(source, vocabulary=model.vocabulary). On Ctrl-C (KeyboardInterrupt) the model holds what was
        trained so far; so it does when the loss stops being finite (trainer.DivergedError, a ValueError).
        `on_progress` is called about ten times a second and at the end of each epoch, on this thread. A text in which
        no word has a neighbour trains nothing: a UserWarning.
        """
        progress = Progress()
        self._train(self._corpus_of(source), self.config.epochs, progress, len(self.history), on_progress)
        _warn_of_nothing(progress)
        return progress

    def train_stepwise(
        self, source: Source | Corpus, on_progress: Callable[[Progress], None] | None = None
    ) -> Iterator[Progress]:
        """The same training, an epoch for each step of a loop: `for progress in model.train_stepwise(corpus): ...`.

        Between two steps the model is whole: it may be queried, saved, even changed, or left as it is for good.
        """
        corpus, progress, before = self._corpus_of(source), Progress(), len(self.history)
        for epoch in range(self.config.epochs):
            self._train(corpus, epoch + 1, progress, before, on_progress)
            yield progress
        _warn_of_nothing(progress)

    def _train(
        self,
        corpus: Corpus,
        last_epoch: int,
        progress: Progress,
        epochs_before: int,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        """The epochs up to this one of 1..config.epochs, which `epochs_before` ones of earlier trainings precede."""
        width = self.config.vector_size
        nothing = np.empty((0, width), np.float32)
        text = corpus.encoded(self.vocabulary.counts)
        words_before, entries_before = progress.words_done, len(progress.history)
        self._check_table()
        # Ctrl-C while the matrices are moved would leave a model without vectors; raised wherever the interpreter
        # stands, in a weak reference's callback say, it could be lost.
        with HeldInterrupts() as interrupts:
            watcher = _Watcher(interrupts, on_progress)
            # One after the other, so that no more than two matrices and a half ever stand in memory: also not through
            # a reference to `wv`, which is the same object before and after.
            table = self.wv
            inputs = pad_rows(table.vectors)
            self.wv = KeyedVectors([], nothing)
            table.vectors = np.empty((len(table), 0), np.float32)
            try:
                outputs = pad_rows(self.outputs)
                self.outputs = nothing
                try:
                    interrupts.check()
                    train_epochs(self.config, text, inputs, outputs, watcher, progress, epochs_before, last_epoch)
                finally:
                    self.outputs = pack_rows(outputs, width)
            finally:
                table.vectors = pack_rows(inputs, width)
                self.wv = table
                self.words_trained += progress.words_done - words_before
                self.history += [
                    {**entry, "epoch": epochs_before + entry["epoch"]} for entry in progress.history[entries_before:]
                ]

    def _check_table(self) -> None:
        if self.wv.vectors.shape != (len(self.vocabulary), self.config.vector_size):
            raise ValueError(
                f"wv has vectors of shape {self.wv.vectors.shape}, but the model has {len(self.vocabulary)} words and "
                f"{self.config.vector_size} numbers for each; change copies of wv, and the vocabulary by extend_vocab"
            )

    def save(self, path: str | os.PathLike[str]) -> None:
        """The whole model as one safetensors file, written beside `path` and renamed, so never half there.

        Tensors: vectors (words, vector_size) and outputs, float32; words.utf8, words.offsets, words.counts. Options and
        state are JSON in the file's metadata. Raises OSError when it cannot be written, ValueError for a suffix that
        means another format.
        """
        from fastw2v.formats import FORMATS

        suffix = os.path.splitext(os.fspath(path))[1].lower()
        if FORMATS.get(suffix, "safetensors") != "safetensors":
            raise ValueError(
                f"{os.fspath(path)}: a whole model is a .safetensors file, and {suffix} means another format; save the "
                "vectors alone with wv.save, or give another suffix"
            )
        save_model(path, self.parts())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Word2Vec:
        """A model that `save` wrote, its matrices mapped from the file (read-only) and not copied.

        Raises OSError when the file cannot be read, ValueError when it is no such model.
        """
        return cls.from_parts(load_model(path))

    def parts(self) -> ModelParts:
        """What the model is made of, not copied."""
        return ModelParts(self.config, self.vocabulary, self.wv.vectors, self.outputs, self.words_trained, self.history)

    @classmethod
    def from_parts(cls, parts: ModelParts) -> Word2Vec:
        """The model that is made of these, not copied."""
        model = cls(parts.config)
        model.vocabulary, model.outputs, model.words_trained = parts.vocabulary, parts.outputs, parts.words_trained
        model.history = [dict(entry) for entry in parts.history]
        model.wv = KeyedVectors(parts.vocabulary.words, parts.vectors, parts.vocabulary.counts)
        return model


class _Watcher(Watcher):
    """Tells a function of the progress, and lets Ctrl-C in meanwhile."""

    def __init__(self, interrupts: HeldInterrupts, on_progress: Callable[[Progress], None] | None) -> None:
        self.interrupts, self.on_progress = interrupts, on_progress

    def tick(self, progress: Progress) -> bool:
        with self.interrupts.let_in():
            if self.on_progress is not None:
                self.on_progress(progress)
        return False

    def epoch_ends(self, progress: Progress) -> None:
        self.tick(progress)


def _warn_of_nothing(progress: Progress) -> None:
    if progress.history and not any(entry["predictions"] for entry in progress.history):
        warnings.warn(f"nothing was learnt: {NO_PREDICTIONS}", stacklevel=3)


def train(
    source: Source | Corpus,
    *,
    vector_size: int = 100,
    window: int = 5,
    shrink_windows: bool = True,
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
    **others: object,
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
    for name in others:
        raise unknown_option(name)
    config = Config(
        vector_size=vector_size,
        window=window,
        shrink_windows=shrink_windows,
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
