"""Columns, tables and data sets as texts: by what they can do, with the libraries where they are installed."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from corpus_checks import check

from fastw2v import Corpus
from fastw2v._columns import cells, is_tabular

TEXTS = ["one two", "three", "", "two  one two"] * 30
SENTENCES = [text.split() for text in TEXTS]


class Column:
    """Like a data set's: read bit by bit, without a type."""

    column_name = "text"

    def __init__(self, values):
        self.values = values

    def __len__(self):
        return len(self.values)

    def __getitem__(self, key):
        return self.values[key]


class DataSet:
    """Like Hugging Face's: rows are dicts, and batches come as dicts of lists."""

    column_names = ("text", "words")

    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        raise AssertionError("rows are slower than batches")

    def select_columns(self, names):
        assert names == ["text"] or names == ["words"]
        return self

    def iter(self, batch_size):
        for start in range(0, len(self.rows), batch_size):
            batch = self.rows[start : start + batch_size]
            yield {name: [row[name] for row in batch] for name in self.column_names}


ROWS = [{"text": text, "words": words} for text, words in zip(TEXTS, SENTENCES, strict=True)]


@pytest.mark.parametrize(
    ("source", "options"),
    [
        (Column(TEXTS), {}),
        (Column(SENTENCES), {}),
        (DataSet(ROWS), {"column": "text"}),
        (DataSet(ROWS), {"column": "words"}),
        (ROWS, {"column": "text"}),
        (iter(ROWS), {"column": "words"}),
        ([(text, 1) for text in TEXTS], {"column": 0}),
        (np.array(TEXTS), {}),
        (np.array([*SENTENCES, None], object)[:-1], {}),
        (Column(TEXTS), {"tokenize": str.split}),
    ],
    ids=["column", "lists", "set", "set-lists", "rows", "rows-lists", "tuples", "array", "objects", "function"],
)
def test_by_what_they_can_do(source, options):
    corpus = Corpus(source, min_count=1, **options)
    check(corpus, SENTENCES)
    assert corpus.raw_sentences == len(TEXTS)
    assert corpus.origin is None


def test_pandas():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": TEXTS, "words": SENTENCES, "n": range(len(TEXTS))}, index=range(7, 127))
    for source in (frame["text"], frame["words"], frame["text"].astype("string")):
        check(Corpus(source, min_count=1), SENTENCES)
    for column in ("text", "words"):
        check(Corpus(frame, column=column, min_count=1), SENTENCES)
    with pytest.raises(ValueError, match="name its column of texts by column=, which may be 'text', 'words', 'n'"):
        Corpus(frame)
    with pytest.raises(ValueError, match="column is 'body', but the table has 'text', 'words', 'n'"):
        Corpus(frame, column="body")
    with pytest.raises(TypeError, match=r"array of int64, no texts; .*from_ids"):
        Corpus(frame["n"])
    for missing in (None, float("nan")):
        with pytest.raises(TypeError, match=r"text 1 is .*dropna"):
            Corpus(pandas.Series(["a", missing]), min_count=1)


def test_arrow():
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table({"text": TEXTS, "words": SENTENCES})
    chunked = arrow.chunked_array([TEXTS[:50], TEXTS[50:]])
    for source in (table["text"], table["words"], arrow.array(TEXTS), chunked):
        check(Corpus(source, min_count=1), SENTENCES)
    for source in (table, table.to_batches()[0]):
        check(Corpus(source, column="words", min_count=1), SENTENCES)


def test_polars():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"text": TEXTS, "words": SENTENCES})
    for source in (frame["text"], frame["words"]):
        check(Corpus(source, min_count=1), SENTENCES)
    check(Corpus(frame, column="text", min_count=1), SENTENCES)


def test_hugging_face():
    datasets = pytest.importorskip("datasets")
    data = datasets.Dataset.from_list(ROWS)
    for source in (data, data.to_iterable_dataset()):
        check(Corpus(source, column="text", min_count=1), SENTENCES)
    check(Corpus(data, column="words", min_count=1), SENTENCES)
    with pytest.raises(TypeError, match="one of its values, which stand under 'train'"):
        Corpus(datasets.DatasetDict({"train": data}))


def test_a_mapping_of_columns():
    table = {"id": [1, 2], "text": ["a b", "c"], "words": [["a", "b"], ["c"]]}
    for column in ("text", "words"):
        check(Corpus(table, column=column, min_count=1), [["a", "b"], ["c"]])
    with pytest.raises(ValueError, match="the mapping has 'id', 'text', 'words'; give one of these, or one of its"):
        Corpus(table, column="txt")


def test_what_is_no_table():
    for source in ("text.txt", b"text", ["a"], [["a"]], ("a",), iter(["a"]), {"a": ["b"]}, str, None):
        assert not is_tabular(source)
    with pytest.raises(TypeError, match="the source is a mapping; give one of its values, which stand under 'a'"):
        Corpus({"a": ["b"]})
    with pytest.raises(ValueError, match=r"row 1 of the source has no column 'text': \{'txt'"):
        Corpus([{"text": "a"}, {"txt": "b"}], column="text")
    with pytest.raises(TypeError, match="the source is no table and holds no rows: 5"):
        Corpus(5, column="text")
    with pytest.raises(ValueError, match="the column holds nothing"):
        Corpus(Column([]))
    with pytest.raises(TypeError, match=r"not read yet; give source\.collect\(\)"):
        Corpus(SimpleNamespace(collect_schema=None, lazy=None, columns=["text"]), column="text")
    assert list(cells(Column(list(range(20_000))), None)) == list(range(20_000))
