"""How the command line speaks: errors in one line, and colour on a terminal."""

from __future__ import annotations

import os
import sys
from typing import TextIO


class Refused(Exception):  # noqa: N818  it is the user's mistake, not the program's
    """The command cannot run; the text is the one line that says why."""


class Style:
    """Colour where the stream is a terminal and nobody has asked for none (NO_COLOR)."""

    def __init__(self, stream: TextIO | None = None) -> None:
        stream = stream or sys.stdout
        self.on = (
            stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        )

    def __call__(self, text: str, *codes: int) -> str:
        if not self.on or not codes:
            return text
        return f"\033[{';'.join(map(str, codes))}m{text}\033[0m"


BOLD, DIM, RED, YELLOW, BLUE, CYAN, GREEN = 1, 2, 31, 33, 34, 36, 32
