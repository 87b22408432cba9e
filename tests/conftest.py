"""What several test files share: a small text with structure, files of a text's own, the kernels this machine runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fastw2v import _reading
from fastw2v.kernels import available


@pytest.fixture(params=available())
def kernel_name(request):
    """Each kernel this machine runs, in turn."""
    return request.param


@pytest.fixture(scope="session")
def sentences():
    """3,000 sentences over two topics of 20 words each, and 5 words common to both: neighbours are known."""
    rng = np.random.default_rng(7)
    topics = [[f"{letter}{i}" for i in range(20)] for letter in "ab"]
    common = [f"c{i}" for i in range(5)]
    text = []
    for _ in range(3000):
        words = topics[rng.integers(2)] + common
        text.append([words[i] for i in rng.integers(0, len(words), rng.integers(4, 15))])
    return text


@pytest.fixture(scope="session")
def text_file(sentences, tmp_path_factory):
    """The sentences as a file, one a line."""
    path = tmp_path_factory.mktemp("text") / "text.txt"
    path.write_text("\n".join(" ".join(s) for s in sentences) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str | bytes, name: str = "text.txt") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_reading, "CHUNK_BYTES", 64)
    monkeypatch.setattr(_reading, "OVERLAP_BYTES", 8)


@pytest.fixture
def no_thread_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before
