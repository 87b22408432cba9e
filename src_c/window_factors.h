/* window_factors.h: the factors of a window's gradient, a group of outputs against all inputs, and the loss: scores of
 * all tiles, then the logistic function of all of them. Included once by kernel_body.h, behind logistic.h.
 *
 * Factors stand in a row of COLUMNS floats for each input; a row more is written where the inputs are odd.
 */

/* Registers that the columns of n inputs take, and those of two inputs. */
#define REGISTERS(n) (((n) * COLUMNS + L - 1) / L)
#define PAIR REGISTERS(2)
/* Inputs whose terms one product of the loss has room for. */
#define MOST_AT_ONCE (MOST_FACTORS * PATTERN_INPUTS)

INLINE void store_all(const int N, float *p, const V *v)
{
    UNROLL
    for (int k = 0; k < N; k++)
        store(p + k * L, v[k]);
}

/* Turns the scores of N registers in memory into factors. */
INLINE void factors_in_place(const int N, int odd, float *scores, const LOCAL(columns) * columns, LOCAL(lanes) * lanes)
{
    V s[MOST_SIDE_BY_SIDE];
    UNROLL
    for (int k = 0; k < N; k++)
        s[k] = load(scores + k * L);
    logistic(N, odd, s, columns, lanes);
    store_all(N, scores, s);
}

/* One input, or two: nothing else could be done while the scores are on their way, so that these stay in
 * registers. */
INLINE int factors_of_few(const int N, const int T, const float *const *x, float *const *y, const float *labels,
                          const float *counts, size_t dim, float rate, float *factors, fw2v_loss *loss)
{
    V scores[PAIR];
    const LOCAL(columns) columns = columns_of(labels, counts, T, rate);
    const int plain = all_one(&columns, T);
    score_tile(N, T, x, y, dim, scores);
    LOCAL(lanes) lanes = lanes_of(loss, (N + PATTERN_INPUTS - 1) / PATTERN_INPUTS, plain);
    logistic(REGISTERS(N), N & 1, scores, &columns, &lanes);
    store_all(REGISTERS(N), factors, scores);
    return add_lanes(loss, &lanes, &columns, plain);
}

INLINE int factors_of(const int T, const float *const *x, int n_in, float *const *outputs, const float *labels,
                      const float *counts, size_t dim, float rate, float *factors, fw2v_loss *loss)
{
    float *y[COLUMNS];
    UNROLL
    for (int j = 0; j < T; j++)
        y[j] = outputs[j];
    if (n_in == 2)
        return factors_of_few(2, T, x, y, labels, counts, dim, rate, factors, loss);
    if (n_in == 1)
        return factors_of_few(1, T, x, y, labels, counts, dim, rate, factors, loss);

    float *at = factors;
    int left = n_in;
    V scores[MOST_INPUTS / 2 * PAIR];
#define TILE(N) score_tile(N, T, x, y, dim, scores), store_all(REGISTERS(N), at, scores)
    if (TILE_FITS(4, T))
        for (; left >= 4; left -= 4, x += 4, at += 4 * COLUMNS)
            TILE(4);
    if (TILE_FITS(3, T) && left == 3) {
        TILE(3);
    } else {
        for (; left >= 2; left -= 2, x += 2, at += 2 * COLUMNS)
            TILE(2);
        if (left)
            TILE(1);
    }
#undef TILE

    const LOCAL(columns) columns = columns_of(labels, counts, T, rate);
    const int plain = all_one(&columns, T);
    LOCAL(lanes) lanes = lanes_of(loss, (n_in + PATTERN_INPUTS - 1) / PATTERN_INPUTS, plain);
    enum { MOST = MOST_SIDE_BY_SIDE / PAIR * PAIR };
    int registers = REGISTERS(n_in);
#define REST(N) case N: factors_in_place(N, n_in & 1, factors, &columns, &lanes); break
    for (; registers > MOST; registers -= MOST, factors += MOST * L)
        factors_in_place(MOST, 0, factors, &columns, &lanes);
    switch (registers) {
#if L >= COLUMNS
    REST(1);
    REST(3);
    REST(5);
#endif
    REST(2);
    REST(4);
    }
#undef REST
    return add_lanes(loss, &lanes, &columns, plain);
}

/* Factors of at most MOST_AT_ONCE inputs against `size` outputs, and their loss; returns whether that is a number. */
static int LOCAL(factors)(int size, const float *const *x, int n_in, float *const *y, const float *labels,
                          const float *counts, int dim, float rate, float *factors, fw2v_loss *loss)
{
#define CALL(T) return factors_of(T, x, n_in, y, labels, counts, (size_t)dim, rate, factors, loss)
    FOR_SIZE(size, CALL)
#undef CALL
}
