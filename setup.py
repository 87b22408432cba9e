"""The compiled parts of fastw2v: which Cython module is built from which C files, and with which flags.

Everything else about the package stands in pyproject.toml. No instruction set is named here: the files that need
one ask for it themselves, and the choice is made when the package is imported.
"""

import os
import re
import sys
from importlib.resources import files
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

SOURCES = {
    "_tokenizer": ["src_c/tokenizer.c", "src_c/word_table.c"],
    "_text": ["src_c/float_text.c"],
    "_vector_rows": ["src_c/vector_rows.c", "src_c/float_parse.c"],
    "_pairs": ["src_c/neighbours.c", "src_c/pair_table.c"],
    "_phrases": ["src_c/phrases.c", "src_c/spellings.c"],
    "_best_rows": ["src_c/best_rows.c"],
    "_analogies": ["src_c/analogies.c"],
    "_random": [],
    "_kernels": ["src_c/dispatch.c", "src_c/kernel_base.c", "src_c/kernel_avx2.c", "src_c/kernel_avx512.c"],
    "_kernel_blas": [],
    "_own_rows": [],
    "_combining": [],
    "_objectives": [],
    "_worker": [],
    "_train": [],
    "_softmax": [],
    "_pair_worker": [],
}
# Below -O3 GCC leaves the kernels' register tiles half unrolled, so no level of CFLAGS comes behind it; sanitizers take
# many minutes at that level and find no more.
LEVEL = "-O1" if "-fsanitize" in os.environ.get("CFLAGS", "") else "-O3"
# GCC contracts a*b+c to one FMA only when told so.
FLAGS = ["/O2"] if sys.platform == "win32" else [LEVEL, "-std=c11", "-ffp-contract=fast", "-Wall", "-Wextra"]

# SciPy 1.18 names the integer of its BLAS interface, which may be 64 bits wide; before, it was a plain int.
named = "blas_int" in files("scipy.linalg").joinpath("cython_blas.pxd").read_text()
blas_int = Path("fastw2v/_blas_int.pxi")
content = "from scipy.linalg.cython_blas cimport blas_int\n" if named else "ctypedef int blas_int\n"
# A new date alone would have the modules that include it compiled again.
if not blas_int.exists() or blas_int.read_text() != content:
    blas_int.write_text(content)

# What files name of each other: headers, and modules whose declarations another one takes.
NAMED = re.compile(r'(?:#include|cdef extern from) "(\w+\.h)"|^from fastw2v\.(\w+) cimport', re.MULTILINE)


def headers_of(paths: list[str]) -> list[str]:
    """The headers that files come to by each other: a module is compiled again when one of these changes."""
    own = (Path(path).with_suffix(".pxd") for path in paths)
    left, found = [*map(Path, paths), *filter(Path.exists, own)], set()
    while left:
        for header, module in NAMED.findall(left.pop().read_text(encoding="utf-8")):
            path = Path("src_c", header) if header else Path("fastw2v", module + ".pxd")
            if path not in found:
                found.add(path)
                left.append(path)
    return sorted(str(path) for path in found if path.suffix == ".h")


extensions = [
    Extension(
        f"fastw2v.{name}",
        [f"fastw2v/{name}.pyx", *sources],
        include_dirs=["src_c"],
        depends=headers_of([f"fastw2v/{name}.pyx", *sources]),
        extra_compile_args=FLAGS,
    )
    for name, sources in SOURCES.items()
]
directives = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "cdivision": True,
    "initializedcheck": False,
    "embedsignature": True,
    "freethreading_compatible": True,
}
# One after the other, the modules take minutes to compile.
setup(
    ext_modules=cythonize(extensions, compiler_directives=directives),
    options={"build_ext": {"parallel": os.cpu_count() or 1}},
)
