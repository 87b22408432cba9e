"""The kernel in BLAS calls, through SciPy: the portable reference that runs wherever SciPy does.

It computes the same as the C kernels (the contracts stand in src_c/fw2v.h) and is a module of its own because importing
SciPy's BLAS takes longer than training a small text.
"""
from cpython.pycapsule cimport PyCapsule_New
from libc.math cimport exp, expf, fabs, isfinite, log, log1p
from libc.string cimport memcpy, memset
from scipy.linalg.cython_blas cimport saxpy, sdot

from fastw2v._fw2v cimport fw2v_kernel

include "_blas_int.pxi"

# One logarithm of a product of 1 + e costs less than one for each; it is taken before the product can overflow.
cdef double MOST_PRODUCT = 1e300


cdef double blas_step(float *const *inputs, float *const *changed, int n_in, float *const *outputs,
                      const float *labels, const float *counts, int n_out, int dim, float rate,
                      float *work) noexcept nogil:
    cdef blas_int n = dim, one = 1
    cdef float *x = work
    cdef float *y = x + <size_t>n_in * dim
    cdef float *g = y + <size_t>n_out * dim
    cdef float *factor
    cdef double s, e, upper, lower, loss = 0, product = 1
    cdef int i, j
    for i in range(n_in):
        memcpy(x + <size_t>i * dim, inputs[i], dim * sizeof(float))
    for j in range(n_out):
        memcpy(y + <size_t>j * dim, outputs[j], dim * sizeof(float))
    for i in range(n_in):
        for j in range(n_out):
            s = sdot(&n, x + <size_t>i * dim, &one, y + <size_t>j * dim, &one)
            e = expf(<float>-fabs(s))
            upper = (1 if s >= 0 else e) / (1 + e)
            lower = (e if s >= 0 else 1) / (1 + e)
            loss += counts[j] * ((s if s > 0 else 0) - labels[j] * s)
            if counts[j] == 1:
                product *= 1 + e
                if product > MOST_PRODUCT:
                    loss += log(product)
                    product = 1
            else:
                loss += counts[j] * log1p(e)
            g[<size_t>i * n_out + j] = <float>(rate * counts[j] * (labels[j] * lower - (1 - labels[j]) * upper))
    loss += log(product)
    if not isfinite(loss):
        return loss
    for i in range(n_in):
        for j in range(n_out):
            factor = g + <size_t>i * n_out + j
            saxpy(&n, factor, y + <size_t>j * dim, &one, changed[i], &one)
            saxpy(&n, factor, x + <size_t>i * dim, &one, outputs[j], &one)
    return loss


cdef double blas_step_pairs(float *const *inputs, float *const *changed, float *const *outputs, const float *labels,
                            const float *counts, int n, int dim, float rate, float *work) noexcept nogil:
    cdef blas_int width = dim, one = 1
    cdef double s, loss = 0
    cdef int i, d
    cdef float x, y
    for i in range(n):
        s = sdot(&width, inputs[i], &one, outputs[i], &one)
        s = -s if labels[i] else s
        loss += counts[i] * ((s if s > 0 else 0) + log1p(exp(-fabs(s))))
        work[i] = <float>((rate if labels[i] else -rate) * counts[i] / (1 + exp(-s)))
    if not isfinite(loss):
        return loss
    for i in range(n):
        for d in range(dim):
            x, y = inputs[i][d], outputs[i][d]
            changed[i][d] += work[i] * y
            outputs[i][d] = y + work[i] * x
    return loss


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


cdef fw2v_kernel blas_kernel
blas_kernel.name = "blas"
blas_kernel.lanes = 1
blas_kernel.step = blas_step
blas_kernel.peak = NULL
blas_kernel.step_pairs = blas_step_pairs
blas_kernel.sum_rows = blas_sum_rows
blas_kernel.add_to_rows = blas_add_to_rows
blas_kernel.exp_row = blas_exp_row

kernel = PyCapsule_New(&blas_kernel, "fastw2v.kernel", NULL)
