"""Models of pairs in safetensors files: what such a file must hold, and how a model's parts stand in it.

What the parts are for is pair_model.py's business; the bytes are container.py's.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config
from fastw2v.vocabulary import Vocabulary
from fastw2v.workers import output_rows

__all__ = ["PairParts", "load_pair_model", "save_pair_model"]

Path = str | os.PathLike[str]
Array = np.ndarray[Any, np.dtype[Any]]

# The words of the targets stand under these names instead; where both sides share one vocabulary, nowhere.
WORDS, TARGETS = "words.", "targets."
COUNTS, VECTORS, OUTPUTS = "counts", "vectors", "targets.vectors"
NEEDED = {VECTORS, OUTPUTS, "words.utf8", "words.offsets", "words.counts"}
# What differs between two runs that train the same: files do not hold it, so that equal models are equal files.
TIMING = "pairs_per_second"


@dataclass
class PairParts:
    """A model of pairs, taken apart; see pair_model.PairModel."""

    config: Config
    shuffle: bool
    vocabulary: Vocabulary
    output_vocabulary: Vocabulary
    vectors: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]
    pairs_trained: int
    history: Sequence[Mapping[str, float]]


def save_pair_model(path: Path, parts: PairParts) -> None:
    """One safetensors file, written beside `path` and renamed, so never half there.

    Tensors: vectors (inputs, vector_size) and targets.vectors, float32; words.utf8, words.offsets, words.counts, and
    the same of targets unless they are the same words. Options and state are JSON in the metadata. Raises OSError when
    it cannot be written, ValueError for a suffix that means another format.
    """
    from fastw2v.container import save_container
    from fastw2v.formats import FORMATS

    suffix = os.path.splitext(os.fspath(path))[1].lower()
    if FORMATS.get(suffix, "safetensors") != "safetensors":
        raise ValueError(
            f"{os.fspath(path)}: a model of pairs is a .safetensors file, and {suffix} means another format; save the "
            "vectors alone with wv.save, or give another suffix"
        )
    tensors = {VECTORS: parts.vectors, OUTPUTS: parts.outputs, **_words_as_tensors(WORDS, parts.vocabulary)}
    sides = {WORDS: parts.vocabulary}
    if parts.output_vocabulary is not parts.vocabulary:
        sides[TARGETS] = parts.output_vocabulary
        tensors.update(_words_as_tensors(TARGETS, parts.output_vocabulary))
    state = {
        "shuffle": parts.shuffle,
        "raw": {name: [side.raw_unique, side.raw_total] for name, side in sides.items()},
        "pairs_trained": parts.pairs_trained,
        # JSON has no number for the loss of an epoch whose pairs were all thinned out.
        "history": [
            {k: None if math.isnan(v) else v for k, v in entry.items() if k != TIMING} for entry in parts.history
        ],
    }
    save_container(path, tensors, {"config": json.dumps(parts.config.as_dict()), "pairs": json.dumps(state)})


def _words_as_tensors(prefix: str, vocabulary: Vocabulary) -> dict[str, Array]:
    from fastw2v.container import pack_words

    packed = pack_words(vocabulary.index_to_key)
    return {
        **{prefix + name.removeprefix(WORDS): array for name, array in packed.items()},
        prefix + COUNTS: vocabulary.counts,
    }


def load_pair_model(path: Path) -> PairParts:
    """What `save_pair_model` wrote, its matrices mapped from the file (read-only) and not copied.

    Raises OSError when the file cannot be read, ValueError when it is no such model.
    """
    from fastw2v.container import load_container

    tensors, metadata = load_container(path)
    missing = NEEDED - set(tensors)
    if missing or "pairs" not in metadata:
        raise ValueError(
            f"{os.fspath(path)}: no model of pairs, {', '.join(sorted(missing)) or 'its state'} missing; read whole "
            "models with Word2Vec.load, and vectors alone with KeyedVectors.load"
        )
    try:
        config, state = Config.from_options(json.loads(metadata["config"])), json.loads(metadata["pairs"])
        vocabulary = _vocabulary(os.fspath(path), WORDS, tensors, state)
        output_vocabulary = vocabulary
        if TARGETS + "utf8" in tensors:
            output_vocabulary = _vocabulary(os.fspath(path), TARGETS, tensors, state)
        history = [{k: math.nan if v is None else v for k, v in entry.items()} for entry in state["history"]]
        parts = PairParts(
            config, bool(state["shuffle"]), vocabulary, output_vocabulary, tensors[VECTORS], tensors[OUTPUTS],
            int(state["pairs_trained"]), history,
        )  # fmt: skip
    except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        raise ValueError(f"{os.fspath(path)}: its options, words or state are not valid: {error}") from error
    shapes = (
        (len(vocabulary), config.vector_size),
        (output_rows(config.loss, len(output_vocabulary)), config.vector_size),
    )
    matrices = (parts.vectors, parts.outputs)
    if tuple(matrix.shape for matrix in matrices) != shapes or any(m.dtype != np.float32 for m in matrices):
        raise ValueError(
            f"{os.fspath(path)}: matrices of shape {parts.vectors.shape} and {parts.outputs.shape} do not fit "
            f"{len(vocabulary)} inputs and {len(output_vocabulary)} targets of {config.vector_size} float32 numbers"
        )
    return parts


def _vocabulary(name: str, prefix: str, tensors: Mapping[str, Array], state: Mapping[str, Any]) -> Vocabulary:
    from fastw2v.container import unpack_words

    packed = {WORDS + key.removeprefix(prefix): array for key, array in tensors.items() if key.startswith(prefix)}
    unique, total = state["raw"][prefix]
    words = unpack_words(packed, name)
    return Vocabulary(words, packed[WORDS + COUNTS], raw_unique=int(unique), raw_total=int(total))
