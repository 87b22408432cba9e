"""Text cut for several machines: every byte in one part, at the ends of lines."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastw2v
from fastw2v import Corpus, text_parts
from fastw2v.text_parts import TextPart, TextParts, check_same, cut_text, fetched


@given(lines=st.lists(st.text("ab \t", max_size=30), min_size=1, max_size=60), parts=st.integers(1, 20))
def test_parts_are_whole_lines_and_all_of_the_text(tmp_path_factory, lines, parts):
    text = ("\n".join(lines) + "x").encode()
    path = tmp_path_factory.mktemp("t") / "t.txt"
    path.write_bytes(text)
    found, facts = cut_text([str(path)], parts)
    assert [part.start for part in found] == [0, *(part.stop for part in found[:-1])]
    assert found[-1].stop == len(text)
    assert all(text[part.stop - 1 : part.stop] == b"\n" for part in found[:-1])
    assert all(part.stop > part.start for part in found)
    assert len(found) <= parts
    assert [fact["size"] for fact in facts] == [len(text)]


def test_a_text_of_one_line_is_cut_behind_words(tmp_path, monkeypatch):
    monkeypatch.setattr(text_parts, "LONGEST_LINE", 64)
    monkeypatch.setattr(text_parts, "SEARCH_BYTES", 16)
    path = tmp_path / "t.txt"
    text = b"word " * 1000
    path.write_bytes(text)
    parts, _ = cut_text([str(path)], 7)
    assert len(parts) == 7
    assert all(text[part.stop - 1 : part.stop] == b" " for part in parts)


def test_parts_read_alone_are_what_the_whole_text_is(tmp_path, text_file):
    parts, _ = cut_text([str(text_file)], 5)
    assert len(parts) == 5
    whole = Corpus(text_file, min_count=1)
    pieces = [Corpus(TextParts([part]), min_count=1) for part in parts]
    words = [piece.vocabulary.index_to_key[i] for piece in pieces for i in piece.ids]
    assert words == [whole.vocabulary.index_to_key[i] for i in whole.ids]
    assert sum(piece.raw_sentences for piece in pieces) == whole.raw_sentences
    together = Corpus(TextParts(parts), min_count=1)
    np.testing.assert_array_equal(together.ids, whole.ids)
    assert together.origin is None


def test_files_of_every_kind_are_shared_out(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + b"a b\n" * 100)
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(b"c d\n" * 100))
    (tmp_path / "c.txt").write_bytes(b"")
    parts, facts = cut_text([str(tmp_path)], 4)
    assert [part.compression for part in parts].count("gzip") == 1
    assert len(facts) == 3
    assert parts[0].start == 3
    assert len(Corpus(TextParts(parts), min_count=1)) == 400


@pytest.mark.parametrize("given", ["-", "none.txt"])
def test_what_machines_cannot_share_is_refused(given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, OSError), match=r"can be read only once|no such file"):
        cut_text([given], 2)
    (tmp_path / "empty.txt").write_bytes(b"")
    with pytest.raises(ValueError, match="the file is empty"):
        cut_text(["empty.txt"], 2)


def test_urls_are_cut_and_fetched(tmp_path):
    pytest.importorskip("fsspec")
    text = b"\xef\xbb\xbf" + b"".join(b"line %d\n" % i for i in range(1000))
    (tmp_path / "a.txt").write_bytes(text)
    (tmp_path / "b.txt").write_bytes(b"more\n")
    parts, facts = cut_text([f"file://{tmp_path}/*.txt"], 4)
    assert len(parts) >= 4
    assert [fact["path"] for fact in facts] == [f"file://{tmp_path}/{name}.txt" for name in "ab"]
    copies = [fetched(part, str(tmp_path)) for part in parts]
    whole = b"".join(Path(part.path).read_bytes()[part.start : part.stop] for part, _ in copies)
    assert whole == text[3:] + b"more\n"
    assert all(copy == part.path for part, copy in copies)


def test_a_url_that_has_become_shorter_is_told(tmp_path):
    pytest.importorskip("fsspec")
    (tmp_path / "a.txt").write_bytes(b"short\n")
    with pytest.raises(OSError, match="it ended 94 bytes before it should; it has changed since"):
        fetched(TextPart(f"file://{tmp_path}/a.txt", 0, 100), str(tmp_path))


def test_a_part_of_a_file_is_read_where_it_is(tmp_path):
    part = TextPart(str(tmp_path / "a.txt"), 2, 9)
    assert fetched(part, str(tmp_path)) == (part, None)


@pytest.mark.parametrize(
    ("url", "error", "message"),
    [
        ("memory://a.txt", ValueError, "memory of one process, where the nodes of a cluster do not see it"),
        ("nosuch://a.txt", ValueError, "nosuch://a.txt: Protocol not known: nosuch; .*install the package"),
        ("file://{}/none.txt", FileNotFoundError, "no such file"),
        ("file://{}/*.none", FileNotFoundError, "no file matches this pattern"),
        ("file://{}/folder", FileNotFoundError, "this folder holds no file"),
        ("file://{}/t.fw2c", ValueError, "an encoded text is read from files alone; copy it to all machines"),
    ],
)
def test_urls_that_nodes_cannot_read_are_told(tmp_path, url, error, message):
    pytest.importorskip("fsspec")
    (tmp_path / "folder").mkdir()
    fastw2v.encode([["a", "b"]], tmp_path / "t.fw2c")
    with pytest.raises(error, match=message):
        cut_text([url.format(tmp_path)], 2)


def test_a_folder_of_a_url_names_its_files(tmp_path):
    pytest.importorskip("fsspec")
    (tmp_path / "a.txt").write_bytes(b"a\n")
    assert [part.path for part in cut_text([f"file://{tmp_path}"], 1)[0]] == [f"file://{tmp_path}/a.txt"]


def test_another_file_of_the_same_name_is_noticed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("t.txt").write_bytes(b"some words\n" * 1000)
    parts, _ = cut_text(["t.txt"], 3)
    monkeypatch.chdir("/")
    for part in parts:
        check_same(part)
    (tmp_path / "t.txt").write_bytes(b"any words\n" * 2000)
    with pytest.raises(ValueError, match="another file than where the run was begun"):
        check_same(parts[0])
