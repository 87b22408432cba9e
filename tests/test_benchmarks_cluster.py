"""The cost model of a cluster: its bytes are those of real rounds, its costs those that seconds were made of."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from local_fleet import LocalFleet

from fastw2v import Cluster, Config, Word2Vec, cluster_rounds, combining, exchanges, text_work
from fastw2v.cluster_text import text_on_cluster
from fastw2v.node import Node
from fastw2v.run_options import RunOptions

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the benchmarks are not installed

from benchmarks import cluster, cluster_model, cluster_rows, one_combining, tables  # noqa: E402
from benchmarks.__main__ import main  # noqa: E402
from benchmarks.cluster_model import NOTHING, Costs, Place, Work  # noqa: E402
from benchmarks.cluster_rows import Rows, Sync  # noqa: E402
from benchmarks.cluster_run import Training  # noqa: E402

COSTS = Costs(call=3e-4, result=2e-5, carry=2e-9, move=3e-10, combine=1e-8, operation=2e-11)


def independent_text(path, words, vocabulary, line=50):
    """Words that come by Zipf's law and independently of each other, as the model takes them to."""
    shares = 1 / np.arange(1, vocabulary + 1)
    draws = np.random.default_rng(1).choice(vocabulary, words, p=shares / shares.sum())
    path.write_text("\n".join(" ".join(f"w{i}" for i in part) for part in draws.reshape(-1, line)) + "\n")


class EvenNode(Node):
    """As fast as all others, so that each gets the same share of a round."""

    def train(self, work):
        report = super().train(work)
        return report._replace(seconds=1e-6 * report.words)


class TestRows:
    def test_groups_hold_all_rows_and_all_touches(self):
        counts = cluster_rows.zipf_counts(50_000, 1e8)
        rows = cluster_rows.rows_of(counts, 300)
        kept = cluster_rows.keep_probabilities(counts, cluster_rows.SAMPLE) @ counts / counts.sum()
        assert rows.number.sum() == 50_000
        assert rows.number @ rows.inputs == pytest.approx(kept)
        pool = cluster_rows.POOL_BYTES // (4 * 304) / 8192
        assert rows.number @ rows.outputs == pytest.approx(kept + kept * 5 / 8 + pool)

    def test_exchanges_are_those_of_the_package(self, monkeypatch):
        monkeypatch.setattr(exchanges, "EXCHANGE_BYTES", 2 * 700 * 4 * 100)
        rows = cluster_rows.rows_of(cluster_rows.zipf_counts(2500, 1e7), 100)
        slices = [exchange[0] for exchange in exchanges.exchanges_of([2500, 2500], 100)]
        assert rows.exchanges == len(slices) == 4
        for number, of in enumerate(slices):
            assert rows.number[rows.exchange == number].sum() == of.stop - of.start

    def test_touched_rows_by_hand(self):
        rows = Rows(np.array([1.0, 3.0]), np.array([0.5, 0.1]), np.array([0.25, 0.0]), np.array([0, 1]), 10)
        found = cluster_rows.sync_of(rows, 3, 2.0)
        one = lambda rate: 1 - math.exp(-rate)  # noqa: E731
        assert found.parts == pytest.approx([one(1.0) + one(0.5), 3 * one(0.2)])
        assert found.combined == pytest.approx([one(3.0) + one(1.5), 3 * one(0.6)])
        assert found.shared == pytest.approx(one(1.0) * one(2.0) + one(0.5) * one(1.0) + 3 * one(0.2) * one(0.4))
        rows_moved = (found.parts + found.combined).sum()
        assert cluster_rows.sent_bytes(found, 3, 48) == pytest.approx(2 / 3 * rows_moved * 48)
        assert cluster_rows.all_bytes(rows, 3) == pytest.approx(2 / 3 * (8 + 8) * 48)


def trained_on_fleet(path, cluster):
    """The model, and the calls that its nodes got."""
    fleets = []

    def make(cluster, parts, errors, folder, limit, phrases):
        fleets.append(LocalFleet(cluster.nodes, lambda: EvenNode(parts, errors, 1, folder, limit, phrases)))
        return fleets[0]

    config = Config(vector_size=16, epochs=1, min_count=1, workers=1)
    with text_on_cluster(
        path, cluster, min_count=1, max_vocab=None, errors="strict", memory_limit=None, cache_dir=None, make_fleet=make
    ) as text:
        model = Word2Vec(config)
        model.build_vocab(text)
        model.train_with(text, RunOptions())
    return model, Counter(method for _, method in fleets[0].calls)


@pytest.fixture
def small(monkeypatch):
    """Rows take several exchanges."""
    monkeypatch.setattr(combining, "OWNED_ROWS", 8)
    monkeypatch.setattr(exchanges, "EXCHANGE_BYTES", 2 * 1500 * 4 * 16)


@pytest.mark.parametrize("nodes", [2, 3])
def test_bytes_and_calls_are_those_of_real_rounds(tmp_path, small, nodes):
    path, words, count = tmp_path / "text.txt", 8192, 16
    independent_text(path, count * nodes * words, 10_000, line=64)
    model, calls = trained_on_fleet(path, Cluster(nodes=nodes, sync_every=words))
    entry = model.history[0]
    rounds = entry["rounds"]
    rows = cluster_rows.rows_of(model.vocabulary.counts, 16)
    assert rows.exchanges > 4
    work, sent, everything = cluster_model.of_rounds(rows, nodes, count * nodes * words, rounds)
    # The last rounds are shorter than the others, which the model does not know.
    assert entry["sent_bytes"] / nodes / rounds == pytest.approx(sent, rel=0.05)
    assert sent < 0.9 * everything
    made = sum(calls[method] for method in ("train", "parts", "combine", "take"))
    assert made / rounds == work.calls


def test_rounds_of_a_run_are_those_of_the_package(tmp_path, small, monkeypatch):
    """When combining takes more than its share, however long they are."""
    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 512)
    for module in (exchanges, cluster_rounds):
        monkeypatch.setattr(module, "LEAST_WORDS", 2560)
    path, nodes = tmp_path / "text.txt", 2
    words = 40 * nodes * exchanges.LEAST_WORDS
    independent_text(path, words, 5000, line=64)
    model, _ = trained_on_fleet(path, Cluster(nodes=nodes, communication=1e-9))
    entry = model.history[0]
    rows = cluster_rows.rows_of(model.vocabulary.counts, 16)
    paper = Training(rows, words, nodes, COSTS, Place(1e6), 1e-9)
    # Rounds have whole blocks.
    assert entry["rounds"] == pytest.approx(paper.rounds, abs=1.5)
    assert entry["sent_bytes"] / nodes == pytest.approx(paper.sent_bytes, rel=0.05)


class TestSeconds:
    def test_costs_are_found_again(self):
        generator = np.random.default_rng(1)
        works = [
            Work(*generator.uniform([1, 1, 1e6, 1e6, 1e6, 1e9], [100, 1000, 1e9, 1e9, 1e8, 1e11])) for _ in range(12)
        ]
        crowds = [1.0, 2.0, 4.0] * 4
        seconds = [COSTS.seconds(work, crowd) for work, crowd in zip(works, crowds, strict=True)]
        found = cluster_model.fitted(works, crowds, seconds)
        assert vars(found) == pytest.approx(vars(COSTS), rel=1e-6)

    def test_costs_are_never_negative(self):
        works = [Work(1, 1, 1e6, 1e6 * i, 1e6, 1e9) for i in range(1, 9)]
        found = cluster_model.fitted(works, [1.0] * 8, [1 / i for i in range(1, 9)])
        assert min(vars(found).values()) >= 0

    @pytest.mark.parametrize("seconds", [[0.1] * 5, [0.1] * 6 + [0.0]])
    def test_too_little_to_fit(self, seconds):
        with pytest.raises(ValueError, match="cannot be fitted"):
            cluster_model.fitted([Work(1, 2, 3, 4, 5, 6)] * len(seconds), [1.0] * len(seconds), seconds)

    def test_runs_that_were_disturbed_count_for_nothing(self):
        def run(seconds, nodes=2, system="a", title="nodes"):
            return {"title": title, "system": system, "nodes": nodes, "sync_seconds": seconds}

        kept = [run(1.0), run(3.0, system="b"), run(2.0, title="others")]
        assert cluster_model.best_of([run(2.0), *kept, run(1.5), run(0.0, nodes=1, system="c")]) == kept

    def test_small_results_go_through_one_machine(self):
        rows = Rows(np.array([4000.0]), np.array([1.0]), np.array([1.0]), np.array([0]), 98)
        sync = Sync(np.array([8000.0, 10.0]), np.array([8000.0, 20.0]), 0.0)
        large, small = 2 * 8000 * 400, (10 + 20) * 400
        assert large / 2 / 16 > cluster_model.INLINE_BYTES > large / 2 / 64
        seconds = (15 / 16 * large + 16 * small) / 1e6
        assert cluster_model.network_seconds(sync, rows, 16, 1e6) == pytest.approx(seconds)
        assert cluster_model.network_seconds(sync, rows, 64, 1e6) == pytest.approx(64 * (large + small) / 1e6)

    def test_rounds_of_several_exchanges_take_more_calls(self, monkeypatch):
        def work():
            rows = cluster_rows.rows_of(cluster_rows.zipf_counts(4000, 1e7), 98)
            return cluster_model.work_of(cluster_rows.sync_of(rows, 4, 1000.0), rows, 4)

        one = work()
        monkeypatch.setattr(exchanges, "EXCHANGE_BYTES", 8000 * 4 * 98 // 2)
        two = work()
        assert (one.calls, one.results) == (4 * 4, 32)
        assert (two.calls, two.results) == (4 * 7, 64)
        assert (two.carried, two.moved, two.shared, two.operations) == pytest.approx(
            (one.carried, one.moved, one.shared, one.operations), rel=1e-3
        )

    def test_directions_are_found_as_often_as_replicas_do(self, monkeypatch):
        found, directions = [], combining.curvatures
        monkeypatch.setattr(combining, "curvatures", lambda *given: found.append(1) or directions(*given))
        monkeypatch.setattr(one_combining, "ROWS", 60)
        monkeypatch.setattr(one_combining, "EXCHANGE", (exchanges.Slice(0, 0, 60), exchanges.Slice(1, 0, 60)))
        nodes = one_combining.replicas(Config(vector_size=8, workers=1), 2)
        for number in range(1, 90):
            for node in nodes:
                node.will_train(0.05)
            one_combining.combined(nodes)
            one_combining.combined(nodes)
            assert len(found) == 2 * cluster_model.finds(number)

    def test_more_words_a_round_and_a_faster_network_cost_less(self):
        rows = cluster_rows.rows_of(cluster_rows.zipf_counts(100_000, 1e9), 300)
        slow, fast = Place(5e6, 1.25e9), Place(5e6, 12.5e9)
        assert (
            cluster_model.round_of(rows, 8, 1e5, COSTS, slow).communication
            > cluster_model.round_of(rows, 8, 1e5, COSTS, fast).communication
            > cluster_model.round_of(rows, 8, 1e6, COSTS, fast).communication
        )


class TestTraining:
    rows = cluster_rows.rows_of(cluster_rows.zipf_counts(1000, 1e6), 100)

    def test_combining_takes_its_share_in_the_middle(self):
        training = Training(self.rows, 1e9, 4, COSTS, Place(1e6))
        wanted = training.wanted_words()
        assert exchanges.LEAST_WORDS < wanted < training.most_words(1e9)
        assert training.longest.words == wanted
        assert training.longest.communication == pytest.approx(0.1, rel=0.01)
        assert Training(self.rows, 1e9, 4, NOTHING, Place(1e6)).wanted_words() == exchanges.LEAST_WORDS
        assert Training(self.rows, 1e9, 4, COSTS, Place(1e12)).wanted_words() == training.most_words(1e9)

    @pytest.mark.parametrize("speed", [1e5, 1e6, 1e12])
    def test_rounds_are_as_long_as_the_package_allows_and_hold_all_words(self, speed):
        training, done = Training(self.rows, 1e9, 4, COSTS, Place(speed)), 0.0
        for rounds, of in training.stages:
            # Of rounds that are alike the rule is the strictest with the first.
            assert 0 < of.words <= training.most_words(done)
            done += rounds * 4 * of.words
        assert done == pytest.approx(1e9, abs=1)

    def test_rounds_grow_with_the_logarithm_of_the_text(self):
        def rounds(words):
            return Training(self.rows, words, 4, COSTS, Place(1e12)).rounds

        share = exchanges.ROUND_SHARE
        doubled = math.log(2) / math.log(1 + share)
        assert rounds(2e9) - rounds(1e9) == pytest.approx(doubled, abs=1.5)
        assert rounds(64e9) - rounds(1e9) == pytest.approx(6 * doubled, abs=1.5)

    def test_seconds_and_bytes_are_those_of_all_rounds(self):
        training = Training(self.rows, 1e8, 4, COSTS, Place(1e6))
        rounds = [training.round_of(words) for many, words in training.lengths() for _ in range(math.ceil(many))]
        assert len(rounds) == pytest.approx(training.rounds, abs=1)
        train = 1e8 / 4 / 1e6
        combining = sum(of.sync_seconds for of in rounds)
        assert training.seconds == pytest.approx(train + combining, rel=0.01)
        assert training.efficiency == pytest.approx(train / (train + combining), rel=0.01)
        assert training.sent_bytes == pytest.approx(sum(of.sent_bytes for of in rounds), rel=0.01)


@pytest.fixture
def results(tmp_path):
    """Results as `cluster` and `bandwidth` record them, of a machine whose costs are COSTS."""
    runs = []
    counts = cluster_rows.zipf_counts(20_000, 1e7)
    text = int(counts.sum())
    for width, nodes, rounds in [
        (100, 1, 10), (100, 2, 100), (100, 2, 20), (100, 4, 50), (100, 4, 10), (100, 8, 25), (300, 2, 40), (300, 2, 9),
        (300, 4, 8), (300, 8, 33),
    ]:  # fmt: skip
        paper = cluster.predicted(cluster.rows_of(tuple(counts.tolist()), width, text), nodes, text, rounds)
        sync = COSTS.seconds(Work(*paper["work"]), paper["crowd"]) if nodes > 1 else 0.0
        train = text / rounds / nodes * paper["crowd"] / 1e6
        runs.append({
            "title": "nodes", "system": f"{width}, {nodes} nodes, {rounds} rounds", "unit": "M words/s",
            "rounds": rounds, "value": text / rounds / (train + sync) / 1e6, "sent_bytes": paper["paper_bytes"],
            "text_words": text, "communication": sync / (train + sync), "sync_seconds": sync, **paper,
        })  # fmt: skip
    for width, nodes, share in [(100, 2, 0.2), (300, 2, 0.5), (300, 4, 0.9)]:
        work = Work(0, 0, 0, 1e8 * share, 1e7 * share * width, 1e9 * width)
        runs.append({
            "title": "alone", "system": f"{width}, {nodes} nodes, {share}", "unit": "ms", "nodes": nodes, "value": 1.0,
            "sync_seconds": COSTS.seconds(work, 1.0), "work": list(work), "crowd": 1.0,
        })  # fmt: skip
    about = {"command": "python -m benchmarks cluster", "machine": "a machine", "corpus": "text.txt"}
    (tmp_path / "cluster.json").write_text(json.dumps({**about, "runs": runs}))
    speed = {"title": "b", "system": "Zipf's frequencies", "value": 2 * 17.024, "unit": "GB/s", "workers": 2}
    (tmp_path / "bandwidth.json").write_text(json.dumps({**about, "runs": [speed]}))
    return tmp_path


def test_combining_without_calls(monkeypatch):
    """The rows that it says to combine are those that are combined."""
    monkeypatch.setattr(one_combining, "ROWS", 600)
    exchange = tuple(exchanges.Slice(matrix, 0, 600) for matrix in range(2))
    monkeypatch.setattr(one_combining, "EXCHANGE", exchange)
    monkeypatch.setattr(combining, "OWNED_ROWS", 8)
    whole, made = combining.Replica.combine, []
    monkeypatch.setattr(
        combining.Replica,
        "combine",
        lambda self, of, parts: made.append((parts, whole(self, of, parts))) or made[-1][1],
    )
    found = one_combining.measured(16, 2, 0.4)
    work, second = Work(*found["work"]), made[len(made) // 2 :]
    sent = sum(len(part.rows) for parts, _ in second for of in parts for part in of)
    rows = sent, sum(len(part.rows) for _, of in second for part in of)
    assert work.moved == pytest.approx(2 * 600 * 4 * 16 + 2 * (rows[0] / 2 + rows[1]) * (8 + 4 * 16))
    # Rows of two nodes stand in both, and once in what is made of them.
    assert work.shared == pytest.approx((rows[0] - rows[1]) * 16)
    assert (work.calls, work.results, work.carried) == (0, 0, 0)
    assert found["seconds"] > 0


class TestForecast:
    def test_the_page_says_what_the_model_says(self, results):
        page = results / "scaling.md"
        page.write_text("before\n<!-- benchmarks -->\n<!-- end -->\nafter\n")
        command = ["cluster-model", str(results), "--nodes", "8", "--gigabits", "10", "--vocabularies", "20000"]
        done = CliRunner().invoke(main, [*command, "--words", "1e10", "--cores", "4", "--page", str(page)])
        assert done.exit_code == 0, done.output
        assert "Median error of a run's time of combining: 0 %, the greatest 0 %" in done.output
        # One core trains 1e9 times what it moves, over 14 rows of 1216 bytes.
        assert "4 cores, each 4.0 M words/s and alone 0.7 hours" in done.output
        rows = cluster_rows.rows_of(cluster_rows.zipf_counts(20_000, 1e10), 300)
        run = Training(rows, 1e10, 8, COSTS, Place(4e6, 1.25e9))
        (printed,) = [line for line in done.output.splitlines() if line.startswith("| 0.02 M | 10 | 8 |")]
        share = 100 * run.efficiency
        assert (
            f"| 8 | {run.seconds / 3600:,.2f} | {share:.1f} | {8 * run.efficiency:.2f} | {run.rounds:,.0f} |" in printed
        )
        assert f"| {run.sent_bytes / 1e9:,.0f} | {run.rounds * 7 / 8 * 80_000 * 1208 / 1e9:,.0f} |" in printed
        text = page.read_text()
        assert text.startswith("before\n<!-- benchmarks -->\n")
        assert done.output.strip() in text

    def test_without_results_it_says_what_to_measure(self, results):
        (results / "cluster.json").unlink()
        command = ["cluster-model", str(results), "--vocabularies", "20000", "--nodes", "8", "--gigabits", "10"]
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 2
        assert "no results of cluster" in done.output
        done = CliRunner().invoke(main, [*command, "--network-alone"])
        assert done.exit_code == 0
        rows = cluster_rows.rows_of(cluster_rows.zipf_counts(20_000, 1e11), 300)
        run = Training(rows, 1e11, 8, NOTHING, Place(16e6, 1.25e9))
        assert f"| {100 * run.efficiency:.1f} | {8 * run.efficiency:.2f} |" in done.output

    def test_the_page_of_results_has_a_table(self, results):
        runs = json.loads((results / "cluster.json").read_text())["runs"]
        table, alone = tables.tables_of("cluster", {"runs": runs})
        assert (len(table.rows), len(alone.rows)) == (len(runs) - 3, 3)
        assert table.rows[1][0] == "100, 2 nodes, 100 rounds"
        assert table.rows[1][-1] == f"{runs[1]['all_bytes'] / 1e6:.2f}"
