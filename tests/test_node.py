"""One node: its pieces, its counts, what it trains and where it stops."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v import Config, Corpus, text_work
from fastw2v.exchanges import Slice
from fastw2v.node import Node, Work
from fastw2v.spans import Span
from fastw2v.text_parts import cut_text

ROOM = 50_000


@pytest.fixture
def node(monkeypatch, text_file, tmp_path):
    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 500)
    parts, _ = cut_text([str(text_file)], 3)
    return Node(parts, "strict", 1, str(tmp_path), 0)


def started(node, vocabulary, **options):
    config = Config(**{"vector_size": 16, "workers": 1, "sample": 0, **options})
    node.start(config, vocabulary, ROOM, "curvature")
    rows = Slice(0, 0, len(vocabulary))
    node.fill(rows, np.random.default_rng(1).normal(scale=0.1, size=(len(vocabulary), 16)).astype(np.float32))
    node.join(0, 1)
    return config


def test_counts_are_those_of_the_pieces(node, text_file, tmp_path):
    counts, tokens = node.count([0, 1, 2])
    whole = Corpus(text_file, min_count=1)
    assert counts.vocabulary(1, None) == whole.vocabulary
    assert sum(tokens.values()) == len(whole)
    # Encoded pieces stand in files without names, which are gone with the node.
    assert not list(tmp_path.iterdir())


def test_blocks_are_trained_in_order_and_counted(node, text_file):
    counts, tokens = node.count([1])
    started(node, counts.vocabulary(1, None))
    before = node.rows(Slice(0, 0, 10))
    report = node.train(Work([Span(1, 0, 2), Span(1, 4, 5)], 0, 0.05, 1e-7))
    assert report.blocks == 3
    assert report.words == 1500
    assert report.predictions > 0
    assert report.loss > 0
    assert not np.array_equal(node.rows(Slice(0, 0, 10)), before)
    assert node.replica.touches.of(0, slice(None)).sum() == 1500
    last = -(-tokens[1] // 500)
    assert node.train(Work([Span(1, last - 1, last)], 0, 0.05, 0.0)).words == tokens[1] - 500 * (last - 1)


def test_a_stop_ends_training_at_a_border_of_blocks(node, monkeypatch):
    counts, tokens = node.count([0, 1, 2])
    started(node, counts.vocabulary(1, None))
    real = node._run.train_blocks

    def stopping(epoch, jobs, block, slope, done, tick):
        def stop(*told):
            done(*told)
            node.stop()

        return real(epoch, jobs, block, slope, stop, tick)

    # The tick comes about ten times a second: whatever was begun by then is trained, and is told.
    monkeypatch.setattr("fastw2v._threads.TICK_SECONDS", 0.001)
    monkeypatch.setattr(node._run, "train_blocks", stopping)
    spans = [Span(piece, 0, tokens[piece] // 500) for piece in range(3)] * 40
    report = node.train(Work(spans, 0, 0.05, 0.0))
    assert 0 < report.blocks < sum(span.blocks for span in spans)
    assert report.words == 500 * report.blocks


def test_a_piece_whose_words_are_all_too_rare_is_trained_like_words_left_out(monkeypatch, tmp_path):
    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 500)
    path = tmp_path / "t.txt"
    path.write_text("frequent words here\n" * 100 + "rare once only\n" * 100)
    parts, _ = cut_text([str(path)], 2)
    node = Node(parts, "strict", 1, str(tmp_path), 0)
    node.count([0, 1])
    counts, _ = node.count([0])
    started(node, counts.vocabulary(50, None))
    report = node.train(Work([Span(1, 0, 1)], 0, 0.05, 0.0))
    assert report.blocks == 1
    assert report.predictions < 200


def test_a_piece_of_white_space_has_no_words(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("a b\n" + "\n" * 1000)
    parts, _ = cut_text([str(path)], 2)
    node = Node(parts, "strict", 1, str(tmp_path), 0)
    counts, tokens = node.count([0, 1])
    assert tokens == {0: 2, 1: 0}
    assert sorted(counts.words) == ["a", "b"]
