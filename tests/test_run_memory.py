"""Bytes reckoned before a run against what the run then has."""

from __future__ import annotations

import numpy as np
import pytest

import fastw2v
from fastw2v.config import Config
from fastw2v.corpus import Corpus
from fastw2v.huffman import huffman_tree
from fastw2v.matrices import aligned_zeros
from fastw2v.run_memory import matrix_bytes, reckon, text_bytes
from fastw2v.workers import output_rows

HEADER = 2048  # more than the header of a file with a short history takes


@pytest.mark.parametrize("loss", ["negative", "hierarchical", "softmax"])
@pytest.mark.parametrize("width", [5, 16, 100])
def test_matrices_take_what_they_take(loss, width):
    config = Config(loss=loss, vector_size=width)
    real = [aligned_zeros(rows, width).nbytes for rows in (70, output_rows(loss, 70))]
    assert matrix_bytes(config, 70) == sum(real)


def test_a_text_takes_what_it_takes(sentences):
    text = Corpus(sentences, min_count=1).text
    assert text_bytes(text.tokens, text.sentence_count) == text.ids.nbytes + text.offsets.nbytes


@pytest.mark.parametrize("loss", ["negative", "hierarchical"])
def test_a_file_is_as_long_as_reckoned(sentences, tmp_path, loss):
    options = {"loss": loss, "vector_size": 30, "min_count": 1, "epochs": 1, "workers": 1}
    model = fastw2v.train(sentences, progress=False, **options)
    path = tmp_path / "model.safetensors"
    model.save(path)
    vocabulary = model.vocabulary
    memory = reckon(Config(**options), vocabulary.words, vocabulary.counts, 0, 8192)
    assert 0 < path.stat().st_size - memory.file < HEADER


def test_the_peak_is_the_larger_of_copying_and_training():
    counts = np.full(1000, 5)
    words = [f"w{i}" for i in range(1000)]
    config = Config(vector_size=160, workers=1)
    memory = reckon(config, words, counts, 12_345, 8192)
    assert memory.matrices == 2 * 1000 * 160 * 4
    assert memory.peak == 12_345 + memory.words + memory.matrices + memory.workers
    # With hierarchical softmax over two words there is one inner node, so that two copies of the inputs are more.
    two = reckon(Config(vector_size=65_536, loss="hierarchical", workers=1), ["a", "b"], np.array([2, 1]), 0, 1)
    assert two.peak == two.words + 2 * 2 * 65_536 * 4


def test_what_workers_take_grows_with_them_and_their_scores():
    counts = np.arange(5000, 0, -1)
    words = [f"w{i}" for i in range(5000)]

    def workers(**options):
        return reckon(Config(**options), words, counts, 0, 8192).workers

    shared = (4 + 8) * 5000
    assert workers(workers=1) == pytest.approx(shared + 21 * (8192 + 10), abs=256 * 1024)
    assert workers(workers=4) - workers(workers=3) == pytest.approx(2e6, rel=0.2)  # copies of the busiest rows
    tree = sum(part.nbytes for part in huffman_tree(counts))
    assert workers(workers=1, loss="hierarchical") - workers(workers=1) == tree - 8 * 5000
    scores = 4 * 64 * 5000
    assert workers(workers=2, loss="softmax") - workers(workers=1, loss="softmax") > scores
    few = {"workers": 1, "loss": "softmax", "softmax_memory": 1}
    assert workers(**few) < workers(workers=1, loss="softmax")
