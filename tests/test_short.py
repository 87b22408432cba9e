"""Values in error sentences."""

import numpy as np
import pytest

from fastw2v.short import MOST, short


@pytest.mark.parametrize("value", ["king", 5, None, ["a", 1.5], {"a": 1}, b"x"])
def test_short_values_are_as_they_are(value):
    assert short(value) == repr(value)


@pytest.mark.parametrize(
    "value", ["x" * 10**6, ["word"] * 10**6, 10**4000, np.zeros((400, 400)), {i: i for i in range(9999)}]
)
def test_long_values_are_cut_and_of_one_line(value):
    text = short(value)
    assert 10 < len(text) <= MOST
    assert "..." in text
    assert "\n" not in text
