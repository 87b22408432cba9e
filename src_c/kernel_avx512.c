/* kernel_avx512.c: the window kernel for 16 floats a register, 32 registers: tiles of 8 outputs fit. */
#include "kernels.h"

#if defined(FW2V_HAVE_X86)
#define FW2V_TARGET avx512
#define FW2V_LANES 16
#define FW2V_GROUP 8
#define FW2V_WIDE 12
#define FW2V_REGISTERS 32
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")
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
