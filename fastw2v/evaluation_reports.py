"""Results of evaluations as text: a table for people, JSON or CSV for programs.

What the figures are stands in evaluation_results.py.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any

from fastw2v.evaluation_results import Comparison, Result, Row
from fastw2v.short import short

__all__ = ["FORMATS", "report"]

COLUMNS = [*Row._fields, "coverage"]
SMALL_P = 0.001  # below it a p-value's exact size tells nothing more
PERCENT = 100


def report(
    results: Sequence[Result] | Sequence[Comparison],
    form: str = "table",
    *,
    sections: bool = False,
    confidence: float = 0.95,
) -> str:
    """The results in one of FORMATS, without a last line end.

    sections: each section of an analogy file has a row of its own; JSON has them always. confidence: what the
    intervals were made with, for the table's heading. ValueError: an unknown format.
    """
    if form not in FORMATS:
        raise ValueError(f"the format is {short(form)}, but must be one of {', '.join(FORMATS)}")
    if form == "json":
        return json.dumps(_without_nan([result.as_dict() for result in results]), indent=2, ensure_ascii=False)
    compared = [result for result in results if isinstance(result, Comparison)]
    rows = [row for result in results if not isinstance(result, Comparison) for row in result.rows(sections)]
    if form == "csv":
        return _csv(compared, rows)
    return _comparison_table(compared, confidence) if compared else _table(rows, confidence)


FORMATS = ("table", "json", "csv")


def _without_nan(value: Any) -> Any:
    """The same with None for each number that JSON does not know."""
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _csv(compared: list[Comparison], rows: list[Row]) -> str:
    if compared:
        lines = [_flat(comparison.as_dict()) for comparison in compared]
    else:
        lines = [{**row._asdict(), "coverage": row.known / row.total if row.total else None} for row in rows]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]) if lines else COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _without_nan(value) for key, value in line.items()} for line in lines)
    return text.getvalue().removesuffix("\n")


def _flat(figures: dict[str, Any]) -> dict[str, Any]:
    """The same with the ends of its interval in the interval's place."""
    return {
        name: value
        for key, inner in figures.items()
        for name, value in (inner.items() if isinstance(inner, dict) else [(key, inner)])
    }


def _table(rows: list[Row], confidence: float) -> str:
    lines = [["file", "section", "measure", "score", _interval_heading(confidence), "p", "known"]]
    for row in rows:
        coverage = PERCENT * row.known / row.total if row.total else 0.0
        lines.append(
            [
                row.file,
                row.section,
                row.measure,
                _number(row.score),
                _interval(row.low, row.high),
                _p(row.pvalue),
                f"{row.known:,} of {row.total:,} ({coverage:.0f} %)",
            ]
        )
    return _aligned(lines)


def _comparison_table(compared: list[Comparison], confidence: float) -> str:
    lines = [["file", "measure", "first", "second", "difference", _interval_heading(confidence), "p", "test", "known"]]
    lines += [
        [
            one.file,
            one.measure,
            _number(one.first),
            _number(one.second),
            _number(one.difference, "+.4f"),
            _interval(*one.interval, "+.4f"),
            _p(one.pvalue),
            one.test,
            f"{one.used:,} of {one.total:,}",
        ]
        for one in compared
    ]
    return _aligned(lines)


def _interval_heading(confidence: float) -> str:
    return f"{PERCENT * confidence:g} % interval"


def _number(value: float, form: str = ".4f") -> str:
    return "-" if math.isnan(value) else format(value, form)


def _interval(low: float | None, high: float | None, form: str = ".4f") -> str:
    if low is None or high is None:
        return ""
    return "-" if math.isnan(low) else f"{low:{form}} to {high:{form}}"


def _p(value: float | None) -> str:
    if value is None:
        return ""
    return "-" if math.isnan(value) else f"< {SMALL_P:g}" if value < SMALL_P else f"{value:.3f}"


def _aligned(lines: list[list[str]]) -> str:
    """Columns two spaces apart; those that are empty but for their heading are left out."""
    used = [at for at in range(len(lines[0])) if any(line[at] for line in lines[1:])]
    widths = {at: max(len(line[at]) for line in lines) for at in used}
    return "\n".join("  ".join(line[at].ljust(widths[at]) for at in used).rstrip() for line in lines)
