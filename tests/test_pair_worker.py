"""Blocks of pairs against the equations, pair by pair: weights, draws, the order, and what is left out."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import Stream, groups_of_noise, key

from fastw2v import _kernels
from fastw2v._pair_worker import PairWorker, shuffled
from fastw2v.config import Config
from fastw2v.equations import hierarchical_softmax_loss_and_gradients, negative_sampling_loss_and_gradients
from fastw2v.huffman import huffman_tree
from fastw2v.kernels import available
from fastw2v.matrices import aligned_zeros
from fastw2v.noise import alias_table, noise_probabilities
from fastw2v.workers import objectives_for, output_rows

ALL = 2**32 - 1  # keep threshold of a word that is never thinned out
HELD = 8  # pairs whose outputs stand ready at once, as SLOTS in _pair_worker.pyx
SEED, EPOCH, ALPHA, SLOPE = 5, 2, 0.05, 1e-5
INPUTS, TARGETS, WIDTH = 11, 7, 20


class Case:
    """Pairs of few words, so that inputs, targets and noise repeat; and matrices of numbers as in a trained model."""

    def __init__(self, pairs=400, weighted=False, seed=0, **options):
        rng = np.random.default_rng(seed)
        self.config = Config(vector_size=WIDTH, workers=1, **options)
        self.inputs = (INPUTS * rng.random(pairs) ** 2).astype(np.int32)
        self.targets = (TARGETS * rng.random(pairs) ** 2).astype(np.int32)
        self.weights = rng.choice([0.0, 0.25, 1.0, 3.0], pairs).astype(np.float32) if weighted else None
        self.counts = np.sort(np.bincount(self.targets, minlength=TARGETS) + 1)[::-1].copy()
        self.V = (rng.normal(size=(INPUTS, WIDTH)) / np.sqrt(WIDTH)).astype(np.float32)
        self.U = (rng.normal(size=(output_rows(self.config.loss, TARGETS), WIDTH)) / np.sqrt(WIDTH)).astype(np.float32)
        self.input_rows, self.target_rows = np.arange(INPUTS, dtype=np.int32), np.arange(TARGETS, dtype=np.int32)
        self.keep_inputs, self.keep_targets = np.full(INPUTS, ALL, np.uint32), np.full(TARGETS, ALL, np.uint32)

    def worker(self, kernel=None, shuffle=False, workers=1, stop=0, block=10_000, **changes):
        given = {**vars(self), **changes}
        self.padded = aligned_zeros(*self.V.shape), aligned_zeros(*self.U.shape)
        for padded, matrix in zip(self.padded, (self.V, self.U), strict=True):
            padded[:, :WIDTH] = matrix
        objective = next(objectives_for(self.config, self.counts, self.padded[1], workers))
        return PairWorker(
            self.padded[0], objective, _kernels.named(kernel or available()[-1]), given["inputs"], given["targets"],
            given["weights"], given["input_rows"], given["target_rows"], given["keep_inputs"], given["keep_targets"],
            np.full(1, stop, np.int32), shuffle, block,
        )  # fmt: skip

    def run(self, *, start=0, end=None, rate=ALPHA, slope=SLOPE, **options):
        """(V, U, predictions, loss) behind a block."""
        worker = self.worker(**options)
        made, loss = worker.run(start, len(self.inputs) if end is None else end, SEED, EPOCH, rate, slope)
        worker.finish()
        assert not self.padded[0][:, WIDTH:].any(), "padding must stay zero"
        return self.padded[0][:, :WIDTH], self.padded[1][:, :WIDTH], made, loss

    def by_equations(self):
        """The same in float64, one pair after another: each changes by its weight times the gradient of its loss."""
        V, U = self.V.astype(np.float64), self.U.astype(np.float64)
        tree = huffman_tree(self.counts)
        table = alias_table(noise_probabilities(self.counts, self.config.ns_exponent))
        noises = groups_of_noise(Stream(key(key(key(SEED, EPOCH), 1), 0)), table, self.config.negative, HELD)
        next(noises)
        weights = np.ones(len(self.inputs)) if self.weights is None else self.weights.astype(np.float64)
        kept = np.flatnonzero(weights > 0)
        fall = SLOPE * len(self.inputs) / len(kept)
        predictions = total = 0.0
        for number, p in enumerate(kept.tolist()):
            i, t, weight = self.inputs[p], self.targets[p], weights[p]
            if self.config.loss == "hierarchical":
                path = slice(tree.offsets[t], tree.offsets[t + 1])
                J, dv, dU = hierarchical_softmax_loss_and_gradients(V[i], tree.nodes[path], tree.codes[path], U)
            else:
                J, dv, dU = negative_sampling_loss_and_gradients(V[i], t, [w for w in next(noises) if w != t], U)
            rate = ALPHA - fall * number
            V[i] -= rate * weight * dv
            U -= rate * weight * dU
            total += weight * J
            predictions += weight
        return V, U, predictions, total


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("loss", ["negative", "hierarchical"])
def test_a_block_is_the_equations(loss, weighted, kernel_name):
    case = Case(loss=loss, weighted=weighted)
    V, U, made, loss = case.run(kernel=kernel_name)
    want_V, want_U, predictions, total = case.by_equations()
    assert made == predictions
    assert loss == pytest.approx(total, rel=1e-5)
    for got, want, before in ((V, want_V, case.V), (U, want_U, case.U)):
        change = np.abs(want - before).max()
        assert change > 1e-2
        np.testing.assert_allclose(got - before.astype(np.float64), want - before, atol=1e-5 * change + 1e-6)


def test_rows_of_a_thread_of_its_own_make_the_same_steps():
    case = Case(loss="hierarchical", pairs=3000)
    V, U, _, _ = case.run(workers=2)
    want_V, want_U, _, _ = case.by_equations()
    np.testing.assert_allclose(V, want_V, atol=1e-4)
    np.testing.assert_allclose(U, want_U, atol=1e-4)


def test_a_weight_is_so_many_pairs_at_the_values_before():
    """One pair of weight 3: three times the gradient at once, which is not three steps."""
    case = Case(pairs=1, weighted=True)
    case.weights[:] = 3
    V, _, made, _ = case.run()
    V = V.copy()
    want, _, _, _ = case.by_equations()
    np.testing.assert_allclose(V, want, atol=1e-6)
    assert made == 3.0
    once = case.run(weights=None)[0] - case.V
    np.testing.assert_allclose(V - case.V, 3 * once, atol=1e-6)


def test_predictions_are_whole_without_weights():
    assert isinstance(Case().run()[2], int)


def test_ids_are_rows_by_a_table_and_those_without_are_left_out():
    case = Case()
    want = case.run()
    tables = {"input_rows": np.full(50, -1, np.int32), "target_rows": np.full(60, -1, np.int32)}
    tables["input_rows"][7 : 7 + INPUTS], tables["target_rows"][9 : 9 + TARGETS] = range(INPUTS), range(TARGETS)
    inputs, targets = case.inputs + np.int32(7), case.targets + np.int32(9)
    strange = [(-1, 9), (7, -5), (50, 9), (7, 60), (3, 9), (7, 2), (2**31 - 1, 9)]  # no rows, or outside the tables
    for place, (i, t) in enumerate(strange):
        inputs, targets = np.insert(inputs, 40 * place, i), np.insert(targets, 40 * place, t)
    slope = SLOPE * len(case.inputs) / len(inputs)
    got = case.run(inputs=inputs, targets=targets, end=len(inputs), slope=slope, **tables)
    np.testing.assert_allclose(got[0], want[0], atol=1e-7)
    np.testing.assert_allclose(got[1], want[1], atol=1e-7)
    assert got[2] == want[2] == len(case.inputs)


@pytest.mark.parametrize("side", ["keep_inputs", "keep_targets"])
def test_thinning_out_keeps_pairs_by_the_share_of_their_word(side):
    case = Case(pairs=20_000)
    thresholds = getattr(case, side).copy()
    thresholds[0] = 0.3 * ALL
    made = case.run(block=20_000, rate=0.0, slope=0.0, **{side: thresholds})[2]
    first = (case.inputs if side == "keep_inputs" else case.targets) == 0
    assert made == pytest.approx((~first).sum() + 0.3 * first.sum(), abs=4 * np.sqrt(first.sum() * 0.21))


@given(st.integers(1, 3000), st.integers(0, 2**63 - 1), st.integers(0, 100))
def test_an_order_has_every_place_once(pairs, seed, epoch):
    assert np.array_equal(np.sort(shuffled(pairs, seed, epoch)), np.arange(pairs))


def test_orders_differ_between_epochs_and_look_drawn():
    pairs = 1000
    orders = np.array([shuffled(pairs, 1, epoch) for epoch in range(400)])
    assert len({order.tobytes() for order in orders}) == 400
    # Where the first and a middle one come is uniform: chi-square over ten equal parts, 9 degrees of freedom.
    for column in (0, 500):
        parts = np.bincount(orders[:, column] * 10 // pairs, minlength=10)
        assert ((parts - 40) ** 2 / 40).sum() < 27.9  # p = 0.001
    # Neighbours in the order are strangers in the arrays.
    steps = np.abs(np.diff(orders, axis=1)).mean()
    assert steps == pytest.approx(pairs / 3, rel=0.02)


def test_a_shuffled_epoch_trains_each_pair_once():
    """At rate 0, where nothing is drawn, the loss of an epoch is that of all pairs, whatever their order."""
    case = Case(loss="hierarchical")
    whole = case.run(rate=0.0, slope=0.0)[3]
    worker = case.worker(shuffle=True, block=64)
    cuts = [*range(0, len(case.inputs), 64), len(case.inputs)]
    losses = [worker.run(a, b, SEED, EPOCH, 0.0, 0.0)[1] for a, b in itertools.pairwise(cuts)]
    assert sum(losses) == pytest.approx(whole, rel=1e-5)
    in_order = [case.worker().run(a, b, SEED, EPOCH, 0.0, 0.0)[1] for a, b in itertools.pairwise(cuts)]
    assert not np.allclose(losses, in_order)
    assert sum(in_order) == pytest.approx(whole, rel=1e-5)


def test_rate_0_changes_nothing():
    case = Case(weighted=True)
    V, U, made, loss = case.run(rate=0.0, slope=0.0)
    assert made > 0
    assert loss > 0
    np.testing.assert_array_equal(V, case.V)
    np.testing.assert_array_equal(U, case.U)


def test_a_set_stop_flag_ends_a_block_at_once():
    case = Case()
    V, _, made, loss = case.run(stop=1)
    assert (made, loss) == (0, 0.0)
    np.testing.assert_array_equal(V, case.V)


def test_a_step_whose_loss_is_not_finite_is_not_made():
    case = Case()
    case.V[:], case.U[:] = 1e20, 1e20
    V, U, _, loss = case.run()
    assert not np.isfinite(loss)
    np.testing.assert_array_equal(V, case.V)
    assert np.isfinite(U).all()


def test_what_does_not_fit_is_refused():
    case = Case()
    for changes, match in (
        ({"targets": case.targets[1:]}, "must be as many"),
        ({"weights": np.ones(3, np.float32)}, "must be as many"),
        ({"keep_inputs": case.keep_inputs[1:]}, "keep thresholds"),
        ({"input_rows": np.array([INPUTS], np.int32)}, f"row {INPUTS} of id 0 is not below {INPUTS}"),
        ({"block": 0}, "block is 0"),
    ):
        with pytest.raises(ValueError, match=match):
            case.worker(**changes)
    worker = case.worker(block=100)
    for start, end in ((-1, 5), (5, 5), (0, 101), (350, 401)):
        with pytest.raises(ValueError, match="are no block of 400 pairs"):
            worker.run(start, end, 1, 0, 0.1, 0.0)
