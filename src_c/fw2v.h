/* fw2v.h: the whole C interface of the window kernels: rows of floats in, rows of floats changed.
 *
 * A window is a set of input rows and a set of output rows, each output with a label. Nothing here knows words, ids,
 * vocabularies or random numbers: who stands in a window, and with which label, is the caller's business.
 */
#ifndef FW2V_H
#define FW2V_H

#include <stddef.h>
#include <stdint.h>

/* Rows are whole 64-byte cache lines: a caller pads each row with zeros to a multiple of this many floats. */
#define FW2V_ROW_FLOATS 16

/* Where rows may begin in memory that has FW2V_ROW_FLOATS floats to spare: a register that straddles two cache lines costs
 * as much as two, and more when it is read soon after it was written. */
static inline float *fw2v_first_row(void *memory)
{
    const uintptr_t line = FW2V_ROW_FLOATS * sizeof(float);
    return (float *)(((uintptr_t)memory + line - 1) / line * line);
}

#if defined(__GNUC__)
#define FW2V_ALIGNED __attribute__((aligned(64)))
#else
#define FW2V_ALIGNED
#endif

/* Floats that are read behind the last of a list of labels or counts, whatever stands there. */
#define FW2V_READ_BEHIND 8

/* The loss of any number of steps. All zeros to begin with; what stands where before total_loss is a kernel's own
 * business, and one loss is for one kernel and one thread. */
typedef struct {
    FW2V_ALIGNED float product[FW2V_ROW_FLOATS];
    FW2V_ALIGNED float linear[FW2V_ROW_FLOATS];
    double total;
    int factors;
} fw2v_loss;

/* One gradient step on one window.
 *
 *   s_ij = x_i . y_j
 *   loss = sum_ij c_j (log(1 + exp(s_ij)) - l_j s_ij)
 *   g_ij = rate c_j (l_j - 1 / (1 + exp(-s_ij)))
 *   changed_i += sum_j g_ij y_j      y_j += sum_i g_ij x_i
 *
 * Every x and y on the right-hand side is the value before the step, whatever repeats: a row that stands n times
 * among the inputs, or among the outputs, receives all n gradients. That is -rate times the gradient of `loss`.
 *
 * It comes in two halves, for a caller that has something else to do in between: the processor does that while the last
 * results of the first half are on their way. begin_step leaves all rows as they are and puts into `work` what end_step
 * needs, which gets the same window.
 *
 * inputs   n_in pointers to rows x_i of `dim` floats
 * changed  `inputs` itself: the rows x_i change in place; or n_in pointers to other rows, which take the changes while
 *          x_i stays as it is (a row computed from others, whose change is passed on to them)
 * outputs  n_out pointers to rows y_j of `dim` floats
 * labels   n_out floats l_j, 1 or 0; FW2V_READ_BEHIND more must be readable
 * counts   n_out floats c_j: how often y_j was drawn; FW2V_READ_BEHIND more must be readable
 * dim      floats in a row, a multiple of FW2V_ROW_FLOATS; floats behind the vector's own are zero and stay zero
 * differ   what the caller knows: FW2V_INPUTS_DIFFER, no row stands twice among the inputs; FW2V_OUTPUTS_DIFFER
 * work     scratch of fw2v_work_floats(n_in, n_out, dim) floats or more, best from a fw2v_first_row on
 * loss     `loss` (natural logarithm) is added to it
 * returns  1; or 0 when the loss is no longer finite, and then end_step must not be called
 *
 * Aliasing: no input row overlaps an output row; input rows are equal or disjoint, and so are output rows. Changed rows
 * that are not the inputs overlap neither inputs nor outputs; those that are equal take the sum.
 * Threads: no global state. Threads may step on the same rows at once; updates may then be lost (Hogwild), rows stay
 * made of whole floats. `work` and `loss` belong to one thread.
 * Numerics: sums in float32, sigmoid to 1e-6 of the exact value, no table and no clipping; the loss of one step to 1e-6 of
 * it, of many to 1e-6 of their sum and 1e-7 a pair. */
typedef int (*fw2v_begin_step_fn)(float *const *inputs, int n_in, float *const *outputs, const float *labels,
                                  const float *counts, int n_out, int dim, float rate, float *work, fw2v_loss *loss);
typedef void (*fw2v_end_step_fn)(float *const *inputs, float *const *changed, int n_in, float *const *outputs, int n_out,
                                 int dim, int differ, float *work);
enum { FW2V_INPUTS_DIFFER = 1, FW2V_OUTPUTS_DIFFER = 2 };

/* The sum of all losses added. */
typedef double (*fw2v_total_loss_fn)(fw2v_loss *loss);

/* n windows of one input and one output each, x_i with y_i: what n steps with n_in = n_out = 1 do, at the values before
 * the first of them. Parameters as a step's, with n inputs, changed rows, outputs, labels and counts; no two inputs,
 * changed rows or outputs are the same row, but changed_i may be x_i. work: 2 * (n + FW2V_ROW_FLOATS) floats. Returns 1; or
 * 0, and then nothing is changed, when the loss is no longer finite. */
typedef int (*fw2v_step_pairs_fn)(float *const *inputs, float *const *changed, float *const *outputs, const float *labels,
                                  const float *counts, int n, int dim, float rate, float *work, fw2v_loss *loss);

/* Runs `rounds` rounds of independent fused multiply-adds in registers; returns how many floating-point operations
 * that was (2 for each multiply-add and lane). For measuring what one core can do at most. */
typedef double (*fw2v_peak_fn)(long rounds);

/* out = factor * sum_i rows_i, for n rows of `dim` floats (a multiple of FW2V_ROW_FLOATS); 0 when n is 0. `out` overlaps
 * no row. Summed in float32 in the order of the rows. Threads: as a step. */
typedef void (*fw2v_sum_rows_fn)(const float *const *rows, int n, int dim, float factor, float *out);

/* rows_i += factor * change, for n rows of `dim` floats; a row that stands m times takes it m times. `change` overlaps no
 * row. Threads: as a step. */
typedef void (*fw2v_add_to_rows_fn)(const float *change, float factor, float *const *rows, int n, int dim);

/* most = max_k s_k; s_k = exp(s_k - most) in place; returns the sum of the new s_k: the parts of a softmax.
 *
 * scores   n >= 1 floats s_k at any address; results too small for a normal number come out as 2^-126 or less
 * Numerics: each result to 1e-6 + |s_k - most| * 2^-24 of its exact value, the sum to 1e-6. Not-a-number or +infinity among
 * the scores makes the sum not-a-number. */
typedef double (*fw2v_exp_row_fn)(float *scores, int n, float *most);

/* One row of what n nodes have made of it: where their moves from what they had in common take it together.
 *
 *   out = sum_k (f_k m_k + sum_j (f_kj - f_k) (e_j . m_k) e_j),   C = sum_k c_k
 *   f_kj = (c_k / C) (1 - exp(-q_j C)) / (1 - exp(-q_j c_k)),     f_k: the same with q
 *
 * moves    n pointers to rows m_k of `dim` floats, a multiple of FW2V_ROW_FLOATS
 * touches  n floats c_k > 0: how many steps changed the row at each node
 * basis    FW2V_DIRECTIONS rows e_j of `dim` floats: orthonormal, or zeros
 * shares   FW2V_SHARES floats, none below zero: q_j for each row of the basis, then q for all other directions, then zeros.
 *          q_j c_k counts as FW2V_LEAST_GONE where it is less, with which f_kj is 1
 * out      `dim` floats, which overlap nothing
 *
 * Threads: no global state. Numerics: in float32; f_kj to 1e-5 of it. */
#define FW2V_DIRECTIONS 12
#define FW2V_SHARES 16
#define FW2V_LEAST_GONE 1e-20f
typedef void (*fw2v_combine_row_fn)(const float *const *moves, const float *touches, int n, int dim, const float *basis,
                                    const float *shares, float *out);

typedef struct {
    const char *name;
    int lanes; /* floats in a vector register */
    fw2v_begin_step_fn begin_step;
    fw2v_end_step_fn end_step;
    fw2v_total_loss_fn total_loss;
    fw2v_peak_fn peak;
    fw2v_step_pairs_fn step_pairs;
    fw2v_sum_rows_fn sum_rows;
    fw2v_add_to_rows_fn add_to_rows;
    fw2v_exp_row_fn exp_row;
    fw2v_combine_row_fn combine_row;
} fw2v_kernel;

/* The vector kernels this machine runs, slowest first; NULL past the end. Thread-safe. */
const fw2v_kernel *fw2v_kernel_at(int index);

/* Floats of scratch for a step of n_in x n_out rows of `dim` floats, for any kernel. */
size_t fw2v_work_floats(int n_in, int n_out, int dim);

/* Asks the caches for a row that a step will change soon. Four lines at a time: a loop's own instructions would be more than
 * those that it is for. */
static inline void fw2v_prefetch_row(const float *row, int dim)
{
#if defined(__GNUC__)
    int lines = dim / FW2V_ROW_FLOATS;
    for (; lines >= 4; lines -= 4, row += 4 * FW2V_ROW_FLOATS) {
        __builtin_prefetch(row, 0, 3);
        __builtin_prefetch(row + FW2V_ROW_FLOATS, 0, 3);
        __builtin_prefetch(row + 2 * FW2V_ROW_FLOATS, 0, 3);
        __builtin_prefetch(row + 3 * FW2V_ROW_FLOATS, 0, 3);
    }
    if (lines & 2) {
        __builtin_prefetch(row, 0, 3);
        __builtin_prefetch(row + FW2V_ROW_FLOATS, 0, 3);
        row += 2 * FW2V_ROW_FLOATS;
    }
    if (lines & 1)
        __builtin_prefetch(row, 0, 3);
#else
    (void)row;
    (void)dim;
#endif
}

/* The same, into the second-level cache only: for rows so many that they would not be found in the first any more. */
static inline void fw2v_prefetch_row_far(const float *row, int dim)
{
#if defined(__GNUC__)
    for (int d = 0; d < dim; d += FW2V_ROW_FLOATS)
        __builtin_prefetch(row + d, 0, 2);
#else
    (void)row;
    (void)dim;
#endif
}

#endif
