"""fastw2v: word2vec for Python, trained on CPUs as fast as the arithmetic units allow."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fastw2v.callbacks import Callback, Every
from fastw2v.cluster import Cluster
from fastw2v.config import Config
from fastw2v.corpus import Corpus
from fastw2v.encoding import encode
from fastw2v.estimates import Estimate, estimate
from fastw2v.frozen_phrases import FrozenPhrases
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.model import Word2Vec
from fastw2v.one_call import train
from fastw2v.pair_model import PairModel, train_pairs
from fastw2v.phrase_options import ENGLISH_CONNECTOR_WORDS
from fastw2v.phrases import Phrases
from fastw2v.trainer import DivergedError
from fastw2v.vocabulary import Vocabulary

if TYPE_CHECKING:
    from fastw2v import ann as ann
    from fastw2v import evaluation as evaluation
    from fastw2v import exports as exports
    from fastw2v import formats as formats
    from fastw2v import gensim_api as gensim_api
    from fastw2v import history as history

load_vectors = KeyedVectors.load
__version__ = "0.1.0"
__all__ = [
    "ENGLISH_CONNECTOR_WORDS",
    "Callback",
    "Cluster",
    "Config",
    "Corpus",
    "DivergedError",
    "Estimate",
    "Every",
    "FrozenPhrases",
    "KeyedVectors",
    "PairModel",
    "Phrases",
    "Vocabulary",
    "Word2Vec",
    "__version__",
    "encode",
    "estimate",
    "load_vectors",
    "train",
    "train_pairs",
]
# Modules that not every program needs: imported when they are asked for as attributes.
_MODULES = {"ann", "evaluation", "exports", "formats", "gensim_api", "history"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
