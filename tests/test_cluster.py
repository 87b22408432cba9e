"""The options of a cluster, checked once."""

from __future__ import annotations

import json

import pytest

from fastw2v import Cluster


def test_a_number_is_a_cluster_of_so_many_nodes():
    assert Cluster.of(3) == Cluster(nodes=3)
    given = Cluster(nodes=2, sync_every=5)
    assert Cluster.of(given) is given
    for other in ("3", True, 1.5, None):
        with pytest.raises(TypeError, match="cluster must be a Cluster, a number of nodes or 'mpi'"):
            Cluster.of(other)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"nodes": 0}, ValueError, "nodes is 0, but must be from 1"),
        ({"nodes": 2, "address": ""}, TypeError, "address must be a text such as 'auto'"),
        ({"nodes": 2, "workers_per_node": 0}, ValueError, "workers_per_node is 0"),
        ({"nodes": 2, "sync_every": 0.5}, TypeError, "sync_every must be a whole number"),
        (
            {"nodes": 2, "sync_every": -1},
            ValueError,
            "sync_every is -1, but must be from 1 to 2147483647; give the words .* in a round, or leave it out",
        ),
        ({"nodes": 2, "communication": 1}, ValueError, "communication is 1"),
        ({"nodes": 2, "patience": 0}, ValueError, "patience is 0"),
        ({"nodes": 2, "rule": "sum"}, ValueError, "rule is 'sum', but must be one of 'curvature'"),
    ],
)
def test_what_is_no_cluster_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        Cluster(**options)


def test_a_cluster_is_kept_in_json():
    given = Cluster(nodes=2, address="auto", sync_every=7)
    assert Cluster(**json.loads(json.dumps(given.as_note()))) == given
