/* window_kernel.h: the window step of all vector kernels. Included once by kernel_body.h, behind vector_math.h.
 *
 * Two phases: factors (tiles of 2 inputs x a group of outputs: scores, lane sums by transposition, and the logistic
 * gradient while they are in registers), then updates (one pass over the rows: both products of a tile from the same
 * loads). Which rows these are is not known here, and no instruction is named: everything is GCC/Clang vector arithmetic.
 *
 * The matrix of factors has a row for each input, with 8 columns for each group of outputs: output j = group * size + k
 * stands in column 8 * group + k; columns without an output have factor 0.
 */

#define COLUMNS 8 /* of one group */
/* Inputs are scored two at a time: their columns of a group fill the widest register. */
#define PAIR_FLOATS (2 * COLUMNS)
/* Updates work on up to this many registers of a row at a time, which halves the loads of factors. */
#define MOST_CHUNKS 2
#define MOST_TILE (FW2V_WIDE > FW2V_GROUP ? FW2V_WIDE : FW2V_GROUP)

/* ---- logistic gradient ---- */

/* What a column does with its score, for two inputs side by side (2 x COLUMNS floats each). */
typedef struct {
    float sign[PAIR_FLOATS];  /* -0.0 where the label is 1, else 0.0: the score's sign is flipped by it */
    float coef[PAIR_FLOATS];  /* -rate * count, +rate * count where the label is 1; 0 where no output stands */
    float count[PAIR_FLOATS]; /* 0 where no output stands */
} LOCAL(columns);

/* Turns L scores s into factors coef * sigmoid(t) with t = -s where the label is 1, s elsewhere (the probability that
 * the pair is predicted wrongly) and adds count * log(1 + exp(t)) to *loss. */
INLINE V logistic(V s, V sign, V coef, V count, V *loss)
{
    const V one = splat(1.0f), zero = {0};
    V t = (V)((VI)s ^ (VI)sign);
    VI negative = t < zero;
    V e = exp_minus((V)((VI)t & 0x7FFFFFFF));
    *loss += count * (log_one_plus(e) + pick(negative, zero, t));
    return coef * (pick(negative, e, one) / (one + e));
}

/* ---- factors ---- */

/* Factors of two inputs against the T outputs y: the first input's 8 columns to g0, the second's to g1. */
INLINE void factor_pair(const int T, const float *x0, const float *x1, float *const *y, int dim,
                        const LOCAL(columns) * columns, float *g0, float *g1, V *loss)
{
    V a[COLUMNS] = {{0}}, b[COLUMNS] = {{0}}, sums[PAIR_FLOATS / L];
    for (int d = 0; d < dim; d += L) {
        V p = load(x0 + d), q = load(x1 + d);
        UNROLL
        for (int j = 0; j < T; j++) {
            V row = load(y[j] + d);
            KEEP_IN_REGISTER(row); /* else the compiler loads it for each of the two products */
            a[j] += p * row;
            b[j] += q * row;
        }
    }
    lane_sums(a, b, sums);
    UNROLL
    for (int k = 0; k < PAIR_FLOATS / L; k++)
        sums[k] = logistic(sums[k], load(columns->sign + k * L), load(columns->coef + k * L),
                           load(columns->count + k * L), loss);
#if L == 16
    if (g1 == g0 + COLUMNS) {
        store(g0, sums[0]);
        return;
    }
#endif
    memcpy(g0, sums, sizeof(float) * COLUMNS);
    memcpy(g1, (const char *)sums + sizeof(float) * COLUMNS, sizeof(float) * COLUMNS);
}

/* Factors of all inputs against one group; an input left over is paired with itself and counted once. */
INLINE V factor_group(const int T, const float *const *x, int n_in, float *const *y, int dim,
                      LOCAL(columns) * columns, float *g, int cols)
{
    V loss = {0};
    int i = 0;
    for (; i + 1 < n_in; i += 2)
        factor_pair(T, x[i], x[i + 1], y, dim, columns, g + (size_t)i * cols, g + (size_t)(i + 1) * cols, &loss);
    if (i < n_in) {
        memset(columns->count + COLUMNS, 0, sizeof(float) * COLUMNS);
        factor_pair(T, x[i], x[i], y, dim, columns, g + (size_t)i * cols, g + (size_t)(i + 1) * cols, &loss);
    }
    return loss;
}

/* ---- updates ---- */

/* x_new[i] += sum_j g_ij y[j], y_new[j] += sum_i g_ij x[i] for T outputs, of groups of SIZE, on C * L floats of each row
 * from d on; x and y are old values. */
INLINE void update_chunk(const int T, const int SIZE, const int C, const float *const *x, float *const *x_new, int n_in,
                         float *const *y, float *const *y_new, int d, const float *g, int cols)
{
    V row[MOST_TILE][MOST_CHUNKS], change[MOST_TILE][MOST_CHUNKS];
    UNROLL
    for (int j = 0; j < T; j++)
        UNROLL
        for (int c = 0; c < C; c++) {
            row[j][c] = load(y[j] + d + c * L);
            change[j][c] = (V){0};
        }
    for (int i = 0; i < n_in; i++) {
        const float *factor = g + (size_t)i * cols;
        V in[MOST_CHUNKS], sum[MOST_CHUNKS];
        UNROLL
        for (int c = 0; c < C; c++) {
            in[c] = load(x[i] + d + c * L);
            sum[c] = load(x_new[i] + d + c * L);
        }
        UNROLL
        for (int j = 0; j < T; j++) {
            V f = splat(factor[j / SIZE * COLUMNS + j % SIZE]);
            UNROLL
            for (int c = 0; c < C; c++) {
                sum[c] += f * row[j][c];
                change[j][c] += f * in[c];
            }
        }
        UNROLL
        for (int c = 0; c < C; c++)
            store(x_new[i] + d + c * L, sum[c]);
    }
    UNROLL
    for (int j = 0; j < T; j++)
        UNROLL
        for (int c = 0; c < C; c++)
            store(y_new[j] + d + c * L, load(y_new[j] + d + c * L) + change[j][c]);
}

/* A tile keeps 2 * T * C registers for rows and changes; the rest must hold inputs and a factor. */
#define FREE_REGISTERS 5

INLINE void update_tile(const int T, const int SIZE, const float *const *x, float *const *x_new, int n_in, float *const *y,
                         float *const *y_new, int dim, const float *g, int cols)
{
    int d = 0;
    if (2 * T * MOST_CHUNKS + FREE_REGISTERS <= FW2V_REGISTERS)
        for (; d + MOST_CHUNKS * L <= dim; d += MOST_CHUNKS * L)
            update_chunk(T, SIZE, MOST_CHUNKS, x, x_new, n_in, y, y_new, d, g, cols);
    for (; d < dim; d += L)
        update_chunk(T, SIZE, 1, x, x_new, n_in, y, y_new, d, g, cols);
}

/* ---- rows that stand twice ---- */

/* Whether two pointers of the list may be equal; never no when two are. tags: n + L floats of scratch. */
INLINE int may_repeat(float *const *rows, int n, float *tags)
{
    int32_t *tag = (int32_t *)tags;
    for (int i = 0; i < n; i++)
        tag[i] = (int32_t)((uintptr_t)rows[i] >> 4);
    for (int i = 0; i < L; i++) /* padding that differs from lane to lane; rows of whole lines never have such tags */
        tag[n + i] = 2 * i + 1;
    typedef int32_t VIU __attribute__((vector_size(4 * L), aligned(4), may_alias));
    VI same = {0};
    for (int distance = 1; distance < n; distance++)
        for (int i = 0; i < n - distance; i += L) {
            VI here = *(const VIU *)(tag + i), there = *(const VIU *)(tag + i + distance);
            same |= here == there;
        }
    int64_t any = 0, words[sizeof(VI) / sizeof(int64_t)];
    memcpy(words, &same, sizeof same);
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
        any |= words[k];
    return any != 0;
}

/* ---- the step ---- */

/* A group's size is a constant in each case, so that its tile lives in registers. */
#if FW2V_GROUP == 8
#define FOR_SIZE(size, CALL)                                                                                           \
    switch (size) {                                                                                                    \
    case 1: CALL(1); break;                                                                                            \
    case 2: CALL(2); break;                                                                                            \
    case 3: CALL(3); break;                                                                                            \
    case 4: CALL(4); break;                                                                                            \
    case 5: CALL(5); break;                                                                                            \
    case 6: CALL(6); break;                                                                                            \
    case 7: CALL(7); break;                                                                                            \
    default: CALL(8);                                                                                                  \
    }
#elif FW2V_GROUP == 6
#define FOR_SIZE(size, CALL)                                                                                           \
    switch (size) {                                                                                                    \
    case 1: CALL(1); break;                                                                                            \
    case 2: CALL(2); break;                                                                                            \
    case 3: CALL(3); break;                                                                                            \
    case 4: CALL(4); break;                                                                                            \
    case 5: CALL(5); break;                                                                                            \
    default: CALL(6);                                                                                                  \
    }
#endif

static V LOCAL(factors)(int size, const float *const *x, int n_in, float *const *y, int dim, LOCAL(columns) * columns,
                        float *g, int cols)
{
    V loss = {0};
#define CALL(T) loss = factor_group(T, x, n_in, y, dim, columns, g, cols)
    FOR_SIZE(size, CALL)
#undef CALL
    return loss;
}

static void LOCAL(update)(int size, const float *const *x, float *const *x_new, int n_in, float *const *y,
                          float *const *y_new, int dim, const float *g, int cols)
{
#define CALL(T) update_tile(T, T, x, x_new, n_in, y, y_new, dim, g, cols)
    FOR_SIZE(size, CALL)
#undef CALL
}

#if FW2V_WIDE > FW2V_GROUP
/* Two groups of outputs, (n_out + 1) / 2 in each, in one pass over the inputs. */
static void LOCAL(update_wide)(int n_out, const float *const *x, float *const *x_new, int n_in, float *const *y,
                               float *const *y_new, int dim, const float *g, int cols)
{
#define CALL(T) update_tile(T, (T + 1) / 2, x, x_new, n_in, y, y_new, dim, g, cols)
    switch (n_out) {
    case 9: CALL(9); break;
    case 10: CALL(10); break;
    case 11: CALL(11); break;
    default: CALL(12);
    }
#undef CALL
}
#endif

/* Copies rows to `*space`, points `copies` at the copies, and moves `*space` behind them. */
static void LOCAL(copy_rows)(float *const *rows, int n, int dim, float **copies, float **space)
{
    for (int i = 0; i < n; i++) {
        memcpy(*space, rows[i], sizeof(float) * (size_t)dim);
        copies[i] = *space;
        *space += dim;
    }
}

/* The contract stands in fw2v.h. */
static double LOCAL(step)(float *const *inputs, float *const *changed, int n_in, float *const *outputs,
                          const float *labels, const float *counts, int n_out, int dim, float rate, float *work)
{
    if (n_in <= 0 || n_out <= 0)
        return 0.0;
    const int groups = (n_out + FW2V_GROUP - 1) / FW2V_GROUP, size = (n_out + groups - 1) / groups;
    const int cols = groups * COLUMNS;

    float *g = work, *space = g + (size_t)(n_in + 1) * (size_t)cols;

    /* One pass reads and writes each number of a row at once, so only an input that stands twice needs its old value
     * kept; over several passes all inputs do, and outputs that stand in more than one. Inputs whose changes go
     * elsewhere keep their values anyway. */
    const int one_pass = groups == 1 || n_out <= FW2V_WIDE;
    const int keep_inputs = changed == inputs && (!one_pass || may_repeat(inputs, n_in, space));
    const int keep_outputs = groups > 1 && may_repeat(outputs, n_out, space);
    float *const *x = inputs, *const *y = outputs;
    if (keep_inputs) {
        float **copies = (float **)(void *)space;
        space += fw2v_pointer_floats(n_in);
        LOCAL(copy_rows)(inputs, n_in, dim, copies, &space);
        x = copies;
    }
    if (keep_outputs) {
        float **copies = (float **)(void *)space;
        space += fw2v_pointer_floats(n_out);
        LOCAL(copy_rows)(outputs, n_out, dim, copies, &space);
        y = copies;
    }

    V loss = {0};
    for (int group = 0, j = 0; group < groups; group++, j += size) {
        const int here = n_out - j < size ? n_out - j : size;
        LOCAL(columns) columns;
        memset(&columns, 0, sizeof columns);
        for (int k = 0; k < here; k++) {
            const int wanted = labels[j + k] != 0;
            columns.sign[k] = columns.sign[COLUMNS + k] = wanted ? -0.0f : 0.0f;
            columns.coef[k] = columns.coef[COLUMNS + k] = (wanted ? rate : -rate) * counts[j + k];
            columns.count[k] = columns.count[COLUMNS + k] = counts[j + k];
        }
        loss += LOCAL(factors)(here, (const float *const *)x, n_in, y + j, dim, &columns, g + group * COLUMNS, cols);
    }
    const double total = lane_sum(loss);
    if (!(total <= DBL_MAX)) /* not-a-number and infinity */
        return total;
#if FW2V_WIDE > FW2V_GROUP
    if (groups > 1 && one_pass) {
        LOCAL(update_wide)(n_out, (const float *const *)x, changed, n_in, y, outputs, dim, g, cols);
        return total;
    }
#endif
    for (int group = 0, j = 0; group < groups; group++, j += size)
        LOCAL(update)(n_out - j < size ? n_out - j : size, (const float *const *)x, changed, n_in, y + j, outputs + j,
                      dim, g + group * COLUMNS, cols);
    return total;
}

/* The contract stands in fw2v.h. */
static double LOCAL(step_pairs)(float *const *inputs, float *const *changed, float *const *outputs,
                                const float *labels, const float *counts, int n, int dim, float rate, float *work)
{
    V loss = {0};
    for (int i = 0; i < n; i += COLUMNS) {
        const int here = n - i < COLUMNS ? n - i : COLUMNS;
        V a[COLUMNS] = {{0}}, b[COLUMNS] = {{0}}, sums[PAIR_FLOATS / L];
        LOCAL(columns) columns;
        memset(&columns, 0, sizeof columns);
        for (int k = 0; k < here; k++) {
            const float *x = inputs[i + k], *y = outputs[i + k];
            V sum = {0};
            for (int d = 0; d < dim; d += L)
                sum += load(x + d) * load(y + d);
            a[k] = sum;
            const int wanted = labels[i + k] != 0;
            columns.sign[k] = wanted ? -0.0f : 0.0f;
            columns.coef[k] = (wanted ? rate : -rate) * counts[i + k];
            columns.count[k] = counts[i + k];
        }
        lane_sums(a, b, sums);
        UNROLL
        for (int k = 0; k < PAIR_FLOATS / L; k++)
            sums[k] = logistic(sums[k], load(columns.sign + k * L), load(columns.coef + k * L),
                               load(columns.count + k * L), &loss);
        memcpy(work + i, sums, sizeof(float) * COLUMNS);
    }
    const double total = lane_sum(loss);
    if (!(total <= DBL_MAX)) /* not-a-number and infinity */
        return total;
    for (int i = 0; i < n; i++) {
        const V factor = splat(work[i]);
        for (int d = 0; d < dim; d += L) {
            const V x = load(inputs[i] + d), y = load(outputs[i] + d);
            store(changed[i] + d, load(changed[i] + d) + factor * y);
            store(outputs[i] + d, y + factor * x);
        }
    }
    return total;
}
