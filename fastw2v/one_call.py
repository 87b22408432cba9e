"""train(): from text to a model in one call. What it does with the options is model.py's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

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
    with shown(progress) as display:
        corpus = (
            source
            if isinstance(source, Corpus)
            else Corpus(
                source,
                min_count=config.min_count if phrases is None else 1,
                max_vocab=config.max_vocab if phrases is None else None,
                workers=config.workers,
                tokenize=tokenize,
                column=column,
                errors=errors,
                memory_limit=memory_limit,
                cache_dir=cache_dir,
                on_progress=display.reading,
            )
        )
        if passes is not None:
            corpus = phrased(
                corpus,
                passes,
                min_count=config.min_count,
                max_vocab=config.max_vocab,
                workers=config.workers,
            )
            if held_out is not None and not isinstance(held_out, Corpus):
                text = Corpus(held_out, min_count=1, workers=config.workers)
                run = replace(run, held_out=phrased(text, passes, min_count=1, workers=config.workers))
        model = Word2Vec(config)
        model.build_vocab(corpus, initial)
        display.read(corpus)
        try:
            model.train_with(corpus, replace(run, on_progress=display.training))
        except (DivergedError, KeyboardInterrupt, SystemExit) as error:
            # Nobody else has it yet: what was trained would be lost.
            error.model = model  # type: ignore[union-attr]
            raise
    return model
