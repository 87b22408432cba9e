"""Runs on Ray: nodes of this machine, lost ones among them, a driver that is killed, and what the command line does."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

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


@pytest.mark.parametrize("loss", ["negative", "hierarchical"])
def test_a_run_is_that_of_one_machine(text_file, loss):
    model = fastw2v.train(text_file, cluster=two(sync_every=2000), loss=loss, epochs=2, **OPTIONS)
    alone = fastw2v.train(text_file, loss=loss, epochs=2, **OPTIONS)
    assert model.vocabulary == alone.vocabulary
    assert model.words_trained == alone.words_trained
    assert model.history[-1]["loss"] == pytest.approx(alone.history[-1]["loss"], rel=0.1)
    assert 0 < model.history[-1]["communication"] < 1


class Killing(Callback):
    """Kills the process of a node, now and then."""

    interval = 0.2

    def __init__(self):
        self.killed = []

    def on_interval(self, model):
        if not self.killed:
            self.killed += node_processes()[:1]
            os.kill(self.killed[0], signal.SIGKILL)


def test_a_node_that_is_killed_is_replaced(text_file):
    killing = Killing()
    model = fastw2v.train(text_file, cluster=two(sync_every=20_000), epochs=60, callbacks=[killing], **OPTIONS)
    assert killing.killed
    assert model.words_trained == 60 * len(fastw2v.Corpus(text_file, min_count=1))
    assert np.isfinite(model.wv.vectors).all()


def test_a_driver_that_is_killed_is_resumed(text_file, tmp_path):
    code = (
        "import sys, fastw2v\n"
        "cluster = fastw2v.Cluster(nodes=2, workers_per_node=1, sync_every=20_000)\n"
        "fastw2v.train(sys.argv[1], cluster=cluster, epochs=100, vector_size=16, min_count=1, progress=False,\n"
        "              checkpoint=sys.argv[2], checkpoint_every='0.5s')\n"
    )
    path = tmp_path / "c"
    # Who is killed does not remove Ray's files, which need a short path.
    folder = tempfile.mkdtemp(dir=cluster_ray.SHORT_FOLDER)
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(text_file), str(path)],
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": folder},
    )
    try:
        until = time.monotonic() + 100
        while not path.exists() and run.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        assert path.exists(), run.stderr.read() if run.poll() is not None else "no checkpoint in time"
    finally:
        run.kill()
        run.communicate()
        shutil.rmtree(folder, ignore_errors=True)
    words = len(fastw2v.Corpus(text_file, min_count=1))
    before = Word2Vec.load(path)
    assert before.unfinished is not None
    assert 0 < before.words_trained < 100 * words
    model = Word2Vec.resume(path, cluster=two(), progress=False)
    assert model.words_trained == 100 * words
    assert [entry["epoch"] for entry in model.history] == list(range(1, 101))


def test_ray_that_is_started_for_a_run_listens_on_this_machine_alone_and_leaves_signals_be():
    code = (
        "import ray, signal, sys\n"
        "from fastw2v import Cluster\n"
        "from fastw2v.cluster_ray import RayFleet\n"
        "signal.signal(signal.SIGTERM, len)\n"
        "fleet = RayFleet(Cluster(nodes=1, workers_per_node=1), [], 'strict', None, 0)\n"
        "node, = ray.nodes()\n"
        "print(node['NodeManagerAddress'], node['NodeManagerPort'], node['ObjectManagerPort'], flush=True)\n"
        "sys.stdin.read()\n"
        "fleet.close()\n"
        "assert signal.getsignal(signal.SIGTERM) is len\n"
        "import os\n"
        "assert fleet._folder and not os.path.exists(fleet._folder)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        address, *ports = run.stdout.readline().split()
        assert address == "127.0.0.1"
        for port in map(int, ports):
            socket.create_connection(("127.0.0.1", port)).close()
            # Another address of the same machine: who listens on all of them is found there as well.
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.2", port)).close()
    finally:
        run.communicate("")
    assert run.returncode == 0


def test_another_version_of_ray_is_told_where_it_listens(monkeypatch, caplog):
    from ray._private import ray_constants

    started = []

    class OtherRay:
        def init(self, **options):
            started.append((options, getattr(ray_constants, "ENABLE_RAY_CLUSTER", None)))

        def nodes(self):
            return [{"NodeManagerAddress": "10.0.0.5"}]

    fleet = RayFleet.__new__(RayFleet)
    fleet._ray, fleet._folder, fleet.places = OtherRay(), None, 2
    fleet._start_here(2)
    assert started[-1][1] is False
    assert ray_constants.ENABLE_RAY_CLUSTER is True
    folder, fleet._folder = fleet._folder, None
    os.rmdir(folder)
    monkeypatch.setenv("RAY_TMPDIR", "/somewhere")
    monkeypatch.delattr(ray_constants, "ENABLE_RAY_CLUSTER")
    fleet._start_here(2)
    assert not hasattr(ray_constants, "ENABLE_RAY_CLUSTER")
    monkeypatch.setitem(sys.modules, "ray._private.ray_constants", None)
    fleet._start_here(2)
    assert len(started) == 3
    assert caplog.text.count("this version of Ray listens on 10.0.0.5, which other machines may reach") == 3
    # A folder of the run's own, unless Ray is told of one.
    assert [options.get("_temp_dir") for options, _ in started] == [folder, None, None]


def test_folders_with_long_paths_are_not_for_ray(monkeypatch, tmp_path):
    long = tmp_path / ("x" * 80)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    found = cluster_ray._folder_for_ray()
    assert os.path.dirname(found) == cluster_ray.SHORT_FOLDER
    os.rmdir(found)
    monkeypatch.setattr(cluster_ray, "SHORT_FOLDER", str(tmp_path / "none"))
    assert cluster_ray._folder_for_ray() is None


@pytest.mark.parametrize(
    ("address", "error", "message"),
    [
        ("rubbish", ValueError, "address is 'rubbish', but must be 'auto' or HOST:PORT"),
        ("127.0.0.1:1", ConnectionError, r"no Ray cluster answers at 127.0.0.1:1 .*ray start --head --port=1"),
    ],
)
def test_addresses_where_nothing_answers_are_told_at_once(address, error, message):
    with pytest.raises(error, match=message):
        cluster_ray._check_reachable(address)


def test_errors_of_nodes_are_told_once(tmp_path, caplog):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"word\n" * 1000 + b"\xff\n" * 1000)
    with pytest.raises(ValueError, match=r"not valid UTF-8.*machine"):
        fastw2v.train(path, cluster=two(), **OPTIONS)
    # What Ray does with results that failed and that nobody has fetched, when they go.
    tell = ray._private.worker._unhandled_error_handler
    fleet = RayFleet(two(), [], "strict", str(tmp_path), 0)
    try:
        with pytest.raises(ray.exceptions.RayTaskError) as caught:
            ray.get(fleet.send(0, "no_such_method"))
    finally:
        fleet.close()
    tell(caught.value)
    assert "Unhandled" not in caplog.text
    tell(RuntimeError("of another program"))
    assert "of another program" in caplog.text


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
