"""A text on the nodes of a cluster: cut for them, counted and encoded there. The driver has its vocabulary alone.

How it is trained is cluster_training.py's.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from fastw2v._reading import Progress
from fastw2v.cluster import Cluster
from fastw2v.cluster_ray import RayFleet
from fastw2v.encoded_parts import cut_encoded
from fastw2v.fleet import Fleet, NodeLostError
from fastw2v.frozen_phrases import FrozenPhrases
from fastw2v.line_sentences import TextFiles
from fastw2v.memory_limits import cache_folder, limit_of
from fastw2v.origin import ENCODED, FILES, check_unchanged
from fastw2v.short import short
from fastw2v.source_texts import encoded_path
from fastw2v.text_parts import TextPart, cut_text, is_url
from fastw2v.vocabulary import Vocabulary
from fastw2v.word_counts import WordCounts

__all__ = ["ENCODE_IT", "ClusterText", "cut_for", "phrases_of", "text_again", "text_on_cluster"]

logger = logging.getLogger("fastw2v")

# Of the text, so many pieces for each node: those of a node that is slow or lost are trained by others, and all nodes
# are at about the same place of the text.
PIECES = 16
MOST_PIECE_BYTES = 1 << 28

TICK_SECONDS = 0.1
MOST_TRIES = 10  # to count a text whose nodes are lost meanwhile

# What else a text is, it can be once it is in a file.
ENCODE_IT = "any other text can be put into a file for them: fastw2v.encode(source, 'text.fw2c')"

MakeFleet = Callable[[Cluster, Sequence[TextPart], str, str, int, Sequence[FrozenPhrases]], Fleet]


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
        phrases: Sequence[FrozenPhrases] = (),
        on_progress: Progress | None = None,
    ) -> None:
        self._phrases = list(phrases)
        self.cluster, self.fleet, self.parts, self.origin = cluster, fleet, list(parts), origin
        counts, tokens = self._counted(on_progress)
        self.vocabulary = choose(counts)
        self.tokens = [tokens[piece] for piece in range(len(self.parts))]
        self.raw_words = sum(self.tokens)

    def __len__(self) -> int:
        """How many words the text has that were kept."""
        return self.vocabulary.total

    @property
    def note(self) -> dict[str, Any]:
        """What a checkpoint must say of the cluster, for a run that has not begun."""
        note = {"options": self.cluster.as_note(), "parts": [list(part) for part in self.parts], "left": []}
        return {**note, "phrases": [one.facts for one in self._phrases]}

    @property
    def fingerprint(self) -> dict[str, Any]:
        """By what the text is known again: the tokens of each piece."""
        return {"pieces": self.tokens}

    def _counted(self, on_progress: Progress | None) -> tuple[WordCounts, dict[int, int]]:
        """Counts on all nodes, added up two by two there; a node that is lost meanwhile is replaced."""
        fleet = self.fleet
        for _ in range(MOST_TRIES):
            try:
                self._read(on_progress)
                sent = [fleet.send(place, "count", self._pieces(place), returns=2) for place in range(fleet.places)]
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

    def _pieces(self, place: int) -> list[int]:
        """Those that a node reads at first."""
        return list(range(place, len(self.parts), self.fleet.places))

    def _read(self, on_progress: Progress | None) -> None:
        """Makes the nodes read their pieces, one after the other, and tells how far they are, in bytes."""
        fleet = self.fleet
        places = range(fleet.places)
        refs = {fleet.send(place, "read", piece): piece for place in places for piece in self._pieces(place)}
        sizes = [part.nbytes for part in self.parts]
        done: set[Any] = set()
        while len(done) < len(refs):
            new = fleet.wait(refs.keys() - done, TICK_SECONDS)
            # The first error ends it.
            for ref in new:
                fleet.get(ref)
            done |= new
            if on_progress is not None:
                on_progress(sum(sizes[refs[ref]] for ref in done), sum(sizes))


def paths_of(source: object) -> list[str]:
    """The paths that a source names; TypeError where it is no text that several machines can read."""
    items = source if isinstance(source, (list, tuple)) else [source]
    if isinstance(source, TextFiles):
        items = source.plain_paths() or [None]
    paths = [os.fsdecode(item) for item in items if isinstance(item, (str, os.PathLike))]
    if not paths or len(paths) != len(items):
        raise TypeError(
            f"the source is {short(source)}, but the machines of a cluster read files: give a path, folder, pattern or "
            f"URL that all of them can read, or a list of such; {ENCODE_IT}"
        )
    return paths


def cut_for(source: object, nodes: int) -> tuple[list[TextPart], list[dict[str, Any]]]:
    """The pieces of the text that a source names, for so many nodes, and the facts of its files; see cut_text."""
    paths = paths_of(source)
    size = sum(os.path.getsize(path) for path in paths if not is_url(path) and os.path.isfile(path))
    count = max(PIECES * nodes, size // MOST_PIECE_BYTES)
    path = encoded_path(paths)
    return cut_text(paths, count) if path is None else cut_encoded(path, count)


def phrases_of(note: Mapping[str, Any]) -> list[FrozenPhrases]:
    """Those that a run has joined, from their files."""
    files = note.get("phrases", ())
    if None in files:
        raise ValueError(
            "the run joined phrases that came from no file, so that it cannot go on; begin anew with their paths"
        )
    check_unchanged(files, "give the phrases as they were, or begin anew")
    return [FrozenPhrases.load(file["path"]) for file in files]


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
    phrases: Sequence[FrozenPhrases] = (),
    on_progress: Progress | None = None,
    make_fleet: MakeFleet | None = None,
) -> Iterator[ClusterText]:
    """The text that paths name, on nodes that are there as long as the `with` block.

    memory_limit, cache_dir: see Corpus, for each node; None: its numbers stand on the node's disk. phrases: joined
    there, pass after pass. on_progress: called as on_progress(done, total) while nodes read, in bytes.
    """
    parts, facts = cut_for(source, cluster.nodes)
    kind = ENCODED if parts[0].is_encoded else FILES
    if phrases and kind == ENCODED:
        raise ValueError(
            f"{parts[0].path}: the nodes of a cluster join no phrases in an encoded text; write the text with its "
            "phrases joined (fastw2v phrases), and train on that"
        )
    limit = 0 if memory_limit is None else limit_of(memory_limit)
    fleet = (make_fleet or RayFleet)(cluster, parts, errors, cache_folder(cache_dir), limit, phrases)
    try:
        origin = {"kind": kind, "files": facts, "errors": errors}

        def choose(counts: WordCounts) -> Vocabulary:
            return counts.vocabulary(min_count, max_vocab)

        yield ClusterText(cluster, fleet, parts, origin, choose, phrases, on_progress)
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
    on_progress: Progress | None = None,
    make_fleet: MakeFleet | None = None,
) -> Iterator[ClusterText]:
    """The same text for a run that goes on: note, origin: as they stand in its checkpoint. OSError or ValueError if a
    file is gone or has changed."""
    check_unchanged(
        [file for file in origin["files"] if not is_url(file["path"])], "give the text as it was, or begin anew"
    )
    parts, phrases = [TextPart(*part) for part in note["parts"]], phrases_of(note)
    limit = 0 if memory_limit is None else limit_of(memory_limit)
    fleet = (make_fleet or RayFleet)(
        cluster, parts, origin.get("errors", "strict"), cache_folder(cache_dir), limit, phrases
    )
    try:
        yield ClusterText(cluster, fleet, parts, dict(origin), lambda _: vocabulary, phrases, on_progress)
    finally:
        fleet.close()
