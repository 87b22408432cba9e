"""A model out of a file of gensim's own, as a model of ours that can be trained on.

Reading the file is gensim_files.py's.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from fastw2v.config import Config
from fastw2v.gensim_files import load_gensim_model
from fastw2v.gensim_options import attributes_of, config_of
from fastw2v.model import Word2Vec as Model
from fastw2v.model_files import ModelParts
from fastw2v.vocabulary import Vocabulary

__all__ = ["load_from_gensim"]

logger = logging.getLogger("fastw2v.gensim_api")


def load_from_gensim(path: str | os.PathLike[str], mapped: bool) -> tuple[Model, dict[str, Any]]:
    """The model, and its attributes by gensim's names. mapped: matrices may stay in files beside it, read-only.

    A model of the hierarchical softmax alone is refused with ValueError: where counts are equal gensim's tree is not
    ours, and vectors of its nodes are of no use without it. Of a model of both objectives the other one is taken.
    """
    name, found = os.fspath(path), load_gensim_model(path)
    if found.kind == "Word2Vec" and not found.words:
        raise ValueError(f"{name}: an untrained model of gensim's, without words; make a new one")
    if found.kind != "Word2Vec" or found.counts is None:
        raise ValueError(f"{name}: a {found.kind} of gensim's, no Word2Vec; read its vectors with KeyedVectors.load")
    if found.outputs is None:
        raise ValueError(
            f"{name}: a model of the hierarchical softmax, whose tree cannot be taken over; read its vectors with "
            "KeyedVectors.load, or train it anew"
        )
    usual = attributes_of(Config(workers=1, cbow_gradient="word2vec"), {})
    options = {**usual, **found.options, "vector_size": found.vectors.shape[1]}
    if options["hs"]:
        logger.warning("%s was trained with negative sampling and hierarchical softmax; only the former goes on", name)
        options["hs"] = 0
    try:
        config = config_of(options, int(found.counts.sum()))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: its options are not valid: {error}") from error
    vocabulary = Vocabulary(found.words, found.counts, raw_total=int(found.counts.sum()))
    vectors, outputs = found.vectors, found.outputs
    if not mapped:
        vectors, outputs = (rows if rows.flags.writeable else rows.copy() for rows in (vectors, outputs))
    return Model.from_parts(ModelParts(config, vocabulary, vectors, outputs)), options
