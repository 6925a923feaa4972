"""Files as text, and paths as URIs."""

from __future__ import annotations

import codecs
import os
import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floe_ls.chain.ref import resolve_path
from floe_ls.remote import files
from floe_ls.remote.failure import Failure


def test_text_keeps_its_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_bytes("a: 1\r\nb: é\u2028\n".encode())
    assert files.read(path) == "a: 1\r\nb: é\u2028\n"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding(tmp_path: Path, mark: bytes, encoding: str) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_bytes(mark + "name: 🦆\n".encode(encoding))
    assert files.read(path) == "name: 🦆\n"


def test_other_encodings_are_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_bytes(b"a: 1\r\nb: 2\rc: caf\xe9\n")
    assert files.read(path) == Failure(
        "encoding", f"{path} is not UTF-8 text (line 3): save it as UTF-8.", line=2
    )


def test_a_broken_utf_16_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_bytes(codecs.BOM_UTF16_LE + b"a\x00\n\x00b")
    assert files.read(path) == Failure(
        "encoding", f"{path} is not UTF-16 text (line 2): save it as UTF-8.", line=1
    )


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    path = tmp_path / "no.yaml"
    assert files.read(path) == Failure("not-found", f"There is no file {path}.")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    os.mkfifo(path)
    assert files.read(path) == Failure("io", f"{path} is a pipe, not a file.")


def test_a_link_to_a_device_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.symlink_to("/dev/zero")
    assert files.read(path) == Failure("io", f"{path} is a device, not a file.")


def test_a_folder_and_a_socket_are_refused(tmp_path: Path) -> None:
    assert files.read(tmp_path) == Failure("io", f"{tmp_path} is a folder, not a file.")
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        assert files.read(path) == Failure("io", f"{path} is a socket, not a file.")


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text("a: 1\n")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    assert files.read(tmp_path / "link.yaml") == "a: 1\n"


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    found = files.read(tmp_path / "a")
    assert isinstance(found, Failure)
    assert found.kind == "io"
    assert found.message.startswith(f"{tmp_path / 'a'} could not be read: ")


def test_a_dangling_link_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("nowhere")
    assert files.read(tmp_path / "a") == Failure("not-found", f"There is no file {tmp_path / 'a'}.")


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    with path.open("wb") as file:
        file.truncate(files.MAX_FILE + 1)
    assert files.read(path) == Failure("too-large", f"{path} is larger than 16 MiB, the limit.")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_a_file_that_says_no_size_is_read_to_the_limit() -> None:
    assert isinstance(files.read("/proc/self/status"), str)
    found = files.read("/proc/self/status", limit=10)
    assert isinstance(found, Failure)
    assert found.kind == "too-large"


def test_a_file_of_others_is_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(name: Path, flags: int) -> int:
        raise PermissionError(13, "Permission denied", str(name))

    path = tmp_path / "manifest.yaml"
    path.touch()
    monkeypatch.setattr(files.os, "open", refused)
    assert files.read(path) == Failure("forbidden", f"{path} may not be read: permission denied.")


def test_names_that_no_file_can_have_are_failures() -> None:
    for name in ("a\0b", "x" * 5000, "file:///a%00b", "https://example.com/manifest.yaml"):
        assert isinstance(files.read(name), Failure), name


def test_a_file_is_read_by_its_uri(tmp_path: Path) -> None:
    path = tmp_path / "a b%20c#d?é.yaml"
    path.write_text("a: 1\n")
    assert files.read(files.uri_of(path)) == "a: 1\n"


def test_a_whole_file_or_none_is_written(tmp_path: Path) -> None:
    path = tmp_path / "x"
    files.write_whole(path, b"one")
    files.write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    with pytest.raises(FileNotFoundError):
        files.write_whole(tmp_path / "no" / "x", b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        files.write_whole(tmp_path / "folder", b"")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder", "x"]


def test_uris_of_editors_lead_to_paths() -> None:
    assert files.path_of("file:///a/b%20c%23.yaml") == Path("/a/b c#.yaml")
    assert files.path_of("file://localhost/a.yaml") == Path("/a.yaml")
    assert files.path_of("FILE:///a.yaml") == Path("/a.yaml")
    assert files.path_of("file:/a.yaml") == Path("/a.yaml")
    assert files.path_of("file:///a@b+c%2Bd") == Path("/a@b+c+d")


def test_other_uris_lead_to_no_path() -> None:
    for uri in ("untitled:Untitled-1", "file://server/share", "oci://a/b", "file://[", "", "/a"):
        assert files.path_of(uri) is None, uri


def test_uris_are_spelled_as_references_are() -> None:
    base = files.uri_of("/w/some dir/floe.yaml")
    assert files.uri_of("/w/größe/a+b (1)~.yaml") == resolve_path(base, "../größe/a+b (1)~.yaml")


@given(
    st.lists(
        st.binary(min_size=1, max_size=8).filter(lambda b: not set(b) & {0, 47}), min_size=1
    ).filter(lambda steps: not {b".", b".."} & {*steps})
)
def test_every_path_has_a_uri_that_leads_back(steps: list[bytes]) -> None:
    path = Path(os.fsdecode(b"/" + b"/".join(steps)))
    uri = files.uri_of(path)
    assert uri.isascii()
    assert files.path_of(uri) == path


def test_a_pipe_that_takes_a_files_place_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text("a: 1\n")
    real_open = os.open

    def swapped(name: Path, flags: int) -> int:
        path.unlink()
        os.mkfifo(path)
        return real_open(name, flags)

    monkeypatch.setattr(files.os, "open", swapped)
    found: list[str | Failure] = []
    reader = threading.Thread(target=lambda: found.append(files.read(path)), daemon=True)
    reader.start()
    reader.join(10)
    assert found == [Failure("io", f"{path} is a pipe, not a file.")]
