from typing import Self

import numpy as np
from numpy.typing import NDArray

_Keys = NDArray[np.uint64]
_Between = NDArray[np.uint32]
_Counts = NDArray[np.int64]
_Ids = NDArray[np.int32]
_Bytes = NDArray[np.uint8]

LEFT: int
RIGHT: int
CONNECTOR: int
TEXT_SLACK: int

class PairTable:
    def __new__(cls, with_middles: bool) -> Self: ...
    def __len__(self) -> int: ...
    @property
    def nbytes(self) -> int: ...
    def add(self, keys: _Keys, middles: _Between | None, counts: _Counts | None) -> None: ...
    def at_least(self, least: int) -> tuple[_Keys, _Between | None, _Counts]: ...
    def count(self, key: int, middle: int) -> int: ...

class Middles:
    def __new__(cls) -> Self: ...
    def __len__(self) -> int: ...
    def node(self, parent: int, connector: int) -> int: ...
    def find(self, parent: int, connector: int) -> int: ...
    def nodes(self) -> tuple[_Ids, _Ids]: ...

def neighbours(
    ids: _Ids,
    ends: _Counts,
    base: int,
    is_connector: _Bytes,
    middles: Middles | None,
    keys: _Keys,
    between: _Between | None,
) -> int: ...
def part_of(key: int, middle: int, bits: int) -> int: ...
def partition(
    keys: _Keys,
    between: _Between | None,
    numbers: _Between | None,
    counts: _Counts | None,
    bits: int,
    out_keys: _Keys,
    out_between: _Between | None,
    out_counts: _Counts | None,
) -> NDArray[np.uintp]: ...
def join(
    numbers: PairTable,
    middles: Middles,
    roles: _Bytes,
    ids: _Ids,
    ends: _Counts,
    base: int,
    out: _Ids,
    out_ends: _Counts,
) -> int: ...
def spelling_hashes(
    blob: _Bytes, starts: _Counts, middles: Middles, delimiter: bytes, left: _Ids, between: _Between, right: _Ids
) -> _Keys: ...
def as_text(blob: _Bytes, starts: _Counts, ids: _Ids, ends: _Counts, base: int) -> _Bytes: ...
def npmi(left: _Counts, right: _Counts, both: _Counts, total: float) -> NDArray[np.float64]: ...
