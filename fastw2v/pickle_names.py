"""The names that a pickle of gensim's may use, and the plain data that each stands for here: no name is ever imported.

Every other name is refused. The instructions of pickles are read in inert_pickle.py.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Global", "Maker", "NewArray", "NewType", "Refused", "Thing", "named"]

Maker = Callable[[str, tuple[Any, ...]], Any]

NUMBER_TYPES = frozenset(["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"])
OBJECT_TYPES = frozenset(["O", "O4", "O8"])
MAX_DIMENSIONS = 32  # NumPy's own limit, the lower of its versions'


class Refused(ValueError):
    """A sentence on what a pickle may not do; the reader adds the file and the byte."""


class Global:
    """A name in a pickle, and what is made in place of a call of it; None if it may not be called."""

    __slots__ = ("make", "name")

    def __init__(self, name: str, make: Maker | None) -> None:
        self.name = name
        self.make = make


class Thing:
    """An object of a pickle: the full name of its class and its state, which nothing has looked at."""

    __slots__ = ("name", "state")

    def __init__(self, name: str) -> None:
        self.name = name
        self.state: Any = None

    def build(self, state: Any) -> None:
        if self.state is not None:
            raise Refused("an object is given a second state; the pickle is damaged")
        self.state = state

    @property
    def attributes(self) -> dict[str, Any]:
        return self.state if type(self.state) is dict else {}


class NewType:
    """The type of an array's numbers, while its pickle is read."""

    __slots__ = ("code", "swapped")

    def __init__(self, code: object) -> None:
        if not isinstance(code, str) or code not in NUMBER_TYPES | OBJECT_TYPES:
            raise Refused(f"an array of the type {_short(code)} is refused; words have plain numbers")
        self.code = code
        self.swapped = False

    def build(self, state: Any) -> None:
        if type(state) is not tuple or len(state) < 2 or state[1] not in ("<", ">", "=", "|"):
            raise Refused("the state of an array's type is damaged")
        if any(part is not None for part in state[2:5]):
            raise Refused("an array of records is refused; words have plain numbers")
        self.swapped = state[1] == (">" if sys.byteorder == "little" else "<")

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(self.code).newbyteorder("S" if self.swapped else "=")


class NewArray:
    """An array of a pickle; `value` is a read-only view of the file's bytes, or the list of an array of objects."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: np.ndarray[Any, np.dtype[Any]] | list[Any] | None = None

    def build(self, state: Any) -> None:
        """Take the state of NumPy's own pickles: version, shape, type, by column or not, bytes."""
        if type(state) is not tuple or len(state) != 5 or type(state[2]) is not NewType:
            raise Refused("the state of an array is damaged")
        _, shape, kind, by_column, numbers = state
        self.fill(numbers, kind, shape, bool(by_column))

    def fill(self, numbers: Any, kind: NewType, shape: Any, by_column: bool) -> None:
        if (
            type(shape) is not tuple
            or len(shape) > MAX_DIMENSIONS
            or not all(type(n) is int and 0 <= n < 1 << 62 for n in shape)
        ):
            raise Refused("the shape of an array is damaged")
        count = math.prod(shape)
        if kind.code in OBJECT_TYPES:
            if type(numbers) is not list or len(numbers) != count:
                raise Refused(f"an array of objects does not hold the {count} of its shape {shape}")
            self.value = numbers
            return
        if type(numbers) is str:  # how Python 2 wrote bytes
            numbers = _encoded(numbers)
        if type(numbers) not in (bytes, memoryview) or len(numbers) != count * kind.dtype.itemsize:
            has = f"{len(numbers)} bytes" if type(numbers) in (bytes, memoryview) else "something else than bytes"
            raise Refused(f"an array of {kind.dtype} in the shape {shape} has {has} for its numbers")
        try:
            flat = np.frombuffer(numbers, kind.dtype) if count else np.empty(0, kind.dtype)
            self.value = flat.reshape(shape, order="F" if by_column else "C")
        except ValueError:  # no room for nothing at all times 2^60
            raise Refused(f"the shape {shape} of an array is damaged") from None


def named(module: object, name: object) -> Global:
    """The entry of a name in the list; Refused for any other."""
    full = f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else ""
    found = NAMES.get(full)
    if found is None:
        what = _short(full) if full else "something that is no name"
        raise Refused(f"the name {what} is refused: no file of gensim's word vectors needs it")
    return found


def _short(value: object) -> str:
    return repr(value[:80]) if isinstance(value, str) else f"{type(value).__name__} instead of text"


def _encoded(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise Refused("bytes stored as text have a character beyond 255; the pickle is damaged") from None


# What stands in place of a call


def _thing(name: str, _: tuple[Any, ...]) -> Thing:
    return Thing(name)


def _array(name: str, arguments: tuple[Any, ...]) -> NewArray:
    return NewArray()


def _array_of_buffer(name: str, arguments: tuple[Any, ...]) -> NewArray:
    if len(arguments) != 4 or type(arguments[1]) is not NewType or arguments[3] not in ("C", "F"):
        raise Refused(f"the arguments of {name} are damaged")
    numbers, kind, shape, order = arguments
    array = NewArray()
    array.fill(numbers, kind, shape, order == "F")
    return array


def _dtype(name: str, arguments: tuple[Any, ...]) -> NewType:
    return NewType(arguments[0] if arguments else None)


def _scalar(name: str, arguments: tuple[Any, ...]) -> bool | int | float:
    if len(arguments) != 2 or type(arguments[0]) is not NewType or arguments[0].code in OBJECT_TYPES:
        raise Refused(f"the arguments of {name} are damaged")
    array = NewArray()
    array.fill(arguments[1], arguments[0], (), False)
    assert isinstance(array.value, np.ndarray)
    number: bool | int | float = array.value.item()
    return number


def _bytes_of_text(name: str, arguments: tuple[Any, ...]) -> bytes:
    if len(arguments) != 2 or type(arguments[0]) is not str or arguments[1] not in ("latin1", "latin-1"):
        raise Refused(f"the arguments of {name} are damaged")
    return _encoded(arguments[0])


def _no_bytes(name: str, arguments: tuple[Any, ...]) -> bytes:
    if arguments:
        raise Refused(f"a call of {name!r} is refused: no file of gensim's needs it")
    return b""


def _empty_table(name: str, arguments: tuple[Any, ...]) -> dict[Any, Any]:
    return {}


def _members(name: str, arguments: tuple[Any, ...]) -> list[Any]:
    if len(arguments) != 1 or type(arguments[0]) is not list:
        raise Refused(f"the arguments of {name} are damaged")
    return arguments[0]


KEYED = "KeyedVectors EuclideanKeyedVectors Word2VecKeyedVectors WordEmbeddingsKeyedVectors BaseKeyedVectors"
CALLS: list[tuple[Maker | None, str, str]] = [
    # gensim 4, 3, and what their fastText and earlier word2vec modules were called
    (_thing, "gensim.models.keyedvectors", f"{KEYED} FastTextKeyedVectors Vocab SimpleVocab CompatVocab"),
    (_thing, "gensim.models.word2vec", "Word2Vec Vocab KeyedVectors Word2VecVocab Word2VecTrainables"),
    (_thing, "gensim.models.doc2vec", "Doc2Vec Doctag Doc2VecVocab Doc2VecTrainables"),
    (_thing, "gensim.models.fasttext", "FastText FastTextKeyedVectors FastTextVocab FastTextTrainables"),
    (_thing, "gensim.models.deprecated.keyedvectors", f"{KEYED} FastTextKeyedVectors Vocab"),
    (_thing, "gensim.models.deprecated.word2vec", "Word2Vec Vocab"),
    (_thing, "gensim.models.wrappers.fasttext", "FastText FastTextKeyedVectors"),
    (None, "gensim.utils", "call_on_class_only"),
    # arrays, under the names of NumPy 1 and 2
    (_array, "numpy.core.multiarray", "_reconstruct"),
    (_array, "numpy._core.multiarray", "_reconstruct"),
    (_array_of_buffer, "numpy.core.numeric", "_frombuffer"),
    (_array_of_buffer, "numpy._core.numeric", "_frombuffer"),
    (_scalar, "numpy.core.multiarray", "scalar"),
    (_scalar, "numpy._core.multiarray", "scalar"),
    (_dtype, "numpy", "dtype"),
    (None, "numpy", "ndarray"),
    # the generators that models keep
    (_thing, "numpy.random", "__RandomState_ctor"),
    (_thing, "numpy.random.mtrand", "__RandomState_ctor"),
    (_thing, "numpy.random._pickle", "__randomstate_ctor __bit_generator_ctor __generator_ctor"),
    (_thing, "numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"),
    (None, "numpy.random.bit_generator", "SeedSequence"),
    (None, "numpy.random._mt19937", "MT19937"),
    (None, "numpy.random._pcg64", "PCG64"),
    # Python's own, of Python 3 and 2
    (None, "builtins", "hash int float object"),
    (None, "__builtin__", "hash int long float object"),
    (_no_bytes, "builtins", "bytes"),
    (_no_bytes, "__builtin__", "bytes"),
    (_members, "builtins", "set frozenset"),
    (_members, "__builtin__", "set frozenset"),
    (_empty_table, "collections", "defaultdict OrderedDict"),
    # what Python 3.4 called "collections" for Python 2's sake, whichever came last of a table in no order
    *((_empty_table, module, "defaultdict OrderedDict") for module in ("UserDict", "UserList", "UserString")),
    (_bytes_of_text, "_codecs", "encode"),
]
NAMES = {
    f"{module}.{name}": Global(f"{module}.{name}", make) for make, module, names in CALLS for name in names.split()
}
