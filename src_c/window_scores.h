/* window_scores.h: scores s_ij = x_i . y_j of a window's inputs against a group of its outputs.
 * Included once by kernel_body.h, behind lanes.h. What a score means is not known here.
 *
 * A tile of inputs x outputs is summed lane by lane in registers; then the lanes of all sums are added by transposition.
 * Scores stand in a row of COLUMNS floats for each input; columns without an output hold 0.
 */

#define COLUMNS 8 /* of one group */
/* Lane sums are taken for two inputs at a time: their columns fill the widest register. */
#define PAIR_FLOATS (2 * COLUMNS)
/* The more inputs a tile has, the fewer loads a product takes: as many as leave registers for their rows and an output's. */
#define MOST_INPUTS 4
#define TILE_FITS(inputs, outputs) ((inputs) * (outputs) + (inputs) + 1 <= FW2V_REGISTERS)

/* Column numbers of a register that begins with column `from`; the widest has all columns twice. */
INLINE VI column_numbers(int from) { return (lane_numbers() + from) & (COLUMNS - 1); }

/* A register of something that each column has: the numbers at p, as far as columns go. */
INLINE V load_columns(const float *p)
{
#if L > COLUMNS
    typedef float Half __attribute__((vector_size(4 * COLUMNS), aligned(4), may_alias));
    const Half half = *(const Half *)p;
    return __builtin_shufflevector(half, half, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
#else
    return load(p);
#endif
}

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

/* Scores of N inputs against the T outputs y; a row more is written where N is odd. */
INLINE void score_tile(const int N, const int T, const float *const *x, float *const *y, int dim, float *scores)
{
    V sum[MOST_INPUTS][COLUMNS];
    UNROLL
    for (int i = 0; i < MOST_INPUTS; i++)
        UNROLL
        for (int j = 0; j < COLUMNS; j++)
            sum[i][j] = (V){0};
    for (int d = 0; d < dim; d += L) {
        V in[MOST_INPUTS];
        UNROLL
        for (int i = 0; i < N; i++)
            in[i] = load(x[i] + d);
        UNROLL
        for (int j = 0; j < T; j++) {
            V row = load(y[j] + d);
            KEEP_IN_REGISTER(row); /* else the compiler loads it for each of the products */
            UNROLL
            for (int i = 0; i < N; i++)
                sum[i][j] += in[i] * row;
        }
    }
    UNROLL
    for (int i = 0; i < N; i += 2) {
        V lanes[PAIR_FLOATS / L];
        lane_sums(sum[i], sum[i + 1], lanes);
        UNROLL
        for (int k = 0; k < PAIR_FLOATS / L; k++)
            store(scores + i * COLUMNS + k * L, lanes[k]);
    }
}

INLINE void score_all(const int T, const float *const *x, int n_in, float *const *y, int dim, float *scores)
{
    int i = 0;
    if (TILE_FITS(4, T)) {
        for (; i + 4 <= n_in; i += 4)
            score_tile(4, T, x + i, y, dim, scores + i * COLUMNS);
    }
    if (TILE_FITS(3, T) && i + 3 == n_in) {
        score_tile(3, T, x + i, y, dim, scores + i * COLUMNS);
        return;
    }
    for (; i + 2 <= n_in; i += 2)
        score_tile(2, T, x + i, y, dim, scores + i * COLUMNS);
    if (i < n_in)
        score_tile(1, T, x + i, y, dim, scores + i * COLUMNS);
}

/* Scores of all inputs against `size` outputs; `scores` has n_in rows and one more. */
static void LOCAL(scores)(int size, const float *const *x, int n_in, float *const *y, int dim, float *scores)
{
#define CALL(T) score_all(T, x, n_in, y, dim, scores)
    FOR_SIZE(size, CALL)
#undef CALL
}
