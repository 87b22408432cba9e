"""The losses of word2vec and their gradients in float64 NumPy: the oracle that every kernel answers to.

Written to be read beside the derivation, not to be fast. Rows are word vectors: U is (n, d) here, one row a word, where
the derivation writes d x n with one column a word; so the derivation's U^T v is U @ v here, and its U(y_hat - y) is
(y_hat - y) @ U. V holds the input vectors v, U the output vectors u. Logarithms are natural.

Words and nodes are whole numbers from 0. What does not fit is refused, never broadcast: a wrong number here would let a
wrong kernel pass.

Sources: Mikolov et al. 2013, "Efficient Estimation of Word Representations in Vector Space" (skip-gram, CBOW) and
"Distributed Representations of Words and Phrases and their Compositionality" (negative sampling, hierarchical softmax).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

__all__ = [
    "cbow_loss_and_gradients",
    "combined_move",
    "cross_entropy",
    "hierarchical_softmax_loss_and_gradients",
    "log_softmax",
    "naive_softmax_loss_and_gradients",
    "negative_sampling_loss_and_gradients",
    "sigmoid",
    "sigmoid_derivative",
    "skip_gram_loss_and_gradients",
    "softmax",
    "softmax_batch_loss_and_gradients",
    "window_loss_and_gradients",
]

Floats = npt.NDArray[np.float64]
LossAndGradients = tuple[float, Floats, Floats]
# (v_c, o, U) -> J, dJ/dv_c, dJ/dU
PairLoss = Callable[[Floats, int, Floats], LossAndGradients]
# None stands for any length.
Shape = tuple[int | None, ...]


# ---- functions -----------------------------------------------------------------------------------------------------


def sigmoid(x: npt.ArrayLike) -> Floats:
    """s(x) = 1 / (1 + exp(-x)), element by element, without overflow for any x.

    It is the softmax of two scores x and 0, from 1 / (1 + e^-x) = e^x / (e^x + e^0); so s(x) + s(-x) = 1.
    For x < 0 it is computed as e^x / (1 + e^x), because e^-x would overflow.

    Parameters: x of any shape. Returns: s(x) in the shape of x.
    """
    x = np.asarray(x, np.float64)
    small = np.exp(-np.abs(x))
    result: Floats = np.where(x >= 0, 1.0, small) / (1.0 + small)
    return result


def sigmoid_derivative(x: npt.ArrayLike) -> Floats:
    """s'(x) = s(x) (1 - s(x)) = s(x) s(-x), element by element.

    From s = (1 + e^-x)^-1 by the chain rule: s' = e^-x (1 + e^-x)^-2 = s(x) * e^-x / (1 + e^-x).
    The last factor is 1 / (e^x + 1) = s(-x) = 1 - s(x).

    Parameters: x of any shape. Returns: s'(x) in the shape of x.
    """
    x = np.asarray(x, np.float64)
    return np.asarray(sigmoid(x) * sigmoid(-x), np.float64)


def softmax(scores: npt.ArrayLike) -> Floats:
    """y_hat_w = exp(z_w) / sum_x exp(z_x) over the last axis.

    The same for z + c, since exp(z_w + c) = exp(c) exp(z_w) and exp(c) stands above and below the line.
    So c = -max z is added first: no power exceeds 1, the sum is at least 1, and nothing overflows.

    Parameters: scores z (..., n), n >= 1. Returns: y_hat (..., n), each row of which sums to 1.
    """
    powers = np.exp(_from_the_largest(scores))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float64)


def log_softmax(scores: npt.ArrayLike) -> Floats:
    """log y_hat_w = z_w - log sum_x exp(z_x) over the last axis.

    From the softmax, since log(a / b) = log a - log b and log exp(z_w) = z_w. A shift of z cancels here too, as
    log sum_x exp(z_x + c) = c + log sum_x exp(z_x). Finite where y_hat itself is too small for a float.

    Parameters: scores z (..., n), n >= 1. Returns: log y_hat (..., n).
    """
    shifted = _from_the_largest(scores)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), np.float64)


def _from_the_largest(scores: npt.ArrayLike) -> Floats:
    """z - max z over the last axis."""
    z = np.asarray(scores, np.float64)
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"scores has the shape {z.shape}, but a softmax needs at least one score in a row")
    return np.asarray(z - z.max(axis=-1, keepdims=True), np.float64)


def cross_entropy(y_hat: npt.ArrayLike, o: int) -> float:
    """CE(y, y_hat) = -sum_w y_w log y_hat_w = -log y_hat_o, y being the one-hot vector of word `o`.

    Only o's term is left since y_w = 0 for every other word. With y_hat = softmax(z) it is -z_o + log sum_x exp(z_x);
    so dCE/dz = y_hat - y, because d/dz_w log sum_x exp(z_x) = exp(z_w) / sum_x exp(z_x) = y_hat_w and dz_o/dz_w = y_w.

    Parameters: y_hat (n,) probabilities, o in 0..n-1. Returns: CE, a float; infinite where y_hat_o is 0.
    """
    y_hat = _floats("y_hat", y_hat, None)
    o = int(_numbers("o", o, len(y_hat)))
    with np.errstate(divide="ignore"):  # a word that is thought impossible costs infinitely much
        return float(-np.log(y_hat[o]))


# ---- one input vector against one target -----------------------------------------------------------------------------


def naive_softmax_loss_and_gradients(v_c: npt.ArrayLike, o: int, U: npt.ArrayLike) -> LossAndGradients:
    """One input vector against one target, over the whole vocabulary. Costs n inner products.

    J = -log P(o|c) = -log(exp(u_o . v_c) / sum_w exp(u_w . v_c)) = CE(y, y_hat)

    dJ/dv_c = U(y_hat - y)          [derivation's U; (y_hat - y) @ U here]
    dJ/du_w = (y_hat_w - y_w) v_c   so dJ/dU is the outer product of (y_hat - y) and v_c

    since J = -z_o + log sum_w exp(z_w) with z = U v_c gives dJ/dz = y_hat - y.

    Parameters: v_c (d,), o in 0..n-1, U (n, d). Returns: J, dJ/dv_c (d,), dJ/dU (n, d).
    """
    v_c = _floats("v_c", v_c, None)
    U = _floats("U", U, None, len(v_c))
    o = int(_numbers("o", o, len(U)))
    scores = U @ v_c
    error = softmax(scores)
    error[o] -= 1
    return float(-log_softmax(scores)[o]), error @ U, np.outer(error, v_c)


def negative_sampling_loss_and_gradients(
    v_c: npt.ArrayLike, o: int, noise: npt.ArrayLike, U: npt.ArrayLike
) -> LossAndGradients:
    """One input vector against one target and K noise words. Costs K + 1 inner products.

    J = -log s(u_o . v_c) - sum_k log s(-u_k . v_c)

    dJ/dv_c = -(1 - s(u_o . v_c)) u_o + sum_k (1 - s(-u_k . v_c)) u_k
    dJ/du_o = -(1 - s(u_o . v_c)) v_c
    dJ/du_k =  (1 - s(-u_k . v_c)) v_c, a noise word drawn m times counting m times

    since d/dx log s(x) = 1 - s(x).

    A noise word that equals the target counts as noise like any other: its term stands in the sum, and u_o gets both
    gradients. Training drops such a draw, as word2vec.c does; its step is this function of the noise without o.

    Parameters: v_c (d,), o in 0..n-1, noise (K,) word numbers in 0..n-1 (they may repeat), U (n, d).
    Returns: J, dJ/dv_c of shape (d,), dJ/dU of shape (n, d), zero for words that are neither target nor noise.
    """
    v_c = _floats("v_c", v_c, None)
    U = _floats("U", U, None, len(v_c))
    o, noise = int(_numbers("o", o, len(U))), _numbers("noise", noise, len(U), None)
    good, bad = U[o] @ v_c, -U[noise] @ v_c
    loss = np.logaddexp(0, -good) + np.logaddexp(0, -bad).sum()
    gradient_v = -sigmoid(-good) * U[o] + sigmoid(-bad) @ U[noise]
    gradient_U = np.zeros_like(U)
    gradient_U[o] -= sigmoid(-good) * v_c
    np.add.at(gradient_U, noise, np.outer(sigmoid(-bad), v_c))
    return float(loss), gradient_v, gradient_U


def hierarchical_softmax_loss_and_gradients(
    v_c: npt.ArrayLike, nodes: npt.ArrayLike, code: npt.ArrayLike, U: npt.ArrayLike
) -> LossAndGradients:
    """One input vector against the inner nodes on a target's path through a binary tree. Costs L inner products.

    P(o|c) = product over the path of s(u_m . v_c) where the path turns to the child with code 0, s(-u_m . v_c) where
    it turns to the one with code 1; with b the code, J = -sum_m log s((1 - 2 b_m) u_m . v_c)

    dJ/dv_c = sum_m (s(u_m . v_c) - (1 - b_m)) u_m      dJ/du_m = (s(u_m . v_c) - (1 - b_m)) v_c

    since each node is a logistic regression with label 1 - b_m. The leaves' probabilities sum to 1 because both turns
    of a node do.

    Parameters: v_c (d,), nodes (L,) numbers of different inner nodes, code (L,) of 0 and 1, U (inner nodes, d).
    Returns: J, dJ/dv_c (d,), dJ/dU (inner nodes, d).
    """
    v_c = _floats("v_c", v_c, None)
    U = _floats("U", U, None, len(v_c))
    nodes = _numbers("nodes", nodes, len(U), None)
    labels = 1 - _zeros_and_ones("code", code, len(nodes))
    loss, gradient_x, gradient_path = window_loss_and_gradients(v_c[None], U[nodes], labels, np.ones(len(nodes)))
    gradient_U = np.zeros_like(U)
    np.add.at(gradient_U, nodes, gradient_path)
    return loss, gradient_x[0], gradient_U


# ---- a window --------------------------------------------------------------------------------------------------------


def skip_gram_loss_and_gradients(
    v_c: int, targets: npt.ArrayLike, V: npt.ArrayLike, U: npt.ArrayLike, loss: PairLoss
) -> LossAndGradients:
    """A centre word and every word of its window: the sum of a pair's loss over the window.

    J = sum over o in targets of J(v_c, o, U)

    dJ/dU = sum_o dJ(v_c, o, U)/dU;   dJ/dv_c = sum_o dJ(v_c, o, U)/dv_c;   dJ/dv_w = 0 for every other word w,

    since no other input vector stands in the sum.

    Parameters: v_c the centre's word number, whose vector is V[v_c]; targets (m,) word numbers, which may repeat;
    V (n, d); U (n, d), or (inner nodes, d) for a tree; loss: a function of (v_c, o, U) that returns J, dJ/dv_c and
    dJ/dU, as naive_softmax_loss_and_gradients does (wrap the others to give them their noise words or paths).
    Returns: J, dJ/dV (n, d), dJ/dU in the shape of U.
    """
    _check_loss(loss)
    V = _floats("V", V, None, None)
    U = _floats("U", U, None, V.shape[1])
    v_c, targets = int(_numbers("v_c", v_c, len(V))), _numbers("targets", targets, len(V), None)
    total, gradient_V, gradient_U = 0.0, np.zeros_like(V), np.zeros_like(U)
    for o in targets.tolist():
        cost, of_v, of_U = loss(V[v_c], o, U)
        total += cost
        gradient_V[v_c] += of_v
        gradient_U += of_U
    return total, gradient_V, gradient_U


def cbow_loss_and_gradients(
    contexts: npt.ArrayLike, o: int, V: npt.ArrayLike, U: npt.ArrayLike, loss: PairLoss, *, mean: bool = True
) -> LossAndGradients:
    """The words of a window together against the centre word.

    h = (1/m) sum_j v_j over the m contexts (or the plain sum), J = J(h, o, U)

    dJ/dv_j = (1/m) dJ/dh (or dJ/dh), once for each time j stands among the contexts;   dJ/dU = dJ(h, o, U)/dU

    since dh/dv_j is 1/m (or 1) times the identity. word2vec.c adds dJ/dh undivided though it predicts from the mean:
    that is m times this gradient for the input vectors.

    Parameters: contexts (m,) word numbers, which may repeat, at least one; o the centre word; V (n, d); U (n, d), or
    (inner nodes, d) for a tree; loss as in skip_gram_loss_and_gradients.
    Returns: J, dJ/dV (n, d), dJ/dU in the shape of U.
    """
    _check_loss(loss)
    V = _floats("V", V, None, None)
    U = _floats("U", U, None, V.shape[1])
    o, contexts = int(_numbers("o", o, len(V))), _numbers("contexts", contexts, len(V), None)
    if not len(contexts):
        raise ValueError("contexts is empty, but a window needs at least one word beside the centre")
    share = 1.0 / len(contexts) if mean else 1.0
    cost, of_h, gradient_U = loss(share * V[contexts].sum(axis=0), o, U)
    gradient_V = np.zeros_like(V)
    np.add.at(gradient_V, contexts, share * of_h)
    return cost, gradient_V, gradient_U


def window_loss_and_gradients(
    inputs: npt.ArrayLike, outputs: npt.ArrayLike, labels: npt.ArrayLike, counts: npt.ArrayLike
) -> LossAndGradients:
    """Every input row of a window against every output row: the step that the kernels make for both logistic losses.

    J = sum_ij c_j (log(1 + exp(s_ij)) - l_j s_ij) with s_ij = x_i . y_j

    dJ/dx_i = sum_j c_j (s(s_ij) - l_j) y_j      dJ/dy_j = sum_i c_j (s(s_ij) - l_j) x_i

    With labels 1 for the target and 0 for noise this is the sum over i of the negative-sampling loss of row i, since
    log(1 + exp(s)) = -log s(-s) and log(1 + exp(s)) - s = -log s(s); with labels 1 - code it is the hierarchical one.

    Parameters: inputs X (a, d), outputs Y (b, d), labels l (b,) of 0 and 1, counts c (b,): how often each output was
    drawn, times what a draw weighs.
    Returns: J, dJ/dX (a, d), dJ/dY (b, d). A row that stands twice has two gradients, which its caller adds.
    """
    X = _floats("inputs", inputs, None, None)
    Y = _floats("outputs", outputs, None, X.shape[1])
    labels, counts = _zeros_and_ones("labels", labels, len(Y)), _floats("counts", counts, len(Y))
    scores = X @ Y.T
    # log(1 + e^s) - s is computed as log(1 + e^-s) and s(s) - 1 as -s(-s): nothing small is a difference of large ones.
    turned = np.where(labels == 1, -scores, scores)
    loss = (counts * np.logaddexp(0, turned)).sum()
    error = counts * np.where(labels == 1, -sigmoid(-scores), sigmoid(scores))
    return float(loss), error @ Y, error.T @ X


def combined_move(moves: npt.ArrayLike, touches: npt.ArrayLike, basis: npt.ArrayLike, shares: npt.ArrayLike) -> Floats:
    """Where one row's moves on several nodes take it together, from what the nodes had in common.

    move = sum_k (c_k / C) (1 - exp(-q C)) / (1 - exp(-q c_k)) m_k along each direction, with C = sum_k c_k

    since with a quadratic loss of curvature q / rate, c steps take the row the share 1 - exp(-q c) of the way to its
    minimum. So each node's move tells where that is, and this is the move of one node that has made all the steps.

    Parameters: moves m (k, d), touches c (k,) above 0, basis (j, d) of orthonormal rows, shares q (i,) above 0, one for
    each row of the basis and a last one along all that is perpendicular to it. Returns: (d,).
    """
    m, c, q = _floats("moves", moves, None, None), _floats("touches", touches, None), _floats("shares", shares, None)
    E = _floats("basis", basis, len(q) - 1, m.shape[1])
    factors = (c / c.sum())[:, None] * np.expm1(-c.sum() * q) / np.expm1(-np.outer(c, q))
    along = m @ E.T
    result: Floats = (factors[:, :-1] * along).sum(0) @ E + factors[:, -1] @ (m - along @ E)
    return result


def softmax_batch_loss_and_gradients(H: npt.ArrayLike, targets: npt.ArrayLike, U: npt.ArrayLike) -> LossAndGradients:
    """A batch of input rows, each against all of its targets at once: the step of loss="softmax".

    With z_i = U h_i, y_hat_i = softmax(z_i), T_iw how often word w is a target of row i and N_i = sum_w T_iw:

    J = -sum_iw T_iw log y_hat_iw;   dJ/dZ = N_i y_hat_i - T_i (row i) =: E;   dJ/dH = E U;   dJ/dU = E^T H

    since each of the N_i targets of a row adds y_hat_i minus its one-hot. In skip-gram h_i is a centre and its targets
    the words around it; in CBOW h_i is the contexts' mean or sum and the centre the one target.

    Parameters: H (b, d), targets T (b, n) counts, U (n, d). Returns: J, dJ/dH (b, d), dJ/dU (n, d).
    """
    H = _floats("H", H, None, None)
    U = _floats("U", U, None, H.shape[1])
    T = _floats("targets", targets, len(H), len(U))
    scores = H @ U.T
    loss = -(T * log_softmax(scores)).sum()
    error = T.sum(axis=1, keepdims=True) * softmax(scores) - T
    return float(loss), error @ U, error.T @ H


# ---- what is refused ------------------------------------------------------------------------------------------------


def _floats(name: str, value: npt.ArrayLike, *shape: int | None) -> Floats:
    """`value` in float64, or ValueError where its shape is another."""
    array = np.asarray(value, np.float64)
    _check_shape(name, array.shape, shape)
    return array


def _zeros_and_ones(name: str, value: npt.ArrayLike, length: int) -> Floats:
    """`length` labels or turns, or ValueError."""
    array = _floats(name, value, length)
    wrong = array[(array != 0) & (array != 1)]
    if wrong.size:
        raise ValueError(f"{name} holds {wrong[0]:g}, but must hold 0 and 1 alone")
    return array


def _numbers(name: str, value: npt.ArrayLike, n: int, *shape: int | None) -> npt.NDArray[np.int64]:
    """Numbers of words or nodes: TypeError where they are not whole, IndexError where they are not in 0..n-1.

    Negative ones are refused too: NumPy would count them from the end.
    """
    array = np.asarray(value)
    _check_shape(name, array.shape, shape)
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(f"{name} must be whole numbers in 0..{n - 1}, not {value!r}")
    wrong = array[(array < 0) | (array >= n)]
    if wrong.size:
        raise IndexError(f"{name}: {wrong[0]} is not in 0..{n - 1}")
    return array.astype(np.int64)


def _check_shape(name: str, shape: tuple[int, ...], wanted: Shape) -> None:
    if len(shape) != len(wanted) or any(b not in (None, a) for a, b in zip(shape, wanted, strict=True)):
        sizes = ", ".join("any" if size is None else str(size) for size in wanted)
        raise ValueError(f"{name} has the shape {shape}, but must have ({sizes}{',' if len(wanted) == 1 else ''})")


def _check_loss(loss: object) -> None:
    if not callable(loss):
        raise TypeError(f"loss must be a function of (v_c, o, U), not {loss!r}")
