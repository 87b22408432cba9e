"""One reading or writing of a file of vectors, in a process of its own, its figures as JSON on standard output.

python -m benchmarks.one_load SYSTEM ACTION PATH COUNT WIDTH: the table that is written is random, and the same for all.
Called by loading.py.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np

from benchmarks.one_run import peak_memory
from benchmarks.settings import OURS

KIB = 1024


def table(count: int, width: int) -> tuple[list[str], np.ndarray]:
    """Words and random vectors."""
    vectors = np.random.default_rng(1).standard_normal((count, width), dtype=np.float32)
    return [f"word{i}" for i in range(count)], vectors


def system(name: str) -> Any:
    """The class KeyedVectors of fastw2v or gensim."""
    if name == OURS:
        from fastw2v import KeyedVectors
    else:
        from gensim.models import KeyedVectors
    return KeyedVectors


def done(name: str, action: str, path: str, count: int, width: int) -> dict[str, float]:
    """Seconds; of what is read also the memory that it took and what its matrix takes, in bytes."""
    made = system(name)
    binary = "binary" in action
    if action.startswith("write"):
        words, vectors = table(count, width)
        loaded = made(width)
        loaded.add_vectors(words, vectors)
        begin = time.perf_counter()
        if action == "write own":
            loaded.save(path)
        else:
            loaded.save_word2vec_format(path, binary=binary)
        return {"seconds": time.perf_counter() - begin}
    before = peak_memory()
    begin = time.perf_counter()
    if action == "open own":
        loaded = made.load(path)
        found = loaded.get_vector("word1")
    else:
        loaded = made.load_word2vec_format(path, binary=binary)
        found = loaded["word1"]
    seconds = time.perf_counter() - begin
    assert len(loaded) == count
    assert found.shape == (width,)
    taken = (peak_memory() - before) * KIB
    return {"seconds": seconds, "taken": taken, "matrix": 4 * count * width, "norm": float(np.linalg.norm(found))}


if __name__ == "__main__":
    print(json.dumps(done(*sys.argv[1:4], *map(int, sys.argv[4:]))))
