"""The exact softmax in batches against the equations, with its vocabulary in one block or many."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from reference import check_block, random_text, run

from fastw2v import _kernels, _softmax, workers
from fastw2v.config import Config
from fastw2v.kernels import available
from fastw2v.matrices import aligned_zeros
from fastw2v.softmax_plan import SoftmaxPlan

TEXT = random_text(words=37, sentences=12, longest=25)
# All words in one block; blocks that leave a part over, with their scores kept or computed twice.
PLANS = [SoftmaxPlan(37, 1, True), SoftmaxPlan(37, 1, False), SoftmaxPlan(8, 5, True), SoftmaxPlan(5, 8, False)]
SHAPES = [
    {},
    *(
        {"architecture": "cbow", "cbow_mean": mean, "cbow_gradient": gradient}
        for mean, gradient in itertools.product([True, False], ["exact", "word2vec"])
    ),
]


def config(**options):
    return Config(**{"vector_size": 20, "window": 4, "sample": 0, "workers": 1, "loss": "softmax", **options})


@pytest.mark.parametrize("plan", PLANS, ids=str)
@pytest.mark.parametrize("options", SHAPES, ids=str)
@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_a_batch_is_the_equations(monkeypatch, plan, options, batch):
    monkeypatch.setattr(workers, "softmax_plan", lambda *_: plan)
    check_block(config(softmax_batch=batch, **options), TEXT)


def test_every_kernel(kernel_name):
    check_block(config(softmax_batch=16), TEXT, kernel_name)


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_large_scores_do_not_overflow(monkeypatch, plan):
    monkeypatch.setattr(workers, "softmax_plan", lambda *_: plan)
    check_block(config(softmax_batch=4), random_text(words=37, sentences=2, longest=9), scale=12.0)


def worker_for(stop=0, scale=0.1):
    n = len(TEXT.counts)
    V, U = aligned_zeros(n, 16), aligned_zeros(n, 16)
    V[:] = U[:] = scale
    worker = _softmax.Softmax(
        V, U, _kernels.named(available()[-1]), np.full(n, 2**32 - 1, np.uint32), None,
        np.full(1, stop, np.int32), 3, 1, len(TEXT.ids), 8, 16, 10, 4, True, False, True, True,
    )  # fmt: skip
    return worker, V, U


def test_rate_0_and_the_stop_flag_change_nothing():
    worker, V, U = worker_for()
    made, loss = run(worker, TEXT, 0, len(TEXT.ids), 1, 0, 0.0, 0.0)
    assert loss / made == pytest.approx(np.log(37), rel=1e-6)
    assert (V[0, 0] == V).all()
    assert (U[0, 0] == U).all()
    assert run(worker_for(stop=1)[0], TEXT, 0, len(TEXT.ids), 1, 0, 0.1, 0.0) == (0, 0.0)


def test_a_batch_whose_loss_is_not_finite_is_not_trained():
    worker, V, U = worker_for(scale=1e20)
    _, loss = run(worker, TEXT, 0, len(TEXT.ids), 1, 0, 0.1, 0.0)
    assert not np.isfinite(loss)
    assert (V[0, 0] == V).all()
    assert (U[0, 0] == U).all()


def test_a_plan_that_does_not_fit_is_refused():
    V = aligned_zeros(37, 16)
    common = (
        V,
        V,
        _kernels.named("blas"),
        np.zeros(37, np.uint32),
        None,
        np.zeros(1, np.int32),
        3,
        1,
        9,
    )
    for batch, width, block, blocks in ((0, 16, 37, 1), (4, 16, 8, 4), (4, 16, 0, 1), (4, 16, 38, 1)):
        with pytest.raises(ValueError, match="do not make 37 words"):
            _softmax.Softmax(*common, batch, width, block, blocks, True, False, True, True)
    with pytest.raises(ValueError, match="17 floats in use"):
        _softmax.Softmax(*common, 4, 17, 37, 1, True, False, True, True)
