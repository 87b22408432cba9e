"""Whole evaluations: files of every kind asked of one model, and of two compared."""

from __future__ import annotations

import numpy as np
import pytest
from evaluation_models import random_model

from fastw2v import KeyedVectors
from fastw2v.bootstrap import Resampling
from fastw2v.evaluation import Asking, compare, evaluate
from fastw2v.evaluation_results import AnalogyResult, CategoryResult, OutlierResult, SimilarityResult

KINDS = [SimilarityResult, AnalogyResult, CategoryResult, OutlierResult]


@pytest.fixture
def files(write):
    """A file of each kind about the words w0 to w99, in which things are as in `good`."""
    rng = np.random.default_rng(0)
    pairs = rng.integers(0, 100, (80, 2))
    similarity = "".join(f"w{a}\tw{b}\t{GOOD.similarity(f'w{a}', f'w{b}'):.4f}\n" for a, b in pairs)
    analogies = ": all\n"
    for a, b, c in rng.integers(0, 100, (60, 3)):
        best = GOOD.most_similar([f"w{b}", f"w{c}"], [f"w{a}"], topn=1, restrict_vocab=100)[0][0]
        analogies += f"w{a} w{b} w{c} {best}\n"
    near = [word for word, _ in GOOD.most_similar("w0", topn=6, restrict_vocab=100)]
    far = [word for word, _ in GOOD.most_similar(negative="w0", topn=4, restrict_vocab=100)]
    texts = {
        "pairs.tsv": similarity,
        "questions.txt": analogies,
        "categories.txt": "".join(f"{w} near\n" for w in near) + "".join(f"{w} far\n" for w in far) + "unknown far\n",
        "outliers.txt": "\n".join(near) + "\n\n" + "\n".join(far) + "\n",
    }
    return [write(text, name) for name, text in texts.items()]


GOOD = random_model(words=100, size=20)
NOISY = KeyedVectors(GOOD.index_to_key, GOOD.vectors + random_model(words=100, size=20, seed=1).vectors)
ASKING = Asking(resampling=Resampling(resamples=200))


def test_each_file_by_its_content(files):
    results = evaluate(GOOD, files, ASKING)
    assert [type(result) for result in results] == KINDS
    assert [result.file for result in results] == [path.name for path in files]
    similarity, analogies, categories, outliers = results
    assert similarity.spearman.statistic == pytest.approx(1.0, abs=1e-3)
    assert analogies.accuracy == 1.0
    assert categories.purity == 1.0
    assert (categories.known, categories.total) == (10, 11)
    assert outliers.accuracy == 1.0
    assert evaluate(GOOD, files[0]) == evaluate(GOOD, [str(files[0])]) == evaluate(GOOD, ASKING.read(files[0]))


def test_options_reach_the_models(files):
    restricted = evaluate(GOOD, files, Asking(restrict_vocab=50))
    assert all(0 < result.coverage < 1 for result in restricted[:3])
    (mul,) = evaluate(GOOD, files[1], Asking(search="most_similar_cosmul"))
    assert mul.method == "3CosMul"
    (distance,) = evaluate(GOOD, files[0], Asking(similarity="distance"))
    assert distance.spearman.statistic == pytest.approx(-1.0, abs=1e-3)
    assert evaluate(GOOD, files[0], Asking(case_insensitive=False))[0].known == 80
    (dummy,) = evaluate(GOOD, files[1], Asking(restrict_vocab=50, dummy4unknown=True))
    assert dummy.total.asked == dummy.total.total
    with pytest.raises(ValueError, match="must be two words and a finite number"):
        evaluate(GOOD, files[1], Asking(kind="similarity"))
    with pytest.raises(ValueError, match="kind is 'other'"):
        Asking(kind="other")


def test_two_models_item_by_item(files):
    found = compare(NOISY, GOOD, files, ASKING)
    alone = evaluate(NOISY, files, ASKING)
    assert [one.measure for one in found] == ["spearman", "3CosAdd", "purity", "accuracy"]
    assert [one.test for one in found] == ["paired bootstrap", *["McNemar, exact"] * 3]
    assert [one.first for one in found] == pytest.approx(
        [alone[0].spearman.statistic, alone[1].accuracy, alone[2].purity, alone[3].accuracy]
    )
    for one in found[:2]:
        assert one.difference == pytest.approx(one.second - one.first)
        assert 0 < one.interval.low <= one.difference <= one.interval.high
        assert one.pvalue < 0.05
    assert [one.used for one in found] == [80, 60, 10, 4]
    same = compare(GOOD, GOOD, files, ASKING)
    assert [(one.difference, one.pvalue) for one in same] == [(0.0, 1.0)] * 4


def test_only_what_both_know_is_compared(files):
    half = KeyedVectors(GOOD.index_to_key[:50], GOOD.vectors[:50])
    found = compare(half, GOOD, files, ASKING)
    alone = evaluate(half, files, ASKING)
    assert [one.used for one in found[:3]] == [result.rows()[0].known for result in alone[:3]]
    assert found[0].first == found[0].second == pytest.approx(1.0, abs=1e-3)
    none = KeyedVectors(["x", "y"], np.eye(2))
    assert all(np.isnan([one.first, one.second, one.difference]).all() for one in compare(none, GOOD, files, ASKING))


def test_a_bad_file_is_told_before_anything_is_asked(files, write):
    class Untouched(KeyedVectors):
        @property
        def norms(self):
            raise AssertionError("asked before all files were read")

    vectors = Untouched(GOOD.index_to_key, GOOD.vectors)
    with pytest.raises(ValueError, match=r"bad.txt, line 3: must be four words.* of the kind 'analogies'$"):
        evaluate(vectors, [*files, write(": s\na b c d\na b c\n", "bad.txt")])
    with pytest.raises(FileNotFoundError):
        evaluate(vectors, "no such file")
