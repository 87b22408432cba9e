/* row_kernels.h: what is done with whole rows outside a window step: sums of rows, additions to rows, exponentials.
 * Included once by kernel_body.h, behind vector_math.h. The contracts stand in fw2v.h.
 */

#define SUM_FLOATS 4096

static void LOCAL(sum_rows)(const float *const *rows, int n, int dim, float factor, float *out)
{
    for (int d = 0; d < dim; d += L) {
        V sum = {0};
        for (int i = 0; i < n; i++)
            sum += load(rows[i] + d);
        store(out + d, sum * splat(factor));
    }
}

static void LOCAL(add_to_rows)(const float *change, float factor, float *const *rows, int n, int dim)
{
    for (int d = 0; d < dim; d += L) {
        V term = load(change + d) * splat(factor);
        for (int i = 0; i < n; i++)
            store(rows[i] + d, load(rows[i] + d) + term);
    }
}

INLINE V larger(V a, V b) { return pick(a > b, a, b); }

static double LOCAL(exp_row)(float *scores, int n, float *most)
{
    const V least = splat(-FLT_MAX);
    /* The last register is filled up with scores too low to count. */
    const int whole = n / L * L;
    float rest[L];
    store(rest, least);
    memcpy(rest, scores + whole, sizeof(float) * (size_t)(n - whole));
    V top = load(rest);
    for (int k = 0; k < whole; k += L)
        top = larger(top, load(scores + k));
    float max = top[0];
    for (int k = 1; k < L; k++)
        max = top[k] > max ? top[k] : max;

    const V shift = splat(max);
    double total = 0;
    for (int k = 0; k < whole;) {
        /* Sums of at most SUM_FLOATS numbers in float32, so that a long row loses no precision. */
        const int end = whole - k > SUM_FLOATS ? k + SUM_FLOATS : whole;
        V sum = {0};
        for (; k < end; k += L) {
            V power = load(scores + k) - shift;
            exp_of_negative(1, &power);
            store(scores + k, power);
            sum += power;
        }
        total += lane_sum(sum);
    }
    V tail = load(rest) - shift;
    exp_of_negative(1, &tail);
    store(rest, tail);
    memcpy(scores + whole, rest, sizeof(float) * (size_t)(n - whole));
    for (int k = 0; k < n - whole; k++)
        total += rest[k];
    *most = max;
    return total;
}
