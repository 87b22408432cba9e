"""Pictures of the recorded results: bars of speed, scores against seconds, scaling, the roofline. Needs matplotlib (the
extra `plot`); made of the JSON files alone.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from . import kernel
from .figures import points, summary
from .settings import OBJECTIVES
from .tables import groups, question_of, values

MISSING = "no plots were drawn: matplotlib is not installed (pip install 'fastw2v[plot]')"
WIDTH, HEIGHT = 5.0, 3.6  # inches of one panel
# Each system has one colour in all pictures.
COLOURS = {
    "fastw2v": "tab:blue",
    "gensim": "tab:orange",
    "gensim-lines": "tab:olive",
    "fastText": "tab:green",
    "word2vec.c": "tab:red",
    "pWord2Vec": "tab:purple",
    "w2v++": "tab:brown",
}
BESIDE = {"bbox_to_anchor": (1.02, 1.0), "loc": "upper left"}  # a legend where it hides nothing
NARROW, WIDE = 0.1, 100.0  # operations a byte: the ends of the roofline's axis


def available() -> bool:
    """Whether matplotlib is installed."""
    return importlib.util.find_spec("matplotlib") is not None


def draw(folder: Path, found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Writes NAME.svg for each file of results that has a picture; their names."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    drawn = []
    # Letters stay letters, and identifiers and dates do not vary: the same results make the same bytes.
    style = {"svg.hashsalt": "fastw2v", "svg.fonttype": "none", "axes.grid": True, "grid.alpha": 0.3, "font.size": 9}
    with pyplot.rc_context(style):
        for name, about in found.items():
            picture = PICTURES.get(question_of(name))
            if picture is None or not about["runs"]:
                continue
            figure = picture(pyplot, about["runs"])
            figure.tight_layout()
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
            pyplot.close(figure)
            drawn.append(f"{name}.svg")
    return drawn


def colour(system: str) -> str:
    """That of its name's first word: "fastw2v avx2" is fastw2v."""
    return COLOURS.get(system.split()[0], "tab:gray")


def bars(pyplot: Any, runs: list[dict[str, Any]]) -> Any:
    """Medians with their ranges, a panel for each title."""
    panels = groups(runs, "title", "unit")
    figure, axes = pyplot.subplots(1, len(panels), figsize=(WIDTH * len(panels), HEIGHT), squeeze=False)
    for axis, ((title, unit), of) in zip(axes[0], panels.items(), strict=True):
        systems = {str(system): summary(values(own)) for (system,), own in groups(of, "system").items()}
        middles = [s.median for s in systems.values()]
        spread = [[s.median - s.low for s in systems.values()], [s.high - s.median for s in systems.values()]]
        colours = [colour(name) for name in systems]
        axis.barh(list(systems), middles, xerr=spread, color=colours, capsize=3)
        axis.set_xlabel(unit + (" (less is better)" if of[0].get("lower_is_better") else ""))
        axis.set_title(next((told for told in OBJECTIVES.values() if told in title), title.split(",")[0]))
    return figure


def quality(pyplot: Any, runs: list[dict[str, Any]]) -> Any:
    """Mean scores over median seconds, a point for each number of epochs, a row of panels for each objective."""
    panels = groups(runs, "title")
    figure, axes = pyplot.subplots(len(panels), 2, figsize=(2 * WIDTH, HEIGHT * len(panels)), squeeze=False)
    for row, ((title,), of) in zip(axes, panels.items(), strict=True):
        for axis, score in zip(row, ("similarity", "analogies"), strict=True):
            for (system,), own in groups(of, "system").items():
                its = points(own)
                look = {"marker": "o", "label": system, "color": colour(system)}
                axis.plot([p.seconds for p in its], [getattr(p, score) for p in its], **look)
            axis.set_xscale("log")
            axis.set_xlabel("seconds of training")
            axis.set_ylabel(score)
            axis.set_title(next((told for told in OBJECTIVES.values() if told in title), title))
        row[1].legend(**BESIDE)
    return figure


def scaling(pyplot: Any, runs: list[dict[str, Any]]) -> Any:
    """Medians over each axis."""
    panels = groups(runs, "axis", "unit")
    figure, axes = pyplot.subplots(1, len(panels), figsize=(WIDTH * len(panels), HEIGHT), squeeze=False)
    for axis, ((what, unit), of) in zip(axes[0], panels.items(), strict=True):
        for (system,), own in groups(of, "system").items():
            places = groups(own, "at")
            look = {"marker": "o", "label": system, "color": colour(system)}
            axis.plot([at for (at,) in places], [median(values(runs)) for runs in places.values()], **look)
        if what != "workers":
            axis.set_xscale("log")
        axis.set_ylim(bottom=0)
        axis.set_xlabel(what)
        axis.set_ylabel(unit)
    axes[0][-1].legend(**BESIDE)
    return figure


def roofline(pyplot: Any, runs: list[dict[str, Any]]) -> Any:
    """Each kernel's steps beneath what one core can do, and what it could do were rows to come from memory."""
    limits = {run["system"]: run["value"] for run in runs if "shape" not in run}
    figure, axis = pyplot.subplots(figsize=(1.4 * WIDTH, 1.2 * HEIGHT))
    peaks = {system: value for system, value in limits.items() if system.startswith(kernel.PEAK)}
    for system, peak in peaks.items():
        axis.axhline(peak, color="black", linewidth=1, label=f"{system}, {peak:.0f} GFLOP/s")
    if kernel.BANDWIDTH in limits:
        slope = limits[kernel.BANDWIDTH]
        ends = [NARROW, min(WIDE, max(peaks.values()) / slope) if peaks else WIDE]
        axis.plot(ends, [slope * end for end in ends], "--", color="black", label=f"memory, {slope:.0f} GB/s")
    for (system,), of in groups([run for run in runs if "shape" in run], "system").items():
        steps = groups(of, "intensity", "width")
        axis.plot([i for i, _ in steps], [median(values(own)) for own in steps.values()], "o", label=system, alpha=0.7)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("operations for each byte of the rows")
    axis.set_ylabel("GFLOP/s, one core, rows in cache")
    axis.legend(**BESIDE)
    return figure


PICTURES = {
    "train": bars,
    "objectives": bars,
    "end_to_end": bars,
    "queries": bars,
    "care": bars,
    "phrases": bars,
    "evaluation": bars,
    "quality": quality,
    "scaling": scaling,
    "kernel": roofline,
}
