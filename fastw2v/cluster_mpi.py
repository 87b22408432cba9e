"""The same training under MPI: every process calls this with the same arguments, and is one node.

    mpirun -n 4 python -m mpi4py program.py

The matrices are combined by node.py's parts, combine and take between alltoall and allgather. A process that is lost
ends the run, as MPI has it (`-m mpi4py` has it end the others when one raises an error), and there are no checkpoints;
cluster_rounds.py has both.
"""

from __future__ import annotations

import logging
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
from fastw2v.progress import Display
from fastw2v.spans import EpochPlan
from fastw2v.text_work import block_tokens
from fastw2v.watching import Progress
from fastw2v.word_counts import merged

if TYPE_CHECKING:
    from fastw2v.model import Word2Vec

__all__ = ["train_under_mpi"]

logger = logging.getLogger("fastw2v")


def train_under_mpi(
    model: Word2Vec, source: object, initial: Any, reading: dict[str, Any], workers: int | None, display: Display
) -> None:
    """Trains a model that has no words yet, which is the same in all processes in the end. reading: errors,
    memory_limit, cache_dir of Corpus; workers: threads of each process (None: a machine's cores, shared out); display:
    of the training, which the first process shows."""
    mpi = optional("mpi4py.MPI", "training under MPI", "mpi4py")
    world = mpi.COMM_WORLD
    rank, size, config = world.rank, world.size, model.config
    if size == 1:
        logger.warning("cluster='mpi' has one process, which trains alone; for N: mpirun -n N python -m mpi4py PROGRAM")
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
    words = sum(tokens.values())
    progress = Progress(epochs=config.epochs, words_total=words * config.epochs)
    slope = (config.alpha - config.min_alpha) / progress.words_total
    rounds, sent, trained, begin = 0, 0, 0.0, time.perf_counter()
    for epoch in range(config.epochs):
        progress.epoch, progress.predictions, progress.loss_sum, before = epoch + 1, 0, 0.0, progress.seconds
        plan = EpochPlan.whole(size, blocks)
        while plan.blocks_left():
            due = most_words(progress.words_done, size) // block_tokens(config)
            share = max(1, min(due, -(-plan.blocks_left() // size)))
            spans = [plan.take(place, share) for place in range(size)]
            alpha = config.alpha - slope * progress.words_done
            for report in world.allgather(node.train(Work(spans[rank], epoch, alpha, slope * size))):
                progress.words_done += report.words
                progress.predictions += report.predictions
                progress.loss_sum += report.loss
                trained += report.seconds / size
            for exchange in exchanges if size > 1 else ():
                mine = node.combine(exchange, *world.alltoall(node.parts(exchange)))
                sent += node.take(exchange, *world.allgather(mine))
            rounds, progress.seconds = rounds + 1, time.perf_counter() - begin
            if rank == 0:
                display.training(progress)
        seconds, traffic = zip(*world.allgather((progress.seconds, sent)), strict=True)
        progress.seconds = max(seconds)
        model.history.append({
            "epoch": progress.epoch,
            "predictions": int(progress.predictions),
            "loss": progress.loss,
            "alpha": config.alpha - slope * progress.words_done,
            "words_per_second": words / (progress.seconds - before),
            "communication": 1 - trained / progress.seconds,
            "rounds": rounds,
            "sent_bytes": sum(traffic),
        })  # fmt: skip
    model.words_trained = progress.words_done
    for piece in every:
        matrices[piece.matrix][piece.start : piece.stop] = node.rows(piece)
