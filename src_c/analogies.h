/* analogies.h: which of many rows answers a question a : b = c : ? best, from rows of cosines. Rows and spellings are
 * numbers here; vectors and words are not known. */
#ifndef FW2V_ANALOGIES_H
#define FW2V_ANALOGIES_H

#include <stddef.h>
#include <stdint.h>

enum { FW2V_QUESTION_WORDS = 3 }; /* a, b, c */

/* How the score of a row is made of the values of a, b and c for it. */
typedef enum {
    FW2V_ADD,     /* b - a + c */
    FW2V_MULTIPLY /* b / (a + floor) * c */
} fw2v_analogy;

/* What the words a and b alone add to the scores: b - a, or b / (a + floor).
 *
 *   a, b  `count` floats each, only read
 *   pair  `count` floats; must not overlap them */
void fw2v_analogy_pair(fw2v_analogy method, const float *a, const float *b, float floor, size_t count, float *pair);

/* Offers rows first, first + 1, ... as the answer to one question.
 *
 *   score of row first + i = pair[i] + c[i], or pair[i] * c[i]
 *
 *   pair, c    `count` floats each, only read
 *   spellings  `count` numbers; rows of equal ones are the same word, but for case
 *   asked      the spellings of a, b and c; rows that have one of them are no answer
 *   score, row the best so far, changed in place if there is a better one
 *
 * Of rows with equal scores the first offered stays; NaN never becomes the answer. Pure: safe from any number of threads
 * on different answers. */
void fw2v_analogy_answer(fw2v_analogy method, const float *pair, const float *c, const int64_t *spellings,
                         const int64_t *asked, size_t count, int64_t first, float *score, int64_t *row);

#endif
