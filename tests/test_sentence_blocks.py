"""Blocks of whole sentences: every word in one block, in order, wherever borders fall."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v import sentence_blocks
from fastw2v.encoded import EncodedText
from fastw2v.sentence_blocks import block_of, count_blocks


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(1, 12))
def test_each_sentence_is_in_one_block(lengths, size):
    offsets = np.cumsum([0, *lengths], dtype=np.int64)
    ids = np.arange(offsets[-1], dtype=np.int32)
    text = EncodedText(ids, offsets, np.ones(len(ids), np.int64))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentence_blocks, "BLOCK_TOKENS", size)
        blocks = [block_of(text, number) for number in range(count_blocks(text))]
    assert [word for block in blocks for word in block.ids.tolist()] == ids.tolist()
    ends = [end for block in blocks for end in block.ends.tolist()]
    assert ends == np.unique(offsets[offsets > 0]).tolist()
    for block in blocks:
        assert len(block.ids) == (block.ends[-1] - block.base if len(block.ends) else 0)


def test_a_text_without_words_has_no_block():
    assert count_blocks(EncodedText(np.empty(0, np.int32), np.zeros(1, np.int64), np.zeros(0, np.int64))) == 0
