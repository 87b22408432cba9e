/* window_updates.h: both products of a window's gradient in one pass over its rows. Included once by kernel_body.h,
 * behind window_scores.h.
 *
 *   x_new_i += sum_j g_ij y_j      y_j += sum_i g_ij x_i
 *
 * Factors g_ij stand as the scores did, those of the next group of outputs `next` floats on.
 */

/* Updates work on up to this many registers of a row at a time, which halves the loads of factors. */
#define MOST_CHUNKS 2
#define MOST_TILE (FW2V_WIDE > FW2V_GROUP ? FW2V_WIDE : FW2V_GROUP)
/* A tile keeps registers for the rows and the new rows of its outputs; the rest must hold inputs and a factor. */
#define FREE_REGISTERS 5

/* Where the changes of inputs go: to the inputs themselves; to other rows, x_new; or there for all but the last pass
 * over the inputs, which puts into the inputs what has gathered. */
enum { LOCAL(IN_PLACE), LOCAL(ELSEWHERE), LOCAL(GATHERED) };

/* T outputs, of groups of SIZE, on C * L floats of each row from d on. The pointers y are a local copy:
 * others would be read again behind each store, which might have changed them for all the compiler knows. */
INLINE void update_chunk(const int T, const int SIZE, const int C, const int WHERE, const float *const *x,
                         float *const *x_new, int n_in, float *const *y, size_t d, const float *g, size_t next)
{
    V old[MOST_TILE][MOST_CHUNKS], new[MOST_TILE][MOST_CHUNKS];
    UNROLL
    for (int j = 0; j < T; j++)
        UNROLL
        for (int c = 0; c < C; c++)
            new[j][c] = old[j][c] = load(y[j] + d + c * L);
    for (int i = 0; i < n_in; i++) {
        const float *factor = g + (size_t)i * COLUMNS, *row = x[i] + d;
        const float *begun = WHERE == LOCAL(IN_PLACE) ? NULL : x_new[i] + d;
        float *new_row = WHERE == LOCAL(ELSEWHERE) ? (float *)begun : (float *)row;
        V in[MOST_CHUNKS], sum[MOST_CHUNKS];
        UNROLL
        for (int c = 0; c < C; c++) {
            in[c] = load(row + c * L);
            if (WHERE != LOCAL(ELSEWHERE))
                KEEP_IN_REGISTER(in[c]); /* else the compiler loads it twice */
            sum[c] = WHERE == LOCAL(IN_PLACE)    ? in[c]
                     : WHERE == LOCAL(ELSEWHERE) ? load(begun + c * L)
                                                 : in[c] + load(begun + c * L);
        }
        UNROLL
        for (int j = 0; j < T; j++) {
            V f = splat(factor[j / SIZE * next + j % SIZE]);
            UNROLL
            for (int c = 0; c < C; c++) {
                sum[c] += f * old[j][c];
                new[j][c] += f * in[c];
            }
        }
        UNROLL
        for (int c = 0; c < C; c++)
            store(new_row + c * L, sum[c]);
    }
    FORGET(d); /* else the address of each register's worth is kept over the loop, in memory */
    UNROLL
    for (int j = 0; j < T; j++)
        UNROLL
        for (int c = 0; c < C; c++)
            store(y[j] + d + c * L, new[j][c]);
}

INLINE void update_rows(const int T, const int SIZE, const int WHERE, const float *const *x, float *const *x_new,
                        int n_in, float *const *y, size_t dim, const float *g, size_t next)
{
    float *rows[MOST_TILE];
    UNROLL
    for (int j = 0; j < T; j++)
        rows[j] = y[j];
    size_t d = 0;
    if (2 * T * MOST_CHUNKS + FREE_REGISTERS <= FW2V_REGISTERS)
        for (; d + MOST_CHUNKS * L <= dim; d += MOST_CHUNKS * L)
            update_chunk(T, SIZE, MOST_CHUNKS, WHERE, x, x_new, n_in, rows, d, g, next);
    for (; d < dim; d += L)
        update_chunk(T, SIZE, 1, WHERE, x, x_new, n_in, rows, d, g, next);
}

INLINE void update_tile(const int T, const int SIZE, int where, const float *const *x, float *const *x_new, int n_in,
                        float *const *y, int dim, const float *g, size_t next)
{
    if (where == LOCAL(IN_PLACE))
        update_rows(T, SIZE, LOCAL(IN_PLACE), x, x_new, n_in, y, (size_t)dim, g, next);
    else if (where == LOCAL(ELSEWHERE))
        update_rows(T, SIZE, LOCAL(ELSEWHERE), x, x_new, n_in, y, (size_t)dim, g, next);
    else
        update_rows(T, SIZE, LOCAL(GATHERED), x, x_new, n_in, y, (size_t)dim, g, next);
}

/* One group of `size` outputs, all of them different rows. */
static void LOCAL(update)(int size, int where, const float *const *x, float *const *x_new, int n_in, float *const *y,
                          int dim, const float *g)
{
#define CALL(T) update_tile(T, T, where, x, x_new, n_in, y, dim, g, 0)
    FOR_SIZE(size, CALL)
#undef CALL
}

#if FW2V_WIDE > FW2V_GROUP
/* Two groups of different outputs, (n_out + 1) / 2 in each, in one pass over the inputs. */
static void LOCAL(update_wide)(int n_out, int where, const float *const *x, float *const *x_new, int n_in,
                               float *const *y, int dim, const float *g, size_t next)
{
#define CALL(T) update_tile(T, (T + 1) / 2, where, x, x_new, n_in, y, dim, g, next)
    switch (n_out) {
    case 9: CALL(9); break;
    case 10: CALL(10); break;
    case 11: CALL(11); break;
    default: CALL(12);
    }
#undef CALL
}
#endif

/* Any rows, whatever repeats: x and y are copies of the old values, inputs and outputs are changed a pair at a time. */
static void LOCAL(update_pairs)(int size, const float *const *x, float *const *x_new, int n_in, const float *const *y,
                                float *const *y_new, int dim, const float *g)
{
    for (int i = 0; i < n_in; i++)
        for (int j = 0; j < size; j++) {
            const V f = splat(g[(size_t)i * COLUMNS + j]);
            for (int d = 0; d < dim; d += L) {
                store(x_new[i] + d, load(x_new[i] + d) + f * load(y[j] + d));
                store(y_new[j] + d, load(y_new[j] + d) + f * load(x[i] + d));
            }
        }
}
