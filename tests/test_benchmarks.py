"""The benchmarks' statistics, records, tables and pages. Nothing is timed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the benchmarks are not installed

from benchmarks import figures, plots, readme, results, tables  # noqa: E402
from benchmarks.__main__ import main  # noqa: E402
from benchmarks.figures import Point  # noqa: E402
from benchmarks.harness import in_turn, wanted  # noqa: E402
from benchmarks.quality import reached  # noqa: E402
from benchmarks.record import Record, record, recorded  # noqa: E402
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
            scored("fastw2v", 5, 0.52, 0.42, 9.0),
            scored("fastw2v", 8, 0.6, 0.5, 16.0),
            scored("word2vec.c", 5, 0.9, 0.4, 100.0),
        ],
        "scaling": [
            run
            for at in (1, 2)
            for run in turns("fastw2v avx2", [at, 2.0 * at], title="workers, one epoch", axis="workers", at=at)
        ],
        "kernel": [
            {
                "title": "k",
                "system": "avx2",
                "shape": [6, 6],
                "width": 100,
                "intensity": 2.25,
                "value": 40.0,
                "shares": [0.4, 0.5],
                "share_of_bests": 0.6,
            },
            {"title": "k", "system": "peak of one core, avx2", "value": 100.0, "unit": "GFLOP/s"},
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


def test_a_question_that_needs_no_text_runs_without(tmp_path, monkeypatch, capsys):
    from benchmarks import kernel

    monkeypatch.setattr(kernel, "SHAPES", [(2, 3)])
    monkeypatch.setattr(kernel, "WIDTHS", [20])
    monkeypatch.setattr(kernel, "COPIED", 2**16)
    kernel_folder = tmp_path / "out"
    CliRunner().invoke(main, ["kernel", "--out", str(kernel_folder)], catch_exceptions=False)
    found = recorded(kernel_folder)["kernel"]
    assert found["corpus"] == "none"
    assert all(share > 0 for run in found["runs"] for share in run.get("shares", []))
    assert "2 x 3" in (kernel_folder / "RESULTS.md").read_text(encoding="utf-8")


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
        assert "are not reached by us in 3 epochs" in reached("word2vec.c", runs[1:3], runs[-1:])

    def test_axes_and_shapes(self, recorded_folder):
        found = recorded(recorded_folder)
        (table,) = tables.tables_of("scaling", found["scaling"])
        assert table.columns == ["workers", "fastw2v avx2"]
        assert table.rows == [["1", "1.50 (1.00 to 2.00)"], ["2", "3.00 (2.00 to 4.00)"]]
        steps, limits = tables.tables_of("kernel", found["kernel"])
        assert steps.rows == [["6 x 6", "100", "40.00; 45 % of its peak, 60 at best"]]
        assert limits.rows[0] == ["peak of one core, avx2", "100.0 GFLOP/s"]
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
        assert "after 5 epochs, skip-gram, negative sampling | 0.520, 0.420 | 0.500, 0.400 | 0.900, 0.400 |" in text
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

    def test_the_page_may_stand_elsewhere(self, recorded_folder, tmp_path):
        assert results.page({"train": recorded(recorded_folder)["train"]}, ["train.svg"], "plots/").count("plots/") == 1
        path = tmp_path.parent / f"{tmp_path.name}.md"
        results.write(recorded_folder, path)
        assert "## train" in path.read_text(encoding="utf-8")
        assert not (recorded_folder / "RESULTS.md").exists()

    def test_the_page_with_plots(self, recorded_folder):
        results.write(recorded_folder)
        page = (recorded_folder / "RESULTS.md").read_text()
        for name in ("train", "end_to_end", "quality", "scaling", "kernel"):
            assert f"![{name}]({name}.svg)" in page
            assert "</svg>" in (recorded_folder / f"{name}.svg").read_text()
        assert ">workers</text>" in (recorded_folder / "scaling.svg").read_text()
        assert ">seconds of training</text>" in (recorded_folder / "quality.svg").read_text()
        assert ">gensim</text>" in (recorded_folder / "train.svg").read_text()


class TestCare:
    def test_a_run_with_and_without_care_is_timed(self, tmp_path, text_file, monkeypatch):
        from benchmarks import care

        monkeypatch.setattr(care, "CHECKPOINT_EVERY", "0.1s")
        out = tmp_path / "out"
        options = ["care", "--corpus", str(text_file), "--vector-size", "20", "--out", str(out)]
        CliRunner().invoke(main, options, catch_exceptions=False)
        runs = recorded(out)["care-20-5-5"]["runs"]
        assert {run["system"] for run in runs} == {"bare", "fastw2v"}
        assert all(run["value"] > 0 for run in runs)


class TestEvaluation:
    def test_both_systems_answer_the_same_and_are_timed(self, tmp_path, monkeypatch):
        pytest.importorskip("gensim")
        from benchmarks import evaluation

        monkeypatch.setattr(evaluation, "VOCABULARY", 1000)
        monkeypatch.setattr(evaluation, "SECTIONS", 2)
        monkeypatch.setattr(evaluation, "PAIRS", 6)
        out = tmp_path / "out"
        done = CliRunner().invoke(
            main, ["evaluation", "--vector-size", "20", "--out", str(out)], catch_exceptions=False
        )
        assert "of 60 questions" in done.output
        found = recorded(out)["evaluation-20-5-5"]
        assert found["corpus"] == "none"
        assert {run["system"] for run in found["runs"]} == {"gensim", "fastw2v, 3CosAdd", "fastw2v, 3CosMul"}
        assert {run["title"] for run in found["runs"]} == {"60 analogies among 30,000 words x 20"}

    def test_planted_pairs_lie_the_same_way_apart(self, tmp_path):
        from benchmarks import evaluation

        path = evaluation.write_questions(tmp_path / "questions.txt")
        vectors = evaluation.planted(str(path), 50)
        assert len(vectors) == evaluation.VOCABULARY
        score, sections = vectors.evaluate_word_analogies(path)
        assert len(sections[-1]["correct"]) + len(sections[-1]["incorrect"]) == 14 * 37 * 36
        assert 0.05 < score < 0.999


class TestLoading:
    @pytest.mark.slow
    def test_both_systems_read_the_same_and_memory_is_told(self, tmp_path, monkeypatch, capsys):
        pytest.importorskip("gensim")
        from benchmarks import harness, loading, one_load

        own_process, started = harness.child, set()

        def child(module, system, action, path, count, width):
            """One of each system in a process of its own, which takes longer to import than all that is done."""
            if system not in started:
                started.add(system)
                return own_process(module, system, action, path, count, width)
            return one_load.done(system, action, str(path), count, width)

        monkeypatch.setattr(harness, "child", child)
        monkeypatch.setattr(loading, "COMPARED", 50)
        monkeypatch.setattr(loading, "ALONE", 60)
        out = tmp_path / "out"
        record.begin(str(out), "loading")
        loading.run(Settings(rounds=1, peers=("gensim",)))
        assert "times the matrix" in capsys.readouterr().out
        runs = recorded(out)["loading"]["runs"]
        compared = {run["title"] for run in runs if run["system"] == "gensim"}
        actions = ("write binary", "read binary", "write text", "read text")
        assert compared == {f"{action}, 50 words x 300" for action in actions}
        assert any(run["title"] == "open own, 60 words x 300" and run["unit"] == "ms" for run in runs)
        assert readme.table(out).count("60 words x 300") == 9
