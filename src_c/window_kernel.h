/* window_kernel.h: the window step of all vector kernels, put together from scores, factors and updates.
 * Included once by kernel_body.h, behind window_updates.h.
 *
 * Outputs are taken in groups that a tile of registers holds. Which rows these are is not known here, and no instruction
 * is named: everything is GCC/Clang vector arithmetic.
 */

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
    return any_lane(same);
}

/* Copies of the rows, from `*space` on, which is moved behind them. */
static const float *const *LOCAL(copy_rows)(float *const *rows, int n, int dim, float **space)
{
    const float **copies = (const float **)(void *)*space;
    *space += fw2v_pointer_floats(n);
    for (int i = 0; i < n; i++) {
        memcpy(*space, rows[i], sizeof(float) * (size_t)dim);
        copies[i] = *space;
        *space += dim;
    }
    return copies;
}

/* Rows of zeros, from `space` on. */
static float *const *LOCAL(zero_rows)(int n, int dim, float *space)
{
    float **rows = (float **)(void *)space;
    space += fw2v_pointer_floats(n);
    memset(space, 0, sizeof(float) * (size_t)n * (size_t)dim);
    for (int i = 0; i < n; i++)
        rows[i] = space + (size_t)i * (size_t)dim;
    return rows;
}

/* ---- the step ---- */

/* How the outputs are cut into groups, and where the factors of the next group stand behind those of one. */
#define GROUPS(n_out) (((n_out) + FW2V_GROUP - 1) / FW2V_GROUP)
#define GROUP_SIZE(n_out) (((n_out) + GROUPS(n_out) - 1) / GROUPS(n_out))
#define NEXT_GROUP(n_in) ((size_t)((n_in) + 1) * COLUMNS)

/* The contract stands in fw2v.h. */
static int LOCAL(begin_step)(float *const *inputs, int n_in, float *const *outputs, const float *labels,
                             const float *counts, int n_out, int dim, float rate, float *work, fw2v_loss *loss)
{
    if (n_in <= 0 || n_out <= 0)
        return 1;
    if (n_out <= FW2V_GROUP && n_in <= MOST_AT_ONCE)
        return LOCAL(factors)(n_out, (const float *const *)inputs, n_in, outputs, labels, counts, dim, rate, work, loss);
    const int size = GROUP_SIZE(n_out);
    int finite = 1;
    for (int j = 0; j < n_out; j += size, work += NEXT_GROUP(n_in)) {
        const int here = n_out - j < size ? n_out - j : size;
        for (int i = 0; i < n_in; i += MOST_AT_ONCE)
            finite &= LOCAL(factors)(here, (const float *const *)inputs + i,
                                     n_in - i < MOST_AT_ONCE ? n_in - i : MOST_AT_ONCE, outputs + j, labels + j,
                                     counts + j, dim, rate, work + (size_t)i * COLUMNS, loss);
    }
    return finite;
}

/* The contract stands in fw2v.h. */
static void LOCAL(end_step)(float *const *inputs, float *const *changed, int n_in, float *const *outputs, int n_out,
                            int dim, int differ, float *work)
{
    if (n_in <= 0 || n_out <= 0)
        return;
    const float *const *x = (const float *const *)inputs;
    const int where = changed == inputs ? LOCAL(IN_PLACE) : LOCAL(ELSEWHERE);
    const int all_differ = FW2V_INPUTS_DIFFER | FW2V_OUTPUTS_DIFFER;
    if ((differ & all_differ) == all_differ && n_out <= FW2V_GROUP) {
        LOCAL(update)(n_out, where, x, changed, n_in, outputs, dim, work);
        return;
    }
    const int size = GROUP_SIZE(n_out);
    const size_t next = NEXT_GROUP(n_in);
    float *space = work + next * (size_t)GROUPS(n_out);

    /* One pass reads and writes each number of a row at once, so only a row that stands twice needs its old value kept.
     * Inputs whose changes go elsewhere keep their values anyway. */
    const int keep_outputs = !(differ & FW2V_OUTPUTS_DIFFER) && may_repeat(outputs, n_out, space);
    const int same_inputs = !(differ & FW2V_INPUTS_DIFFER) && may_repeat(inputs, n_in, space);
    const int keep_inputs = where == LOCAL(IN_PLACE) && (keep_outputs || same_inputs);
    if (keep_inputs)
        x = LOCAL(copy_rows)(inputs, n_in, dim, &space);

    if (keep_outputs) {
        const float *const *y = LOCAL(copy_rows)(outputs, n_out, dim, &space);
        for (int j = 0; j < n_out; j += size, work += next)
            LOCAL(update_pairs)(n_out - j < size ? n_out - j : size, x, changed, n_in, y + j, outputs + j, dim, work);
        return;
    }
    int passes = keep_inputs ? LOCAL(ELSEWHERE) : where;
#if FW2V_WIDE > FW2V_GROUP
    if (FW2V_GROUP < n_out && n_out <= FW2V_WIDE) {
        LOCAL(update_wide)(n_out, passes, x, changed, n_in, outputs, dim, work, next);
        return;
    }
#endif
    /* Over several passes all inputs need their old values: their changes gather elsewhere until the last one. */
    const int gather = passes == LOCAL(IN_PLACE) && n_out > size;
    if (gather) {
        changed = LOCAL(zero_rows)(n_in, dim, space);
        passes = LOCAL(ELSEWHERE);
    }
    for (int j = 0; j < n_out; j += size, work += next) {
        const int here = n_out - j < size ? n_out - j : size;
        if (gather && j + size >= n_out)
            passes = LOCAL(GATHERED);
        LOCAL(update)(here, passes, x, changed, n_in, outputs + j, dim, work);
    }
}

/* The contract stands in fw2v.h. */
static int LOCAL(step_pairs)(float *const *inputs, float *const *changed, float *const *outputs, const float *labels,
                             const float *counts, int n, int dim, float rate, float *work, fw2v_loss *loss)
{
    int finite = 1;
    for (int i = 0; i < n; i += COLUMNS) {
        const int here = n - i < COLUMNS ? n - i : COLUMNS;
        V a[COLUMNS] = {{0}}, b[COLUMNS] = {{0}}, sums[PAIR_FLOATS / L];
        for (int k = 0; k < here; k++) {
            const float *x = inputs[i + k], *y = outputs[i + k];
            V even = {0}, odd = {0}; /* two chains, each in a register: one would wait for itself */
            int d = 0;
            for (; d + 2 * L <= dim; d += 2 * L) {
                even += load(x + d) * load(y + d);
                odd += load(x + d + L) * load(y + d + L);
            }
            if (d < dim)
                even += load(x + d) * load(y + d);
            a[k] = even + odd;
        }
        lane_sums(a, b, sums);
        const LOCAL(columns) columns = columns_of(labels + i, counts + i, here, rate);
        const int plain = all_one(&columns, here);
        LOCAL(lanes) lanes = lanes_of(loss, 1, plain);
        logistic(PATTERN, 1, sums, &columns, &lanes);
        finite &= add_lanes(loss, &lanes, &columns, plain);
        UNROLL
        for (int k = 0; k < PATTERN; k++)
            store(work + i + k * L, sums[k]);
    }
    if (!finite)
        return 0;
    for (int i = 0; i < n; i++) {
        const V factor = splat(work[i]);
        for (int d = 0; d < dim; d += L) {
            const V x = load(inputs[i] + d), y = load(outputs[i] + d);
            store(changed[i] + d, load(changed[i] + d) + factor * y);
            store(outputs[i] + d, y + factor * x);
        }
    }
    return 1;
}
