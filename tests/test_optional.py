"""Optional libraries: imported when asked for, missed with the remedy."""

from __future__ import annotations

import json

import pytest

from fastw2v.optional import optional


def test_optional():
    assert optional("json", "anything", "json") is json
    with pytest.raises(ImportError, match=r"this needs no_such, which .*; run pip install 'x\[y\]'") as caught:
        optional("no_such.part", "this", "'x[y]'")
    assert caught.value.name == "no_such"
