"""The best answers to many analogies, kept as blocks of cosines come in, without the GIL.

Scores are made and compared in analogies.c; this file checks shapes and goes from question to question. Products,
threads and the plain Python twin are analogies.py's matter.
"""

import numpy as np

from libc.stdint cimport int64_t


cdef extern from "analogies.h" nogil:
    ctypedef enum fw2v_analogy:
        FW2V_ADD
        FW2V_MULTIPLY
    enum:
        FW2V_QUESTION_WORDS
    void fw2v_analogy_pair(
        fw2v_analogy method, const float *a, const float *b, float floor, size_t count, float *pair,
    ) noexcept
    void fw2v_analogy_answer(
        fw2v_analogy method, const float *pair, const float *c, const int64_t *spellings, const int64_t *asked,
        size_t count, int64_t first, float *score, int64_t *row,
    ) noexcept


def keep_answers(
    const float[:, ::1] values, const int64_t[:, ::1] questions, const int64_t[::1] spellings,
    const int64_t[:, ::1] asked, int64_t first, object floor, float[::1] scores, int64_t[::1] rows,
):
    """Offers rows first, first + 1, ... as the answer to each question.

    The score of row first + i is values[b, i] - values[a, i] + values[c, i], or with a floor, which is then a number,
    values[b, i] / (values[a, i] + floor) * values[c, i]. Fastest where questions of the same a and b follow each other.

    values: (words asked about, n); questions: (q, 3), which of these a, b and c are; spellings: (n,), numbers that rows
    of the same word share; asked: (q, 3), the spellings of a, b and c, which are no answer; scores, rows: (q,), the
    best so far, changed in place.
    """
    cdef Py_ssize_t question, count = questions.shape[0], words = values.shape[0], width = values.shape[1]
    cdef int64_t a = -1, b = -1
    cdef fw2v_analogy method = FW2V_ADD if floor is None else FW2V_MULTIPLY
    cdef float least = 0 if floor is None else floor
    cdef float[::1] pair
    if spellings.shape[0] != width or scores.shape[0] != count or rows.shape[0] != count:
        raise ValueError("values, spellings, questions, scores and rows do not fit")
    if questions.shape[1] != FW2V_QUESTION_WORDS or asked.shape[0] != count or asked.shape[1] != FW2V_QUESTION_WORDS:
        raise ValueError(f"questions and asked must have {FW2V_QUESTION_WORDS} words for each of {count} questions")
    if not count or not width:
        return
    if not 0 <= np.min(questions) <= np.max(questions) < words:
        raise ValueError(f"questions must be of the {words} words of values")
    pair = np.empty(width, np.float32)
    with nogil:
        for question in range(count):
            if questions[question, 0] != a or questions[question, 1] != b:
                a, b = questions[question, 0], questions[question, 1]
                fw2v_analogy_pair(method, &values[a, 0], &values[b, 0], least, <size_t> width, &pair[0])
            fw2v_analogy_answer(
                method, &pair[0], &values[questions[question, 2], 0], &spellings[0], &asked[question, 0],
                <size_t> width, first, &scores[question], &rows[question],
            )
