"""What the equations refuse: words, codes, shapes and losses that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from fastw2v.equations import (
    cbow_loss_and_gradients,
    cross_entropy,
    hierarchical_softmax_loss_and_gradients,
    log_softmax,
    naive_softmax_loss_and_gradients,
    negative_sampling_loss_and_gradients,
    skip_gram_loss_and_gradients,
    softmax,
    softmax_batch_loss_and_gradients,
    window_loss_and_gradients,
)

# ---- what is refused ----

ROW, ROWS = np.ones(2), np.ones((4, 2))
# Each place where a number of one of 4 words or nodes stands: the parameter's name, and a call with that number.
SINGLE = {
    "cross_entropy": ("o", lambda w: cross_entropy([0.25] * 4, w)),
    "naive_softmax": ("o", lambda w: naive_softmax_loss_and_gradients(ROW, w, ROWS)),
    "negative_sampling": ("o", lambda w: negative_sampling_loss_and_gradients(ROW, w, [1], ROWS)),
    "skip_gram": ("v_c", lambda w: skip_gram_loss_and_gradients(w, [1], ROWS, ROWS, naive_softmax_loss_and_gradients)),
    "cbow": ("o", lambda w: cbow_loss_and_gradients([1], w, ROWS, ROWS, naive_softmax_loss_and_gradients)),
}
LISTED = {
    "noise": ("noise", lambda w: negative_sampling_loss_and_gradients(ROW, 0, w, ROWS)),
    "nodes": ("nodes", lambda w: hierarchical_softmax_loss_and_gradients(ROW, w, np.zeros(np.shape(w)), ROWS)),
    "targets": (
        "targets",
        lambda w: skip_gram_loss_and_gradients(0, w, ROWS, ROWS, naive_softmax_loss_and_gradients),
    ),
    "contexts": (
        "contexts",
        lambda w: cbow_loss_and_gradients(w, 0, ROWS, ROWS, naive_softmax_loss_and_gradients),
    ),
}


@pytest.mark.parametrize("place", [*SINGLE, *LISTED])
def test_what_is_no_word_is_refused(place):
    name, call = (SINGLE | LISTED)[place]

    def given_number(number):
        return call([0, number] if place in LISTED else number)

    for number in (0, 3, np.int32(3), np.uint8(0)):
        given_number(number)
    for number in (4, -1, np.int64(-4), 2**40):
        with pytest.raises(IndexError, match=rf"^{name}: {number} is not in 0\.\.3$"):
            given_number(number)
    for value in (1.7, np.nan, "one", None):
        with pytest.raises(TypeError, match=rf"^{name} must be whole numbers in 0\.\.3, not .*{value}"):
            given_number(value)
    with pytest.raises(ValueError, match=f"^{name} has the shape"):
        call([[0, 1]])


@pytest.mark.parametrize("bad", [0.5, 2, -1, np.nan])
def test_codes_and_labels_are_zeros_and_ones(bad):
    with pytest.raises(ValueError, match=f"code holds {bad}, but must hold 0 and 1 alone"):
        hierarchical_softmax_loss_and_gradients(ROW, [0, 1], [1, bad], ROWS)
    with pytest.raises(ValueError, match=f"labels holds {bad}, but must hold 0 and 1 alone"):
        window_loss_and_gradients(ROWS, ROWS, [0, 1, bad, 0], np.ones(4))


@pytest.mark.parametrize(
    ("sentence", "call"),
    [
        (r"code has the shape \(1,\), but must have \(2,\)",
         lambda: hierarchical_softmax_loss_and_gradients(ROW, [0, 1], [1], ROWS)),
        (r"labels has the shape \(1,\), but must have \(4,\)",
         lambda: window_loss_and_gradients(ROWS, ROWS, [1], np.ones(4))),
        (r"counts has the shape \(1,\), but must have \(4,\)",
         lambda: window_loss_and_gradients(ROWS, ROWS, np.ones(4), [1])),
        (r"counts has the shape \(\), but must have \(4,\)",
         lambda: window_loss_and_gradients(ROWS, ROWS, np.ones(4), 1)),
        (r"inputs has the shape \(2,\), but must have \(any, any\)",
         lambda: window_loss_and_gradients(ROW, ROWS[:2], [1, 0], [1, 1])),
        (r"targets has the shape \(1, 4\), but must have \(3, 4\)",
         lambda: softmax_batch_loss_and_gradients(ROWS[:3], np.ones((1, 4)), ROWS)),
        (r"targets has the shape \(3, 1\), but must have \(3, 4\)",
         lambda: softmax_batch_loss_and_gradients(ROWS[:3], np.ones((3, 1)), ROWS)),
        (r"targets has the shape \(4,\), but must have \(3, 4\)",
         lambda: softmax_batch_loss_and_gradients(ROWS[:3], np.ones(4), ROWS)),
        (r"U has the shape \(4, 2\), but must have \(any, 3\)",
         lambda: naive_softmax_loss_and_gradients(np.ones(3), 0, ROWS)),
        (r"y_hat has the shape \(1, 4\), but must have \(any,\)",
         lambda: cross_entropy(np.ones((1, 4)), 0)),
        ("contexts is empty, but a window needs at least one word beside the centre",
         lambda: cbow_loss_and_gradients([], 0, ROWS, ROWS, naive_softmax_loss_and_gradients)),
    ],
)  # fmt: skip
def test_shapes_that_do_not_fit_are_refused(sentence, call):
    with pytest.raises(ValueError, match=sentence):
        call()


@pytest.mark.parametrize("function", [softmax, log_softmax])
@pytest.mark.parametrize("scores", [[], np.empty((3, 0)), 1.0])
def test_a_softmax_of_no_scores_is_refused(function, scores):
    with pytest.raises(ValueError, match=r"a softmax needs at least one score in a row"):
        function(scores)


@pytest.mark.parametrize("loss", [None, "softmax", 0.5])
def test_a_loss_must_be_a_function(loss):
    for call in (skip_gram_loss_and_gradients, cbow_loss_and_gradients):
        first, second = (0, [1]) if call is skip_gram_loss_and_gradients else ([1], 0)
        with pytest.raises(TypeError, match=rf"loss must be a function of \(v_c, o, U\), not {loss!r}"):
            call(first, second, ROWS, ROWS, loss)
