"""Pieces of a text under positions that mean the same everywhere."""

from __future__ import annotations

import numpy as np

from fastw2v.encoded import EncodedText
from fastw2v.piece_text import PieceText


def test_a_piece_is_read_at_its_own_positions():
    counts = np.array([3, 2], np.int64)
    piece = EncodedText(np.array([0, 1, 0, 1, 0], np.int32), np.array([0, 2, 5]), counts)
    text = PieceText(100, 4, counts)
    text.pieces[2] = piece
    assert text.tokens == 400
    assert text.end(2) == 205
    assert text.read(201, 204).tolist() == [1, 0, 1]
    assert text.sentences(203, 205).tolist() == [202, 205]
    assert text.sentences(200, 205).tolist() == [200, 202, 205]
