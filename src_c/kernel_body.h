/* kernel_body.h: the one body of all vector kernels. A target file defines FW2V_TARGET (its name), FW2V_LANES (floats
 * in a register), FW2V_GROUP (output rows a tile of both phases holds), FW2V_WIDE (those that one of updates alone may hold)
 * and FW2V_REGISTERS, and includes this once.
 */
#include <float.h>

#include "fw2v.h"
#include "kernels.h"
#include "lanes.h"
#include "vector_math.h"
#include "window_scores.h"
#include "logistic.h"
#include "window_factors.h"
#include "window_updates.h"
#include "window_kernel.h"
#include "row_kernels.h"
#include "combine_row.h"

/* ---- the most that one core can do ---- */

/* Twelve chains hide the latency of a multiply-add on every core known (at most 5 cycles x 2 units). */
#define CHAINS 12

static double LOCAL(peak)(long rounds)
{
    V chain[CHAINS], factor = splat(0.999f), term = splat(1e-3f);
    UNROLL
    for (int k = 0; k < CHAINS; k++)
        chain[k] = splat((float)k);
    for (long r = 0; r < rounds; r++) {
        UNROLL
        for (int k = 0; k < CHAINS; k++) {
            chain[k] = chain[k] * factor + term;
            KEEP_IN_REGISTER(chain[k]);
        }
    }
    V sum = {0};
    UNROLL
    for (int k = 0; k < CHAINS; k++)
        sum += chain[k];
    volatile float sink = sum[0]; /* the chains must not be optimised away */
    (void)sink;
    return 2.0 * CHAINS * L * (double)rounds;
}

const fw2v_kernel CAT(fw2v_kernel_, FW2V_TARGET) = {
    .name = FW2V_NAME(FW2V_TARGET), .lanes = L, .begin_step = LOCAL(begin_step), .end_step = LOCAL(end_step),
    .total_loss = LOCAL(total_loss), .peak = LOCAL(peak), .step_pairs = LOCAL(step_pairs), .sum_rows = LOCAL(sum_rows),
    .add_to_rows = LOCAL(add_to_rows), .exp_row = LOCAL(exp_row),
    .combine_row = LOCAL(combine_row)};
