"""Segments put together: where each stands in the whole text, and the text in memory, numbered by the words' ranks.

Reading is others' business, and so are files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v._segments import Part, Segments
from fastw2v._threads import run_jobs
from fastw2v._tokenizer import renumber

__all__ = ["Layout", "Remapping", "join", "layout"]

# For each table, the rank of each of its words.
Remapping = Sequence[npt.NDArray[np.int32]]


class Layout(NamedTuple):
    """Where parts stand in the text.

    starts: the token with which each begins; lines: the border that its first sentence end makes, sentence_count + 1
    being the last one's; skips: 1 where its first end repeats one before it, the sentence between them being empty.
    All but `skips` have one item more, for the end.
    """

    starts: list[int]
    lines: list[int]
    skips: list[int]


def layout(parts: Sequence[Part]) -> Layout:
    """The layout of parts in their order."""
    starts, lines, skips = [0], [1], []
    last = 0
    for part in parts:
        skips.append(int(part.lines > 0 and starts[-1] + part.first_end == last))
        if part.lines:
            last = starts[-1] + part.last_end
        lines.append(lines[-1] + part.lines - skips[-1])
        starts.append(starts[-1] + part.tokens)
    return Layout(starts, lines, skips)


def join(segments: Segments, remapping: Remapping, workers: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """The ids and offsets of a text whose segments are all in memory; each is released once it is copied."""
    parts = segments.ordered()
    starts, lines, skips = layout(parts)
    ids = np.empty(starts[-1], np.int32)
    offsets = np.empty(lines[-1], np.int64)
    offsets[0] = 0

    def place(_: int, job: int, __: Callable[[], bool]) -> None:
        part = parts[job]
        target = ids[starts[job] : starts[job + 1]]
        target[:] = segments.ids(part, 0, part.tokens)
        renumber(target, remapping[part.table])
        ends = segments.ends(part)[skips[job] :]
        np.add(ends, starts[job], out=offsets[lines[job] : lines[job + 1]], dtype=np.int64)
        part.segment = None

    run_jobs(len(parts), workers, place)
    return ids, offsets
