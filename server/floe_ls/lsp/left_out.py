"""What an editor itself does not show (VS Code's `files.exclude`), in the words of a `.gitignore`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_CHOICE = re.compile(r"\{([^{}]*)\}")
_MOST = 100
"""Globs that braces may make of one."""


def left_out(setting: Any) -> tuple[str, ...]:
    """The patterns of a setting: globs with `true`. Those that hang on other files are not known here."""
    if not isinstance(setting, dict):
        return ()
    globs = [glob for glob, wanted in setting.items() if wanted is True]
    return tuple(dict.fromkeys(_anchored(each) for glob in globs for each in _choices(glob)))


def _anchored(glob: str) -> str:
    """Without `**/` in front, a glob begins at the folder, also one of a single name."""
    return glob if glob.startswith(("**", "/")) else f"/{glob}"


def _choices(glob: str) -> Iterator[str]:
    waiting = [glob]
    for number, each in enumerate(waiting):
        found = _CHOICE.search(each)
        if found is None:
            yield each
        elif number < _MOST:
            before, after = each[: found.start()], each[found.end() :]
            waiting += [f"{before}{choice}{after}" for choice in found[1].split(",")]
