"""The files of a folder that may be manifests or data products."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from floe_ls.remote import files
from floe_ls.remote.failure import Failure

LIMIT = 100_000
_NAME = re.compile(r"(?:floe|.*manifest.*)\.ya?ml", re.IGNORECASE)
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})


def is_candidate(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and not name.startswith(".")


def manifests_below(root: str | os.PathLike[str], limit: int = LIMIT) -> Iterator[Path]:
    """Candidates in sorted order, at most `limit` of them.

    Hidden folders, folders of packages, and what `.gitignore` files name are left out. A linked
    folder is followed once, however many links lead to it.
    """
    left = limit
    seen: set[tuple[int, int]] = set()
    waiting = _below(os.fspath(root), "", (), seen)
    while waiting and left > 0:
        entry, place, ignores = waiting.pop()
        if _is_folder(entry):
            if entry.name not in _SKIPPED and not _ignored(ignores, place, is_folder=True):
                waiting += _below(entry.path, f"{place}/", ignores, seen)
            continue
        if not _NAME.fullmatch(entry.name) or _ignored(ignores, place, is_folder=False):
            continue
        if _is_file(entry):
            left -= 1
            yield Path(entry.path)


def _below(
    folder: str, inside: str, ignores: tuple[_Ignore, ...], seen: set[tuple[int, int]]
) -> list[tuple[os.DirEntry[str], str, tuple[_Ignore, ...]]]:
    """What is in the folder, the last first; nothing where it was seen before."""
    try:
        status = os.stat(folder)  # noqa: PTH116  a scan of 50,000 folders would feel each Path
        if (status.st_dev, status.st_ino) in seen:
            return []
        seen.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name, reverse=True)
    except OSError:  # gone meanwhile, or not ours to read: the scan goes on
        return []
    if any(entry.name == ".gitignore" for entry in listed):
        ignores = (*ignores, _Ignore.read(folder, inside))
    return [(e, inside + e.name, ignores) for e in listed if not e.name.startswith(".")]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _ignored(ignores: Iterable[_Ignore], place: str, *, is_folder: bool) -> bool:
    """The last pattern that fits decides, the innermost file's patterns being the last."""
    verdict = False
    for ignore in ignores:
        said = ignore.verdict(place, is_folder=is_folder)
        verdict = verdict if said is None else said
    return verdict


@dataclass(frozen=True)
class _Pattern:
    fits: re.Pattern[str]
    ignores: bool
    folders_only: bool


@dataclass(frozen=True)
class _Ignore:
    """One `.gitignore`. Written here because 40 lines do it; the libraries take 25 ms to import."""

    base: str
    patterns: tuple[_Pattern, ...]

    @classmethod
    def read(cls, folder: str, base: str) -> _Ignore:
        text = files.read(Path(folder, ".gitignore"), limit=1 << 20)
        lines = [] if isinstance(text, Failure) else text.splitlines()
        return cls(base, tuple(p for line in lines if (p := _pattern(line)) is not None))

    def verdict(self, place: str, *, is_folder: bool) -> bool | None:
        inside = place[len(self.base) :]
        for pattern in reversed(self.patterns):
            if (is_folder or not pattern.folders_only) and pattern.fits.fullmatch(inside):
                return pattern.ignores
        return None


def _pattern(line: str) -> _Pattern | None:
    line = re.sub(r"(?<!\\)\s+$", "", line)
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    line = line.removeprefix("!")
    folders_only = line.endswith("/")
    line = line.rstrip("/") if folders_only else line
    anchored = "/" in line
    body = _regex(line.removeprefix("/"))
    try:
        fits = re.compile(body if anchored else f"(?:.*/)?{body}", re.DOTALL)
    except re.error:  # a range like [z-a]: git fits nothing with it either
        return None
    return _Pattern(fits, not negated, folders_only)


_PARTS = re.compile(
    r"^\*\*$|^\*\*/|/\*\*/|/\*\*$|\*+|\?|\[[!^]?\]?[^\]]*\]|\\.|[^*?\[\\/]+|.", re.DOTALL
)


def _regex(glob: str) -> str:
    glob = re.sub(r"(?<![^/])\*\*(/\*\*)+(?![^/])", "**", glob)
    out = []
    for part in _PARTS.findall(glob):
        match part:
            case "**":
                out.append(".*" if glob == "**" else "[^/]*")
            case "**/":
                out.append("(?:.*/)?")
            case "/**/":
                out.append("/(?:.*/)?")
            case "/**":
                out.append("/.+")
            case "?":
                out.append("[^/]")
            case _ if part.startswith("*"):
                out.append("[^/]*")
            case _ if part.startswith("[") and len(part) > 1:
                inner = part[1:-1]
                negated = inner[:1] in {"!", "^"}
                inner = inner[1:] if negated else inner
                escaped = re.sub(r"([\\\[\]^&~|])", r"\\\1", inner)
                out.append(f"(?!/)[{'^' if negated else ''}{escaped}]")
            case _ if part.startswith("\\") and len(part) == 2:
                out.append(re.escape(part[1]))
            case _:
                out.append(re.escape(part))
    return "".join(out)
