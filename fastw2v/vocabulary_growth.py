"""How a trained model takes in words that it does not know yet: which of a text, with which counts, vectors and nodes.

What was trained stays in its place. Files, first vectors and training are others' business.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fastw2v.corpus import Corpus
from fastw2v.huffman import huffman_tree
from fastw2v.tree_transfer import transferred_nodes
from fastw2v.vocabulary import Vocabulary
from fastw2v.workers import output_rows

if TYPE_CHECKING:
    from fastw2v.model import Word2Vec

__all__ = ["grow_by", "grown_outputs", "grown_vocabulary", "words_to_add"]

logger = logging.getLogger("fastw2v")

Matrix = npt.NDArray[np.float32]


def grow_by(model: Word2Vec, source: Any, *, least: int | None = None, **reading: Any) -> Corpus:
    """Reads a text once, adds its words to the model (see words_to_add), and gives it in the model's numbers.

    source: as for Corpus; or a Corpus, all of whose words join that it has at least `least` times (None: once).
    reading: how a text is read, see Corpus, whose errors these are as well.
    """
    config = model.config
    model.refuse_without_vocabulary()
    if isinstance(source, Corpus):
        corpus, least = source, least or 1
    else:
        # Known words count whatever their number, so that all are read.
        corpus = Corpus(source, min_count=1, workers=config.workers, **reading)
        least = config.min_count
    new = model.extend_vocab(words_to_add(model.vocabulary, corpus, least, config.max_vocab))
    logger.info("%d words joined the vocabulary, which has %d now", new, len(model.vocabulary))
    return corpus.restricted(model.vocabulary)


def words_to_add(known: Vocabulary, corpus: Corpus, min_count: int, max_vocab: int | None) -> Vocabulary:
    """The words of a text, with their counts in it, by which a vocabulary grows.

    These are the words it knows, whatever their number; and those seen at least `min_count` times, the most frequent
    first, until there are `max_vocab` words in all (None: all of them).
    """
    words, counts = corpus.vocabulary.index_to_key, corpus.counts
    is_known = np.fromiter((word in known for word in words), np.bool_, len(words))
    new = np.flatnonzero(~is_known & (counts >= min_count))
    new = new[np.argsort(-counts[new], kind="stable")]
    if max_vocab is not None:
        new = new[: max(0, max_vocab - len(known))]
    rows = np.concatenate((np.flatnonzero(is_known & (counts > 0)), new))
    chosen = [words[row] for row in rows.tolist()]
    return Vocabulary(chosen, counts[rows], raw_unique=len(words), raw_total=corpus.raw_words)


def grown_vocabulary(known: Vocabulary, added: Vocabulary) -> Vocabulary:
    """The words of `known` in their order, behind them those that are new in `added`, in theirs; counts are summed."""
    numbers = known.key_to_index
    new = [word for word in added.index_to_key if word not in numbers]
    places = {word: len(known) + i for i, word in enumerate(new)}
    rows = [places[word] if word in places else numbers[word] for word in added.index_to_key]
    counts = np.concatenate((known.counts, np.zeros(len(new), np.int64)))
    counts[np.array(rows, np.intp)] += added.counts
    return Vocabulary([*known.index_to_key, *new], counts, raw_total=known.raw_total + added.raw_total)


def grown_outputs(loss: str, outputs: Matrix, known: Vocabulary, grown: Vocabulary) -> Matrix:
    """The output matrix of a vocabulary that grew: zero for what is new.

    With loss="hierarchical" the counts make another tree, whose nodes get what tree_transfer.py makes of the old ones.
    """
    if loss == "hierarchical":
        return transferred_nodes(outputs, huffman_tree(known.counts), huffman_tree(grown.counts))
    larger = np.zeros((output_rows(loss, len(grown)), outputs.shape[1]), np.float32)
    larger[: len(outputs)] = outputs
    return larger
