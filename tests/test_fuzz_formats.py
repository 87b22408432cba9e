"""A few hundred damaged files of each format; fuzz_formats.py, run by hand, reads hundreds of thousands."""

import sys

import fuzz_formats
import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("memory and time are bounded by means of Linux", allow_module_level=True)


@pytest.mark.parametrize("kind", fuzz_formats.FORMATS)
def test_damaged_files(kind, tmp_path):
    if kind == "gensim":
        pytest.importorskip("gensim")
    if kind == "zst":
        pytest.importorskip("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    outcomes = fuzz_formats.run(kind, 300, 1, tmp_path)
    assert sum(outcomes.values()) == 300
    # both must come, or the files were not damaged, or damaged past recognition
    assert outcomes["ValueError"] > 50
    assert outcomes["read"] > 2
