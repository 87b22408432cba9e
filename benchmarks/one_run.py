"""One run of one system in a process of its own, its figures as JSON on standard output. Called by the others.

python -m benchmarks.one_run SYSTEM CORPUS WORKERS EPOCHS SEED OUT, SYSTEM being fastw2v or gensim, OUT a file or "-".
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any


def fastw2v(corpus: str, workers: int, epochs: int, seed: int, out: str) -> dict[str, float]:
    """Skip-gram with negative sampling at the defaults that both systems share."""
    from fastw2v import Config, Corpus, Word2Vec

    config = Config(workers=workers, epochs=epochs, seed=seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    text = Corpus(corpus, workers=workers)
    read = time.perf_counter()
    model = Word2Vec(config)
    model.build_vocab(text)
    progress = model.train(text)
    if out != "-":
        model.wv.save(out)
    return {
        "words": text.raw_words,
        "kept": len(text),
        "vocabulary": len(text.vocabulary),
        "vocabulary_bytes": vocabulary_bytes(text.vocabulary),
        "read_seconds": read - begin,
        "train_seconds": progress.seconds,
        "loss": progress.loss,
        "memory_before": before,
    }


def vocabulary_bytes(vocabulary: Any) -> int:
    """What words, their list and index, and counts take."""
    words = vocabulary.index_to_key
    index = vocabulary.key_to_index
    held = sum(map(sys.getsizeof, words)) + sys.getsizeof(words) + sys.getsizeof(index) + 32 * len(words)
    return int(held + vocabulary.counts.nbytes)


def gensim(corpus: str, workers: int, epochs: int, seed: int, out: str) -> dict[str, float]:
    """gensim's corpus_file mode, its fastest."""
    from gensim.models.word2vec import Word2Vec

    options = {"vector_size": 100, "window": 5, "negative": 5, "sample": 1e-3, "min_count": 5, "sg": 1}
    model = Word2Vec(**options, workers=workers, epochs=epochs, seed=seed)
    begin = time.perf_counter()
    model.build_vocab(corpus_file=corpus)
    read = time.perf_counter()
    model.train(
        corpus_file=corpus, total_words=model.corpus_total_words, total_examples=model.corpus_count, epochs=epochs
    )
    trained = time.perf_counter()
    if out != "-":
        model.wv.save_word2vec_format(out, binary=out.endswith(".bin"))
    return {
        "words": model.corpus_total_words,
        "vocabulary": len(model.wv),
        "read_seconds": read - begin,
        "train_seconds": trained - read,
    }


if __name__ == "__main__":
    name, path, threads, passes, start, target = sys.argv[1:]
    figures = {"fastw2v": fastw2v, "gensim": gensim}[name](path, int(threads), int(passes), int(start), target)
    figures["peak_memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(figures))
