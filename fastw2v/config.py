"""The options of a training run: one frozen dataclass, every value checked once, here.

Nothing below this file checks an option again, and nothing here reads text or touches a matrix.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any

from fastw2v.short import short
from fastw2v.softmax_plan import softmax_plan

__all__ = ["Architecture", "Config", "Kernel", "Loss", "available_cpus"]

INT32_MAX = 2**31 - 1
KERNEL_VARIABLE = "FASTW2V_KERNEL"
SKIPGRAM_ALPHA = {"negative": 0.025, "hierarchical": 0.02, "softmax": 0.025}
CBOW_ALPHA = {"exact": 0.1, "word2vec": 0.05}
LEAST_VOCABULARY = 1_000  # as many words as any text has, for checks before the text is read


class Kernel(str, Enum):
    """Names of the arithmetic kernels; `AUTO` takes the fastest one this machine runs."""

    AUTO = "auto"
    BLAS = "blas"
    BASE = "base"
    AVX2 = "avx2"
    AVX512 = "avx512"


class Architecture(str, Enum):
    """What a window's words are to its centre: each an input of its own, or together one."""

    SKIPGRAM = "skipgram"
    CBOW = "cbow"


class Loss(str, Enum):
    """What a prediction is measured by."""

    NEGATIVE = "negative"
    HIERARCHICAL = "hierarchical"
    SOFTMAX = "softmax"


def available_cpus() -> int:
    """How many cores this process may use: its affinity mask where the system has one, else all cores."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def check_integer(name: str, value: object, low: int, high: int = INT32_MAX, remedy: str = "") -> int:
    """`value` as an int within low..high; TypeError or ValueError with the value, the range and the remedy."""
    if _is_truth_value(value) or not hasattr(value, "__index__") or _has_parts(value):
        raise TypeError(f"{name} must be a whole number from {low} to {high}, not {short(value)}{_remedy(remedy)}")
    number = value.__index__()
    if not low <= number <= high:
        raise ValueError(f"{name} is {number}, but must be from {low} to {high}{_remedy(remedy)}")
    return int(number)


def check_number(name: str, value: object, low: float, high: float, remedy: str = "", *, above: bool = False) -> float:
    """`value` as a finite float within low..high (`above`: strictly more than low), or an error as check_integer's."""
    bound = f"above {low:g} and at most {high:g}" if above else f"from {low:g} to {high:g}"
    numeric = hasattr(value, "__float__") or hasattr(value, "__index__")
    if _is_truth_value(value) or isinstance(value, (str, bytes)) or not numeric or _has_parts(value):
        raise TypeError(f"{name} must be a number {bound}, not {short(value)}{_remedy(remedy)}")
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        number = math.inf
    if not math.isfinite(number) or not low <= number <= high or (above and number == low):
        raise ValueError(f"{name} is {number:g}, but must be {bound}{_remedy(remedy)}")
    return number


def check_truth(name: str, value: object, meanings: str) -> bool:
    """`value` as a bool, 0 and 1 included; TypeError with what it may be."""
    if not isinstance(value, bool) and value not in (0, 1):
        raise TypeError(f"{name} must be {meanings}, not {short(value)}")
    return bool(value)


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> str:
    """`value` as one of the strings `choices`, or TypeError/ValueError naming them."""
    if isinstance(value, Enum):
        value = value.value
    wanted = ", ".join(map(repr, choices))
    if not isinstance(value, str):
        raise TypeError(f"{name} must be one of {wanted}, not {short(value)}")
    if value not in choices:
        raise ValueError(f"{name} is {short(value)}, but must be one of {wanted}")
    return value


def _is_truth_value(value: object) -> bool:
    """Whether it is a bool, NumPy's own among them: 1 in disguise, and hardly meant as a number."""
    return isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b"


def _has_parts(value: object) -> bool:
    """Whether it is an array of some dimension, even one that NumPy turns into a number."""
    return bool(getattr(value, "ndim", 0))


def _remedy(text: str) -> str:
    return f"; {text}" if text else ""


@dataclass(frozen=True, kw_only=True)
class Config:
    """All options of a run, under gensim 4's names wherever it has one. An instance is always valid.

    Parameters
    ----------
    vector_size: numbers in each word vector, 1 to 65536.
    window: the largest distance between a word and its context, in words that subsampling kept.
    shrink_windows: whether each position draws a window's size of its own uniformly from 1..window, so that near words
        count more; else it is always `window`.
    architecture: "skipgram" (each word of a window with its centre) or "cbow" (all of them together).
    loss: "negative" (sampling, against `negative` noise words), "hierarchical" (softmax over a Huffman tree; noise
        options do not matter) or "softmax" (exact, over the whole vocabulary).
    negative: noise words drawn for each window or pair, 1 to 10000.
    negative_sharing: "window" (all pairs of a window, and in CBOW `cbow_batch` centres, meet the same noise words) or
        "pair" (each pair, and in CBOW each centre, has its own, as in word2vec.c; slower). Either way a draw of noise
        words comes again seven times, some hundred windows or pairs apart, while its rows are still in the cache.
    cbow_mean: whether CBOW's input is the mean of the context vectors, or their sum. This and the two options below do
        nothing in skip-gram.
    cbow_gradient: "exact" (each context vector gets its share of the mean's gradient) or "word2vec" (each gets all of
        it, as in word2vec.c and gensim). No difference for sums.
    cbow_batch: how many centres in a row meet the same noise words in CBOW with negative sampling: more are faster. For
        each centre but the first a fifth more words are drawn, all of them weighted to count `negative` together.
    softmax_batch: centres that are trained at once by the exact softmax, 1 to 8192. Larger batches are a little faster,
        but with several workers those beyond 128 may need a smaller alpha.
    softmax_memory: MB (10**6 bytes) a worker may hold of a batch's scores; where they do not fit, they are computed
        twice. What it holds beside them depends on the batch alone: 4 vectors and 2 * window targets a centre.
    ns_exponent: noise words are drawn with probability proportional to count**ns_exponent.
    sample: words more frequent than about this share of the text are thinned out; 0 keeps every word.
    alpha, min_alpha: the learning rate falls linearly from `alpha` to `min_alpha` over all words of all epochs. None is
        the rate that scored best on benchmarks: 0.025 for skip-gram (0.02 with hierarchical softmax) and CBOW's sum;
        0.1 for CBOW's mean with its exact gradient, which is smaller by the number of contexts; 0.05 with word2vec's.
    epochs: passes over the text.
    min_count: words seen fewer times are dropped before windows are cut.
    max_vocab: keep only this many of the most frequent words (None: all).
    workers: threads (None: all cores this process may use).
    seed: start of every random draw, 0 to 2**63-1. With `workers=1` and one kernel a run is reproducible to
        the byte.
    kernel: "auto", or one of "blas", "base", "avx2", "avx512". The environment variable FASTW2V_KERNEL decides what
        "auto" means.

    Raises
    ------
    TypeError, ValueError: with the value, the allowed range and the remedy.
    """

    vector_size: int = 100
    window: int = 5
    shrink_windows: bool = True
    architecture: str = "skipgram"
    loss: str = "negative"
    negative: int = 5
    negative_sharing: str = "window"
    cbow_mean: bool = True
    cbow_gradient: str = "exact"
    cbow_batch: int = 4
    softmax_batch: int = 64
    softmax_memory: int = 256
    ns_exponent: float = 0.75
    sample: float = 1e-3
    alpha: float = None  # type: ignore[assignment]  # a number in every instance
    min_alpha: float = 1e-4
    epochs: int = 5
    min_count: int = 5
    max_vocab: int | None = None
    workers: int | None = None
    seed: int = 1
    kernel: str = "auto"

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        put("vector_size", check_integer("vector_size", self.vector_size, 1, 65_536))
        put("window", check_integer("window", self.window, 1, 10_000))
        remedy = "True (a size drawn for each position) or False (always the whole window)"
        put("shrink_windows", check_truth("shrink_windows", self.shrink_windows, remedy))
        put("architecture", check_choice("architecture", self.architecture, tuple(a.value for a in Architecture)))
        put("loss", check_choice("loss", self.loss, tuple(k.value for k in Loss)))
        least = 1 if self.loss == Loss.NEGATIVE else 0
        remedy = "5 to 20 is usual" + ("; loss='hierarchical' and 'softmax' need none" if least else "")
        put("negative", check_integer("negative", self.negative, least, 10_000, remedy))
        put("negative_sharing", check_choice("negative_sharing", self.negative_sharing, ("window", "pair")))
        if self.negative_sharing == "pair" and self.loss != Loss.NEGATIVE:
            raise ValueError(
                f"negative_sharing is 'pair', but loss={self.loss!r} draws no noise words; leave it out, or choose "
                "loss='negative'"
            )
        put("cbow_mean", check_truth("cbow_mean", self.cbow_mean, "True (mean) or False (sum)"))
        put("cbow_gradient", check_choice("cbow_gradient", self.cbow_gradient, ("exact", "word2vec")))
        put("cbow_batch", check_integer("cbow_batch", self.cbow_batch, 1, 1024, "1 lets each centre draw its own"))
        put("softmax_batch", check_integer("softmax_batch", self.softmax_batch, 1, 8192, "16 to 128 is usual"))
        put("softmax_memory", check_integer("softmax_memory", self.softmax_memory, 1, 1_000_000, "it is in MB"))
        put("ns_exponent", check_number("ns_exponent", self.ns_exponent, -10.0, 10.0, "0.75 is usual"))
        put("sample", check_number("sample", self.sample, 0.0, 1.0, "1e-3 is usual, 0 keeps every word"))
        if self.alpha is None:
            shared = self.architecture == Architecture.CBOW and self.cbow_mean
            put("alpha", CBOW_ALPHA[self.cbow_gradient] if shared else SKIPGRAM_ALPHA[self.loss])
        put("alpha", check_number("alpha", self.alpha, 0.0, 10.0, "0.025 is usual", above=True))
        put("min_alpha", check_number("min_alpha", self.min_alpha, 0.0, 10.0, "1e-4 is usual"))
        if self.min_alpha > self.alpha:
            raise ValueError(
                f"min_alpha is {self.min_alpha:g}, but must be at most alpha, which is {self.alpha:g}; lower min_alpha"
            )
        put("epochs", check_integer("epochs", self.epochs, 1, 1_000_000))
        put("min_count", check_integer("min_count", self.min_count, 1))
        if self.max_vocab is not None:
            put("max_vocab", check_integer("max_vocab", self.max_vocab, 1, remedy="leave it out to keep every word"))
        workers = available_cpus() if self.workers is None else self.workers
        put("workers", check_integer("workers", workers, 1, 1024, "leave it out to use all cores this process may use"))
        put("seed", check_integer("seed", self.seed, 0, 2**63 - 1))
        if self.loss == Loss.SOFTMAX:
            softmax_plan(self.softmax_batch, self.max_vocab or LEAST_VOCABULARY, self.softmax_memory)
        put("kernel", check_choice("kernel", self.kernel, tuple(k.value for k in Kernel)))

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Config:
        """A Config from keyword arguments; TypeError with the nearest known name for one that does not exist."""
        known = [f.name for f in fields(cls)]
        for name in options:
            if name not in known:
                raise unknown_option(name)
        return cls(**options)

    def as_dict(self) -> dict[str, Any]:
        """The options as a plain dict, fit for JSON."""
        return asdict(self)


def unknown_option(name: str) -> TypeError:
    """What to raise for an option that does not exist: says what gensim's name for it is here, or names the nearest."""
    from fastw2v.gensim_names import TRAINING_OPTIONS

    known = [f.name for f in fields(Config)]
    if name in TRAINING_OPTIONS:
        return TypeError(f"there is no option {short(name)}; here it is {TRAINING_OPTIONS[name]}")
    import difflib

    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"the options are {', '.join(known)}"
    return TypeError(f"there is no option {short(name)}; {hint}")
