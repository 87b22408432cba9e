"""What the tests of models share: options of a model that trains in a moment, and every objective there is."""

from __future__ import annotations

SMALL = {"vector_size": 20, "min_count": 1, "epochs": 3, "workers": 1, "progress": False}

EVERY_OBJECTIVE = [
    {"architecture": architecture, "loss": loss}
    for architecture in ("skipgram", "cbow")
    for loss in ("negative", "hierarchical", "softmax")
]
