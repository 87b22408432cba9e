"""Checkpoints: written beside the run, whole or not at all, and refused when they are damaged."""

from __future__ import annotations

import errno
import json
import threading
from pathlib import Path

import numpy as np
import pytest

import fastw2v
from fastw2v import Vocabulary, Word2Vec, atomic, checkpoints
from fastw2v.checkpoints import RUN, Checkpointer, RunState, load_checkpoint
from fastw2v.config import Config
from fastw2v.model_files import ModelParts, save_model
from fastw2v.trainer import Progress


def parts_with(value, **notes):
    vectors = np.full((2, 3), value, np.float32)
    return ModelParts(
        Config(vector_size=3), Vocabulary(["a", "b"], [2, 1]), vectors, vectors.copy(),
        history=[{"epoch": 1, "loss": 0.5, "words_per_second": 7.0}], notes=notes, timings=bool(notes),
    )  # fmt: skip


def state_at(epoch=2, block=3):
    progress = Progress(epoch=epoch, epochs=5, block=block, blocks=10, words_done=99, words_total=500, loss_sum=0.1)
    progress.history = [{"epoch": 1, "loss": 0.5, "words_per_second": 7.0}]
    return RunState(progress, 0, 8192, None, {"crc32": 5}, {"monitor": None}, [1])


def test_a_state_is_read_as_it_was_written(tmp_path):
    state = state_at()
    save_model(tmp_path / "c", parts_with(1.0, run=state.as_note()))
    parts, again = load_checkpoint(tmp_path / "c")
    assert again.as_note() == state.as_note()
    assert again.progress.history == state.progress.history
    assert parts.history[0]["words_per_second"] == 7.0
    assert checkpoints.is_unfinished(tmp_path / "c")


def test_a_model_without_a_run_has_no_state(tmp_path):
    save_model(tmp_path / "m", parts_with(1.0))
    parts, state = load_checkpoint(tmp_path / "m")
    assert state is None
    assert "words_per_second" not in parts.history[0]
    assert not checkpoints.is_unfinished(tmp_path / "m")


@pytest.mark.parametrize("name", ["progress", "first_epoch", "block_tokens", "surprise"])
def test_a_damaged_note_is_told(tmp_path, name):
    note = state_at().as_note()
    if name == "surprise":
        note[name] = 1
    else:
        del note[name]
    save_model(tmp_path / "c", parts_with(1.0, run=note))
    with pytest.raises(ValueError, match="its note of an unfinished run is damaged"):
        load_checkpoint(tmp_path / "c")


def test_what_is_written_is_the_copy_of_that_moment(tmp_path, monkeypatch):
    go_on = threading.Event()
    real = checkpoints.save_model

    def slow(path, parts):
        assert go_on.wait(10)
        real(path, parts)

    monkeypatch.setattr(checkpoints, "save_model", slow)
    writer, parts = Checkpointer(tmp_path / "c"), parts_with(1.0)
    writer.write(parts)
    assert writer.is_busy
    parts.vectors[:] = 2.0
    go_on.set()
    writer.wait()
    assert not writer.is_busy
    assert (load_checkpoint(tmp_path / "c")[0].vectors == 1.0).all()
    writer.write_now(parts)
    assert (load_checkpoint(tmp_path / "c")[0].vectors == 2.0).all()


def test_a_full_disk_is_told_once_and_the_last_checkpoint_stays(tmp_path, monkeypatch):
    writer = Checkpointer(tmp_path / "c")
    writer.write(parts_with(1.0))
    writer.wait()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("fastw2v.container._write_array", full)
    writer.write(parts_with(2.0))
    with pytest.raises(OSError, match="it could not be written: No space left on device; make room"):
        writer.wait()
    writer.check()
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
    assert (load_checkpoint(tmp_path / "c")[0].vectors == 1.0).all()


def test_a_full_disk_ends_the_run_and_the_model_is_whole(tmp_path, monkeypatch, text_file):
    corpus = fastw2v.Corpus(text_file, min_count=1)
    model = Word2Vec(Config(vector_size=8, epochs=1000, workers=2))
    model.build_vocab(corpus)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("fastw2v.container._write_array", full)
    with pytest.raises(OSError, match="No space left on device; make room"):
        model.train(corpus, checkpoint=tmp_path / "c", checkpoint_every="0.01s")
    assert 0 < model.words_trained < 1000 * len(corpus)
    assert np.isfinite(model.wv.vectors).all()
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_left_is_removed(tmp_path):
    left = Path(atomic._temporary_beside(str((tmp_path / "c").resolve())))
    left.write_bytes(b"half")
    other = tmp_path / ".fastw2v-00000000-0123.tmp"
    other.write_bytes(b"of another file")
    writer = Checkpointer(tmp_path / "c")
    assert [path.name for path in tmp_path.iterdir()] == [other.name]
    writer.write_now(parts_with(1.0))


def test_notes_are_json(tmp_path):
    state = state_at()
    state.progress.alpha = float("nan")
    note = json.loads(json.dumps(state.as_note(), allow_nan=False))
    assert note["progress"]["alpha"] is None
    assert RUN == "run"
