/* window_scores.h: scores s_ij = x_i . y_j of a window's inputs against a group of its outputs.
 * Included once by kernel_body.h, behind lanes.h. What a score means is not known here.
 *
 * A tile of inputs x outputs is summed lane by lane in registers; then the lanes of all sums are added by transposition.
 * That leaves COLUMNS scores of each input, one input behind the other; columns without an output hold 0.
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

/* Scores of N inputs against the T outputs y, in N / 2 * PAIR_FLOATS / L registers; an odd N counts as one more, whose
 * scores are 0. */
INLINE void score_tile(const int N, const int T, const float *const *x, float *const *y, size_t dim, V *scores)
{
    V sum[MOST_INPUTS][COLUMNS];
    UNROLL
    for (int i = 0; i < MOST_INPUTS; i++)
        UNROLL
        for (int j = 0; j < COLUMNS; j++)
            sum[i][j] = (V){0};
    for (size_t d = 0; d < dim; d += L) {
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
    for (int i = 0; i < N; i += 2)
        lane_sums(sum[i], sum[i + 1], scores + i / 2 * (PAIR_FLOATS / L));
}
