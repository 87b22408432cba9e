/* kernel_avx2.c: the window kernel for 8 floats a register, fused multiply-add: every x86-64 processor since about 2013-2017. */
#include "kernels.h"

#if defined(FW2V_HAVE_X86)
#define FW2V_TARGET avx2
#define FW2V_LANES 8
#define FW2V_GROUP 6
#define FW2V_WIDE 6
#define FW2V_REGISTERS 16
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#include "kernel_body.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
typedef int fw2v_nothing_here; /* C wants a declaration in every file */
#endif
