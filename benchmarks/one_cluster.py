"""One epoch on a cluster of this machine's processes, in a process of its own, its figures as JSON on standard output.

python -m benchmarks.one_cluster TASK NODES WORDS: a Task as JSON, nodes of `workers` threads each, words of a round.
Called by cluster.py.
"""

from __future__ import annotations

import json
import sys

from benchmarks.settings import Task


def trained(task: Task, nodes: int, words: int) -> dict[str, object]:
    """What the epoch came to, and the counts of its vocabulary."""
    import fastw2v

    same = ("vector_size", "window", "negative", "epochs", "seed", "min_count", "sample")
    cluster = fastw2v.Cluster(nodes=nodes, workers_per_node=task.workers, sync_every=words)
    options = {name: getattr(task, name) for name in same}
    model = fastw2v.train(task.corpus, cluster=cluster, progress=False, **options, **task.more)
    entry = model.history[0]
    seconds = model.words_trained / entry["words_per_second"]
    return {
        "words_per_second": entry["words_per_second"],
        "communication": entry["communication"],
        "rounds": entry["rounds"],
        "sync_seconds": entry["communication"] * seconds / entry["rounds"],
        "sent_bytes": entry["sent_bytes"] / nodes / entry["rounds"],
        "text_words": model.words_trained,
        "counts": model.vocabulary.counts.tolist(),
    }


if __name__ == "__main__":
    print(json.dumps(trained(Task.from_json(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
