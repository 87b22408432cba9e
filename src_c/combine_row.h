/* combine_row.h: one row of what several nodes have made of it. Included once by kernel_body.h, behind vector_math.h. The
 * formula and contract stand in fw2v.h; which rows, and what the nodes had in common, the caller knows.
 */

#define SHARE_REGISTERS (FW2V_SHARES / L)

/* p_j = e_j . move for every row of the basis; what stands behind them is 0. */
INLINE void project(const float *move, const float *basis, int dim, V *p)
{
    V sums[FW2V_SHARES];
    UNROLL
    for (int j = 0; j < FW2V_SHARES; j++)
        sums[j] = (V){0};
    for (int d = 0; d < dim; d += L) {
        const V x = load(move + d);
        UNROLL
        for (int j = 0; j < FW2V_DIRECTIONS; j++)
            sums[j] += x * load(basis + (size_t)j * (size_t)dim + d);
    }
    lane_sums(sums, sums + FW2V_SHARES / 2, p);
}

/* x = 1 - exp(-x) for every lane of the registers, x >= 0; where that is a small difference, by its series. */
INLINE void part_gone(V *x)
{
    const V small = splat(1.0f / 16);
    V power[SHARE_REGISTERS];
    UNROLL
    for (int r = 0; r < SHARE_REGISTERS; r++)
        power[r] = -x[r];
    exp_of_negative(SHARE_REGISTERS, power);
    UNROLL
    for (int r = 0; r < SHARE_REGISTERS; r++) {
        const V series = x[r] * (1.0f - x[r] * (0.5f - x[r] * (1.0f / 6 - x[r] * (1.0f / 24))));
        x[r] = pick(x[r] < small, series, 1.0f - power[r]);
    }
}

/* f_kj, by register, for one k; ratio = C / c_k. */
INLINE void node_factors(const float *shares, float touches, float ratio, V *f)
{
    V alone[SHARE_REGISTERS], together[SHARE_REGISTERS];
    UNROLL
    for (int r = 0; r < SHARE_REGISTERS; r++) {
        const V went = load(shares + r * L) * touches, least = splat(FW2V_LEAST_GONE);
        alone[r] = larger(went, least);
        together[r] = alone[r] * ratio;
    }
    part_gone(alone);
    part_gone(together);
    UNROLL
    for (int r = 0; r < SHARE_REGISTERS; r++)
        f[r] = together[r] / (alone[r] * ratio);
}

static void LOCAL(combine_row)(const float *const *moves, const float *touches, int n, int dim, const float *basis,
                               const float *shares, float *out)
{
    V turned[SHARE_REGISTERS];
    float along[FW2V_SHARES], total = 0;
    UNROLL
    for (int r = 0; r < SHARE_REGISTERS; r++)
        turned[r] = (V){0};
    for (int k = 0; k < n; k++)
        total += touches[k];
    memset(out, 0, sizeof(float) * (size_t)dim);
    for (int k = 0; k < n; k++) {
        V f[SHARE_REGISTERS], p[SHARE_REGISTERS];
        node_factors(shares, touches[k], total / touches[k], f);
        project(moves[k], basis, dim, p);
        const float other = f[FW2V_DIRECTIONS / L][FW2V_DIRECTIONS % L];
        UNROLL
        for (int r = 0; r < SHARE_REGISTERS; r++)
            turned[r] += (f[r] - other) * p[r];
        for (int d = 0; d < dim; d += L)
            store(out + d, load(out + d) + other * load(moves[k] + d));
    }
    UNROLL
    for (int r = 0; r < SHARE_REGISTERS; r++)
        store(along + r * L, turned[r]);
    for (int d = 0; d < dim; d += L) {
        V sum = load(out + d);
        UNROLL
        for (int j = 0; j < FW2V_DIRECTIONS; j++)
            sum += along[j] * load(basis + (size_t)j * (size_t)dim + d);
        store(out + d, sum);
    }
}
