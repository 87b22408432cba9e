"""gensim's options, under its names as attributes of a model, as a Config, and back.

What they do stands in config.py and in docs/gensim.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fastw2v.config import Config

__all__ = ["attributes_of", "config_of", "saved"]

# gensim's threshold for a `sample` of 1 and more, a count: words seen so often are the first to be thinned out.
SAMPLE_COUNT_FACTOR = (3 + 5**0.5) / 2
# Attributes that have the name and meaning of an option of Config.
SHARED = (
    "vector_size",
    "window",
    "shrink_windows",
    "ns_exponent",
    "alpha",
    "min_alpha",
    "epochs",
    "workers",
    "seed",
    "cbow_gradient",
)
# Attributes that Config knows nothing of, and what they are in a model that was not made by gensim's constructor.
OWN: dict[str, Any] = {
    "max_vocab_size": None,
    "max_final_vocab": None,
    "sorted_vocab": 1,
    "batch_words": 10000,
    "null_word": 0,
    "comment": None,
    "compute_loss": False,
    "running_training_loss": 0.0,
    "corpus_count": 0,
    "corpus_total_words": 0,
    "train_count": 0,
    "total_train_time": 0.0,
}


def config_of(options: Mapping[str, Any], total: int) -> Config:
    """The Config for such attributes; total: how many words a vocabulary's counts have together."""
    if not options["hs"] and options["negative"] <= 0:
        raise ValueError("hs and negative are both 0, so that nothing would be trained; set one of them")
    sample = options["sample"] or 0.0
    if sample >= 1:
        sample = min(1.0, int(sample * SAMPLE_COUNT_FACTOR) / total) if total else 0.0
    return Config(
        architecture="skipgram" if options["sg"] else "cbow",
        loss="hierarchical" if options["hs"] else "negative",
        negative=options["negative"],
        cbow_mean=bool(options["cbow_mean"]),
        sample=sample,
        **{name: options[name] for name in SHARED},
    )


def attributes_of(config: Config, saved: Mapping[str, Any]) -> dict[str, Any]:
    """All attributes for a Config; those that were saved as they are there."""
    attributes = {name: getattr(config, name) for name in (*SHARED, "sample", "min_count")}
    attributes |= OWN
    attributes |= {
        "sg": int(config.architecture == "skipgram"),
        "hs": int(config.loss == "hierarchical"),
        "negative": config.negative if config.loss == "negative" else 0,
        "cbow_mean": int(config.cbow_mean),
        "effective_min_count": config.min_count,
        "min_alpha_yet_reached": config.alpha,
    }
    return attributes | {name: value for name, value in saved.items() if name in attributes}


def saved(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the attributes that a file keeps, fit for JSON: what has no form there as text."""
    kept = attributes_of(Config(workers=1), {})
    return {name: _plain(value) for name, value in attributes.items() if name in kept}


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)
