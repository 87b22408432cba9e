"""Tables, data sets and their columns as iterables of cells, known by what they can do and not by their libraries.

pandas, pyarrow, polars, NumPy and Hugging Face's datasets; none of them is imported here. What cells hold is looked at
elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

__all__ = ["cells", "is_tabular"]

BATCH = 8192  # cells turned into Python objects at a time
TO_LIST = ("to_pylist", "to_list", "tolist")
NUMBERS = "iufcb"  # the kinds of NumPy's types that are no texts


def is_tabular(source: Any) -> bool:
    """Whether it is a table, a data set, or a column of one."""
    return _names(source) is not None or _is_column(source)


def _names(source: Any) -> list[Any] | None:
    """The names of a table's columns; None for anything else."""
    if isinstance(source, (str, bytes, type)):
        return None
    if hasattr(source, "collect_schema") and hasattr(source, "lazy") and not hasattr(source, "__len__"):
        raise TypeError("the source is a table that is not read yet; give source.collect()")
    names = getattr(source, "column_names", None)
    if names is None and hasattr(source, "__getitem__"):
        names = getattr(source, "columns", None)
    if names is None or isinstance(names, (str, Mapping)) or not isinstance(names, Iterable):
        return None
    return list(names)


def _is_column(source: Any) -> bool:
    if isinstance(source, type) or not (hasattr(source, "__len__") and hasattr(source, "__getitem__")):
        return False
    listed = any(hasattr(source, name) for name in TO_LIST)
    # A data set's column that is read bit by bit has a name, and no way to a list.
    return (listed and (hasattr(source, "dtype") or hasattr(source, "type"))) or hasattr(source, "column_name")


def cells(source: Any, column: Any) -> Iterator[Any]:
    """What stands in a column: of a table or data set the one named `column`, or of an iterable of rows what each has
    there; of a column itself (None). TypeError, ValueError: there is no such column, or it holds numbers."""
    names = _names(source)
    if names is None and isinstance(source, Mapping) and column is not None:
        if column not in source:
            keys = ", ".join(map(repr, list(source)[:10]))
            raise ValueError(
                f"column is {column!r}, but the mapping has {keys}; give one of these, or one of its values"
            )
        return iter(source[column])
    if names is None:
        return _column_cells(source) if column is None else _row_cells(source, column)
    listed = ", ".join(map(repr, names[:10]))
    if column is None:
        raise ValueError(f"the source is a table; name its column of texts by column=, which may be {listed}")
    if column not in names:
        raise ValueError(f"column is {column!r}, but the table has {listed}; give one of these")
    if hasattr(source, "select_columns") and hasattr(source, "iter"):
        return (cell for batch in source.select_columns([column]).iter(BATCH) for cell in batch[column])
    return _column_cells(source[column])


def _row_cells(source: Any, column: Any) -> Iterator[Any]:
    if not isinstance(source, Iterable) or isinstance(source, (str, bytes)):
        raise TypeError(f"column is {column!r}, but the source is no table and holds no rows: {source!r}")
    for number, row in enumerate(source):
        try:
            cell = row[column]
        except (KeyError, IndexError, TypeError):
            raise ValueError(f"row {number} of the source has no column {column!r}: {_short(row)}") from None
        yield cell


def _column_cells(column: Any) -> Iterator[Any]:
    kind = getattr(getattr(column, "dtype", None), "kind", "")
    if isinstance(kind, str) and kind and kind in NUMBERS:
        raise TypeError(
            f"the source is an array of {column.dtype}, no texts; word ids become a corpus by Corpus.from_ids(ids, "
            "offsets)"
        )
    placed = getattr(column, "iloc", column)
    for start in range(0, len(column), BATCH):
        stop = min(start + BATCH, len(column))
        piece = column.slice(start, stop - start) if callable(getattr(column, "slice", None)) else placed[start:stop]
        for name in TO_LIST:
            if hasattr(piece, name):
                yield from getattr(piece, name)()
                break
        else:
            yield from piece


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
