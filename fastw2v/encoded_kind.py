"""What tells an encoded text from other files, by its name or its first bytes. What it holds is not known here."""

from __future__ import annotations

__all__ = ["FORMAT", "LEAST_HEADER", "LENGTH_BYTES", "SUFFIX", "looks_encoded"]

SUFFIX = ".fw2c"
FORMAT = "fastw2v corpus"
LENGTH_BYTES = 8  # the file opens with the length of its header, little-endian
MAGIC = f'{{"__metadata__":{{"format":"{FORMAT}"'.encode()  # with which the header begins
LEAST_HEADER = LENGTH_BYTES + len(MAGIC)


def looks_encoded(head: bytes) -> bool:
    """Whether a file that begins so (LEAST_HEADER bytes of it) is an encoded text."""
    return head[LENGTH_BYTES:LEAST_HEADER] == MAGIC
