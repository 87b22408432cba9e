"""gensim's own .kv and .model files: words, vectors, counts and output rows, told from the attributes of its objects.

gensim 4, 3 and earlier are read: what an attribute was called in each is written here, and nowhere how a pickle is read
(inert_pickle.py). Large arrays stand in files of their own beside the pickle, <name>.<attribute>.npy, or .npz beside a
compressed one; their names are made here from a fixed list and never taken from the file.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from fastw2v.inert_pickle import read_pickle
from fastw2v.npy_files import first_bad_row, map_npy, read_npz
from fastw2v.pickle_names import NewArray, Thing
from fastw2v.subwords import mean_with_ngrams

__all__ = ["GensimModel", "load_gensim", "load_gensim_model"]

Matrix = NDArray[np.float32]
Option = bool | int | float | str | None

# The names that an attribute has had, the newest first.
WORDS = ("index_to_key", "index2word", "index2entity")
VECTORS = ("vectors", "syn0")
OWN_ROWS, NGRAM_ROWS = ("vectors_vocab", "syn0_vocab"), ("vectors_ngrams", "syn0_ngrams")
OUTPUTS, TREE_OUTPUTS = ("syn1neg",), ("syn1",)
COUNT = "count"
COMPRESSED = (".gz", ".bz2")  # the names at which gensim compresses a file and the arrays beside it

# Options of a model under gensim 4's names, which stand in the model or in one of the two parts that gensim 3 had.
# fmt: off
OPTIONS = frozenset([
    "vector_size", "alpha", "window", "min_count", "max_vocab_size", "sample", "seed", "workers", "min_alpha", "sg",
    "hs", "negative", "ns_exponent", "cbow_mean", "epochs", "null_word", "sorted_vocab", "batch_words", "compute_loss",
    "max_final_vocab", "shrink_windows", "corpus_count", "corpus_total_words", "effective_min_count", "train_count",
    "total_train_time", "running_training_loss", "min_alpha_yet_reached",
])
# fmt: on
OLD_OPTIONS = {"iter": "epochs", "size": "vector_size"}
PARTS = ("vocabulary", "trainables")

# fastText has n-grams of 3 to 6 characters; without a bound a small file could ask for hours of hashing.
LONGEST_NGRAM, LONGEST_WORD = 32, 1000


@dataclass(frozen=True)
class GensimModel:
    """What a file of gensim's holds.

    words, vectors (words, vector_size), counts (or None), and of a model that can be trained further:
    outputs: rows of negative sampling, (words, vector_size); tree_outputs: rows of the inner nodes of hierarchical
    softmax; codes, points: for each word the turns and inner nodes on its path; options: by gensim 4's names.
    kind: the name of the file's class, such as "Word2Vec", "FastText" or "KeyedVectors".
    """

    kind: str
    words: list[str]
    vectors: Matrix
    counts: NDArray[np.int64] | None
    outputs: Matrix | None = None
    tree_outputs: Matrix | None = None
    codes: list[NDArray[Any]] | None = None
    points: list[NDArray[Any]] | None = None
    options: dict[str, Option] = field(default_factory=dict)


def load_gensim(
    path: str | os.PathLike[str], *, allow_nan: bool = False
) -> tuple[list[str], Matrix, NDArray[np.int64] | None]:
    """Words, vectors (words, vector_size) float32 and counts, if known, of a .kv or .model file of gensim's.

    Vectors in a file of their own are mapped into memory and read-only. Of fastText the rows of words are read, which
    hold their n-grams' share; rows for unknown words cannot be made of them. allow_nan: take NaN and infinite numbers.

    Raises
    ------
    ValueError: damaged, hostile, or no file of gensim's word vectors.
    OSError: the file, or one that must stand beside it, cannot be read.
    """
    keyed, _ = _parts_of(os.fspath(path), allow_nan)
    return _words_and_vectors(keyed)


def load_gensim_model(path: str | os.PathLike[str]) -> GensimModel:
    """All that a .kv or .model file of gensim's holds; errors are those of `load_gensim`."""
    keyed, model = _parts_of(os.fspath(path), False)
    words, vectors, counts = _words_and_vectors(keyed)
    if model is None:
        return GensimModel(keyed.kind, words, vectors, counts)
    shape = vectors.shape
    trained = [model, *(part for part in map(model.part, PARTS) if part is not None)]
    outputs, tree_outputs = (
        next((rows for part in trained if (rows := part.matrix(names)) is not None), None)
        for names in (OUTPUTS, TREE_OUTPUTS)
    )
    for names, rows in ((OUTPUTS, outputs), (TREE_OUTPUTS, tree_outputs)):
        if rows is not None and (rows.shape[1] != shape[1] or len(rows) > shape[0]):
            model.fail(f"{names[0]} has the shape {rows.shape}, which does not fit vectors of the shape {shape}")
    if outputs is not None and len(outputs) != len(words):
        model.fail(
            f"syn1neg has {len(outputs)} rows for {len(words)} words, so it cannot be trained on: words were added to "
            "its wv alone, or the file is damaged; read its vectors with KeyedVectors.load"
        )
    options: dict[str, Option] = {}
    for part in reversed(trained):
        for name, value in part.attributes.items():
            known = OLD_OPTIONS.get(name, name)
            if known in OPTIONS and (value is None or isinstance(value, (bool, int, float, str))):
                options[known] = value
    return GensimModel(
        model.kind,
        words,
        vectors,
        counts,
        outputs,
        tree_outputs,
        _rows_of_words(keyed, "code", words),
        _rows_of_words(keyed, "point", words),
        options,
    )


class _Part:
    """One of gensim's objects in a file; `prefix`: what the names of the files beside it begin with."""

    def __init__(self, file: str, thing: Thing, prefix: str, allow_nan: bool) -> None:
        self.file = file
        self.attributes = thing.attributes
        self.kind = thing.name.rpartition(".")[2]
        self.prefix = prefix
        self.allow_nan = allow_nan

    def fail(self, what: str) -> NoReturn:
        raise ValueError(f"{self.file}: {what}")

    def part(self, name: str) -> _Part | None:
        found = self.attributes.get(name)
        return _Part(self.file, found, f"{self.prefix}.{name}", self.allow_nan) if isinstance(found, Thing) else None

    def matrix(self, names: tuple[str, ...]) -> Matrix | None:
        """The table under the first of the names that is there, in the pickle or beside it."""
        beside = self.attributes.get("__numpys")
        for name in names:
            found = self.attributes.get(name)
            if isinstance(found, NewArray):
                return self._finite(name, self._copied(name, found))
            if isinstance(beside, list) and name in beside:
                return self._finite(name, self._beside(f"{self.prefix}.{name}"))
        return None

    def _finite(self, name: str, matrix: Matrix) -> Matrix:
        row = -1 if self.allow_nan else first_bad_row(matrix)
        if row >= 0:
            self.fail(
                f"row {row} of {name} holds a number that is not finite; the model has diverged or is damaged; "
                "KeyedVectors.load(path, allow_nan=True) takes its vectors as they are"
            )
        return matrix

    def _copied(self, name: str, array: NewArray) -> Matrix:
        values = array.value
        if not isinstance(values, np.ndarray) or values.ndim != 2 or values.dtype.kind != "f":
            self.fail(f"{name} is no table of floats, but vectors must be one")
        # A view of the file lies at any byte and in its byte order; arithmetic needs neither.
        with np.errstate(over="ignore"):
            return np.array(values, dtype=np.float32, order="C")

    def _beside(self, stem: str) -> Matrix:
        """The table in a file beside the pickle: mapped, or decompressed where the pickle's name says that it is so."""
        is_zip = self.file.endswith(COMPRESSED)
        path = f"{stem}.npz" if is_zip else f"{stem}.npy"
        if not os.path.exists(path):
            raise FileNotFoundError(
                errno.ENOENT, f"there is no such file, but {self.file} needs it; put both into one folder", path
            )
        return read_npz(path) if is_zip else map_npy(path)

    def list_of(self, value: Any) -> list[Any] | None:
        """A list, or the list of an array of objects."""
        held = value.value if isinstance(value, NewArray) else value
        return held if isinstance(held, list) else None


def _parts_of(path: str, allow_nan: bool) -> tuple[_Part, _Part | None]:
    """The words' part of a file, and the model around it, if the file holds one."""
    root = read_pickle(path)
    if not isinstance(root, Thing) or not root.name.startswith("gensim."):
        raise ValueError(f"{path}: holds no object of gensim's, so it is no file of word vectors")
    model = _Part(path, root, path, allow_nan)
    keyed = model.part("wv")
    if keyed is not None:
        return keyed, model
    return model, model if "negative" in root.attributes else None


def _words_and_vectors(part: _Part) -> tuple[list[str], Matrix, NDArray[np.int64] | None]:
    vocab = part.attributes.get("vocab")
    vocab = vocab if isinstance(vocab, dict) else None
    words = next((found for name in WORDS if isinstance(found := part.attributes.get(name), list)), None)
    if words is None:
        part.fail(f"a {part.kind} without a list of words; it is no file of word vectors")
    if set(map(type, words)) - {str}:
        row = next(row for row, word in enumerate(words) if type(word) is not str)
        part.fail(f"row {row} has no text for its word; only words that are text can be read")
    if len(set(words)) != len(words):
        seen: set[str] = set()
        again = next(word for word in words if word in seen or seen.add(word))  # type: ignore[func-returns-value]
        part.fail(f"the word {again[:80]!r} has two rows; the file is damaged")
    vectors = part.matrix(VECTORS)
    if vectors is None:
        vectors = _rows_of_ngrams(part, words)
    if len(vectors) != len(words):
        part.fail(f"{len(vectors)} rows of vectors for {len(words)} words; the file is damaged")
    return words, vectors, _counts(part, words, vocab)


def _rows_of_ngrams(part: _Part, words: list[str]) -> Matrix:
    """The rows of fastText's words, which its files leave out, as they follow from the rows of n-grams."""
    own, ngrams = part.matrix(OWN_ROWS), part.matrix(NGRAM_ROWS)
    if own is None:
        part.fail("a file without vectors")
    if len(own) != len(words):
        part.fail(f"{len(own)} rows of vectors for {len(words)} words; the file is damaged")
    if ngrams is None or len(ngrams) == 0 or part.attributes.get("bucket") == 0:
        return own
    shortest, longest = part.attributes.get("min_n"), part.attributes.get("max_n")
    if not (type(shortest) is int and type(longest) is int and shortest >= 0 and longest <= LONGEST_NGRAM):
        part.fail(f"n-grams of {_number(shortest)} to {_number(longest)} characters, but 0 to {LONGEST_NGRAM} are read")
    if part.attributes.get("compatible_hash") is not True or part.attributes.get("bucket") != len(ngrams):
        part.fail("rows of n-grams in an order of old; load and save the file with gensim 3.8 first")
    if max(map(len, words), default=0) > LONGEST_WORD or ngrams.shape[1] != own.shape[1]:
        part.fail(f"rows of n-grams that do not fit its words, or a word of more than {LONGEST_WORD} characters")
    return mean_with_ngrams(words, own, ngrams, shortest, longest)


def _number(value: object) -> str:
    return str(value) if type(value) is int and abs(value) < 1 << 64 else f"({type(value).__name__})"


def _counts(part: _Part, words: list[str], vocab: dict[Any, Any] | None) -> NDArray[np.int64] | None:
    """How often each word was seen: an array in gensim 4, an object for each word in gensim 3."""
    if vocab is not None:
        items = [vocab.get(word) for word in words]
        found = [item.attributes.get(COUNT) if isinstance(item, Thing) else None for item in items]
        if any(type(count) is not int or not 0 <= count < 1 << 63 for count in found):
            return None
        return np.array(found, np.int64)
    extra = part.attributes.get("expandos")
    array = extra.get(COUNT) if isinstance(extra, dict) else None
    counts = array.value if isinstance(array, NewArray) else None
    if counts is None:
        return None
    if (
        not isinstance(counts, np.ndarray)
        or counts.dtype.kind not in "iu"
        or counts.ndim != 1
        or len(counts) > len(words)
    ):
        part.fail(f"the counts are not a whole number for each of the {len(words)} words; the file is damaged")
    # Words that gensim's add_vectors appended have none.
    return np.concatenate((counts.astype(np.int64), np.zeros(len(words) - len(counts), np.int64)))


def _rows_of_words(part: _Part, attribute: str, words: list[str]) -> list[NDArray[Any]] | None:
    """An attribute that is an array of whole numbers for each word, or None if it is not there."""
    vocab, extra = part.attributes.get("vocab"), part.attributes.get("expandos")
    if isinstance(vocab, dict):
        items = [vocab.get(word) for word in words]
        found: Any = [item.attributes.get(attribute) if isinstance(item, Thing) else None for item in items]
    else:
        found = part.list_of(extra.get(attribute)) if isinstance(extra, dict) else None
    if found is None or not any(isinstance(item, NewArray) for item in found):
        return None
    rows = [item.value if isinstance(item, NewArray) else None for item in found]
    if len(rows) != len(words) or not all(
        isinstance(row, np.ndarray) and row.ndim == 1 and row.dtype.kind in "iu" for row in rows
    ):
        part.fail(f"the attribute {attribute!r} is not an array of whole numbers for each word; the file is damaged")
    return [np.array(row) for row in rows]
