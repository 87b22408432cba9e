"""The same training under MPI: every process calls this with the same arguments, and is one node.

    mpirun -n 4 python -m mpi4py program.py

The matrices are combined by node.py's parts, combine and take between alltoall and allgather. A process that is lost
ends the run, as MPI has it (`-m mpi4py` has it end the others when one raises an error), and there are no checkpoints;
cluster_rounds.py has both.
"""

from __future__ import annotations

import time
from functools import reduce
from typing import TYPE_CHECKING, Any

from fastw2v.cluster import Cluster
from fastw2v.cluster_text import cut_for
from fastw2v.config import available_cpus
from fastw2v.exchanges import exchanges_of, most_words
from fastw2v.memory_limits import cache_folder, limit_of
from fastw2v.node import Node, Work
from fastw2v.optional import optional
from fastw2v.spans import EpochPlan
from fastw2v.text_work import block_tokens
from fastw2v.word_counts import merged

if TYPE_CHECKING:
    from fastw2v.model import Word2Vec

__all__ = ["train_under_mpi"]


def train_under_mpi(
    model: Word2Vec, source: object, initial: Any, reading: dict[str, Any], workers: int | None
) -> None:
    """Trains a model that has no words yet, which is the same in all processes in the end. reading: errors,
    memory_limit, cache_dir of Corpus; workers: threads of each process (None: a machine's cores, shared out)."""
    mpi = optional("mpi4py.MPI", "training under MPI", "mpi4py")
    world = mpi.COMM_WORLD
    rank, size, config = world.rank, world.size, model.config
    parts, _ = cut_for(source, size)
    limit = 0 if reading["memory_limit"] is None else limit_of(reading["memory_limit"])
    threads = workers or max(1, available_cpus() // world.Split_type(mpi.COMM_TYPE_SHARED).size)
    node = Node(parts, reading["errors"], threads, cache_folder(reading["cache_dir"]), limit)
    counts, tokens = node.count(range(rank, len(parts), size))
    counts = world.bcast(world.reduce(counts, merged))
    tokens = reduce(dict.__or__, world.allgather(tokens))
    model.build_vocab(counts.vocabulary(config.min_count, config.max_vocab), initial)
    blocks = [-(-tokens[piece] // block_tokens(config)) for piece in range(len(parts))]
    node.start(config, model.vocabulary, max(blocks) * block_tokens(config), Cluster(nodes=1).rule)
    matrices = (model.wv.vectors, model.outputs)
    rows = [len(matrix) for matrix in matrices]
    exchanges = exchanges_of(rows, config.vector_size)
    every = [piece for exchange in exchanges for piece in exchange]
    for piece in every:
        node.fill(piece, matrices[piece.matrix][piece.start : piece.stop])
    node.join(rank, size)
    total, done = sum(tokens.values()) * config.epochs, 0
    slope = (config.alpha - config.min_alpha) / total
    for epoch in range(config.epochs):
        begin = time.perf_counter()
        plan, sums = EpochPlan.whole(size, blocks), [0.0, 0.0]
        while plan.blocks_left():
            blocks_due = most_words(done, total, size) // block_tokens(config)
            share = max(1, min(blocks_due, -(-plan.blocks_left() // size)))
            spans = [plan.take(place, share) for place in range(size)]
            report = node.train(Work(spans[rank], epoch, config.alpha - slope * done, slope * size))
            for words, predictions, loss in world.allgather(report[1:4]):
                done, sums = done + words, [sums[0] + predictions, sums[1] + loss]
            for exchange in exchanges if size > 1 else ():
                mine = node.combine(exchange, *world.alltoall(node.parts(exchange)))
                node.take(exchange, *world.allgather(mine))
        loss = sums[1] / sums[0] if sums[0] else float("nan")
        entry = {"epoch": epoch + 1, "predictions": int(sums[0]), "loss": loss}
        speed = sum(tokens.values()) / max(world.allgather(time.perf_counter() - begin))
        model.history.append({**entry, "alpha": config.alpha - slope * done, "words_per_second": speed})
    model.words_trained = done
    for piece in every:
        matrices[piece.matrix][piece.start : piece.stop] = node.rows(piece)
