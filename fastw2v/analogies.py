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

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]
SearchFunction = str | Callable[..., Any]

# The methods of KeyedVectors by which they go, and what they are called.
METHODS = {"most_similar": "3CosAdd", "most_similar_cosmul": "3CosMul"}
# Words that a search function of one's own is asked for: three may be variants in case of the question's words.
SEARCHED_WORDS = 5
TOTAL_SECTION = "Total accuracy"  # gensim's name for all sections together

COSINES_AT_ONCE = 1 << 18  # of the file's words with a block of the vocabulary: 1 MB, as a core's own caches hold
LEAST_WORDS_AT_ONCE, MOST_WORDS_AT_ONCE = 64, 1024
QUESTIONS_AT_ONCE = 128  # without the compiled part: their scores with the words stay in a core's own cache

logger = logging.getLogger(__name__)


def _keep_answers_python(
    values: Vector,
    questions: Rows,
    spellings: Rows,
    asked: Rows,
    first: int,
    floor: float | None,
    scores: Vector,
    rows: Rows,
) -> None:
    """What the compiled `keep_answers` does, for installations without the compiled part."""
    for begin in range(0, len(questions), QUESTIONS_AT_ONCE):
        some = slice(begin, begin + QUESTIONS_AT_ONCE)
        a, b, c = (values[questions[some, place]] for place in range(questions.shape[1]))
        offered = b - a + c if floor is None else b / (a + np.float32(floor)) * c
        offered[np.isnan(offered)] = -np.inf
        left = np.arange(len(offered))
        while len(left):
            top = offered[left].argmax(axis=1)
            value = offered[left, top]
            is_better = value > scores[some][left]
            left, top, value = left[is_better], top[is_better], value[is_better]
            is_asked = (spellings[top][:, None] == asked[some][left]).any(axis=1)
            scores[some][left[~is_asked]], rows[some][left[~is_asked]] = value[~is_asked], top[~is_asked] + first
            # The next best of those whose best is no answer.
            left, top = left[is_asked], top[is_asked]
            offered[left, top] = -np.inf


try:
    from fastw2v._analogies import keep_answers
except ImportError:
    keep_answers = _keep_answers_python


def answer_rows(known: KnownWords, questions: Rows, method: str = "most_similar", workers: int | None = None) -> Rows:
    """The row that answers each question (a, b, c): questions (q, 3) rows -> (q,), UNKNOWN where nothing is left.

    3CosAdd ("most_similar") takes the word x with the greatest cos(x, b) - cos(x, a) + cos(x, c), for unit vectors the
    same as cos(x, b - a + c); 3CosMul ("most_similar_cosmul") that with the greatest s(x, b) s(x, c) / (s(x, a) +
    floor), where s = (1 + cos) / 2. Rows spelled as a, b or c, but for case, are no answer; of equally good ones the
    first is.

    A file's questions are made of a few hundred words: only their cosines with the vocabulary are computed, one matrix
    product for each block of words, and every question's scores are three rows of them combined.
    """
    from threadpoolctl import threadpool_limits

    count, total = len(questions), len(known)
    best_rows, best_scores = np.full(count, UNKNOWN, np.int64), np.full(count, -np.inf, np.float32)
    if not count or not total:
        return best_rows
    # Questions about one pair (a, b) stand together: what it alone adds to their scores is computed once.
    order = np.lexsort((questions[:, 2], questions[:, 1], questions[:, 0]))
    distinct, inverse = np.unique(questions[order], return_inverse=True)
    asked = inverse.reshape(count, 3).astype(np.int64, copy=False)
    words = known.units(distinct)
    spellings = known.first_rows
    spelled = spellings[questions[order]]
    floor = COSMUL_FLOOR if method == "most_similar_cosmul" else None
    width = min(MOST_WORDS_AT_ONCE, max(LEAST_WORDS_AT_ONCE, COSINES_AT_ONCE // len(distinct)))
    workers = available_cpus() if workers is None else workers
    jobs = -(-total // width)
    found = [(best_scores.copy(), best_rows.copy()) for _ in range(min(workers, jobs))]

    def score(worker: int, job: int, _: object) -> None:
        start, stop = job * width, min((job + 1) * width, total)
        values = words @ known.units(slice(start, stop)).T
        if floor is not None:
            values *= np.float32(0.5)
            values += np.float32(0.5)
        # Jobs ascend for each worker, so that of equal scores the first row's stays.
        keep_answers(values, asked, spellings[start:stop], spelled, start, floor, *found[worker])

    # Threads of ours share the words; more of the library's own would only get in their way.
    with threadpool_limits(1, user_api="blas"):
        run_jobs(jobs, workers, score)
    for scores, rows in found:
        is_better = (scores > best_scores) | ((scores == best_scores) & (rows < best_rows))
        best_scores[is_better], best_rows[is_better] = scores[is_better], rows[is_better]
    answers = np.empty(count, np.int64)
    answers[order] = best_rows
    return answers


def _searched(known: KnownWords, questions: Rows, function: Callable[..., Any]) -> Rows:
    """The answers of a search function of one's own, called for one question after the other."""
    answers = np.full(len(questions), UNKNOWN, np.int64)
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
