# The C interface of src_c/fw2v.h, where its contract stands.

cdef extern from "fw2v.h" nogil:
    const int FW2V_ROW_FLOATS
    ctypedef double (*fw2v_step_fn)(float *const *inputs, int n_in, float *const *outputs, const float *labels,
                                    const float *counts, int n_out, int dim, float rate, float *work) noexcept nogil
    ctypedef double (*fw2v_peak_fn)(long rounds) noexcept nogil
    ctypedef struct fw2v_kernel:
        const char *name
        int lanes
        fw2v_step_fn step
        fw2v_peak_fn peak
    const fw2v_kernel *fw2v_kernel_at(int index) noexcept
    size_t fw2v_work_floats(int n_in, int n_out, int dim) noexcept
    void fw2v_prefetch_row(const float *row, int dim) noexcept
