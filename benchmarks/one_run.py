"""One run of a system that is called from Python, in a process of its own, its figures as JSON on standard output.

python -m benchmarks.one_run SYSTEM TASK OUT: a name of SYSTEMS, a Task as JSON, and a file for the vectors or "-".
Called by the others; how programs are run stands in programs.py.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from typing import Any

from benchmarks.settings import Task

FASTTEXT_SLICES = 10  # of its first matrix, which it fills with a thread each: with fewer threads, rows stay zero


def fastw2v(task: Task, out: str) -> dict[str, float]:
    """Without options of its own at the defaults."""
    from fastw2v import Config, Corpus, Word2Vec
    from fastw2v.noise import keep_probabilities

    objective = {"cbow": {"architecture": "cbow"}, "hierarchical": {"loss": "hierarchical"}}.get(task.objective, {})
    same = ("vector_size", "window", "negative", "epochs", "workers", "seed", "min_count", "sample")
    config = Config(**{**{name: getattr(task, name) for name in same}, **objective, **task.more})
    before = peak_memory()
    begin = time.perf_counter()
    text = Corpus(task.corpus, min_count=config.min_count, max_vocab=config.max_vocab, workers=config.workers)
    read = time.perf_counter()
    model = Word2Vec(config)
    model.build_vocab(text)
    progress = model.train(text)
    if out != "-":
        model.wv.save(out)
    counts = text.vocabulary.counts
    return {
        "words": text.raw_words,
        "inputs": config.epochs * float((keep_probabilities(counts, config.sample) * counts).sum()),  # expected
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


def gensim(task: Task, out: str) -> dict[str, float]:
    """gensim's corpus_file mode, its fastest. Each worker lowers the rate by the words that it alone has seen, so that
    with n workers an epoch takes it down only an n-th of the way."""
    return _gensim(task, out, {"corpus_file": task.corpus})


def gensim_lines(task: Task, out: str) -> dict[str, float]:
    """gensim reading sentences: its rate falls as it should, but a sentence's words past 10,000 are cut off."""
    from gensim.models.word2vec import LineSentence

    return _gensim(task, out, {"corpus_iterable": LineSentence(task.corpus)})


def _gensim(task: Task, out: str, source: dict[str, Any]) -> dict[str, float]:
    before = peak_memory()
    from gensim.models.word2vec import Word2Vec

    same = ("vector_size", "window", "negative", "epochs", "workers", "seed", "min_count", "sample")
    options = {name: getattr(task, name) for name in same}
    options |= {"cbow": {"sg": 0}, "hierarchical": {"sg": 1, "hs": 1, "negative": 0}}.get(task.objective, {"sg": 1})
    model = Word2Vec(**options)
    begin = time.perf_counter()
    model.build_vocab(**source)
    read = time.perf_counter()
    model.train(**source, total_words=model.corpus_total_words, total_examples=model.corpus_count, epochs=task.epochs)
    trained = time.perf_counter()
    if out != "-":
        model.wv.save_word2vec_format(out, binary=out.endswith(".bin"))
    return {
        "words": model.corpus_total_words,
        "vocabulary": len(model.wv),
        "read_seconds": read - begin,
        "train_seconds": trained - read,
        "memory_before": before,
    }


def fasttext(task: Task, out: str) -> dict[str, float]:
    """fastText without subwords, with the sample of all others; its rate (0.05) and its noise (the square roots of
    counts) are its own. It counts words again before it trains; what a run without an epoch takes is not counted as
    training. Where vectors are wanted to be scored, `more` asks for as many threads as its first matrix needs."""
    from fasttext import train_unsupervised

    options: dict[str, Any] = {"dim": task.vector_size, "ws": task.window, "neg": task.negative, "maxn": 0}
    options |= {"minCount": task.min_count, "t": task.sample, "verbose": 0, "bucket": 0}
    options |= {"model": "cbow" if task.objective == "cbow" else "skipgram"}
    options |= {"loss": "hs" if task.objective == "hierarchical" else "ns"} | dict(task.more)
    options["thread"] = max(task.workers, int(options.pop("least_threads", 1)))

    def trained(passes: int) -> tuple[Any, float]:
        begin = time.perf_counter()
        model = train_unsupervised(task.corpus, epoch=passes, **options)
        return model, time.perf_counter() - begin

    model, seconds = trained(task.epochs)
    if out != "-":
        save_fasttext(model, out)
    peak = peak_memory()  # before there is a second model beside the first
    reading = trained(0)[1]
    if seconds <= reading:
        raise RuntimeError("fastText took no longer to train than to read: give it a larger corpus to be timed on")
    return {
        "train_seconds": seconds - reading,
        "extra_seconds": reading,
        "threads": options["thread"],
        "peak_memory": peak,
    }


def save_fasttext(model: Any, out: str) -> None:
    """Its vectors in word2vec's form, by suffix."""
    from fastw2v import KeyedVectors

    KeyedVectors(model.get_words(), model.get_input_matrix()).save(out)


SYSTEMS = {"fastw2v": fastw2v, "gensim": gensim, "gensim-lines": gensim_lines, "fastText": fasttext}

if __name__ == "__main__":
    found = SYSTEMS[sys.argv[1]](Task.from_json(sys.argv[2]), sys.argv[3])
    found.setdefault("peak_memory", peak_memory())
    print(json.dumps(found))
