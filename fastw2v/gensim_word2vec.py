"""gensim 4's Word2Vec: its constructor and its training, on fastw2v's own model. gensim_api.py says what this is for.

Counting words is gensim_built.py's; what neither counts nor trains is gensim_trained.py's.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from fastw2v.corpus import Corpus, EmptyTextError
from fastw2v.gensim_built import Built, check_arguments
from fastw2v.gensim_names import refuse_arguments
from fastw2v.gensim_sources import read_text, text_of
from fastw2v.gensim_vocabulary import TrimRule
from fastw2v.model import Word2Vec as Model
from fastw2v.noise import keep_probabilities
from fastw2v.trainer import Progress

__all__ = ["Word2Vec"]

logger = logging.getLogger("fastw2v.gensim_api")


class Word2Vec(Built):
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
        check_arguments(min_count, trim_rule, callbacks)
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
        check_arguments(self.min_count, None, callbacks)
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
            corpus = read_text(text, vocabulary=self._model.vocabulary, workers=self.workers)
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
