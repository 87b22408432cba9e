"""How far training takes a row towards the place where its gradient vanishes, direction by direction, for each touch.

For one pair the gradient of an input row v is (s(u.v) - y) u, and s'(u.v) u u^T its change with v. So along a direction
e, v moves by a share of about rate * s' * (u.e)^2 of the way to its place, and after many pairs has gone 1 - exp(-rate
* sum s' (u.e)^2) of it. Averaged over the rows u that v meets, the directions are the eigenvectors of their second
moment, each weighted by its s'. It is the same with output rows and the inputs that they meet, where s' is the row's
own (equations.py has the gradients; touches.py finds s'). What is done with it, combining.py knows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config

__all__ = ["Curvature", "curvatures"]

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.floating]

# The place of outputs along the direction that all inputs share moves on while inputs grow along it: what nodes add to
# each other's way there is not to be averaged as if they had arrived. With it the mean
# of rare inputs is about as long as one process makes it: 0.86 beside 0.76, squared; with 1 in its place, 1.03 (22 M
# words, 5 epochs, 4 nodes).
DRIFTING = 0.4
MOST_ROWS = 20_000  # that are averaged: the most frequent ones, which are met most


class Curvature(NamedTuple):
    """basis: directions of the greatest curvature, as columns, (vector_size, n); shares: of the distance left, what one
    touch at a rate of 1 covers along each, (n,); other: along all other directions, on average."""

    basis: Matrix
    shares: Matrix
    other: float


def curvatures(
    config: Config,
    inputs: Matrix,
    outputs: Matrix,
    touches: tuple[Floats, Floats],
    slopes: Numbers,
    directions: int,
) -> tuple[Curvature, Curvature]:
    """Of the input rows, for each touch; and of the output rows, for each touch times the row's slope.

    touches: how often each row is met, in any unit; slopes: s' of each output row; directions: that are told apart, at
    most.
    """
    neighbours = config.window + 1 if config.shrink_windows else 2 * config.window
    outputs_met = {"negative": 1.0 + config.negative, "softmax": 1.0}.get(config.loss)
    if outputs_met is None:
        # As many as a path is long.
        outputs_met = max(1.0, float(touches[1].sum() / max(touches[0].sum(), 1e-30)))
    together = 1.0
    if config.architecture == "cbow":
        # All inputs of a window move together: each counts in their mean or sum, and gets its part of the gradient.
        counts = 1.0 / neighbours if config.cbow_mean else 1.0
        together = neighbours * counts * (counts if config.cbow_gradient == "exact" else 1.0)
    of_inputs = _curvature(outputs, touches[1], slopes, neighbours * outputs_met * together, directions)
    inputs_met = 1.0 if config.architecture == "cbow" else neighbours
    of_outputs = _curvature(inputs, touches[0], np.ones(len(inputs)), inputs_met, directions)
    of_outputs.shares[-1:] *= np.float32(DRIFTING)
    return of_inputs, of_outputs


def _curvature(met: Matrix, touches: Floats, slopes: Numbers, factor: float, directions: int) -> Curvature:
    rows = met[:MOST_ROWS]
    weights = touches[: len(rows)] / max(float(touches[: len(rows)].sum()), 1e-30) * slopes[: len(rows)]
    moment = (rows * weights.astype(np.float32)[:, None]).T @ rows
    shares, basis = np.linalg.eigh(moment.astype(np.float64))
    shares = factor * np.maximum(shares, 0.0)
    count = min(directions, len(shares) - 1)
    others = float(shares[: len(shares) - count].mean())
    top = slice(len(shares) - count, None)
    return Curvature(basis[:, top].astype(np.float32), shares[top].astype(np.float32), others)
