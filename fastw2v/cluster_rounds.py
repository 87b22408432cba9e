"""Training on the nodes of a cluster, in rounds: which blocks each node trains, how long it has, and what counts.

Their matrices, and who is lost, are cluster_nodes.py's, what a node does node.py's; checkpoints and callbacks come
through the watcher, as in trainer.py.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastw2v.cluster import Cluster
from fastw2v.cluster_nodes import ClusterNodes
from fastw2v.config import Config
from fastw2v.exchanges import LEAST_WORDS, most_words
from fastw2v.fleet import Fleet, NodeLostError
from fastw2v.node import Report, Work
from fastw2v.spans import EpochPlan, Span
from fastw2v.text_work import Matrix, block_tokens
from fastw2v.watching import Progress, Watcher

__all__ = ["Rounds"]

logger = logging.getLogger("fastw2v")

TICK_SECONDS = 0.1
SPEED_MEMORY = 0.5  # of what is known of a node's speed, the part that a new round leaves
GROWTH = 1.5  # of sync_every from one round to the next, at most
LONE_SHARE = 0.01
ROUNDS_MEMORY = 4  # of the latest rounds, by which sync_every is adapted


@dataclass
class _Account:
    """What a place has trained since all rows were combined last: it is gone with its node."""

    spans: list[Span] = field(default_factory=list)
    words: int = 0
    predictions: float = 0.0
    loss: float = 0.0


class Rounds:
    """A run on a fleet.

    tokens: of each piece of the text. start(place): sends a node all that it needs before its matrices are filled.
    inputs, outputs: the driver's copies of the matrices, from which nodes are filled at first and which `bring` fills.
    left: of the epoch at hand, the spans that are not trained. save: called whenever the driver's matrices are those of
    the run's state.
    """

    def __init__(
        self,
        fleet: Fleet,
        cluster: Cluster,
        config: Config,
        tokens: Sequence[int],
        start: Callable[[int], Any],
        matrices: tuple[Matrix, Matrix],
        left: Sequence[Span] = (),
        save: Callable[[Rounds], object] = lambda rounds: None,
    ) -> None:
        self.fleet, self.cluster, self.config = fleet, cluster, config
        self.size = block_tokens(config)
        self.tokens, self.blocks = list(tokens), [-(-count // self.size) for count in tokens]
        self.total = sum(self.tokens)
        self._save, self.places = save, fleet.places
        self.nodes = ClusterNodes(fleet, start, matrices, config.vector_size, self._note_whole, self._note_lost)
        self.plan = EpochPlan(self.places, left)
        self._progress = Progress()
        self._accounts = [_Account() for _ in range(self.places)]
        self._speeds = [1.0] * self.places
        self.sync_words = cluster.sync_every or LEAST_WORDS
        self.train_seconds = self.sync_seconds = 0.0
        self._recent_train = self._recent_sync = 0.0
        self.rounds = 0

    def fill(self) -> None:
        """Gives all nodes the driver's matrices."""
        self.nodes.fill()

    def _note_whole(self, places: list[int]) -> None:
        for place in places:
            self._accounts[place] = _Account()

    def _note_lost(self, place: int) -> None:
        """What a lost node has trained since all rows were combined is given back."""
        account, self._accounts[place] = self._accounts[place], _Account()
        self.plan.give_back(account.spans)
        self._progress.words_done -= account.words
        self._progress.predictions -= account.predictions
        self._progress.loss_sum -= account.loss

    def run(self, progress: Progress, watcher: Watcher, first_epoch: int) -> None:
        """The epochs from where `progress` stands; see trainer.train_epochs."""
        config, every_block = self.config, sum(self.blocks)
        self._progress = progress
        progress.epochs, progress.blocks = config.epochs, every_block
        progress.words_total = self.total * config.epochs
        self._slope = (config.alpha - config.min_alpha) / progress.words_total
        self._begin = time.perf_counter() - progress.seconds
        self._epoch_begin = time.perf_counter() - progress.epoch_seconds
        while True:
            if progress.block >= every_block or not progress.epoch:
                if progress.epoch >= config.epochs:
                    return
                progress.epoch, progress.block = progress.epoch + 1, 0
                progress.predictions, progress.loss_sum, progress.epoch_seconds = 0, 0.0, 0.0
                self._epoch_begin = time.perf_counter()
                self.plan = EpochPlan.whole(self.places, self.blocks)
                self._save(self)
                watcher.epoch_begins(progress)
            due = self._one_round(progress, watcher, first_epoch + progress.epoch - 1)
            has_ended = not self.plan.blocks_left()
            self._note_time(progress)
            if has_ended:
                progress.history.append(self._entry(progress))
            if not due and not has_ended:
                continue
            self.nodes.bring()
            self._save(self)
            self.nodes.replace_lost()
            if has_ended:
                watcher.epoch_ends(progress)
            if not watcher.pause(progress):
                return

    def _entry(self, progress: Progress) -> dict[str, float]:
        seconds = self.train_seconds + self.sync_seconds
        return {
            "epoch": progress.epoch,
            "predictions": int(progress.predictions),
            "loss": progress.loss,
            "alpha": progress.alpha,
            "words_per_second": self.total / progress.epoch_seconds,
            "communication": self.sync_seconds / seconds if seconds else 0.0,
            "rounds": self.rounds,
            "sent_bytes": self.nodes.traffic,
        }

    def _note_time(self, progress: Progress) -> None:
        now = time.perf_counter()
        progress.seconds, progress.epoch_seconds = now - self._begin, now - self._epoch_begin

    def _one_round(self, progress: Progress, watcher: Watcher, epoch: int) -> bool:
        """Blocks trained and combined; whether the watcher wants to look."""
        begin = time.perf_counter()
        if self.cluster.sync_every is None:
            self._adapt(progress)
        spans = self._shares()
        words = {place: sum(span.blocks for span in some) * self.size for place, some in spans.items()}
        alpha, all_words = self.config.alpha - self._slope * progress.words_done, sum(words.values())
        work = {
            place: Work(some, epoch, alpha, self._slope * all_words / max(1, words[place]))
            for place, some in spans.items()
        }
        refs = {self.fleet.send(place, "train", own): place for place, own in work.items()}
        due = self._wait(refs, begin, progress, watcher)
        reports = {}
        for ref, place in refs.items():
            try:
                reports[place] = self.fleet.get(ref)
            except NodeLostError:
                continue
        self.nodes.expect(reports)
        for place, some in spans.items():
            if place in reports and place not in self.nodes.lost:
                self._book(place, some, reports[place], progress)
            else:
                self.plan.give_back(some)
        self.rounds += 1
        self.nodes.combine()
        self.nodes.replace_lost()
        progress.block = sum(self.blocks) - self.plan.blocks_left()
        progress.alpha = self.config.alpha - self._slope * progress.words_done
        if reports:
            trained = sum(report.seconds for report in reports.values()) / len(reports)
            self._book_time(trained, time.perf_counter() - begin - trained)
        self._note_time(progress)
        return due or watcher.tick(progress)

    def _book_time(self, trained: float, combined: float) -> None:
        self.train_seconds += trained
        self.sync_seconds += combined
        # Of the last rounds: how many rows are combined changes from each to the next.
        self._recent_train += (trained - self._recent_train) / ROUNDS_MEMORY
        self._recent_sync += (combined - self._recent_sync) / ROUNDS_MEMORY

    def _shares(self) -> dict[int, list[Span]]:
        """What each node trains in this round: as much as it can while the others train theirs."""
        mean = sum(self._speeds) / self.places
        left = self.plan.blocks_left()
        spans = {}
        for place in range(self.places):
            share = self._speeds[place] / mean
            most = max(1, round(self.sync_words / self.size * share))
            spans[place] = self.plan.take(place, min(most, max(1, -int(-left * share // self.places))))
        return spans

    def _wait(self, refs: dict[Any, int], begin: float, progress: Progress, watcher: Watcher) -> bool:
        """Until all nodes have trained: those that are slow are stopped, those that do not stop are given up."""
        due = False
        told: set[int] = set()
        half = None
        while True:
            done = self.fleet.wait(refs, TICK_SECONDS)
            now = time.perf_counter()
            if len(done) == len(refs):
                return due
            self._note_time(progress)
            if watcher.tick(progress):
                due = True
            if half is None and 2 * len(done) >= len(refs):
                half = now
            late = half is not None and now - half > self.cluster.patience
            if late or due:
                for ref, place in refs.items():
                    if ref not in done and place not in told:
                        if not due:
                            logger.info("node %d is slow: it ends its round where it is", place)
                        self.fleet.stop(place)
                        told.add(place)
            if half is not None and now - half > 2 * self.cluster.patience:
                for ref, place in refs.items():
                    if ref not in done:
                        logger.warning("node %d does not answer: it is given up", place)
                        self.fleet.kill(place)

    def _book(self, place: int, spans: list[Span], report: Report, progress: Progress) -> None:
        rest = EpochPlan.behind(spans, report.blocks)
        self.plan.give_back(rest)
        account = self._accounts[place]
        account.spans += EpochPlan.before(spans, report.blocks)
        account.words += report.words
        account.predictions += report.predictions
        account.loss += report.loss
        progress.words_done += report.words
        progress.predictions += report.predictions
        progress.loss_sum += report.loss
        if report.blocks:
            speed = report.words / max(report.seconds, 1e-6)
            known = self._speeds[place]
            self._speeds[place] = speed if known == 1.0 else SPEED_MEMORY * known + (1 - SPEED_MEMORY) * speed

    def _adapt(self, progress: Progress) -> None:
        """Moves sync_words so that combining takes the share of the time that it may, as far as scores allow it."""
        seconds = self._recent_sync + self._recent_train
        share = self._recent_sync / seconds if seconds else 1.0
        # One node has nobody to combine with: what it waits for is the driver.
        wanted = self.cluster.communication if self.places > 1 else LONE_SHARE
        factor = min(GROWTH, max(1 / GROWTH, share / wanted))
        most = most_words(progress.words_done, self.places) if self.places > 1 else self.total
        self.sync_words = int(min(most, max(LEAST_WORDS, self.sync_words * factor)))
