"""One run of one system in a process of its own, its figures as JSON on standard output. Called by the others.

python -m benchmarks.one_run SYSTEM CORPUS WORKERS EPOCHS SEED OUT [OPTIONS], SYSTEM being fastw2v, gensim or fasttext,
OUT a file or "-", OPTIONS a JSON object of the system's own options.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from typing import Any

Options = dict[str, Any]


def fastw2v(corpus: str, workers: int, epochs: int, seed: int, out: str, options: Options) -> dict[str, float]:
    """Without options skip-gram with negative sampling at the defaults that both systems share."""
    from fastw2v import Config, Corpus, Word2Vec
    from fastw2v.noise import keep_probabilities

    config = Config(workers=workers, epochs=epochs, seed=seed, **options)
    before = peak_memory()
    begin = time.perf_counter()
    text = Corpus(corpus, min_count=config.min_count, max_vocab=config.max_vocab, workers=workers)
    read = time.perf_counter()
    model = Word2Vec(config)
    model.build_vocab(text)
    progress = model.train(text)
    if out != "-":
        model.wv.save(out)
    counts = text.vocabulary.counts
    return {
        "words": text.raw_words,
        "inputs": epochs * float((keep_probabilities(counts, config.sample) * counts).sum()),  # expected
        "kept": len(text),
        "vocabulary": len(text.vocabulary),
        "vocabulary_bytes": vocabulary_bytes(text.vocabulary),
        "read_seconds": read - begin,
        "train_seconds": progress.seconds,
        "loss": progress.loss,
        "memory_before": before,
    }


def peak_memory() -> int:
    """KiB, from /proc where there is one: getrusage's figure is at least that of the process that started this one."""
    if os.path.exists("/proc/self/status"):
        with open("/proc/self/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def vocabulary_bytes(vocabulary: Any) -> int:
    """What words, their list and index, and counts take."""
    words = vocabulary.index_to_key
    index = vocabulary.key_to_index
    held = sum(map(sys.getsizeof, words)) + sys.getsizeof(words) + sys.getsizeof(index) + 32 * len(words)
    return int(held + vocabulary.counts.nbytes)


def gensim(corpus: str, workers: int, epochs: int, seed: int, out: str, more: Options) -> dict[str, float]:
    """gensim's corpus_file mode, its fastest."""
    from gensim.models.word2vec import Word2Vec

    options = {"vector_size": 100, "window": 5, "negative": 5, "sample": 1e-3, "min_count": 5, "sg": 1, **more}
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


def fasttext(corpus: str, workers: int, epochs: int, _: int, __: str, options: Options) -> dict[str, float]:
    """fastText without subwords. It counts words again before it trains; what a run without an epoch takes is not
    counted as training."""
    from fasttext import train_unsupervised

    def seconds(passes: int) -> float:
        begin = time.perf_counter()
        train_unsupervised(corpus, dim=100, ws=5, maxn=0, thread=workers, epoch=passes, verbose=0, **options)
        return time.perf_counter() - begin

    with open(corpus, encoding="utf-8") as file:
        words = sum(len(line.split()) for line in file)
    return {"words": words, "train_seconds": seconds(epochs) - seconds(0)}


if __name__ == "__main__":
    name, path, threads, passes, start, target = sys.argv[1:7]
    more = json.loads(sys.argv[7]) if len(sys.argv) > 7 else {}
    run = {"fastw2v": fastw2v, "gensim": gensim, "fasttext": fasttext}[name]
    figures = run(path, int(threads), int(passes), int(start), target, more)
    figures["peak_memory"] = peak_memory()
    print(json.dumps(figures))
