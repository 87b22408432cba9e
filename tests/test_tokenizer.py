"""The compiled tokenizer alone: words, sentence ends, UTF-8 and numbers, against plain Python. No file is read here."""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from threading import Thread

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fastw2v._tokenizer import DONE, INVALID, MORE, Tokenizer, renumber, word_end
from fastw2v.packed_words import PackedWords

# A busy machine may take its time.
relaxed = settings(deadline=None)

SPACES = b" \t\n\r\v\f"
INVALID_PARTS = [
    b"\x80", b"\xbf", b"\xc0\x80", b"\xc1\xbf", b"\xc2", b"\xe0\x80\x80", b"\xe0\x9f\xbf", b"\xe2\x82", b"\xed\xa0\x80",
    b"\xed\xbf\xbf", b"\xef\xbf", b"\xf0\x80\x80\x80", b"\xf0\x8f\xbf\xbf", b"\xf0\x9f\x98", b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80", b"\xfe", b"\xff", b"\xe2\xe2\x82\xac", b"\xf0\x9f\xc3\xa9", b"\xf8\x88\x80\x80\x80",
]  # fmt: skip
VALID_PARTS = ["a", "\0", "é", "\u00a0", "\u2003", "\u2028", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff"]

raw_text = st.lists(
    st.one_of(
        st.sampled_from([bytes([space]) for space in SPACES]),
        st.sampled_from([*INVALID_PARTS, *(part.encode() for part in VALID_PARTS)]),
        st.binary(max_size=20),
        st.text("abc", max_size=20).map(str.encode),
    ),
    max_size=30,
).map(b"".join)


def sentences_of(text: str) -> list[list[str]]:
    lines = ([word for word in re.split("[ \t\r\v\f]+", line) if word] for line in text.split("\n"))
    return [words for words in lines if words]


def drain(tokenizer: Tokenizer) -> tuple[np.ndarray, np.ndarray]:
    tokens, lines = tokenizer.pending()
    ids, ends = np.empty(tokens, np.int32), np.empty(lines, np.int32)
    tokenizer.take(ids, ends)
    return ids, ends


def ranked(tokenizer: Tokenizer):
    """Words, counts and places as Tokenizer.rank gives them, the words decoded."""
    blob, offsets, counts, places = tokenizer.rank()
    return PackedWords(blob, offsets).to_list(), counts, places


def all_words(tokenizer: Tokenizer) -> dict[int, str]:
    words, _, final = ranked(tokenizer)
    return {number: words[place] for number, place in enumerate(final.tolist())}


def read_whole(raw: bytes, *, replace: bool = True) -> list[list[str]]:
    tokenizer = Tokenizer(replace=replace)
    assert tokenizer.feed(raw, 0, len(raw), len(raw), True) == (DONE, len(raw))
    tokenizer.end_sentence()
    ids, ends = drain(tokenizer)
    words = all_words(tokenizer)
    stops = [stop for stop in ends.tolist() if stop]
    return [[words[i] for i in ids[a:b].tolist()] for a, b in zip([0, *stops], stops, strict=False)]


# Long enough for what is done with whole lines of 64 bytes and stretches of 16 of them: a seed, for most of the text,
# and what stands in it somewhere.
long_text = st.builds(
    lambda seed, size, parts: _long_text(random.Random(seed), size, parts),
    st.integers(0, 2**32),
    st.sampled_from([60, 80, 130, 1100, 3000]),
    st.lists(st.one_of(raw_text, st.integers(1, 2200).map(lambda length: b"w" * length)), max_size=4),
)


def _long_text(chance: random.Random, size: int, parts: list[bytes]) -> bytes:
    words = ["a", "bc", "seven77", "eight888", "nine99999", "sixteen_16161616", "seventeen_1717171", "é", "long" * 20]
    pieces: list[bytes] = []
    while size > 0:
        pieces.append(chance.choice(words).encode())
        pieces.append(chance.choice([b" ", b" ", b" ", b"\n", b"\t\r\n", b"  "]))
        size -= len(pieces[-1]) + len(pieces[-2])
    for part in parts:
        pieces.insert(chance.randrange(len(pieces)), part)
    return b"".join(pieces)


@relaxed
@given(st.one_of(raw_text, long_text))
@example(b"".join(INVALID_PARTS))
@example(b" ".join(INVALID_PARTS))
def test_replaces_as_python_does(raw: bytes) -> None:
    assert read_whole(raw) == sentences_of(raw.decode("utf8", "replace"))


@relaxed
@given(st.one_of(raw_text, long_text))
def test_refuses_the_byte_that_python_refuses(raw: bytes) -> None:
    try:
        text, bad = raw.decode(), None
    except UnicodeDecodeError as error:
        text, bad = "", error.start
    if bad is None:
        assert read_whole(raw, replace=False) == sentences_of(text)
    else:
        assert Tokenizer().feed(raw, 0, len(raw), len(raw), True) == (INVALID, bad)


def test_every_byte_of_a_long_text_may_be_any_space_or_none() -> None:
    for place in range(200):
        for byte in (*SPACES, ord("x"), 0):
            raw = b"ab " * place + bytes([byte]) + b" cd" * (200 - place)
            raw = raw[place:]
            assert read_whole(raw) == sentences_of(raw.decode())


def test_a_refused_byte_leaves_no_sentence_end_behind_the_words() -> None:
    raw = b"one two\n" * 50 + b"\xff " + b"three\n" * 50
    tokenizer = Tokenizer()
    assert tokenizer.feed(raw, 0, len(raw), len(raw), True) == (INVALID, 400)
    ids, ends = drain(tokenizer)
    assert (len(ids), ends.tolist()) == (100, [*range(2, 101, 2)])


@pytest.mark.parametrize("part", INVALID_PARTS, ids=lambda part: part.hex())
@pytest.mark.parametrize("before", [0, 1, 7, 8, 9])
def test_each_invalid_form_at_each_place_of_a_block(part: bytes, before: int) -> None:
    raw = b"x" * before + part + b"y"
    with pytest.raises(UnicodeDecodeError) as error:
        raw.decode()
    assert Tokenizer().feed(raw, 0, len(raw), len(raw), True) == (INVALID, error.value.start)
    assert read_whole(raw) == [[raw.decode("utf8", "replace")]]
    longer = b"text " * 30 + raw + b" text" * 30
    assert Tokenizer().feed(longer, 0, len(longer), len(longer), True) == (INVALID, 150 + error.value.start)
    assert read_whole(longer) == [longer.decode("utf8", "replace").split(" ")]


def test_every_character_of_unicode_is_valid() -> None:
    text = " ".join(chr(c) for c in range(0x80, sys.maxunicode + 1, 37) if not 0xD800 <= c < 0xE000)
    assert read_whole(text.encode(), replace=False) == [text.split(" ")]


def test_every_byte_is_white_space_or_not() -> None:
    for byte in range(128):
        for before in range(18):
            raw = b"a" * before + bytes([byte]) + b"b" * (17 - before)
            assert read_whole(raw) == sentences_of(raw.decode())


@pytest.mark.parametrize("length", [*range(1, 26), 1000, 1_000_000])
def test_words_of_each_length_are_told_apart(length: int) -> None:
    words = ["a" * length, "a" * (length - 1) + "b", "b" + "a" * (length - 1), "a" * length + "\0"]
    assert read_whole(" ".join(words * 2).encode()) == [words * 2]


@relaxed
@given(st.one_of(raw_text, long_text), st.data())
def test_parts_give_what_the_whole_gives(raw: bytes, data: st.DataObject) -> None:
    whole, parts = Tokenizer(replace=True), Tokenizer(replace=True)
    whole.feed(raw, 0, len(raw), len(raw), True)
    begin = limit = 0
    while limit < len(raw):
        limit = data.draw(st.integers(max(begin, limit) + 1, len(raw)))
        state, begin = parts.feed(raw, begin, limit, limit, limit == len(raw))
        assert state == (MORE if begin < limit else DONE)
    for a, b in zip(drain(whole), drain(parts), strict=True):
        assert np.array_equal(a, b)
    assert all_words(whole) == all_words(parts)


def test_a_word_may_run_past_the_limit_but_does_not_start_there() -> None:
    tokenizer = Tokenizer()
    assert tokenizer.feed(b"one two\nthree\n", 0, 5, 14, True) == (DONE, 5)
    ids, ends = drain(tokenizer)
    assert (ids.tolist(), ends.tolist()) == ([0, 1], [])
    assert all_words(tokenizer) == {0: "one", 1: "two"}


def test_sentence_ends_count_words_and_never_repeat() -> None:
    tokenizer = Tokenizer()
    for text in (b"\n\na b\n\n\nc", b"\nd\n", b"", b"\n"):
        tokenizer.feed(text, 0, len(text), len(text), True)
    tokenizer.end_sentence()
    ids, ends = drain(tokenizer)
    assert (ids.tolist(), ends.tolist()) == ([0, 1, 2, 3], [0, 2, 3, 4])
    tokenizer.end_sentence()
    assert drain(tokenizer)[1].tolist() == [0]


def test_the_table_grows_and_counts() -> None:
    words = [f"word{i * i % 40_000}" for i in range(100_000)]
    tokenizer = Tokenizer()
    raw = " ".join(words).encode()
    tokenizer.feed(raw, 0, len(raw), len(raw), True)
    counts = Counter(words)
    kept, numbers, _ = ranked(tokenizer)
    assert list(zip(kept, numbers.tolist(), strict=True)) == sorted(counts.items(), key=lambda x: (-x[1], x[0]))
    assert len(tokenizer) == len(counts)
    assert tokenizer.totals() == (len(words), max(counts.values()))


@relaxed
@given(st.lists(st.text(min_size=1, max_size=12).filter(lambda word: not re.search("[ \t\n\r\v\f]", word))))
def test_rank_orders_ties_by_their_bytes(words: list[str]) -> None:
    words = [word for word in words if word.isprintable()]
    tokenizer = Tokenizer()
    raw = " ".join(words).encode()
    tokenizer.feed(raw, 0, len(raw), len(raw), True)
    expected = sorted(Counter(words).items(), key=lambda x: (-x[1], x[0].encode()))
    kept, counts, places = ranked(tokenizer)
    assert list(zip(kept, counts.tolist(), strict=True)) == expected
    assert [kept[place] for place in places.tolist()] == list(dict.fromkeys(words))


@relaxed
@given(raw_text, raw_text)
def test_absorb_adds_up(left: bytes, right: bytes) -> None:
    a, b, both = (Tokenizer(replace=True) for _ in range(3))
    for tokenizer, raw in ((a, left), (b, right), (both, left + b" " + right)):
        tokenizer.feed(raw, 0, len(raw), len(raw), True)
    words = all_words(b)
    numbers = a.absorb(b)
    merged = all_words(a)
    assert [merged[number] for number in numbers.tolist()] == [words[i] for i in range(len(numbers))]
    for x, y in zip(ranked(a)[:2], ranked(both)[:2], strict=True):
        assert list(x) == list(y)


def test_too_many_words_is_an_error() -> None:
    tokenizer = Tokenizer(max_words=2)
    assert tokenizer.feed(b"a b a b", 0, 7, 7, True)[0] == DONE
    with pytest.raises(OverflowError, match="different words"):
        tokenizer.feed(b"c", 0, 1, 1, True)


def test_words_alike_in_count_and_beginning_are_ordered_by_the_rest() -> None:
    words = [f"a_long_beginning_{i * 7919 % 1000}" for i in range(1000)] + ["a_long_b", "a_long_be", "zz", "zz"]
    tokenizer = Tokenizer()
    raw = " ".join(words).encode()
    tokenizer.feed(raw, 0, len(raw), len(raw), True)
    assert ranked(tokenizer)[0] == ["zz", *sorted(set(words) - {"zz"})]


@relaxed
@given(st.lists(st.integers(0, 9), max_size=50), st.lists(st.integers(-1, 5), min_size=10, max_size=10))
def test_renumber_looks_each_id_up(ids: list[int], numbers: list[int]) -> None:
    array = np.array(ids, np.int32)
    renumber(array, np.array(numbers, np.int32))
    assert array.tolist() == [numbers[i] for i in ids]


def test_renumber_needs_numbers() -> None:
    renumber(np.empty(0, np.int32), np.empty(0, np.int32))
    with pytest.raises(ValueError, match="without numbers"):
        renumber(np.zeros(3, np.int32), np.empty(0, np.int32))


@relaxed
@given(raw_text, st.data())
def test_word_end(raw: bytes, data: st.DataObject) -> None:
    to = data.draw(st.integers(0, len(raw)))
    start = data.draw(st.integers(0, to))
    spaces = [i for i in range(start, to) if raw[i] in SPACES]
    assert word_end(raw, start, to) == (spaces[0] if spaces else to)


def test_places_outside_the_text_are_refused() -> None:
    for begin, limit, end in ((-1, 1, 1), (0, 4, 4), (2, 1, 3), (0, 3, 2)):
        with pytest.raises(ValueError, match="does not hold"):
            Tokenizer().feed(b"abc", begin, limit, end, True)
    with pytest.raises(ValueError, match="does not hold"):
        word_end(b"abc", 0, 4)
    with pytest.raises(ValueError, match="absorb itself"):
        (tokenizer := Tokenizer()).absorb(tokenizer)
    with pytest.raises(ValueError, match="take wants"):
        Tokenizer().take(np.empty(1, np.int32), np.empty(0, np.int32))


def test_tokenizers_of_different_threads_share_nothing() -> None:
    raw = " ".join(f"w{i % 5000}" for i in range(100_000)).encode()
    tokenizers = [Tokenizer() for _ in range(4)]
    threads = [Thread(target=t.feed, args=(raw, 0, len(raw), len(raw), True)) for t in tokenizers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {t.totals() for t in tokenizers} == {(100_000, 20)}
    assert {len(t) for t in tokenizers} == {5000}
