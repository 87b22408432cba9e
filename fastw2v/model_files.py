"""Whole models in safetensors files: what such a file must hold, and how a model's parts stand in it.

What the parts are for is model.py's business; the bytes are container.py's.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from fastw2v.config import Config
from fastw2v.vocabulary import Vocabulary
from fastw2v.workers import output_rows

__all__ = ["ModelParts", "is_whole_model", "kind_of_model", "load_model", "notes_of", "save_model"]

Path = str | os.PathLike[str]

# Of an entry of history, what differs between two runs that train the same: files of models do not hold it, so that
# equal models are equal files.
TIMINGS = {"words_per_second"}
# What a file must hold to be a whole model, not vectors alone.
PAIR_STATE = "pairs"  # in the metadata of a model of pairs (pair_files.py)
TENSORS = {"vectors", "outputs", "words.utf8", "words.offsets", "words.counts"}


@dataclass
class ModelParts:
    """A model taken apart. notes: JSON objects by name, kept in the file for those who know them; timings: whether the
    history is kept with its `words_per_second`."""

    config: Config
    vocabulary: Vocabulary
    vectors: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]
    words_trained: int = 0
    history: Sequence[Mapping[str, float]] = ()
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    timings: bool = False


def save_model(path: Path, parts: ModelParts) -> None:
    """One safetensors file, written beside `path` and renamed, so never half there.

    Tensors: vectors (words, vector_size) and outputs, float32; words.utf8, words.offsets, words.counts. Options, state
    and notes are JSON in the file's metadata. Raises OSError when it cannot be written.
    """
    from fastw2v.container import pack_words, save_container

    vocabulary = parts.vocabulary
    tensors = {"vectors": parts.vectors, "outputs": parts.outputs, **pack_words(vocabulary.words)}
    tensors["words.counts"] = vocabulary.counts
    state = {
        "raw_unique": vocabulary.raw_unique,
        "raw_total": vocabulary.raw_total,
        "words_trained": parts.words_trained,
        # JSON has no number for the loss of a text whose words have no neighbours.
        "history": [
            {k: None if math.isnan(v) else v for k, v in entry.items() if parts.timings or k not in TIMINGS}
            for entry in parts.history
        ],
    }
    notes = {"config": parts.config.as_dict(), "state": state, **parts.notes}
    save_container(path, tensors, {name: json.dumps(note) for name, note in notes.items()})


def load_model(path: Path, *notes: str) -> ModelParts:
    """What `save_model` wrote, its matrices mapped from the file (read-only) and not copied, and the notes of these
    names, empty where the file has none.

    Raises OSError when the file cannot be read, ValueError when it is no such model.
    """
    from fastw2v.container import load_container, unpack_words

    if kind_of_model(path) == "gensim":
        raise ValueError(
            f"{os.fspath(path)}: a model of gensim's; read it with fastw2v.gensim_api.Word2Vec.load, or its vectors "
            "with KeyedVectors.load"
        )
    tensors, metadata = load_container(path)
    if PAIR_STATE in metadata:
        raise ValueError(f"{os.fspath(path)}: a model of pairs; read it with fastw2v.PairModel.load")
    if missing := TENSORS - set(tensors):
        raise ValueError(
            f"{os.fspath(path)}: no whole model, {', '.join(sorted(missing))} missing; read vectors alone with "
            "KeyedVectors.load"
        )
    config = _config_of(path, metadata)
    state = _json_of(path, metadata, "state")
    words, vectors, outputs = unpack_words(tensors, os.fspath(path)), tensors["vectors"], tensors["outputs"]
    rows, width = output_rows(config.loss, len(words)), config.vector_size
    if vectors.shape != (len(words), width) or outputs.shape != (rows, width):
        raise ValueError(
            f"{os.fspath(path)}: {len(words)} words of {width} numbers do not fit matrices of shape {vectors.shape} "
            f"and {outputs.shape}"
        )
    counts = tensors["words.counts"]
    return ModelParts(
        config,
        Vocabulary(words, counts, raw_unique=state.get("raw_unique"), raw_total=state.get("raw_total")),
        vectors,
        outputs,
        int(state.get("words_trained", 0)),
        [{k: math.nan if v is None else v for k, v in entry.items()} for entry in state.get("history", [])],
        {name: _json_of(path, metadata, name) for name in notes},
    )


def notes_of(path: Path, *names: str) -> dict[str, dict[str, Any]]:
    """The notes of these names alone, as load_model's; ValueError or OSError if the file is none of this package's."""
    from fastw2v.container import load_container

    _, metadata = load_container(path)
    return {name: _json_of(path, metadata, name) for name in names}


def kind_of_model(path: Path) -> str:
    """ "safetensors" or "gensim"; ValueError names a file of vectors of another kind. What is damaged so far that
    nothing can be told of it counts as safetensors."""
    from fastw2v.formats import format_of_file

    try:
        kind = format_of_file(path)
    except ValueError:
        return "safetensors"
    if kind not in ("safetensors", "gensim"):
        raise ValueError(
            f"{os.fspath(path)}: a file of vectors alone ({kind}), no whole model; read it with KeyedVectors.load"
        )
    return kind


def is_whole_model(path: Path) -> bool:
    """Whether the file is one that `load_model` reads, rather than vectors alone in any format."""
    from fastw2v.container import load_container
    from fastw2v.formats import format_of_file

    return format_of_file(path) == "safetensors" and set(load_container(path)[0]) >= TENSORS


def _json_of(path: Path, metadata: dict[str, str], name: str) -> dict[str, Any]:
    try:
        value = json.loads(metadata.get(name, "{}"))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ValueError(f"{os.fspath(path)}: its metadata {name!r} is no JSON object")
    return value


def _config_of(path: Path, metadata: dict[str, str]) -> Config:
    try:
        return Config.from_options(_json_of(path, metadata, "config"))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{os.fspath(path)}: its options are not valid: {error}") from error
