"""Every token of a text is trained exactly once an epoch, from any kind of source, by any number of workers."""

from __future__ import annotations

import numpy as np
import pytest
from corpus_checks import sentences_of

from fastw2v import Config, Corpus, Word2Vec, encode, text_work
from fastw2v.compressed import SUFFIXES, compressor

EPOCHS = 2
# Each sentence is of its own, so that one that is missing or there twice is seen; one is longer than several blocks.
LINES = [f"s{i} " + " ".join(f"w{i * k % 53}" for k in range(i % 9)) for i in range(600)]
LINES.insert(100, " ".join(f"w{k % 53}" for k in range(2000)))


@pytest.fixture
def files(write):
    """The text in five files, one of each compression."""
    paths = []
    for number, suffix in enumerate(["", *sorted(SUFFIXES)]):
        text = "\n".join(LINES[number * 121 : (number + 1) * 121]).encode()
        paths.append(write(compressor(SUFFIXES[suffix])(text) if suffix else text, f"{number}.txt{suffix}"))
    return paths


def tokens_trained(monkeypatch, corpus: Corpus, workers: int) -> list[list[list[str]]]:
    """For each epoch, the words that workers were given to train, block by block, in the order of the text."""
    blocks: list[tuple[int, int, int, list[int]]] = []
    make = text_work.make_workers

    class Counting:
        def __init__(self, worker):
            self.worker = worker
            self.finish = worker.finish

        def run(self, ids, base, sentences, start, end, seed, epoch, *rates):
            blocks.append((epoch, start, end, ids[start - base : end - base].tolist()))
            return self.worker.run(ids, base, sentences, start, end, seed, epoch, *rates)

    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 64)
    monkeypatch.setattr(text_work, "make_workers", lambda *args: [Counting(worker) for worker in make(*args)])
    model = Word2Vec(Config(vector_size=4, epochs=EPOCHS, workers=workers, min_count=1))
    model.build_vocab(corpus)
    progress = model.train(corpus)
    assert progress.words_done == EPOCHS * corpus.text.tokens
    words = corpus.vocabulary.index_to_key
    epochs = []
    for epoch in range(EPOCHS):
        found = sorted(block[1:] for block in blocks if block[0] == epoch)
        borders = [0, *(end for _, end, _ in found)]
        assert [start for start, _, _ in found] == borders[:-1]
        epochs.append([words[i] for _, _, ids in found for i in ids])
    assert len(blocks) == EPOCHS * len(found)
    return epochs


@pytest.mark.parametrize("workers", [1, 2, 4, 7])
@pytest.mark.parametrize("kind", ["files", "tokens", "encoded", "limited", "ids"])
def test_every_token_once_an_epoch(monkeypatch, files, tmp_path, small_chunks, kind, workers):
    expected = [word for line in LINES for word in line.split()]
    if kind == "tokens":
        corpus = Corpus(sentences_of("\n".join(LINES)), min_count=1, workers=workers)
    elif kind == "encoded":
        encode(files, tmp_path / "text.fw2c", workers=workers)
        corpus = Corpus(tmp_path / "text.fw2c", min_count=1)
    elif kind == "ids":
        whole = Corpus(files, min_count=1)
        corpus = Corpus.from_ids(whole.ids.astype(np.int64), whole.offsets, words=whole.vocabulary.index_to_key)
    else:
        limit = 500 if kind == "limited" else None
        corpus = Corpus(files, min_count=1, workers=workers, memory_limit=limit, cache_dir=tmp_path)
    assert tokens_trained(monkeypatch, corpus, workers) == [expected] * EPOCHS
