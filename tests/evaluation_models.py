"""What the tests of evaluation share: a model whose cosines can be told by hand, and one of many random words."""

from __future__ import annotations

import numpy as np

from fastw2v import KeyedVectors

# In degrees on a circle: the cosine of two words is that of the angle between them.
ANGLES = {"east": 0, "West": 180, "north": 90, "northeast": 45, "Northeast": 60, "south": -90}


def circle(angles=ANGLES, scale=1.0):
    """Words at angles, with vectors of length `scale`."""
    radians = np.radians(list(angles.values()))
    points = np.stack([np.cos(radians), np.sin(radians)], axis=1).round(12)  # a right angle's cosine is 0
    return KeyedVectors(list(angles), scale * points)


def random_model(words=400, size=16, seed=0, cased=False):
    """Words w0, w1, ...; `cased`: every third one stands again as W0, W3, ... further down."""
    rng = np.random.default_rng(seed)
    names = [f"w{i}" for i in range(words)]
    if cased:
        names = [name.upper() if i % 3 == 0 and i > words // 2 else name for i, name in enumerate(names)]
        names = [*names, *(f"W{i}" for i in range(0, words // 2, 3))]
    return KeyedVectors(names, rng.standard_normal((len(names), size), dtype=np.float32))


def gensims(vectors):
    """The same words and vectors as gensim holds them."""
    from gensim.models import KeyedVectors as Theirs

    theirs = Theirs(vectors.vector_size)
    theirs.add_vectors(vectors.index_to_key, vectors.vectors)
    return theirs
