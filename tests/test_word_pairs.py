"""Similarity files asked of models: by hand, beside gensim, and with functions of one's own."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from evaluation_models import circle, gensims, random_model

from fastw2v.bootstrap import Resampling
from fastw2v.evaluation_files import read_pairs
from fastw2v.evaluation_words import KnownWords
from fastw2v.word_pairs import pair_similarities, score_pairs

# By angle 0, 45, 90, 180: cosines 1, 0.707, 0, -1.
FILE = "east\tEAST\t9\neast\tnortheast\t9.5\neast\tnorth\t4\neast\twest\t1\neast\tmoon\t5\n"


@pytest.fixture
def file(write):
    return read_pairs(write(FILE))


def test_cosines_by_hand(file):
    found = pair_similarities(KnownWords(circle()), file)
    assert found == pytest.approx([1, np.sqrt(0.5), 0, -1, np.nan], abs=1e-6, nan_ok=True)
    # Case matters: only "east", "northeast" and "north" are spelled so.
    exact = pair_similarities(KnownWords(circle(), case_insensitive=False), file)
    assert np.isnan(exact).tolist() == [True, False, False, True, True]
    assert np.isnan(pair_similarities(KnownWords(circle(), restrict_vocab=2), file)).tolist() == [
        False,
        *[True] * 2,
        False,
        True,
    ]


def test_of_words_that_differ_in_case_the_first_is_taken():
    known = KnownWords(circle())
    assert known.rows(["NORTHEAST", "NorthEast", "moon"]).tolist() == [3, 3, -1]
    assert known.first_rows.tolist() == [0, 1, 2, 3, 3, 5]


def test_rho_by_hand(file):
    result = score_pairs(KnownWords(circle(scale=3.0)), file, resampling=Resampling(resamples=500))
    # Ranks of people 3 4 2 1, of cosines 4 3 2 1: rho = 1 - 6 * 2 / (4 * 15).
    assert result.spearman.statistic == pytest.approx(0.8)
    assert (result.known, result.total, result.coverage) == (4, 5, 0.8)
    assert result.interval.low <= 0.8 <= result.interval.high
    assert np.isnan(score_pairs(KnownWords(circle()), file).interval).all()
    assert result.as_dict()["spearman"]["statistic"] == result.spearman.statistic


def test_dummy4unknown_counts_unknown_pairs_as_similarity_0(file):
    known = KnownWords(circle())
    result = score_pairs(known, file, dummy4unknown=True)
    # Ranks of people 4 5 2 1 3, of cosines 5 4 2.5 1 2.5.
    assert result.spearman.statistic == pytest.approx(np.corrcoef([4, 5, 2, 1, 3], [5, 4, 2.5, 1, 2.5])[0, 1])
    assert (result.known, result.total) == (4, 5)


def test_functions_of_ones_own(file):
    known = KnownWords(circle())
    cosines = pair_similarities(known, file)
    assert pair_similarities(known, file, "distance") == pytest.approx(1 - cosines, abs=1e-6, nan_ok=True)
    seen = []

    def own(first, second):
        seen.append((first, second))
        return 0.5

    assert pair_similarities(known, file, own)[:4].tolist() == [0.5] * 4
    # Words come as the vocabulary spells them.
    assert seen == [("east", "east"), ("east", "northeast"), ("east", "north"), ("east", "West")]
    with pytest.raises(ValueError, match="no method of that name"):
        pair_similarities(known, file, "no_such")


def test_zero_vectors_are_like_nothing(file):
    vectors = circle()
    vectors.vectors = np.zeros_like(vectors.vectors)
    assert pair_similarities(KnownWords(vectors), file)[:4].tolist() == [0.0] * 4


@pytest.mark.parametrize("options", [{}, {"restrict_vocab": 200}, {"dummy4unknown": True}, {"case_insensitive": False}])
def test_the_same_as_gensim(write, options, caplog):
    pytest.importorskip("gensim")
    vectors = random_model(cased=True)
    rng = np.random.default_rng(1)
    lines = [
        f"{'wW'[i % 2]}{a}\tw{b}\t{rng.random() * 10:.2f}" for i, (a, b) in enumerate(rng.integers(0, 440, (150, 2)))
    ]
    path = write("# comment\n" + "\n".join(lines) + "\n", "p.tsv")
    with caplog.at_level(logging.INFO, "fastw2v"):
        pearson, spearman, unknown = vectors.evaluate_word_pairs(path, **options)
    assert any("Spearman" in record.message for record in caplog.records)
    theirs = gensims(vectors).evaluate_word_pairs(str(path), **options)
    assert tuple(pearson) == pytest.approx(tuple(theirs[0]), abs=1e-5)
    assert tuple(spearman) == pytest.approx(tuple(theirs[1]), abs=1e-5)
    assert (spearman.statistic, spearman.pvalue) == tuple(spearman)
    assert unknown == pytest.approx(theirs[2])
    assert unknown > 0


def test_no_known_pair_is_an_error_for_gensims_name_alone(write):
    path = write("moon\tsun\t3\nsun\tmoon\t4\n")
    with pytest.raises(ValueError, match="of 2 pairs of words none is known"):
        circle().evaluate_word_pairs(path)
    with pytest.raises(ValueError, match=r"line 1: must be two words and a finite number, separated by ';'"):
        circle().evaluate_word_pairs(path, delimiter=";")
    result = score_pairs(KnownWords(circle()), read_pairs(path))
    assert np.isnan(result.spearman.statistic)
    assert result.coverage == 0.0


def test_restrict_vocab_is_checked(write):
    for wrong in (0, -1):
        with pytest.raises(ValueError, match=f"restrict_vocab is {wrong}, but must be at least 1"):
            circle().evaluate_word_pairs(write(FILE), restrict_vocab=wrong)
    assert circle().evaluate_word_pairs(write(FILE), restrict_vocab=None)[2] == pytest.approx(20.0)
