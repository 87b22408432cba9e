"""Reports: tables, JSON and CSV of results made by hand."""

from __future__ import annotations

import csv
import io
import json

import pytest

from fastw2v.bootstrap import Interval
from fastw2v.correlation import Correlation
from fastw2v.evaluation_reports import report
from fastw2v.evaluation_results import (
    AnalogyResult,
    CategoryResult,
    Comparison,
    OutlierResult,
    SectionScore,
    SimilarityResult,
)

NAN = float("nan")
SIMILARITY = SimilarityResult(
    "sim.tsv", Correlation(0.51234, 0.0001), Correlation(0.4, 0.0412), Interval(0.4, 0.6), 90, 100
)
ANALOGIES = AnalogyResult(
    "questions.txt",
    "3CosAdd",
    (SectionScore("capitals", 3, 4, 4, 1000), SectionScore("gram1", 1, 4, 4, 2000)),
    Interval(0.25, 0.75),
)
CATEGORIES = CategoryResult("cat.txt", NAN, Interval(NAN, NAN), 0, 0, 9)
OUTLIERS = OutlierResult("out", 0.5, 0.75, Interval(0.0, 1.0), Interval(0.5, 1.0), 8, 8)
RESULTS = [SIMILARITY, ANALOGIES, CATEGORIES, OUTLIERS]
COMPARED = [
    Comparison(
        "sim.tsv", "similarity", "spearman", 0.5, 0.6, 0.1, Interval(-0.01, 0.2), 0.072, "paired bootstrap", 9, 10
    ),
    Comparison("q.txt", "analogies", "3CosAdd", NAN, NAN, NAN, Interval(NAN, NAN), NAN, "McNemar, exact", 0, 10),
]


def test_the_table():
    assert report(RESULTS).splitlines() == [
        "file           section    measure   score   95 % interval     p        known",
        "sim.tsv                   spearman  0.5123  0.4000 to 0.6000  < 0.001  90 of 100 (90 %)",
        "sim.tsv                   pearson   0.4000                    0.041    90 of 100 (90 %)",
        "questions.txt             3CosAdd   0.5000  0.2500 to 0.7500           8 of 3,000 (0 %)",
        "questions.txt  semantic   3CosAdd   0.7500                             4 of 1,000 (0 %)",
        "questions.txt  syntactic  3CosAdd   0.2500                             4 of 2,000 (0 %)",
        "cat.txt                   purity    -       -                          0 of 9 (0 %)",
        "out                       accuracy  0.5000  0.0000 to 1.0000           8 of 8 (100 %)",
        "out                       opp       0.7500  0.5000 to 1.0000           8 of 8 (100 %)",
    ]
    with_sections = report([ANALOGIES], sections=True, confidence=0.9)
    assert "90 % interval" in with_sections
    assert [line.split()[1] for line in with_sections.splitlines()[2:]] == [
        "semantic",
        "syntactic",
        "capitals",
        "gram1",
    ]
    assert "section" not in report([SIMILARITY])


def test_the_table_of_a_comparison():
    assert report(COMPARED).splitlines() == [
        "file     measure   first   second  difference  95 % interval       p      test              known",
        "sim.tsv  spearman  0.5000  0.6000  +0.1000     -0.0100 to +0.2000  0.072  paired bootstrap  9 of 10",
        "q.txt    3CosAdd   -       -       -           -                   -      McNemar, exact    0 of 10",
    ]


def test_json_holds_everything_and_no_nan():
    found = json.loads(report(RESULTS, "json"), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert [each["kind"] for each in found] == ["similarity", "analogies", "categories", "outliers"]
    assert found[0]["spearman"] == {"statistic": 0.51234, "pvalue": 0.0001}
    assert found[0]["interval"] == {"low": 0.4, "high": 0.6}
    assert found[0]["coverage"] == 0.9
    assert (found[1]["accuracy"], found[1]["correct"], found[1]["asked"], found[1]["total"]) == (0.5, 4, 8, 3000)
    assert [section["section"] for section in found[1]["sections"]] == ["capitals", "gram1"]
    assert found[1]["halves"][0]["accuracy"] == 0.75
    assert found[2]["purity"] is None
    assert found[2]["interval"] == {"low": None, "high": None}
    assert found[3]["opp_interval"] == {"low": 0.5, "high": 1.0}
    assert json.loads(report(COMPARED, "json"))[0]["interval"] == {"low": -0.01, "high": 0.2}


def test_csv():
    lines = list(csv.DictReader(io.StringIO(report(RESULTS, "csv"))))
    assert [line["measure"] for line in lines][:3] == ["spearman", "pearson", "3CosAdd"]
    assert lines[0] | {"pvalue": ""} == {
        "file": "sim.tsv", "section": "", "measure": "spearman", "score": "0.51234", "low": "0.4", "high": "0.6",
        "pvalue": "", "known": "90", "total": "100", "coverage": "0.9",
    }  # fmt: skip
    assert lines[5]["score"] == ""
    assert len(list(csv.DictReader(io.StringIO(report(RESULTS, "csv", sections=True))))) == len(lines) + 2
    first, second = csv.DictReader(io.StringIO(report(COMPARED, "csv")))
    assert (first["difference"], first["low"], first["high"], first["test"]) == (
        "0.1",
        "-0.01",
        "0.2",
        "paired bootstrap",
    )
    assert second["first"] == second["pvalue"] == ""
    assert report([], "csv").startswith("file,section,measure")


def test_an_unknown_format():
    with pytest.raises(ValueError, match="the format is 'xml', but must be one of table, json, csv"):
        report(RESULTS, "xml")
