"""A run of the command line: reading, training and writing, with Ctrl-C and SIGTERM in each of them.

Words of a command are cli_train.py's. Nothing is computed here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fastw2v.cli_errors import INTERRUPTED, say
from fastw2v.config import Config

if TYPE_CHECKING:
    from fastw2v.cluster import Cluster
    from fastw2v.cluster_text import ClusterText
    from fastw2v.corpus import Corpus
    from fastw2v.frozen_phrases import FrozenPhrases
    from fastw2v.model import Word2Vec

__all__ = ["Task", "continue_and_write", "read_words", "resume_and_write", "train_and_write"]


@dataclass(frozen=True)
class Task:
    """Where a run's results go, how its text is read, and whether it shows progress."""

    output: str
    history: str | None = None
    errors: str = "strict"
    progress: bool = True
    memory_limit: str | None = None
    cache_dir: str | None = None
    phrases: Sequence[FrozenPhrases] = ()

    @property
    def room(self) -> dict[str, Any]:
        """Corpus's options of where the numbers of a text stand."""
        return {"memory_limit": self.memory_limit, "cache_dir": self.cache_dir}

    def text(self, source: object, workers: int | None, on_progress: Any, **words: Any) -> Corpus:
        """Reads a text and joins its phrases. words: Corpus's options of which words stay."""
        from fastw2v.corpus import Corpus
        from fastw2v.phrased import phrased

        reading = {**self.room, "errors": self.errors, "workers": workers, "on_progress": on_progress}
        if not self.phrases:
            return Corpus(source, **words, **reading)
        vocabulary = words.pop("vocabulary", None)
        whole = Corpus(source, min_count=1, **reading)
        joined = phrased(whole, self.phrases, workers=workers, **{"min_count": 1, **words})
        return joined if vocabulary is None else joined.restricted(vocabulary)

    def held_out(self, run: dict[str, Any], workers: int | None) -> dict[str, Any]:
        """The options of a run with phrases joined in the text of the held-out loss as well."""
        if not self.phrases or run.get("held_out") is None:
            return run
        return {**run, "held_out": self.text(run["held_out"], workers, None)}

    def check(self, texts: Iterable[str]) -> None:
        """Refuses files that cannot be written, before any long work; what a killed run left of them is removed."""
        from fastw2v.atomic import check_writable, remove_leftovers
        from fastw2v.formats import files_of
        from fastw2v.history import check_history_path

        check_output(self.output, texts)
        for path in files_of(self.output):
            remove_leftovers(path)
        if self.history is not None:
            check_history_path(self.history)
            check_writable(self.history)


def train_and_write(
    source: list[str] | Iterator[list[str]],
    task: Task,
    options: dict[str, Any],
    run: dict[str, Any] | None = None,
    init_vectors: str | None = None,
    cluster: Cluster | None = None,
) -> Word2Vec:
    """Checks options and output, reads, trains, writes; after Ctrl-C in training it writes what was trained."""
    from fastw2v.cluster_text import text_on_cluster
    from fastw2v.initial_vectors import InitialVectors
    from fastw2v.model import Word2Vec

    config = Config.from_options(options)
    initial = None if init_vectors is None else InitialVectors(init_vectors, config.vector_size)
    model = Word2Vec(config)

    def read(display: Any, stack: ExitStack) -> Corpus | ClusterText:
        limits: dict[str, Any] = {"min_count": config.min_count, "max_vocab": config.max_vocab}
        text: Corpus | ClusterText
        if cluster is not None:
            reading = {**task.room, "errors": task.errors, "phrases": task.phrases, "on_progress": display.reading}
            text = stack.enter_context(text_on_cluster(source, cluster, **limits, **reading))
        else:
            text = task.text(source, config.workers, display.reading, **limits)
        display.read(text)
        found = model.build_vocab(text, initial)
        if initial is not None and task.progress:
            say(f"{found:,} of these begin with vectors of {init_vectors}")
        return text

    _read_train_write(model, source, task, run or {}, read)
    return model


def continue_and_write(
    path: str, source: list[str], task: Task, changes: dict[str, Any], run: dict[str, Any], grow: bool
) -> Word2Vec:
    """The same for a model that is there already. changes: options of its Config; grow: words of the text join."""
    from fastw2v.model import Word2Vec
    from fastw2v.vocabulary_growth import grow_by

    model = Word2Vec.load(path)
    model.config = replace(model.config, **changes)

    def read(display: Any, _: ExitStack) -> Corpus:
        known = len(model.vocabulary)
        workers = model.config.workers
        if grow:
            whole = task.text(source, workers, display.reading, min_count=1)
            text = grow_by(model, whole, least=model.config.min_count)
        else:
            text = task.text(source, workers, display.reading, vocabulary=model.vocabulary)
        display.read(text)
        if grow and task.progress:
            say(f"{len(model.vocabulary) - known:,} of these are new")
        return text

    _read_train_write(model, source, task, run, read)
    return model


def _read_train_write(
    model: Word2Vec,
    source: object,
    task: Task,
    run: dict[str, Any],
    read: Callable[[Any, ExitStack], Corpus | ClusterText],
) -> None:
    """Checks first; `read` then gets the display, makes the model ready, and gives its text."""
    from fastw2v.kernels import resolve
    from fastw2v.run_options import RunOptions

    others = RunOptions(**task.held_out(run, model.config.workers))
    resolve(model.config.kernel)
    others.refuse_checkpoint()
    task.check(source if isinstance(source, list) else [])
    with _Stages(task) as stages, ExitStack() as stack:
        with stages.reading():
            text = read(stages.display, stack)
        with stages.training():
            model.train_with(text, replace(others, on_progress=stages.display.training))
        stages.write(model, others.checkpoint)


def read_words(path: str) -> list[str]:
    """The words of a file that has one a line; OSError, or ValueError if it is no UTF-8 or has none."""
    with open(path, encoding="utf-8") as file:
        try:
            words = [word for line in file if (word := line.strip())]
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}: no UTF-8 text ({error}); give one word a line") from None
    if not words:
        raise ValueError(f"{path}: holds no word; give one word a line")
    return words


def resume_and_write(
    path: str,
    source: list[str],
    task: Task,
    workers: int | None,
    changes: dict[str, Any],
    cluster: Cluster | None = None,
) -> Word2Vec:
    """The same for a run that goes on; one that had ended is written as it is."""
    from fastw2v.checkpoints import load_checkpoint
    from fastw2v.cluster_text import phrases_of
    from fastw2v.cluster_training import text_of
    from fastw2v.model import Word2Vec
    from fastw2v.training import options_of

    parts, state = load_checkpoint(path)
    model = Word2Vec.from_parts(parts)
    if workers is not None:
        model.config = replace(model.config, workers=workers)
    with _Stages(task) as stages, ExitStack() as stack:
        if state is None:
            task.check(source)
            say(f"the run of {path} had ended; nothing is left to train")
            stages.write(model, None)
            return model
        # A run on a cluster tells where its phrases came from.
        joining = replace(task, phrases=task.phrases or phrases_of(state.cluster or {}))
        others = options_of(state, {"checkpoint": path, **joining.held_out(changes, model.config.workers)})
        task.check([*source, *state.files])
        with stages.reading():
            on_progress = stages.display.reading
            again = task.text(source, model.config.workers, on_progress, min_count=1) if task.phrases else source
            reading = {**task.room, "on_progress": on_progress}
            text = stack.enter_context(text_of(model, state, again or None, path, cluster, reading))
            stages.display.read(text)
        with stages.training():
            model.resume_with(text, replace(others, on_progress=stages.display.training), state)
        stages.write(model, others.checkpoint)
    return model


class _Stages:
    """The reading, training and writing of a command, and Ctrl-C or SIGTERM in each of them."""

    def __init__(self, task: Task) -> None:
        from fastw2v._interrupts import HeldInterrupts
        from fastw2v.progress import shown

        self.task = task
        # Signals outside reading and training wait until the file is written; a second one does not.
        self._interrupts = HeldInterrupts(patience=1)
        self._shown = shown(task.progress)
        self._status = 0

    def __enter__(self) -> _Stages:
        self.display = self._shown.__enter__()
        self._interrupts.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._interrupts.__exit__(*error)
        self._shown.__exit__(*error)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Signals end the command: nothing is lost."""
        try:
            with self._interrupts.let_in():
                yield
        except (KeyboardInterrupt, SystemExit) as signal:
            self.display.close()
            say("interrupted while reading; nothing was trained or written")
            sys.exit(_status_of(signal))

    @contextmanager
    def training(self) -> Iterator[None]:
        """Signals end the training."""
        from fastw2v.trainer import DivergedError

        try:
            with self._interrupts.let_in():
                yield
        except (KeyboardInterrupt, SystemExit) as signal:
            self._status = _status_of(signal)
        except DivergedError as error:
            raise DivergedError(f"{error}; nothing was written") from error
        self.display.close()

    def write(self, model: Word2Vec, checkpoint: str | None) -> None:
        """What was trained, and where the rest can go on."""
        task = self.task
        if not model.words_trained:
            say("interrupted before anything was trained; nothing was written")
            sys.exit(self._status or INTERRUPTED)
        write(model, task.output)
        if task.history is not None:
            from fastw2v.history import write_history

            write_history(model.history, task.history)
        if self._interrupts.take():
            self._status = self._status or INTERRUPTED
        if self._status:
            share = 100 * model.progress.words_done / model.progress.words_total
            say(f"interrupted after {share:.0f} % of the training; wrote that to {task.output}")
            whole = checkpoint or (task.output if is_whole(task.output) else None)
            if whole is not None and model.unfinished is not None:
                say(f"go on with: fastw2v train --resume {whole} -o {task.output}")
            sys.exit(self._status)
        if task.progress:
            say(f"wrote {len(model.wv):,} vectors of {model.config.vector_size} numbers to {task.output}")


def _status_of(signal: BaseException) -> int:
    """What the shell is told of a run that a signal ended."""
    return int(signal.code or 0) if isinstance(signal, SystemExit) else INTERRUPTED


def check_output(output: str, texts: Iterable[str]) -> None:
    """Refuses an output that has no known format, cannot be written, or is the text itself, before any long work."""
    from fastw2v.atomic import check_writable
    from fastw2v.formats import files_of

    for path in files_of(output):
        check_writable(path)
        for text in texts:
            if os.path.exists(path) and os.path.exists(text) and os.path.samefile(path, text):
                raise ValueError(f"{path}: the output is the text itself, which it would replace; give another name")


def write(model: Word2Vec, output: str) -> None:
    """The whole model as safetensors, or its vectors in the other formats, by suffix."""
    if is_whole(output):
        model.save(output)
    else:
        model.wv.save(output)


def is_whole(output: str) -> bool:
    """Whether a file of this name holds a whole model."""
    from fastw2v.formats import format_of

    return format_of(output) == "safetensors"
