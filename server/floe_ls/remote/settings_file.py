"""`floe-ls.toml`: where it is, and what it says."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from floe_ls.remote import files
from floe_ls.remote.failure import Failure

NAME = "floe-ls.toml"


def nearest(start: str | os.PathLike[str]) -> Path | None:
    """The settings file of this folder, or of the nearest folder above it."""
    folder = Path(os.path.abspath(start))  # noqa: PTH100  `..` is what the author sees, not where a link leads
    for above in (folder, *folder.parents):
        found = above / NAME
        try:
            if found.is_file():
                return found
        except OSError:
            continue  # a folder that may not be searched says nothing about those above it
    return None


def read(path: str | os.PathLike[str]) -> dict[str, Any] | Failure:
    """The tables of the file as they are written; paths in them are relative to its folder."""
    text = files.read(path)
    if isinstance(text, Failure):
        return text
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, line = _place(str(error), text)
        return Failure("invalid", f"{path} is not TOML, line {line + 1}: {what}.", line=line)


def _place(message: str, text: str) -> tuple[str, int]:
    """tomllib says the place only in the text of its message."""
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    what = message[: found.start()] if found else message
    if found and found[1]:
        return what[:1].lower() + what[1:], int(found[1]) - 1
    return what[:1].lower() + what[1:], max(len(text.splitlines()) - 1, 0)
