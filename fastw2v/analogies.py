"""Analogy files: "a is to b as c is to d", answered by the word that fits b - a + c best.

3CosAdd (Mikolov et al. 2013) and 3CosMul (Levy & Goldberg 2014) over a whole file at once. Files are read in
evaluation_files.py.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastw2v._threads import run_jobs
from fastw2v.bootstrap import NO_INTERVAL, Resampling
from fastw2v.config import available_cpus
from fastw2v.evaluation_files import AnalogyFile, read_analogies
from fastw2v.evaluation_results import AnalogyResult, SectionScore
from fastw2v.evaluation_words import RESTRICT_VOCAB, UNKNOWN, KnownWords, method_of
from fastw2v.queries import COSMUL_FLOOR, Queries
from fastw2v.word_table import Vector

__all__ = ["METHODS", "answer_rows", "as_gensim", "log_section", "right_answers", "score_analogies"]

Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]
SearchFunction = str | Callable[..., Any]

# The methods of KeyedVectors by which they go, and what they are called.
METHODS = {"most_similar": "3CosAdd", "most_similar_cosmul": "3CosMul"}
# Words that a search function of one's own is asked for: three may be variants in case of the question's words.
SEARCHED_WORDS = 5
TOTAL_SECTION = "Total accuracy"  # gensim's name for all sections together

# Scores of so many questions and words at a time stay in a core's own cache, 0.5 MB for each array of them.
QUESTIONS_AT_ONCE = 128
WORDS_AT_ONCE = 1024
COSINES_AT_ONCE = 1 << 22  # of all the file's words with a block of the vocabulary: 16 MB a thread
LEAST_WORDS_AT_ONCE = 32

logger = logging.getLogger(__name__)


def answer_rows(known: KnownWords, questions: Rows, method: str = "most_similar", workers: int | None = None) -> Rows:
    """The row that answers each question (a, b, c): questions (q, 3) rows -> (q,), UNKNOWN where nothing is left.

    Rows spelled as a, b or c, but for case, are no answer; of equally good ones the first is.

    A file's questions are made of a few hundred words: only their cosines with the vocabulary are computed, one matrix
    product for each block of words, and every question's scores are three rows of them combined.
    """
    from threadpoolctl import threadpool_limits

    count, total = len(questions), len(known)
    best_rows, best_scores = np.full(count, UNKNOWN, np.intp), np.full(count, -np.inf, np.float32)
    if not count or not total:
        return best_rows
    # Questions about one pair (a, b) stand together: what it alone adds to their scores is computed once.
    order = np.lexsort((questions[:, 2], questions[:, 1], questions[:, 0]))
    distinct, inverse = np.unique(questions[order], return_inverse=True)
    asked = inverse.reshape(count, 3)
    words = known.units(distinct)
    width = min(WORDS_AT_ONCE, max(LEAST_WORDS_AT_ONCE, COSINES_AT_ONCE // len(distinct)))
    excluded = _Excluded(known, questions[order], width)
    combine = _COMBINED[method]
    workers = available_cpus() if workers is None else workers
    jobs = -(-total // width)
    found = [(best_rows.copy(), best_scores.copy()) for _ in range(min(workers, jobs))]

    def score(worker: int, job: int, _: object) -> None:
        start, stop = job * width, min((job + 1) * width, total)
        cosines = words @ known.units(slice(start, stop)).T
        rows, scores = found[worker]
        for begin in range(0, count, QUESTIONS_AT_ONCE):
            some = slice(begin, min(begin + QUESTIONS_AT_ONCE, count))
            values = combine(cosines, asked[some])
            values[excluded.of(job, some)] = -np.inf
            top = values.argmax(axis=1)
            value = values[np.arange(len(values)), top]
            # Jobs ascend for each worker, so that only a greater value is better.
            is_better = value > scores[some]
            rows[some][is_better] = top[is_better] + start
            scores[some][is_better] = value[is_better]

    # Threads of ours share the words; more of the library's own would only get in their way.
    with threadpool_limits(1, user_api="blas"):
        run_jobs(jobs, workers, score)
    for rows, scores in found:
        is_better = (scores > best_scores) | ((scores == best_scores) & (rows < best_rows))
        best_rows[is_better], best_scores[is_better] = rows[is_better], scores[is_better]
    answers = np.empty(count, np.intp)
    answers[order] = best_rows
    return answers


def _pairs(asked: Rows) -> tuple[Rows, Rows]:
    """The distinct pairs (a, b) of sorted questions, and which of them each question has."""
    is_new = np.ones(len(asked), np.bool_)
    is_new[1:] = (asked[1:, :2] != asked[:-1, :2]).any(axis=1)
    return asked[is_new, :2], np.cumsum(is_new) - 1


def _add(cosines: Vector, asked: Rows) -> Vector:
    """cos(x, b) - cos(x, a) + cos(x, c), for unit vectors the same order as cos(x, b - a + c)."""
    pairs, pair = _pairs(asked)
    scores: Vector = (cosines[pairs[:, 1]] - cosines[pairs[:, 0]])[pair]
    scores += cosines[asked[:, 2]]
    return scores


def _multiply(cosines: Vector, asked: Rows) -> Vector:
    """s(x, b) s(x, c) / (s(x, a) + floor), where s = (1 + cos) / 2."""
    pairs, pair = _pairs(asked)
    half = np.float32(0.5)
    against: Vector = half * cosines[pairs[:, 0]] + half
    against += np.float32(COSMUL_FLOOR)
    offsets: Vector = half * cosines[pairs[:, 1]] + half
    offsets /= against
    scores = offsets[pair]
    scores *= half * cosines[asked[:, 2]] + half
    return scores


_COMBINED = {"most_similar": _add, "most_similar_cosmul": _multiply}


class _Excluded:
    """The (question, word) places that are no answers, in the order of blocks of words and then of questions."""

    def __init__(self, known: KnownWords, questions: Rows, width: int) -> None:
        same = known.first_rows
        # The rows of each spelling, one after another.
        by_spelling = np.argsort(same, kind="stable")
        starts = np.searchsorted(same[by_spelling], np.arange(len(same) + 1))
        spelling = same[questions].ravel()
        sizes = starts[spelling + 1] - starts[spelling]
        number = np.repeat(np.repeat(np.arange(len(questions)), questions.shape[1]), sizes)
        within = np.arange(len(number)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        row = by_spelling[np.repeat(starts[spelling], sizes) + within]
        order = np.lexsort((number, row // width))
        self._question, self._column = number[order], row[order] % width
        jobs = -(-len(same) // width)
        self._ends = np.searchsorted((row // width)[order], np.arange(jobs + 1))

    def of(self, block: int, questions: slice) -> tuple[Rows, Rows]:
        """The places of some questions in a block of words, as an index of that part of the scores."""
        first, last = self._ends[block], self._ends[block + 1]
        begin, end = first + np.searchsorted(self._question[first:last], [questions.start, questions.stop])
        return self._question[begin:end] - questions.start, self._column[begin:end]


def _searched(known: KnownWords, questions: Rows, function: Callable[..., Any]) -> Rows:
    """The answers of a search function of one's own, called for one question after the other."""
    answers = np.full(len(questions), UNKNOWN, np.intp)
    same = known.first_rows
    words = known.words
    for number, (a, b, c) in enumerate(questions.tolist()):
        found = function(
            positive=[words[b], words[c]], negative=[words[a]], topn=SEARCHED_WORDS, restrict_vocab=len(known)
        )
        rows = known.rows(word for word, _ in found)
        usable = rows[(rows >= 0) & ~np.isin(rows, same[[a, b, c]])]
        if len(usable):
            answers[number] = usable[0]
    return answers


def right_answers(
    known: KnownWords, file: AnalogyFile, function: SearchFunction = "most_similar", workers: int | None = None
) -> tuple[Flags, Flags]:
    """Of all a file's questions, section after section: whether its four words are known, and whether it is answered.

    An answer that differs from the expected word in case only is right where the words are case-insensitive.

    function: "most_similar" (3CosAdd), "most_similar_cosmul" (3CosMul), the name of another method of the vectors, or
    any function with the arguments positive, negative, topn and restrict_vocab that returns (word, score) pairs.
    """
    rows = known.rows(word for _, questions in file.sections for words in questions for word in words).reshape(-1, 4)
    is_known: Flags = np.all(rows >= 0, axis=1)
    questions = rows[is_known]
    if isinstance(function, str) and function in METHODS:
        answers = answer_rows(known, questions[:, :3], function, workers)
    else:
        call = method_of(known.vectors, function) if isinstance(function, str) else function
        answers = _searched(known, questions[:, :3], call)
    # Words were found at the first row of their spelling, and so must answers be.
    first = known.first_rows
    is_right = np.zeros(len(rows), np.bool_)
    if len(questions):
        is_right[is_known] = (answers >= 0) & (first[answers] == questions[:, 3])
    return is_known, is_right


def score_analogies(
    known: KnownWords,
    file: AnalogyFile,
    function: SearchFunction = "most_similar",
    dummy4unknown: bool = False,
    resampling: Resampling | None = None,
    workers: int | None = None,
) -> AnalogyResult:
    """Accuracy by section and of all. dummy4unknown: a question with an unknown word counts as wrong, instead of being
    left out. Without `resampling` there is no interval."""
    is_known, is_right = right_answers(known, file, function, workers)
    sections, start = [], 0
    for name, questions in file.sections:
        here = slice(start, start + len(questions))
        start = here.stop
        count = int(np.count_nonzero(is_known[here]))
        asked = len(questions) if dummy4unknown else count
        sections.append(SectionScore(name, int(np.count_nonzero(is_right[here])), asked, count, len(questions)))
    correct, asked = sum(s.correct for s in sections), sum(s.asked for s in sections)
    name = function if isinstance(function, str) else getattr(function, "__name__", "function")
    interval = resampling.of_share(correct, asked) if resampling else NO_INTERVAL
    return AnalogyResult(file.name, METHODS.get(name, name), tuple(sections), interval)


def as_gensim(
    vectors: Queries,
    analogies: str | os.PathLike[str],
    restrict_vocab: int | None = RESTRICT_VOCAB,
    case_insensitive: bool = True,
    dummy4unknown: bool = False,
    similarity_function: SearchFunction = "most_similar",
) -> tuple[float, list[dict[str, Any]]]:
    """What KeyedVectors.evaluate_word_analogies returns: accuracy, and the questions of each section that were answered
    and that were not."""
    known = KnownWords(vectors, restrict_vocab, case_insensitive)
    file = read_analogies(analogies)
    flags = zip(*(each.tolist() for each in right_answers(known, file, similarity_function)), strict=True)
    sections: list[dict[str, Any]] = []
    for name, questions in file.sections:
        section: dict[str, Any] = {"section": name, "correct": [], "incorrect": []}
        for words, (is_known, is_right) in zip(questions, islice(flags, len(questions)), strict=True):
            if is_known or dummy4unknown:
                section["correct" if is_right else "incorrect"].append(tuple(map(known.key, words)))
        sections.append(section)
        log_section(section)
    total = {"section": TOTAL_SECTION} | {
        of: [words for section in sections for words in section[of]] for of in ("correct", "incorrect")
    }
    log_section(total)
    count = len(total["correct"]) + len(total["incorrect"])
    return len(total["correct"]) / count if count else 0.0, [*sections, total]


def log_section(section: dict[str, Any]) -> None:
    """Tells the log the accuracy of a section of evaluate_word_analogies, if any question of it was asked."""
    correct, count = len(section["correct"]), len(section["correct"]) + len(section["incorrect"])
    if count:
        logger.info(
            "%s: %d of %d questions answered, %.1f %%", section["section"], correct, count, 100 * correct / count
        )
