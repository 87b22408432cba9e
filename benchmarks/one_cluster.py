"""A run on a cluster of this machine's processes, in a process of its own, its figures as JSON on standard output.

python -m benchmarks.one_cluster TASK CLUSTER OUT: a Task and the options of a Cluster as JSON, its nodes having
`workers` threads each; a file for the vectors or "-". Called by cluster.py and cluster_quality.py.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from benchmarks.settings import Task


def trained(task: Task, cluster: dict[str, Any], out: str) -> dict[str, object]:
    """What the run came to, by round where that is told of rounds, and the counts of the vocabulary."""
    import fastw2v

    same = ("vector_size", "window", "negative", "epochs", "seed", "min_count", "sample")
    nodes = fastw2v.Cluster(workers_per_node=task.workers, **cluster)
    options = {name: getattr(task, name) for name in same}
    model = fastw2v.train(task.corpus, cluster=nodes, progress=False, **options, **task.more)
    if out != "-":
        model.wv.save(out)
    entry, words = model.history[-1], model.words_trained // task.epochs
    seconds = sum(words / epoch["words_per_second"] for epoch in model.history)
    return {
        "words_per_second": model.words_trained / seconds,
        "train_seconds": seconds,
        "communication": entry["communication"],
        "rounds": entry["rounds"],
        "sync_seconds": entry["communication"] * seconds / entry["rounds"],
        "sent_bytes": entry["sent_bytes"] / nodes.nodes / entry["rounds"],
        "text_words": words,
        "counts": model.vocabulary.counts.tolist(),
    }


if __name__ == "__main__":
    print(json.dumps(trained(Task.from_json(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3])))
