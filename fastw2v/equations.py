"""The losses of word2vec and their gradients in float64 NumPy: the oracle that every kernel answers to.

Written to be read beside the derivation, not to be fast. Rows are word vectors: U is (n, d) here where the derivation
writes its transpose. Formulas: Mikolov et al. 2013, "Distributed Representations of Words and Phrases".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["negative_sampling_loss_and_gradients", "sigmoid", "window_loss_and_gradients"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]


def sigmoid(x: npt.ArrayLike) -> Floats:
    """s(x) = 1 / (1 + exp(-x)), element by element, without overflow for any x."""
    x = np.asarray(x, np.float64)
    small = np.exp(-np.abs(x))
    result: Floats = np.where(x >= 0, 1.0, small) / (1.0 + small)
    return result


def negative_sampling_loss_and_gradients(
    v_c: npt.ArrayLike, o: int, noise: npt.ArrayLike, U: npt.ArrayLike
) -> tuple[float, Floats, Floats]:
    """One centre vector against one target and K noise words.

    J = -log s(u_o . v_c) - sum_k log s(-u_k . v_c)

    dJ/dv_c = -(1 - s(u_o . v_c)) u_o + sum_k (1 - s(-u_k . v_c)) u_k
    dJ/du_o = -(1 - s(u_o . v_c)) v_c
    dJ/du_k =  (1 - s(-u_k . v_c)) v_c, a noise word drawn m times counting m times

    since d/dx log s(x) = 1 - s(x).

    Parameters: v_c (d,), o in 0..n-1, noise (K,) word numbers in 0..n-1 (they may repeat), U (n, d).
    Returns: J, dJ/dv_c of shape (d,), dJ/dU of shape (n, d), zero for words that are neither target nor noise.
    """
    v_c, U, noise = np.asarray(v_c, np.float64), np.asarray(U, np.float64), np.asarray(noise, np.int64)
    right, wrong = sigmoid(U[o] @ v_c), sigmoid(-U[noise] @ v_c)
    loss = -np.log(right) - np.log(wrong).sum()
    gradient_v = -(1 - right) * U[o] + (1 - wrong) @ U[noise]
    gradient_U = np.zeros_like(U)
    gradient_U[o] -= (1 - right) * v_c
    np.add.at(gradient_U, noise, np.outer(1 - wrong, v_c))
    return float(loss), gradient_v, gradient_U


def window_loss_and_gradients(
    inputs: npt.ArrayLike, outputs: npt.ArrayLike, labels: npt.ArrayLike, counts: npt.ArrayLike
) -> tuple[float, Floats, Floats]:
    """Every input row of a window against every output row: the step that the kernels make.

    J = sum_ij c_j (log(1 + exp(s_ij)) - l_j s_ij) with s_ij = x_i . y_j

    dJ/dx_i = sum_j c_j (s(s_ij) - l_j) y_j      dJ/dy_j = sum_i c_j (s(s_ij) - l_j) x_i

    With labels 1 for the target and 0 for noise this is the sum over i of the negative-sampling loss of row i, since
    log(1 + exp(s)) = -log s(-s) and log(1 + exp(s)) - s = -log s(s).

    Parameters: inputs X (a, d), outputs Y (b, d), labels l (b,), counts c (b,): how often each output was drawn.
    Returns: J, dJ/dX (a, d), dJ/dY (b, d). A row that stands twice has two gradients, which its caller adds.
    """
    X, Y = np.asarray(inputs, np.float64), np.asarray(outputs, np.float64)
    labels, counts = np.asarray(labels, np.float64), np.asarray(counts, np.float64)
    scores = X @ Y.T
    loss = (counts * (np.logaddexp(0, scores) - labels * scores)).sum()
    error = counts * (sigmoid(scores) - labels)
    return float(loss), error @ Y, error.T @ X
