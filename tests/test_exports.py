"""What other tools get: the same words and rows, read back by those tools where they are installed."""

from __future__ import annotations

import csv
import json
import os
import sys

import numpy as np
import pytest

from fastw2v.exports import to_arrow, to_pandas, to_projector, to_sentence_transformers, to_torch_embedding
from fastw2v.keyed_vectors import KeyedVectors
from fastw2v.packed_words import PackedWords

WORDS = ["the", "über", "漢字", "😀", "no\u00a0break", "two words", "Cat"]
VECTORS = np.random.default_rng(2).normal(size=(7, 4)).astype(np.float32)
COUNTS = np.arange(7, 0, -1)


@pytest.fixture
def wv():
    return KeyedVectors(WORDS, VECTORS.copy(), COUNTS)


@pytest.fixture
def mapped(wv, tmp_path):
    """The same, with words still packed and vectors mapped from a file."""
    path = tmp_path / "v.safetensors"
    wv.save(path)
    return KeyedVectors.load(path)


def test_torch(wv, mapped):
    torch = pytest.importorskip("torch")
    for freeze in (True, False):
        for table in (wv, mapped):
            layer = to_torch_embedding(table, freeze=freeze)
            assert isinstance(layer, torch.nn.Embedding)
            assert layer.weight.requires_grad == (not freeze)
            assert np.array_equal(layer(torch.tensor([wv.get_index("漢字")])).detach().numpy()[0], VECTORS[2])
            assert (layer.weight.data_ptr() == table.vectors.ctypes.data) == (freeze and table is wv)


def test_pandas(wv, mapped):
    pytest.importorskip("pandas")
    for table in (wv, mapped):
        frame = to_pandas(table)
        assert list(frame.index) == WORDS
        assert frame.index.name == "word"
        assert np.array_equal(frame.to_numpy(), VECTORS)
        assert np.shares_memory(frame.to_numpy(), table.vectors)


def test_arrow(wv, mapped):
    arrow = pytest.importorskip("pyarrow")
    for table in (wv, mapped):
        made = to_arrow(table)
        assert made.column("word").to_pylist() == WORDS
        assert made.schema.field("vector").type == arrow.list_(arrow.float32(), 4)
        assert np.array_equal(np.array(made.column("vector").to_pylist(), np.float32), VECTORS)
        assert made.column("count").to_pylist() == COUNTS.tolist()
        assert made.column("vector").chunk(0).values.buffers()[1].address == table.vectors.ctypes.data
    assert made.column("word").chunk(0).buffers()[2].address == mapped.words.blob.ctypes.data
    assert to_arrow(KeyedVectors(WORDS, VECTORS)).column_names == ["word", "vector"]
    damaged = PackedWords(np.frombuffer(b"a\xff", np.uint8), np.array([0, 1, 2]))
    with pytest.raises(ValueError, match="number 1 is not UTF-8"):
        to_arrow(KeyedVectors(damaged, VECTORS[:2]))


@pytest.mark.parametrize(
    ("export", "module", "remedy"),
    [(to_torch_embedding, "torch", "torch"), (to_pandas, "pandas", "pandas"), (to_arrow, "pyarrow", "pyarrow")],
)
def test_without_the_library(wv, monkeypatch, export, module, remedy):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=rf"{export.__name__} needs {module}, .*pip install {remedy}$"):
        export(wv)


# Folders


def files_in(folder):
    return sorted(os.path.relpath(os.path.join(at, name), folder) for at, _, names in os.walk(folder) for name in names)


def test_projector(wv, tmp_path):
    folder = tmp_path / "projector"
    to_projector(wv, folder)
    assert files_in(folder) == ["metadata.tsv", "vectors.tsv"]
    with open(folder / "vectors.tsv", encoding="utf-8", newline="") as file:
        rows = [[float(number) for number in line.rstrip("\n").split("\t")] for line in file]
    assert np.array_equal(np.array(rows, np.float32), VECTORS)
    with open(folder / "metadata.tsv", encoding="utf-8", newline="") as file:
        table = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert table == [["word", "count"], *([word, str(count)] for word, count in zip(WORDS, COUNTS, strict=True))]
    # One column has no heading: the projector would take it for a word.
    to_projector(KeyedVectors(WORDS, VECTORS), folder)
    assert (folder / "metadata.tsv").read_text(encoding="utf-8").split("\n") == [*WORDS, ""]


def test_projector_in_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("fastw2v.exports.BLOCK_NUMBERS", 8)
    to_projector(KeyedVectors(WORDS, VECTORS), tmp_path)
    assert np.array_equal(np.loadtxt(tmp_path / "vectors.tsv", dtype=np.float32, delimiter="\t"), VECTORS)


@pytest.mark.parametrize("word", ["", "a\tb", "a\nb", "a\rb"])
def test_words_that_tsv_cannot_store(tmp_path, word):
    with pytest.raises(ValueError, match="rename it"):
        to_projector(KeyedVectors(["a", word], VECTORS[:2]), tmp_path / "p")
    assert not (tmp_path / "p").exists()


def test_sentence_transformers_files(wv, mapped, tmp_path):
    from safetensors.numpy import load_file

    for number, table in enumerate((wv, mapped)):
        folder = tmp_path / f"model{number}"
        to_sentence_transformers(table, folder)
        inner = folder / "0_StaticEmbedding"
        assert files_in(folder) == [
            "0_StaticEmbedding/model.safetensors",
            "0_StaticEmbedding/tokenizer.json",
            "config_sentence_transformers.json",
            "modules.json",
        ]
        weights = load_file(inner / "model.safetensors")
        assert list(weights) == ["embedding.weight"]
        assert np.array_equal(weights["embedding.weight"][:-1], VECTORS)
        assert not weights["embedding.weight"][-1].any()
        tokenizer = json.loads((inner / "tokenizer.json").read_text(encoding="utf-8"))
        assert tokenizer["model"]["vocab"] == {word: row for row, word in enumerate([*WORDS, "[UNK]"])}
        assert tokenizer["normalizer"] is None
        (module,) = json.loads((folder / "modules.json").read_text())
        assert module["path"] == "0_StaticEmbedding"
        assert module["type"] == "sentence_transformers.models.StaticEmbedding"
    to_sentence_transformers(KeyedVectors(["[UNK]", "a"], VECTORS[:2]), folder, lowercase=True)
    tokenizer = json.loads((inner / "tokenizer.json").read_text())
    assert tokenizer["model"] == {
        "type": "WordLevel",
        "vocab": {"[UNK]": 0, "a": 1, "[UNK]_": 2},
        "unk_token": "[UNK]_",
    }
    assert tokenizer["normalizer"] == {"type": "Lowercase"}


def test_the_tokenizer_of_the_folder(wv, tmp_path):
    tokenizers = pytest.importorskip("tokenizers")
    to_sentence_transformers(wv, tmp_path / "m")
    tokenizer = tokenizers.Tokenizer.from_file(str(tmp_path / "m" / "0_StaticEmbedding" / "tokenizer.json"))
    assert tokenizer.encode(" the\tüber\n漢字\r\n\v😀  no\u00a0break").ids == [0, 1, 2, 3, 4]
    assert tokenizer.encode("cat Cat, Cat two words").ids == [7, 7, 6, 7, 7]
    assert tokenizer.encode(" \n").ids == []
    to_sentence_transformers(KeyedVectors(["cat"], VECTORS[:1]), tmp_path / "m", lowercase=True)
    tokenizer = tokenizers.Tokenizer.from_file(str(tmp_path / "m" / "0_StaticEmbedding" / "tokenizer.json"))
    assert tokenizer.encode("CAT").ids == [0]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the libraries beneath it
def test_sentence_transformers_itself(wv, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    library = pytest.importorskip("sentence_transformers")
    to_sentence_transformers(wv, tmp_path / "m")
    model = library.SentenceTransformer(str(tmp_path / "m"), device="cpu")
    found = model.encode(["the über", "漢字 unknown", "unknown"])
    assert np.allclose(found[0], (VECTORS[0] + VECTORS[1]) / 2, atol=1e-6)
    assert np.allclose(found[1], VECTORS[2] / 2, atol=1e-6)
    assert not found[2].any()
    model.save(str(tmp_path / "again"))
    again = library.SentenceTransformer(str(tmp_path / "again"), device="cpu")
    assert np.array_equal(again.encode(["the"])[0], VECTORS[0])


def test_folders_that_cannot_be_written(wv, tmp_path):
    (tmp_path / "file").write_text("x")
    for export in (to_projector, to_sentence_transformers):
        with pytest.raises(NotADirectoryError, match="give another for the folder"):
            export(wv, tmp_path / "file")
    with pytest.raises(ValueError, match="half a character"):
        to_sentence_transformers(KeyedVectors(["\ud800"], VECTORS[:1]), tmp_path / "m")
    assert files_in(tmp_path) == ["file"]


def test_a_failed_export_leaves_the_earlier_one(wv, tmp_path, monkeypatch):
    folder = tmp_path / "m"
    to_sentence_transformers(wv, folder)
    before = {name: (folder / name).read_bytes() for name in files_in(folder)}

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fastw2v.exports.save_container", full)
    with pytest.raises(OSError, match="No space"):
        to_sentence_transformers(KeyedVectors(["other"], VECTORS[:1]), folder)
    assert {name: (folder / name).read_bytes() for name in files_in(folder)} == before
