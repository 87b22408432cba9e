"""A model trained on a cluster: a run's rounds between its beginning and its end, and what they begin again from.

What a run does beside training is model_run.py's, as on one machine; the rounds are cluster_rounds.py's.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fastw2v.checkpoints import RunState
from fastw2v.cluster import Cluster
from fastw2v.cluster_rounds import Rounds
from fastw2v.cluster_text import ClusterText, text_again
from fastw2v.config import Config
from fastw2v.corpus import Corpus
from fastw2v.fleet import NodeLostError
from fastw2v.model_run import ModelRun, mark_of
from fastw2v.packed_words import PackedWords
from fastw2v.run_options import RunOptions
from fastw2v.spans import Span
from fastw2v.text_work import Flags, Matrix, block_tokens
from fastw2v.training import corpus_of, train_model
from fastw2v.vocabulary import Vocabulary

if TYPE_CHECKING:
    from fastw2v.model import Word2Vec

__all__ = ["text_of", "train_on_cluster"]

logger = logging.getLogger("fastw2v")

# How often a run begins again from the state the driver has, without any round that stands in between.
MOST_RESTARTS = 3


def train_on_cluster(model: Word2Vec, text: ClusterText, options: RunOptions, state: RunState) -> None:
    """The rest of the run that stands at `state`, as training.train_model does it here."""
    room = -(-max(text.tokens) // block_tokens(model.config)) * block_tokens(model.config)

    def elsewhere(run: ModelRun, inputs: Matrix, outputs: Matrix, frozen: Flags | None) -> None:
        words = PackedWords.pack(model.vocabulary.words)
        vocabulary = text.fleet.share(Vocabulary(words, model.vocabulary.counts))

        def start(place: int) -> Any:
            return text.fleet.send(place, "start", model.config, vocabulary, room, text.cluster.rule, frozen)

        _train_again_and_again(run, text, model.config, start, (inputs, outputs), state)

    if state.cluster is None:
        state.cluster = text.note
    train_model(model, text, options, state, elsewhere=elsewhere)


@contextmanager
def text_of(
    model: Word2Vec,
    state: RunState,
    source: Any,
    path: str,
    cluster: Cluster | int | None,
    reading: Mapping[str, Any],
) -> Iterator[Corpus | ClusterText]:
    """The text of a run that goes on, here or on a cluster, as long as the `with` block lasts.

    source, path, reading: see training.corpus_of; cluster: instead of the one that the run was on.
    """
    if state.cluster is None:
        if cluster is not None:
            raise ValueError(f"{path}: this run is one machine's, and goes on only there; leave cluster out")
        yield corpus_of(model, state, source, path, **reading)
        return
    if source is not None:
        raise ValueError(f"{path}: the text of this run is read again from where it was; leave the text out")
    wanted = Cluster(**state.cluster["options"]) if cluster is None else Cluster.of(cluster)
    with text_again(state.cluster, state.origin or {}, wanted, model.vocabulary, **reading) as text:
        if mark_of(text) != state.fingerprint:
            raise ValueError(f"{path}: the text of this run is another one now; give it as it was, or begin anew")
        state.cluster["options"] = wanted.as_note()
        yield text


def _train_again_and_again(
    run: ModelRun,
    text: ClusterText,
    config: Config,
    start: Callable[[int], Any],
    matrices: tuple[Matrix, Matrix],
    state: RunState,
) -> None:
    """Rounds to the end; where all nodes are lost at once, from the last state that the driver has."""
    assert state.cluster is not None
    note, restarts, words = state.cluster, 0, -1
    while True:
        left = [Span(*span) for span in note["left"]]
        saved = copy.deepcopy(state.progress)

        def save(rounds: Rounds) -> None:
            nonlocal saved
            saved = copy.deepcopy(state.progress)
            note["left"] = [list(span) for span in rounds.plan.left]

        rounds = Rounds(text.fleet, text.cluster, config, text.tokens, start, matrices, left, save)
        try:
            rounds.fill()
            rounds.run(state.progress, run, state.first_epoch)
        except NodeLostError as error:
            restarts = restarts + 1 if saved.words_done == words else 1
            if restarts > MOST_RESTARTS:
                raise OSError(
                    "all nodes of the cluster are lost, again and again; look at what ends them (memory, most often), "
                    "and go on from the checkpoint"
                ) from error
            logger.warning("all nodes are lost: new ones go on where the driver last had the matrices")
            words = saved.words_done
            vars(state.progress).update(vars(copy.deepcopy(saved)))
            for place in range(text.fleet.places):
                text.fleet.replace(place)
        else:
            return
