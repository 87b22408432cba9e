"""A text on the nodes of a cluster: cut for them, counted and encoded there. The driver has its vocabulary alone.

How it is trained is cluster_training.py's.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from fastw2v.cluster import Cluster
from fastw2v.cluster_ray import RayFleet
from fastw2v.fleet import Fleet, NodeLostError
from fastw2v.line_sentences import TextFiles
from fastw2v.memory_limits import cache_folder, limit_of
from fastw2v.origin import FILES, check_unchanged
from fastw2v.short import short
from fastw2v.text_parts import TextPart, cut_text, is_url
from fastw2v.vocabulary import Vocabulary
from fastw2v.word_counts import WordCounts

__all__ = ["ClusterText", "cut_for", "text_again", "text_on_cluster"]

logger = logging.getLogger("fastw2v")

# Of the text, so many pieces for each node: those of a node that is slow or lost are trained by others, and all nodes
# are at about the same place of the text.
PIECES = 16
MOST_PIECE_BYTES = 1 << 28

MOST_TRIES = 10  # to count a text whose nodes are lost meanwhile

MakeFleet = Callable[[Cluster, Sequence[TextPart], str, str, int], Fleet]


class ClusterText:
    """A text on the nodes of a fleet, which have counted and encoded it.

    vocabulary: the words that stay; tokens: of each piece; raw_words: of all; origin, fingerprint: as Corpus has them.
    """

    def __init__(
        self,
        cluster: Cluster,
        fleet: Fleet,
        parts: Sequence[TextPart],
        origin: dict[str, Any],
        choose: Callable[[WordCounts], Vocabulary],
    ) -> None:
        self.cluster, self.fleet, self.parts, self.origin = cluster, fleet, list(parts), origin
        counts, tokens = self._counted()
        self.vocabulary = choose(counts)
        self.tokens = [tokens[piece] for piece in range(len(self.parts))]
        self.raw_words = sum(self.tokens)

    def __len__(self) -> int:
        """How many words the text has that were kept."""
        return self.vocabulary.total

    @property
    def note(self) -> dict[str, Any]:
        """What a checkpoint must say of the cluster, for a run that has not begun."""
        return {"options": self.cluster.as_note(), "parts": [list(part) for part in self.parts], "left": []}

    @property
    def fingerprint(self) -> dict[str, Any]:
        """By what the text is known again: the tokens of each piece."""
        return {"pieces": self.tokens}

    def _counted(self) -> tuple[WordCounts, dict[int, int]]:
        """Counts on all nodes, added up two by two there; a node that is lost meanwhile is replaced."""
        fleet = self.fleet
        for _ in range(MOST_TRIES):
            try:
                sent = [
                    fleet.send(place, "count", list(range(place, len(self.parts), fleet.places)), returns=2)
                    for place in range(fleet.places)
                ]
                tokens: dict[int, int] = {}
                for _, ref in sent:
                    tokens |= fleet.get(ref)
                counts = [ref for ref, _ in sent]
                while len(counts) > 1:
                    pairs = zip(counts[::2], counts[1::2], strict=False)
                    merged = [fleet.send(place, "merge", *pair) for place, pair in enumerate(pairs)]
                    counts = merged + counts[len(counts) - len(counts) % 2 :]
                found: WordCounts = fleet.get(counts[0])
            except NodeLostError:
                for place in fleet.lost():
                    logger.warning("node %d was lost while it read its part of the text", place)
                    fleet.replace(place)
            else:
                return found, tokens
        raise OSError("nodes are lost again and again while they read the text; look at what ends them (memory, say)")


def paths_of(source: object) -> list[str]:
    """The paths that a source names; TypeError where it is no text that several machines can read."""
    items = source if isinstance(source, (list, tuple)) else [source]
    if isinstance(source, TextFiles):
        items = source.plain_paths() or [None]
    paths = [os.fsdecode(item) for item in items if isinstance(item, (str, os.PathLike))]
    if not paths or len(paths) != len(items):
        raise TypeError(
            f"the source is {short(source)}, but the machines of a cluster read files: give a path, folder, pattern or "
            "URL that all of them can read, or a list of such"
        )
    return paths


def cut_for(source: object, nodes: int) -> tuple[list[TextPart], list[dict[str, Any]]]:
    """The pieces of the text that a source names, for so many nodes, and the facts of its files; see cut_text."""
    paths = paths_of(source)
    size = sum(os.path.getsize(path) for path in paths if not is_url(path) and os.path.isfile(path))
    return cut_text(paths, max(PIECES * nodes, size // MOST_PIECE_BYTES))


@contextmanager
def text_on_cluster(
    source: object,
    cluster: Cluster,
    *,
    min_count: int,
    max_vocab: int | None,
    errors: str,
    memory_limit: int | str | None,
    cache_dir: str | os.PathLike[str] | None,
    make_fleet: MakeFleet = RayFleet,
) -> Iterator[ClusterText]:
    """The text that paths name, on nodes that are there as long as the `with` block.

    memory_limit, cache_dir: see Corpus, for each node; None: its numbers stand on the node's disk.
    """
    parts, facts = cut_for(source, cluster.nodes)
    limit = 0 if memory_limit is None else limit_of(memory_limit)
    fleet = make_fleet(cluster, parts, errors, cache_folder(cache_dir), limit)
    try:
        origin = {"kind": FILES, "files": facts, "errors": errors}
        yield ClusterText(cluster, fleet, parts, origin, lambda counts: counts.vocabulary(min_count, max_vocab))
    finally:
        fleet.close()


@contextmanager
def text_again(
    note: Mapping[str, Any],
    origin: Mapping[str, Any],
    cluster: Cluster,
    vocabulary: Vocabulary,
    *,
    memory_limit: int | str | None,
    cache_dir: str | os.PathLike[str] | None,
    make_fleet: MakeFleet = RayFleet,
) -> Iterator[ClusterText]:
    """The same text for a run that goes on: note, origin: as they stand in its checkpoint. OSError or ValueError if a
    file is gone or has changed."""
    check_unchanged(
        [file for file in origin["files"] if not is_url(file["path"])], "give the text as it was, or begin anew"
    )
    parts = [TextPart(*part) for part in note["parts"]]
    limit = 0 if memory_limit is None else limit_of(memory_limit)
    fleet = make_fleet(cluster, parts, origin.get("errors", "strict"), cache_folder(cache_dir), limit)
    try:
        yield ClusterText(cluster, fleet, parts, dict(origin), lambda _: vocabulary)
    finally:
        fleet.close()
