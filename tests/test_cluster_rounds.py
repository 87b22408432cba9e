"""Rounds on nodes in this process: every block once, whoever is slow or lost, and the same model as one machine's."""

from __future__ import annotations

import numpy as np
import pytest
from local_fleet import LocalFleet

import fastw2v
from fastw2v import Callback, Cluster, Config, Word2Vec, cluster_nodes, cluster_rounds, combining, exchanges, text_work
from fastw2v.cluster_rounds import Rounds
from fastw2v.cluster_text import text_on_cluster
from fastw2v.node import Node
from fastw2v.run_options import RunOptions
from fastw2v.spans import EpochPlan
from fastw2v.watching import Progress


class Counting(Node):
    """Notes which blocks are trained, in rounds that stand or not."""

    trained = None

    def train(self, work):
        report = super().train(work)
        Counting.trained.append((work.epoch, work.spans, report.blocks))
        return report


@pytest.fixture(scope="module")
def text_file(sentences, tmp_path_factory):
    """A third of the text is enough for many small rounds."""
    path = tmp_path_factory.mktemp("text") / "text.txt"
    path.write_text("\n".join(" ".join(s) for s in sentences[:1000]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def small(monkeypatch):
    """Blocks and rounds so small that there are many."""
    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 500)
    for module in (cluster_rounds, exchanges):
        monkeypatch.setattr(module, "LEAST_WORDS", 1000)
    monkeypatch.setattr(exchanges, "ROUND_SHARE", 0.02)
    monkeypatch.setattr(combining, "OWNED_ROWS", 8)
    monkeypatch.setattr(exchanges, "EXCHANGE_BYTES", 2 * 4 * 16 * 40)
    Counting.trained = []


def fleet_maker(on_send=None):
    made = []

    def make(cluster, parts, errors, folder, limit, phrases):
        made.append(LocalFleet(cluster.nodes, lambda: Counting(parts, errors, 1, folder, limit, phrases), on_send))
        return made[-1]

    return make, made


def trained(path, cluster, on_send=None, run=None, **options):
    """The model, and the fleet."""
    make, made = fleet_maker(on_send)
    config = Config(**{"vector_size": 16, "epochs": 3, "min_count": 1, "workers": 1, **options})
    with text_on_cluster(
        path, cluster, min_count=1, max_vocab=None, errors="strict", memory_limit=None, cache_dir=None, make_fleet=make
    ) as text:
        model = Word2Vec(config)
        model.build_vocab(text)
        model.train_with(text, run or RunOptions())
    return model, made[0]


@pytest.mark.parametrize("nodes", [1, 2, 3])
def test_every_word_is_trained_once_an_epoch(small, text_file, nodes):
    model, fleet = trained(text_file, Cluster(nodes=nodes))
    corpus = fastw2v.Corpus(text_file, min_count=1)
    assert model.words_trained == 3 * len(corpus)
    assert model.vocabulary == corpus.vocabulary
    assert [entry["epoch"] for entry in model.history] == [1, 2, 3]
    assert model.history[-1]["loss"] < model.history[0]["loss"]
    rounds = [entry["rounds"] for entry in model.history]
    assert 0 < rounds[0] < rounds[1] < rounds[2]
    assert (model.history[0]["sent_bytes"] > 0) == (nodes > 1)
    blocks = [
        (epoch, span.piece, block)
        for epoch, spans, count in Counting.trained
        for span in EpochPlan.before(spans, count)
        for block in range(span.first, span.last)
    ]
    assert len(blocks) == len(set(blocks))
    assert not fleet.replaced


def test_one_node_is_one_machine(small, text_file):
    """The same draws but for where pieces are cut: the loss is that of the ordinary trainer."""
    model, _ = trained(text_file, Cluster(nodes=1))
    alone = fastw2v.train(text_file, vector_size=16, epochs=3, min_count=1, workers=1, progress=False)
    assert model.history[-1]["loss"] == pytest.approx(alone.history[-1]["loss"], rel=0.05)


CALLS = {"count": [0], "fill": [2], "join": [0], "train": [0, 3], "parts": [0, 5], "combine": [0, 1, 6],
         "take": [0, 4], "rows": [1]}  # fmt: skip


@pytest.mark.parametrize(("method", "after"), [(method, after) for method in CALLS for after in CALLS[method]])
def test_a_node_may_be_lost_at_any_call(small, text_file, method, after):
    # The driver asks the first node for rows.
    victim, seen = 0 if method == "rows" else 1, []

    def on_send(fleet, place, called):
        if called == method and place == victim:
            seen.append(place)
            if len(seen) == after + 1:
                fleet.kill(victim)

    model, fleet = trained(text_file, Cluster(nodes=3), on_send)
    assert model.words_trained == 3 * len(fastw2v.Corpus(text_file, min_count=1))
    assert np.isfinite(model.wv.vectors).all()
    assert fleet.replaced


def test_all_nodes_may_be_lost_at_once(small, text_file):
    calls = []

    def on_send(fleet, place, called):
        calls.append(called)
        if calls.count("take") == 40 and called == "take":
            for every in range(fleet.places):
                fleet.kill(every)

    model, fleet = trained(text_file, Cluster(nodes=2), on_send)
    assert model.words_trained == 3 * len(fastw2v.Corpus(text_file, min_count=1))
    assert sorted(set(fleet.replaced)) == [0, 1]
    assert [entry["epoch"] for entry in model.history] == [1, 2, 3]


def test_nodes_that_are_lost_again_and_again_end_the_run(small, text_file):
    def on_send(fleet, place, called):
        if called == "train":
            fleet.kill(place)

    with pytest.raises(OSError, match="all nodes of the cluster are lost, again and again"):
        trained(text_file, Cluster(nodes=2), on_send)


def test_a_run_is_stopped_and_goes_on_with_other_nodes(small, text_file, tmp_path):
    class Stop(Callback):
        def on_epoch_end(self, model):
            model.stop()

    run = RunOptions(checkpoint=str(tmp_path / "c"), callbacks=[Stop()])
    model, _ = trained(text_file, Cluster(nodes=2), run=run)
    assert model.unfinished is not None
    before = model.words_trained
    make, _ = fleet_maker()
    again, state = Word2Vec.load(tmp_path / "c"), model.unfinished
    from fastw2v.cluster_text import text_again

    with text_again(
        again.unfinished.cluster, again.unfinished.origin, Cluster(nodes=3), again.vocabulary,
        memory_limit=None, cache_dir=None, make_fleet=make,
    ) as text:  # fmt: skip
        again.resume_with(text, RunOptions(), again.unfinished)
    assert again.words_trained == 3 * before == 3 * len(fastw2v.Corpus(text_file, min_count=1))
    assert [entry["epoch"] for entry in again.history] == [1, 2, 3]
    assert state.cluster["options"]["nodes"] == 2


def check_run_with_one_who_hangs(path, cluster, make, hang):
    """All words are trained, and who hangs, until `hang` is set, is replaced."""
    config = Config(vector_size=16, epochs=3, min_count=1, workers=1)
    with text_on_cluster(
        path, cluster, min_count=1, max_vocab=None, errors="strict", memory_limit=None, cache_dir=None, make_fleet=make
    ) as text:
        model = Word2Vec(config)
        model.build_vocab(text)
        try:
            model.train_with(text, RunOptions())
        finally:
            hang.set()
    assert model.words_trained == 3 * len(fastw2v.Corpus(path, min_count=1))
    assert text.fleet.replaced


def test_who_does_not_answer_is_given_up(small, text_file, monkeypatch):
    import threading

    hang, hung = threading.Event(), []

    class Hanging(Counting):
        def train(self, work):
            if not hung and len(Counting.trained) > 6:
                hung.append(self)
                hang.wait(60)
            return super().train(work)

    def make(cluster, parts, errors, folder, limit, phrases):
        return LocalFleet(cluster.nodes, lambda: Hanging(parts, errors, 1, folder, limit, phrases))

    check_run_with_one_who_hangs(text_file, Cluster(nodes=2, patience=0.2), make, hang)
    assert hung


@pytest.mark.parametrize("method", ["parts", "combine", "take", "rows"])
def test_who_hangs_while_rows_are_combined_is_given_up(small, text_file, monkeypatch, method):
    import threading

    hang, hung = threading.Event(), []
    monkeypatch.setattr(cluster_nodes, "SILENT_SECONDS", 0.2)

    class Hanging(Counting):
        pass

    def hanging(self, *arguments):
        if not hung and len(Counting.trained) > 6:
            hung.append(self)
            hang.wait(60)
        return getattr(Counting, method)(self, *arguments)

    setattr(Hanging, method, hanging)

    class Fleet(LocalFleet):
        def lost(self):
            return self.dead | {place for place, node in enumerate(self.nodes) if node in hung}

    def make(cluster, parts, errors, folder, limit, phrases):
        return Fleet(cluster.nodes, lambda: Hanging(parts, errors, 1, folder, limit, phrases))

    check_run_with_one_who_hangs(text_file, Cluster(nodes=2), make, hang)
    assert hung


def test_rounds_grow_until_combining_takes_its_share_or_scores_forbid_it():
    rounds = Rounds.__new__(Rounds)
    rounds.cluster, rounds.sync_words, rounds.places = Cluster(nodes=2, communication=0.1), 100_000, 2
    rounds._recent_train, rounds._recent_sync = 1.0, 1.0
    progress = Progress()
    progress.words_total, progress.words_done = 10**9, 5 * 10**8
    rounds._adapt(progress)
    assert rounds.sync_words == 150_000
    for _ in range(40):
        rounds._adapt(progress)
    assert rounds.sync_words == exchanges.most_words(progress.words_done, 2)
    rounds._recent_sync = 0.01
    for _ in range(40):
        rounds._adapt(progress)
    assert rounds.sync_words == cluster_rounds.LEAST_WORDS
