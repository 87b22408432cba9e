"""The window kernels as Python objects: which ones run here, one step on arrays, and what a core can do at most.

Windows, draws and words are not known here; training calls the C function inside a Kernel directly.
"""
from cpython.pycapsule cimport PyCapsule_GetPointer
from libc.stdlib cimport free, malloc

from fastw2v._fw2v cimport FW2V_ROW_FLOATS, fw2v_kernel, fw2v_kernel_at, fw2v_work_floats

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
         int[::1] output_rows, const float[::1] labels, const float[::1] counts, float rate, long repeat=1):
    cdef int n_in = <int>input_rows.shape[0], n_out = <int>output_rows.shape[0], dim = <int>inputs.shape[1]
    cdef int i
    if outputs.shape[1] != dim or dim % FW2V_ROW_FLOATS or dim == 0:
        raise ValueError(f"rows have {dim} and {outputs.shape[1]} floats, but both must be one multiple of 16")
    if labels.shape[0] != n_out or counts.shape[0] != n_out:
        raise ValueError(f"{n_out} outputs want as many labels and counts, not {labels.shape[0]} and {counts.shape[0]}")
    for i in range(n_in):
        if not 0 <= input_rows[i] < inputs.shape[0]:
            raise IndexError(f"input row {input_rows[i]} is not in 0..{inputs.shape[0] - 1}")
    for i in range(n_out):
        if not 0 <= output_rows[i] < outputs.shape[0]:
            raise IndexError(f"output row {output_rows[i]} is not in 0..{outputs.shape[0] - 1}")
    cdef float **x = <float **>malloc((n_in + n_out + 1) * sizeof(float *))
    cdef float *work = <float *>malloc(fw2v_work_floats(n_in, n_out, dim) * sizeof(float))
    cdef float **y = x + n_in
    cdef double loss = 0
    cdef long _
    try:
        if x is NULL or work is NULL:
            raise MemoryError(f"no memory for a window of {n_in} x {n_out} rows of {dim} floats")
        for i in range(n_in):
            x[i] = &inputs[input_rows[i], 0]
        for i in range(n_out):
            y[i] = &outputs[output_rows[i], 0]
        with nogil:
            for _ in range(repeat):
                loss = kernel.c_kernel.step(x, n_in, y, &labels[0] if n_out else NULL, &counts[0] if n_out else NULL,
                                            n_out, dim, rate, work)
    finally:
        free(x)
        free(work)
    return loss


def peak(Kernel kernel not None, long rounds):
    cdef double operations
    if kernel.c_kernel.peak is NULL:
        raise ValueError(f"the kernel {kernel.name!r} has no registers of its own to measure; choose another")
    with nogil:
        operations = kernel.c_kernel.peak(rounds)
    return operations
