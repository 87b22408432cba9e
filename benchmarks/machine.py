"""What a measurement ran on, and by which command: processor, cores, versions, compilers. Nothing is measured here."""

from __future__ import annotations

import contextlib
import os
import platform
import shlex
import subprocess
import sys
import sysconfig
from importlib import metadata

import numpy as np

PACKAGES = ["fastw2v", "gensim", "fasttext", "numpy", "scipy", "matplotlib"]


def processor() -> str:
    """The name its maker gave it, where the system tells."""
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":")[1].strip()
    return platform.processor() or platform.machine()


def machine() -> str:
    """Processor, cores, system and versions in one line."""
    import fastw2v
    from fastw2v.config import available_cpus
    from fastw2v.kernels import available

    return (
        f"{processor()}, {available_cpus()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, NumPy {np.__version__}, fastw2v {fastw2v.__version__} "
        f"(kernels {', '.join(available())})"
    )


def command() -> str:
    """The command line that was given."""
    return shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])


def versions() -> dict[str, str]:
    """Those of the packages that are installed."""
    found = {}
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def compilers() -> dict[str, str | None]:
    """The command that builds extensions here and what it says of itself, and what Python itself was built with."""
    compiler = os.environ.get("CC") or sysconfig.get_config_var("CC")
    says = None
    if compiler:
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            done = subprocess.run([shlex.split(compiler)[0], "--version"], capture_output=True, text=True, check=True)
            says = done.stdout.splitlines()[0]
    return {"extensions": compiler, "extensions_version": says, "python": platform.python_compiler()}
