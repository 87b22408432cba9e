/* row_kernels.h: what is done with whole rows outside a window step: sums of rows, additions to rows, exponentials.
 * Included once by kernel_body.h, behind vector_math.h. The contracts stand in fw2v.h.
 */

#define SUM_FLOATS 4096

/* Registers of a row that are summed or added at a time: each saves reading the row's address again. */
#define ROW_CHUNKS 4

INLINE void sum_chunks(const int C, const float *const *rows, int n, int d, V factor, float *out)
{
    V sum[ROW_CHUNKS];
    UNROLL
    for (int c = 0; c < C; c++)
        sum[c] = (V){0};
    for (int i = 0; i < n; i++) {
        const float *row = rows[i] + d;
        UNROLL
        for (int c = 0; c < C; c++)
            sum[c] += load(row + c * L);
    }
    UNROLL
    for (int c = 0; c < C; c++)
        store(out + d + c * L, sum[c] * factor);
}

INLINE void add_chunks(const int C, const float *change, int d, V factor, float *const *rows, int n)
{
    V term[ROW_CHUNKS];
    UNROLL
    for (int c = 0; c < C; c++)
        term[c] = load(change + d + c * L) * factor;
    for (int i = 0; i < n; i++) {
        float *row = rows[i] + d;
        UNROLL
        for (int c = 0; c < C; c++)
            store(row + c * L, load(row + c * L) + term[c]);
    }
}

/* Passes over the rows, of four registers, then two, then one. */
#define EACH_CHUNK(CALL)                                                                                               \
    do {                                                                                                               \
        int d = 0;                                                                                                     \
        for (; d + 4 * L <= dim; d += 4 * L)                                                                           \
            CALL(4);                                                                                                   \
        for (; d + 2 * L <= dim; d += 2 * L)                                                                           \
            CALL(2);                                                                                                   \
        for (; d < dim; d += L)                                                                                        \
            CALL(1);                                                                                                   \
    } while (0)

static void LOCAL(sum_rows)(const float *const *rows, int n, int dim, float factor, float *out)
{
#define CALL(C) sum_chunks(C, rows, n, d, splat(factor), out)
    EACH_CHUNK(CALL);
#undef CALL
}

static void LOCAL(add_to_rows)(const float *change, float factor, float *const *rows, int n, int dim)
{
#define CALL(C) add_chunks(C, change, d, splat(factor), rows, n)
    EACH_CHUNK(CALL);
#undef CALL
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
