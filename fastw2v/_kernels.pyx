"""The window kernels as Python objects: which ones run here, one step on arrays, and what a core can do at most.

Windows, draws and words are not known here; training calls the C function inside a Kernel directly.
"""
from array import array

import numpy as np

from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdlib cimport free, malloc
from libc.string cimport memset

from fastw2v._fw2v cimport (
    FW2V_READ_BEHIND, FW2V_ROW_FLOATS, fw2v_kernel, fw2v_kernel_at, fw2v_loss, fw2v_prefetch_row, fw2v_prefetch_row_far,
    fw2v_work_floats,
)

cdef const char *KERNEL_CAPSULE = "fastw2v.kernel"


cdef class Kernel:
    """One implementation of the window step; made by `named` only."""

    def __init__(self):
        raise TypeError("kernels are made by fastw2v._kernels.named")

    @property
    def lanes(self):
        return self.c_kernel.lanes

    def __repr__(self):
        return f"Kernel({self.name!r}, lanes={self.lanes})"


cdef Kernel wrap(const fw2v_kernel *c_kernel):
    cdef Kernel kernel = Kernel.__new__(Kernel)
    kernel.c_kernel = c_kernel
    kernel.name = c_kernel.name.decode("ascii")
    return kernel


cdef size_t work_floats(int n_in, int n_out, int dim) noexcept nogil:
    return fw2v_work_floats(n_in, n_out, dim)


def supported():
    names = ["blas"]
    cdef int index = 0
    while fw2v_kernel_at(index) is not NULL:
        names.append(fw2v_kernel_at(index).name.decode("ascii"))
        index += 1
    return names


def named(str name):
    cdef int index = 0
    if name == "blas":
        from fastw2v import _kernel_blas

        return wrap(<const fw2v_kernel *>PyCapsule_GetPointer(_kernel_blas.kernel, KERNEL_CAPSULE))
    while fw2v_kernel_at(index) is not NULL:
        if fw2v_kernel_at(index).name.decode("ascii") == name:
            return wrap(fw2v_kernel_at(index))
        index += 1
    raise ValueError(f"this machine does not run the kernel {name!r}; it runs {', '.join(supported())}")


def step(Kernel kernel not None, float[:, ::1] inputs, int[::1] input_rows, float[:, ::1] outputs,
         int[::1] output_rows, const float[::1] labels, const float[::1] counts, float rate, long repeat=1,
         float[:, ::1] changed=None, int differ=0):
    cdef int n_in = <int>input_rows.shape[0], n_out = <int>output_rows.shape[0], dim = <int>inputs.shape[1]
    cdef int i
    if outputs.shape[1] != dim or dim % FW2V_ROW_FLOATS or dim == 0:
        raise ValueError(f"rows have {dim} and {outputs.shape[1]} floats, but both must be one multiple of 16")
    if changed is not None and (changed.shape[0] != n_in or changed.shape[1] != dim):
        raise ValueError(f"changes have shape ({changed.shape[0]}, {changed.shape[1]}), not ({n_in}, {dim})")
    if labels.shape[0] != n_out or counts.shape[0] != n_out:
        raise ValueError(f"{n_out} outputs want as many labels and counts, not {labels.shape[0]} and {counts.shape[0]}")
    for i in range(n_in):
        if not 0 <= input_rows[i] < inputs.shape[0]:
            raise IndexError(f"input row {input_rows[i]} is not in 0..{inputs.shape[0] - 1}")
    for i in range(n_out):
        if not 0 <= output_rows[i] < outputs.shape[0]:
            raise IndexError(f"output row {output_rows[i]} is not in 0..{outputs.shape[0] - 1}")
    cdef float **x = <float **>malloc((2 * n_in + n_out + 1) * sizeof(float *))
    cdef float *work = <float *>malloc(fw2v_work_floats(n_in, n_out, dim) * sizeof(float))
    cdef float **y = x + n_in
    cdef float **into = x if changed is None else y + n_out
    cdef const float[::1] labels_read = readable(labels), counts_read = readable(counts)
    cdef fw2v_loss loss
    cdef long _
    try:
        if x is NULL or work is NULL:
            raise MemoryError(f"no memory for a window of {n_in} x {n_out} rows of {dim} floats")
        for i in range(n_in):
            x[i] = &inputs[input_rows[i], 0]
            if changed is not None:
                into[i] = &changed[i, 0]
        for i in range(n_out):
            y[i] = &outputs[output_rows[i], 0]
        with nogil:
            for _ in range(repeat):
                memset(&loss, 0, sizeof(loss))
                if kernel.c_kernel.begin_step(x, n_in, y, &labels_read[0], &counts_read[0], n_out, dim, rate, work,
                                              &loss):
                    kernel.c_kernel.end_step(x, into, n_in, y, n_out, dim, differ, work)
        return kernel.c_kernel.total_loss(&loss)
    finally:
        free(x)
        free(work)


def readable(const float[::1] numbers):
    """The numbers with as much behind them as kernels read."""
    longer = np.full(numbers.shape[0] + FW2V_READ_BEHIND, np.nan, np.float32)
    longer[:numbers.shape[0]] = numbers
    return longer


def step_pairs(Kernel kernel not None, float[:, ::1] inputs, float[:, ::1] changed, float[:, ::1] outputs,
               const float[::1] labels, const float[::1] counts, float rate):
    cdef int n = <int>inputs.shape[0], dim = <int>inputs.shape[1]
    if (changed.shape[0] != n or outputs.shape[0] != n or labels.shape[0] != n or counts.shape[0] != n
            or changed.shape[1] != dim or outputs.shape[1] != dim or n == 0 or dim % FW2V_ROW_FLOATS):
        raise ValueError(f"{n} pairs want as many rows, labels and counts, and rows of one multiple of 16 floats")
    cdef int[::1] rows = memoryview(array("i", range(n)))
    cdef float **x = row_pointers(inputs, rows, dim)
    cdef float **into = row_pointers(changed, rows, dim)
    cdef float **y = row_pointers(outputs, rows, dim)
    cdef float *work = <float *>malloc(2 * (n + FW2V_ROW_FLOATS) * sizeof(float))
    cdef const float[::1] labels_read = readable(labels), counts_read = readable(counts)
    cdef fw2v_loss loss
    memset(&loss, 0, sizeof(loss))
    if work is not NULL:
        kernel.c_kernel.step_pairs(x, into, y, &labels_read[0], &counts_read[0], n, dim, rate, work, &loss)
    free(x)
    free(into)
    free(y)
    if work is NULL:
        raise MemoryError(f"no memory for {n} pairs")
    free(work)
    return kernel.c_kernel.total_loss(&loss)


def sum_rows(Kernel kernel not None, float[:, ::1] matrix, int[::1] rows, float factor, float[::1] out):
    cdef float **x = row_pointers(matrix, rows, <int>out.shape[0])
    kernel.c_kernel.sum_rows(<const float *const *>x, <int>rows.shape[0], <int>out.shape[0], factor, &out[0])
    free(x)


def add_to_rows(Kernel kernel not None, float[::1] change, float factor, float[:, ::1] matrix, int[::1] rows):
    cdef float **x = row_pointers(matrix, rows, <int>change.shape[0])
    kernel.c_kernel.add_to_rows(&change[0], factor, x, <int>rows.shape[0], <int>change.shape[0])
    free(x)


def add_ahead(Kernel kernel not None, const float[::1] change, float factor, float[:, ::1] matrix,
              const int[::1] rows, int ahead, bint near):
    cdef int dim = <int>change.shape[0]
    cdef Py_ssize_t i, n = rows.shape[0]
    cdef float *row
    if matrix.shape[1] != dim or dim % FW2V_ROW_FLOATS or dim == 0 or ahead < 0:
        raise ValueError(f"rows have {matrix.shape[1]} and {dim} floats, but both must be one multiple of 16, and "
                         f"{ahead} rows ahead must be at least 0")
    for i in range(n):
        if not 0 <= rows[i] < matrix.shape[0]:
            raise IndexError(f"row {rows[i]} is not in 0..{matrix.shape[0] - 1}")
    with nogil:
        for i in range(n):
            if ahead and i + ahead < n:
                if near:
                    fw2v_prefetch_row(&matrix[rows[i + ahead], 0], dim)
                else:
                    fw2v_prefetch_row_far(&matrix[rows[i + ahead], 0], dim)
            row = &matrix[rows[i], 0]
            kernel.c_kernel.add_to_rows(&change[0], factor, &row, 1, dim)


cdef float **row_pointers(float[:, ::1] matrix, int[::1] rows, int dim) except NULL:
    cdef int i
    if matrix.shape[1] != dim or dim % FW2V_ROW_FLOATS or dim == 0:
        raise ValueError(f"rows have {matrix.shape[1]} and {dim} floats, but both must be one multiple of 16")
    for i in range(rows.shape[0]):
        if not 0 <= rows[i] < matrix.shape[0]:
            raise IndexError(f"row {rows[i]} is not in 0..{matrix.shape[0] - 1}")
    cdef float **x = <float **>malloc((rows.shape[0] + 1) * sizeof(float *))
    if x is NULL:
        raise MemoryError(f"no memory for {rows.shape[0]} pointers")
    for i in range(rows.shape[0]):
        x[i] = &matrix[rows[i], 0]
    return x


def exp_row(Kernel kernel not None, float[::1] scores):
    cdef float most
    if scores.shape[0] == 0:
        raise ValueError("there are no scores; give at least one")
    total = kernel.c_kernel.exp_row(&scores[0], <int>scores.shape[0], &most)
    return most, total


def peak(Kernel kernel not None, long rounds):
    cdef double operations
    if kernel.c_kernel.peak is NULL:
        raise ValueError(f"the kernel {kernel.name!r} has no registers of its own to measure; choose another")
    with nogil:
        operations = kernel.c_kernel.peak(rounds)
    return operations
