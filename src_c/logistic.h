/* logistic.h: from scores in registers to the factors of a logistic gradient, and the loss. Included once by
 * kernel_body.h, behind window_scores.h. Which rows the scores come from is not known here.
 */

/* The columns of a group repeat every so many registers. */
#define PATTERN (L < COLUMNS ? COLUMNS / L : 1)
/* Inputs whose scores stand in one such pattern. */
#define PATTERN_INPUTS (PATTERN * L / COLUMNS)

/* ---- the loss ---- */

/* log(1 + exp(t)) is max(t, 0) + log(1 + e) with e = exp(-|t|). Of the first part twice the value, t + |t|, is summed; of
 * the second, which costs more than all the rest, q is kept with 1 + q = the product of all 1 + e in a lane, and one
 * logarithm is taken before the product can overflow, each factor being at most 2. q itself is kept, not 1 + q, so that
 * small e are not lost. */
#define MOST_FACTORS 120

/* What both parts of a lane come to. */
INLINE V loss_of(V q, V twice)
{
    const int32_t one_bits = 0x3F800000, exponent_bits = 0x7F800000;
    const V product = q + splat(1.0f);
    /* product = 2^whole * (1 + f), with f from q itself: exact where whole is 0. */
    const VI exponent = (VI)product & exponent_bits, whole = (exponent - one_bits) >> 23;
    const V scale = (V)(2 * one_bits - exponent), f = q * scale + (scale - splat(1.0f));
    return log_one_plus(f) + __builtin_convertvector(whole, V) * splat(0.693147181f) + twice * splat(0.5f);
}

/* Puts what stands in the lanes into the total. */
static void LOCAL(settle)(fw2v_loss *loss)
{
    for (int k = 0; k < FW2V_ROW_FLOATS; k += L)
        loss->total += lane_sum(loss_of(load(loss->product + k), load(loss->linear + k)));
    const V zero_or_lost = splat((float)(loss->total - loss->total)); /* a loss that is no number stays none */
    for (int k = 0; k < FW2V_ROW_FLOATS; k += L) {
        store(loss->product + k, zero_or_lost);
        store(loss->linear + k, (V){0});
    }
    loss->factors = 0;
}

static double LOCAL(total_loss)(fw2v_loss *loss)
{
    LOCAL(settle)(loss);
    return loss->total;
}

/* ---- factors ---- */

/* The bits of -1000: a score of 0 becomes that number when they are flipped, and costs nothing. */
#define NOBODY ((int32_t)0xC47A0000)

/* What a column does with its score, whose sign bits are flipped by `sign`. */
typedef struct {
    VI sign[PATTERN]; /* the sign bit where the label is 1, else 0; NOBODY where no output stands */
    V coef[PATTERN];  /* -rate * count, +rate * count where the label is 1 */
    V count[PATTERN]; /* 0 where no output stands */
} LOCAL(columns);

/* The columns of `size` outputs; COLUMNS floats of labels and counts are read. */
INLINE LOCAL(columns) columns_of(const float *labels, const float *counts, int size, float rate)
{
    LOCAL(columns) columns;
    UNROLL
    for (int k = 0; k < PATTERN; k++) {
        const VI here = column_numbers(k * L) < size;
        const VI wanted = (load_columns(labels + k * L) != (V){0}) & INT32_MIN;
        columns.sign[k] = (here & wanted) | (~here & NOBODY);
        columns.count[k] = (V)(here & (VI)load_columns(counts + k * L));
        columns.coef[k] = (V)((VI)(columns.count[k] * splat(-rate)) ^ wanted);
    }
    return columns;
}

/* Whether all of `size` counts are 1. */
INLINE int all_one(const LOCAL(columns) * columns, int size)
{
    VI others = {0};
    UNROLL
    for (int k = 0; k < PATTERN; k++)
        others |= (column_numbers(k * L) < size) & (columns->count[k] != splat(1.0f));
    return !any_lane(others);
}

/* The two parts of a window's loss, a pattern of lanes each. */
typedef struct {
    V product[PATTERN], linear[PATTERN];
} LOCAL(lanes);

/* Where a window's loss is summed. A lane belongs to one column: where all count once (`plain`), windows go on where the
 * last one stopped, with so many `factors` more; else what the lanes come to is weighted behind each window. */
INLINE LOCAL(lanes) lanes_of(fw2v_loss *loss, int factors, int plain)
{
    LOCAL(lanes) lanes = {{{0}}, {{0}}};
    if (!plain)
        return lanes;
    loss->factors += factors;
    if (loss->factors > MOST_FACTORS) {
        LOCAL(settle)(loss);
        loss->factors = factors;
    }
    UNROLL
    for (int k = 0; k < PATTERN; k++) {
        lanes.product[k] = load(loss->product + k * L);
        lanes.linear[k] = load(loss->linear + k * L);
    }
    return lanes;
}

/* Returns whether the loss is still a number. */
INLINE int add_lanes(fw2v_loss *loss, const LOCAL(lanes) * lanes, const LOCAL(columns) * columns, int plain)
{
    VI bad = {0};
    UNROLL
    for (int k = 0; k < PATTERN; k++) {
        V product = lanes->product[k], linear = lanes->linear[k];
        if (!plain) {
            linear = load(loss->linear + k * L) + loss_of(product, linear) * (columns->count[k] + columns->count[k]);
            product = load(loss->product + k * L);
        }
        store(loss->product + k * L, product);
        store(loss->linear + k * L, linear);
        const V sum = product + linear;
        bad |= (VI)(sum - sum) != 0; /* infinite less infinite is no number */
    }
    return !any_lane(bad);
}

/* Turns N registers of scores s into factors coef * sigmoid(t) with t = -s where the label is 1, s elsewhere (the
 * probability that the pair is predicted wrongly), and adds the loss. odd: the last of several inputs in a
 * register is nobody's. */
INLINE void logistic(const int N, int odd, V *scores, const LOCAL(columns) * columns, LOCAL(lanes) * lanes)
{
    const V one = splat(1.0f), zero = {0};
    V t[MOST_SIDE_BY_SIDE], e[MOST_SIDE_BY_SIDE];
    UNROLL
    for (int k = 0; k < N; k++)
        t[k] = (V)((VI)scores[k] ^ columns->sign[k % PATTERN]);
    if (L > COLUMNS) {
        const VI nobody = lane_numbers() >= (odd ? COLUMNS : L);
        t[N - 1] = pick(nobody, (V)(nobody & NOBODY), t[N - 1]);
    }
    UNROLL
    for (int k = 0; k < N; k++)
        e[k] = (V)((VI)t[k] | INT32_MIN);
    /* t + |t|, which is no number for an infinite t: such a pair would cost nothing, but its rows are lost. */
    UNROLL
    for (int k = 0; k < N; k++)
        lanes->linear[k % PATTERN] += t[k] - e[k];
    exp_of_negative(N, e);
    UNROLL
    for (int k = 0; k < N; k++)
        scores[k] = columns->coef[k % PATTERN] * pick(t[k] < zero, e[k], one) / (one + e[k]);
    UNROLL
    for (int k = 0; k < N; k++)
        lanes->product[k % PATTERN] += (lanes->product[k % PATTERN] + one) * e[k];
}
