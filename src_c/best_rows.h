/* best_rows.h: the largest of many scores, kept as they come. Rows are numbers here; vectors and words are not known. */
#ifndef FW2V_BEST_ROWS_H
#define FW2V_BEST_ROWS_H

#include <stddef.h>
#include <stdint.h>

/* Offers `count` rows to a list of the `kept` best.
 *
 *   score of row first + i = products[i] * scales[i]
 *
 *   products, scales  `count` floats each, only read
 *   scores, rows      `kept` > 0 each, best first; a free place holds -INFINITY. Changed; must not overlap the inputs
 *
 * A row enters in front of those with a smaller score and behind those with an equal one; NaN never enters. Pure: safe
 * from any number of threads on different lists. */
void fw2v_keep_best(const float *products, const float *scales, size_t count, int64_t first, size_t kept, float *scores,
                    int64_t *rows);

#endif
