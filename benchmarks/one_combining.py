"""What combining rows takes in a node's own process, without Ray: its processor's seconds as JSON on standard output.

python -m benchmarks.one_combining WIDTH NODES SHARE: rows of so many floats, of which each node has changed a part.
Called by cluster.py, with one thread for matrix products.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

from benchmarks.cluster_model import work_of
from benchmarks.cluster_rows import Sync, rows_of, zipf_counts
from fastw2v import Config
from fastw2v.combining import Replica
from fastw2v.exchanges import Slice
from fastw2v.matrices import aligned_zeros

ROWS, TEXT_WORDS, ROUND_WORDS = 20_000, 10_000_000, 100_000
STEP = 0.01  # by which rows are changed
EXCHANGE = tuple(Slice(matrix, 0, ROWS) for matrix in range(2))


def replicas(config: Config, nodes: int) -> list[Replica]:
    """Nodes with the same random matrices."""
    draws = np.random.default_rng(1)
    made = []
    first = [draws.normal(0, 0.1, (ROWS, config.vector_size)).astype(np.float32) for _ in range(2)]
    for node in range(nodes):
        matrices = [aligned_zeros(ROWS, config.vector_size) for _ in range(2)]
        for matrix, values in zip(matrices, first, strict=True):
            matrix[:, : config.vector_size] = values
        made.append(Replica(config, zipf_counts(ROWS, TEXT_WORDS), *matrices))
        made[-1].join(node, nodes)
    return made


def changed(nodes: list[Replica], share: float) -> list[np.ndarray]:
    """Which rows each node has changed now: rows in a place of both matrices alike."""
    draws, counts = np.random.default_rng(2), zipf_counts(ROWS, TEXT_WORDS)
    masks = []
    for node in nodes:
        masks.append(draws.random(ROWS) < share)
        for matrix in node.matrices:
            rows = matrix[masks[-1], : node.width]
            matrix[masks[-1], : node.width] = rows + draws.normal(0, STEP, rows.shape).astype(np.float32)
        node.will_train(node.config.alpha)
        node.touches.add(draws.choice(ROWS, ROUND_WORDS, p=counts / counts.sum()).astype(np.int32))
    return masks


def combined(nodes: list[Replica]) -> float:
    """Seconds of the processor, of one node."""
    begin = time.process_time()
    parts = [node.parts(EXCHANGE) for node in nodes]
    made = [node.combine(EXCHANGE, [of[owner] for of in parts]) for owner, node in enumerate(nodes)]
    for node in nodes:
        node.take(EXCHANGE, made)
    return (time.process_time() - begin) / len(nodes)


def measured(width: int, count: int, share: float) -> dict[str, object]:
    """Its work, and its seconds once everything is warm: directions are found anew in both of the first exchanges."""
    nodes = replicas(Config(vector_size=width, workers=1), count)
    for _ in range(2):
        masks = np.array(changed(nodes, share))
        seconds = combined(nodes)
    touching = masks.sum(axis=0)
    parts, shared = 2 * masks.sum() / count, 2 * touching[touching > 1].sum() / count
    sync = Sync(np.array([parts]), np.array([2.0 * (touching > 0).sum()]), float(shared))
    work = work_of(sync, rows_of(zipf_counts(ROWS, TEXT_WORDS), width), count, fresh=1.0)
    # Nothing is sent.
    return {"seconds": seconds, "work": list(work._replace(calls=0.0, results=0.0, carried=0.0))}


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
