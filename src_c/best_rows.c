/* The largest of many scores: almost all are smaller than the least that is kept, so groups of them are passed over with
 * one comparison of vectors. See best_rows.h for the contract.
 */
#include "best_rows.h"

enum { GROUP = 32 }; /* scores compared at once: a few vector registers on any machine */

static void offer(float score, int64_t row, size_t kept, float *scores, int64_t *rows) {
    size_t place = kept - 1;
    if (!(score > scores[place]))
        return;
    for (; place > 0 && score > scores[place - 1]; place--) {
        scores[place] = scores[place - 1];
        rows[place] = rows[place - 1];
    }
    scores[place] = score;
    rows[place] = row;
}

void fw2v_keep_best(const float *products, const float *scales, size_t count, int64_t first, size_t kept, float *scores,
                    int64_t *rows) {
    size_t i = 0;
    for (; i + GROUP <= count; i += GROUP) {
        float least = scores[kept - 1];
        int any = 0;
        for (size_t j = 0; j < GROUP; j++)
            any |= products[i + j] * scales[i + j] > least;
        if (any)
            for (size_t j = 0; j < GROUP; j++)
                offer(products[i + j] * scales[i + j], first + (int64_t)(i + j), kept, scores, rows);
    }
    for (; i < count; i++)
        offer(products[i] * scales[i], first + (int64_t)i, kept, scores, rows);
}
