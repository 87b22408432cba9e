"""What tells texts apart: the same for the same words in the same order from any source, another for any other."""

from __future__ import annotations

import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v import Corpus, fingerprint
from fastw2v.texts import MemoryText

LINES = [f"w{i % 17} w{i % 29} common" for i in range(400)]


def test_any_source_and_vocabulary_have_the_same(write, small_chunks):
    one = Corpus(write("\n".join(LINES)), min_count=1).fingerprint
    assert (one["tokens"], one["sentences"]) == (1200, 400)
    others = [
        Corpus([line.split() for line in LINES], min_count=1),
        Corpus(write("\n\n".join(LINES) + "\n", "other"), min_count=20, max_vocab=5, workers=3),
        Corpus(iter(line.split() for line in LINES)).restricted(Corpus([["common"]], min_count=1).vocabulary),
    ]
    assert [other.fingerprint for other in others] == [one] * 3
    assert json.loads(json.dumps(one)) == one


@given(st.lists(st.lists(st.sampled_from("ab"), min_size=1, max_size=3), min_size=1, max_size=6))
def test_another_text_has_another(sentences):
    base = [["a", "b"], ["a"], ["b", "b"]]
    ids = Corpus(sentences, min_count=1)
    same_text = ids.ids.tolist() == [1, 0, 1, 0, 0] and ids.offsets.tolist() == [0, 2, 3, 5]
    assert (ids.fingerprint == Corpus(base, min_count=1).fingerprint) == same_text


def test_parts_are_those_of_the_bytes(monkeypatch):
    monkeypatch.setattr(fingerprint, "PART_BYTES", 32)
    ids = np.arange(21, dtype=np.int32)
    sums = fingerprint.part_checksums(21, 4, lambda start, stop: ids[start:stop])
    assert sums.tolist() == [zlib.crc32(ids[i : i + 8].tobytes()) for i in (0, 8, 16)]
    text = MemoryText(ids, np.array([0, 4, 21]), np.ones(21, np.int64))
    known = sums, fingerprint.part_checksums(3, 8, text.borders)
    assert fingerprint.fingerprint(text, known) == fingerprint.fingerprint(text)
    assert fingerprint.checksum(ids.astype(">i4")) == zlib.crc32(ids.tobytes())
    assert fingerprint.checksum(ids[::2]) == zlib.crc32(ids[::2].tobytes())


@pytest.mark.parametrize(("count", "parts"), [(0, 0), (1, 1), (2**18, 1), (2**18 + 1, 2)])
def test_how_many_parts(count, parts):
    assert fingerprint.parts_of(count, 4) == parts
