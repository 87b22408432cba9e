"""The cost model of a cluster: its bytes are those of real rounds, its costs those that seconds were made of."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from local_fleet import LocalFleet

from fastw2v import Cluster, Config, Word2Vec, cluster_nodes, cluster_rounds, combining
from fastw2v.cluster_text import text_on_cluster
from fastw2v.node import Node
from fastw2v.run_options import RunOptions

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the benchmarks are not installed

from benchmarks import cluster, cluster_model, cluster_rows, one_combining, tables  # noqa: E402
from benchmarks.__main__ import main  # noqa: E402
from benchmarks.cluster_model import NOTHING, Costs, Place, Work  # noqa: E402
from benchmarks.cluster_rows import Rows  # noqa: E402

COSTS = Costs(call=3e-4, result=2e-5, carry=2e-9, scan=3e-10, move=1e-9, combine=1e-8, operation=2e-11)


def independent_text(path, words, vocabulary, line=50):
    """Words that come by Zipf's law and independently of each other, as the model takes them to."""
    shares = 1 / np.arange(1, vocabulary + 1)
    draws = np.random.default_rng(1).choice(vocabulary, words, p=shares / shares.sum())
    path.write_text("\n".join(" ".join(f"w{i}" for i in part) for part in draws.reshape(-1, line)) + "\n")


class EvenNode(Node):
    """As fast as all others, so that each gets the same share of a round."""

    def train(self, spans, epoch, alpha, slope):
        report = super().train(spans, epoch, alpha, slope)
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

    def test_hot_rows_are_those_of_the_package(self, monkeypatch):
        monkeypatch.setattr(cluster_nodes, "HOT_SHARE", 10)
        monkeypatch.setattr(cluster_rounds, "WHOLE_EVERY", 3)
        rows = cluster_rows.rows_of(cluster_rows.zipf_counts(5005, 1e7), 100)
        assert rows.number[rows.every == 1].sum() == 501
        assert rows.number[rows.every == 3].sum() == 5005 - 501
        assert rows.shares == {1: pytest.approx(2 / 3), 3: pytest.approx(1 / 3)}

    def test_a_doubling_schedule(self):
        assert cluster_rows.doubling_schedule(5000) == [(1024, 1), (2048, 2), (4096, 4), (5000, 8)]
        assert cluster_rows.doubling_schedule(800) == [(800, 1)]
        counts = cluster_rows.zipf_counts(5000, 1e7)
        rows = cluster_rows.rows_of(counts, 100, schedule=cluster_rows.doubling_schedule(5000))
        assert rows.shares == {1: 0.5, 2: 0.25, 4: 0.125, 8: 0.125}
        assert cluster_rows.sync_of(rows, 2, 1e5, 2).rows == 2 * 2048

    def test_touched_rows_by_hand(self):
        rows = Rows(np.array([1.0, 3.0]), np.array([0.5, 0.1]), np.array([0.25, 0.0]), np.array([1.0, 2.0]), 10)
        hot, whole = (cluster_rows.sync_of(rows, 3, 2.0, every) for every in (1, 2))
        one = lambda rate: 1 - math.exp(-rate)  # noqa: E731
        assert hot.parts == pytest.approx(one(1.0) + one(0.5))
        assert whole.parts == pytest.approx(one(1.0) + one(0.5) + 3 * one(0.4))
        assert whole.combined == pytest.approx(one(3.0) + one(1.5) + 3 * one(1.2))
        assert whole.shared == pytest.approx(one(1.0) * one(2.0) + one(0.5) * one(1.0) + 3 * one(0.4) * one(0.8))
        assert (hot.rows, whole.rows, whole.slices) == (2, 8, 2)
        assert cluster_rows.sent_bytes(whole, 3, 48) == pytest.approx(2 / 3 * (whole.parts + whole.combined) * 48)


@pytest.mark.parametrize("nodes", [2, 3])
def test_bytes_are_those_of_real_rounds(tmp_path, monkeypatch, nodes):
    monkeypatch.setattr(combining, "OWNED_ROWS", 8)
    path, words, vocabulary = tmp_path / "text.txt", 16_384, 20_000
    independent_text(path, 8 * nodes * words, vocabulary, line=64)

    def make(cluster, parts, errors, folder, limit, phrases):
        return LocalFleet(cluster.nodes, lambda: EvenNode(parts, errors, 1, folder, limit, phrases))

    config = Config(vector_size=16, epochs=1, min_count=1, workers=1)
    given = Cluster(nodes=nodes, sync_every=words)
    with text_on_cluster(
        path, given, min_count=1, max_vocab=None, errors="strict", memory_limit=None, cache_dir=None, make_fleet=make
    ) as text:
        model = Word2Vec(config)
        model.build_vocab(text)
        model.train_with(text, RunOptions())
    entry = model.history[0]
    rows = cluster_rows.rows_of(model.vocabulary.counts, 16)
    _, sent, everything = cluster_model.of_run(rows, nodes, 8 * nodes * words, entry["rounds"])
    # The last rounds are shorter than the others, which the model does not know.
    assert entry["sent_bytes"] / nodes / entry["rounds"] == pytest.approx(sent, rel=0.1)
    assert sent < 0.9 * everything


class TestSeconds:
    def test_costs_are_found_again(self):
        generator = np.random.default_rng(1)
        works = [
            Work(*generator.uniform([1, 1, 1e6, 1e6, 1e6, 1e6, 1e9], [100, 1000, 1e9, 1e9, 1e9, 1e8, 1e11]))
            for _ in range(12)
        ]
        crowds = [1.0, 2.0, 4.0] * 4
        seconds = [COSTS.seconds(work, crowd) for work, crowd in zip(works, crowds, strict=True)]
        found = cluster_model.fitted(works, crowds, seconds)
        assert vars(found) == pytest.approx(vars(COSTS), rel=1e-6)

    def test_costs_are_never_negative(self):
        works = [Work(1, 1, 1e6, 1e6 * i, 1e6, 1e6, 1e9) for i in range(1, 9)]
        found = cluster_model.fitted(works, [1.0] * 8, [1 / i for i in range(1, 9)])
        assert min(vars(found).values()) >= 0

    @pytest.mark.parametrize("seconds", [[0.1] * 6, [0.1] * 7 + [0.0]])
    def test_too_little_to_fit(self, seconds):
        with pytest.raises(ValueError, match="cannot be fitted"):
            cluster_model.fitted([Work(1, 2, 3, 4, 5, 6, 7)] * len(seconds), [1.0] * len(seconds), seconds)

    def test_runs_that_were_disturbed_count_for_nothing(self):
        def run(seconds, nodes=2, system="a", title="nodes"):
            return {"title": title, "system": system, "nodes": nodes, "sync_seconds": seconds}

        kept = [run(1.0), run(3.0, system="b"), run(2.0, title="others")]
        assert cluster_model.best_of([run(2.0), *kept, run(1.5), run(0.0, nodes=1, system="c")]) == kept

    def test_small_results_go_through_one_machine(self):
        rows = Rows(np.array([4000.0]), np.array([1.0]), np.array([1.0]), np.array([1.0]), 98)
        sync = cluster_rows.sync_of(rows, 4, 1000.0, 1)
        assert (sync.parts, sync.slices) == (8000.0, 2)
        size = 8000 * 400
        assert size / 8 > cluster_model.INLINE_BYTES
        assert cluster_model.network_seconds(sync, rows, 4, 1e6) == pytest.approx(2 * 0.75 * size / 1e6)
        assert size / 32 < cluster_model.INLINE_BYTES
        assert cluster_model.network_seconds(sync, rows, 16, 1e6) == pytest.approx(2 * 16 * size / 1e6)

    def test_one_node_combines_nothing(self):
        rows = cluster_rows.rows_of(cluster_rows.zipf_counts(1000, 1e6), 100)
        found = cluster_model.round_of(rows, 1, 5e4, COSTS, Place(1e6))
        assert (found.efficiency, found.words_per_second, found.sent_bytes) == (1.0, 1e6, 0.0)

    def test_more_words_a_round_and_a_faster_network_cost_less(self):
        rows = cluster_rows.rows_of(cluster_rows.zipf_counts(100_000, 1e9), 300)
        slow, fast = Place(5e6, 1.25e9), Place(5e6, 12.5e9)
        assert (
            cluster_model.round_of(rows, 8, 1e5, COSTS, slow).efficiency
            < cluster_model.round_of(rows, 8, 1e5, COSTS, fast).efficiency
            < cluster_model.round_of(rows, 8, 1e6, COSTS, fast).efficiency
        )

    def test_rounds_are_adapted_as_the_package_does(self, monkeypatch):
        rows = cluster_rows.rows_of(cluster_rows.zipf_counts(1000, 1e6), 100)
        place = Place(1e6)
        found = cluster_model.adapted(rows, 4, COSTS, place, 0.1)
        assert cluster_rounds.LEAST_WORDS < found.words < cluster_rounds.MOST_WORDS
        assert found.communication == pytest.approx(0.1, rel=0.01)
        monkeypatch.setattr(cluster_rounds, "MOST_WORDS", 60_000)
        assert cluster_model.adapted(rows, 4, COSTS, place, 0.1).words == 60_000
        assert cluster_model.adapted(rows, 4, NOTHING, place, 0.1).words == cluster_rounds.LEAST_WORDS


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
        work = Work(0, 0, 0, 1e7, 1e8 * share, 1e7 * share * width, 1e9 * share * width)
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
    monkeypatch.setattr(combining, "OWNED_ROWS", 8)
    whole, made = combining.Replica.combine, []
    monkeypatch.setattr(
        combining.Replica,
        "combine",
        lambda self, piece, parts: made.append((parts, whole(self, piece, parts))) or made[-1][1],
    )
    found = one_combining.measured(16, 2, 0.4)
    work, second = Work(*found["work"]), made[len(made) // 2 :]
    rows = sum(len(part.rows) for parts, _ in second for part in parts), sum(len(of.rows) for _, of in second)
    assert work.moved == pytest.approx((2 * rows[0] / 2 + rows[1]) * (8 + 4 * 16))
    # Rows of two nodes stand in both, and once in what is made of them.
    assert work.shared == pytest.approx((rows[0] - rows[1]) * 16)
    assert (work.calls, work.results, work.carried) == (0, 0, 0)
    assert found["seconds"] > 0


class TestForecast:
    def test_the_page_says_what_the_model_says(self, results):
        page = results / "scaling.md"
        page.write_text("before\n<!-- benchmarks -->\n<!-- end -->\nafter\n")
        command = ["cluster-model", str(results), "--nodes", "8", "--gigabits", "10", "--vocabularies", "20000"]
        done = CliRunner().invoke(
            main,
            [*command, "--words", "1e10", "--cores", "4", "--round-words", "123456", "--doubling", "--page", str(page)],
        )
        assert done.exit_code == 0, done.output
        assert "Median error of a run's time of combining: 0 %, the greatest 0 %" in done.output
        # One core trains 1e9 times what it moves, over 14 rows of 1216 bytes.
        assert "4 cores, each 4.0 M words/s and alone 0.7 hours" in done.output
        rows = cluster_rows.rows_of(cluster_rows.zipf_counts(20_000, 1e10), 300)
        place = Place(4e6, 1.25e9)
        doubling = cluster_rows.rows_of(
            cluster_rows.zipf_counts(20_000, 1e10), 300, schedule=cluster_rows.doubling_schedule(20_000)
        )
        printed = [line for line in done.output.splitlines() if line.startswith("| 0.02 M | 10 | 8 |")]
        expected = (
            cluster_model.adapted(rows, 8, COSTS, place, 0.1),
            cluster_model.round_of(rows, 8, 123456, COSTS, place),
            cluster_model.adapted(doubling, 8, COSTS, place, 0.1),
            cluster_model.round_of(doubling, 8, 123456, COSTS, place),
        )
        for row, found in zip(printed, expected, strict=True):
            assert f"| 8 | {found.words:,.0f} |" in row
            hours = 1e10 / found.words_per_second / 3600
            assert f"| {100 * found.efficiency:.1f} | {8 * found.efficiency:.2f} | {hours:,.2f} |" in row
            assert f"| {found.sent_bytes / 1e6:,.0f} | {found.all_bytes / 1e6:,.0f} |" in row
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
        found = cluster_model.adapted(rows, 8, NOTHING, Place(16e6, 1.25e9), 0.1)
        assert f"| {100 * found.efficiency:.1f} | {8 * found.efficiency:.2f} |" in done.output

    def test_the_page_of_results_has_a_table(self, results):
        runs = json.loads((results / "cluster.json").read_text())["runs"]
        table, alone = tables.tables_of("cluster", {"runs": runs})
        assert (len(table.rows), len(alone.rows)) == (len(runs) - 3, 3)
        assert table.rows[1][0] == "100, 2 nodes, 100 rounds"
        assert table.rows[1][-1] == f"{runs[1]['all_bytes'] / 1e6:.2f}"
