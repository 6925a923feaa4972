"""The files of a folder that may be manifests or data products."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from floe_ls.remote import files, settings_file
from floe_ls.remote.failure import Failure

LIMIT = 100_000
FOLDERS = 200_000
"""Folders that are looked into, before a scan of somebody's whole disk ends."""
_NAME = re.compile(r"(?:floe|.*manifest.*)\.ya?ml", re.IGNORECASE)
_name_of = attrgetter("name")
_IGNORED = ".gitignore"
_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})


def is_candidate(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and not name.startswith(".")


def manifests_below(root: str | os.PathLike[str], limit: int = LIMIT) -> Iterator[Path]:
    """Candidates in sorted order, at most `limit` of them.

    Hidden folders, folders of packages, and what `.gitignore` files name are left out. A linked
    folder is followed once, however many links lead to it.
    """
    yield from map(Path, paths_below(root, limit))


def paths_below(
    root: str | os.PathLike[str],
    limit: int = LIMIT,
    settings: Callable[[str], None] = lambda _path: None,
    exclude: Iterable[str] = (),
    within: tuple[str, ...] | None = None,
) -> Iterator[str]:
    """The same as texts, which cost less. `settings` is told settings files, each before what is beside and below.
    `exclude` are more patterns, as a `.gitignore` of the root would have them. With `within`, settings above the root
    count only in these folders (URIs)."""
    left = limit
    top = os.fspath(root)
    try:
        status = os.stat(top)  # noqa: PTH116  a scan of 50,000 folders would feel each Path
    except OSError:
        return
    seen = {(status.st_dev, status.st_ino)}
    frames = [_listed(top, "", _from_outside(top, exclude, within), status.st_dev, settings)]
    while frames and left > 0:
        frame = frames[-1]
        if not frame.entries:
            frames.pop()
            continue
        entry = frame.entries.pop()
        name = entry.name
        try:
            if entry.is_dir():
                if name in _SKIPPED or _ignored(frame, name, is_folder=True):
                    continue
                here = _identity(entry, frame.device)
                if here not in seen and len(seen) < FOLDERS:
                    seen.add(here)
                    inside = f"{frame.inside}{name}/"
                    frames.append(_listed(entry.path, inside, frame.ignores, here[0], settings))
                continue
            wanted = _NAME.fullmatch(name) and not _ignored(frame, name, is_folder=False)
            if not wanted or not entry.is_file():
                continue
        except OSError:  # gone meanwhile, or not ours to read: the scan goes on
            continue
        left -= 1
        yield entry.path


def is_left_out(
    root: str,
    path: str,
    exclude: Iterable[str] = (),
    within: tuple[str, ...] | None = None,
) -> bool:
    """Whether a file below a root is in none of the lists above, whatever its name."""
    parts = Path(os.path.relpath(path, root)).parts
    ignores = _from_outside(root, exclude, within)
    folder, inside = root, ""
    for number, name in enumerate(parts):
        is_folder = number < len(parts) - 1
        for other in (_IGNORED, settings_file.NAME):
            if os.path.lexists(place := os.path.join(folder, other)):  # noqa: PTH118
                ignores = (*ignores, *_patterns_in(place, inside))
        frame = _Frame([], inside, ignores, 0)
        if name[0] == "." or (is_folder and name in _SKIPPED):
            return True
        if _ignored(frame, name, is_folder=is_folder):
            return True
        folder, inside = os.path.join(folder, name), f"{inside}{name}/"  # noqa: PTH118
    return False


class _Frame(NamedTuple):
    """A folder that is being looked into."""

    entries: list[os.DirEntry[str]]
    """Those to come, the next one last."""
    inside: str
    """Its path below the root, with a slash at its end."""
    ignores: tuple[_Ignore, ...]
    device: int


def _identity(entry: os.DirEntry[str], device: int) -> tuple[int, int]:
    """Tells a folder from others. Its listing knows that of a folder that is no link; where another disk begins, it is
    that of the place, which serves as well: a circle goes through a link."""
    if not entry.is_symlink():
        return device, entry.inode()
    status = entry.stat()
    return status.st_dev, status.st_ino


def _listed(
    folder: str,
    inside: str,
    ignores: tuple[_Ignore, ...],
    device: int,
    settings: Callable[[str], None],
) -> _Frame:
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=_name_of, reverse=True)
    except OSError:
        return _Frame([], inside, ignores, device)
    hidden = False
    for entry in listed:
        name = entry.name
        if name[0] == ".":
            hidden = True
            if name == _IGNORED:
                ignores = (*ignores, *_patterns_in(entry.path, inside))
        elif name == settings_file.NAME:
            settings(entry.path)
            ignores = (*ignores, *_patterns_in(entry.path, inside))
    if hidden:
        listed = [entry for entry in listed if entry.name[0] != "."]
    return _Frame(listed, inside, ignores, device)


def _from_outside(
    root: str, exclude: Iterable[str], within: tuple[str, ...] | None
) -> tuple[_Ignore, ...]:
    """What holds in all of a root: what was given, and what settings above it say."""
    root = os.path.abspath(root)  # noqa: PTH100  no link is resolved
    above = settings_file.nearest(Path(root).parent)
    found: tuple[_Ignore, ...] = ()
    if above is not None and files.is_within(above, within):
        found = _patterns_in(os.fspath(above), "", Path(root))
    given = _Ignore.of(exclude, "")
    return (*found, given) if given.patterns else found


def _patterns_in(place: str, inside: str, root: Path | None = None) -> tuple[_Ignore, ...]:
    """What a `.gitignore`, or `exclude` of a settings file, leaves out. `root` is where paths begin, if not there."""
    folder, _, name = place.rpartition(os.sep)
    if name == _IGNORED:
        text = files.read(place, limit=1 << 20)
        lines = [] if isinstance(text, Failure) else text.splitlines()
    else:
        said = settings_file.read(place)
        wanted = said.get("exclude") if isinstance(said, dict) else None
        lines = [each for each in wanted if isinstance(each, str)] if wanted else []
    above = root.relative_to(folder).parts if root is not None and lines else ()
    made = _Ignore.of(lines, inside, above)
    return (made,) if made.patterns else ()


def _ignored(frame: _Frame, name: str, *, is_folder: bool) -> bool:
    """The last pattern that fits decides, the innermost file's patterns being the last."""
    verdict = False
    for ignore in frame.ignores:
        said = ignore.verdict(frame.inside + name, is_folder=is_folder)
        verdict = verdict if said is None else said
    return verdict


@dataclass(frozen=True)
class _Pattern:
    steps: tuple[re.Pattern[str] | None, ...]
    """What fits each step of a path; None for any number of steps."""
    ignores: bool
    folders_only: bool

    def fits(self, path: list[str]) -> bool:
        """Whether the steps fit. A hostile pattern costs no more than the two lengths' product."""
        at = here = 0
        last, marked = -1, 0  # the last `**`, and the step from which it was last tried
        while here < len(path):
            wanted = self.steps[at] if at < len(self.steps) else _NOTHING
            if wanted is None:
                last, marked = at, here
                at += 1
            elif wanted.fullmatch(path[here]):
                at, here = at + 1, here + 1
            elif last >= 0:
                marked += 1
                at, here = last + 1, marked
            else:
                return False
        return all(step is None for step in self.steps[at:])


@dataclass(frozen=True)
class _Ignore:
    """The patterns of one file. Written here because it is short; the libraries take 25 ms to import."""

    depth: int
    """How many steps of a path lead to its folder."""
    patterns: tuple[_Pattern, ...]
    above: tuple[str, ...] = ()
    """How paths lead from its folder to where they begin, if that is below."""

    @classmethod
    def of(cls, lines: Iterable[str], inside: str, above: tuple[str, ...] = ()) -> _Ignore:
        patterns = (_pattern(line) for line in lines)
        return cls(inside.count("/"), tuple(p for p in patterns if p is not None), above)

    def verdict(self, place: str, *, is_folder: bool) -> bool | None:
        path = [*self.above, *place.split("/")[self.depth :]]
        for pattern in reversed(self.patterns):
            if (is_folder or not pattern.folders_only) and pattern.fits(path):
                return pattern.ignores
        return None


def _pattern(line: str) -> _Pattern | None:
    line = re.sub(r"(?<!\\)\s+$", "", line)
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    line = line.removeprefix("!")
    folders_only = line.endswith("/")
    line = line.rstrip("/")
    parts = line.removeprefix("/").split("/")
    if "/" not in line:  # without a slash it fits at any depth
        parts = ["**", *parts]
    if parts[-1] == "**":  # what is in a folder, but not the folder itself
        parts.append("*")
    try:
        steps = tuple(None if part == "**" else _step(part) for part in parts)
    except re.error:  # a range like [z-a], with which git fits nothing either
        return None
    return _Pattern(steps, not negated, folders_only)


_NOTHING = re.compile(r"(?!)")
_PARTS = re.compile(r"(\*+)|(\?)|\[([!^]?)(\]?[^\]]*)\]|\\(.)|(.)", re.DOTALL)


def _step(glob: str) -> re.Pattern[str]:
    """One part of a pattern. What stands between two stars is looked for once, from the left."""
    fixed = [""]
    for star, one, negated, inner, escaped, plain in _PARTS.findall(glob):
        if star:
            fixed.append("")
        elif one:
            fixed[-1] += "."
        elif inner:
            inside = re.sub(r"([\\\[\]^&~|])", r"\\\1", inner)
            fixed[-1] += f"[{'^' if negated else ''}{inside}]"
        else:
            fixed[-1] += re.escape(escaped or plain)
    first, *others = fixed
    if not others:
        return re.compile(first, re.DOTALL)
    between = "".join(f"(?>.*?{part})" for part in others[:-1])
    return re.compile(f"{first}{between}.*{others[-1]}", re.DOTALL)
