"""What names a text: folders, patterns, compressed files, and what is refused before anything is read."""

from __future__ import annotations

import errno
import gzip
import os

import pytest
from corpus_checks import check, sentences_of

from fastw2v._sources import examine
from fastw2v.compressed import SUFFIXES, compressor
from fastw2v.corpus import Corpus


@pytest.fixture
def folder(tmp_path):
    for name in ("b.txt", "a.txt", "deep/c.txt", "deep/er/d.log", ".hidden", ".git/e.txt", "deep/.f"):
        path = tmp_path / "texts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{path.name[0]} x\n")
    return tmp_path / "texts"


def names(paths):
    return [os.path.basename(source.path) for source in examine([os.fspath(path) for path in paths])]


def test_long_texts_are_no_paths():
    with pytest.raises(FileNotFoundError, match=r"there is no such file; .* texts need tokenize=str.split"):
        Corpus("a text that was meant to be trained on " * 200)


def test_standard_input_is_named_once():
    with pytest.raises(ValueError, match="named more than once"):
        Corpus(["-", "-"])


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.tar.gz", b"", r"archive; unpack it, or pipe it: tar -xOf a\.tar\.gz"),
        ("a.tgz", b"x", "its name says that it is an archive"),
        ("a.TAR", b"x", "its name says that it is an archive"),
        ("a", b"PK\x03\x04 and so on", "a zip archive, no text; unpack it"),
        ("a.parquet", b"PAR1 and so on", "a Parquet file, no text"),
        ("a.npy", b"\x93NUMPY and so on", "an array of NumPy's, no text"),
    ],
)
def test_archives_and_tables_are_no_texts(tmp_path, name, content, sentence):
    path = tmp_path / name
    path.write_bytes(gzip.compress(b"text") if name.endswith("gz") else content)
    with pytest.raises(ValueError, match=sentence):
        Corpus(path)


def test_a_folder_names_its_files_by_name_but_hidden_ones(folder):
    assert names([folder]) == ["a.txt", "b.txt", "c.txt", "d.log"]
    assert names([folder / "deep", folder / ".hidden"]) == ["c.txt", "d.log", ".hidden"]
    check(Corpus(folder, min_count=1, workers=2), sentences_of("a x\nb x\nc x\nd x"))
    empty = folder / "empty"
    empty.mkdir()
    (empty / ".x").write_text("a")
    with pytest.raises(FileNotFoundError, match="holds no file that is not hidden") as caught:
        Corpus(empty)
    assert (caught.value.errno, caught.value.filename) == (errno.ENOENT, str(empty))


def test_patterns(folder):
    assert names([folder / "*.txt"]) == ["a.txt", "b.txt"]
    assert names([folder / "[bc].txt"]) == ["b.txt"]
    assert names([folder / "**" / "*.???"]) == ["a.txt", "b.txt", "c.txt", "d.log"]
    (folder / "a[1].txt").write_text("y")
    assert names([folder / "a[1].txt"]) == ["a[1].txt"]
    with pytest.raises(FileNotFoundError, match="no file matches this pattern"):
        Corpus(folder / "*.none")
    origin = Corpus(str(folder / "?.txt"), min_count=1).origin
    assert [os.path.basename(file["path"]) for file in origin["files"]] == ["a.txt", "b.txt"]


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_a_name_that_promises_what_the_content_is_not(write, suffix):
    with pytest.raises(ValueError, match=rf"text{suffix}: its name says .*it is empty, .* cut short"):
        Corpus(write(b"", f"text{suffix}"))
    with pytest.raises(ValueError, match=rf"text{suffix}: its name says .*if it is text, give it another name"):
        Corpus([write("good"), write("plain text", f"text{suffix}")])
    with pytest.raises(ValueError, match="it is damaged"):
        Corpus(write(compressor(SUFFIXES[suffix])(b"text")[:2], f"text{suffix}"))


def test_content_decides_how_a_file_is_compressed(write):
    check(Corpus(write(gzip.compress(b"a b\nc"), "text.txt"), min_count=1), [["a", "b"], ["c"]])
    check(Corpus(write(gzip.compress(b"a b\nc"), "text.zst"), min_count=1), [["a", "b"], ["c"]])


def test_texts_given_as_a_list_are_told_of(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"tokenize=str\.split"):
        Corpus(["is this a text?", "and this one, too"])


def test_a_library_that_is_missing_is_told_before_reading(write, monkeypatch):
    def missing():
        raise ImportError("zstd-compressed files need a library: pip install 'fastw2v[io]'")

    monkeypatch.setattr("fastw2v.compressed._zstd", missing)
    with pytest.raises(ImportError, match=r"fastw2v\[io\]"):
        Corpus(write(b"\x28\xb5\x2f\xfd\x04\x00rest", "text.zst"))
