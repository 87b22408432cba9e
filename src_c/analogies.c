/* Scores of analogies, made and compared in one go: nearly all are smaller than the best so far, so groups of them are
 * passed over with one comparison of vectors, and only of the others is it asked which words they are. See analogies.h
 * for the contract.
 */
#include "analogies.h"

enum { GROUP = 32 }; /* scores compared at once: a few vector registers on any machine */

static inline float combined(fw2v_analogy method, float pair, float c) {
    return method == FW2V_ADD ? pair + c : pair * c;
}

static int is_asked(int64_t spelling, const int64_t *asked) {
    for (int i = 0; i < FW2V_QUESTION_WORDS; i++)
        if (spelling == asked[i])
            return 1;
    return 0;
}

/* Inlined once for each method, which is then no question of the loops. */
static inline void answer(fw2v_analogy method, const float *pair, const float *c, const int64_t *spellings,
                          const int64_t *asked, size_t count, int64_t first, float *score, int64_t *row) {
    float best = *score;
    for (size_t begin = 0; begin < count; begin += GROUP) {
        size_t end = begin + GROUP < count ? begin + GROUP : count;
        if (end - begin == GROUP) {
            int any = 0;
            for (size_t j = 0; j < GROUP; j++)
                any |= combined(method, pair[begin + j], c[begin + j]) > best;
            if (!any)
                continue;
        }
        for (size_t i = begin; i < end; i++) {
            float value = combined(method, pair[i], c[i]);
            if (value > best && !is_asked(spellings[i], asked)) {
                best = value;
                *row = first + (int64_t)i;
            }
        }
    }
    *score = best;
}

void fw2v_analogy_pair(fw2v_analogy method, const float *a, const float *b, float floor, size_t count, float *pair) {
    if (method == FW2V_ADD)
        for (size_t i = 0; i < count; i++)
            pair[i] = b[i] - a[i];
    else
        for (size_t i = 0; i < count; i++)
            pair[i] = b[i] / (a[i] + floor);
}

void fw2v_analogy_answer(fw2v_analogy method, const float *pair, const float *c, const int64_t *spellings,
                         const int64_t *asked, size_t count, int64_t first, float *score, int64_t *row) {
    if (method == FW2V_ADD)
        answer(FW2V_ADD, pair, c, spellings, asked, count, first, score, row);
    else
        answer(FW2V_MULTIPLY, pair, c, spellings, asked, count, first, score, row);
}
