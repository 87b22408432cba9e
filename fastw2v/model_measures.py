"""What a trained model says of texts: losses, perplexity, likelihoods, and the words that it expects.

Nothing is trained here; model.py, above, fills the matrices.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config, check_integer
from fastw2v.corpus import Corpus
from fastw2v.encoded import EncodedText
from fastw2v.huffman import huffman_tree
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.matrices import pad_rows
from fastw2v.prediction import softmax_probabilities, tree_probabilities
from fastw2v.short import short
from fastw2v.text_losses import mean_loss, sentence_losses
from fastw2v.vocabulary import Vocabulary

__all__ = ["Measures", "Source"]

Source = str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | Iterable[Sequence[str]]
Matrix = npt.NDArray[np.float32]

MOST_EXPONENT = 709.0  # exp of more is no float


class Measures:
    """The part of model.Word2Vec that reads a model and changes nothing."""

    config: Config
    vocabulary: Vocabulary
    wv: KeyedVectors
    outputs: Matrix

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
        text = corpus.encoded(self.vocabulary.counts)
        return mean_loss(config, text, pad_rows(self.wv.vectors), pad_rows(self.outputs))

    def log_likelihoods(self, sentences: Iterable[Sequence[str]]) -> npt.NDArray[np.float64]:
        """For each sentence the sum of log P(target | input) over the whole windows of all its words, float64.

        Words that the model does not know are left out; an empty sentence has 0. P is as in `perplexity`, of models
        that were trained by it: loss="hierarchical" or "softmax", else a ValueError. To classify a text, train a model
        for each class and see under which the text is likelier (Taddy 2015).
        """
        config = self.config
        if config.loss == "negative":
            raise ValueError(
                "negative sampling trains no probabilities; train with loss='hierarchical' or 'softmax', or compare "
                "texts by perplexity"
            )
        known = self.vocabulary.key_to_index
        ids: list[int] = []
        offsets = [0]
        for number, sentence in enumerate(sentences):
            if isinstance(sentence, (str, bytes)) or not isinstance(sentence, Iterable):
                raise TypeError(f"sentence {number} is {short(sentence)}, but must be a list of words")
            ids += [known[word] for word in sentence if word in known]
            offsets.append(len(ids))
        text = EncodedText(np.array(ids, np.int32), np.array(offsets, np.int64), self.vocabulary.counts)
        whole = replace(config, sample=0.0, shrink_windows=False, workers=1)
        return 0.0 - sentence_losses(whole, text, pad_rows(self.wv.vectors), pad_rows(self.outputs))

    def _corpus_of(self, source: Source | Corpus) -> Corpus:
        """The text in this model's word numbers."""
        self.refuse_without_vocabulary()
        corpus = source if isinstance(source, Corpus) else Corpus(source, vocabulary=self.vocabulary)
        if corpus.vocabulary != self.vocabulary:
            raise ValueError(
                f"the corpus has a vocabulary of {len(corpus.vocabulary)} words that is not this model's of "
                f"{len(self.vocabulary)}; make it with Corpus(source, vocabulary=model.vocabulary)"
            )
        return corpus

    def refuse_without_vocabulary(self) -> None:
        """ValueError if the model knows no word yet."""
        if not len(self.vocabulary):
            raise ValueError(
                "the model has no vocabulary yet; call build_vocab(corpus) first, or fastw2v.train(source)"
            )

    def predict(self, context_words: Sequence[str], topn: int = 10) -> list[tuple[str, float]]:
        """The `topn` most probable words beside `context_words`, with their probabilities, highest first.

        The input h is the mean of the words' vectors (for CBOW with cbow_mean=False their sum), and P(w) the softmax
        exp(u_w . h) / sum_x exp(u_x . h), or for loss="hierarchical" the product along w's path through the tree.
        KeyError names a word that the model does not know.
        """
        if isinstance(context_words, (str, bytes)) or not hasattr(context_words, "__iter__"):
            raise TypeError(f"context_words must be a list of words, not {short(context_words)}")
        words = list(context_words)
        for word in words:
            if not isinstance(word, str):
                raise TypeError(f"context_words must be a list of words, but {short(word)} among them is no str")
        topn = check_integer("topn", topn, 1)
        if not words:
            raise ValueError("context_words is empty; give at least one word")
        h: Matrix = np.stack([self.wv[word] for word in words]).sum(axis=0)
        if self.config.architecture != "cbow" or self.config.cbow_mean:
            h /= np.float32(len(words))
        probabilities = self.probabilities(h)
        best = np.argsort(-probabilities, kind="stable")[:topn]
        return [(self.wv.index_to_key[i], float(probabilities[i])) for i in best.tolist()]

    def probabilities(self, h: Matrix) -> npt.NDArray[np.float64]:
        """P(w) of every word for the input vector h, (vector_size,): see `predict`."""
        if self.config.loss == "hierarchical":
            found = tree_probabilities(h, self.outputs, huffman_tree(self.vocabulary.counts))
        else:
            found = softmax_probabilities(h, self.outputs)
        if not np.isfinite(found).all():
            raise ValueError("the model's training has diverged, it predicts no number; train it anew, and lower alpha")
        return found
