# The C interface of src_c/fw2v.h, where its contract stands.

cdef extern from "fw2v.h" nogil:
    const int FW2V_ROW_FLOATS
    const int FW2V_READ_BEHIND
    float *fw2v_first_row(void *memory) noexcept
    const int FW2V_INPUTS_DIFFER
    const int FW2V_OUTPUTS_DIFFER
    ctypedef struct fw2v_loss:
        double total
    ctypedef int (*fw2v_begin_step_fn)(float *const *inputs, int n_in, float *const *outputs, const float *labels,
                                       const float *counts, int n_out, int dim, float rate, float *work,
                                       fw2v_loss *loss) noexcept nogil
    ctypedef void (*fw2v_end_step_fn)(float *const *inputs, float *const *changed, int n_in, float *const *outputs,
                                      int n_out, int dim, int differ, float *work) noexcept nogil
    ctypedef double (*fw2v_total_loss_fn)(fw2v_loss *loss) noexcept nogil
    ctypedef int (*fw2v_step_pairs_fn)(float *const *inputs, float *const *changed, float *const *outputs,
                                       const float *labels, const float *counts, int n, int dim, float rate,
                                       float *work, fw2v_loss *loss) noexcept nogil
    ctypedef double (*fw2v_peak_fn)(long rounds) noexcept nogil
    ctypedef void (*fw2v_sum_rows_fn)(const float *const *rows, int n, int dim, float factor,
                                      float *out) noexcept nogil
    ctypedef void (*fw2v_add_to_rows_fn)(const float *change, float factor, float *const *rows, int n,
                                         int dim) noexcept nogil
    ctypedef double (*fw2v_exp_row_fn)(float *scores, int n, float *most) noexcept nogil
    const int FW2V_DIRECTIONS
    const int FW2V_SHARES
    const float FW2V_LEAST_GONE
    ctypedef void (*fw2v_combine_row_fn)(const float *const *moves, const float *touches, int n, int dim,
                                         const float *basis, const float *shares, float *out) noexcept nogil
    ctypedef struct fw2v_kernel:
        const char *name
        int lanes
        fw2v_begin_step_fn begin_step
        fw2v_end_step_fn end_step
        fw2v_total_loss_fn total_loss
        fw2v_peak_fn peak
        fw2v_step_pairs_fn step_pairs
        fw2v_sum_rows_fn sum_rows
        fw2v_add_to_rows_fn add_to_rows
        fw2v_exp_row_fn exp_row
        fw2v_combine_row_fn combine_row
    const fw2v_kernel *fw2v_kernel_at(int index) noexcept
    size_t fw2v_work_floats(int n_in, int n_out, int dim) noexcept
    void fw2v_prefetch_row(const float *row, int dim) noexcept
    void fw2v_prefetch_row_far(const float *row, int dim) noexcept
