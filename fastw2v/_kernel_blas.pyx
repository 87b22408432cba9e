"""The kernel in BLAS calls, through SciPy: the portable reference that runs wherever SciPy does.

It computes the same as the C kernels (the contracts stand in src_c/fw2v.h) and is a module of its own because importing
SciPy's BLAS takes longer than training a small text.
"""
from cpython.pycapsule cimport PyCapsule_New
from libc.math cimport exp, expf, expm1, fabs, isfinite, log, log1p
from libc.string cimport memcpy, memset
from scipy.linalg.cython_blas cimport saxpy, sdot

from fastw2v._fw2v cimport FW2V_DIRECTIONS, FW2V_LEAST_GONE, fw2v_kernel, fw2v_loss

include "_blas_int.pxi"

# One logarithm of a product of 1 + e costs less than one for each; it is taken before the product can overflow.
cdef double MOST_PRODUCT = 1e300
# Smaller e would lose digits in the product.
cdef double LEAST_FACTOR = 1e-6


cdef int blas_begin_step(float *const *inputs, int n_in, float *const *outputs, const float *labels,
                         const float *counts, int n_out, int dim, float rate, float *work,
                         fw2v_loss *loss) noexcept nogil:
    """Leaves the factors, (n_in, n_out), at the front of `work`."""
    cdef blas_int n = dim, one = 1
    cdef double s, e, upper, lower, sum_ = 0, product = 1
    cdef int i, j
    for i in range(n_in):
        for j in range(n_out):
            s = sdot(&n, inputs[i], &one, outputs[j], &one)
            e = expf(<float>-fabs(s))
            upper = (1 if s >= 0 else e) / (1 + e)
            lower = (e if s >= 0 else 1) / (1 + e)
            sum_ += counts[j] * ((s if s > 0 else 0) - labels[j] * s)
            if counts[j] == 1 and e > LEAST_FACTOR:
                product *= 1 + e
                if product > MOST_PRODUCT:
                    sum_ += log(product)
                    product = 1
            else:
                sum_ += counts[j] * log1p(e)
            work[<size_t>i * n_out + j] = <float>(rate * counts[j] * (labels[j] * lower - (1 - labels[j]) * upper))
    loss.total += sum_ + log(product)
    return isfinite(loss.total)


cdef void blas_end_step(float *const *inputs, float *const *changed, int n_in, float *const *outputs, int n_out,
                        int dim, int differ, float *work) noexcept nogil:
    cdef blas_int n = dim, one = 1
    cdef float *x = work + <size_t>n_in * n_out
    cdef float *y = x + <size_t>n_in * dim
    cdef float *factor
    cdef int i, j
    for i in range(n_in):
        memcpy(x + <size_t>i * dim, inputs[i], dim * sizeof(float))
    for j in range(n_out):
        memcpy(y + <size_t>j * dim, outputs[j], dim * sizeof(float))
    for i in range(n_in):
        for j in range(n_out):
            factor = work + <size_t>i * n_out + j
            saxpy(&n, factor, y + <size_t>j * dim, &one, changed[i], &one)
            saxpy(&n, factor, x + <size_t>i * dim, &one, outputs[j], &one)


cdef double blas_total_loss(fw2v_loss *loss) noexcept nogil:
    return loss.total


cdef int blas_step_pairs(float *const *inputs, float *const *changed, float *const *outputs, const float *labels,
                         const float *counts, int n, int dim, float rate, float *work,
                         fw2v_loss *loss) noexcept nogil:
    cdef blas_int width = dim, one = 1
    cdef double s
    cdef int i, d
    cdef float x, y
    for i in range(n):
        s = sdot(&width, inputs[i], &one, outputs[i], &one)
        s = -s if labels[i] else s
        loss.total += counts[i] * ((s if s > 0 else 0) + log1p(exp(-fabs(s))))
        work[i] = <float>((rate if labels[i] else -rate) * counts[i] / (1 + exp(-s)))
    if not isfinite(loss.total):
        return 0
    for i in range(n):
        for d in range(dim):
            x, y = inputs[i][d], outputs[i][d]
            changed[i][d] += work[i] * y
            outputs[i][d] = y + work[i] * x
    return 1


cdef void blas_sum_rows(const float *const *rows, int n, int dim, float factor, float *out) noexcept nogil:
    cdef blas_int width = dim, one = 1
    cdef int i
    memset(out, 0, dim * sizeof(float))
    for i in range(n):
        saxpy(&width, &factor, <float *>rows[i], &one, out, &one)


cdef void blas_add_to_rows(const float *change, float factor, float *const *rows, int n, int dim) noexcept nogil:
    cdef blas_int width = dim, one = 1
    cdef int i
    for i in range(n):
        saxpy(&width, &factor, <float *>change, &one, rows[i], &one)


cdef double blas_exp_row(float *scores, int n, float *most) noexcept nogil:
    cdef double total = 0, power
    cdef int k
    most[0] = scores[0]
    for k in range(1, n):
        if scores[k] > most[0]:
            most[0] = scores[k]
    for k in range(n):
        power = exp(<double>scores[k] - most[0])
        scores[k] = <float>power
        total += power
    return total


cdef double blas_factor(double share, double touches, double ratio) noexcept nogil:
    cdef double gone = share * touches
    if gone < FW2V_LEAST_GONE:
        gone = FW2V_LEAST_GONE
    return expm1(-gone * ratio) / (expm1(-gone) * ratio)


cdef void blas_combine_row(const float *const *moves, const float *touches, int n, int dim, const float *basis,
                           const float *shares, float *out) noexcept nogil:
    cdef blas_int width = dim, one = 1
    cdef double total = 0, other
    cdef float factor
    cdef float *direction
    cdef int k, j
    memset(out, 0, dim * sizeof(float))
    for k in range(n):
        total += touches[k]
    for k in range(n):
        other = blas_factor(shares[FW2V_DIRECTIONS], touches[k], total / touches[k])
        factor = <float>other
        saxpy(&width, &factor, <float *>moves[k], &one, out, &one)
        for j in range(FW2V_DIRECTIONS):
            direction = <float *>basis + <size_t>j * <size_t>dim
            factor = <float>((blas_factor(shares[j], touches[k], total / touches[k]) - other)
                             * sdot(&width, <float *>moves[k], &one, direction, &one))
            saxpy(&width, &factor, direction, &one, out, &one)


cdef fw2v_kernel blas_kernel
blas_kernel.name = "blas"
blas_kernel.lanes = 1
blas_kernel.begin_step = blas_begin_step
blas_kernel.end_step = blas_end_step
blas_kernel.total_loss = blas_total_loss
blas_kernel.peak = NULL
blas_kernel.step_pairs = blas_step_pairs
blas_kernel.sum_rows = blas_sum_rows
blas_kernel.add_to_rows = blas_add_to_rows
blas_kernel.exp_row = blas_exp_row
blas_kernel.combine_row = blas_combine_row

kernel = PyCapsule_New(&blas_kernel, "fastw2v.kernel", NULL)
