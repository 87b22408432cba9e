"""Files that appear whole or not at all: a temporary file beside the target, fsync, then one rename.

Nothing here knows what is written. `check_writable` asks the same questions as
`atomic_output`, for use before long work.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import zlib
from collections.abc import Iterator
from typing import IO, Any

from fastw2v.short import short

__all__ = ["atomic_output", "check_writable", "remove_leftovers"]

# These names stand for streams that are already open, even when a shell has pointed them at a plain file: renaming
# another file over that one would cut the stream off from it.
STREAM_FOLDERS = ("/dev/fd/", "/proc/")
STREAM_NAMES = ("/dev/stdin", "/dev/stdout", "/dev/stderr")
NEW_FILE_MODE = 0o666  # what open() asks for; the umask takes its share
LEFTOVER = re.compile(r"\.fastw2v-([0-9a-f]{8})-[0-9a-f]+\.tmp")
TOKEN_BYTES = 8  # random bytes in a temporary name: enough that two writers never meet


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise the OSError that writing `path` would meet, with the remedy in its sentence; leave nothing behind.

    Raises
    ------
    FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError, OSError: with errno and filename.
    """
    target = _target(path)
    if target is None:
        return
    temporary = _temporary_beside(target)
    try:
        # Only an attempt knows about read-only file systems, access lists and quotas.
        os.close(_create(temporary, path))
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


@contextlib.contextmanager
def atomic_output(path: str | os.PathLike[str], mode: str = "wb") -> Iterator[IO[Any]]:
    """A file open for writing that takes the name `path` only when the block ends without an exception.

    A symbolic link stays and its target is replaced; the file replaced hands on its permissions. Anything but a plain
    file (a pipe, /dev/stdout) is written directly. `mode` is "wb", or "w" for UTF-8 text with "\\n" line ends.
    """
    if mode not in ("wb", "w"):
        raise ValueError(f"mode is {mode!r}, but must be 'wb' or 'w'")
    text: dict[str, Any] = {} if mode == "wb" else {"encoding": "utf-8", "newline": "\n"}
    target = _target(path)
    if target is None:
        with open(path, mode, **text) as stream:
            yield stream
        return
    temporary = _temporary_beside(target)
    try:
        with os.fdopen(_create(temporary, path), mode, **text) as file:
            yield file
            file.flush()
            _copy_permissions(target, file.fileno())
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError) and error.errno is not None and error.filename in (None, temporary):
            sentence = f"it could not be written: {error.strerror}; make room or give another path"
            raise type(error)(error.errno, sentence, os.fspath(path)) from error
        raise
    _sync_folder(os.path.dirname(target))


def _target(path: str | os.PathLike[str]) -> str | None:
    """The plain file that `path` names once links are followed, or None if it must be written directly."""
    name = os.fspath(path)
    if not isinstance(name, str):
        raise TypeError(f"the output path must be a str or a path object, not {short(name)}")
    if not name:
        raise FileNotFoundError(errno.ENOENT, "the output path is empty; give a file name", name)
    absolute = os.path.abspath(name)
    target = os.path.realpath(absolute)
    try:
        kind = os.stat(absolute).st_mode
    except FileNotFoundError:
        kind = stat.S_IFREG
    except NotADirectoryError:
        raise _not_a_folder(name, target) from None
    except OSError as error:
        raise type(error)(error.errno, f"this path cannot be used: {error.strerror}; give another", name) from None
    if stat.S_ISDIR(kind) or name.endswith(("/", os.sep)):
        raise IsADirectoryError(errno.EISDIR, "the output path is a folder; add a file name", name)
    is_stream = absolute.startswith(STREAM_FOLDERS) or absolute in STREAM_NAMES
    if os.path.exists(absolute) and not os.access(absolute, os.W_OK):
        raise PermissionError(
            errno.EACCES, "this file may not be written; change its permissions or give another", name
        )
    return None if is_stream or not stat.S_ISREG(kind) else target


def _not_a_folder(name: str, target: str) -> NotADirectoryError:
    return NotADirectoryError(
        errno.ENOTDIR, f"{os.path.dirname(target)} is not a folder; give a path in an existing folder", name
    )


def remove_leftovers(path: str | os.PathLike[str]) -> None:
    """Removes what processes that were killed while they wrote `path` left beside it.

    One that is still writing would fail with a FileNotFoundError; only one process should write a file.
    """
    target = _target(path)
    if target is None:
        return
    folder, mark = os.path.dirname(target), _mark(target)
    for name in os.listdir(folder):
        found = LEFTOVER.fullmatch(name)
        if found and found[1] == mark:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(folder, name))


def _temporary_beside(target: str) -> str:
    # The target's own name may already be as long as the file system allows.
    name = f".fastw2v-{_mark(target)}-{os.urandom(TOKEN_BYTES).hex()}.tmp"
    return os.path.join(os.path.dirname(target), name)


def _mark(target: str) -> str:
    """By what temporary files of a target are told from those of others."""
    return f"{zlib.crc32(os.fsencode(os.path.basename(target))):08x}"


def _create(temporary: str, path: str | os.PathLike[str]) -> int:
    """A descriptor of the new file `temporary`, or the error told in terms of `path`."""
    folder = os.path.dirname(temporary)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    name = os.fspath(path)
    try:
        return os.open(temporary, flags, NEW_FILE_MODE)
    except FileNotFoundError:
        raise FileNotFoundError(
            errno.ENOENT, f"the folder {folder} does not exist; create it or give another path", name
        ) from None
    except NotADirectoryError:
        raise _not_a_folder(name, temporary) from None
    except PermissionError as error:
        raise PermissionError(
            error.errno, f"the folder {folder} may not be written; change its permissions or give another path", name
        ) from None
    except OSError as error:
        raise type(error)(
            error.errno, f"no file can be made in the folder {folder}: {error.strerror}; give another path", name
        ) from None


def _copy_permissions(target: str, descriptor: int) -> None:
    """Give the open file the owner and permissions of the file it will replace, as far as this process may."""
    if not hasattr(os, "fchmod"):
        return
    try:
        old = os.stat(target)
    except FileNotFoundError:
        return
    with contextlib.suppress(OSError):  # only the superuser may give files away
        os.fchown(descriptor, old.st_uid, old.st_gid)
    with contextlib.suppress(OSError):  # some mounted file systems know no permissions
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode))


def _sync_folder(folder: str) -> None:
    """Make the rename itself survive a power cut, where the system lets a folder be synchronised."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
