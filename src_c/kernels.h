/* kernels.h: what the kernel files and the table of dispatch.c share. Not for callers: they read fw2v.h. */
#ifndef FW2V_KERNELS_H
#define FW2V_KERNELS_H

#include "fw2v.h"

/* GCC and Clang have vector types; the x86 targets exist only where such registers do. */
#if defined(__GNUC__)
#define FW2V_HAVE_VECTORS 1
#if defined(__x86_64__)
#define FW2V_HAVE_X86 1
#endif
#endif

extern const fw2v_kernel fw2v_kernel_base, fw2v_kernel_avx2, fw2v_kernel_avx512;

/* Floats of scratch that n pointers take, rounded up so that rows behind them keep their 64-byte lines. */
static inline size_t fw2v_pointer_floats(int n)
{
    const size_t floats = (n > 0 ? (size_t)n : 0) * sizeof(void *) / sizeof(float);
    return (floats + FW2V_ROW_FLOATS - 1) / FW2V_ROW_FLOATS * FW2V_ROW_FLOATS;
}

#endif
