"""A block of training written out in float64 with equations.py: the same draws as the compiled workers, one at a time.

Slow and plain; the workers are tested against it to the last pair.
"""

from __future__ import annotations

import itertools

import numpy as np

from fastw2v import _kernels
from fastw2v.encoded import EncodedText as Encoded
from fastw2v.equations import (
    cbow_loss_and_gradients,
    hierarchical_softmax_loss_and_gradients,
    negative_sampling_loss_and_gradients,
    softmax_batch_loss_and_gradients,
)
from fastw2v.huffman import huffman_tree
from fastw2v.kernels import available
from fastw2v.matrices import aligned_zeros
from fastw2v.noise import alias_table, noise_probabilities
from fastw2v.workers import make_workers, output_rows

WORD = 2**64
GOLDEN = 0x9E3779B97F4A7C15
POOL, PASSES = 1024, 8  # noise words that stand ready, and windows that a group of them serves, as in _objectives.pyx
SLOTS = 4  # windows of skip-gram whose outputs stand ready, as in _train.pyx


def random_text(words=50, sentences=400, longest=30, seed=3):
    """Sentences of 1 to `longest` words out of `words`, frequent ones first."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, longest, sentences)
    ids = (words * rng.random(lengths.sum()) ** 2).astype(np.int32)
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    return Encoded(ids, offsets, np.sort(np.bincount(ids, minlength=words) + 1)[::-1].copy())


def run(worker, text, start, end, *others):
    """A worker's run of tokens start..end with the whole text around them."""
    ids, sentences = text.ids.astype(np.int32), text.sentences(start, end).astype(np.int64)
    return worker.run(ids, 0, sentences, start, end, *others)


# ---- random numbers, as src_c/rng.h ----


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % WORD
    return z ^ (z >> 31)


def key(start, name):
    return mix(mix((start + GOLDEN) % WORD) ^ (name + 1) * GOLDEN % WORD)


def at(stream, position):
    return mix((stream + (position + 1) * GOLDEN) % WORD)


class Stream:
    def __init__(self, state):
        self.state = state

    def next(self):
        self.state = (self.state + GOLDEN) % WORD
        return mix(self.state)

    def below(self, n):
        return ((self.next() >> 32) * n) >> 32


def alias(table, word):
    slot = ((word >> 32) * len(table)) >> 32
    return slot if word % 2**32 < int(table[slot, 0]) else int(table[slot, 1])


def groups_of_noise(stream, table, draws, held):
    """Nothing, and then the noise words of one window after another."""
    words = [stream.next() for _ in range(draws)]

    def group():
        nonlocal words
        drawn = [alias(table, word) for word in words]
        words = [stream.next() for _ in range(draws)]
        return drawn

    count = max(-(-POOL // draws), held + 1) | 1
    groups = [group() for _ in range(count)]
    yield []  # the groups are drawn before the first window's reach
    for window in itertools.count():
        drawn = groups[window % count]
        if window % PASSES == 0:
            groups[(window - held) % count] = group()
        yield drawn


# ---- one block ----


def workers_block(config, text, V, U, kernel=None, workers=1, seed=5, epoch=2, alpha=0.05, slope=1e-5):
    """The whole text as one block of a compiled worker: V, U after it, predictions and loss."""
    inputs, outputs = aligned_zeros(*V.shape), aligned_zeros(*U.shape)
    inputs[:, : V.shape[1]], outputs[:, : U.shape[1]] = V, U
    made = make_workers(
        config, _kernels.named(kernel or available()[-1]), text, inputs, outputs, np.zeros(1, np.int32),
        len(text.ids), workers,
    )  # fmt: skip
    predictions, loss = run(made[0], text, 0, len(text.ids), seed, epoch, alpha, slope)
    made[0].finish()
    assert not inputs[:, V.shape[1] :].any(), "padding must stay zero"
    assert not outputs[:, U.shape[1] :].any(), "padding must stay zero"
    return inputs[:, : V.shape[1]], outputs[:, : U.shape[1]], predictions, loss


def equations_block(config, text, V, U, seed=5, epoch=2, alpha=0.05, slope=1e-5):
    """The same by the equations; every word is kept (sample must be 0)."""
    assert config.sample == 0
    V, U = V.astype(np.float64), U.astype(np.float64)
    stream = Stream(key(key(key(seed, epoch), 1), 0))
    table = alias_table(noise_probabilities(text.counts, config.ns_exponent))
    tree = huffman_tree(text.counts)
    ids = text.ids.tolist()
    bounds = np.repeat(np.arange(len(text.offsets) - 1), np.diff(text.offsets))
    first, last = text.offsets[bounds].tolist(), text.offsets[bounds + 1].tolist()
    predictions, total = 0, 0.0

    def rate(p):
        return alpha - slope * p

    def reach_of_window():
        least = 1 if config.shrink_windows else config.window
        return least + stream.below(config.window - least + 1)

    def window(p):
        reach = reach_of_window()
        return [ids[q] for q in range(max(first[p], p - reach), min(last[p], p + reach + 1)) if q != p]

    cbow_alone = config.loss == "hierarchical" or config.negative_sharing == "pair"
    targets_at_once = config.cbow_batch if config.architecture == "cbow" and not cbow_alone else 1
    draws = config.negative + config.negative * (targets_at_once - 1) // 5
    weight = config.negative / draws
    # Windows whose outputs stand ready at once: their groups are not drawn anew.
    held = 2 if config.architecture == "cbow" else SLOTS if config.negative_sharing == "window" else 2 * config.window

    noises = groups_of_noise(stream, table, draws, held)
    if config.loss == "negative":
        next(noises)

    def noise(*targets):
        return [w for w in next(noises) if w not in targets]

    def path(word):
        return slice(tree.offsets[word], tree.offsets[word + 1])

    def logistic_pair(o, drawn):
        if config.loss == "hierarchical":
            return lambda v, _, U: hierarchical_softmax_loss_and_gradients(
                v, tree.nodes[path(o)], tree.codes[path(o)], U
            )
        return lambda v, o, U: negative_sampling_loss_and_gradients(v, o, drawn, U)

    def draw(o):
        return noise(o) if config.loss == "negative" else []

    def skip_gram():
        nonlocal V, U, predictions, total
        for p, o in enumerate(ids):
            reach = reach_of_window()
            drawn = draw(o) if config.negative_sharing == "window" else None
            contexts = [ids[q] for q in range(max(first[p], p - reach), min(last[p], p + reach + 1)) if q != p]
            groups = [contexts] if drawn is not None else [[c] for c in contexts]
            for group in groups:
                new_V, new_U = V.copy(), U.copy()
                pair = logistic_pair(o, draw(o) if drawn is None else drawn)
                for c in group:
                    J, dv, dU = pair(V[c], o, U)
                    total += J
                    predictions += 1
                    new_V[c] -= rate(p) * dv
                    new_U -= rate(p) * dU
                V, U = new_V, new_U

    def cbow():
        nonlocal V, U, predictions, total
        most, p = targets_at_once, 0
        while p < len(ids):
            start, batch = p, []
            while p < len(ids) and len(batch) < most and ids[p] not in [o for o, _ in batch]:
                contexts = window(p)
                if contexts:
                    batch.append((ids[p], contexts))
                p += 1
            drawn = []
            if most == 1:
                drawn = draw(batch[0][0]) if batch else []
            elif batch:
                drawn = noise(*(o for o, _ in batch))
            new_V, new_U = V.copy(), U.copy()
            for o, contexts in batch:
                # Noise words of weight w: the loss without them, and w times what they add to it.
                bare = cbow_loss_and_gradients(contexts, o, V, U, logistic_pair(o, []), mean=config.cbow_mean)
                full = cbow_loss_and_gradients(contexts, o, V, U, logistic_pair(o, drawn), mean=config.cbow_mean)
                J, dV, dU = (a + weight * (b - a) for a, b in zip(bare, full, strict=True))
                if config.cbow_mean and config.cbow_gradient == "word2vec":
                    dV *= len(contexts)
                total += J
                predictions += 1
                new_V -= rate(start) * dV
                new_U -= rate(start) * dU
            V, U = new_V, new_U

    def softmax():
        nonlocal V, U, predictions, total
        batch, start = [], 0
        for p, o in enumerate(ids):
            if not batch:
                start = p
            around = window(p)
            if around:
                batch.append((around, [o]) if config.architecture == "cbow" else ([o], around))
            if batch and (len(batch) == config.softmax_batch or p + 1 == len(ids)):
                mean = config.architecture == "cbow" and config.cbow_mean
                shares = [1 / len(contexts) if mean else 1.0 for contexts, _ in batch]
                H = np.array([s * V[contexts].sum(axis=0) for s, (contexts, _) in zip(shares, batch, strict=True)])
                T = np.zeros((len(batch), len(U)))
                for i, (_, targets) in enumerate(batch):
                    np.add.at(T[i], targets, 1)
                J, dH, dU = softmax_batch_loss_and_gradients(H, T, U)
                total += J
                predictions += int(T.sum())
                new_V = V.copy()
                for share, (contexts, _), dh in zip(shares, batch, dH, strict=True):
                    share_of_gradient = share if config.cbow_gradient == "exact" else 1.0
                    np.add.at(new_V, contexts, -rate(start) * share_of_gradient * dh)
                V, U = new_V, U - rate(start) * dU
                batch = []

    if config.loss == "softmax":
        softmax()
    elif config.architecture == "cbow":
        cbow()
    else:
        skip_gram()
    return V, U, predictions, total


def check_block(config, text, kernel=None, scale=1.0, seed=0, workers=1):
    """A worker's block changes both matrices as the equations do, to 1e-5 of the largest change."""
    rng = np.random.default_rng(seed)
    words, width = len(text.counts), config.vector_size
    V = (scale * rng.normal(size=(words, width)) / np.sqrt(width)).astype(np.float32)
    U = (scale * rng.normal(size=(output_rows(config.loss, words), width)) / np.sqrt(width)).astype(np.float32)
    got_V, got_U, made, loss = workers_block(config, text, V, U, kernel, workers)
    want_V, want_U, predictions, total = equations_block(config, text, V, U)
    assert made == predictions > 0
    assert loss == np.float64(loss)
    np.testing.assert_allclose(loss, total, rtol=1e-5)
    for got, want, before in ((got_V, want_V, V), (got_U, want_U, U)):
        change = np.abs(want - before).max()
        rounding = 4 * np.finfo(np.float32).eps * np.abs(before).max()
        assert change > 1e-4
        np.testing.assert_allclose(got - before.astype(np.float64), want - before, atol=1e-5 * change + rounding)


__all__ = ["Encoded", "check_block", "random_text"]
