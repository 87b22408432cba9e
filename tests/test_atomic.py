"""Files that appear whole or not at all, and the questions asked before long work."""

import errno
import os
import stat
import threading

import pytest

from fastw2v.atomic import atomic_output, check_writable

is_posix = pytest.mark.skipif(os.name != "posix", reason="permissions, links and pipes as POSIX has them")
not_root = pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="permissions do not bind the superuser")


def test_writes_bytes_and_text(tmp_path):
    with atomic_output(tmp_path / "a") as file:
        file.write(b"one")
    with atomic_output(str(tmp_path / "b"), "w") as file:
        file.write("žluť\n")
    assert (tmp_path / "a").read_bytes() == b"one"
    assert (tmp_path / "b").read_bytes() == "žluť\n".encode()
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]


def test_other_modes_are_refused(tmp_path):
    with pytest.raises(ValueError, match="'ab'"), atomic_output(tmp_path / "a", "ab"):
        pass


def fill_and_raise(file, error):
    file.write(b"x" * 100_000)
    raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("existed", [False, True])
def test_an_exception_leaves_what_was_there(tmp_path, error, existed):
    path = tmp_path / "out"
    if existed:
        path.write_bytes(b"old")
    with pytest.raises(error), atomic_output(path) as file:
        fill_and_raise(file, error)
    assert os.listdir(tmp_path) == (["out"] if existed else [])
    assert not existed or path.read_bytes() == b"old"


def test_the_name_appears_only_at_the_end(tmp_path):
    with atomic_output(tmp_path / "out") as file:
        file.write(b"x")
        assert not (tmp_path / "out").exists()
    assert (tmp_path / "out").exists()


def test_a_name_as_long_as_the_file_system_allows(tmp_path):
    path = tmp_path / ("n" * 255)
    with atomic_output(path) as file:
        file.write(b"x")
    assert path.read_bytes() == b"x"


@is_posix
def test_permissions_of_new_and_replaced_files(tmp_path):
    before = os.umask(0o027)
    try:
        with atomic_output(tmp_path / "new") as file:
            file.write(b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.stat(tmp_path / "new").st_mode) == 0o640
    os.chmod(tmp_path / "new", 0o604)
    with atomic_output(tmp_path / "new") as file:
        file.write(b"y")
    assert stat.S_IMODE(os.stat(tmp_path / "new").st_mode) == 0o604


@is_posix
@pytest.mark.parametrize("dangling", [False, True])
def test_a_symbolic_link_stays(tmp_path, dangling):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    if not dangling:
        (folder / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(folder / "real")
    check_writable(tmp_path / "link")
    with atomic_output(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (folder / "real").read_bytes() == b"new"
    assert os.listdir(folder) == ["real"]


@is_posix
def test_a_pipe_is_written_directly(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    received = []
    reader = threading.Thread(target=lambda: received.append(path.read_bytes()))
    reader.start()
    check_writable(path)
    with atomic_output(path) as file:
        file.write(b"through the pipe")
    reader.join()
    assert received == [b"through the pipe"]
    assert stat.S_ISFIFO(os.stat(path).st_mode)


@is_posix
def test_devices_are_written_directly():
    check_writable("/dev/null")
    with atomic_output("/dev/null") as file:
        file.write(b"x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_check_leaves_nothing_behind(tmp_path):
    check_writable(tmp_path / "new")
    (tmp_path / "old").write_bytes(b"old")
    check_writable(tmp_path / "old")
    assert os.listdir(tmp_path) == ["old"]
    assert (tmp_path / "old").read_bytes() == b"old"


def test_a_name_in_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    check_writable("plain")
    with atomic_output("plain") as file:
        file.write(b"x")
    assert os.listdir(tmp_path) == ["plain"]


def opens(path):
    with atomic_output(path):
        pytest.fail("the block must not be entered")


@pytest.mark.parametrize("act", [check_writable, opens])
def test_paths_that_cannot_be_written(tmp_path, act):
    (tmp_path / "file").write_bytes(b"")
    cases = [
        (tmp_path / "no" / "out", FileNotFoundError, errno.ENOENT, "does not exist; create it"),
        (tmp_path / "file" / "out", NotADirectoryError, errno.ENOTDIR, "is not a folder; give"),
        (tmp_path, IsADirectoryError, errno.EISDIR, "is a folder; add a file name"),
        (f"{tmp_path}/new/", IsADirectoryError, errno.EISDIR, "is a folder; add a file name"),
        ("", FileNotFoundError, errno.ENOENT, "is empty; give"),
        (tmp_path / ("n" * 300) / "out", OSError, errno.ENAMETOOLONG, "give another"),
    ]
    for path, kind, number, sentence in cases:
        with pytest.raises(kind, match=sentence) as caught:
            act(path)
        assert caught.value.errno == number
        assert caught.value.filename == str(path)
    assert os.listdir(tmp_path) == ["file"]


@is_posix
@not_root
@pytest.mark.parametrize("act", [check_writable, opens])
def test_folders_and_files_without_permission(tmp_path, act):
    (tmp_path / "file").write_bytes(b"")
    os.chmod(tmp_path / "file", 0o444)
    with pytest.raises(PermissionError, match="may not be written; change its permissions"):
        act(tmp_path / "file")
    os.chmod(tmp_path, 0o555)
    try:
        with pytest.raises(PermissionError, match="may not be written; change its permissions"):
            act(tmp_path / "out")
    finally:
        os.chmod(tmp_path, 0o755)


def test_paths_must_be_text():
    with pytest.raises(TypeError, match="must be a str"):
        check_writable(b"bytes")
