"""Pickles read as plain data: nothing named in the file is imported, called or built, whatever its instructions say.

This is not Python's unpickler with a filter, but a reader of the pickle language (protocols 2 to 5) of our own. That
unpickler reserves memory for whatever a file claims before it looks for it, and builds nested keys that crash the
interpreter when they are hashed; here nothing is reserved by claim, keys are text or numbers, and the numbers of arrays
are views of the mapped file.

What is held while a file is read, and its bounds, stand in pickle_machine.py; what names a file may use in
pickle_names.py; what an object of the file means in gensim_files.py.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Callable
from typing import Any

from fastw2v.compressed import HEAD_BYTES, compression_of, decompress_file
from fastw2v.pickle_machine import Machine
from fastw2v.pickle_names import NewArray, NewType, Refused, Thing, named

__all__ = ["looks_like_pickle", "read_pickle"]

PROTOCOLS = range(2, 6)
PROTO = 0x80


def looks_like_pickle(start: bytes) -> bool:
    """Whether a file that begins with these bytes may be a pickle: a text or vector file never does."""
    return len(start) >= 2 and start[0] == PROTO and start[1] in PROTOCOLS


def read_pickle(path: str | os.PathLike[str]) -> Any:
    """The data in a pickle, compressed or not: None, bool, int, float, str, bytes, list, tuple, dict, Thing, NewArray
    and Global.

    An object is a Thing, the name of its class and its state; an array is a NewArray with its `value`; a set is a list.

    Raises
    ------
    ValueError: damaged, cut short, or a name or an instruction that no file of gensim's needs, with the byte.
    OSError: the file cannot be read.
    """
    name = os.fspath(path)
    with open(path, "rb", buffering=0) as file:
        start = file.read(HEAD_BYTES) or b""
        kind = compression_of(start)
        if kind is None:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if start else b""
        else:
            file.seek(0)
            data = decompress_file(file, kind, name)
    if not looks_like_pickle(data[:2]):
        raise ValueError(f"{name}: no pickle of protocol 2 to 5, it begins with {data[:2]!r}")
    return _run(Machine(name, data))


def _run(machine: Machine) -> Any:
    try:
        return _steps(machine)
    except Refused as error:
        machine.fail(str(error))
    except (IndexError, struct.error):
        machine.fail("the pickle is damaged or cut short")
    except UnicodeDecodeError:
        machine.fail("text that is not UTF-8; the pickle is damaged")


def _steps(machine: Machine) -> Any:
    """Instructions one after the other; the few that make up most of a file are told apart first, in this loop."""
    data, size, stack, memo = machine.data, machine.size, machine.stack, machine.memo
    push, remember = stack.append, memo.append
    at = 0
    try:
        while True:
            code = data[at]
            at += 1
            if code == 0x94:  # MEMOIZE
                remember(stack[-1])
            elif code == 0x8C:  # SHORT_BINUNICODE
                end = at + 1 + data[at]
                if end > size:
                    raise IndexError
                push(data[at + 1 : end].decode("utf-8", "surrogatepass"))
                at = end
            elif code == 0x68:  # BINGET
                push(memo[data[at]])
                at += 1
            elif code == 0x6A:  # LONG_BINGET
                push(memo[int.from_bytes(data[at : at + 4], "little")])
                at += 4
            elif code == 0x4B:  # BININT1
                push(data[at])
                at += 1
            elif code == 0x4D:  # BININT2
                push(data[at] | data[at + 1] << 8)
                at += 2
            elif code == 0x4A:  # BININT
                push(int.from_bytes(data[at : at + 4], "little", signed=True))
                at += 4
            elif code == 0x2E:  # STOP
                machine.position = at
                return stack.pop()
            else:
                machine.position = at
                action = ACTIONS.get(code)
                if action is None:
                    machine.fail(f"the pickle instruction 0x{code:02x} is refused: no file of gensim's needs it")
                action(machine)
                at = machine.position
    except (IndexError, UnicodeDecodeError):
        machine.position = max(at, machine.position)
        raise


# What each instruction does, by its byte. Those within `_steps` are not repeated here.


def _proto(machine: Machine) -> None:
    version = machine.number(1)
    if version not in PROTOCOLS:
        machine.fail(f"pickle protocol {version} is not known; 2 to 5 are read")


def _frame(machine: Machine) -> None:
    length = machine.number(8)
    if length > machine.size - machine.position:
        machine.fail(f"{length} bytes are announced, but the file has {machine.size - machine.position} left")


def _mark(machine: Machine) -> None:
    machine.mark()


def _pop(machine: Machine) -> None:
    machine.stack.pop()


def _pop_mark(machine: Machine) -> None:
    machine.marked()


def _constant(value: Any) -> Callable[[Machine], None]:
    def push(machine: Machine) -> None:
        machine.stack.append(value)

    return push


def _empty(kind: Callable[[], Any]) -> Callable[[Machine], None]:
    def push(machine: Machine) -> None:
        machine.container()
        machine.stack.append(kind())

    return push


def _tuple_of(count: int) -> Callable[[Machine], None]:
    def push(machine: Machine) -> None:
        if len(machine.stack) < count:
            raise IndexError
        machine.container()
        machine.stack[-count:] = [tuple(machine.stack[-count:])]

    return push


def _marked_as(kind: Callable[[list[Any]], Any]) -> Callable[[Machine], None]:
    def push(machine: Machine) -> None:
        machine.container()
        machine.stack.append(kind(machine.marked()))

    return push


def _bytes(width: int) -> Callable[[Machine], None]:
    def push(machine: Machine) -> None:
        machine.stack.append(machine.view(machine.number(width)))

    return push


def _text(width: int, encoding: str, errors: str) -> Callable[[Machine], None]:
    def push(machine: Machine) -> None:
        machine.stack.append(machine.take(machine.number(width)).decode(encoding, errors))

    return push


def _long(machine: Machine) -> None:
    machine.stack.append(int.from_bytes(machine.take(machine.number(1)), "little", signed=True))


def _int(machine: Machine) -> None:
    line = machine.line()
    try:
        machine.stack.append(int(line))
    except ValueError:
        machine.fail(f"{line[:40]!r} is no whole number; the pickle is damaged")


def _float(machine: Machine) -> None:
    machine.stack.append(struct.unpack(">d", machine.take(8))[0])


def _binput(width: int) -> Callable[[Machine], None]:
    def put(machine: Machine) -> None:
        machine.put(machine.number(width))

    return put


def _append(machine: Machine) -> None:
    item = machine.stack.pop()
    machine.sequence().append(item)


def _appends(machine: Machine) -> None:
    items = machine.marked()
    machine.sequence().extend(items)


def _setitem(machine: Machine) -> None:
    value, key = machine.stack.pop(), machine.stack.pop()
    machine.set_items([key, value])


def _setitems(machine: Machine) -> None:
    machine.set_items(machine.marked())


def _global(machine: Machine) -> None:
    module, name = machine.line(), machine.line()
    machine.stack.append(named(module, name))


def _stack_global(machine: Machine) -> None:
    name, module = machine.stack.pop(), machine.stack.pop()
    machine.stack.append(named(module, name))


def _reduce(machine: Machine) -> None:
    arguments, callee = machine.stack.pop(), machine.stack.pop()
    machine.stack.append(machine.make(callee, arguments))


def _build(machine: Machine) -> None:
    state, target = machine.stack.pop(), machine.stack[-1]
    if type(target) not in (Thing, NewArray, NewType):
        machine.fail("a state is given to something that is no object; no file of gensim's does")
    target.build(state)


ACTIONS: dict[int, Callable[[Machine], None]] = {
    PROTO: _proto,
    0x95: _frame,
    ord("("): _mark,
    ord("0"): _pop,
    ord("1"): _pop_mark,
    ord("N"): _constant(None),
    0x88: _constant(True),
    0x89: _constant(False),
    ord(")"): _constant(()),
    ord("]"): _empty(list),
    ord("}"): _empty(dict),
    0x8F: _empty(list),  # a set, which nothing here needs to look into
    0x85: _tuple_of(1),
    0x86: _tuple_of(2),
    0x87: _tuple_of(3),
    ord("t"): _marked_as(tuple),
    0x91: _marked_as(list),  # a frozen set
    ord("C"): _bytes(1),
    ord("B"): _bytes(4),
    0x8E: _bytes(8),
    0x96: _bytes(8),  # a bytearray
    ord("X"): _text(4, "utf-8", "surrogatepass"),
    0x8D: _text(8, "utf-8", "surrogatepass"),
    # Bytes that Python 2 called text: names of attributes, and the numbers of arrays.
    ord("U"): _text(1, "latin-1", "strict"),
    ord("T"): _text(4, "latin-1", "strict"),
    0x8A: _long,
    ord("I"): _int,
    ord("G"): _float,
    ord("q"): _binput(1),
    ord("r"): _binput(4),
    ord("a"): _append,
    ord("e"): _appends,
    0x90: _appends,
    ord("s"): _setitem,
    ord("u"): _setitems,
    ord("c"): _global,
    0x93: _stack_global,
    ord("R"): _reduce,
    0x81: _reduce,  # NEWOBJ: the same for what is only a name
    ord("b"): _build,
}
