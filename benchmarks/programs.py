"""Peers that are programs of their own: their command lines, and their training time from what they print.

Nobody's program is part of this project: an option names the path of each. All three tell their progress in percents
while they train. The time of each such line is taken, so that counting words, making tables and writing vectors are
left out, as they are for the systems that are called from Python.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from .figures import progress_seconds
from .settings import Task

PROGRESS = re.compile(rb"rogress: *([0-9]+\.[0-9]+)%")
LONGEST_LINE = 200  # bytes that may belong to an unfinished line of progress
CHUNK = 65536
LONGEST_PATH = 99


def word2vec_c(program: str, task: Task, out: Path, binary: bool) -> list[str]:
    """word2vec.c at its own learning rates: 0.025 for skip-gram and 0.05 for CBOW."""
    tree = task.objective == "hierarchical"
    command = [program, *_common(task, out, binary), "-cbow", str(int(task.objective == "cbow"))]
    return [*command, "-hs", str(int(tree)), "-negative", "0" if tree else str(task.negative)]


def pword2vec(program: str, task: Task, out: Path, binary: bool) -> list[str]:
    """pWord2Vec knows skip-gram with negative sampling alone. Its batch is the window's words, as its help advises."""
    command = [program, *_common(task, out, binary), "-negative", str(task.negative)]
    return [*command, "-batch-size", str(2 * task.window + 1)]


def w2vpp(program: str, task: Task, out: Path, binary: bool) -> list[str]:
    """w2v++ takes words apart at punctuation unless told not to, and has one rate, 0.05, for all it does: that of
    word2vec.c is given instead. It writes the binary form only."""
    if not binary:
        raise ValueError("w2v++ writes no text file")
    command = [program, "-f", task.corpus, "-o", str(out), "-s", str(task.vector_size), "-w", str(task.window)]
    command += ["-l", f"{task.sample:g}", "-m", str(task.min_count), "-i", str(task.epochs), "-t", str(task.workers)]
    command += ["-d", " \n\t\r", "-e", "\n", "-v", "-n", str(task.negative)]
    command += {"skipgram": ["-g"], "hierarchical": ["-g", "-h"], "cbow": []}[task.objective]
    return [*command, "-a", "0.05" if task.objective == "cbow" else "0.025"]


def _common(task: Task, out: Path, binary: bool) -> list[str]:
    """What word2vec.c and pWord2Vec have in common; both copy paths into arrays without looking at their length."""
    for path in (task.corpus, str(out)):
        if len(os.fsencode(path)) > LONGEST_PATH:
            raise ValueError(f"{path} has more than {LONGEST_PATH} bytes, which word2vec.c and pWord2Vec cannot hold")
    options = {
        "-train": task.corpus,
        "-output": out,
        "-size": task.vector_size,
        "-window": task.window,
        "-sample": f"{task.sample:g}",
        "-min-count": task.min_count,
        "-iter": task.epochs,
        "-threads": task.workers,
        "-binary": int(binary),
    }
    return [str(part) for option in options.items() for part in option]


class Program(NamedTuple):
    """How a program is called, and what it can train."""

    command: Callable[[str, Task, Path, bool], list[str]]
    objectives: tuple[str, ...]


PROGRAMS = {
    "word2vec.c": Program(word2vec_c, ("skipgram", "cbow", "hierarchical")),
    "pWord2Vec": Program(pword2vec, ("skipgram",)),
    "w2v++": Program(w2vpp, ("skipgram", "cbow", "hierarchical")),
}


def stamps_of(chunks: Iterable[tuple[float, bytes]]) -> list[tuple[float, float]]:
    """(time, percent done) of each progress that a program told, from (time, bytes printed). Lines of several threads
    may be mixed up: what is not higher than before is left out."""
    rest, found = b"", []
    for when, chunk in chunks:
        text = rest + chunk
        matches = list(PROGRESS.finditer(text))
        for match in matches:
            percent = float(match[1])
            if percent <= 100.0 and (not found or percent > found[-1][1]):
                found.append((when, percent))
        rest = text[matches[-1].end() :] if matches else text
        rest = rest[-LONGEST_LINE:]
    return found


def run(name: str, path: str, task: Task, out: Path, *, binary: bool = True) -> dict[str, float]:
    """Trains with the program at `path`, leaves the vectors in `out`; seconds of training and of the whole process."""
    command = PROGRAMS[name].command(path, task, out, binary)
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        chunks = []
        while chunk := os.read(process.stdout.fileno(), CHUNK):
            chunks.append((time.perf_counter(), chunk))
    seconds = time.perf_counter() - begin
    if process.returncode or not out.exists():
        said = b"".join(chunk for _, chunk in chunks)[-2000:].decode(errors="replace")
        raise RuntimeError(f"{name} failed with status {process.returncode}: {' '.join(command)}\n{said}")
    return {"train_seconds": progress_seconds(stamps_of(chunks)), "seconds": seconds}
