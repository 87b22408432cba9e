"""Analogy files asked of models: by hand, beside a plain loop over most_similar, and beside gensim."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from evaluation_models import circle, gensims, random_model
from hypothesis import given, settings
from hypothesis import strategies as st

from fastw2v import KeyedVectors, _analogies, analogies
from fastw2v.analogies import METHODS, answer_rows, right_answers, score_analogies
from fastw2v.bootstrap import Resampling
from fastw2v.evaluation_files import read_analogies
from fastw2v.evaluation_words import KnownWords

# A grid: b - a + c is the fourth corner of a rectangle.
GRID = KeyedVectors(
    ["man", "woman", "king", "queen", "Queen", "apple", "pear"],
    [[1, 0, 0, 1], [1, 1, 0, 1], [1, 0, 1, 1], [1, 1, 1, 1], [9, 9, 9, 3], [-1, 0, 0, 1], [-1, 0, 1, 1]],
)
QUESTIONS = """: family
man woman king queen
MAN king woman QUEEN
man woman king apple
: gram1-fruit
apple pear man king
apple pear grape king
"""


KEEPERS = [_analogies.keep_answers, analogies._keep_answers_python]


def plain(known, questions, method):
    """The same by asking for one after another: the first of all words that is spelled otherwise than the question."""
    answers = []
    for a, b, c in questions.tolist():
        words = known.words
        search = getattr(known.vectors, method)
        found = search([words[b], words[c]], [words[a]], topn=len(known), restrict_vocab=len(known))
        keys = {known.key(words[row]) for row in (a, b, c)}
        answers.append(next((known.words.index(w) for w, _ in found if known.key(w) not in keys), -1))
    return answers


@pytest.mark.parametrize("method", METHODS)
def test_by_hand(write, method):
    file = read_analogies(write(QUESTIONS))
    known = KnownWords(GRID)
    is_known, is_right = right_answers(known, file, method)
    assert is_known.tolist() == [True, True, True, True, False]
    assert is_right.tolist() == [True, True, False, True, False]
    result = score_analogies(known, file, method, resampling=Resampling(resamples=200))
    assert result.method == METHODS[method]
    assert [(s.section, s.correct, s.asked, s.known, s.total) for s in result.sections] == [
        ("family", 2, 3, 3, 3),
        ("gram1-fruit", 1, 1, 1, 2),
    ]
    assert (result.accuracy, result.coverage) == (0.75, 0.8)
    assert [(h.section, h.accuracy) for h in result.halves] == [("semantic", 2 / 3), ("syntactic", 1.0)]
    assert result.interval.low < 0.75 <= result.interval.high
    dummy = score_analogies(known, file, method, dummy4unknown=True)
    assert (dummy.accuracy, dummy.total.asked, dummy.total.known) == (0.6, 5, 4)


def test_case_and_restriction(write):
    file = read_analogies(write(": s\nman woman king queen\nman woman king Queen\n"))
    assert right_answers(KnownWords(GRID), file)[1].tolist() == [True, True]
    exact = KnownWords(GRID, case_insensitive=False)
    assert right_answers(exact, file)[1].tolist() == [True, False]
    assert right_answers(KnownWords(GRID, restrict_vocab=3), file)[0].tolist() == [False, False]
    without = KnownWords(KeyedVectors(GRID.index_to_key[:3], GRID.vectors[:3]))
    assert answer_rows(without, np.array([[0, 1, 2]])).tolist() == [-1]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("cased", [False, True])
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("keeper", KEEPERS)
def test_the_same_as_one_query_after_another(monkeypatch, method, cased, workers, keeper):
    monkeypatch.setattr(analogies, "keep_answers", keeper)
    monkeypatch.setattr(analogies, "QUESTIONS_AT_ONCE", 7)
    monkeypatch.setattr(analogies, "MOST_WORDS_AT_ONCE", 64)
    known = KnownWords(random_model(words=300, cased=cased), restrict_vocab=330)
    # Rows are those of a spelling's first word, as KnownWords finds them.
    questions = known.first_rows[np.random.default_rng(3).integers(0, len(known), (60, 3))]
    assert answer_rows(known, questions, method, workers).tolist() == plain(known, questions, method)


# Values of a block of words, with what no cosine is and many that are equal.
ODD_VALUES = st.sampled_from([0.0, -0.0, 0.25, 0.5, 1.0, -1.0, np.nan, np.inf, -np.inf, 1e-30])
VALUES = st.one_of(ODD_VALUES, st.floats(-1, 1, width=32))


@settings(deadline=None, max_examples=200)
@given(st.data(), st.integers(1, 100), st.integers(1, 5), st.integers(0, 8), st.sampled_from([None, 1e-6, 0.5]))
def test_both_keepers_agree_to_the_bit(data, width, words, count, floor):
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    values = np.array(data.draw(st.lists(VALUES, min_size=1, max_size=30)), np.float32)
    values = rng.choice(values, (words, 2 * width))
    questions = rng.integers(0, words, (count, 3))
    spellings = rng.integers(0, 3 * width, 2 * width)
    asked = rng.integers(0, 3 * width, (count, 3))
    found = []
    for keeper in KEEPERS:
        scores, rows = np.full(count, -np.inf, np.float32), np.full(count, -1)
        with np.errstate(all="ignore"):
            for start in (0, width):
                block = np.ascontiguousarray(values[:, start : start + width])
                keeper(block, questions, spellings[start : start + width], asked, start + 7, floor, scores, rows)
        found.append((scores.tobytes(), rows.tolist()))
    assert found[0] == found[1]
    for question, row in enumerate(found[0][1]):
        assert row == -1 or spellings[row - 7] not in asked[question]


@pytest.mark.parametrize("keeper", KEEPERS)
def test_equal_answers_are_kept_by_row_and_nan_never(keeper):
    values = np.zeros((3, 40), np.float32)
    values[2, [3, 5, 35]], values[2, [7, 39]] = 1.0, np.nan
    spellings, scores, rows = np.arange(40), np.full(2, -np.inf, np.float32), np.full(2, -1)
    questions, asked = np.array([[0, 1, 2], [1, 0, 2]]), np.array([[0, 1, 2], [3, 1, 2]])
    keeper(values, questions, spellings, asked, 100, None, scores, rows)
    assert (rows.tolist(), scores.tolist()) == ([103, 105], [1.0, 1.0])
    keeper(values, questions, spellings, asked, 200, None, scores, rows)
    assert rows.tolist() == [103, 105]


def test_what_does_not_fit_is_refused():
    good = {
        "values": np.zeros((3, 4), np.float32),
        "questions": np.zeros((2, 3), np.int64),
        "spellings": np.zeros(4, np.int64),
        "asked": np.zeros((2, 3), np.int64),
        "first": 0,
        "floor": None,
        "scores": np.zeros(2, np.float32),
        "rows": np.zeros(2, np.int64),
    }
    bad = {
        "questions": [np.zeros((1, 3), np.int64), np.zeros((2, 2), np.int64), good["questions"] + 3],
        "spellings": [np.zeros(3, np.int64)],
        "asked": [np.zeros((2, 2), np.int64), np.zeros((1, 3), np.int64)],
        "scores": [np.zeros(1, np.float32)],
        "rows": [np.zeros(3, np.int64)],
    }
    bad["questions"].append(good["questions"] - 1)
    for name, values in bad.items():
        for value in values:
            with pytest.raises(ValueError, match=r"fit|must"):
                _analogies.keep_answers(**good | {name: value})


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 40), st.integers(1, 30), st.integers(0, 1000))
def test_any_sizes_and_equal_vectors(words, questions, seed):
    rng = np.random.default_rng(seed)
    vectors = rng.integers(-1, 2, (words, 3)).astype(np.float32)
    known = KnownWords(KeyedVectors([f"w{i}" for i in range(words)], vectors))
    asked = rng.integers(0, words, (questions, 3))
    found = answer_rows(known, asked, workers=2)
    units = known.units(slice(0, words)).astype(np.float64)
    for (a, b, c), row in zip(asked, found, strict=True):
        scores = (units[b] - units[a] + units[c]) @ units.T
        scores[[a, b, c]] = -np.inf
        if row < 0:
            assert np.isinf(scores).all()
        else:
            assert scores[row] == pytest.approx(scores.max(), abs=1e-6)


def test_zeros_and_what_is_not_finite_are_no_answers():
    known = KnownWords(KeyedVectors(["a", "b", "c", "zero", "nan", "inf", "d"], np.zeros((7, 2))))
    known.vectors.vectors[[0, 1, 2, 6]] = [[1, 0.1], [1, 0], [1, 0.2], [1, 0.3]]
    known.vectors.vectors[4], known.vectors.vectors[5] = np.nan, np.inf
    with np.errstate(all="ignore"):
        known.vectors.fill_norms(force=True)
    assert answer_rows(known, np.array([[0, 1, 2]])).tolist() == [6]


def test_half_precision_gives_the_same(write):
    file = read_analogies(write(QUESTIONS))
    half = KeyedVectors(GRID.index_to_key, GRID.vectors.astype(np.float16))
    assert half.vectors.dtype == np.float16
    assert right_answers(KnownWords(half), file)[1].tolist() == [True, True, False, True, False]


def random_questions(count, words, seed=5, sections=4):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, words, (count, 4))
    lines = [" ".join(f"{'wW'[(i + j) % 2]}{row}" for j, row in enumerate(four)) for i, four in enumerate(rows)]
    size = count // sections
    return "".join(f": section {s}\n" + "\n".join(lines[s * size : (s + 1) * size]) + "\n" for s in range(sections))


def answered_questions(vectors, count, seed=6):
    """Questions whose fourth word is right half of the time."""
    rng = np.random.default_rng(seed)
    lines = []
    for a, b, c in rng.integers(0, 150, (count, 3)):
        words = [vectors.index_to_key[row] for row in (a, b, c)]
        best = vectors.most_similar([words[1], words[2]], [words[0]], topn=1, restrict_vocab=300)[0][0]
        lines.append(" ".join([*words, best if rng.random() < 0.5 else "w7"]))
    return ": answered\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "options",
    [{"restrict_vocab": 300}, {}, {"dummy4unknown": True, "restrict_vocab": 300}, {"case_insensitive": False}],
)
def test_the_same_as_gensim(write, options, caplog):
    pytest.importorskip("gensim")
    vectors = random_model(words=360, cased=True)
    path = write(random_questions(80, 420) + answered_questions(vectors, 60))
    with caplog.at_level(logging.INFO, "fastw2v"):
        score, sections = vectors.evaluate_word_analogies(path, **options)
    theirs = gensims(vectors).evaluate_word_analogies(str(path), **options)
    assert sections == theirs[1]
    assert score == theirs[0]
    assert 0.1 < score < 0.9
    assert sections[-1]["section"] == "Total accuracy"
    assert any("Total accuracy" in record.message for record in caplog.records)


def test_the_similarity_function_is_used(write):
    """gensim takes the argument and does not look at it: its answers are 3CosAdd's whatever is asked for."""
    vectors = random_model(words=200)
    path = write(random_questions(40, 200, sections=1))
    known = KnownWords(vectors)
    rows = known.rows(word for line in path.read_text().splitlines()[1:] for word in line.split()).reshape(-1, 4)
    add, mul = (answer_rows(known, rows[:, :3], method) for method in METHODS)
    assert (add != mul).any()
    lines = [" ".join([*(f"w{row}" for row in four[:3]), f"w{right}"]) for four, right in zip(rows, mul, strict=True)]
    path = write(": s\n" + "\n".join(lines))
    assert vectors.evaluate_word_analogies(path, similarity_function="most_similar_cosmul")[0] == 1.0
    assert vectors.evaluate_word_analogies(path)[0] == pytest.approx((add == mul).mean())


def test_functions_of_ones_own(write):
    file = read_analogies(write(QUESTIONS))
    known = KnownWords(GRID)
    assert right_answers(known, file, GRID.most_similar)[1].tolist() == right_answers(known, file)[1].tolist()
    assert right_answers(known, file, GRID.most_similar_cosmul)[1].tolist() == right_answers(known, file)[1].tolist()
    asked = []

    def own(positive, negative, topn, restrict_vocab):
        asked.append((positive, negative, restrict_vocab))
        return [("king", 1.0), ("unknown", 0.9), ("Queen", 0.8)]

    result = score_analogies(known, file, own)
    assert asked[0] == (["woman", "king"], ["man"], 7)
    assert result.sections[0].correct == 2
    assert result.method == "own"
    assert right_answers(known, file, lambda **_: [])[1].tolist() == [False] * 5
    with pytest.raises(ValueError, match="no method of that name"):
        right_answers(known, file, "no_such")


def test_what_is_all_unknown(write):
    path = write(": s\nx y z w\n")
    assert circle().evaluate_word_analogies(path) == (
        0.0,
        [{"section": name, "correct": [], "incorrect": []} for name in ("s", "Total accuracy")],
    )
    result = score_analogies(KnownWords(circle()), read_analogies(path))
    assert np.isnan(result.accuracy)
    assert result.coverage == 0.0


def test_the_logs_of_gensims_names(caplog):
    with caplog.at_level(logging.INFO, "fastw2v"):
        KeyedVectors.log_accuracy({"section": "s", "correct": [1], "incorrect": [2, 3, 4]})
        KeyedVectors.log_accuracy({"section": "empty", "correct": [], "incorrect": []})
        KeyedVectors.log_evaluate_word_pairs((0.5, 0.1), (0.25, 0.2), 10.0, "file.tsv")
    assert [record.message for record in caplog.records] == [
        "s: 1 of 4 questions answered, 25.0 %",
        "file.tsv: Pearson 0.5000, Spearman 0.2500, unknown pairs 10.0 %",
    ]
