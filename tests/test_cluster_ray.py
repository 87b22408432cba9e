"""Runs on Ray: nodes of this machine, lost ones among them, a driver that is killed, and what the command line does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from kill_cluster import node_processes

import fastw2v
from fastw2v import Callback, Cluster, Word2Vec, cluster_ray
from fastw2v.cluster_ray import RayFleet
from fastw2v.fleet import NodeLostError
from fastw2v.text_parts import cut_text

pytestmark = [
    pytest.mark.slow,
    # Of Ray's own files and threads.
    pytest.mark.filterwarnings("ignore"),
]
ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'fastw2v[cluster]'")
OPTIONS = {"vector_size": 16, "min_count": 1, "progress": False}


@pytest.fixture(scope="module", autouse=True)
def machine():
    """One Ray for all tests of this file. Its handler of SIGTERM does not stay for those of others."""
    handler = signal.getsignal(signal.SIGTERM)
    ray.init("local", num_cpus=4, include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1")
    yield
    ray.shutdown()
    signal.signal(signal.SIGTERM, handler)


def two(**options):
    return Cluster(nodes=2, workers_per_node=1, **options)


def test_usage_statistics_are_off():
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"


def test_a_fleet_calls_its_nodes_and_sees_who_is_lost(text_file, tmp_path, monkeypatch, caplog):
    parts, _ = cut_text([str(text_file)], 2)
    fleet = RayFleet(two(), parts, "strict", str(tmp_path), 0)
    try:
        counts, tokens = fleet.send(0, "count", [0, 1], returns=2)
        assert fleet.get(counts).counts.sum() == sum(fleet.get(tokens).values())
        with pytest.raises(AttributeError):
            fleet.get(fleet.send(0, "no_such_method"))
        # What Ray does with results that failed and that nobody has fetched, when they go.
        tell = ray._private.worker._unhandled_error_handler
        with pytest.raises(ray.exceptions.RayTaskError) as caught:
            ray.get(fleet.send(0, "no_such_method"))
        tell(caught.value)
        assert "Unhandled" not in caplog.text
        tell(RuntimeError("of another program"))
        assert "of another program" in caplog.text
        with pytest.raises(IndexError):
            fleet.get(fleet.send(0, "count", [7]))
        assert fleet.lost() == set()
        os.kill(ray.get(fleet._actors[1].ping.remote()), signal.SIGKILL)
        with pytest.raises(NodeLostError):
            fleet.get(fleet.send(1, "count", [0]))
        # Who gets what the lost node was to give is told as well.
        with pytest.raises(NodeLostError):
            fleet.get(fleet.send(0, "merge", fleet.send(1, "count", [0], returns=2)[0], counts))
        assert fleet.lost() == {1}
        fleet.replace(1)
        assert fleet.lost() == set()
        # So is who gets what another one failed to make.
        with pytest.raises(IndexError):
            fleet.get(fleet.send(0, "merge", fleet.send(1, "count", [7], returns=2)[0], counts))
        # Who waits for one that hangs lives all the same.
        monkeypatch.setattr(cluster_ray, "PING_SECONDS", 3.0)
        os.kill(ray.get(fleet._actors[1].ping.remote()), signal.SIGSTOP)
        waiting = fleet.send(0, "merge", fleet.send(1, "count", [0], returns=2)[0], counts)
        assert fleet.lost() == {1}
        fleet.kill(1)
        with pytest.raises(NodeLostError):
            fleet.get(waiting)
        assert fleet.lost() == {1}
        assert caplog.text.count("node 1 does not answer: GetTimeoutError") == 1
    finally:
        fleet.close()


class Killing(Callback):
    """Kills the process of a node, once."""

    interval = 0.05

    def __init__(self):
        self.killed = []

    def on_interval(self, model):
        if not self.killed:
            self.killed += node_processes()[:1]
            os.kill(self.killed[0], signal.SIGKILL)


def test_a_node_that_is_killed_is_replaced(text_file):
    killing = Killing()
    model = fastw2v.train(text_file, cluster=two(sync_every=20_000), epochs=10, callbacks=[killing], **OPTIONS)
    assert killing.killed
    assert model.words_trained == 10 * len(fastw2v.Corpus(text_file, min_count=1))
    assert np.isfinite(model.wv.vectors).all()


def test_a_driver_that_is_killed_is_resumed_to_the_model_of_one_machine(text_file, tmp_path):
    code = (
        "import sys, time, fastw2v\n"
        "class Wait(fastw2v.Callback):\n"
        "    interval = 0.01\n"
        "    def on_interval(self, model):\n"
        "        if model.history:\n"
        "            print('begun', flush=True)\n"
        "            time.sleep(100)\n"
        "path, checkpoint, address = sys.argv[1:]\n"
        "cluster = fastw2v.Cluster(nodes=2, address=address, workers_per_node=1, sync_every=20_000)\n"
        "fastw2v.train(path, cluster=cluster, epochs=4, vector_size=16, min_count=1, progress=False,\n"
        "              callbacks=[Wait()], checkpoint=checkpoint, checkpoint_every=2)\n"
    )
    path = tmp_path / "c"
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(text_file), str(path), ray.get_runtime_context().gcs_address],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert run.stdout.readline() == "begun\n"
    finally:
        run.kill()
        run.communicate()
    alone = fastw2v.train(text_file, epochs=4, **OPTIONS)
    before = Word2Vec.load(path)
    assert before.unfinished is not None
    assert 0 < before.words_trained < alone.words_trained
    model = Word2Vec.resume(path, cluster=two(), progress=False)
    assert [entry["epoch"] for entry in model.history] == [1, 2, 3, 4]
    assert model.vocabulary == alone.vocabulary
    assert model.words_trained == alone.words_trained
    assert model.history[-1]["loss"] == pytest.approx(alone.history[-1]["loss"], rel=0.1)
    assert 0 < model.history[-1]["communication"] < 1


def test_errors_of_nodes_name_the_machine(tmp_path):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"word\n" * 1000 + b"\xff\n" * 1000)
    with pytest.raises(ValueError, match=r"not valid UTF-8.*machine"):
        fastw2v.train(path, cluster=two(), **OPTIONS)


def test_more_nodes_than_cores_share_them(text_file, caplog):
    parts, _ = cut_text([str(text_file)], 5)
    fleet = RayFleet(Cluster(nodes=5), parts, "strict", "/tmp", 0)
    try:
        assert fleet.threads == 1
        assert fleet.lost() == set()
        assert "shares one" not in caplog.text
    finally:
        fleet.close()


def test_options_that_machines_do_not_know_are_refused(text_file):
    with pytest.raises(ValueError, match="tokenize is not known to the machines of a cluster"):
        fastw2v.train(text_file, cluster=2, tokenize=str.split)
    with pytest.raises(TypeError, match="the machines of a cluster read files"):
        fastw2v.train([["a", "b"]], cluster=2)
    with pytest.raises(TypeError, match="a Corpus stands in one machine's memory"):
        fastw2v.train(fastw2v.Corpus(text_file), cluster=2)
    model = fastw2v.train(text_file, epochs=1, **OPTIONS)
    assert model.unfinished is None
