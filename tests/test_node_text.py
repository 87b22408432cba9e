"""What a node reads: kinds of texts, phrases joined, and errors that name the machine."""

from __future__ import annotations

import errno
import os
import platform

import numpy as np
import pytest

from fastw2v import Corpus, Phrases, encode
from fastw2v.encoded_parts import cut_encoded
from fastw2v.node_text import NodeText
from fastw2v.phrased import phrased
from fastw2v.text_parts import cut_text


def node_text(parts, folder, phrases=()):
    return NodeText(parts, "strict", 1, str(folder), 0, phrases)


def words_of(source, pieces, vocabulary):
    texts = [source.opened(piece, vocabulary) for piece in range(pieces)]
    return np.concatenate([text.read(0, text.tokens) for text in texts])


def test_an_encoded_text_is_that_of_the_file(text_file, tmp_path):
    path = tmp_path / "t.fw2c"
    encode(text_file, path)
    parts, _ = cut_encoded(str(path), 4)
    source = node_text(parts, tmp_path)
    # The first part tells the counts of all.
    counts, tokens = source.count([1, 2])
    assert not len(counts.counts)
    counts, more = source.count([0, 3])
    whole = Corpus(text_file, min_count=1)
    assert counts.vocabulary(1, None) == whole.vocabulary
    assert sum((tokens | more).values()) == len(whole)
    few = counts.vocabulary(5, 20)
    expected = np.where(whole.ids < len(few), whole.ids, -1)
    np.testing.assert_array_equal(words_of(source, 4, few), expected)


def test_phrases_are_joined_as_on_one_machine(text_file, tmp_path):
    phrases = [Phrases(text_file, min_count=1, threshold=0.1).freeze()]
    whole = phrased(Corpus(text_file, min_count=1), phrases, min_count=1)
    assert whole.raw_words < len(Corpus(text_file, min_count=1))
    parts, _ = cut_text([str(text_file)], 3)
    source = node_text(parts, tmp_path, phrases)
    counts, tokens = source.count([0, 1, 2])
    vocabulary = counts.vocabulary(1, None)
    assert vocabulary == whole.vocabulary
    assert sum(tokens.values()) == whole.raw_words
    np.testing.assert_array_equal(words_of(source, 3, vocabulary), whole.ids)
    piece = source.opened(1, vocabulary)
    assert piece.sentences(0, 1)[0] == 0
    # What stands on the disk has no name there.
    assert os.listdir(tmp_path) == []


def test_errors_name_the_machine_and_the_remedy(text_file, tmp_path):
    path = tmp_path / "t.txt"
    path.write_bytes(text_file.read_bytes())
    parts, _ = cut_text([str(path)], 2)
    path.write_bytes(b"another text\n" * 10_000)
    with pytest.raises(ValueError, match=f"t.txt: this is another file .*on the machine {platform.node()}"):
        node_text(parts, tmp_path).read(0)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=f"machine {platform.node()}; every machine must see it") as caught:
        node_text(parts, tmp_path).read(0)
    assert caught.value.filename == str(path)


def test_a_file_that_may_not_be_read_is_told(text_file, tmp_path, monkeypatch):
    parts, _ = cut_text([str(text_file)], 2)

    def refuse(part):
        raise PermissionError(errno.EACCES, "Permission denied", part.path)

    monkeypatch.setattr("fastw2v.node_text.check_same", refuse)
    with pytest.raises(PermissionError, match="whoever runs the nodes there must be allowed to use it"):
        node_text(parts, tmp_path).read(0)

    def fail(part):
        raise OSError("no room")

    monkeypatch.setattr("fastw2v.node_text.check_same", fail)
    with pytest.raises(OSError, match=f"no room .on the machine {platform.node()}"):
        node_text(parts, tmp_path).read(0)
