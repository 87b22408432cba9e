/* logistic.h: from scores to the factors of a logistic gradient, and the loss. Included once by kernel_body.h, behind
 * window_scores.h. Which rows the scores come from is not known here.
 *
 * Several registers go through each operation side by side: one alone would wait for its own results all the time.
 */

/* Registers side by side. */
#define AT_ONCE MOST_SIDE_BY_SIDE
/* The columns of a group repeat every so many registers. */
#define PATTERN (L < COLUMNS ? COLUMNS / L : 1)

/* ---- the loss ---- */

/* log(1 + exp(t)) is max(t, 0) + log(1 + e) with e = exp(-|t|). The first part is summed; of the second, which costs more
 * than all the rest, q is kept with 1 + q = the product of all 1 + e in a lane, and one logarithm is taken before the
 * product can overflow, each factor being at most 2. q itself is kept, not 1 + q, so that small e are not lost. */
#define MOST_FACTORS 120

/* Puts what stands in the lanes into the total. */
static void LOCAL(settle)(fw2v_loss *loss)
{
    const int32_t one_bits = 0x3F800000, exponent_bits = 0x7F800000;
    double total = 0;
    for (int k = 0; k < FW2V_ROW_FLOATS; k += L) {
        const V q = load(loss->product + k), product = q + splat(1.0f);
        /* product = 2^whole * (1 + f), with f from q itself: exact where whole is 0. */
        const VI exponent = (VI)product & exponent_bits, whole = (exponent - one_bits) >> 23;
        const V scale = (V)(2 * one_bits - exponent), f = q * scale + (scale - splat(1.0f));
        const V logs = log_one_plus(f) + __builtin_convertvector(whole, V) * splat(0.693147181f);
        total += lane_sum(logs + load(loss->linear + k));
        store(loss->product + k, (V){0});
        store(loss->linear + k, (V){0});
    }
    loss->total += total;
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
    int plain;        /* all counts are 1 */
} LOCAL(columns);

/* The columns of `size` outputs; COLUMNS floats of labels and counts are read. */
INLINE LOCAL(columns) columns_of(const float *labels, const float *counts, int size, float rate)
{
    LOCAL(columns) columns;
    UNROLL
    for (int k = 0; k < PATTERN; k++) {
        const VI here = column_numbers(k * L) < size;
        const VI wanted = load_columns(labels + k * L) != (V){0};
        columns.sign[k] = (here & wanted & INT32_MIN) | (~here & NOBODY);
        columns.count[k] = (V)(here & (VI)load_columns(counts + k * L));
        columns.coef[k] = (V)((VI)(columns.count[k] * splat(-rate)) ^ (wanted & INT32_MIN));
    }
    columns.plain = 1;
    for (int j = 0; j < size; j++)
        columns.plain &= counts[j] == 1.0f;
    return columns;
}

/* Turns N registers of scores s into factors coef * sigmoid(t) with t = -s where the label is 1, s elsewhere (the
 * probability that the pair is predicted wrongly), and adds the loss. Rows from n_rows on are nobody's: the scores of
 * an odd row leave half of the widest register to them. */
INLINE void logistic(const int N, float *scores, int n_rows, const LOCAL(columns) * columns, V *product, V *linear)
{
    const V one = splat(1.0f), zero = {0};
    V t[AT_ONCE], e[AT_ONCE];
    UNROLL
    for (int k = 0; k < N; k++)
        t[k] = (V)((VI)load(scores + k * L) ^ columns->sign[k % PATTERN]);
#if L > COLUMNS
    const VI nobody = column_numbers(0) != lane_numbers();
    if (n_rows & 1)
        t[N - 1] = pick(nobody, (V)(nobody & NOBODY), t[N - 1]);
#else
    (void)n_rows;
#endif
    UNROLL
    for (int k = 0; k < N; k++)
        e[k] = (V)((VI)t[k] & INT32_MAX);
    exp_minus(N, e);
    UNROLL
    for (int k = 0; k < N; k++)
        store(scores + k * L, columns->coef[k % PATTERN] * (pick(t[k] < zero, e[k], one) / (one + e[k])));
    /* t * 0, which is no number for an infinite t: such a pair would cost nothing, but its rows are lost. */
    if (columns->plain) {
        UNROLL
        for (int k = 0; k < N; k++) {
            *product += (*product + one) * e[k];
            *linear += pick(t[k] < zero, t[k] * zero, t[k]);
        }
    } else {
        UNROLL
        for (int k = 0; k < N; k++)
            *linear += columns->count[k % PATTERN] * (log_one_plus(e[k]) + pick(t[k] < zero, t[k] * zero, t[k]));
    }
}

/* The factors of n_in rows of scores, in their place. */
static void LOCAL(factors)(float *scores, int n_in, const LOCAL(columns) * columns, fw2v_loss *loss)
{
    const int n = (n_in * COLUMNS + L - 1) / L;
    V product = load(loss->product), linear = load(loss->linear);
    int k = 0;
    for (; k < n - AT_ONCE; k += AT_ONCE) {
        loss->factors += AT_ONCE;
        if (loss->factors > MOST_FACTORS) {
            store(loss->product, product);
            store(loss->linear, linear);
            LOCAL(settle)(loss);
            product = linear = (V){0};
            loss->factors = AT_ONCE;
        }
        logistic(AT_ONCE, scores + k * L, 0, columns, &product, &linear);
    }
    loss->factors += AT_ONCE;
    switch (n - k) {
    case 1: logistic(1, scores + k * L, n_in, columns, &product, &linear); break;
    case 2: logistic(2, scores + k * L, n_in, columns, &product, &linear); break;
    case 3: logistic(3, scores + k * L, n_in, columns, &product, &linear); break;
    default: logistic(AT_ONCE, scores + k * L, n_in, columns, &product, &linear);
    }
    store(loss->product, product);
    store(loss->linear, linear);
    if (loss->factors > MOST_FACTORS)
        LOCAL(settle)(loss);
}

/* Whether the loss is still a number: neither not-a-number nor infinite in any lane. */
INLINE int is_finite(const fw2v_loss *loss)
{
    const V sum = load(loss->product) + load(loss->linear);
    const VI bad = (VI)(sum - sum) != 0; /* infinite less infinite is no number */
    int64_t any = 0, words[sizeof(VI) / sizeof(int64_t)];
    memcpy(words, &bad, sizeof bad);
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        any |= words[k];
    return any == 0 && loss->total - loss->total == 0;
}
