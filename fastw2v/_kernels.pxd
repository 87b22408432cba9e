# Kernel: a window kernel as an object, for the compiled modules above; they call c_kernel.step without the GIL.

from fastw2v._fw2v cimport fw2v_kernel


cdef class Kernel:
    cdef const fw2v_kernel *c_kernel
    cdef readonly str name


cdef size_t work_floats(int n_in, int n_out, int dim) noexcept nogil
