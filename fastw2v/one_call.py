"""train(): from text to a model in one call. What it does with the options is model.py's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from typing import Any

from fastw2v.cluster import Cluster
from fastw2v.cluster_text import ENCODE_IT, ClusterText, text_on_cluster
from fastw2v.config import Config, unknown_option
from fastw2v.corpus import Corpus
from fastw2v.initial_vectors import InitialVectors
from fastw2v.model import Word2Vec
from fastw2v.model_measures import Source
from fastw2v.phrased import Given, passes_of, phrased
from fastw2v.progress import ProgressOption, shown
from fastw2v.run_options import INIT_VECTORS, RunOptions
from fastw2v.trainer import DivergedError

__all__ = ["train"]

MPI = "mpi"


def train(
    source: Source | Corpus,
    *,
    vector_size: int = 100,
    window: int = 5,
    shrink_windows: bool = True,
    architecture: str = "skipgram",
    loss: str = "negative",
    negative: int = 5,
    negative_sharing: str = "window",
    cbow_mean: bool = True,
    cbow_gradient: str = "exact",
    cbow_batch: int = 4,
    softmax_batch: int = 64,
    softmax_memory: int = 256,
    ns_exponent: float = 0.75,
    sample: float = 1e-3,
    alpha: float | None = None,
    min_alpha: float = 1e-4,
    epochs: int = 5,
    min_count: int = 5,
    max_vocab: int | None = None,
    workers: int | None = None,
    seed: int = 1,
    kernel: str = "auto",
    tokenize: Callable[[str], Sequence[str]] | str | None = None,
    column: object = None,
    phrases: Given | None = None,
    errors: str = "strict",
    memory_limit: int | str | None = None,
    cache_dir: str | os.PathLike[str] | None = None,
    cluster: Cluster | int | str | None = None,
    progress: ProgressOption = "auto",
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: str | int = "10min",
    callbacks: Sequence[Any] = (),
    held_out: Any = None,
    evaluate: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (),
    early_stopping: int | None = None,
    monitor: str | None = None,
    freeze: Iterable[str] | str = (),
    init_vectors: Any = None,
    **others: object,
) -> Word2Vec:
    """Word vectors from text: reads `source`, counts its words, trains.

    By default skip-gram with negative sampling: for each position of the text, after frequent words are thinned out,
    every word c in its window predicts the word o there against `negative` noise words, by stochastic gradient descent
    on J = -log s(u_o . v_c) - sum_k log s(-u_k . v_c) (Mikolov et al. 2013). `architecture` and `loss` choose CBOW,
    hierarchical and exact softmax instead; fastw2v.equations has the formulas.

    Parameters
    ----------
    source: paths of files, folders, patterns or compressed files, "-" for standard input, an iterable of token lists,
        or a column of a table: what Corpus takes, read once; or a Corpus, whose own min_count and max_vocab then hold.
        Text is UTF-8, one sentence a line, words separated by ASCII white space.
    tokenize, column: see Corpus: how texts are split, and which column of a table or data set holds them.
    phrases: Phrases or FrozenPhrases, or the path of a file of the latter, that are joined to words before words are
        counted, or a list of them, to be joined one after the other; a Corpus must then have all words of its text
        (min_count=1). They are joined in `held_out` as well, unless that is a Corpus.
    vector_size ... kernel: see Config.
    errors: "strict" (a byte that is not UTF-8 is a ValueError naming file and offset) or "replace".
    memory_limit, cache_dir: see Corpus: beyond how much memory a text's numbers stand in a file, and where.
    cluster: a Cluster, or a number of nodes: the text, then files only (text, or encoded), is read and trained by
        several machines, or by several processes on this one; `workers` is then cluster.workers_per_node. Or "mpi", in
        a program that is run as several processes by mpirun, which all end with the same model; without checkpoints and
        what else is between.
    progress: "auto" (a bar if standard error is a terminal or a notebook's), True (a bar there, else lines), False.
    checkpoint ... freeze: see run_options.RunOptions. freeze="init_vectors" keeps all that init_vectors gave.
    init_vectors: vectors that words begin with, those that have one there: a path of any file that load_vectors reads,
        a KeyedVectors, a mapping from words to vectors, or an array of a row for each word of the vocabulary, in its
        order. See initial_vectors.InitialVectors.

    Returns
    -------
    Word2Vec: `.wv.vectors` is a C-contiguous float32 array of shape (words, vector_size), row i for
    `.wv.index_to_key[i]`, most frequent first.

    Raises
    ------
    TypeError, ValueError: an option or the text is not as described; OSError: a file cannot be read; DivergedError (a
    ValueError): the loss is no longer finite, since the rate is too high, say. Exceptions of an iterable reach the
    caller as they are. KeyboardInterrupt and SystemExit (SIGTERM) end the training at the next border of blocks. They
    and DivergedError have the model, as far as it was trained, as the attribute `model`.
    """
    for name in others:
        raise unknown_option(name)
    config = Config(
        vector_size=vector_size,
        window=window,
        shrink_windows=shrink_windows,
        architecture=architecture,
        loss=loss,
        negative=negative,
        negative_sharing=negative_sharing,
        cbow_mean=cbow_mean,
        cbow_gradient=cbow_gradient,
        cbow_batch=cbow_batch,
        softmax_batch=softmax_batch,
        softmax_memory=softmax_memory,
        ns_exponent=ns_exponent,
        sample=sample,
        alpha=alpha,  # type: ignore[arg-type]
        min_alpha=min_alpha,
        epochs=epochs,
        min_count=min_count,
        max_vocab=max_vocab,
        workers=workers,
        seed=seed,
        kernel=kernel,
    )
    run = RunOptions(
        checkpoint=checkpoint,  # type: ignore[arg-type]
        checkpoint_every=checkpoint_every,
        callbacks=callbacks,  # type: ignore[arg-type]
        held_out=held_out,
        evaluate=evaluate,  # type: ignore[arg-type]
        early_stopping=early_stopping,
        monitor=monitor,
        freeze=freeze,  # type: ignore[arg-type]
    )
    from fastw2v.kernels import resolve

    resolve(config.kernel)
    run.refuse_checkpoint()
    passes = None if phrases is None else passes_of(phrases)
    initial = None if init_vectors is None else InitialVectors(init_vectors, config.vector_size)
    if initial is None and run.freeze == INIT_VECTORS:
        raise ValueError(f"freeze is {INIT_VECTORS!r}, but there are none; give init_vectors, or a list of words")
    reading = {"errors": errors, "memory_limit": memory_limit, "cache_dir": cache_dir}
    splitting = {"tokenize": tokenize, "column": column, "phrases": passes}
    if cluster == MPI:
        return _under_mpi(source, config, workers, initial, reading, splitting, run, progress)
    with shown(progress) as display, ExitStack() as stack:
        text: Corpus | ClusterText
        told = {**reading, "on_progress": display.reading}
        if cluster is not None:
            text = stack.enter_context(_on_cluster(source, config, workers, cluster, told, splitting, run))
        else:
            text = _read(source, config, told, **splitting)
        if passes is not None and held_out is not None and not isinstance(held_out, Corpus):
            measured = Corpus(held_out, min_count=1, workers=config.workers)
            run = replace(run, held_out=phrased(measured, passes, min_count=1, workers=config.workers))
        model = Word2Vec(config)
        model.build_vocab(text, initial)
        display.read(text)
        try:
            model.train_with(text, replace(run, on_progress=display.training))
        except (DivergedError, KeyboardInterrupt, SystemExit) as error:
            # Nobody else has it yet: what was trained would be lost.
            error.model = model  # type: ignore[union-attr]
            raise
    return model


def _read(source: Any, config: Config, reading: dict[str, Any], *, tokenize: Any, column: Any, phrases: Any) -> Corpus:
    """The text in this process, phrases joined."""
    if isinstance(source, Corpus):
        corpus = source
    else:
        limits = {"min_count": config.min_count, "max_vocab": config.max_vocab} if phrases is None else {"min_count": 1}
        corpus = Corpus(source, **limits, workers=config.workers, tokenize=tokenize, column=column, **reading)
    if phrases is None:
        return corpus
    return phrased(corpus, phrases, min_count=config.min_count, max_vocab=config.max_vocab, workers=config.workers)


def _under_mpi(
    source: Any,
    config: Config,
    workers: int | None,
    initial: Any,
    reading: dict[str, Any],
    splitting: dict[str, Any],
    run: RunOptions,
    progress: ProgressOption,
) -> Word2Vec:
    """This process's part of a run of all."""
    from fastw2v.cluster_mpi import train_under_mpi

    _refuse_splitting(source, splitting)
    if splitting["phrases"] is not None:
        raise ValueError("phrases are not joined under MPI; write the text with them joined (fastw2v phrases)")
    if run != RunOptions():
        raise ValueError("under MPI there are no checkpoints, callbacks, measurements or frozen words; leave them out")
    model = Word2Vec(config)
    with shown(progress) as display:
        train_under_mpi(model, source, initial, reading, workers, display)
    return model


def _refuse_splitting(source: Any, splitting: dict[str, Any]) -> None:
    """Refuses what other machines cannot know."""
    for name in ("tokenize", "column"):
        if splitting[name] is not None:
            raise ValueError(f"{name} is not known to the machines of a cluster, which read files; {ENCODE_IT}")
    if isinstance(source, Corpus):
        raise TypeError(f"a Corpus stands in one machine's memory; give the paths of its text; {ENCODE_IT}")


def _on_cluster(
    source: Any,
    config: Config,
    workers: int | None,
    cluster: object,
    reading: dict[str, Any],
    splitting: dict[str, Any],
    run: RunOptions,
) -> AbstractContextManager[ClusterText]:
    """The text on the nodes of a cluster."""
    _refuse_splitting(source, splitting)
    wanted = Cluster.of(cluster)
    if workers is not None:
        if wanted.workers_per_node not in (None, config.workers):
            raise ValueError(
                f"workers is {workers}, but the cluster's workers_per_node {wanted.workers_per_node}; leave one out"
            )
        wanted = replace(wanted, workers_per_node=config.workers)
    passes = splitting["phrases"] or ()
    if run.checkpoint is not None and any(one.facts is None for one in passes):
        raise ValueError(
            "phrases came from no file, so that a run on a cluster could not go on from its checkpoint; save them "
            "(phrases.freeze().save(path)) and give the path"
        )
    return text_on_cluster(
        source, wanted, min_count=config.min_count, max_vocab=config.max_vocab, phrases=passes, **reading
    )
