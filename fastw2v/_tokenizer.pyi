"""What the compiled tokenizer offers. It holds no files and no options of a run, and a Tokenizer belongs to one thread."""

import numpy as np
import numpy.typing as npt

_Text = npt.NDArray[np.uint8] | bytes

DONE: int
"""`feed` has taken all that was asked for."""
MORE: int
"""`feed` met a word that may go on after the end of its buffer."""
INVALID: int
"""`feed` met a byte that is not UTF-8."""

class Tokenizer:
    """Numbers the words of a text 0, 1, ... in the order met, counts them, and keeps the numbers of the text fed since
    the last `take`. Words are separated by ASCII white space; only a newline ends a sentence.

    replace: bytes that are not UTF-8 become U+FFFD as in bytes.decode("utf8", "replace"), instead of INVALID.
    max_words: more different words than this raise OverflowError.

    Every method may raise MemoryError. After an exception the tokenizer is of no further use.
    """

    def __new__(cls, *, replace: bool = False, max_words: int = 2**31 - 1) -> Tokenizer: ...
    def __len__(self) -> int:
        """How many different words were met."""

    def feed(self, text: _Text, begin: int, limit: int, end: int, at_end: bool) -> tuple[int, int]:
        """Takes the words that start in text[begin:limit] and the newlines there; words may run on up to `end`.

        `at_end`: the text itself ends at `end`. Returns (DONE, limit); (MORE, start of the unfinished word), to be fed
        again with more text behind it; or (INVALID, place of the bad byte). The GIL is released.
        """

    def end_sentence(self) -> None:
        """Ends the sentence, as the end of a file does."""

    def pending(self) -> tuple[int, int]:
        """How many word numbers and sentence ends wait for `take`."""

    def take(self, ids: npt.NDArray[np.int32], ends: npt.NDArray[np.int32]) -> None:
        """Moves the pending numbers to `ids` and the sentence ends to `ends`, arrays of exactly those sizes.

        ends[i] is how many of `ids` stand before sentence end i: strictly increasing, as empty sentences are left out;
        a leading 0 ends the sentence that the part taken before left open.
        """

    def release(self) -> None:
        """Drops what is pending and its memory; words and counts stay."""

    def absorb(self, other: Tokenizer) -> npt.NDArray[np.int32]:
        """Adds the words and counts of `other`; returns the number here of each of its words. The GIL is released."""

    def totals(self) -> tuple[int, int]:
        """The sum of all counts and the highest count."""

    def rank(
        self,
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """All words by count descending and then by UTF-8 bytes.

        Returns (their bytes, where each begins in these, with the end appended, their counts, for the number of each
        word its place in this order).
        """

def word_end(text: _Text, start: int, to: int) -> int:
    """Where the first white space of text[start:to] stands; `to` if there is none."""

def renumber(ids: npt.NDArray[np.int32], numbers: npt.NDArray[np.int32]) -> None:
    """In place: ids[i] becomes numbers[ids[i]]. Every id must be within `numbers`. The GIL is released; different
    threads may share `numbers`."""
