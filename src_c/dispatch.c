/* dispatch.c: the table of vector kernels, what this processor runs of it, and how much scratch a step needs.
 * No arithmetic here.
 */
#include "kernels.h"

/* Smallest group of outputs that a kernel's tile may be cut to, the columns each takes, and the rows worked on at once:
 * bounds over all kernels of the layout in window_kernel.h. */
enum { LEAST_GROUP = 3, GROUP_COLUMNS = 8, PADDING_ROWS = 1, MOST_LANES = 16 };

const fw2v_kernel *fw2v_kernel_at(int index)
{
    const fw2v_kernel *found[4] = {0};
    int n = 0;
#if defined(FW2V_HAVE_VECTORS)
    found[n++] = &fw2v_kernel_base;
#endif
#if defined(FW2V_HAVE_X86)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        found[n++] = &fw2v_kernel_avx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma"))
        found[n++] = &fw2v_kernel_avx512;
#endif
    return index < 0 || index >= n ? NULL : found[index];
}

size_t fw2v_work_floats(int n_in, int n_out, int dim)
{
    const size_t in = n_in > 0 ? (size_t)n_in : 0, out = n_out > 0 ? (size_t)n_out : 0;
    const size_t columns = (out / LEAST_GROUP + 1) * GROUP_COLUMNS;
    const size_t layout = (in + PADDING_ROWS) * columns;
    const size_t copies = (in + out) * (size_t)dim + fw2v_pointer_floats(n_in) + fw2v_pointer_floats(n_out);
    return layout + copies + in + out + 2 * MOST_LANES;
}
