"""The benchmark harness: its statistics, synthetic text, tables, scores, and how peers are called. Nothing is timed."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from fastw2v import KeyedVectors

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the benchmarks are not installed

from benchmarks import figures, peers, plots, programs, readme, results, scores, synthetic, tables  # noqa: E402
from benchmarks.__main__ import main  # noqa: E402
from benchmarks.figures import Point  # noqa: E402
from benchmarks.harness import in_turn, wanted  # noqa: E402
from benchmarks.quality import reached  # noqa: E402
from benchmarks.record import Record, record, recorded  # noqa: E402
from benchmarks.scaling import repeated, worker_counts  # noqa: E402
from benchmarks.settings import Settings, Task  # noqa: E402


class TestFigures:
    def test_summary_of_an_even_number(self):
        assert figures.summary([3.0, 1.0, 2.0, 10.0]) == (2.5, 1.0, 10.0)
        assert figures.summary([3.0, 1.0]).told(".1f") == "2.0 (1.0 to 3.0)"
        assert figures.summary([3.0]).told(".1f") == "3.0"
        with pytest.raises(ValueError, match="nothing"):
            figures.summary([])

    def test_ratios_are_taken_pair_by_pair(self):
        assert figures.ratios([4.0, 9.0], [2.0, 3.0]) == [2.0, 3.0]
        assert figures.ratios([4.0, 9.0], [2.0, 3.0], lower_is_better=True) == [0.5, pytest.approx(1 / 3)]
        with pytest.raises(ValueError, match="zip"):
            figures.ratios([1.0], [1.0, 2.0])

    def test_points_are_means_of_scores_and_the_median_of_seconds(self):
        runs = [
            {"epochs": 2, "similarity": 0.5, "analogies": 0.2, "train_seconds": 10.0},
            {"epochs": 1, "similarity": 0.3, "analogies": 0.1, "train_seconds": 5.0},
            {"epochs": 2, "similarity": 0.7, "analogies": 0.4, "train_seconds": 30.0},
            {"epochs": 2, "similarity": 0.6, "analogies": 0.3, "train_seconds": 11.0},
        ]
        assert figures.points(runs) == [
            Point(1, 5.0, 0.3, 0.1),
            Point(2, 11.0, pytest.approx(0.6), pytest.approx(0.3)),
        ]

    def test_a_score_is_reached_when_both_are_no_lower(self):
        ours = [Point(1, 1.0, 0.5, 0.2), Point(2, 2.0, 0.4, 0.4), Point(3, 3.0, 0.5, 0.4), Point(5, 5.0, 0.6, 0.5)]
        assert figures.reaching(ours, Point(5, 50.0, 0.5, 0.4)) == ours[2]
        assert figures.reaching(ours, Point(5, 50.0, 0.7, 0.4)) is None

    def test_seconds_from_progress_stand_for_the_whole(self):
        assert figures.progress_seconds([(10.0, 10.0), (11.0, 20.0), (18.0, 90.0)]) == pytest.approx(10.0)
        for too_little in ([], [(0.0, 50.0)], [(0.0, 40.0), (1.0, 60.0)]):
            with pytest.raises(ValueError, match="larger corpus"):
                figures.progress_seconds(too_little)


class TestInTurn:
    def test_systems_take_turns_and_ratios_stay_within_rounds(self, tmp_path, capsys):
        calls = []

        def system(name, numbers):
            left = iter(numbers)

            def once():
                calls.append(name)
                return next(left)

            return once

        record.begin(str(tmp_path), "train", corpus="text.txt")
        systems = {"a": system("a", [1.0, 2.0, 4.0]), "fastw2v": system("fastw2v", [3.0, 8.0, 8.0])}
        in_turn(systems, 3, "M words/s", ours="fastw2v", about={"axis": "workers", "at": 2})
        assert calls == ["a", "fastw2v"] * 3
        assert "3.00 (2.00 to 4.00) times better, by round 3.00, 4.00, 2.00" in capsys.readouterr().out
        runs = recorded(tmp_path)["train"]["runs"]
        assert [run["value"] for run in runs] == [1.0, 3.0, 2.0, 8.0, 4.0, 8.0]
        assert runs[0]["at"] == 2
        assert runs[-1]["round"] == 3
        record.begin(None, "none")

    def test_only(self):
        assert wanted("gensim", [])
        assert wanted("gensim", ["fast", "gen"])
        assert not wanted("gensim", ["fast"])


class TestRecord:
    def test_what_was_recorded_is_read_again(self, tmp_path):
        one = Record()
        one.begin(str(tmp_path / "new"), "memory", workers=2)
        one.title = "a title"
        one.add(system="fastw2v", peak=3)
        found = recorded(tmp_path / "new")["memory"]
        assert found["runs"] == [{"title": "a title", "system": "fastw2v", "peak": 3}]
        assert found["workers"] == 2
        assert found["command"].startswith("python -m benchmarks")
        assert found["versions"]["fastw2v"]
        assert "cores" in found["machine"]

    def test_a_folder_without_results_is_an_error(self, tmp_path):
        (tmp_path / "other.json").write_text("[1]")
        with pytest.raises(ValueError, match="holds no results"):
            recorded(tmp_path)

    def test_a_task_survives_the_command_line(self):
        task = Task("text.txt", "cbow", epochs=3, more={"cbow_batch": 2})
        assert Task.from_json(task.to_json()) == task

    def test_a_model_of_another_size_has_a_file_of_its_own(self):
        assert Settings().name("train") == "train"
        assert Settings(vector_size=300, window=10, negative=10).name("train") == "train-300-10-10"


class TestSynthetic:
    def test_words_follow_zipfs_law(self):
        words = synthetic.words_of(2_000, seed=1)
        ids, _ = synthetic.sentences(words, 300_000, seed=1)
        counts = np.bincount(ids, minlength=len(words.topic))
        expected = words.probability * len(ids)
        np.testing.assert_allclose(counts[:100], expected[:100], rtol=0.2)
        np.testing.assert_allclose(counts[:3], expected[:3], rtol=0.02)
        ranks = np.arange(1, 1001)
        slope = np.polyfit(np.log(ranks), np.log(counts[:1000]), 1)[0]
        assert slope == pytest.approx(-1.0, abs=0.05)

    def test_each_word_is_the_only_one_of_its_topic_and_aspect(self):
        words = synthetic.words_of(2_000, seed=3)
        content = words.topic >= 0
        cells = set(zip(words.topic[content].tolist(), words.aspect[content].tolist(), strict=True))
        assert len(cells) == content.sum() == (words.topic.max() + 1) * synthetic.ASPECTS
        assert (~content).sum() == synthetic.FUNCTION_WORDS
        assert len(set(words.spelled())) == len(words.topic)

    def test_sentences_are_about_a_topic_and_an_aspect(self):
        words = synthetic.words_of(2_000, seed=1)
        ids, ends = synthetic.sentences(words, 50_000, seed=1)
        lengths = np.diff(ends, prepend=0)
        assert lengths.min() >= synthetic.SHORTEST
        assert lengths.max() <= synthetic.LONGEST
        assert ends[-1] == len(ids) >= 50_000
        shares = {"topic": [], "aspect": []}
        for sentence in np.split(ids, ends[:-1]):
            content = sentence[words.topic[sentence] >= 0]
            for name, column in (("topic", words.topic), ("aspect", words.aspect)):
                if len(content) >= 5:
                    shares[name].append(max(Counter(column[content].tolist()).values()) / len(content))
        assert np.mean(shares["topic"]) > 0.45  # half of the words, and chance
        assert np.mean(shares["aspect"]) > 0.3

    def test_the_same_seed_makes_the_same_files(self, tmp_path):
        for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
            synthetic.write(tmp_path / folder, 60_000, 500, seed)
        for name in ("text.txt", "planted.tsv", "questions-planted.txt"):
            a, b, c = ((tmp_path / folder / name).read_bytes() for folder in "abc")
            assert a == b != c

    def test_questions_are_right_and_of_words_of_the_text(self, tmp_path):
        text = synthetic.write(tmp_path, 200_000, 500)
        counts = Counter(text.read_text().split())
        parts = re.compile(r"t(\d+)a(\d+)$")
        asked = scores.Benchmarks(tmp_path)
        assert len(asked.questions) > 200
        for line in asked.questions:
            assert min(counts[word] for word in line) > synthetic.LEAST_EXPECTED / 2
            (ta, aa), (tb, ab), (tc, ac), (td, ad) = (parts.match(word).groups() for word in line)
            assert (ta, tc, aa, ab) == (tb, td, ac, ad)
            assert ta != tc
            assert aa != ab
        for a, b, mark in asked.pairs["planted"]:
            (t, one), (u, other) = parts.match(a).groups(), parts.match(b).groups()
            same = {synthetic.SAME_TOPIC: t == u, synthetic.SAME_ASPECT: one == other, synthetic.NEITHER: True}
            assert same[mark]
        assert {mark for _, _, mark in asked.pairs["planted"]} == {1.0, 5.0, 9.0}

    def test_what_is_too_small_is_an_error(self, tmp_path):
        with pytest.raises(ValueError, match="at least 90 words"):
            synthetic.words_of(60, 1)
        with pytest.raises(ValueError, match="too short to ask"):
            synthetic.write(tmp_path, 1000, 5000)

    def test_workers_that_scaling_tries(self):
        assert worker_counts(1) == [1]
        assert worker_counts(2) == [1, 2]
        assert worker_counts(12) == [1, 2, 4, 8, 12]

    def test_a_corpus_is_repeated_to_a_size(self, tmp_path):
        text = tmp_path / "text.txt"
        text.write_text("a b c\nd e\n")
        assert repeated(str(text), 12, tmp_path / "more.txt").read_text() == "a b c\nd e\n" * 2 + "a b c\n"
        text.write_text("\n")
        with pytest.raises(ValueError, match="no words"):
            repeated(str(text), 12, tmp_path / "more.txt")


@pytest.fixture
def folder(tmp_path):
    """Three pairs and two analogies, and five vectors whose scores are known by hand."""
    (tmp_path / "pairs.tsv").write_text("A\tB\t9\nA\tE\t5\nb\td\t1\nA\tunknown\t3\n")
    (tmp_path / "questions.txt").write_text(": two\nA B C D\nA C B E\nA B C unknown\n")
    vectors = [[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1], [-1, 0, 0]]
    KeyedVectors(list("abcde"), np.array(vectors, np.float32)).save(tmp_path / "vectors.bin")
    return tmp_path


class TestScores:
    def test_scores_worked_out_by_hand(self, folder):
        """Cosines of the pairs: 0.71, -1, 0.82, ranks 2, 1, 3, people's 3, 2, 1: rho = 1 - 6 (1 + 1 + 4) / 24.

        b - a + c points at d; c - a + b does so too, but e was wanted.
        """
        found = scores.Benchmarks(folder).score(folder / "vectors.bin")
        assert found.similarity == pytest.approx(-0.5)
        assert found.analogies == 0.5
        assert found.pairs == {"pairs": 3}
        assert found.questions == 2

    def test_the_text_decides_what_is_frequent(self, folder, monkeypatch):
        monkeypatch.setattr(scores, "TOP", 4)
        asked = scores.Benchmarks(folder)
        assert asked.score(folder / "vectors.bin").questions == 1  # e is the fifth
        other = asked.score(folder / "vectors.bin", list("eabcd"))  # now d is, and e the only word left to answer with
        assert (other.questions, other.analogies) == (1, 1.0)
        assert asked.score(folder / "vectors.bin", ["b", "a", "not there", "c", "d"]).questions == 1

    def test_bad_files_are_named(self, folder):
        (folder / "pairs.tsv").write_text("a\tb\n")
        with pytest.raises(ValueError, match="line 1: 2 fields"):
            scores.Benchmarks(folder)
        (folder / "pairs.tsv").unlink()
        with pytest.raises(ValueError, match="must hold"):
            scores.Benchmarks(folder)


def turns(system, numbers, title="training, skip-gram, negative sampling, one epoch", unit="M words/s", **more):
    """Runs as in_turn records them."""
    about = {"title": title, "system": system, "unit": unit, "ours": "fastw2v avx2", "lower_is_better": False}
    return [{**about, "round": i + 1, "value": value, **more} for i, value in enumerate(numbers)]


def scored(system, epochs, similarity, analogies, seconds):
    """A run as quality records it."""
    figures_of = {"similarity": similarity, "analogies": analogies, "train_seconds": seconds}
    title = "quality, skip-gram, negative sampling, 2 workers"
    return {"title": title, "system": system, "objective": "skipgram", "seed": 1, "epochs": epochs, **figures_of}


@pytest.fixture
def recorded_folder(tmp_path):
    """Results of several questions, made by hand."""
    runs = {
        "train": [
            *turns("gensim", [0.5, 0.4, 0.5]),
            *turns("fastw2v base", [2.0, 2.0, 2.0]),
            *turns("fastw2v avx2", [5.0, 6.0, 4.0]),
        ],
        "end_to_end": [
            {**run, "ours": "fastw2v train", "lower_is_better": True}
            for system, numbers in (("gensim", [30.0, 30.0, 30.0]), ("fastw2v train", [3.0, 5.0, 3.0]))
            for run in turns(system, numbers, "whole process, skip-gram, negative sampling, one epoch", "s")
        ],
        "quality": [
            scored("gensim", 5, 0.5, 0.4, 100.0),
            scored("fastw2v", 1, 0.4, 0.3, 2.0),
            scored("fastw2v", 3, 0.5, 0.41, 6.0),
            scored("word2vec.c", 5, 0.9, 0.4, 100.0),
        ],
        "scaling": [
            run
            for at in (1, 2)
            for run in turns("fastw2v avx2", [at, 2.0 * at], title="workers, one epoch", axis="workers", at=at)
        ],
        "kernel": [
            {"title": "k", "system": "avx2", "shape": [6, 6], "width": 100, "intensity": 2.25, "value": 40.0},
            {"title": "k", "system": "peak of one core", "value": 100.0, "unit": "GFLOP/s"},
            {"title": "k", "system": "memory bandwidth of one core", "value": 10.0, "unit": "GB/s"},
        ],
        "memory": [{"title": "memory", "system": "fastw2v", "peak": 3e8, "before": 1e8, "needed": 2e8}],
        "perplexity": [{"title": "p", "architecture": "cbow", "loss": "softmax", "perplexity": 1234.5}],
    }
    about = {"command": "python -m benchmarks train", "machine": "a machine", "corpus": "text.txt", "vector_size": 100}
    about |= {"versions": {"fastw2v": "1"}, "compilers": {"extensions_version": "gcc 1"}}
    for name, of in runs.items():
        (tmp_path / f"{name}.json").write_text(json.dumps({**about, "question": name, "runs": of}))
    return tmp_path


class TestTables:
    def test_a_comparison(self, recorded_folder):
        (table,) = tables.tables_of("train", recorded(recorded_folder)["train"])
        assert table.rows[0] == ["gensim", "0.500", "0.400", "0.500", "10.00 (10.00, 15.00, 8.00)"]
        assert table.rows[2] == ["fastw2v avx2", "5.000", "4.000", "6.000", ""]
        assert table.markdown().splitlines()[1] == "| --- | --- | --- | --- | --- |"

    def test_an_interrupted_round_is_left_out_of_the_ratios(self):
        runs = [*turns("gensim", [1.0, 1.0]), *turns("fastw2v avx2", [3.0])]
        assert tables.better(runs, "gensim") == [3.0]

    def test_quality_says_when_a_peer_is_reached(self, recorded_folder):
        runs = recorded(recorded_folder)["quality"]["runs"]
        points, reach = tables.quality_tables(runs)
        assert points.rows[0][:3] == ["gensim", "5", "0.5000"]
        assert reach.rows[0] == ["gensim", "5", "100.0", "3", "6.0", "0.060"]
        assert reach.rows[1][3] == "not reached"
        assert "in 3 epochs, after 6.0 s, 0.060 of its 100.0 s" in reached("gensim", runs[1:3], runs[:1])
        assert "are not reached by us in 3 epochs" in reached("word2vec.c", runs[1:3], runs[3:])

    def test_axes_and_shapes(self, recorded_folder):
        found = recorded(recorded_folder)
        (table,) = tables.tables_of("scaling", found["scaling"])
        assert table.columns == ["workers", "fastw2v avx2"]
        assert table.rows == [["1", "1.50 (1.00 to 2.00)"], ["2", "3.00 (2.00 to 4.00)"]]
        steps, limits = tables.tables_of("kernel", found["kernel"])
        assert steps.rows == [["6 x 6", "100", "40.00"]]
        assert limits.rows[0] == ["peak of one core", "100.0 GFLOP/s"]
        assert tables.tables_of("memory", found["memory"])[0].rows[0][-1] == "1.50"
        assert tables.tables_of("perplexity", found["perplexity"])[0].rows == [["softmax", "1,234.5"]]

    def test_the_readmes_table(self, recorded_folder):
        text = readme.table(recorded_folder)
        lines = text.splitlines()
        assert lines[0] == "|  | fastw2v | gensim | word2vec.c |"
        training = next(line for line in lines if line.startswith("| training"))
        assert "**5.00 (4.00 to 6.00)** | 0.500 (0.400 to 0.500), x10" in training
        assert next(line for line in lines if "whole process" in line).count("x10") == 1
        assert "| 6.0 % | not reached |" in text
        assert "a machine" in lines[-1]

    def test_it_goes_between_the_markers_of_a_file(self, tmp_path):
        path = tmp_path / "README.md"
        path.write_text(f"before\n{readme.BEGIN}\nold\n{readme.END}\nafter\n")
        for _ in range(2):
            readme.put_into(path, "new")
            assert path.read_text() == f"before\n{readme.BEGIN}\nnew\n{readme.END}\nafter\n"
        path.write_text("no markers")
        with pytest.raises(ValueError, match="must hold the lines"):
            readme.put_into(path, "new")
        assert path.read_text() == "no markers"

    def test_the_page_without_matplotlib_says_so(self, recorded_folder, monkeypatch):
        monkeypatch.setattr(plots, "available", lambda: False)
        assert plots.MISSING in results.write(recorded_folder)
        page = (recorded_folder / "RESULTS.md").read_text()
        assert "matplotlib is not installed" in page
        assert "## train\n\n`python -m benchmarks train`\n\na machine. Compiler: gcc 1." in page
        assert "svg" not in page

    @pytest.mark.skipif(not plots.available(), reason=plots.MISSING)
    def test_the_page_with_plots(self, recorded_folder):
        results.write(recorded_folder)
        page = (recorded_folder / "RESULTS.md").read_text()
        for name in ("train", "end_to_end", "quality", "scaling", "kernel"):
            assert f"![{name}]({name}.svg)" in page
            assert "</svg>" in (recorded_folder / f"{name}.svg").read_text()


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

        assert "--only is for quality and choices" in fails("train", "--only", "x")
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
