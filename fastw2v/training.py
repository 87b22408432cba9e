"""From a model and a text to a trained model: the matrices laid out for training and back, around a run; and runs that
are taken up again.

What happens between the blocks is model_run.py's, the blocks are trainer.py's.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from fastw2v._interrupts import HeldInterrupts
from fastw2v.checkpoints import RunState
from fastw2v.corpus import Corpus
from fastw2v.encoded import Encoded
from fastw2v.matrices import pack_rows, pad_rows
from fastw2v.model_run import ModelRun, mark_of
from fastw2v.run_options import INIT_VECTORS, RunOptions
from fastw2v.short import short
from fastw2v.text_work import Flags, Matrix, block_tokens
from fastw2v.trainer import Progress, train_epochs

if TYPE_CHECKING:
    from fastw2v.model import Word2Vec

__all__ = ["corpus_of", "first_state", "options_of", "train_model"]

logger = logging.getLogger("fastw2v")


class RunText(Protocol):
    """What a run says of its text in checkpoints; see Corpus."""

    @property
    def origin(self) -> dict[str, Any] | None:
        """Where it can be read again."""
        ...

    @property
    def fingerprint(self) -> Mapping[str, Any]:
        """By what it is known again."""
        ...


Elsewhere = Callable[[ModelRun, Matrix, Matrix, "Flags | None"], None]


def train_model(
    model: Word2Vec,
    corpus: RunText,
    options: RunOptions,
    state: RunState,
    last_epoch: int | None = None,
    elsewhere: Elsewhere | None = None,
) -> None:
    """The epochs up to `last_epoch` of 1..config.epochs (None: all) from where `state` stands.

    The model then holds the result; so it does, as far as the run came, when the run was stopped or an exception ended
    it, all threads being joined. Ctrl-C and SIGTERM come at the end of this, the run having ended at the next border of
    blocks; a second one does not wait for that. elsewhere: trains instead of this process, into these matrices.
    """
    if model.is_training:
        raise RuntimeError("the model is being trained; call train again when that has ended, not from a callback")
    width, progress = model.config.vector_size, state.progress
    held_out = _held_out(model, options, state)
    files = _files(options)
    words_before = model.words_trained - progress.words_done
    model.check_table()
    # Ctrl-C while the matrices are moved would leave a model without vectors; raised wherever the interpreter stands,
    # in a weak reference's callback say, it could be lost.
    with HeldInterrupts() as interrupts:
        # One after the other, so that no more than two matrices and a half ever stand in memory: also not through a
        # reference to `wv`, which is the same object before, meanwhile and after.
        table = model.wv
        inputs = pad_rows(table.vectors)
        table.lend_rows(inputs[:, :width])
        model.is_training, model.stop_wanted, model.progress = True, False, progress
        try:
            outputs = pad_rows(model.outputs)
            model.outputs = outputs[:, :width]
            try:
                run = ModelRun(model, corpus, options, state, interrupts, (inputs, outputs), held_out, files)
                try:
                    run.begin()
                    if not run.must_end:
                        frozen = _flags(state.frozen, len(table))
                        if elsewhere is not None:
                            elsewhere(run, inputs, outputs, frozen)
                        else:
                            assert isinstance(corpus, Corpus), "other texts are trained elsewhere"
                            text = corpus.encoded(model.vocabulary.counts)
                            train_epochs(
                                model.config, text, inputs, outputs, run, progress, state.first_epoch, last_epoch,
                                frozen,
                            )  # fmt: skip
                finally:
                    run.close()
            finally:
                model.outputs = pack_rows(outputs, width)
        finally:
            table.vectors = pack_rows(inputs, width)
            model.is_training = False
            model.words_trained = words_before + progress.words_done
        run.end()


def _flags(rows: list[int], words: int) -> npt.NDArray[np.bool_] | None:
    if not rows:
        return None
    flags = np.zeros(words, np.bool_)
    flags[rows] = True
    return flags


def _held_out(model: Word2Vec, options: RunOptions, state: RunState) -> Encoded | None:
    """The text of the held-out loss in the model's word numbers, noted in `state` so that it can be read again."""
    if options.held_out is None:
        return None
    given = options.held_out
    if isinstance(given, _Again):
        corpus = Corpus.reopen(given.origin, vocabulary=model.vocabulary, workers=model.config.workers)
    elif isinstance(given, Corpus):
        corpus = given if given.vocabulary == model.vocabulary else given.restricted(model.vocabulary)
    else:
        corpus = Corpus(given, vocabulary=model.vocabulary, workers=model.config.workers)
    state.options["held_out"] = corpus.origin or {}
    text: Encoded = corpus.encoded(model.vocabulary.counts)
    return text


def _files(options: RunOptions) -> Any:
    """The files to be scored on, read before anything is trained."""
    if not options.evaluate:
        return None
    from fastw2v.evaluation import Asking

    return Asking().read(options.evaluate)


def first_state(model: Word2Vec, corpus: RunText, options: RunOptions) -> RunState:
    """The state of a run that has not begun."""
    return RunState(
        progress=Progress(),
        first_epoch=len(model.history),
        block_tokens=block_tokens(model.config),
        origin=corpus.origin,
        options={
            "checkpoint_every": options.checkpoint_every,
            "evaluate": [os.path.abspath(path) for path in options.evaluate],
            "early_stopping": options.early_stopping,
            "monitor": options.monitor,
        },
        frozen=_frozen_rows(model, options.freeze),
    )


def _frozen_rows(model: Word2Vec, freeze: tuple[str, ...] | str) -> list[int]:
    if freeze == INIT_VECTORS:
        if not len(model.initial_rows):
            raise ValueError(
                f"freeze is {freeze!r}, but no word of this model began with such a vector, or it was loaded from a "
                "file; give init_vectors as well, or a list of words"
            )
        return [int(row) for row in model.initial_rows]
    known = model.vocabulary.key_to_index if freeze else {}
    unknown = [word for word in dict.fromkeys(freeze) if word not in known]
    if unknown:
        logger.warning(
            "%d of the words to freeze are not in the vocabulary, %s first: nothing is there to freeze",
            len(unknown), short(unknown[0]),
        )  # fmt: skip
    return sorted(known[word] for word in set(freeze) if word in known)


def options_of(state: RunState, changes: Mapping[str, Any]) -> RunOptions:
    """What a run that goes on does beside training: as it did, but for the changes."""
    kept = dict(state.options)
    held_out = kept.pop("held_out", None)
    options = {**kept, **changes}
    if held_out is not None and options.get("held_out") is None:
        if not held_out:
            raise ValueError(
                "the run measured a held-out loss on a text that came from no file; give the same text as held_out"
            )
        options["held_out"] = _Again(held_out)
    if options.get("checkpoint") is None:
        options.pop("checkpoint_every", None)
    return RunOptions.from_options(options)


class _Again:
    """A held-out text to be read again."""

    def __init__(self, origin: Mapping[str, Any]) -> None:
        self.origin = origin


def corpus_of(model: Word2Vec, state: RunState, source: Any, path: str, **reading: Any) -> Corpus:
    """The text of a run that goes on: read again from where it came (source None), or given again.

    reading: memory_limit, cache_dir, on_progress of Corpus.
    OSError or ValueError if it is gone, is not the same any more, or must be given and is not.
    """
    if isinstance(source, Corpus):
        corpus = source if source.vocabulary == model.vocabulary else source.restricted(model.vocabulary)
    elif source is not None:
        corpus = Corpus(source, vocabulary=model.vocabulary, workers=model.config.workers, **reading)
    else:
        corpus = Corpus.reopen(state.origin, vocabulary=model.vocabulary, workers=model.config.workers, **reading)
    mark = mark_of(corpus)
    if mark != state.fingerprint or block_tokens(model.config) != state.block_tokens:
        raise ValueError(
            f"{path}: the run was trained on another text ({state.fingerprint}, here {mark}), or by a version that "
            "cuts it in other blocks; give the same text to the same version (where it was split, joined to phrases or "
            "thinned out, as a Corpus made as before), or train the model on by Word2Vec.load and train"
        )
    return corpus
