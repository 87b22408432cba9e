"""docs/corpora.md: what it says of walks is run, and gives walks."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from fastw2v import Corpus, train

PAGE = (Path(__file__).parent.parent / "docs" / "corpora.md").read_text(encoding="utf-8")


def test_random_walks_go_from_neighbour_to_neighbour():
    code = re.search(r"```python\n(import numpy as np\n+def random_walks.*?)```", PAGE, re.S)
    assert code is not None
    names: dict = {}
    exec(code[1], names)
    rng = np.random.default_rng(1)
    # Two groups of ten nodes with edges within each, and a node with none.
    groups = [[j for j in range(i // 10 * 10, i // 10 * 10 + 10) if j != i] for i in range(20)]
    offsets, neighbours = np.cumsum([0, *map(len, groups), 0]), np.concatenate(groups)
    walks = np.concatenate([names["random_walks"](offsets, neighbours, 8, rng) for _ in range(100)])
    assert (walks[20::21, 1:] == -1).all()
    pairs = np.stack((walks[:, :-1], walks[:, 1:]), -1).reshape(-1, 2)
    pairs = pairs[(pairs >= 0).all(axis=1)]
    assert (pairs[:, 0] // 10 == pairs[:, 1] // 10).all()
    assert (pairs[:, 0] != pairs[:, 1]).all()
    wv = train(Corpus.from_ids(walks), sample=0, vector_size=16, epochs=5, workers=1).wv
    assert {int(word) // 10 for word, _ in wv.most_similar(5, topn=8)} == {0}
