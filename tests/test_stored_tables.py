"""Tables on their way into files: what is copied, what is refused, in every format that stores them."""

from __future__ import annotations

import re

import numpy as np
import pytest

from fastw2v import KeyedVectors
from fastw2v.formats import save_vectors
from fastw2v.stored_tables import check_table, stored_dtype

WORDS = ["a", "слово"]


def test_rows_are_copied_only_if_they_must_be():
    whole = np.arange(12, dtype=np.float32).reshape(3, 4)
    for kept in (whole[:2], whole[::2], whole[1:, :3], whole[:2].astype(np.float16)):
        assert check_table(WORDS, kept, lines=True)[1] is kept
    for other in (whole[:2, ::2], np.asfortranarray(whole[:2]), whole[:2].astype(np.float64), whole[:2].astype(">f4")):
        matrix = check_table(WORDS, other, lines=True)[1]
        assert (matrix.dtype, matrix.flags.c_contiguous) == (np.float32, True)
        assert np.array_equal(matrix, other)
    assert check_table(WORDS, whole[:2], lines=True, dtype=np.dtype(np.float16))[1].dtype == np.float16


@pytest.mark.parametrize("suffix", ["safetensors", "npy", "txt", "vec.gz", "bin"])
@pytest.mark.parametrize(
    ("large", "given", "dtype", "greatest", "remedy"),
    [
        (70_000, np.float32, "float16", "65504", "save as float32"),
        (1e39, np.float64, None, "3.40282e+38", "scale the vectors down"),
        (-1e300, np.float64, "float32", "3.40282e+38", "scale the vectors down"),
    ],
)
def test_numbers_too_large_for_a_file_are_told(tmp_path, suffix, large, given, dtype, greatest, remedy):
    path = tmp_path / f"v.{suffix}"
    vectors = np.array([[np.inf, 0], [1, large]], given)
    holds_halves = suffix in ("safetensors", "npy")
    sentence = f"'слово' holds a number beyond {re.escape(greatest)}.*{remedy}"
    with pytest.raises(ValueError, match=sentence if dtype != "float16" or holds_halves else "files hold float32"):
        save_vectors(path, WORDS, vectors, dtype=dtype)
    assert not path.exists()
    # What was infinite before is nobody's mistake here, but most files cannot hold it.
    vectors[1, 1] = 2
    if suffix == "safetensors":
        save_vectors(path, WORDS, vectors, dtype=dtype)
        assert np.array_equal(KeyedVectors.load(path).vectors, vectors)
    else:
        with pytest.raises(ValueError, match=r"the vector of .* holds NaN or infinity, which readers"):
            save_vectors(path, WORDS, vectors, dtype=dtype if holds_halves else None)
        assert not path.exists()


@pytest.mark.parametrize("dtype", ["float64", "int32", "halves", object])
def test_other_types_are_refused(dtype):
    with pytest.raises(ValueError, match="stored as 'float32' or 'float16'"):
        stored_dtype(dtype)
