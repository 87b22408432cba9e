/* kernel_base.c: the window kernel for 4 floats a register: SSE2 on x86-64, NEON on Arm, whatever the compiler has elsewhere. Nothing is asked of the
 * processor beyond what the platform guarantees. */
#include "kernels.h"

#if defined(FW2V_HAVE_VECTORS)
#define FW2V_TARGET base
#define FW2V_LANES 4
#define FW2V_GROUP 6
#define FW2V_WIDE 6
#define FW2V_REGISTERS 16
#include "kernel_body.h"
#else
typedef int fw2v_nothing_here; /* C wants a declaration in every file */
#endif
