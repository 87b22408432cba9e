"""How each system is called, ours and the peers: one `train` for all, whatever they are.

What is special about a peer stands where it is called: Python packages in one_run.py, programs in programs.py.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

from . import programs
from .harness import child
from .one_run import FASTTEXT_SLICES
from .settings import MIN_COUNT, Settings, Task

PACKAGES = {"gensim": "gensim", "gensim-lines": "gensim", "fastText": "fasttext"}  # what each peer imports
# gensim-lines is the same package in a slower mode: only where it is asked for.
USUAL = ("gensim", "fastText", *programs.PROGRAMS)
NAMES = (*PACKAGES, *programs.PROGRAMS)


def missing(name: str, settings: Settings) -> str | None:
    """Why a peer cannot run here, or None if it can."""
    if name in PACKAGES:
        if importlib.util.find_spec(PACKAGES[name]) is None:
            return f"{name} is left out: it is not installed (pip install 'fastw2v[bench]')"
    elif name not in settings.programs:
        return f"{name} is left out: no option names its program"
    return None


def present(settings: Settings, objective: str = "skipgram") -> list[str]:
    """The peers that can be asked for an objective, in the order of NAMES."""
    names = [name for name in NAMES if name in settings.peers and missing(name, settings) is None]
    return [name for name in names if name in PACKAGES or objective in programs.PROGRAMS[name].objectives]


def tell_missing(settings: Settings) -> None:
    """A sentence for each peer that was asked for and cannot run."""
    for name in settings.peers:
        if sentence := missing(name, settings):
            print(sentence, flush=True)


@cache
def ranked(corpus: str, min_count: int = MIN_COUNT) -> tuple[int, list[str]]:
    """How many words the text has, and its vocabulary, most frequent first: the same for all systems."""
    from fastw2v import Corpus

    text = Corpus(corpus, min_count=min_count)
    return text.raw_words, text.vocabulary.index_to_key


def train(
    name: str, task: Task, settings: Settings, out: Path | None = None, *, kernel: str | None = None
) -> dict[str, Any]:
    """One run of a system in a process of its own: its training seconds, words of the text (not of those kept) and
    words a second, epochs counted; the vectors are left in `out`, a .bin or .txt file."""
    begin = time.perf_counter()
    if name in programs.PROGRAMS:
        with tempfile.TemporaryDirectory() as folder:
            target = out or Path(folder, "vectors.bin")
            done = programs.run(name, settings.programs[name], task, target, binary=target.suffix == ".bin")
    else:
        environment = {"FASTW2V_KERNEL": kernel} if kernel else None
        done = child("one_run", name, task.to_json(), out or "-", environment=environment)
        done["seconds"] = time.perf_counter() - begin - done.get("extra_seconds", 0.0)
    done["words"] = ranked(task.corpus, task.min_count)[0]
    done["words_per_second"] = done["words"] * task.epochs / done["train_seconds"]
    return done


def scored_task(name: str, task: Task) -> Task:
    """The task of a run whose vectors are scored: fastText gets the threads without which rows of its first matrix stay
    zero, however few workers the others have."""
    if name != "fastText":
        return task
    return Task(**{**task.__dict__, "more": {"least_threads": FASTTEXT_SLICES}})
