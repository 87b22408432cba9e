"""Names of gensim's that are called otherwise here, and names of its older versions: what each is called now.

Tables of words only; who meets such a name raises the sentence.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MODEL", "PHRASES", "RUN_ARGUMENTS", "SAVING", "TRAINING_OPTIONS", "VECTORS", "refuse_arguments", "renamed"]

# gensim's options that fastw2v.train and Config have under other names.
TRAINING_OPTIONS = {
    "sg": "architecture='skipgram' (sg=1) or 'cbow' (sg=0)",
    "hs": "loss='hierarchical' (hs=1) or 'negative' (hs=0)",
    "size": "vector_size",
    "iter": "epochs",
    "sentences": "the first argument, source",
    "corpus_file": "the first argument, source",
    "max_vocab_size": "max_vocab",
    "max_final_vocab": "max_vocab",
    "compute_loss": "always on: see model.history",
    "trim_rule": "a Vocabulary of one's own: see Corpus.restricted, or fastw2v.gensim_api.Word2Vec",
}

# Arguments of gensim's Word2Vec.train.
RUN_ARGUMENTS = {
    "total_examples": "leave it out, texts are counted when they are read",
    "total_words": "leave it out, texts are counted when they are read",
    "start_alpha": "it is alpha in model.config",
    "end_alpha": "it is min_alpha in model.config",
    "word_count": "leave it out, every run counts anew",
    "queue_factor": "leave it out, there is no queue",
    "report_delay": "leave it out, a Callback has an interval",
    "compute_loss": "leave it out, losses are in model.history",
    "corpus_iterable": "the text is the first argument",
    "corpus_file": "the text is the first argument",
    "sentences": "the text is the first argument",
}

# Arguments of gensim 3's Word2Vec and of its methods.
ARGUMENTS = {
    "size": "vector_size",
    "iter": "epochs",
    "sentences": "corpus_iterable",
    "documents": "corpus_iterable",
    "common_terms": "connector_words",
}

# Arguments of gensim's Phrases that fastw2v.Phrases has not, and what to do.
PHRASES = {
    "sentences": "; it is the first argument, corpus",
    "max_vocab_size": "; nothing is forgotten here, so leave it out",
    "progress_per": "; give a function as on_progress, or leave it out",
    "common_terms": "; it is connector_words",
}

# Arguments of gensim's save that say how a pickle is cut into files; there is none here.
SAVING = ("separately", "sep_limit", "ignore", "pickle_protocol")

# Attributes of gensim 3's KeyedVectors.
VECTORS = {
    "vocab": "key_to_index, and get_vecattr(word, 'count') for counts",
    "index2word": "index_to_key",
    "index2entity": "index_to_key",
    "syn0": "vectors",
    "syn0norm": "get_normed_vectors()",
    "vectors_norm": "get_normed_vectors()",
    "similar_by_entity": "similar_by_key",
    "add": "add_vectors",
    "add_entity": "add_vector",
    "accuracy": "evaluate_word_analogies",
}

# Attributes of gensim 3's Word2Vec, and what it handed on to its KeyedVectors.
MODEL = {
    "iter": "epochs",
    "size": "vector_size",
    "vocabulary": "the model's own attributes",
    "trainables": "the model's own attributes",
    **{name: f"wv.{now}" for name, now in VECTORS.items()},
    "word_vec": "wv.get_vector",
    "words_closer_than": "wv.closer_than",
    **{
        name: f"wv.{name}"
        for name in (
            "most_similar",
            "most_similar_cosmul",
            "similarity",
            "n_similarity",
            "wmdistance",
            "similar_by_word",
            "similar_by_vector",
            "doesnt_match",
            "evaluate_word_pairs",
            "evaluate_word_analogies",
            "index_to_key",
            "key_to_index",
            "vectors",
            "get_vector",
            "save_word2vec_format",
        )
    },
    "load_word2vec_format": "KeyedVectors.load_word2vec_format",
    "intersect_word2vec_format": "wv.intersect_word2vec_format",
}


def renamed(kind: str, name: str, table: dict[str, str]) -> str:
    """The sentence for an attribute that does not exist; with what to use instead, where the table has it."""
    missing = f"{kind!r} object has no attribute {name!r}"
    return f"{missing}; use {table[name]}" if name in table else missing


def refuse_arguments(others: Mapping[str, object], function: str) -> None:
    """TypeError for keyword arguments that a function does not have, if there are any."""
    for name in others:
        hint = f"; it is {ARGUMENTS[name]} now" if name in ARGUMENTS else ""
        raise TypeError(f"{function}() has no argument {name!r}{hint}")
