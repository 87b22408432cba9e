"""How the benchmarks call peers, and their command line: a whole run of fastw2v alone. Nothing is timed."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fastw2v import KeyedVectors

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the benchmarks are not installed

from benchmarks import peers, programs  # noqa: E402
from benchmarks.__main__ import main  # noqa: E402
from benchmarks.record import recorded  # noqa: E402
from benchmarks.settings import Settings, Task  # noqa: E402

PROGRAM = """#!{python}
import sys, time
out = sys.argv[sys.argv.index("-output") + 1]
print("Vocab size: 2")
for percent in (20, 60, 100):
    time.sleep(0.01)
    print(f"\\rAlpha: 0.01  Progress: {{percent}}.00%  Words/thread/sec: 1.00k  ", end="", flush=True)
open(out, "w").write("1 2\\na 0.5 0.5\\n")
"""


class TestPrograms:
    def test_progress_is_found_however_it_is_cut_up(self):
        chunks = [
            (1.0, b"Vocab size: 9\nWords in train file: 10\n\rAlpha: 0.02  Progress: 1"),
            (2.0, b"0.50%  Words/thread/sec: 141.88k  \rAlpha: 0.02  Progress: 20.00% "),
            (3.0, b"\rAlpha: 0.01 Progress: 19.00%\rAlpha: 0.01  Progress: 40.25%"),
            (4.0, b"\rParsing train data... 99.00%\ralpha: 0.1, progress: 100.00%"),
        ]
        assert programs.stamps_of(chunks) == [(2.0, 10.5), (2.0, 20.0), (3.0, 40.25), (4.0, 100.0)]

    def test_commands(self):
        out = Path("v.bin")

        def command(name, objective="skipgram", binary=True):
            task = Task("t.txt", objective, 50, 4, 7, epochs=3, workers=2)
            words = programs.PROGRAMS[name].command("program", task, out, binary)
            return " ".join(words).replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")

        assert command("word2vec.c") == (
            f"program -train t.txt -output {out} -size 50 -window 4 -sample 0.001 -min-count 5 -iter 3 -threads 2 "
            "-binary 1 -cbow 0 -hs 0 -negative 7"
        )
        assert command("word2vec.c", "cbow", False).endswith("-binary 0 -cbow 1 -hs 0 -negative 7")
        assert command("word2vec.c", "hierarchical").endswith("-cbow 0 -hs 1 -negative 0")
        assert command("pWord2Vec").endswith("-binary 1 -negative 7 -batch-size 9")
        assert command("w2v++", "hierarchical").endswith(r"-d  \n\t\r -e \n -v -n 7 -g -h -a 0.025")
        assert command("w2v++", "cbow").endswith("-n 7 -a 0.05")
        with pytest.raises(ValueError, match="no text file"):
            command("w2v++", binary=False)
        with pytest.raises(ValueError, match="more than 99 bytes"):
            programs.PROGRAMS["pWord2Vec"].command("program", Task("x" * 100), out, True)

    @pytest.mark.skipif(sys.platform == "win32", reason="the stand-in program is a script")
    def test_a_program_is_run_and_timed(self, tmp_path):
        program = tmp_path / "program"
        program.write_text(PROGRAM.format(python=sys.executable))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        out = tmp_path / "vectors.txt"
        done = programs.run("word2vec.c", str(program), Task("text.txt"), out, binary=False)
        assert done["train_seconds"] > 0
        assert KeyedVectors.load(out).index_to_key == ["a"]
        program.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('it broke')\n")
        with pytest.raises(RuntimeError, match="failed with status 1"):
            programs.run("word2vec.c", str(program), Task("text.txt"), tmp_path / "none.bin")


class TestPeers:
    def test_what_is_missing_is_told(self, monkeypatch, capsys):
        monkeypatch.setattr(peers.importlib.util, "find_spec", lambda name: None)
        settings = Settings(peers=("gensim", "word2vec.c", "pWord2Vec"), programs={"pWord2Vec": "there"})
        peers.tell_missing(settings)
        told = capsys.readouterr().out.splitlines()
        assert told == [
            "gensim is left out: it is not installed (pip install 'fastw2v[bench]')",
            "word2vec.c is left out: no option names its program",
        ]
        assert peers.present(settings) == ["pWord2Vec"]
        assert peers.present(settings, "cbow") == []

    def test_fasttext_is_scored_with_as_many_threads_as_its_matrix_needs(self):
        task = Task("text.txt", more={})
        assert peers.scored_task("gensim", task) is task
        assert peers.scored_task("fastText", task).more == {"least_threads": 10}

    def test_words_are_those_of_the_text(self, tmp_path):
        text = tmp_path / "text.txt"
        text.write_text("a b a\nc a b\n")
        assert peers.ranked(str(text), 2) == (6, ["a", "b"])


class TestCommand:
    def test_mistakes_are_told(self, tmp_path):
        text = tmp_path / "text.txt"
        text.write_text("a b\n")

        def fails(*words):
            done = CliRunner().invoke(main, [*words])
            assert done.exit_code == 2, done.output
            return " ".join(done.output.split())

        assert "--only is for quality, choices, cluster_quality" in fails("train", "--only", "x")
        assert "must be part of a name among fastw2v, gensim" in fails("quality", "--only", "nothing")
        assert "'glove' is none of skipgram, cbow, hierarchical" in fails("train", "--objectives", "skipgram,glove")
        assert "0 is below 1" in fails("quality", "--epochs", "1,0").replace("'", "")
        assert "there is no such program" in fails("train", "--word2vec-c", str(tmp_path / "none"))
        assert "quality needs --eval DIR" in fails("quality", "--corpus", str(text), "--peers", "none")
        assert "holds no results" in fails("table", str(tmp_path))

    def test_quality_of_our_own_system_on_a_synthetic_text(self, tmp_path):
        """The whole way: text, training in a child process, scores, JSON, page and README table."""

        def here(*words):
            done = CliRunner().invoke(main, list(words))
            assert done.exit_code == 0, done.output
            return done.output

        folder, out = str(tmp_path / "text"), str(tmp_path / "out")
        text = here("corpus", folder, "--words", "200000", "--vocabulary", "500").strip()
        command = [sys.executable, "-m", "benchmarks", "quality", "--corpus", text, "--eval", folder, "--out", out]
        command += ["--peers", "none", "--objectives", "skipgram", "--epochs", "1,2", "--seeds", "1", "--workers", "1"]
        told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        assert "checked: fastw2v learns (skipgram)" in told
        about = recorded(out)["quality"]
        assert [(run["system"], run["epochs"]) for run in about["runs"]] == [("fastw2v", 1), ("fastw2v", 2)]
        assert all(0.1 < run["similarity"] <= 1 for run in about["runs"])
        assert "similarity, analogies after 2 epochs, skip-gram, negative sampling" in here("table", out)
        assert Path(out, "RESULTS.md").exists()
