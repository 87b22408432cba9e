"""The stack machine that a pickle is a program for: what it holds while a file is read, and the bounds of each.

Which byte of the file means what is inert_pickle.py's matter. Each length is checked against the file before anything
is taken, the table of references grows by what is in it, and containers are counted.
"""

from __future__ import annotations

import mmap
from typing import Any, NoReturn

from fastw2v.pickle_names import Global, Maker

__all__ = ["Machine"]

LINE_BYTES = 200  # the longest name or number that stands as a line of text
MAX_DEPTH = 1000  # of containers whose end is still to come; such files have a dozen
# Each list, table, tuple or object takes about 60 bytes of memory however few bytes of the file ask for it. A file of
# gensim's has one in eight bytes at most; this bounds what a file made to fill the memory can do.
BYTES_PER_CONTAINER = 4
FREE_CONTAINERS = 1000
COPIED_BYTES = 64  # shorter runs of bytes are copied: a view of the file costs more than it saves
INT64 = range(-(1 << 63), 1 << 63)  # keys beyond may be chosen to hash alike


class Machine:
    """A file and the state of its reading; `position` is the byte after the current instruction.

    Every method fails with a ValueError that names the file and the byte.
    """

    def __init__(self, name: str, data: mmap.mmap | bytes) -> None:
        self.name = name
        self.data = data
        self.size = len(data)
        self.position = 0
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: list[Any] = []
        self.containers = FREE_CONTAINERS + self.size // BYTES_PER_CONTAINER
        self.encoded = self.size

    def fail(self, what: str) -> NoReturn:
        raise ValueError(f"{self.name}, byte {self.position}: {what}")

    def take(self, count: int) -> bytes:
        """The next `count` bytes of the file."""
        end = self.position + count
        if end > self.size:
            self.fail(f"{count} bytes are announced, but the file has {self.size - self.position} left")
        piece = self.data[self.position : end]
        self.position = end
        return piece

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "little")

    def line(self) -> str:
        end = self.data.find(b"\n", self.position, self.position + LINE_BYTES)
        if end < 0:
            self.fail("a line without an end; the pickle is damaged")
        line = self.data[self.position : end]
        self.position = end + 1
        return line.decode()

    def view(self, count: int) -> bytes | memoryview:
        """The next `count` bytes, without a copy if they are many."""
        if count < COPIED_BYTES:
            return self.take(count)
        self.container()
        end = self.position + count
        if end > self.size:
            self.fail(f"{count} bytes are announced, but the file has {self.size - self.position} left")
        piece = memoryview(self.data)[self.position : end]
        self.position = end
        return piece

    def mark(self) -> None:
        if len(self.marks) == MAX_DEPTH:
            self.fail(f"more than {MAX_DEPTH} containers within each other; no file of gensim's has so many")
        self.marks.append(len(self.stack))

    def marked(self) -> list[Any]:
        """What was put on the stack since the last mark."""
        start = self.marks.pop()
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def container(self) -> None:
        self.containers -= 1
        if self.containers < 0:
            self.fail("far more objects than a file of this size can hold; it is made to fill the memory")

    def put(self, index: int) -> None:
        # Picklers number objects one after the other, some from 1: an index of 2^32 must not become a table of that.
        if index == 1 and not self.memo:
            self.memo.append(None)
        if index > len(self.memo):
            self.fail(f"object number {index} is named after only {len(self.memo)}; the pickle is damaged")
        if index == len(self.memo):
            self.memo.append(self.stack[-1])
        else:
            self.memo[index] = self.stack[-1]

    def table(self) -> dict[Any, Any]:
        table = self.stack[-1]
        if type(table) is not dict:
            self.fail("keys are given to something that is no table; the pickle is damaged")
        return table

    def sequence(self) -> list[Any]:
        items = self.stack[-1]
        if type(items) is not list:
            self.fail("items are given to something that is no list; the pickle is damaged")
        return items

    def set_items(self, items: list[Any]) -> None:
        keys = items[::2]
        if len(items) % 2:
            self.fail("a key without a value; the pickle is damaged")
        kinds = set(map(type, keys))
        if not kinds <= {str, int} or (int in kinds and any(type(k) is int and k not in INT64 for k in keys)):
            self.fail("a table has keys that are neither text nor whole numbers of 64 bits; no file of gensim's has")
        self.table().update(zip(keys, items[1::2], strict=True))

    def make(self, callee: Any, arguments: Any) -> Any:
        """What calling `callee` stands for: only names of the list, and none is really called."""
        if type(callee) is not Global or callee.make is None or type(arguments) is not tuple:
            what = f"{callee.name!r}" if type(callee) is Global else "something that is no function"
            self.fail(f"a call of {what} is refused: no file of gensim's needs it")
        self.container()
        maker: Maker = callee.make
        made = maker(callee.name, arguments)
        if type(made) is bytes:
            # One long text turned into bytes again and again would fill the memory from a small file.
            self.encoded -= len(made)
            if self.encoded < 0:
                self.fail("more bytes are made of text than the file holds; it is made to fill the memory")
        return made
