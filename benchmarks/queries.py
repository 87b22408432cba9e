"""Milliseconds a query: most_similar over random vectors, one at a time and many at once, beside gensim's, after both
gave the same answers. Vectors of people's texts would take as long: every word is scored either way."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from fastw2v import KeyedVectors

from . import harness, peers
from .settings import OURS, Settings

MODELS = [(50_000, 100), (200_000, 300)]  # words and dimensions: a book shelf's, an encyclopaedia's
QUERIES = 50  # of each kind and round
KINDS = {"one word": 1, "two words and one against": 3}
TOLERANCE = 1e-4  # of a cosine: both sum in float32, in other orders
MANY = (400_000, 300)  # the model that is asked many queries at once
AT_ONCE = 1_000  # of us in one call; gensim has no such call, and its time a query is that of QUERIES in a loop
MILLI = 1e3


def asked(query: list[str]) -> dict[str, Any]:
    """A query of one word, or of two and one that counts against them."""
    return {"positive": query[:2], "negative": query[2:]}


def check(ours: KeyedVectors, theirs: Any, queries: list[list[str]]) -> None:
    """AssertionError unless both give the same similarities, and the same words where these differ enough."""
    for query in queries:
        own, other = ours.most_similar(**asked(query)), theirs.most_similar(**asked(query))
        np.testing.assert_allclose([score for _, score in own], [score for _, score in other], atol=TOLERANCE)
        known = dict(other)
        for word, score in own:
            if score > other[-1][1] + TOLERANCE:
                assert word in known, f"{query}: only one system finds {word}"


def run(settings: Settings) -> None:
    """Both models, both kinds of query."""
    gensim = "gensim" in peers.present(settings)
    for count, width in MODELS:
        rng = np.random.default_rng(1)
        words = [f"w{i}" for i in range(count)]
        vectors = rng.standard_normal((count, width), dtype=np.float32)
        models: dict[str, Any] = {}
        if gensim:
            models["gensim"] = their_vectors(words, vectors)
        models[OURS] = KeyedVectors(words, vectors)
        models[OURS].fill_norms()
        for kind, size in KINDS.items():
            queries = [[words[i] for i in rng.choice(count, size, replace=False)] for _ in range(QUERIES)]
            if gensim:
                check(models[OURS], models["gensim"], queries)
            harness.title(f"most_similar, {kind}, {count:,} words x {width}")
            systems = {name: speed(model, queries) for name, model in models.items()}
            harness.in_turn(systems, settings.rounds, "ms", ours=OURS, lower_is_better=True)

    run_many(settings, gensim)


def run_many(settings: Settings, gensim: bool) -> None:
    """AT_ONCE queries of one word in one call, beside gensim's loop."""
    count, width = MANY
    rng = np.random.default_rng(2)
    words = [f"w{i}" for i in range(count)]
    vectors = rng.standard_normal(MANY, dtype=np.float32)
    ours = KeyedVectors(words, vectors)
    ours.fill_norms()
    queries = [words[i] for i in rng.choice(count, AT_ONCE, replace=False)]
    systems: dict[str, harness.Run] = {}
    if gensim:
        theirs = their_vectors(words, vectors)
        for query, answer in zip(queries[:5], ours.most_similar_batch(queries[:5]), strict=True):
            np.testing.assert_allclose(
                [score for _, score in answer], [score for _, score in theirs.most_similar(query)], atol=TOLERANCE
            )
        systems["gensim"] = speed(theirs, [[query] for query in queries[:QUERIES]])

    def at_once() -> float:
        begin = time.perf_counter()
        ours.most_similar_batch(queries)
        return MILLI * (time.perf_counter() - begin) / len(queries)

    harness.title(f"most_similar_batch, {AT_ONCE:,} words at once, {count:,} words x {width}")
    harness.in_turn({**systems, OURS: at_once}, settings.rounds, "ms", ours=OURS, lower_is_better=True)


def their_vectors(words: list[str], vectors: np.ndarray) -> Any:
    """gensim's, with norms computed before they are asked for."""
    from gensim.models import KeyedVectors as Theirs

    model = Theirs(vectors.shape[1])
    model.add_vectors(words, vectors)
    model.fill_norms()
    return model


def speed(model: Any, queries: list[list[str]]) -> harness.Run:
    """Milliseconds a query, one after the other."""

    def once() -> float:
        begin = time.perf_counter()
        for query in queries:
            model.most_similar(**asked(query))
        return MILLI * (time.perf_counter() - begin) / len(queries)

    return once
