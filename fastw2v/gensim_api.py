"""gensim 4's Word2Vec, by its constructor, methods and attributes, on fastw2v's own model: change one import line.

    from fastw2v.gensim_api import Word2Vec, KeyedVectors, LineSentence

Only names and conventions of gensim's live here and in the gensim_*.py files below; models, training and files are
those of model.py. docs/gensim.md says what is the same and what differs.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config, check_integer
from fastw2v.corpus import Corpus, EmptyTextError
from fastw2v.gensim_names import refuse_arguments
from fastw2v.gensim_options import config_of
from fastw2v.gensim_sources import Text, text_of
from fastw2v.gensim_trained import CallbackAny2Vec, Trained
from fastw2v.gensim_vocabulary import (
    RULE_DEFAULT,
    RULE_DISCARD,
    RULE_KEEP,
    Selection,
    TrimRule,
    chosen,
    first_places,
)
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.line_sentences import LineSentence, PathLineSentences, Text8Corpus
from fastw2v.model import Word2Vec as Model
from fastw2v.noise import keep_probabilities
from fastw2v.short import short
from fastw2v.trainer import Progress

__all__ = [
    "RULE_DEFAULT",
    "RULE_DISCARD",
    "RULE_KEEP",
    "CallbackAny2Vec",
    "KeyedVectors",
    "LineSentence",
    "PathLineSentences",
    "Text8Corpus",
    "Word2Vec",
]

logger = logging.getLogger(__name__)


class Word2Vec(Trained):
    """gensim 4's Word2Vec. Options have its names, order, defaults and meanings, but for these:

    hs=1: `negative` is ignored, with a warning where it is the default or greater than 0; gensim trains both at once.
    alpha: what it is in gensim, also for CBOW: each context word gets the whole gradient of their mean. With
        model.cbow_gradient = "exact" and an alpha of 0.1, as fastw2v.train has them, CBOW scores better.
    max_vocab_size: words are counted first and the most frequent ones kept, so that counts are right.
    sentences: read once by the constructor, so that a generator will do; once by each build_vocab and train.
    batch_words, hashfxn, null_word: have no meaning here; other values than the default get a warning.
    """

    def __init__(
        self,
        sentences: Iterable[Sequence[str]] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: int = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        sample: float = 1e-3,
        seed: int = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        sg: int = 0,
        hs: int = 0,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Callable[..., int] = hash,
        epochs: int = 5,
        null_word: int = 0,
        trim_rule: TrimRule | None = None,
        sorted_vocab: int = 1,
        batch_words: int = 10000,
        compute_loss: bool = False,
        callbacks: Iterable[Any] = (),
        comment: str | None = None,
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        **others: object,
    ) -> None:
        refuse_arguments(others, "Word2Vec")
        _check(min_count, trim_rule, callbacks)
        self.vector_size, self.window, self.workers, self.epochs = int(vector_size), int(window), int(workers), epochs
        self.alpha, self.min_alpha, self.min_alpha_yet_reached = float(alpha), float(min_alpha), float(alpha)
        self.sg, self.hs, self.negative, self.ns_exponent = int(sg), int(hs), int(negative), ns_exponent
        self.cbow_mean, self.shrink_windows, self.sample, self.seed = int(cbow_mean), bool(shrink_windows), sample, seed
        self.min_count, self.max_vocab_size, self.max_final_vocab = min_count, max_vocab_size, max_final_vocab
        self.sorted_vocab, self.comment = sorted_vocab, comment
        self.batch_words, self.hashfxn, self.null_word = batch_words, hashfxn, null_word
        self.compute_loss, self.running_training_loss = bool(compute_loss), 0.0
        self.cbow_gradient, self.effective_min_count = "word2vec", min_count
        self.corpus_count = self.corpus_total_words = self.train_count = 0
        self.total_train_time = 0.0
        self.raw_vocab: dict[str, int] | None = None
        if self.hs and self.negative:
            logger.warning("hs=1 trains the hierarchical softmax alone; negative=%d is ignored", self.negative)
            self.negative = 0
        for name, value, usual in (
            ("batch_words", batch_words, 10000),
            ("hashfxn", hashfxn, hash),
            ("null_word", null_word, 0),
        ):
            if value != usual:
                logger.warning("%s has no meaning in fastw2v and is ignored", name)
        self._model = Model(self._config())
        if sentences is not None or corpus_file is not None:
            corpus = self._read(text_of(sentences, corpus_file), False, False, trim_rule)
            self._train(corpus, callbacks, self.compute_loss)
        elif trim_rule is not None or callbacks:
            logger.warning("trim_rule and callbacks are not kept for later; give them to build_vocab() and train()")

    def _config(self) -> Config:
        """The options as they stand in the attributes now."""
        return config_of(vars(self), self._model.vocabulary.total if "_model" in vars(self) else 0)

    # Vocabulary

    def build_vocab(
        self,
        corpus_iterable: Iterable[Sequence[str]] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        update: bool = False,
        progress_per: int = 10000,
        keep_raw_vocab: bool = False,
        trim_rule: TrimRule | None = None,
        **others: object,
    ) -> None:
        """Counts the words of a text, chooses those that stay and gives them their first vectors.

        update: words join those of the model, which keep their vectors (with hs=1 in a new tree made from the old).
        keep_raw_vocab: all words and counts stay in `raw_vocab`. trim_rule: see gensim_vocabulary.Selection.
        RuntimeError where no word stays.
        """
        refuse_arguments(others, "build_vocab")
        _check(self.min_count, trim_rule)
        self._read(text_of(corpus_iterable, corpus_file), update, keep_raw_vocab, trim_rule)

    def build_vocab_from_freq(
        self,
        word_freq: Mapping[str, int],
        keep_raw_vocab: bool = False,
        corpus_count: int | None = None,
        trim_rule: TrimRule | None = None,
        update: bool = False,
    ) -> None:
        """As build_vocab, from words that are counted already. corpus_count: how many sentences they come from."""
        _check(self.min_count, trim_rule)
        words, counts = list(word_freq), np.fromiter(word_freq.values(), np.int64, len(word_freq))
        self.corpus_count = corpus_count or 0
        self._choose(words, counts, np.arange(len(words)), update, keep_raw_vocab, trim_rule)

    def _read(self, text: Text, update: bool, keep_raw: bool, trim_rule: TrimRule | None) -> Corpus:
        """The text in the numbers of the vocabulary that it gives this model."""
        selection = self._selection(trim_rule)
        simple = selection.is_simple and self.sorted_vocab and not update and not keep_raw
        least, most = (max(1, self.min_count), self.max_vocab_size) if simple else (1, None)
        try:
            corpus = Corpus(text, min_count=least, max_vocab=most, workers=self.workers)
        except EmptyTextError as error:
            raise RuntimeError(str(error)) from error
        self.corpus_count, self.corpus_total_words = corpus.raw_sentences, corpus.raw_words
        logger.info("read %d words in %d sentences", corpus.raw_words, corpus.raw_sentences)
        if simple:
            self.effective_min_count, self.raw_vocab = self.min_count, {}
            self._model.config = self._config()
            self._model.build_vocab(corpus)
            return corpus
        counted = corpus.vocabulary
        firsts = first_places(corpus.ids, len(counted))
        self._choose(counted.index_to_key, counted.counts, firsts, update, keep_raw, trim_rule)
        return corpus.restricted(self._model.vocabulary)

    def _selection(self, trim_rule: TrimRule | None) -> Selection:
        return Selection(self.min_count, self.max_final_vocab, self.max_vocab_size, trim_rule)

    def _choose(
        self,
        words: Sequence[str],
        counts: npt.NDArray[np.int64],
        firsts: npt.NDArray[np.int64],
        update: bool,
        keep_raw: bool,
        trim_rule: TrimRule | None,
    ) -> None:
        """Builds or extends the vocabulary from words in any order; firsts: where each was met first."""
        selection = self._selection(trim_rule)
        self.effective_min_count = selection.effective_min_count(counts)
        rows = selection.of(words, counts)
        if update:
            if not len(self.wv):
                raise RuntimeError("there is no vocabulary to update; call build_vocab without update=True first")
            # Words that are known already are counted, whatever their number.
            known = [row for row, word in enumerate(words) if word in self.wv]
            rows = np.union1d(rows, np.array(known, np.int64))
        if not len(rows):
            raise RuntimeError(f"no word is left: min_count is {self.effective_min_count}; lower it, or give more text")
        if update or not self.sorted_vocab:
            rows = rows[np.argsort(firsts[rows], kind="stable")]
        vocabulary = chosen(words, counts, rows)
        if update:
            locks = self.wv.vectors_lockf
            new = self._model.extend_vocab(vocabulary)
            if locks is not None and np.size(locks) > 1:
                self.wv.vectors_lockf = np.concatenate((locks, np.ones(new, np.float32)))
            logger.info("%d words joined the vocabulary, which has %d now", new, len(self.wv))
        else:
            self._model.config = self._config()
            self._model.build_vocab(vocabulary)
        self.raw_vocab = dict(zip(words, counts.tolist(), strict=True)) if keep_raw else {}

    def reset_from(self, other_model: Word2Vec) -> None:
        """Takes another model's vocabulary, with first vectors of this model's own."""
        self._model.config = self._config()
        self._model.build_vocab(other_model._model.vocabulary)
        self.corpus_count, self.corpus_total_words = other_model.corpus_count, other_model.corpus_total_words

    def init_weights(self) -> None:
        """Gives all words their first vectors again: what was trained is gone."""
        self.reset_from(self)

    # Training

    def train(
        self,
        corpus_iterable: Iterable[Sequence[str]] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        word_count: int = 0,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        compute_loss: bool = False,
        callbacks: Iterable[Any] = (),
        **others: object,
    ) -> tuple[int, int]:
        """Passes over a text, in which words that are not in the vocabulary are left out.

        total_examples or total_words is asked for as in gensim, and compared with what the text holds; the learning
        rate follows the text itself. start_alpha, end_alpha: the rate from and to which it falls, kept as `alpha` and
        `min_alpha`. report_delay: seconds between two messages of the log. word_count and queue_factor do not matter.
        compute_loss: the loss is counted anyway.
        Returns how many words were trained, subsampling and unknown words taken off (to be expected, not counted), and
        how many there were.
        """
        refuse_arguments(others, "train")
        _check(self.min_count, None, callbacks)
        if not len(self.wv):
            raise RuntimeError("the model has no vocabulary; call build_vocab before train")
        if total_examples is None and total_words is None:
            raise ValueError("neither total_examples nor total_words is given; give total_examples=model.corpus_count")
        if epochs is None or epochs <= 0:
            raise ValueError(f"epochs is {epochs}, but must be at least 1; give epochs=model.epochs")
        self.alpha, self.min_alpha = float(start_alpha or self.alpha), float(end_alpha or self.min_alpha)
        self.epochs = epochs
        text = text_of(corpus_iterable, corpus_file)
        if self.alpha > self.min_alpha_yet_reached:
            logger.warning(
                "alpha is %g, but an earlier training had come down to %g", self.alpha, self.min_alpha_yet_reached
            )
        try:
            corpus = Corpus(text, vocabulary=self._model.vocabulary, workers=self.workers)
        except EmptyTextError as error:
            logger.warning("nothing was trained: %s", error)
            return 0, 0
        for name, given, found in (
            ("total_examples", total_examples, corpus.raw_sentences),
            ("total_words", total_words, corpus.raw_words),
        ):
            if given is not None and given != found:
                logger.warning("%s is %d, but the text has %d", name, given, found)
        return self._train(corpus, callbacks, compute_loss, report_delay)

    def _train(
        self, corpus: Corpus, callbacks: Iterable[Any], compute_loss: bool, report_delay: float = 1.0
    ) -> tuple[int, int]:
        callbacks = tuple(callbacks)
        config, built = self._config(), self._model.config
        if (config.loss, config.vector_size) != (built.loss, built.vector_size):
            raise ValueError("hs or vector_size was changed after build_vocab; call build_vocab again to begin anew")
        locked = self.wv.locked_words()
        self._model.config = config
        self.compute_loss, self.running_training_loss = bool(compute_loss), 0.0
        for callback in callbacks:
            callback.on_train_begin(self)
        started = time.perf_counter()
        tell = _teller(report_delay)
        if callbacks:
            steps = self._model.train_stepwise(corpus, tell, freeze=locked)
            for _ in range(config.epochs):
                for callback in callbacks:
                    callback.on_epoch_begin(self)
                # A callback may have changed the rate.
                self._model.config = self._config()
                progress = next(steps)
                self._note(progress)
                for callback in callbacks:
                    callback.on_epoch_end(self)
            next(steps, None)
        else:
            progress = self._model.train(corpus, tell, freeze=locked)
            self._note(progress)
        seconds = time.perf_counter() - started
        self.total_train_time += seconds
        self.train_count += 1
        kept = keep_probabilities(self._model.vocabulary.counts, config.sample)
        trained = round(config.epochs * float(corpus.counts @ kept))
        raw = config.epochs * corpus.raw_words
        logger.info(
            "trained %d words (%d effective ones) in %.1f s, %.0f a second", raw, trained, seconds, raw / seconds
        )
        for callback in callbacks:
            callback.on_train_end(self)
        return trained, raw

    def _note(self, progress: Progress) -> None:
        entries = [entry for entry in progress.history if entry["predictions"]]
        self.running_training_loss = sum(entry["loss"] * entry["predictions"] for entry in entries)
        self.min_alpha_yet_reached = progress.alpha


def _check(min_count: object, trim_rule: object, callbacks: object = ()) -> None:
    """TypeError for what is not of its kind and would be met only after the text was read."""
    check_integer("min_count", min_count, 0, remedy="0 and 1 keep every word")
    if trim_rule is not None and not callable(trim_rule):
        raise TypeError(
            f"trim_rule is {short(trim_rule)}, but must be a function of a word, its count and min_count, or None"
        )
    if isinstance(callbacks, str) or not isinstance(callbacks, Iterable):
        raise TypeError(f"callbacks is {short(callbacks)}, but must be a list of objects such as CallbackAny2Vec")


def _teller(delay: float) -> Callable[[Progress], None]:
    """Tells the log how far a training is, every `delay` seconds."""
    told = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal told
        if time.monotonic() - told >= delay:
            told = time.monotonic()
            share = 100 * progress.words_done / progress.words_total
            logger.info("epoch %d: %.1f %%, %.0f words a second", progress.epoch, share, progress.words_per_second)

    return tell
