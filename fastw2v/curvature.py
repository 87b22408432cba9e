"""How far training takes a row towards the place where its gradient vanishes, direction by direction, for each touch.

For one pair the gradient of an input row v is (s(u.v) - y) u, and s'(u.v) u u^T its change with v. So along a direction
e, v moves by a share of about rate * s' * (u.e)^2 of the way to its place, and after many pairs has gone 1 - exp(-rate
* s' * sum (u.e)^2) of it. Averaged over the rows u that v meets, the directions are the eigenvectors of their second
moment. It is the same with output rows and the inputs that they meet (equations.py has the gradients). What is done
with it, combining.py knows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config

__all__ = ["Curvature", "curvatures"]

Matrix = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

# s' = p (1 - p), which is 0.25 at most and small where predictions are good. Of 0.02 to 0.5 it is the value with which
# four nodes predicted held-out text best, and as well as one node (22 M words, 2 epochs, 100,000 words a round).
SLOPE = 0.06
MOST_ROWS = 20_000  # that are averaged: the most frequent ones, which are met most


class Curvature(NamedTuple):
    """basis: directions of the greatest curvature, as columns, (vector_size, n); shares: of the distance left, what one
    touch at a rate of 1 covers along each, (n,); other: along all other directions, on average."""

    basis: Matrix
    shares: Matrix
    other: float


def curvatures(
    config: Config, inputs: Matrix, outputs: Matrix, touches: tuple[Floats, Floats], directions: int
) -> tuple[Curvature, Curvature]:
    """Of the input rows, and of the output rows. touches: how often each row is met, in any unit; directions: that are
    told apart, at most."""
    neighbours = config.window + 1 if config.shrink_windows else 2 * config.window
    outputs_met = {"negative": 1.0 + config.negative, "softmax": 1.0}.get(config.loss)
    if outputs_met is None:
        # As many as a path is long.
        outputs_met = max(1.0, float(touches[1].sum() / max(touches[0].sum(), 1e-30)))
    slope = 1.0 if config.loss == "softmax" else SLOPE
    # An input is one of several whose mean is trained with CBOW.
    averaged = 1.0 / neighbours**2 if config.architecture == "cbow" and config.cbow_mean else 1.0
    of_inputs = _curvature(outputs, touches[1], slope * neighbours * outputs_met * averaged, directions)
    inputs_met = 1.0 if config.architecture == "cbow" else neighbours
    return of_inputs, _curvature(inputs, touches[0], slope * inputs_met, directions)


def _curvature(met: Matrix, touches: Floats, factor: float, directions: int) -> Curvature:
    rows = met[:MOST_ROWS]
    weights = touches[: len(rows)].astype(np.float32)
    total = max(float(weights.sum()), 1e-30)
    moment = (rows * (weights / np.float32(total))[:, None]).T @ rows
    shares, basis = np.linalg.eigh(moment.astype(np.float64))
    shares = factor * np.maximum(shares, 0.0)
    count = min(directions, len(shares) - 1)
    others = float(shares[: len(shares) - count].mean())
    top = slice(len(shares) - count, None)
    return Curvature(basis[:, top].astype(np.float32), shares[top].astype(np.float32), others)
