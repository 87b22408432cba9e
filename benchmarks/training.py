"""Words of the text trained a second: every kernel and every peer, same corpus and options, in turn; reading not
counted. One epoch of each objective."""

from __future__ import annotations

from collections.abc import Mapping

from fastw2v.kernels import available, resolve

from . import checks, harness, peers
from .settings import OBJECTIVES, OURS, Settings

WORDS_A_MILLION = 1e6


def run(settings: Settings) -> None:
    """All kernels with skip-gram, whose windows are what kernels differ in; the fastest with the others."""
    checks.steps(settings)
    for objective in settings.objectives:
        others = peers.present(settings, objective)
        checks.learn(settings, [OURS, *others], objective)
        kernels = available() if objective == "skipgram" else [resolve()]
        ours = f"{OURS} {resolve()}"
        systems = {name: speed(name, settings, objective) for name in others}
        systems |= {f"{OURS} {kernel}": speed(OURS, settings, objective, kernel) for kernel in kernels}
        harness.title(f"training, {OBJECTIVES[objective]}, one epoch, {settings.workers} workers, {settings.shape()}")
        harness.in_turn(systems, settings.rounds, "M words/s", ours=ours)


def speed(
    name: str, settings: Settings, objective: str, kernel: str | None = None, more: Mapping[str, object] | None = None
) -> harness.Run:
    """One epoch of a system, in million words a second."""

    def once() -> float:
        task = settings.task(objective=objective, more=more or {})
        return float(peers.train(name, task, settings, kernel=kernel)["words_per_second"] / WORDS_A_MILLION)

    return once
