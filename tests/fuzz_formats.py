"""Damaged vector files, by the hundred thousand: each is read, or refused in a sentence; none may do anything else.

Run by hand, python tests/fuzz_formats.py --format text --count 200000 --seed 1; a few hundred of each format are part
of the tests. A file is wrong to crash or hang its reader, to raise anything but the errors that load_vectors names, to
raise a sentence that does not name it, or to take memory beyond a bound. The file of such a case is kept.
"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import re
import signal
import struct
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from fastw2v import load_vectors
from fastw2v.compressed import compressor
from fastw2v.formats import save_vectors

FORMATS = ("text", "glove", "binary", "npy", "safetensors", "gensim", "gz", "bz2", "xz", "zst")
SUFFIXES = {"text": ".txt", "glove": ".txt", "binary": ".bin", "npy": ".npy", "safetensors": ".safetensors"}
SUFFIXES |= {"gensim": ".kv", "gz": ".txt.gz", "bz2": ".txt.bz2", "xz": ".txt.xz", "zst": ".txt.zst"}
KINDS = {"gz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstd"}

SECONDS = 5  # for one file of a few hundred bytes
# Address space beyond that of the start. A header of xz may ask for 256 MiB, one of zstd for 128 MiB.
ROOM = {"xz": 1 << 29, "zst": 1 << 29}
USUAL_ROOM = 1 << 28

WORDS = ["the", "straße", "日本語", "a\u00a0b", "x" * 40, "of", "-1", "nan"]
NUMBERS = [
    0,
    1,
    -1,
    2,
    3,
    127,
    128,
    255,
    256,
    1 << 15,
    1 << 16,
    (1 << 31) - 1,
    1 << 31,
    1 << 32,
    1 << 40,
    (1 << 63) - 1,
]
# What stands in some format, to be put where it does not belong.
TOKENS = [
    b"\n",
    b" ",
    b"\t",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xc3",
    b"nan",
    b"1e999",
    b"-",
    b"1_0",
    b"0x1p3",
    b"{",
    b'"',
    b"}",
]
TOKENS += [
    b"\x80\x04",
    b"1 1\n",
    b"0 0\n",
    b"word 1.5 2",
    b"(",
    b")",
    b"c__builtin__\neval\n",
    b"\x93NUMPY",
    b"F32",
    b"[0,8]",
]


class TooSlow(BaseException):
    """A file that takes too long; nothing in the package may catch it."""


def vectors(rng: random.Random) -> tuple[list[str], np.ndarray]:
    """A small table."""
    count, width = rng.randint(0, len(WORDS)), rng.randint(1, 6)
    numbers = np.random.default_rng(rng.randrange(1 << 30)).normal(size=(count, width)).astype(np.float32)
    return WORDS[:count], numbers


def seeds(kind: str, folder: Path, rng: random.Random) -> list[bytes]:
    """Sound files of the format."""
    path = folder / f"seed{SUFFIXES[kind]}"
    made = []
    for _ in range(12):
        words, numbers = vectors(rng)
        if kind == "gensim":
            made.append(pickled(words, numbers, rng))
            continue
        options = {"counts": range(len(words))} if kind == "safetensors" and rng.random() < 0.5 else {}
        save_vectors(path, words, numbers, **options)
        content = path.read_bytes()
        made.append(content.partition(b"\n")[2] if kind == "glove" else content)
    return made


def pickled(words: list[str], numbers: np.ndarray, rng: random.Random) -> bytes:
    """gensim's own file, as gensim writes it."""
    from gensim.models import KeyedVectors

    theirs = KeyedVectors(numbers.shape[1])
    if words:
        theirs.add_vectors(words, numbers)
        for row, word in enumerate(words):
            theirs.set_vecattr(word, "count", row)
    return pickle.dumps(theirs, protocol=rng.choice([2, 3, 4]))


def mutated(content: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """One change: a flipped bit, a cut, something put in, doubled, overwritten, or taken from another file."""
    at = rng.randint(0, len(content))
    end = min(len(content), at + rng.choice([1, 1, 2, 4, 8, 20, 1 << 20]))
    change = rng.randrange(10)
    if change == 0 and at < len(content):
        return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]
    if change == 1:
        return content[:at]
    if change == 2:
        return content[:at] + content[end:]
    if change == 3:
        return content[:at] + rng.choice(TOKENS) + content[at:]
    if change == 4:
        return content[:at] + content[at:end] * rng.randint(2, 5) + content[end:]
    if change == 5:
        packed = struct.pack(
            rng.choice(["<q", "<i", "<h", ">i"]), rng.choice(NUMBERS) % (1 << 15) * rng.choice([1, -1])
        )
        return content[:at] + packed + content[at + len(packed) :]
    if change == 6:
        packed = struct.pack("<Q", rng.choice(NUMBERS) % (1 << 64))[: rng.choice([1, 2, 4, 8])]
        return content[:at] + packed + content[at + len(packed) :]
    if change == 7:
        other = rng.choice(others)
        return content[:at] + other[rng.randint(0, len(other)) :]
    if change == 8:
        # a number of a header, most of which stand near the beginning
        found = list(re.finditer(rb"-?\d+", content[:300]))
        if found:
            number = rng.choice(found)
            value = str(rng.choice(NUMBERS) + rng.choice([0, 0, 1])).encode()
            return content[: number.start()] + value + content[number.end() :]
    return content[:at] + rng.randbytes(rng.randint(1, 4)) + content[at + rng.randint(0, 4) :]


def case(kind: str, sound: list[bytes], rng: random.Random) -> bytes:
    """A damaged file. Of compressed ones half are damaged inside, where checksums still hold."""
    content = rng.choice(sound)
    inside = kind in KINDS and rng.random() < 0.5
    if inside:
        content = b"2 2\nthe 1.5 -2\nof 1e-3 4\n" * rng.choice([1, 1, 3])
    for _ in range(rng.choice([1, 1, 2, 4])):
        content = mutated(content, sound, rng)
    return compressor(KINDS[kind])(content) if inside else content


def words_beside(content: bytes, sound: list[bytes], rng: random.Random) -> bytes:
    """The words of a .npy file: mostly as many as its header has rows."""
    told = re.search(rb"\((\d),", content)
    count = int(told[1]) if told and rng.random() < 0.9 else rng.randint(0, len(WORDS))
    words = "".join(f"{word}\n" for word in WORDS[:count]).encode()
    return mutated(words, sound, rng) if rng.random() < 0.2 else words


def options_of(rng: random.Random) -> dict[str, Any]:
    """Options of load_vectors."""
    options: dict[str, Any] = {}
    if rng.random() < 0.2:
        options["limit"] = rng.randint(1, 5)
    if rng.random() < 0.2:
        options["keys"] = rng.sample(WORDS, 3)
    if rng.random() < 0.2:
        options["errors"] = rng.choice(["replace", "ignore", "surrogateescape"])
    if rng.random() < 0.2:
        options["allow_nan"] = True
    if rng.random() < 0.2:
        options["mmap"] = None
    return options


def read(path: Path, options: dict[str, Any]) -> str:
    """Reads a file and all it gives; the kind of the outcome. AssertionError unless an error is as it should be."""
    told = kind = ""
    try:
        loaded = load_vectors(path, **options)
    except (ValueError, FileNotFoundError) as error:
        told, kind = str(error), type(error).__name__
    if kind:
        assert kind in ("ValueError", "FileNotFoundError"), (kind, told)
        # .npy vectors have their words in a second file
        assert str(path) in told or str(path.with_suffix("")) in told, told
        assert "\n" not in told, told
        return kind
    shape = loaded.vectors.shape
    assert shape[0] == len(loaded), shape
    words = []
    try:
        words = loaded.index_to_key
    except ValueError as error:
        told = str(error)
    if told:
        # words of a mapped file are decoded only now
        assert str(path) in told, told
        assert "stored word" in told, told
        return "damaged words"
    assert len(words) == shape[0]
    assert loaded.norms.shape == shape[:1]
    for values in loaded.expandos.values():
        assert values.shape == shape[:1]
    if shape[0]:
        float(np.nan_to_num(loaded.vectors.astype(np.float32)).sum())
    return "read"


@contextmanager
def bounded(kind: str) -> Iterator[None]:
    """Little memory beyond what is taken now, and an end to what takes too long."""

    def too_slow(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, too_slow)
    try:
        import resource

        limits = resource.getrlimit(resource.RLIMIT_AS)
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        room = pages * resource.getpagesize() + ROOM.get(kind, USUAL_ROOM)
        resource.setrlimit(resource.RLIMIT_AS, (room, limits[1]))
    except (ImportError, OSError, ValueError):
        limits = None  # no such limit here, or sanitizers hold address space of their own
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if limits is not None:
            resource.setrlimit(resource.RLIMIT_AS, limits)


def run(
    kind: str, count: int, seed: int, folder: Path, tell: Callable[[str], object] = lambda line: None
) -> Counter[str]:
    """Reads that many damaged files of a format; how often each outcome came."""
    rng = random.Random(f"{kind} {seed}")
    sound = seeds(kind, folder, rng)
    path = folder / f"case{SUFFIXES[kind]}"
    beside = folder / "case.words.txt"
    outcomes: Counter[str] = Counter()
    begin = time.perf_counter()
    read_once = folder / f"seed{SUFFIXES[kind]}"
    read_once.write_bytes(sound[0])
    if kind == "npy":
        (folder / "seed.words.txt").write_text("".join(f"{word}\n" for word in WORDS), "utf-8")
    read(read_once, {})  # imports what it needs while there is room
    with bounded(kind), warnings.catch_warnings():
        # NumPy warns of headers as Python 2 wrote them.
        warnings.filterwarnings("ignore", "Reading `.npy`", UserWarning)
        for number in range(count):
            content = case(kind, sound, rng)
            if kind == "npy":
                beside.write_bytes(words_beside(content, sound, rng))
            path.write_bytes(content)
            options = options_of(rng)
            signal.setitimer(signal.ITIMER_REAL, SECONDS)
            try:
                outcomes[read(path, options)] += 1
            except BaseException as error:
                kept = folder / f"failed-{kind}-{seed}-{number}{SUFFIXES[kind]}"
                os.replace(path, kept)
                raise AssertionError(f"case {number} of {kind}, seed {seed}, options {options}: see {kept}") from error
            signal.setitimer(signal.ITIMER_REAL, 0)
            if number and number % 20_000 == 0:
                tell(f"{kind}: {number:,} files, {number / (time.perf_counter() - begin):,.0f} a second")
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--format", choices=[*FORMATS, "all"], default="all")
    parser.add_argument("--count", type=int, default=200_000, help="files of each format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the files are written; one in memory is fast")
    arguments = parser.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp())
    say = sys.stdout.write
    for kind in FORMATS if arguments.format == "all" else [arguments.format]:
        begin = time.perf_counter()
        outcomes = run(kind, arguments.count, arguments.seed, folder, lambda line: say(line + "\n"))
        seconds = time.perf_counter() - begin
        told = ", ".join(f"{name} {number:,}" for name, number in outcomes.most_common())
        say(f"{kind}: {arguments.count:,} files in {seconds:.0f} s: {told}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
