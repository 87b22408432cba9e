import numpy as np
from numpy.typing import NDArray

from fastw2v._pairs import Middles

_Keys = NDArray[np.uint64]
_Between = NDArray[np.uint32]
_Counts = NDArray[np.int64]
_Ids = NDArray[np.int32]
_Bytes = NDArray[np.uint8]

LEFT: int
RIGHT: int
CONNECTOR: int
TEXT_SLACK: int

class Joiner:
    def __init__(self, keys: _Keys, between: _Between, numbers: _Counts, middles: Middles, roles: _Bytes) -> None: ...
    def join(self, ids: _Ids, ends: _Counts, base: int, out: _Ids, out_ends: _Counts) -> int: ...

def find_words(blob: _Bytes, starts: _Counts, of_blob: _Bytes, of_starts: _Counts) -> _Ids: ...
def spelling_hashes(
    blob: _Bytes, starts: _Counts, middles: Middles, delimiter: bytes, left: _Ids, between: _Between, right: _Ids
) -> _Keys: ...
def as_text(blob: _Bytes, starts: _Counts, ids: _Ids, ends: _Counts, base: int) -> _Bytes: ...
