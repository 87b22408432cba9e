"""How much memory there is for a text, and where what does not fit may stand.

What is kept there is not known here.
"""

from __future__ import annotations

import os
import re
import tempfile

__all__ = ["cache_folder", "free_memory", "limit_of"]

UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
BINARY_UNITS = {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
# Kept by systems across restarts, and so on a disk, where the folder for temporary files may be memory.
LASTING_FOLDER = "/var/tmp"
UNKNOWN_FREE = 4 * 10**9  # where the system does not tell


def limit_of(value: object) -> int:
    """Bytes from a number of them or a text such as "2GB" or "500 MiB"; None is half of the free memory."""
    if value is None:
        return free_memory() // 2
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", value)
        unit = None if match is None else {**UNITS, **BINARY_UNITS}.get(match[2].upper())
        if match is not None and unit is not None:
            return int(float(match[1]) * unit)
    raise ValueError(
        f"memory_limit is {value!r}, but must be a number of bytes, or a text such as '2GB' (or MB, TB, GiB ...)"
    )


def cache_folder(given: str | os.PathLike[str] | None) -> str:
    """The folder for what does not fit into memory: the one given, or TMPDIR, or the system's for lasting temporary
    files. NotADirectoryError if it is none."""
    if given is not None:
        folder = os.fspath(given)
        if not os.path.isdir(folder):
            raise NotADirectoryError(f"cache_dir is {folder}, which is no folder; create it, or name another")
        return folder
    if not os.environ.get("TMPDIR") and os.path.isdir(LASTING_FOLDER) and os.access(LASTING_FOLDER, os.W_OK):
        return LASTING_FOLDER
    return tempfile.gettempdir()


def free_memory() -> int:
    """Bytes that this process may still take: what the system has left, and what its own limits leave it."""
    return max(0, min(_system_free(), _address_space_left(), _group_left()))


def _system_free() -> int:
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 2**10
    except OSError:
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return UNKNOWN_FREE


def _address_space_left() -> int:
    """Half of it: parts of a text and the whole that they become take addresses at the same time."""
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit == resource.RLIM_INFINITY:
            return 2**63
        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        return (limit - used) // 2
    except (ImportError, OSError, ValueError):
        return 2**63


def _group_left() -> int:
    """What a control group leaves, as containers have it."""
    try:
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as file:
            most = file.read().strip()
        with open("/sys/fs/cgroup/memory.current", encoding="ascii") as file:
            return 2**63 if most == "max" else int(most) - int(file.read())
    except (OSError, ValueError):
        return 2**63
