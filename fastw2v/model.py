"""Word2Vec: the options, vocabulary and matrices of a model, and the steps from text to vectors.

Reading is corpus.py's, the run training.py's, lookup and queries keyed_vectors.py's, files model_files.py's,
what a trained model says of texts model_measures.py's.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fastw2v._random import fill_uniform
from fastw2v.checkpoints import RUN, RunState, load_checkpoint
from fastw2v.cluster import Cluster
from fastw2v.cluster_text import ClusterText
from fastw2v.cluster_training import text_of, train_on_cluster
from fastw2v.config import Config
from fastw2v.corpus import Corpus
from fastw2v.initial_vectors import InitialVectors
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.model_files import ModelParts, save_model
from fastw2v.model_measures import Measures, Source
from fastw2v.progress import ProgressOption, shown
from fastw2v.run_options import RunOptions
from fastw2v.short import short
from fastw2v.softmax_plan import softmax_plan
from fastw2v.trainer import NO_PREDICTIONS, Progress
from fastw2v.training import first_state, options_of, train_model
from fastw2v.vocabulary import Vocabulary
from fastw2v.vocabulary_growth import grow_by, grown_outputs, grown_vocabulary, words_to_add
from fastw2v.workers import output_rows

__all__ = ["Word2Vec"]

Matrix = npt.NDArray[np.float32]

# The stream of a seed that initial values come from; the streams of training are numbered by epochs from 0 on.
FIRST_VALUES = 2**63


class Word2Vec(Measures):
    """A model: `config`, `vocabulary`, `wv` (the word vectors) and `outputs` (the vectors words are predicted with: one
    a word, or with loss="hierarchical" one an inner node of the tree). `history` has a dict for each epoch trained:
    `epoch` (from 1 on), how many `predictions` it made, their mean `loss` (natural logarithm), the rate `alpha` at its
    end, `words_per_second` (not in files of models, so that equal models are equal files), and what else was measured:
    `held_out_loss`, `score`; on a cluster what docs/cluster.md tells. `progress` tells how far the training is that
    goes on or was the last; `unfinished` says what a run that was stopped has left to do, or is None.

    Usually made by `fastw2v.train` or `Word2Vec.load`. By hand: Word2Vec(config), then build_vocab(corpus), then
    train(corpus).
    """

    def __init__(self, config: Config | None = None, **others: object) -> None:
        if others or not (config is None or isinstance(config, Config)):
            raise TypeError(
                f"Word2Vec takes a Config alone, not {short(next(iter(others), config))}; call fastw2v.train(source, "
                "vector_size=...), or import Word2Vec from fastw2v.gensim_api, which takes gensim's arguments"
            )
        self.config = config if config is not None else Config()
        self.vocabulary = Vocabulary([], np.empty(0, np.int64))
        self.wv = KeyedVectors([], np.empty((0, self.config.vector_size), np.float32))
        self.outputs: Matrix = np.empty((0, self.config.vector_size), np.float32)
        self.words_trained = 0
        self.history: list[dict[str, float]] = []
        self.initial_rows: npt.NDArray[np.intp] = np.empty(0, np.intp)
        self.progress = Progress()
        self.unfinished: RunState | None = None
        self.is_training = self.stop_wanted = False

    def __repr__(self) -> str:
        return f"Word2Vec({len(self.wv)} words x {self.config.vector_size}, {self.words_trained} words trained)"

    def build_vocab(self, corpus: Corpus | ClusterText | Vocabulary, init_vectors: Any = None) -> int:
        """Takes the corpus's vocabulary and gives each word its initial vectors; what was trained before is gone.

        Inputs are uniform in +-0.5/vector_size, drawn from config.seed; outputs are zero (as in word2vec.c). With
        `init_vectors` (see initial_vectors.InitialVectors) words that have a vector there begin with it; returns how
        many these are. `initial_rows` has their rows until the next build_vocab, but no file has them.
        """
        self._refuse_change_by(corpus)
        vocabulary = corpus if isinstance(corpus, Vocabulary) else corpus.vocabulary
        words = len(vocabulary)
        self._refuse_what_cannot_fit(words)
        vectors = self._first_vectors(words, FIRST_VALUES)
        rows = np.empty(0, np.intp)
        if init_vectors is not None:
            rows = InitialVectors.of(init_vectors, self.config.vector_size).put(vocabulary.index_to_key, vectors)
        self.vocabulary, self.words_trained, self.history, self.unfinished = vocabulary, 0, [], None
        self.outputs = np.zeros((output_rows(self.config.loss, words), self.config.vector_size), np.float32)
        self.wv, self.initial_rows = KeyedVectors(vocabulary.words, vectors, vocabulary.counts), rows
        return len(rows)

    def extend_vocab(self, corpus: Corpus | Vocabulary) -> int:
        """Adds what the corpus's vocabulary has: the words that are new behind those known, with vectors as build_vocab
        gives them, and the counts. What was trained stays; `wv` is another table. Returns how many words are new.

        With loss="hierarchical" the counts make another tree, whose nodes are made from those of the old one
        (tree_transfer.transferred_nodes).
        """
        self._refuse_change_by(corpus)
        self.check_table()
        known = self.vocabulary
        added = words_to_add(known, corpus, 1, None) if isinstance(corpus, Corpus) else corpus
        grown = grown_vocabulary(known, added)
        new = len(grown) - len(known)
        self._refuse_what_cannot_fit(len(grown))
        outputs = grown_outputs(self.config.loss, self.outputs, known, grown)
        vectors = np.concatenate((self.wv.vectors, self._first_vectors(new, FIRST_VALUES + len(known))))
        self.vocabulary, self.outputs = grown, outputs
        self.wv = KeyedVectors(grown.words, vectors, grown.counts)
        return new

    def _refuse_change_by(self, corpus: object) -> None:
        if not isinstance(corpus, Corpus | ClusterText | Vocabulary):
            raise TypeError(f"words come from a Corpus or a Vocabulary, not from {short(corpus)}; give Corpus(text)")
        if self.is_training:
            raise RuntimeError("the model is being trained; change its words when that has ended, not from a callback")

    def _refuse_what_cannot_fit(self, words: int) -> None:
        if self.config.loss == "softmax":
            softmax_plan(self.config.softmax_batch, words, self.config.softmax_memory)

    def _first_vectors(self, words: int, stream: int) -> Matrix:
        vectors = np.empty((words, self.config.vector_size), np.float32)
        fill_uniform(vectors, 0.5 / self.config.vector_size, self.config.seed, stream)
        return vectors

    def train(
        self,
        source: Source | Corpus,
        on_progress: Callable[[Progress], object] | None = None,
        *,
        epochs: int | None = None,
        grow_vocabulary: bool = False,
        **options: Any,
    ) -> Progress:
        """Passes over a text (`epochs`, None: config.epochs); `wv` and `outputs` then hold the result.

        Called again, it goes on from there, with a rate that falls from `alpha` anew and epochs numbered on; words that
        are not in the vocabulary are left out. A Corpus must have been made with the model's own vocabulary:
        Corpus(source, vocabulary=model.vocabulary).

        With `grow_vocabulary` new words of the text join first, those seen at least config.min_count times there, and
        counts are added up: see extend_vocab. A Corpus may then have any vocabulary; all of its words join.

        `options`: see run_options.RunOptions (checkpoint, callbacks, held_out, early_stopping, ...). `on_progress` is
        called about ten times a second and at the end of each epoch, on this thread. Ctrl-C (KeyboardInterrupt),
        SIGTERM (SystemExit) and `stop` end the training at the next border of blocks, a second Ctrl-C at once; the
        model then holds what was trained so far, and a file of it goes on with Word2Vec.resume. It also holds that when
        the loss stops being finite (trainer.DivergedError, a ValueError), or a callback raises. A text in which no word
        has a neighbour trains nothing: a UserWarning.
        """
        if epochs is not None:
            self.config = replace(self.config, epochs=epochs)
        run = RunOptions.from_options({"on_progress": on_progress, **options})
        run.refuse_checkpoint()
        return self.train_with(grow_by(self, source) if grow_vocabulary else self._corpus_of(source), run)

    def train_with(self, corpus: Corpus | ClusterText, run: RunOptions) -> Progress:
        """`train`, with its options checked and its text read."""
        return self.resume_with(corpus, run, first_state(self, corpus, run))

    def train_stepwise(
        self,
        source: Source | Corpus,
        on_progress: Callable[[Progress], object] | None = None,
        *,
        freeze: Sequence[str] = (),
    ) -> Iterator[Progress]:
        """The same training, an epoch for each step of a loop: `for progress in model.train_stepwise(corpus): ...`.

        Between two steps the model is whole: it may be queried, saved, even changed, or left as it is for good.
        freeze: words whose vectors must not change.
        """
        corpus, run = self._corpus_of(source), RunOptions(on_progress=on_progress, freeze=tuple(freeze))
        state = first_state(self, corpus, run)
        for epoch in range(self.config.epochs):
            # The vocabulary may have grown since the last step.
            corpus = self._corpus_of(corpus)
            train_model(self, corpus, run, state, epoch + 1)
            yield state.progress
        _warn_of_nothing(state.progress)

    def resume_with(self, corpus: Corpus | ClusterText, run: RunOptions, state: RunState) -> Progress:
        """`resume`, with the file read: the rest of the run that stands at `state`."""
        if isinstance(corpus, ClusterText):
            train_on_cluster(self, corpus, run, state)
        else:
            train_model(self, corpus, run, state)
        _warn_of_nothing(state.progress)
        return state.progress

    def stop(self) -> None:
        """Ends a training at the next border of blocks, from any thread or callback: `train` then returns as usual.

        The model holds what was trained so far, and says in `unfinished` what was not; a file of it goes on with
        Word2Vec.resume.
        """
        self.stop_wanted = True

    @classmethod
    def resume(
        cls,
        path: str | os.PathLike[str],
        source: Source | Corpus | None = None,
        *,
        workers: int | None = None,
        memory_limit: int | str | None = None,
        cache_dir: str | os.PathLike[str] | None = None,
        cluster: Cluster | int | None = None,
        progress: ProgressOption = "auto",
        **options: Any,
    ) -> Word2Vec:
        """Goes on with the run of a checkpoint, or of any file of a model that was saved before its run had ended.

        With workers=1 and one kernel the model is the same to the byte as if the run had never been interrupted; with
        more, every block of the text is trained exactly once. A model whose run has ended is loaded as it is.

        path: the file; checkpoints go on to be written there, unless `checkpoint` says otherwise (None: to none).
        source: the text again, where it came from no file (iterables, arrays, standard input); else it is read from
        where it was, and must not have changed. memory_limit, cache_dir: see Corpus. workers: threads, None: as before.
        cluster: of a run on a cluster, another one than before, of any number of nodes (None: such a one as before).
        options: as for `train`; those that are not given are as before, but callbacks, which must be given again.

        Raises
        ------
        OSError, ValueError: the file is no model, the text is gone, is another one, or must be given; and what `train`
        raises.
        """
        parts, state = load_checkpoint(path)
        model = cls.from_parts(parts)
        if state is None:
            return model
        if workers is not None:
            model.config = replace(model.config, workers=workers)
        run = options_of(state, {"checkpoint": os.fspath(path), **options})
        room: dict[str, Any] = {"memory_limit": memory_limit, "cache_dir": cache_dir}
        with shown(progress) as display:
            reading = {**room, "on_progress": display.reading}
            with text_of(model, state, source, os.fspath(path), cluster, reading) as text:
                display.read(text)
                model.resume_with(text, replace(run, on_progress=run.on_progress or display.training), state)
        return model

    def check_table(self) -> None:
        """ValueError if `wv` is not this model's table of words any more: `outputs` and counts belong to the words in
        their first order."""
        if self.wv.vectors.shape != (len(self.vocabulary), self.config.vector_size):
            raise ValueError(
                f"wv has vectors of shape {self.wv.vectors.shape}, but the model has {len(self.vocabulary)} words and "
                f"{self.config.vector_size} numbers for each; change and save copies of wv (copy.deepcopy(model.wv)), "
                "and the vocabulary by extend_vocab"
            )
        row = self.vocabulary.first_difference(self.wv.words)
        if row >= 0:
            now, before = self.wv.words[row], self.vocabulary.words[row]
            raise ValueError(
                f"row {row} of wv is the word {short(now)} now, but the model was trained with {short(before)} there; "
                "put the words back, or sort and rename them in a copy (copy.deepcopy(model.wv)) and save that"
            )

    def save(self, path: str | os.PathLike[str]) -> None:
        """The whole model as one safetensors file, written beside `path` and renamed, so never half there.

        Tensors: vectors (words, vector_size) and outputs, float32; words.utf8, words.offsets, words.counts. Options and
        state are JSON in the file's metadata. Raises OSError when it cannot be written, ValueError for a suffix that
        means another format or for a wv whose words are others than the model's.
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
        parts, state = load_checkpoint(path)
        model = cls.from_parts(parts)
        model.unfinished = state
        return model

    def parts(self) -> ModelParts:
        """What the model is made of, not copied. ValueError if `wv` is not its table of words any more."""
        self.check_table()
        notes = {} if self.unfinished is None else {RUN: self.unfinished.as_note()}
        return ModelParts(
            self.config,
            self.vocabulary,
            self.wv.vectors,
            self.outputs,
            self.words_trained,
            self.history,
            notes,
            timings=self.unfinished is not None,
        )

    @classmethod
    def from_parts(cls, parts: ModelParts) -> Word2Vec:
        """The model that is made of these, not copied."""
        model = cls(parts.config)
        model.vocabulary, model.outputs, model.words_trained = parts.vocabulary, parts.outputs, parts.words_trained
        model.history = [dict(entry) for entry in parts.history]
        model.wv = KeyedVectors(parts.vocabulary.words, parts.vectors, parts.vocabulary.counts)
        return model


def _warn_of_nothing(progress: Progress) -> None:
    if progress.history and not any(entry["predictions"] for entry in progress.history):
        warnings.warn(f"nothing was learnt: {NO_PREDICTIONS}", stacklevel=4)
