/* merge_rows.h: bringing a thread's own copy of shared rows together with them.
 *
 * Which rows, and when, is the caller's business.
 */
#ifndef FW2V_MERGE_ROWS_H
#define FW2V_MERGE_ROWS_H

#include <stddef.h>

/* shared += own - before; own = before = shared, for n floats: what the thread changed since the last time goes to the
 * others, what they changed comes in. The three arrays do not overlap. Other threads may do the same with `shared` at
 * once; changes may then be lost (Hogwild). */
static inline void fw2v_merge_rows(float *restrict shared, float *restrict own, float *restrict before, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const float now = shared[k] + (own[k] - before[k]);
        shared[k] = own[k] = before[k] = now;
    }
}

#endif
