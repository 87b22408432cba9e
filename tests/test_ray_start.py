"""Ray as it is started for a run: where it listens, what it prints and leaves, and what is said where it is not."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from fastw2v import ray_start

pytest.importorskip("ray", reason="Ray is not installed: pip install 'fastw2v[cluster]'")


@pytest.mark.slow
def test_ray_that_is_started_for_a_run_is_quiet_and_listens_on_this_machine_alone():
    code = (
        "import os, signal, sys\n"
        "from fastw2v import Cluster\n"
        "from fastw2v.cluster_ray import RayFleet\n"
        "from fastw2v.fleet import NodeLostError\n"
        "signal.signal(signal.SIGTERM, len)\n"
        "fleet = RayFleet(Cluster(nodes=1, workers_per_node=1), [], 'strict', None, 0)\n"
        "import ray\n"
        "node, = ray.nodes()\n"
        "print(node['NodeManagerAddress'], node['NodeManagerPort'], node['ObjectManagerPort'], flush=True)\n"
        "os.kill(ray.get(fleet._actors[0].ping.remote()), signal.SIGKILL)\n"
        "try:\n"
        "    fleet.get(fleet.send(0, 'count', [0]))\n"
        "except NodeLostError:\n"
        "    print('lost')\n"
        "sys.stdin.read()\n"
        "fleet.close()\n"
        "assert signal.getsignal(signal.SIGTERM) is len\n"
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
        said, _ = run.communicate("")
    assert run.returncode == 0
    # Ray's own paragraph about the node is not printed.
    assert said == "lost\n"


def test_another_version_of_ray_is_told_where_it_listens(monkeypatch, caplog):
    from ray._private import ray_constants

    started = []

    class OtherRay:
        def init(self, **options):
            started.append((options, getattr(ray_constants, "ENABLE_RAY_CLUSTER", None)))

        def nodes(self):
            return [{"NodeManagerAddress": "10.0.0.5"}]

    folder = ray_start.start_ray(OtherRay(), 2, 1 << 28)
    assert started[-1][1] is False
    assert ray_constants.ENABLE_RAY_CLUSTER is True
    os.rmdir(folder)
    monkeypatch.setenv("RAY_TMPDIR", "/somewhere")
    monkeypatch.delattr(ray_constants, "ENABLE_RAY_CLUSTER")
    ray_start.start_ray(OtherRay(), 2, 1 << 28)
    assert not hasattr(ray_constants, "ENABLE_RAY_CLUSTER")
    monkeypatch.setitem(sys.modules, "ray._private.ray_constants", None)
    ray_start.start_ray(OtherRay(), 2, 1 << 28)
    assert len(started) == 3
    assert caplog.text.count("this version of Ray listens on 10.0.0.5, which other machines may reach") == 3
    # A folder of the run's own, unless Ray is told of one.
    assert [options.get("_temp_dir") for options, _ in started] == [folder, None, None]


def test_folders_with_long_paths_are_not_for_ray(monkeypatch, tmp_path):
    long = tmp_path / ("x" * 80)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    found = ray_start._folder_for_ray()
    assert os.path.dirname(found) == ray_start.SHORT_FOLDER
    os.rmdir(found)
    monkeypatch.setattr(ray_start, "SHORT_FOLDER", str(tmp_path / "none"))
    assert ray_start._folder_for_ray() is None


@pytest.mark.parametrize(
    ("error", "told", "message"),
    [
        (RuntimeError("no"), RuntimeError, "^no$"),
        (Exception("The current node timed out."), OSError, r"cannot be started .*node timed out\.\); try again when"),
    ],
)
def test_ray_that_cannot_be_started_leaves_nothing(monkeypatch, tmp_path, error, told, message):
    class NoRay:
        def init(self, **options):
            assert os.path.isdir(options["_temp_dir"])
            signal.signal(signal.SIGTERM, len)
            raise error

    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(ray_start, "LONGEST_FOLDER", 200)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(told, match=message):
        ray_start.start_ray(NoRay(), 1, 1 << 28)
    assert not list(tmp_path.iterdir())
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(
    ("address", "error", "message"),
    [
        ("rubbish", ValueError, "address is 'rubbish', but must be 'auto' or HOST:PORT"),
        ("127.0.0.1:1", ConnectionError, r"no Ray cluster answers at 127.0.0.1:1 .*ray start --head --port=1"),
    ],
)
def test_addresses_where_nothing_answers_are_told_at_once(address, error, message):
    with pytest.raises(error, match=message):
        ray_start.reach_ray(None, address)


def test_a_machine_of_no_cluster_is_told_how_to_start_one():
    class NoRay:
        def init(self, **_):
            raise ConnectionError("Could not find any running Ray instance.")

    with pytest.raises(ConnectionError, match=r"address is 'auto', but no Ray cluster .*\(ray start --head\)"):
        ray_start.reach_ray(NoRay(), "auto")
    with pytest.raises(ConnectionError, match="Could not find"):
        ray_start.reach_ray(NoRay(), "ray://127.0.0.1:1")
