"""Which program this is: what one kept on disk is of no use to another."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import lru_cache

import floe_ls

ROWS = (
    "text.py",
    "syntax",
    "schema",
    "forms",
    "chain",
    "mesh",
    "remote/files.py",
    "remote/seen.py",
)
"""What decides which row a file has."""
ALL = ("",)


@lru_cache
def fingerprint(parts: tuple[str, ...]) -> str:
    """Changes with the release, and between releases with any of these modules and packages, where they are at hand."""
    state = hashlib.blake2b(floe_ls.__version__.encode(), digest_size=16)
    top = os.path.dirname(floe_ls.__file__)  # noqa: PTH120  a start would feel hundreds of Paths
    for part in parts:
        for path in sorted(_modules(os.path.join(top, part))):  # noqa: PTH118
            state.update(path[len(top) :].encode("utf-8", "surrogateescape"))
            with open(path, "rb") as module:  # noqa: PTH123
                state.update(module.read())
    return state.hexdigest()


def _modules(place: str) -> Iterator[str]:
    if os.path.isfile(place):  # noqa: PTH113
        yield place
        return
    for folder, _, names in os.walk(place):
        yield from (os.path.join(folder, name) for name in names if name.endswith(".py"))  # noqa: PTH118
