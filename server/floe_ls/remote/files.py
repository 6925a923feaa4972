"""Files as text, and the conversion between paths and `file:` URIs."""

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

from floe_ls.remote.failure import Failed, Failure

MAX_FILE = 16 << 20
"""Bytes. The same limit as for a layer that comes from a registry."""

NEW = ".new-"
"""Begins the names of files that are not whole yet."""

_WINDOWS = os.name == "nt"
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
# The longer marks first: UTF-32's little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read(
    place: str | os.PathLike[str], limit: int = MAX_FILE, within: Sequence[str] | None = None
) -> str | Failure:
    """The text of a regular file, named by path or `file:` URI, without its byte order mark."""
    try:
        return text_of(read_bytes(place, limit, within), os.fspath(place))
    except Failed as failed:
        return failed.failure


def read_bytes(
    place: str | os.PathLike[str], limit: int = MAX_FILE, within: Sequence[str] | None = None
) -> bytes:
    """Raises Failed. Only a regular file is opened: a pipe would make us wait for its other end.
    With `within`, only a file in one of these folders (URIs), its links resolved first.
    """
    return looked_into(place, limit, within)[0]


def looked_into(
    place: str | os.PathLike[str], limit: int = MAX_FILE, within: Sequence[str] | None = None
) -> tuple[bytes, os.stat_result]:
    """The same, with what the system said of the file that was opened, before it was read."""
    given = path_of(place) if isinstance(place, str) and "://" in place else place
    if given is None:
        raise Failed("invalid", f"{place} names no file of this machine.")
    path = os.fspath(given) or os.curdir
    try:
        real = path
        if within is not None:
            if not is_within(Path(path), within):
                raise Failed(
                    "untrusted",
                    f"{path} is outside of this workspace, which is not trusted: it was not read.",
                )
            real = os.fspath(Path(path).resolve(strict=True))
        _demand_regular(os.stat(real).st_mode, path)  # noqa: PTH116  tens of thousands of them
        # A pipe may have taken the file's place since: open without waiting, and look again.
        handle = os.open(real, _OPEN)
        try:
            status = os.fstat(handle)
            _demand_regular(status.st_mode, path)
            data = b"" if status.st_size > limit else _all_of(handle, status.st_size + 1, limit)
        finally:
            os.close(handle)
    except FileNotFoundError:
        raise Failed("not-found", f"There is no file {path}.") from None
    except PermissionError:
        raise Failed("forbidden", f"{path} may not be read: permission denied.") from None
    except (OSError, ValueError, RuntimeError) as error:
        # ValueError: a NUL in the name. RuntimeError: links in a circle, before Python 3.13.
        raise Failed("io", f"{path} could not be read: {reason_of(error)}.") from None
    if status.st_size > limit or len(data) > limit:
        raise Failed("too-large", f"{path} is larger than {limit >> 20} MiB, the limit.")
    return data, status


def _all_of(handle: int, size: int, limit: int) -> bytes:
    """What a file holds, at least as far as to see that it holds more than the limit."""
    data = os.read(handle, size)
    while len(data) <= limit and (more := os.read(handle, 1 << 16)):
        data += more
    return data


def is_within(path: Path, folders: Sequence[str] | None) -> bool:
    """Whether a path, its links followed, is in one of the folders (URIs). Without folders, all are."""
    if folders is None:
        return True
    try:
        real = path.resolve()
        roots = [root.resolve() for uri in folders if (root := path_of(uri)) is not None]
    except (OSError, RuntimeError, ValueError):
        return False
    return any(real.is_relative_to(root) for root in roots)


def text_of(data: bytes, name: str) -> str:
    """Decodes by byte order mark, else UTF-8. Raises Failed, naming the line."""
    mark, encoding = next((m for m in _MARKS if data.startswith(m[0])), (b"", "utf-8"))
    data = data[len(mark) :]
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, "replace")
        line = len(re.findall(r"\r\n?|\n", before))
        raise Failed(
            "encoding",
            f"{name} is not {encoding.upper().removesuffix('-LE').removesuffix('-BE')} text"
            f" (line {line + 1}): save it as UTF-8.",
            line=line,
        ) from None


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file so that others see the old one or the new one, and nothing between. Raises OSError."""
    import tempfile  # here, as the server starts without it

    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=NEW)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123  a descriptor, not a path
            file.write(data)
        os.replace(beside, path)  # noqa: PTH105  the two are strings of one call
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def uri_of(path: str | os.PathLike[str]) -> str:
    """The `file:` URI of a path, spelled as `chain.ref.resolve_path` spells it."""
    absolute = os.path.abspath(path)  # noqa: PTH100  no resolving: a link keeps the name the author uses
    if _WINDOWS:
        absolute = absolute.replace("\\", "/")
        if absolute.startswith("//"):
            return "file:" + quote(absolute)
        return "file:///" + absolute[:2] + quote(absolute[2:])
    return "file://" + quote(os.fsencode(absolute))


def path_of(uri: str) -> Path | None:
    """The path that a `file:` URI names; None for other URIs and for files of other machines."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme.lower() != "file":
        return None
    path = os.fsdecode(unquote_to_bytes(parts.path))
    if "\0" in path or not path:
        return None
    if _WINDOWS:
        if parts.netloc and parts.netloc.lower() != "localhost":
            return Path(f"//{parts.netloc}{path}")
        return Path(path.removeprefix("/") if re.match(r"/[A-Za-z]:", path) else path)
    return Path(path) if parts.netloc.lower() in {"", "localhost"} else None


def reason_of(error: BaseException) -> str:
    """The system's own words, without the file's name, which the sentence around them has."""
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return "its links lead in a circle"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    if isinstance(error, RuntimeError):
        return "its links lead in a circle"
    return "the name is not one of a file"


def _demand_regular(mode: int, path: str) -> None:
    if stat.S_ISREG(mode):
        return
    for test, what in (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    ):
        if test(mode):
            raise Failed("io", f"{path} is {what}, not a file.")
    raise Failed("io", f"{path} is not a regular file.")
