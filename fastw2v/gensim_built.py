"""The part of gensim 4's Word2Vec that counts words and chooses those that stay, in a model of ours.

gensim_word2vec.py, above, has the constructor and trains; what needs neither stands in gensim_trained.py. Which words
stay is decided by gensim_vocabulary.py.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config, check_integer
from fastw2v.corpus import Corpus, EmptyTextError
from fastw2v.gensim_names import refuse_arguments
from fastw2v.gensim_options import config_of
from fastw2v.gensim_sources import Text, read_text, text_of
from fastw2v.gensim_trained import Trained
from fastw2v.gensim_vocabulary import Selection, TrimRule, chosen, first_places
from fastw2v.short import short

__all__ = ["Built", "check_arguments"]

logger = logging.getLogger("fastw2v.gensim_api")


class Built(Trained):
    """See gensim_word2vec.Word2Vec."""

    workers: int
    min_count: int
    max_vocab_size: int | None
    max_final_vocab: int | None
    sorted_vocab: int
    corpus_count: int
    corpus_total_words: int
    effective_min_count: int
    raw_vocab: dict[str, int] | None

    def _config(self) -> Config:
        """The options as they stand in the attributes now."""
        return config_of(vars(self), self._model.vocabulary.total if "_model" in vars(self) else 0)

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
        check_arguments(self.min_count, trim_rule)
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
        check_arguments(self.min_count, trim_rule)
        words, counts = list(word_freq), np.fromiter(word_freq.values(), np.int64, len(word_freq))
        self.corpus_count = corpus_count or 0
        self._choose(words, counts, np.arange(len(words)), update, keep_raw_vocab, trim_rule)

    def _read(self, text: Text, update: bool, keep_raw: bool, trim_rule: TrimRule | None) -> Corpus:
        """The text in the numbers of the vocabulary that it gives this model."""
        selection = self._selection(trim_rule)
        simple = selection.is_simple and self.sorted_vocab and not update and not keep_raw
        least, most = (max(1, self.min_count), self.max_vocab_size) if simple else (1, None)
        try:
            corpus = read_text(text, min_count=least, max_vocab=most, workers=self.workers)
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

    def reset_from(self, other_model: Built) -> None:
        """Takes another model's vocabulary, with first vectors of this model's own."""
        self._model.config = self._config()
        self._model.build_vocab(other_model._model.vocabulary)
        self.corpus_count, self.corpus_total_words = other_model.corpus_count, other_model.corpus_total_words

    def init_weights(self) -> None:
        """Gives all words their first vectors again: what was trained is gone."""
        self.reset_from(self)


def check_arguments(min_count: object, trim_rule: object, callbacks: object = ()) -> None:
    """TypeError for what is not of its kind and would be met only after the text was read."""
    check_integer("min_count", min_count, 0, remedy="0 and 1 keep every word")
    if trim_rule is not None and not callable(trim_rule):
        raise TypeError(
            f"trim_rule is {short(trim_rule)}, but must be a function of a word, its count and min_count, or None"
        )
    if isinstance(callbacks, str) or not isinstance(callbacks, Iterable):
        raise TypeError(f"callbacks is {short(callbacks)}, but must be a list of objects such as CallbackAny2Vec")
