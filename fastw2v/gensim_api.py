"""gensim 4's names on fastw2v's own models: change one import line.

    from fastw2v.gensim_api import Word2Vec, KeyedVectors, LineSentence
    from fastw2v.gensim_api import Phrases, Phraser, ENGLISH_CONNECTOR_WORDS

Only names and conventions of gensim's live in the gensim_*.py files that these names come from; models, training and
files are those of model.py, phrases of phrases.py. docs/gensim.md says what is the same and what differs.
"""

from __future__ import annotations

from fastw2v.gensim_phrases import FrozenPhrases, Phraser, Phrases, npmi_scorer, original_scorer
from fastw2v.gensim_trained import CallbackAny2Vec
from fastw2v.gensim_vocabulary import RULE_DEFAULT, RULE_DISCARD, RULE_KEEP
from fastw2v.gensim_word2vec import Word2Vec
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.line_sentences import LineSentence, PathLineSentences, Text8Corpus
from fastw2v.phrase_options import ENGLISH_CONNECTOR_WORDS

__all__ = [
    "ENGLISH_CONNECTOR_WORDS",
    "RULE_DEFAULT",
    "RULE_DISCARD",
    "RULE_KEEP",
    "CallbackAny2Vec",
    "FrozenPhrases",
    "KeyedVectors",
    "LineSentence",
    "PathLineSentences",
    "Phraser",
    "Phrases",
    "Text8Corpus",
    "Word2Vec",
    "npmi_scorer",
    "original_scorer",
]
