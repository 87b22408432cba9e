"""Words as one block of bytes: what goes in comes out, and nothing else is let in."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastw2v import packed_words
from fastw2v.packed_words import PackedWords, word_with_space

WORDS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=20)


@given(WORDS)
def test_words_come_back(words):
    packed = PackedWords.pack(words)
    assert len(packed) == len(words)
    assert list(packed) == packed.to_list() == packed[:] == [packed[i] for i in range(len(words))] == words
    assert PackedWords.pack(packed) is packed


@given(WORDS)
def test_finding_white_space(words):
    bad = [word for word in words if word == "" or any(letter in " \t\n\v\f\r" for letter in word)]
    assert word_with_space(PackedWords.pack(words)) == (bad[0] if bad else None)


def test_other_white_space_is_part_of_a_word():
    assert word_with_space(PackedWords.pack(["a\u00a0b", "\u2028", "\x85", "\x1c"])) is None


def test_negative_positions_and_slices():
    packed = PackedWords.pack(["a", "bc", "def"])
    assert packed[-1] == "def"
    assert packed[::-1] == ["def", "bc", "a"]
    with pytest.raises(IndexError):
        packed[3]


def test_words_that_cannot_be_packed():
    with pytest.raises(ValueError, match="half a character"):
        PackedWords.pack(["fine", "\ud800"])
    with pytest.raises(TypeError, match="must be str, not 7"):
        PackedWords.pack([7])


@pytest.mark.parametrize("offsets", [[], [1, 2], [0, 1], [0, 3], [0, 2, 1, 2], [0, -1, 2]])
def test_offsets_that_do_not_fit(offsets):
    with pytest.raises(ValueError, match="must ascend from 0 to their 2 bytes"):
        PackedWords(np.zeros(2, np.uint8), np.array(offsets, np.int64))


@pytest.mark.parametrize(
    ("blob", "offsets"),
    [
        (np.zeros((1, 2), np.uint8), np.array([0, 2])),
        (np.zeros(2), np.array([0, 2])),
        (np.zeros(2, np.uint8), np.array([0.0, 2.0])),
    ],
)
def test_arrays_of_another_kind(blob, offsets):
    with pytest.raises(ValueError, match="must be bytes"):
        PackedWords(blob, offsets)


def test_damaged_letters_are_told_when_read():
    packed = PackedWords(np.frombuffer(b"ok\xff\xfe", np.uint8), np.array([0, 2, 4]))
    assert packed[0] == "ok"
    for read in (lambda: packed[1], packed.to_list, lambda: list(packed)):
        with pytest.raises(ValueError, match="word number 1 is not UTF-8"):
            read()


@given(WORDS, st.text(max_size=3))
def test_a_word_is_found_without_decoding_the_others(words, other):
    packed = PackedWords.pack(dict.fromkeys(words))
    stored = PackedWords(packed.blob, packed.offsets, packed.make_lookup())
    listed = list(packed)
    for word in [*words, other]:
        assert stored.find(word) == (listed.index(word) if word in listed else -1)


def test_words_of_one_hash_are_told_apart():
    packed = PackedWords.pack(["plumless", "buckeroo", "x"])  # the first two have one CRC-32
    assert len(set(packed.make_lookup()[0].tolist())) == 2
    stored = PackedWords(packed.blob, packed.offsets, packed.make_lookup())
    assert [stored.find(word) for word in ("plumless", "buckeroo", "x", "y", "\ud800")] == [0, 1, 2, -1, -1]


@given(
    st.lists(st.integers(0, 2**32 - 1), min_size=3, max_size=3), st.lists(st.integers(-9, 9), min_size=3, max_size=3)
)
def test_a_damaged_look_up_finds_nothing_false(hashes, rows):
    packed = PackedWords.pack(["a", "b", "c"])
    stored = PackedWords(packed.blob, packed.offsets, (np.array(hashes, np.uint32), np.array(rows, np.int32)))
    for row, word in enumerate("abc"):
        assert stored.find(word) in (row, -1)


def test_a_look_up_that_does_not_fit_is_refused():
    packed = PackedWords.pack(["a", "b"])
    hashes, rows = packed.make_lookup()
    for wrong in [(hashes[:1], rows), (hashes, rows[:1]), (hashes.astype(np.int64), rows), (hashes, rows.astype("i8"))]:
        with pytest.raises(ValueError, match="look-up"):
            PackedWords(packed.blob, packed.offsets, wrong)


@given(WORDS)
def test_hashes_are_the_same_without_the_compiled_part(words):
    packed = PackedWords.pack(words)
    hashes = packed_words._hash_words_python(packed.blob, packed.offsets)
    assert np.array_equal(packed_words.hash_words(packed.blob, packed.offsets), hashes)
    assert hashes.tolist() == [zlib.crc32(word.encode()) for word in words]


@given(WORDS)
def test_words_are_found_without_a_stored_look_up(words):
    packed = PackedWords.pack(dict.fromkeys(words))
    assert [packed.find(word) for word in packed] == list(range(len(packed)))
    assert packed.find("a word of more than eight letters") == -1
    assert packed.lookup is not None
